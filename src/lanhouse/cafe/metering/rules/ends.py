"""When a session's money is used up, what time costs, and what money buys.

Pure. The inverse of bills.py: a session ends at the last whole second that its money covers.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from lanhouse.cafe.metering.rules.bills import most_exact, total_cost
from lanhouse.cafe.metering.rules.caps import Days
from lanhouse.cafe.metering.rules.terms import Terms
from lanhouse.cafe.metering.rules.walking import (
    MICROSECOND,
    SECOND_MICROS,
    Segment,
    Stretch,
    Walk,
    by_day,
    first_hour,
    micros_between,
    paused_for,
    standing,
)
from lanhouse.cafe.pricing.rules import (
    RATE_PARTS,
    Piece,
    Tariff,
    always_has_price,
    costs_nothing,
    timeline,
)

SESSION_DAYS_MAX = 366
"""No session is computed further ahead than this; money for more ends there."""
MINUTES_MAX = SESSION_DAYS_MAX * 24 * 60
_SECOND = timedelta(seconds=1)
_MINUTE = timedelta(minutes=1)


def ends_at(segments: Sequence[Segment], terms: Terms, money_micros: int | None) -> datetime | None:
    """When the running session is over, or None when nothing ends it.

    `money_micros` is all that may be spent on the session from its first second on (what it has
    used already included); None = without limit (postpaid). The last segment must be running.
    It ends where the money no longer covers the next whole second (the next block), where the
    minimum charge is not covered when priced time would begin, where no price holds, when the
    house closes, or after SESSION_DAYS_MAX. One that stands still: as if it went on where it was
    stopped.
    """
    most = timedelta(days=SESSION_DAYS_MAX)
    end = _ends_within(standing(segments), terms, money_micros, most)
    if terms.closes_at is None:
        return end
    return terms.closes_at if end is None else min(end, terms.closes_at)


def sold_until(
    segments: Sequence[Segment], terms: Terms, money_micros: int | None
) -> datetime | None:
    """ends_at() for who has bought time: not before the last whole minute whose cost, as it is
    rounded, the money covers. So the amount of some minutes buys at least those (decision 0117)."""
    segments = standing(segments)
    end = ends_at(segments, terms, money_micros)
    if end is None or money_micros is None:
        return end
    last = ends_at(segments, terms, money_micros + terms.step_micros)
    if last is None or last <= end:
        return end
    begins = segments[0].from_at + timedelta(seconds=terms.free_seconds) + paused_for(segments)
    minutes = range((end - begins) // _MINUTE + 1, (last - begins) // _MINUTE + 1)
    # The cost never falls with the length, so it can be searched.
    covered = bisect_right(
        minutes,
        money_micros,
        key=lambda minute: total_cost(segments, terms, begins + minute * _MINUTE),
    )
    return max(end, begins + minutes[covered - 1] * _MINUTE) if covered else end


def can_begin(segment: Segment, terms: Terms, money_micros: int | None) -> bool:
    """Whether a session may begin: a package or the money covers its first second after the free
    minutes, and what is owed with it. Free minutes alone are not enough."""
    end = _ends_within([segment], terms.without_free, money_micros, _SECOND)
    return end is None or end > segment.from_at


def cost_of_seconds(tariff: Tariff, from_at: datetime, seconds: int, terms: Terms) -> int:
    """What `seconds` of priced time from `from_at` cost, rounded, in micros. Raises NoPrice."""
    until = from_at + timedelta(seconds=seconds)
    return total_cost([Segment(from_at, tariff)], terms.without_free, until)


def seconds_for_money(
    tariff: Tariff, from_at: datetime, money_micros: int, terms: Terms
) -> int | None:
    """Whole seconds that the money buys from `from_at` on, free minutes included; None = no end."""
    end = ends_at([Segment(from_at, tariff)], terms, money_micros)
    return None if end is None else (end - from_at) // _SECOND


def minutes_for_money(tariff: Tariff, from_at: datetime, money_micros: int, terms: Terms) -> int:
    """The most whole minutes from `from_at` on that cost_of_seconds() puts at no more than the
    money; 0 when not even one does, MINUTES_MAX when nothing ends them.

    More than seconds_for_money() where the cost of the last minute is rounded down.
    """
    paid = terms.without_free
    least, most = (
        MINUTES_MAX if seconds is None else seconds // 60
        for seconds in (
            seconds_for_money(tariff, from_at, money_micros + more, paid)
            for more in (0, terms.step_micros)
        )
    )
    # The cost never falls with the length, so between the two bounds it can be searched.
    return least + bisect_right(
        range(least + 1, most + 1),
        money_micros,
        key=lambda minutes: cost_of_seconds(tariff, from_at, minutes * 60, paid),
    )


class _Purse:
    """What may still be owed, in RATE_PARTS of micros."""

    def __init__(self, terms: Terms, money_micros: int | None, days: Days) -> None:
        self.days = days
        self._most: int | None = None
        fee = days.add_fee(terms.start_fee_micros * RATE_PARTS)
        if money_micros is None:
            return
        self._most = most_exact(money_micros, terms)
        if self._most < terms.minimum_micros * RATE_PARTS:
            self._most = fee - 1  # not even the first priced second

    def covers(self, exact: int, charged: int) -> bool:
        """Whether time may be played that costs `exact`, of which a cap leaves `charged`; what has
        no price always may."""
        return exact == 0 or self._most is None or self.days.owed + charged <= self._most

    def times(self, cost: int) -> int:
        """How often so much more may be owed, by who cannot pay it without end."""
        assert self._most is not None
        return max(self._most - self.days.owed, 0) // cost


class _Line:
    """The charged time to come of a running segment, from `begins` on."""

    def __init__(self, running: Segment, terms: Terms, begins: datetime, left: timedelta) -> None:
        self.tariff = running.tariff
        self.origin = running.from_at
        self.block = terms.block_seconds * SECOND_MICROS
        self.terms = terms
        self._first_until = begins + left
        """Until when it is the first hour."""

    def pieces(self, at: datetime, until: datetime) -> Iterator[Piece]:
        """The pieces from `at` to `until` with the prices of the first hour, each on one day where
        days have a cap. The time before `at` has been charged without a gap."""
        left = max(self._first_until - at, timedelta())
        for piece in timeline(self.tariff, at, until):
            parts = first_hour(piece, left, self.terms)
            if piece.rule is not None:
                left -= min(left, piece.to_at - piece.from_at)
            for part in parts:
                if self.terms.daily_cap_micros:
                    yield from by_day(self.tariff, part)
                else:
                    yield part


def _ends_within(
    segments: Sequence[Segment], terms: Terms, money_micros: int | None, most: timedelta
) -> datetime | None:
    """ends_at(), looked at no further than `most` from the running segment's begin."""
    running = segments[-1]
    if running.is_free or (money_micros is None and always_has_price(running.tariff)):
        return None
    walk, days = Walk(terms), Days(terms, segments[0])
    for segment in segments[:-1]:
        for stretch in walk.segment(segment, running.from_at):
            days.add(stretch)
    purse = _Purse(terms, money_micros, days)
    pays_nothing = costs_nothing(running.tariff)
    is_begun, charged = walk.is_begun, timedelta()
    horizon = running.from_at + most
    for turn in walk.turns(running, horizon):
        begins, until = turn.from_at, turn.to_at
        # What is charged already is owed, whatever comes now.
        charged_to = walk.charged_to
        rest = list(walk.rest(begins))
        for stretch in rest:
            days.add(stretch)
        if turn.kind != "time":
            continue
        if charged_to is not None and charged_to > begins:
            closed = _first_gap(rest, begins, min(charged_to, until))
            if closed is not None:
                return closed
            begins = min(charged_to, until)
        if pays_nothing:
            return None
        if begins < until:
            line = _Line(running, terms, begins, walk.first_left - charged)
            found, charged_to = _end_in_turn(line, begins, until, purse, is_begun=is_begun)
            if found is not None:
                return found
            is_begun, charged = True, charged + (charged_to - begins)
    return None if pays_nothing else horizon


