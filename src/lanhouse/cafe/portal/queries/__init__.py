"""What the portal's Account page shows of a member."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec
import sqlalchemy as sa

from lanhouse.cafe.centers.rules import is_closing_soon
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.desk.pages.bill import Split
from lanhouse.cafe.desk.queries.members import Person, person_of
from lanhouse.cafe.loyalty.queries import bonus_ends_at
from lanhouse.cafe.metering.rules import Bill
from lanhouse.cafe.minors.plans import told_of
from lanhouse.cafe.minors.schemas import Verdict
from lanhouse.cafe.money.purses import purse_of, spendable_micros
from lanhouse.cafe.money.schemas import Event
from lanhouse.cafe.offers.schemas import OwnedPackage
from lanhouse.cafe.sessions.queries import open_sessions_of_member, packages_to_use
from lanhouse.cafe.sessions.queries.booked import booked_from
from lanhouse.cafe.sessions.queries.history import newest_ended
from lanhouse.cafe.sessions.tables import pc_sessions
from lanhouse.cafe.topups.queries import newest_orders
from lanhouse.db.statements import Row, among, static
from lanhouse.db.store import Read
from lanhouse.ledger import balances, book_of_center

_LINES_MAX = 8
_LATE_MAX = timedelta(days=7)
"""So long after its end a session may be written down: a server that stood still."""
_ended_at = pc_sessions.c.ended_at
_BILLED = static(
    sa.select(pc_sessions.c.id, pc_sessions.c.transfer_id).where(
        pc_sessions.c.center_id == sa.bindparam("center"),
        pc_sessions.c.member_id == sa.bindparam("member"),
        _ended_at >= sa.bindparam("since", type_=_ended_at.type),
        among(pc_sessions.c.transfer_id, "transfers"),
    )
)


class Running(msgspec.Struct, frozen=True, kw_only=True):
    """The member's running session."""

    session_id: int
    pc_name: str
    started_at: datetime
    expires_at: datetime | None
    paused_at: datetime | None
    """Since when it stands still."""
    counts_from_at: datetime
    """From when on the time played counts: the start, later by the pauses that are over."""
    played_seconds: int
    left_seconds: int | None
    bill: Bill
    split: Split
    owes_micros: int
    """What the account does not cover of all that runs, and would be owed."""
    closes_at: datetime | None
    """When the house closes and it ends, once it is time to say so."""
    booked_from: datetime | None
    """When a booking of the PC ends it before its money is used up."""
    too_young: Verdict | None
    """What the rules for minors say, once it is time to say so."""
    stays_micros: int
    """Balance and bonus that stay when all ends now."""
    beside: list[tuple[str, int]] = []
    """The PCs of further sessions, and what each has cost so far, in micros."""


class Line(msgspec.Struct, frozen=True):
    """Something that happened: an ended session or a top-up. What a session's bill consists of is
    read when somebody asks for it: this page is looked at all the time."""

    at: datetime
    session: Row | None = None
    topup: Row | None = None


class AccountPage(msgspec.Struct, frozen=True, kw_only=True):
    """The page; amounts in micros."""

    member: Person
    balance_micros: int
    bonus_micros: int
    bonus_ends_at: datetime | None
    """When the first of the bonus ends; None: none of it ends."""
    coin_micros: int
    point_micros: int | None
    """None where the house does not show them (show_member_points)."""
    running: Running | None
    packages: list[OwnedPackage]
    lines: list[Line]


def account_page(read: Read, center: Center, member_id: int, at: datetime) -> AccountPage | None:
    """The account of a member (by id) at an instant; None when there is no such member."""
    member = person_of(read, center, member_id)
    if member is None:
        return None
    held = balances(read, book_of_center(center.id), "member", member_id)
    loyalty = center.settings.loyalty
    bonus = held.get(("bonus", center.currency), 0)
    return AccountPage(
        member=member,
        balance_micros=held.get(("balance", center.currency), 0),
        bonus_micros=bonus,
        bonus_ends_at=bonus_ends_at(read, center.id, member_id) if bonus else None,
        coin_micros=held.get(("coin", "COIN"), 0),
        point_micros=held.get(("point", "POINT"), 0)
        if loyalty.show_member_points and loyalty.point_enable
        else None,
        running=_running(read, center, member_id, at),
        packages=packages_to_use(read, center.id, member_id, at),
        lines=_lines(read, center, member_id),
    )


def _running(read: Read, center: Center, member_id: int, at: datetime) -> Running | None:
    found = open_sessions_of_member(read, center.id, member_id)
    if not found:
        return None
    # Between the end of the first one and what follows it nobody reads.
    session = next(each for each in found if not each.is_further)
    left = session.left_seconds(at)
    costs = {each.pc_name: each.cost_micros(at) for each in found}
    purse = purse_of(read, center, member_id)
    closes_at = session.terms.closes_at
    is_told = is_closing_soon(center.settings.payment, closes_at, at)
    booked = booked_from(read, session, at)
    stood = timedelta(seconds=session.paused_seconds(session.paused_at or at))
    return Running(
        session_id=session.id,
        pc_name=session.pc_name,
        started_at=session.started_at,
        expires_at=session.expires_at,
        paused_at=session.paused_at,
        counts_from_at=session.started_at + stood,
        played_seconds=session.played_seconds(at),
        left_seconds=None if left is None else max(left, 0),
        bill=session.bill(at),
        split=Split(),
        owes_micros=max(sum(costs.values()) - purse.balance_micros - purse.bonus_micros, 0),
        closes_at=closes_at if is_told else None,
        booked_from=booked if booked == session.expires_at else None,
        too_young=told_of(read, center, member_id, at),
        stays_micros=spendable_micros(read, center, member_id, at).total_micros,
        beside=[(each.pc_name, costs[each.pc_name]) for each in found if each is not session],
    )


def _lines(read: Read, center: Center, member_id: int) -> list[Line]:
    """The newest sessions and top-ups together."""
    orders = newest_orders(read, center.id, member_id, _LINES_MAX)
    ended = newest_ended(read, center.id, member_id, _LINES_MAX)
    found = [Line(row.at, topup=row) for row in orders]
    found += [Line(row.ended_at, session=row) for row in ended]
    return sorted(found, key=lambda line: line.at, reverse=True)[:_LINES_MAX]


def is_running(read: Read, center: Center, member_id: int, session_id: int) -> bool:
    """Whether a session of the member's still runs."""
    found = open_sessions_of_member(read, center.id, member_id)
    return any(each.id == session_id for each in found)


def bills_of(read: Read, center: Center, member_id: int, rows: Sequence[Row]) -> dict[int, int]:
    """Row of the log -> the session of the member's whose bill it is, of the check-outs among
    these rows."""
    ends = [row for row in rows if row.event == Event.CHECKOUT and row.transfer_id is not None]
    if not ends:
        return {}
    found = read.all(
        _BILLED,
        center=center.id,
        member=member_id,
        transfers=[row.transfer_id for row in ends],
        since=min(row.at for row in ends) - _LATE_MAX,
    )
    by_transfer = {row.transfer_id: row.id for row in found}
    return {row.id: by_transfer[row.transfer_id] for row in ends if row.transfer_id in by_transfer}
