"""Settling several sessions in one act: which they are, who may leave what open, and the bill."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import sqlalchemy as sa

from lanhouse.auth.actors import Actor
from lanhouse.cafe.centers.rules import may_pay_later
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.facts import BalanceChanged
from lanhouse.cafe.members.locks import lock_member
from lanhouse.cafe.money.purses import owed_micros
from lanhouse.cafe.money.sharing import LATER, Part, Payer, only_tender
from lanhouse.cafe.money.tenders import must_take
from lanhouse.cafe.pcs.queries import PcRefused
from lanhouse.cafe.sessions.commands.base import lock_pcs, lock_sessions
from lanhouse.cafe.sessions.errors import QuoteRefused
from lanhouse.cafe.sessions.plans.bills import BillPlan
from lanhouse.cafe.sessions.queries import open_session_ids, open_sessions_of_member
from lanhouse.cafe.sessions.queries.bundles import (
    Bundle,
    Debt,
    bundle_by_id,
    bundle_ids_of,
    bundles_by_id,
    debts_with,
    one_bundle_of,
)
from lanhouse.cafe.sessions.schemas import POSTPAID, Session
from lanhouse.cafe.sessions.tables import (
    session_bill_payers,
    session_bill_sessions,
    session_bills,
    session_debts,
)
from lanhouse.db.statements import Row, static
from lanhouse.db.store import Tx
from lanhouse.kit.errors import InvalidInput, Refused
from lanhouse.kit.money import format_fixed
from lanhouse.kit.said import say

RIGHT_LATER = "sessions.pay_later"

_BILL = static(sa.insert(session_bills).returning(session_bills.c.id))
_SESSION = static(sa.insert(session_bill_sessions))
_PAYER = static(sa.insert(session_bill_payers))
_DEBT = static(sa.insert(session_debts))
_PAID = static(
    sa.update(session_debts)
    .where(
        session_debts.c.session_id == sa.bindparam("session"),
        session_debts.c.paid_bill_id.is_(None),
    )
    .values(paid_bill_id=sa.bindparam("new_bill"))
)


class Checkout(msgspec.Struct, frozen=True, kw_only=True):
    """Check out the sessions on some PCs, or the one of a member.

    `payment` (cash, card, qr, balance) is how postpaid guests pay, and how the rest of prepaid
    ones goes back; empty: cash for the first, the way it came for the second. Another way than it
    came needs the right and, from a person, `comment` (decision 0078). `quote_time` (Unix seconds)
    and `quote_sign` are those of payment info; `quoted_micros`, when given with them, must be the
    quoted sum.
    `received_micros` is the cash that was handed over, when the desk counted it; `due_micros` the
    sum to pay that it was shown. `at_desk`: a postpaid guest's own money is handed out too.

    Who pays what is due at the desk: `payers` by their parts, or `ways` (more than 1) equal parts
    by `payment`. `payment` later leaves it open: `debtor_id` (a member) owes it, or the guests, and
    `comment` says who they are (decision 0120). `bundle_id` stands for the PCs of a bundle that
    still run; `is_one_bill`: what PCs of the bundle have left open is paid with its last one.
    """

    center: Center
    actor: Actor
    pc_names: list[str] = []
    member_id: int | None = None
    session_id: int | None = None
    """Which of the member's is meant where he plays several; its PC is locked already."""
    payment: str = ""
    comment: str = ""
    quote_time: int | None = None
    quote_sign: str | None = None
    quoted_micros: int | None = None
    received_micros: int | None = None
    due_micros: int | None = None
    at_desk: bool = False
    payers: list[Payer] = []
    ways: int = 0
    debtor_id: int = 0
    bundle_id: int | None = None
    is_one_bill: bool = False
    is_at_shutdown: bool = False
    """Set by check_out_at_shutdown() alone."""

    def tender_of(self, session: Session) -> str:
        """By what a session is settled, as plan_end() has it: how a postpaid guest pays, or how the
        rest of another one goes back. Only the first may depend on who pays."""
        paid_by = only_tender(self.payers) if session.kind == POSTPAID else ""
        return paid_by or ("" if self.payment == LATER else self.payment)


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """Locked sessions that are to be settled, and what goes with them."""

    sessions: list[Session]
    debts: list[Debt] = []
    bundle_id: int | None = None
    goes_on: bool = False
    """Whether other PCs of the bundle run on, on whose bill something may be left."""


