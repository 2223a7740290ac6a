"""Bundles and bills on the native API: amounts are text with 2 decimals, times ISO in UTC."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from lanhouse.cafe.money.sharing import PAYERS_MAX, Payer
from lanhouse.cafe.sessions.commands.bundles import Bundled
from lanhouse.cafe.sessions.commands.ending import Settled
from lanhouse.cafe.sessions.commands.starting import Started
from lanhouse.cafe.sessions.plans.bundles import Sale
from lanhouse.cafe.sessions.queries.bundles import BillView, Bundle, Debt
from lanhouse.cafe.sessions.wire.inputs import PcName, PcNames
from lanhouse.kit.inputs import Amount, Line, means
from lanhouse.kit.limits import COMMENT_CHARS_MAX, MAX_PC
from lanhouse.kit.money import format_fixed

Payment = Literal["cash", "card", "qr"]
Comment = Annotated[Line, Meta(max_length=COMMENT_CHARS_MAX)]
Some = Annotated[list[PcName], Meta(max_length=MAX_PC), means("pc_names")]


class TogetherIn(Struct, kw_only=True):
    """PCs by name, or a room that is paid as a whole. A prepaid bundle takes `minutes`, or `amount`
    for each PC. `total` is the sum that was quoted."""

    pcs: Some = []
    room_id: int | None = None
    kind: Literal["prepaid", "postpaid"] = "prepaid"
    minutes: int = 0
    amount: Amount = 0
    payment: Payment = "cash"
    total: Amount | None = None


class JoinIn(Struct, kw_only=True):
    """More PCs for a bundle."""

    pcs: PcNames
    payment: Payment = "cash"
    total: Amount | None = None


class MoreIn(Struct, kw_only=True):
    """More minutes for all PCs of a prepaid bundle."""

    minutes: int
    payment: Payment = "cash"
    total: Amount | None = None


class LeaveIn(Struct):
    """A PC that goes on by itself."""

    pc: Annotated[PcName, means("pc_name")]


class PayerIn(Struct, kw_only=True):
    """A payer's part: cash, card, qr, or later (of a member, or of the guests themselves)."""

    payment: Literal["cash", "card", "qr", "later"]
    amount: Amount
    member_id: int = 0


Payers = Annotated[list[PayerIn], Meta(max_length=PAYERS_MAX)]


class SettleIn(Struct, kw_only=True):
    """How what is due is paid: `payers` by their parts, or `ways` equal parts by `payment`.

    `due` is the sum that was shown. `payment` later leaves it open: `member_id` owes it, or the
    guests, of whom `comment` tells who they are. Empty, a postpaid guest pays cash, and the rest of
    a prepaid one goes back the way it came.
    """

    payment: Literal["", "cash", "card", "qr", "later"] = ""
    payers: Payers = []
    ways: Annotated[int, Meta(ge=0, le=PAYERS_MAX)] = 0
    member_id: Annotated[int, means("member")] = 0
    comment: Comment = ""
    due: Amount | None = None


class SettlePcsIn(SettleIn, kw_only=True):
    """The PCs that are checked out together."""

    pcs: PcNames


class PayDebtsIn(Struct, kw_only=True):
    """What guests have left open, by their sessions. `payment` later lends it to the member
    `member_id`, who owes it from then on."""

    session_ids: Annotated[list[int], Meta(max_length=MAX_PC)]
    payment: Literal["cash", "card", "qr", "later"] = "cash"
    payers: Payers = []
    member_id: Annotated[int, means("member")] = 0
    due: Amount | None = None


class WriteOffIn(Struct):
    """Why nobody will pay it."""

    reason: Annotated[str, Meta(max_length=COMMENT_CHARS_MAX)] = ""


class WrittenOffOut(Struct):
    """The session, and what its guest owes no more."""

    session_id: int
    amount: str


class SeatOut(Struct, kw_only=True):
    """A PC of a bundle; `ended_at` null: it runs."""

    session_id: int
    pc_name: str
    member_id: int
    ended_at: datetime | None


class BundleOut(Struct, kw_only=True):
    """PCs that were started together. `room_id` and `room_name` of a whole room."""

    bundle_id: int
    kind: str
    room_id: int | None
    room_name: str
    started_at: datetime
    pcs: list[SeatOut]


class StartedSeat(Struct, kw_only=True):
    """A session that was started or got more time; `password` of a new guest, this once, and
    `access_code` where guests sign in by one."""

    session_id: int
    pc_name: str
    member_id: int
    account: str
    password: str | UnsetType = UNSET
    access_code: str | UnsetType = UNSET
    paid: str
    expires_at: datetime | None


class BundledOut(Struct, kw_only=True):
    """A bundle after a sale, what was sold in it, and what was taken at the desk."""

    bundle: BundleOut
    started: list[StartedSeat]
    taken: str


class QuotedSeat(Struct, kw_only=True):
    """What would be paid for one PC, and when its time would end; null: nothing ends it."""

    pc_name: str
    amount: str
    until: datetime | None


class SaleOut(Struct, kw_only=True):
    """A sale before it is made: the parts and their sum."""

    pcs: list[QuotedSeat]
    total: str