def _end_in_turn(
    line: _Line, begins: datetime, until: datetime, purse: _Purse, *, is_begun: bool
) -> tuple[datetime | None, datetime]:
    """The end in priced time from `begins` on, None when a package, at `until`, comes before it;
    and up to when time is charged then: the least length and the last block are paid whole,
    however soon the package comes."""
    if not is_begun and line.terms.least_seconds:
        charged_to = line.terms.unit_end(begins, begins, is_begun=False)
        found = _end_in_unit(line, begins, charged_to, purse)
        if found is not None and found < until:
            return found, charged_to
        begins = charged_to
    return _end_in_line(line, begins, until, purse)


def _end_in_line(
    line: _Line, begins: datetime, horizon: datetime, purse: _Purse
) -> tuple[datetime | None, datetime]:
    """The end in time that is charged by the second or in blocks, from `begins` up to `horizon`
    (None = not in it), and up to when time is charged."""
    for piece in line.pieces(begins, horizon):
        if piece.to_at <= begins:
            continue
        if piece.rule is None:
            return max(piece.from_at, begins), begins
        at = max(piece.from_at, begins)
        if not line.block:
            found = _end_in_piece(line, piece, at, purse)
            if found is not None:
                return found, found
            continue
        # Blocks that lie wholly within the piece cost the same; the one across its end does not.
        whole = micros_between(at, piece.to_at) // line.block
        covered = _covered(line, piece, whole, line.block, purse)
        begins = at + covered * line.block * MICROSECOND
        if covered < whole:
            return begins, begins
        if begins < piece.to_at:
            until = begins + line.block * MICROSECOND
            found = _end_in_unit(line, begins, until, purse)
            if found is not None and found < horizon:
                return found, until
            begins = until
    return None, max(begins, horizon)


