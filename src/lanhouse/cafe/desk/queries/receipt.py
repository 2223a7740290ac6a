"""What the check-out dialog and the receipt show."""

from __future__ import annotations

from datetime import datetime

import msgspec

from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.desk.pages.bill import Split, split_of
from lanhouse.cafe.desk.queries.members import Person, person_of
from lanhouse.cafe.desk.rules import state_word
from lanhouse.cafe.desk.rules.notes import notes_for
from lanhouse.cafe.metering.rules import Bill
from lanhouse.cafe.money.sharing import Part
from lanhouse.cafe.orders.queries import tabs_of
from lanhouse.cafe.orders.schemas import Order
from lanhouse.cafe.pcs.queries import pc_by_name
from lanhouse.cafe.sessions.plans.ending import plan_end, settlement_of
from lanhouse.cafe.sessions.queries import open_session_on_pc, session_by_id
from lanhouse.cafe.sessions.queries.quotes import quote_sign
from lanhouse.cafe.sessions.queries.states import session_state_on_pc
from lanhouse.cafe.sessions.schemas import FREE, MEMBER, POSTPAID
from lanhouse.db.store import Read
from lanhouse.kit import clock
from lanhouse.kit.money import MICROS


class CheckOutView(msgspec.Struct, frozen=True, kw_only=True):
    """A session that is about to be checked out, and the signed quote of its cost."""

    pc_name: str
    state: str
    member: Person | None
    started_at: datetime
    until_at: datetime
    bill: Bill
    split: Split
    quote_time: int
    """Unix seconds; with quote_sign it holds the shown sum for five minutes."""
    quote_sign: str
    has_card_price: bool
    """Whether the sum depends on the tender."""
    notes: list[int]
    """Bank notes, in micros, with which the sum may be paid."""
    tabs: list[list[Order]]
    """What who leaves still owes for orders; empty when it is nothing."""


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """An ended session with its bill and what paid it."""

    session_id: int
    pc_name: str
    account: str
    is_guest: bool
    """Whether a guest played, whose password can be set anew."""
    started_at: datetime
    ended_at: datetime
    bill: Bill
    split: Split
    payment: str
    parts: tuple[Part, ...] = ()
    """Who paid which part of what was due at the desk, and what was left open."""


def check_out_view(
    read: Read, center: Center, name: str, at: datetime, payment: str = ""
) -> CheckOutView | None:
    """The dialog for the session on a PC (by name), as a postpaid guest pays by `payment`; None
    when there is none."""
    pc = pc_by_name(read, center.id, name)
    session_id = None if pc is None else open_session_on_pc(read, center.id, pc.id)
    session = None if session_id is None else session_by_id(read, center.id, session_id)
    state = None if pc is None else session_state_on_pc(read, center, pc.id, at)
    if pc is None or session is None or state is None:
        return None
    by = payment if session.kind == POSTPAID else ""
    end = plan_end(read, center, session, at, payment=by, at_desk=True)
    split = split_of(end)
    return CheckOutView(
        pc_name=pc.name,
        state=state_word(state, at),
        member=None if session.kind == FREE else person_of(read, center, session.member_id),
        started_at=session.started_at,
        until_at=end.billed_to_at,
        bill=end.bill,
        split=split,
        quote_time=clock.to_micros(end.at) // MICROS,
        quote_sign=quote_sign(center, [session], end.at),
        has_card_price=session.kind == POSTPAID and session.terms.card_percent != 100,
        notes=notes_for(center.currency, split.due_micros),
        tabs=tabs_of(read, center.id, [session.member_id]),
    )


def receipt_of(read: Read, center: Center, session_id: int) -> Receipt | None:
    """The receipt of an ended session of this centre, or None."""
    end = settlement_of(read, center.id, session_id)
    if end is None:
        return None
    session = end.session
    person = None if session.kind == FREE else person_of(read, center, session.member_id)
    return Receipt(
        session_id=session_id,
        pc_name=session.pc_name,
        account="" if person is None else person.account,
        is_guest=session.kind != MEMBER,
        started_at=session.started_at,
        ended_at=end.at,
        bill=end.bill,
        split=split_of(end),
        payment=end.payment,
        parts=end.parts,
    )
