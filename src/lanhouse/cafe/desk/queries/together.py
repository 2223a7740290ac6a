"""What the dialogs show that start several PCs together and settle them by one bill."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.desk.pages.bill import Split, split_of
from lanhouse.cafe.desk.queries.members import Person, person_of
from lanhouse.cafe.desk.rules import natural_key
from lanhouse.cafe.money.sharing import even_parts
from lanhouse.cafe.money.tenders import TENDERS
from lanhouse.cafe.orders.queries import tabs_of
from lanhouse.cafe.orders.schemas import Order
from lanhouse.cafe.pcs.queries import PcRefused, pc_by_name, pc_rows, pcs_named
from lanhouse.cafe.pcs.wire import PcNames
from lanhouse.cafe.sessions.plans.bills import BillPlan, plan_bill
from lanhouse.cafe.sessions.plans.bundles import Sale, plan_more
from lanhouse.cafe.sessions.plans.ending import Settlement, plan_end, plan_ends, settlement_of
from lanhouse.cafe.sessions.queries import (
    open_session_ids,
    open_session_on_pc,
    open_sessions,
)
from lanhouse.cafe.sessions.queries.bundles import (
    BillView,
    Bundle,
    Debt,
    RoomPcs,
    bill_view,
    bundle_by_id,
    bundle_ids_of,
    bundles_by_id,
    debts_with,
    one_bundle_of,
    room_paid_whole,
    shared_end,
)
from lanhouse.cafe.sessions.queries.quotes import TogetherAsked, quote_sign, quote_together
from lanhouse.cafe.sessions.schemas import FREE, POSTPAID, PREPAID, Session
from lanhouse.cafe.shifts.queries.shift_first import ShiftFirst
from lanhouse.db.statements import Row
from lanhouse.db.store import Read
from lanhouse.kit import clock
from lanhouse.kit.amounts import read_amount
from lanhouse.kit.errors import AppError
from lanhouse.kit.local_time import whole_second
from lanhouse.kit.money import MICROS, parse_micros, unit_micros
from lanhouse.kit.said import say

LENGTHS = (30, 60, 120, 300)
WAYS = (2, 3, 4, 5, 6)


class TogetherForm(ShiftFirst):
    """The dialog that starts several PCs, or sells more time to those of a `bundle`."""

    pc: PcNames = msgspec.field(default_factory=list)
    room: int = 0
    """A room that is sold as a whole; 0 = the PCs that are named."""
    bundle: int = 0
    """PCs that run together, to which time is added; 0 = new ones are started."""
    kind: str = "time"
    """time, money (both prepaid) or postpaid."""
    minutes: Annotated[int, Meta(ge=0, le=31 * 24 * 60)] = 60
    amount: str = ""
    """For each PC."""
    payment: str = "cash"
    received: str = ""
    """Cash that was handed over, as typed; empty = exactly the sum."""
    total: int = -1
    """The sum that was shown, in micros; -1 = none."""
    confirmed: int = 0
    key: str = ""


class TogetherView(msgspec.Struct, frozen=True, kw_only=True):
    """What the form would do now; `problem` is why it would not."""

    names: list[str]
    room_name: str
    sale: Sale | None
    problem: AppError | None = None


def together_view(read: Read, center: Center, form: TogetherForm, at: datetime) -> TogetherView:
    """The sale that the form asks for, or the reason against it."""
    room_name = ""
    names = sorted({name.casefold(): name for name in form.pc}.values(), key=natural_key)
    try:
        if form.room:
            room = room_paid_whole(read, center, form.room)
            names, room_name = room.pc_names, room.name
        if form.bundle:
            names, sale = _more(read, center, form, at)
        else:
            sale = quote_together(read, asked_by(center, names, form, at))
    except AppError as problem:
        return TogetherView(names=names, room_name=room_name, sale=None, problem=problem)
    return TogetherView(names=names, room_name=room_name, sale=sale)


def asked_by(center: Center, names: list[str], form: TogetherForm, at: datetime) -> TogetherAsked:
    """The sale that a form asks for. Raises InvalidInput of `amount`."""
    is_money = form.kind == "money"
    return TogetherAsked(
        center=center,
        pc_names=names,
        kind=POSTPAID if form.kind == "postpaid" else PREPAID,
        minutes=form.minutes if form.kind == "time" else 0,
        amount_micros=read_amount(form.amount, center.currency, field="amount") if is_money else 0,
        payment=form.payment,
        at=whole_second(at),
    )


def _more(read: Read, center: Center, form: TogetherForm, at: datetime) -> tuple[list[str], Sale]:
    bundle = bundle_by_id(read, center.id, form.bundle)
    sessions = open_sessions(read, center.id, ids=[seat.session_id for seat in bundle.running])
    return [each.pc_name for each in sessions], plan_more(read, center, at, sessions, form.minutes)


class SettleForm(ShiftFirst):
    """The dialog that settles several PCs, or those of a `bundle`, by one bill."""

    pc: PcNames = msgspec.field(default_factory=list)
    bundle: int = 0
    ways: Annotated[int, Meta(ge=0, le=50)] = 1
    """How many payers share it."""
    part: list[Annotated[str, Meta(max_length=40)]] = msgspec.field(default_factory=list)
    """Each payer's amount as it was typed, and his tender beside it."""
    tender: list[Annotated[str, Meta(max_length=10)]] = msgspec.field(default_factory=list)
    payment: str = ""
    back: str = ""
    later: bool = False
    """Nobody pays now."""
    member: str = ""
    """Who owes it, as it was typed; empty = the guests themselves."""
    shown: int = 0
    comment: Annotated[str, Meta(max_length=200)] = ""
    quote_time: int | None = None
    quote_sign: str | None = None
    due: int | None = None
    received: str = ""
    key: str = ""

    def tender_of(self, session: Session) -> str:
        """By what a session is settled, as Checkout has it; a price may depend on it."""
        if session.kind != POSTPAID:
            return self.back if self.back in TENDERS else ""
        chosen = {self.payment} if self.ways <= 1 else set(self.tender)
        tender = chosen.pop() if len(chosen) == 1 else ""
        return tender if tender in TENDERS else ""