def sessions_to_settle(tx: Tx, cmd: Checkout) -> Wanted:
    """The sessions that a check-out means, locked with their bundles and members in one order.

    Raises PcRefused for a PC that is not in use, and QuoteRefused where the bundle has got or lost
    a PC while this waited for it.
    """
    names = cmd.pc_names
    if cmd.bundle_id is not None:
        running = bundle_by_id(tx, cmd.center.id, cmd.bundle_id).running
        if not running:
            raise Refused(say("no PC of the bundle is in use"))
        names = [seat.pc_name for seat in running]
    if not names:
        return _of_member(tx, cmd)
    rows = lock_pcs(tx, cmd.center.id, names)
    on_pc = open_session_ids(tx, cmd.center.id, [row.id for row in rows])
    for row in rows:
        if row.id not in on_pc:
            raise PcRefused(row.name, say("the PC is not in use"))
    return _locked(tx, cmd, list(on_pc.values()), rows)


def _of_member(tx: Tx, cmd: Checkout) -> Wanted:
    if cmd.member_id is None:
        raise InvalidInput({"pc_names": say("is required")})
    sessions = open_sessions_of_member(tx, cmd.center.id, cmd.member_id)
    if cmd.session_id is not None:
        sessions = [session for session in sessions if session.id == cmd.session_id]
    if len(sessions) > 1:
        names = ", ".join(session.pc_name for session in sessions)
        raise Refused(say("the member plays on %(pc_names)s: name the PC", pc_names=names))
    found = _locked(tx, cmd, [session.id for session in sessions], []) if sessions else None
    if found is None or not found.sessions:
        raise Refused(say("the member has no session"))
    return found


def _locked(tx: Tx, cmd: Checkout, session_ids: Sequence[int], pcs: Sequence[Row]) -> Wanted:
    center_id = cmd.center.id
    of_session = bundle_ids_of(tx, center_id, session_ids)
    bundles = bundles_by_id(tx, center_id, list(of_session.values()), lock=True)
    owing = [seat for bundle in bundles for seat in bundle.seats if seat.ended_at is not None]
    others = {seat.member_id for seat in owing if cmd.is_one_bill}
    others |= {payer.member_id for payer in cmd.payers if payer.member_id}
    found = lock_sessions(
        tx,
        center_id,
        session_ids,
        and_members=others | ({cmd.debtor_id} if cmd.debtor_id else set()),
    )
    ids = {session.id for session in found}
    for pc in pcs:
        if not any(session.pc_id == pc.id for session in found):
            raise PcRefused(pc.name, say("the PC is not in use"))
    if cmd.bundle_id is not None and not _is_whole(bundles, cmd.bundle_id, ids):
        raise QuoteRefused(say("the PCs of the bundle have changed; ask for the sum again"))
    debts = debts_with(tx, cmd.center, bundles, ids) if cmd.is_one_bill else []
    bundle, goes_on = one_bundle_of(bundles, ids)
    return Wanted(
        sessions=found,
        debts=debts,
        bundle_id=None if bundle is None else bundle.id,
        goes_on=goes_on,
    )


def _is_whole(bundles: Sequence[Bundle], bundle_id: int, session_ids: set[int]) -> bool:
    for bundle in bundles:
        if bundle.id == bundle_id:
            return {seat.session_id for seat in bundle.running} == session_ids
    return False


def must_take_from(
    tx: Tx, center: Center, actor: Actor, plan: BillPlan, comment: str, *, goes_on: bool
) -> None:
    """Refuse a tender that the centre does not take, and what may not be left open.

    `goes_on`: other PCs of the bundle run on, and what is left open is left on their bill; that
    needs nobody's word. Otherwise paying later needs the setting payment_method_pay_later, the
    right sessions.pay_later, and somebody who owes it: a member whose group may (setting
    pay_later), within loan_max_per_member, or from a person a comment that says who the guest is.
    The debts of before are not left open once more. Members are locked.
    """
    for payer in plan.payers:
        if payer.tender != LATER:
            must_take(center, payer.tender)
    if not plan.later_micros:
        return
    if any(part.tender == LATER for parts in plan.debt_parts for part in parts):
        raise InvalidInput({"payment": say("what was left open before is to be paid now")})
    owed_by: dict[int, int] = {}
    for payer in plan.payers:
        if payer.tender == LATER:
            owed_by[payer.member_id] = owed_by.get(payer.member_id, 0) + payer.amount_micros
    if goes_on and set(owed_by) == {0}:
        return
    must_let_owe(tx, center, actor, owed_by, comment)