def _end_in_piece(line: _Line, piece: Piece, at: datetime, purse: _Purse) -> datetime | None:
    """Where the money ends within a piece that is charged by the second; None = not in it."""
    length = micros_between(at, piece.to_at)
    covered = _covered(line, piece, length, 1, purse)
    if covered == length:
        return None
    played = at + covered * MICROSECOND - line.origin
    return line.origin + timedelta(seconds=played // _SECOND)


def _covered(line: _Line, piece: Piece, times: int, length: int, purse: _Purse) -> int:
    """How many of `times` lengths (microseconds) within a piece the money covers; when it covers
    all, they are charged."""
    cost = piece.rate * length
    room = purse.days.room(line.tariff, piece)
    exact = times * cost
    if purse.covers(exact, exact if room is None else min(exact, room)):
        purse.days.add_time(line.tariff, piece, exact)
        return times
    return purse.times(cost)


def _end_in_unit(line: _Line, at: datetime, until: datetime, purse: _Purse) -> datetime | None:
    """Where a session ends that would begin this unit: at once when it is not covered, where no
    price holds in it; None = not in it."""
    pieces = list(line.pieces(at, until))
    if pieces[0].rule is None:
        return at
    costs = [piece.rate * micros_between(piece.from_at, piece.to_at) for piece in pieces]
    if not purse.covers(sum(costs), purse.days.would_add(line.tariff, pieces)):
        return at
    for piece, exact in zip(pieces, costs, strict=True):
        purse.days.add_time(line.tariff, piece, exact)
    return next((piece.from_at for piece in pieces if piece.rule is None), None)


def _first_gap(rest: Sequence[Stretch], begins: datetime, until: datetime) -> datetime | None:
    """Where the pieces that are charged leave a hole: no price holds there."""
    at = begins
    for stretch in rest:
        if stretch.from_at > at:
            break
        at = stretch.to_at
    return at if at < until else None