class Seat(msgspec.Struct, frozen=True, kw_only=True):
    """One PC on the bill."""

    pc_name: str
    end: Settlement
    split: Split
    member: Person | None


class SettleView(msgspec.Struct, frozen=True, kw_only=True):
    """One bill of several PCs as it is now, and the signed quote of its cost."""

    seats: list[Seat]
    plan: BillPlan
    goes_on: bool
    """Whether others of the bundle run on, on whose bill something may be left."""
    quote_time: int
    quote_sign: str
    parts: list[int]
    """What each payer pays when they share it evenly."""
    tabs: list[list[Order]]
    """What each of them still owes for orders, without those who owe nothing."""

    @property
    def names(self) -> list[str]:
        """The PCs."""
        return [seat.pc_name for seat in self.seats]


def settle_view(read: Read, center: Center, form: SettleForm, at: datetime) -> SettleView:
    """The bill of the PCs, or of the bundle. Raises PcRefused for a PC that is not in use."""
    at = whole_second(at)
    names = list(form.pc)
    if form.bundle:
        names = [seat.pc_name for seat in bundle_by_id(read, center.id, form.bundle).running]
    rows = sorted(pcs_named(read, center.id, names), key=lambda row: natural_key(row.name))
    on_pc = open_session_ids(read, center.id, [row.id for row in rows])
    for row in rows:
        if row.id not in on_pc:
            raise PcRefused(row.name, say("the PC is not in use"))
    found = {each.pc_id: each for each in open_sessions(read, center.id, ids=[*on_pc.values()])}
    sessions = [found[row.id] for row in rows]
    ids = {session.id for session in sessions}
    of_session = bundle_ids_of(read, center.id, sorted(ids))
    bundles = bundles_by_id(read, center.id, list(of_session.values()))
    ends = plan_ends(read, center, sessions, at, at_desk=True, payment_of=form.tender_of)
    plan = plan_bill(center, ends, debts_with(read, center, bundles, ids))
    rounding = parse_micros(center.settings.payment.bill_rounding, decimals=2, field="part")
    step = max(rounding, unit_micros(center.currency))
    return SettleView(
        seats=[_seat(read, center, end) for end in ends],
        plan=plan,
        goes_on=one_bundle_of(bundles, ids)[1],
        quote_time=clock.to_micros(at) // MICROS,
        quote_sign=quote_sign(center, sessions, at),
        parts=even_parts(plan.due_micros, max(form.ways, 1), step),
        tabs=tabs_of(read, center.id, [session.member_id for session in sessions]),
    )


def _seat(read: Read, center: Center, end: Settlement) -> Seat:
    session = end.session
    member = None if session.kind == FREE else person_of(read, center, session.member_id)
    return Seat(pc_name=session.pc_name, end=end, split=split_of(end), member=member)


class BundleCard(msgspec.Struct, frozen=True, kw_only=True):
    """The bundle of a selected PC as the side panel shows it."""

    bundle: Bundle
    debts: list[Debt]
    cost_micros: int
    """What its running PCs have cost so far, together."""
    due_micros: int
    """What would be taken now, with what others have left open; below 0 it is given back."""


