"""What the Computers page reads beside the map: several PCs together, what was, and the takings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec
import sqlalchemy as sa

from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.desk.queries.computers import guest_rates, midnight
from lanhouse.cafe.desk.rules import Seat, natural_key, seat_of
from lanhouse.cafe.money.tables import billing_logs
from lanhouse.cafe.pcs.queries import pc_rows
from lanhouse.cafe.pricing.queries import price_list
from lanhouse.cafe.reports.queries.kept import quarters_between
from lanhouse.cafe.sessions.queries.states import session_states
from lanhouse.cafe.sessions.schemas import GUEST_GROUPS, OFFER, POSTPAID, PREPAID
from lanhouse.db.statements import static
from lanhouse.db.store import Read
from lanhouse.kit import clock

PAST_HOURS = 3
_PAST_MAX = 4000
_SECOND = timedelta(seconds=1)
_MICROS_IN_MILLI = 1000
_STATES = {
    GUEST_GROUPS[PREPAID]: "prepaid",
    GUEST_GROUPS[POSTPAID]: "postpaid",
    GUEST_GROUPS[OFFER]: "package",
}
"""The state in which a session is drawn that has ended, by the group of who played."""

# Every end of a session leaves a row that says how long it was.
_PAST = static(
    sa.select(
        billing_logs.c.pc_name,
        billing_logs.c.at,
        billing_logs.c.used_seconds,
        billing_logs.c.member_group_id,
    )
    .where(
        billing_logs.c.center_id == sa.bindparam("center"),
        billing_logs.c.at >= sa.bindparam("since", type_=billing_logs.c.at.type),
        billing_logs.c.used_seconds > 0,
        billing_logs.c.pc_id.is_not(None),
    )
    .order_by(billing_logs.c.at.desc(), billing_logs.c.id.desc())
    .limit(_PAST_MAX)
)


class Selection(msgspec.Struct, frozen=True, kw_only=True):
    """Several PCs as the side panel tells them."""

    seats: list[Seat]
    counts: dict[str, int]
    """How many are free, running and broken."""
    cost_micros: int
    """The bills so far, added up."""

    @property
    def names(self) -> list[str]:
        """Their names, in the order of people."""
        return [seat.name for seat in self.seats]

    def of(self, kind: str) -> list[str]:
        """The names of those that are free, running or broken."""
        return [seat.name for seat in self.seats if kind_of(seat) == kind]


class Takings(msgspec.Struct, frozen=True, kw_only=True):
    """What was taken at the desk since midnight, by tender, in micros."""

    cash_micros: int
    card_micros: int
    qr_micros: int

    @property
    def all_micros(self) -> int:
        """All tenders together."""
        return self.cash_micros + self.card_micros + self.qr_micros


def kind_of(seat: Seat) -> str:
    """What can be done with a PC: free, broken, or running whatever runs there."""
    return seat.state if seat.state in ("free", "broken") else "running"


def selection_of(read: Read, center: Center, names: Sequence[str], at: datetime) -> Selection:
    """The PCs with these names, whatever their case; those that are gone are left out."""
    wanted = {name.casefold() for name in names}
    states = session_states(read, center, at)
    rate = guest_rates(price_list(read, center), center, at)
    rows = [row for row in pc_rows(read, center.id) if row.name_key in wanted]
    found = [
        seat_of(row, states.get(row.id), rate(row.pc_group_id), at)
        for row in sorted(rows, key=lambda row: natural_key(row.name))
    ]
    counts = Counter({"free": 0, "running": 0, "broken": 0})
    counts.update(kind_of(seat) for seat in found)
    ids = {row.id for row in rows}
    return Selection(
        seats=found,
        counts=dict(counts),
        cost_micros=sum(state.cost_micros for pc, state in states.items() if pc in ids),
    )


def past_sessions(read: Read, center: Center, at: datetime) -> list[tuple[str, int, int, str]]:
    """The sessions that ended in the last hours: PC, begin and end in ms since 1970, and state."""
    rows = read.all(_PAST, center=center.id, since=at - timedelta(hours=PAST_HOURS))
    return [
        (
            row.pc_name,
            clock.to_micros(row.at - row.used_seconds * _SECOND) // _MICROS_IN_MILLI,
            clock.to_micros(row.at) // _MICROS_IN_MILLI,
            _STATES.get(row.member_group_id, "member" if row.member_group_id > -1 else "nocharge"),
        )
        for row in rows
    ]


def takings_today(read: Read, center: Center, at: datetime) -> Takings:
    """The centre's day so far, from the sums that the reports keep."""
    quarters = quarters_between(read, center.id, midnight(center, at), at + _SECOND)
    return Takings(
        cash_micros=sum(row.cash_micros for row in quarters),
        card_micros=sum(row.card_micros for row in quarters),
        qr_micros=sum(row.qr_micros for row in quarters),
    )
