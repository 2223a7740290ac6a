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
    coin = min((min(seat.terms.step_micros, seat.terms.unit_micros) for seat in seats), default=1)
    since, left = at, money_micros // coin * coin
    while running:
        needed = {number: seats[number].needs(since) for number in running}
        others = left - sum(needed.values())
        alone = {
            number: max(end, since)
            for number in running
            # Rounded up, so that it is never too soon: _next_end() looks at what is needed by all.
            if (end := seats[number].end(-(-(others + needed[number]) // coin) * coin)) is not None
        }
        if not alone:
            break
        since, number = _next_end([seats[each] for each in running], running, left, since, alone)
        ends[number] = since
        left -= seats[number].cost(since)
        running.remove(number)
    return ends


def _next_end(
    seats: Sequence[Seat],
    numbers: Sequence[int],
    money_micros: int,
    since: datetime,
    alone: dict[int, datetime],
) -> tuple[datetime, int]:
    """Which of the running seats (by number) is over next, and when.

    `alone` says when they would be over if the others cost nothing more from `since` on, or later.
    """

    def needs(at: datetime) -> int:
        return sum(seat.needs(at) for seat in seats)

    # The last one first, where several would end at once.
    first = min(alone, key=lambda each: (alone[each], -each))
    until = alone[first]
    if needs(until) <= money_micros:
        return until, first
    # Nothing falls with the length, so the last second that is covered can be searched.
    seconds = range(1, (until - since) // _SECOND + 1)
    covered = bisect_right(seconds, money_micros, key=lambda each: needs(since + each * _SECOND))
    at = since + covered * _SECOND
    steps = {
        number: seat.needs(at + _SECOND) - seat.needs(at)
        for number, seat in zip(numbers, seats, strict=True)
    }
    return at, max(steps, key=lambda each: (steps[each], each))