def must_let_owe(
    tx: Tx, center: Center, actor: Actor, owed_by: dict[int, int], comment: str
) -> None:
    """Refuse that these members (0: the guests themselves) owe so many micros more for time; see
    must_take_from()."""
    if not center.settings.payment.payment_method_pay_later:
        raise InvalidInput({"payment": say("is later, which the settings do not allow")})
    actor.require(RIGHT_LATER)
    for member_id, micros in owed_by.items():
        if member_id:
            _must_be_trusted(tx, center, micros, member=member_id)
        elif actor.kind == "staff" and not comment.strip():
            raise InvalidInput({"comment": say("is required: who pays later?")})


def _must_be_trusted(tx: Tx, center: Center, micros: int, *, member: int) -> None:
    row = lock_member(tx, center.id, member)
    if row is None or row.deleted_at is not None:
        raise InvalidInput({"member": say("Member not found")})
    payment = center.settings.payment
    if not may_pay_later(payment, row.group_id):
        raise InvalidInput({"member": say("is in a group that may not pay later")})
    if not row.is_active or (row.expires_at is not None and row.expires_at <= tx.now):
        raise InvalidInput({"member": say("is not active or has expired")})
    most = payment.loan_max_per_member_micros
    owed = owed_micros(tx, center, member) + micros
    if most and owed > most:
        text = say(
            "would owe %(owed)s; %(most)s is allowed",
            owed=format_fixed(owed),
            most=format_fixed(most),
        )
        raise InvalidInput({"member": text})


def store_bill(tx: Tx, center: Center, actor: Actor, plan: BillPlan, comment: str) -> int:
    """Store a bill with its sessions, its payers and what is left open; answers its id."""
    bill_id = tx.scalar(
        _BILL,
        center_id=center.id,
        bundle_id=plan.bundle_id,
        at=tx.now,
        cost_micros=plan.cost_micros,
        carried_micros=plan.carried_micros,
        own_micros=plan.own_micros,
        paid_micros=plan.paid_micros,
        later_micros=plan.later_micros,
        refund_micros=plan.refund_micros,
        staff_id=actor.staff_id,
        staff_name=actor.staff_name,
        comment=comment,
    )
    of_bill = {"bill_id": bill_id, "center_id": center.id}
    for end in plan.ends:
        tx.run(
            _SESSION,
            **of_bill,
            session_id=end.session.id,
            cost_micros=end.bill.total_micros,
            carried_micros=0,
            own_micros=end.own_micros,
            paid_micros=end.paid_micros,
            later_micros=end.later_micros,
            refund_micros=end.refund_micros,
        )
        _store_debt(tx, center, bill_id, end.session, end.parts)
    for debt, parts in zip(plan.debts, plan.debt_parts, strict=True):
        lent = sum(part.micros for part in parts if part.tender == LATER)
        tx.run(
            _SESSION,
            **of_bill,
            session_id=debt.session_id,
            cost_micros=0,
            carried_micros=debt.amount_micros,
            own_micros=0,
            paid_micros=debt.amount_micros - lent,
            later_micros=lent,
            refund_micros=0,
        )
        tx.run(_PAID, session=debt.session_id, new_bill=bill_id)
    for number, payer in enumerate(plan.payers, 1):
        tx.run(
            _PAYER,
            **of_bill,
            number=number,
            tender=payer.tender,
            amount_micros=payer.amount_micros,
            member_id=payer.member_id,
        )
        if payer.tender == LATER and payer.member_id:
            # Who plays on what the house lends him has less of it left.
            tx.tell(BalanceChanged(center.id, payer.member_id))
    return bill_id


def _store_debt(
    tx: Tx, center: Center, bill_id: int, session: Session, parts: Sequence[Part]
) -> None:
    """What the guest himself owes; what a member owes is the member's loan alone."""
    micros = sum(part.micros for part in parts if part.tender == LATER and not part.member_id)
    if micros:
        tx.run(
            _DEBT,
            session_id=session.id,
            center_id=center.id,
            member_id=session.member_id,
            pc_name=session.pc_name,
            bill_id=bill_id,
            since=tx.now,
            amount_micros=micros,
            paid_bill_id=None,
        )