class BillSessionOut(Struct, kw_only=True):
    """One session's part of a bill: cost + carried = own + paid + later."""

    session_id: int
    pc_name: str
    seconds: int
    cost: str
    carried: str
    """What was left open before and is paid now."""
    own: str
    """From the session's own account."""
    paid: str
    later: str
    refund: str


class PayerOut(Struct, kw_only=True):
    """A payer's part."""

    payment: str
    amount: str
    member_id: int


class BillSumsOut(Struct, kw_only=True):
    """Sessions that are settled in one act, or would be now."""

    sessions: list[BillSessionOut]
    cost: str
    carried: str
    own: str
    paid: str
    """What is paid at the desk; of a bill that is not settled yet, what is to be paid."""
    later: str
    refund: str


class BillSettledOut(BillSumsOut, kw_only=True):
    """A settled bill."""

    bill_id: int
    bundle_id: int | None
    at: datetime
    staff_name: str
    comment: str
    payers: list[PayerOut]


class SettledOut(Struct, kw_only=True):
    """What was settled; `bill_id` null where one session was paid by one payer."""

    bill_id: int | None
    pcs: list[str]
    cost: str
    carried: str
    """What was left open before and is paid with it."""
    paid: str
    later: str
    refund: str


class DebtOut(Struct, kw_only=True):
    """What a guest has left open."""

    session_id: int
    pc_name: str
    member_id: int
    bill_id: int
    since: datetime
    amount: str


def payers_of(payers: Sequence[PayerIn]) -> list[Payer]:
    """The payers of a call."""
    return [Payer(each.payment, each.amount, each.member_id) for each in payers]


def bundle(found: Bundle) -> BundleOut:
    """A bundle with its PCs."""
    return BundleOut(
        bundle_id=found.id,
        kind=found.kind,
        room_id=found.room_id,
        room_name=found.room_name,
        started_at=found.started_at,
        pcs=[
            SeatOut(
                session_id=seat.session_id,
                pc_name=seat.pc_name,
                member_id=seat.member_id,
                ended_at=seat.ended_at,
            )
            for seat in found.seats
        ],
    )


def bundled(done: Bundled) -> BundledOut:
    """A bundle after a sale."""
    return BundledOut(
        bundle=bundle(done.bundle),
        started=[_started(one) for one in done.started],
        taken=format_fixed(done.taken_micros),
    )


def _started(one: Started) -> StartedSeat:
    return StartedSeat(
        session_id=one.session.id,
        pc_name=one.session.pc_name,
        member_id=one.session.member_id,
        account=one.account,
        password=one.password or UNSET,
        access_code=one.access_code or UNSET,
        paid=format_fixed(one.taken_micros),
        expires_at=one.session.expires_at,
    )


def sale(found: Sale) -> SaleOut:
    """A sale before it is made."""
    return SaleOut(
        pcs=[
            QuotedSeat(
                pc_name=seat.pc_name, amount=format_fixed(seat.amount_micros), until=seat.until
            )
            for seat in found.seats
        ],
        total=format_fixed(found.total_micros),
    )


def bill(found: BillView) -> BillSettledOut:
    """A settled bill."""
    row = found.row
    return BillSettledOut(
        bill_id=row.id,
        bundle_id=row.bundle_id,
        at=row.at,
        staff_name=row.staff_name,
        comment=row.comment,
        sessions=[
            BillSessionOut(
                session_id=each.session_id,
                pc_name=each.pc_name,
                seconds=each.played_seconds or 0,
                cost=format_fixed(each.cost_micros),
                carried=format_fixed(each.carried_micros),
                own=format_fixed(each.own_micros),
                paid=format_fixed(each.paid_micros),
                later=format_fixed(each.later_micros),
                refund=format_fixed(each.refund_micros),
            )
            for each in found.sessions
        ],
        cost=format_fixed(row.cost_micros),
        carried=format_fixed(row.carried_micros),
        own=format_fixed(row.own_micros),
        paid=format_fixed(row.paid_micros),
        later=format_fixed(row.later_micros),
        refund=format_fixed(row.refund_micros),
        payers=[
            PayerOut(
                payment=each.tender,
                amount=format_fixed(each.amount_micros),
                member_id=each.member_id,
            )
            for each in found.payers
        ],
    )


def settled(done: Settled) -> SettledOut:
    """What a check-out of several PCs came to."""
    plan = done.plan
    return SettledOut(
        bill_id=done.bill_id,
        pcs=[end.session.pc_name for end in plan.ends],
        cost=format_fixed(plan.cost_micros),
        carried=format_fixed(plan.carried_micros),
        paid=format_fixed(plan.paid_micros),
        later=format_fixed(plan.later_micros),
        refund=format_fixed(plan.refund_micros),
    )


def debt(found: Debt) -> DebtOut:
    """What a guest has left open."""
    return DebtOut(
        session_id=found.session_id,
        pc_name=found.pc_name,
        member_id=found.member_id,
        bill_id=found.bill_id,
        since=found.since,
        amount=format_fixed(found.amount_micros),
    )
