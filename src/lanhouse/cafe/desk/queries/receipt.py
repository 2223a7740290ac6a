"""What the check-out dialog and the receipt show."""

from __future__ import annotations

from datetime import datetime

import msgspec
import sqlalchemy as sa

from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.desk.pages.bill import Split
from lanhouse.cafe.desk.queries.computers import split_for
from lanhouse.cafe.desk.queries.members import Person, person_of
from lanhouse.cafe.desk.rules import state_word
from lanhouse.cafe.metering.rules import Bill
from lanhouse.cafe.money.tenders import TENDERS
from lanhouse.cafe.pcs.queries import pc_by_name
from lanhouse.cafe.sessions.queries import open_session_on_pc, session_by_id, session_states
from lanhouse.cafe.sessions.queries.quotes import quote_sign
from lanhouse.cafe.sessions.schemas import FREE, MEMBER, POSTPAID
from lanhouse.cafe.sessions.tables import pc_sessions as sessions
from lanhouse.db.statements import static
from lanhouse.db.store import Read
from lanhouse.kit import clock
from lanhouse.kit.local_time import whole_second
from lanhouse.kit.money import MICROS
from lanhouse.ledger import book_of_center
from lanhouse.ledger.tables import accounts, entries

_ROW = static(
    sa.select(sessions).where(
        sessions.c.center_id == sa.bindparam("center"),
        sessions.c.id == sa.bindparam("session"),
        sessions.c.ended_at.is_not(None),
    )
)
_TILL = static(
    sa.select(accounts.c.kind, entries.c.amount_micros)
    .join(accounts, accounts.c.id == entries.c.account_id)
    .where(
        entries.c.book_id == sa.bindparam("book"),
        entries.c.transfer_id == sa.bindparam("transfer"),
        entries.c.amount_micros > 0,
        accounts.c.owner_kind == "center",
        sa.or_(*(accounts.c.kind == tender for tender in TENDERS)),
    )
    .order_by(entries.c.id)
)
_NOTES = (5, 10, 20, 50, 100, 200)
_NOTES_SHOWN = 4


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
    notes: list[int]
    """Bank notes, in micros, with which the sum may be paid."""


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


def check_out_view(read: Read, wanted: tuple[Center, str, datetime]) -> CheckOutView | None:
    """The dialog for the session on a PC (by name); None when there is none."""
    center, name, at = wanted
    pc = pc_by_name(read, (center.id, name))
    session_id = None if pc is None else open_session_on_pc(read, center.id, pc.id)
    session = None if session_id is None else session_by_id(read, (center.id, session_id))
    if pc is None or session is None:
        return None
    quoted_at = whole_second(at)
    bill = session.bill(quoted_at)
    split = split_for(read, center, session, bill, quoted_at)
    return CheckOutView(
        pc_name=pc.name,
        state=state_word(session_states(read, center.id, at)[pc.id], at),
        member=None if session.kind == FREE else person_of(read, center, session.member_id),
        started_at=session.started_at,
        until_at=session.until(quoted_at),
        bill=bill,
        split=split,
        quote_time=clock.to_micros(quoted_at) // MICROS,
        quote_sign=quote_sign(center, [session], quoted_at),
        notes=[n * MICROS for n in _NOTES if n * MICROS >= split.due_micros][:_NOTES_SHOWN],
    )


def receipt_of(read: Read, wanted: tuple[Center, int]) -> Receipt | None:
    """The receipt of an ended session of this centre, or None."""
    center, session_id = wanted
    row = read.one(_ROW, center=center.id, session=session_id)
    session = session_by_id(read, (center.id, session_id))
    if row is None or session is None:
        return None
    person = None if session.kind == FREE else person_of(read, center, row.member_id)
    is_member = person is not None and person.is_member
    from_account = row.from_balance_micros + row.from_bonus_micros
    split = Split(
        from_balance_micros=row.from_balance_micros if is_member else 0,
        from_bonus_micros=row.from_bonus_micros if is_member else 0,
        paid_micros=0 if is_member else from_account + row.refund_micros,
        due_micros=(
            row.cost_micros - from_account - row.refund_micros
            if session.kind == POSTPAID
            else -row.refund_micros
        ),
        back=_given_back(read, center.id, row.transfer_id) if row.refund_micros else {},
    )
    return Receipt(
        session_id=session_id,
        pc_name=row.pc_name,
        account="" if person is None else person.account,
        is_guest=session.kind != MEMBER,
        started_at=row.started_at,
        ended_at=row.ended_at,
        bill=session.bill(row.billed_to_at),
        split=split,
        payment=row.payment,
    )


def _given_back(read: Read, center_id: int, transfer_id: int) -> dict[str, int]:
    """What the check-out took out of the till, by tender: the ledger knows it."""
    rows = read.all(_TILL, book=book_of_center(center_id), transfer=transfer_id)
    return {row.kind: row.amount_micros for row in rows}