def bundle_card(read: Read, center: Center, session_id: int, at: datetime) -> BundleCard | None:
    """The bundle that a session belongs to; None when it belongs to none."""
    found = bundle_ids_of(read, center.id, [session_id]).get(session_id)
    if found is None:
        return None
    bundle = bundle_by_id(read, center.id, found)
    ids = [seat.session_id for seat in bundle.running]
    sessions = open_sessions(read, center.id, ids=ids)
    ends = [plan_end(read, center, session, at, at_desk=True) for session in sessions]
    debts = debts_with(read, center, [bundle], set(ids))
    due = sum(end.due_micros for end in ends) + sum(debt.amount_micros for debt in debts)
    return BundleCard(
        bundle=bundle,
        debts=debts,
        cost_micros=sum(end.bill.total_micros for end in ends),
        due_micros=due,
    )


def pcs_to_add(read: Read, center: Center) -> list[str]:
    """The free PCs, which may be taken into a bundle, in their order."""
    rows = [row for row in pc_rows(read, center.id) if not row.is_out_of_order]
    busy = open_session_ids(read, center.id, [row.id for row in rows])
    return sorted((row.name for row in rows if row.id not in busy), key=natural_key)


class AddView(msgspec.Struct, frozen=True, kw_only=True):
    """The PCs that may be taken into a bundle, and what the chosen one would cost."""

    bundle: Bundle
    targets: list[str]
    names: list[str]
    """The chosen PC, or the first."""
    sale: Sale | None = None
    problem: AppError | None = None


def add_view(
    read: Read, center: Center, bundle_id: int, pc: str, payment: str, at: datetime
) -> AddView:
    """What adding a PC to a bundle would come to now. Raises BundleNotFound."""
    bundle = bundle_by_id(read, center.id, bundle_id)
    targets = pcs_to_add(read, center)
    view = AddView(bundle=bundle, targets=targets, names=[pc] if pc in targets else targets[:1])
    if not targets:
        return view
    try:
        asked = TogetherAsked(
            center=center,
            pc_names=view.names,
            kind=bundle.kind,
            until=shared_end(read, center, bundle, at),
            payment=payment,
            at=whole_second(at),
        )
        return msgspec.structs.replace(view, sale=quote_together(read, asked))
    except AppError as problem:
        return msgspec.structs.replace(view, problem=problem)


class BillReceipt(msgspec.Struct, frozen=True, kw_only=True):
    """A settled bill: each session's own bill, what was paid of before, and who paid."""

    bill: BillView
    seats: list[Seat]
    carried: list[Row]
    payers: list[tuple[Row, str]]
    """With the account of the member who owes it, or ""."""


def bill_receipt(read: Read, center: Center, bill_id: int) -> BillReceipt:
    """The receipt of a bill of this centre. Raises BillNotFound."""
    found = bill_view(read, center.id, bill_id)
    ends = [settlement_of(read, center.id, row.session_id) for row in found.sessions]
    return BillReceipt(
        bill=found,
        seats=[
            _seat(read, center, end)
            for end, row in zip(ends, found.sessions, strict=True)
            if end is not None and not row.carried_micros
        ],
        carried=[row for row in found.sessions if row.carried_micros],
        payers=[(row, _account(read, center, row.member_id)) for row in found.payers],
    )


def _account(read: Read, center: Center, member_id: int) -> str:
    person = person_of(read, center, member_id) if member_id else None
    return "" if person is None else person.account


def owes_with(read: Read, center: Center, pc_name: str) -> bool:
    """Whether others of its bundle have left something open that is paid with this PC's session."""
    pc = pc_by_name(read, center.id, pc_name)
    session_id = None if pc is None else open_session_on_pc(read, center.id, pc.id)
    if session_id is None:
        return False
    found = bundle_ids_of(read, center.id, [session_id])
    bundles = bundles_by_id(read, center.id, list(found.values()))
    return bool(bundles and debts_with(read, center, bundles, {session_id}))


def whole_room_of(read: Read, center: Center, room_id: int | None) -> RoomPcs | None:
    """The room when it is paid as a whole and more than one PC of it is in order; else None."""
    if room_id is None or center.settings.center.pc_area_info_extend == "{}":
        return None
    try:
        room = room_paid_whole(read, center, room_id)
    except AppError:
        return None
    return room if len(room.pc_names) > 1 else None


def takes_later(center: Center) -> bool:
    """Whether a bill may be left open here."""
    return center.settings.payment.payment_method_pay_later
