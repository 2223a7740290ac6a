"""What starting several PCs together, or selling them more time, comes to (decision 0119).

For the command and for the dialog that shows it before. Amounts are micros.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import msgspec

from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.metering.rules import cost_of_seconds
from lanhouse.cafe.pcs.queries import PcRefused
from lanhouse.cafe.pricing.rules import NoPrice, Tariff, rule_at
from lanhouse.cafe.sessions.plans.adding import must_not_cut, plan_add
from lanhouse.cafe.sessions.plans.starting import Start, plan_start
from lanhouse.cafe.sessions.queries.booked import must_not_meet
from lanhouse.cafe.sessions.schemas import PREPAID, Session
from lanhouse.db.statements import Row
from lanhouse.db.store import Read
from lanhouse.kit.errors import InvalidInput
from lanhouse.kit.local_time import whole_second
from lanhouse.kit.said import say

MINUTES_MAX = 31 * 24 * 60
"""Time is sold for so long at most (as initAddTimeMoney)."""
_SECOND = timedelta(seconds=1)


class SeatSale(msgspec.Struct, frozen=True, kw_only=True):
    """One PC's part of a sale: what is paid for it, and when its time ends then."""

    pc_name: str
    amount_micros: int
    until: datetime | None
    """None: nothing ends it."""
    start: Start | None = None
    """Of a session that begins."""


class Sale(msgspec.Struct, frozen=True):
    """A sale over several PCs; its parts are the whole."""

    seats: list[SeatSale]

    @property
    def total_micros(self) -> int:
        """What is paid in all."""
        return sum(seat.amount_micros for seat in self.seats)

    @property
    def first_end(self) -> datetime | None:
        """When the first PC ends; None: none does."""
        return min((seat.until for seat in self.seats if seat.until), default=None)

    @property
    def last_end(self) -> datetime | None:
        """When the last one does; None where nothing ends one of them."""
        ends = [seat.until for seat in self.seats]
        return None if None in ends else max((end for end in ends if end), default=None)


def plan_together(
    read: Read,
    center: Center,
    at: datetime,
    pcs: Sequence[Row],
    tariff_of: Callable[[int], Tariff],
    *,
    kind: str,
    minutes: int = 0,
    amount_micros: int = 0,
    until: datetime | None = None,
    payment: str = "cash",
) -> Sale:
    """The start of a guest of `kind` (prepaid, postpaid) on each of some free PCs.

    `tariff_of` makes the guests' tariff of a PC group. A prepaid one pays for `minutes`, for the
    time `until` a moment, or `amount_micros`, which is the same on each PC; by `payment` card at
    the card price. Raises InvalidInput of `minutes` or `amount`, PcRefused where no price holds.
    """
    at = whole_second(at)
    if kind == PREPAID and pcs and until is None:
        _check_wanted(minutes, amount_micros)
    seats: list[SeatSale] = []
    for pc in pcs:
        tariff = tariff_of(pc.pc_group_id)
        of_pc = {"pc_id": pc.id, "pc_name": pc.name, "kind": kind, "tariff": tariff}
        of_pc["payment"] = payment
        start = plan_start(read, center, at, **of_pc, paid_micros=amount_micros)
        cost = 0
        if kind == PREPAID:
            seconds = minutes * 60 if until is None else (until - at) // _SECOND
            cost = amount_micros
            if not cost:
                cost = _cost(pc.name, tariff, at, seconds, start)
            start = plan_start(read, center, at, **of_pc, paid_micros=cost)
            end = start.session.expires_at
            if until is not None and end is not None and end < until:
                # A part of a minute is worth less than a coin: it must reach to the others' end.
                cost = _cost(pc.name, tariff, at, seconds, start, rounds_up=True)
                start = plan_start(read, center, at, **of_pc, paid_micros=cost)
        must_not_meet(read, start.session, at, is_sold=kind == PREPAID)
        start.check_age()
        seats.append(
            SeatSale(
                pc_name=pc.name,
                amount_micros=cost,
                until=start.session.expires_at,
                start=start,
            )
        )
    return Sale(seats)


def plan_more(
    read: Read, center: Center, at: datetime, sessions: Sequence[Session], minutes: int
) -> Sale:
    """So many minutes more on each of some running prepaid sessions, at the price of now."""
    _check_wanted(minutes, 0)
    seats: list[SeatSale] = []
    for session in sessions:
        tariff, terms = session.segments[-1].tariff, session.terms.for_more
        try:
            rule_at(tariff, at)
            cost = cost_of_seconds(tariff, whole_second(at), minutes * 60, terms)
        except NoPrice as none:
            raise PcRefused(session.pc_name, none.said) from None
        longer = plan_add(read, center, session, at, more_micros=cost)
        wanted = (session.expires_at or whole_second(at)) + timedelta(minutes=minutes)
        if longer.expires_at is not None and longer.expires_at < wanted:
            up = msgspec.structs.replace(terms, rounding="up")
            cost = cost_of_seconds(tariff, whole_second(at), minutes * 60, up)
            longer = plan_add(read, center, session, at, more_micros=cost)
        must_not_meet(read, longer, at, is_sold=True)
        must_not_cut(read, center, longer, at)
        seats.append(SeatSale(pc_name=session.pc_name, amount_micros=cost, until=longer.expires_at))
    return Sale(seats)


def _cost(
    pc_name: str,
    tariff: Tariff,
    at: datetime,
    seconds: int,
    start: Start,
    *,
    rounds_up: bool = False,
) -> int:
    terms = start.session.terms
    if rounds_up:
        terms = msgspec.structs.replace(terms, rounding="up")
    try:
        rule_at(tariff, at)
        return cost_of_seconds(tariff, at, seconds, terms)
    except NoPrice as none:
        raise PcRefused(pc_name, none.said) from None


def _check_wanted(minutes: int, amount_micros: int) -> None:
    if bool(minutes) == bool(amount_micros):
        raise InvalidInput({"minutes": say("either minutes or an amount is required")})
    if minutes and not 0 < minutes <= MINUTES_MAX:
        raise InvalidInput({"minutes": say("must be 1 to %(count)s minutes", count=MINUTES_MAX)})
    if amount_micros < 0:
        raise InvalidInput({"amount": say("must be more than 0")})
