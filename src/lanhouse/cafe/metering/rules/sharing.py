"""When sessions are over that are paid from one purse at the same time (decision 0123).

Pure. Each costs what it costs alone; together they never cost more than the money.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from lanhouse.cafe.metering.rules.bills import covering_micros, total_cost
from lanhouse.cafe.metering.rules.ends import ends_at
from lanhouse.cafe.metering.rules.terms import Terms
from lanhouse.cafe.metering.rules.walking import Segment

_SECOND = timedelta(seconds=1)


class Seat(NamedTuple):
    """A running session: its segments, the last of which runs, and its terms."""

    segments: Sequence[Segment]
    terms: Terms

    def cost(self, at: datetime) -> int:
        """What it costs up to `at`, in micros."""
        return total_cost(self.segments, self.terms, at)

    def needs(self, at: datetime) -> int:
        """What must be there for that while it runs, in micros: rounding gives nobody time."""
        return covering_micros(self.segments, self.terms, at)

    def end(self, money_micros: int | None) -> datetime | None:
        """When it is over with so much money for it alone; None = nothing ends it."""
        return ends_at(self.segments, self.terms, money_micros)

    def end_at_most(self, money_micros: int) -> datetime | None:
        """No later than this it is over with so much money, whether or not that can be paid."""
        coin = self.coin_micros
        return self.end(-(-money_micros // coin) * coin)

    @property
    def coin_micros(self) -> int:
        """The smallest amount that it is paid in."""
        return min(self.terms.step_micros, self.terms.unit_micros)


def shared_ends(
    seats: Sequence[Seat], money_micros: int | None, at: datetime
) -> list[datetime | None]:
    """When each of the sessions is over, in their order; None where nothing ends it.

    `money_micros` is what may be spent on all of them from their first seconds on; None = without
    limit. From `at` (a whole second) on they all go on until the money does not cover the next
    second of all. Then the one that this second costs the most stops, of equal ones the last, and
    the others go on with what is left: so an end does not depend on who notices another one first.
    """
    if money_micros is None:
        return [seat.end(None) for seat in seats]
    ends: list[datetime | None] = [None] * len(seats)
    running = list(range(len(seats)))
    # A purse holds whole coins; what a running second needs lies between them.
    coin = min((seat.coin_micros for seat in seats), default=1)
    since, left = at, money_micros // coin * coin
    while running:
        needed = {number: seats[number].needs(since) for number in running}
        others = left - sum(needed.values())
        # No later than with what can be paid next above what the others leave.
        alone = [seats[number].end_at_most(others + needed[number]) for number in running]
        until = min((max(end, since) for end in alone if end is not None), default=None)
        if until is None:
            break
        since, number = _next_end({each: seats[each] for each in running}, left, since, until)
        ends[number] = since
        left -= seats[number].cost(since)
        running.remove(number)
    return ends


def _next_end(
    seats: dict[int, Seat], money_micros: int, since: datetime, until: datetime
) -> tuple[datetime, int]:
    """Which of the running seats (by number) is over next, and when.

    At `until` the first of them would be over if the others cost nothing more from `since` on.
    """

    def needs(at: datetime) -> int:
        return sum(seat.needs(at) for seat in seats.values())

    at = until
    if needs(until) <= money_micros:
        closed = [number for number, seat in seats.items() if _is_closed(seat, until)]
        if closed:
            return until, max(closed)
    else:
        # Nothing falls with the length, so the last second that is covered can be searched.
        seconds = range(1, (until - since) // _SECOND + 1)
        covered = bisect_right(
            seconds, money_micros, key=lambda each: needs(since + each * _SECOND)
        )
        at = since + covered * _SECOND
    steps = {number: seat.needs(at + _SECOND) - seat.needs(at) for number, seat in seats.items()}
    return at, max(steps, key=lambda each: (steps[each], each))


def _is_closed(seat: Seat, at: datetime) -> bool:
    """Whether something else than money ends it by then."""
    end = seat.end(None)
    return end is not None and end <= at
