"""When a session's money is used up, what time costs, and what money buys.

Pure. The inverse of bills.py: a session ends at the last whole second that its money covers.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from datetime import datetime, timedelta

from lanhouse.cafe.metering.rules.bills import most_exact, total_cost
from lanhouse.cafe.metering.rules.walking import (
    MICROSECOND,
    SECOND_MICROS,
    Segment,
    Stretch,
    Terms,
    Walk,
    micros_between,
)
from lanhouse.cafe.pricing.rules import (
    RATE_PARTS,
    Piece,
    Tariff,
    costs_nothing,
    timeline,
    week_of,
)

SESSION_DAYS_MAX = 366
"""No session is computed further ahead than this; money for more ends there."""
MINUTES_MAX = SESSION_DAYS_MAX * 24 * 60
_SECOND = timedelta(seconds=1)


def ends_at(segments: Sequence[Segment], terms: Terms, money_micros: int | None) -> datetime | None:
    """When the running session is over, or None when nothing ends it.

    `money_micros` is all that may be spent on the session from its first second on (what it has
    used already included); None = without limit (postpaid). The last segment must be running.
    It ends where the money no longer covers the next whole second (the next block), where the
    minimum charge is not covered when priced time would begin, where no price holds, or after
    SESSION_DAYS_MAX.
    """
    return _ends_within(segments, terms, money_micros, timedelta(days=SESSION_DAYS_MAX))


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

    def __init__(self, terms: Terms, money_micros: int | None, spent: int) -> None:
        self.spent = spent
        self.most: int | None = None
        if money_micros is None:
            return
        most = most_exact(money_micros, terms)
        if most < terms.minimum_charge_micros * RATE_PARTS:
            most = -1  # not even the first priced second
        self.most = most - terms.start_fee_micros * RATE_PARTS

    def covers(self, cost: int) -> bool:
        """Whether so much more may be owed; what costs nothing always may."""
        return cost == 0 or self.most is None or self.spent + cost <= self.most

    def times(self, cost: int) -> int | None:
        """How often so much more may be owed; None = without end."""
        if self.most is None or cost == 0:
            return None
        return max(self.most - self.spent, 0) // cost


def _ends_within(
    segments: Sequence[Segment], terms: Terms, money_micros: int | None, most: timedelta
) -> datetime | None:
    """ends_at(), looked at no further than `most` from the running segment's begin."""
    running = segments[-1]
    if running.is_free or (money_micros is None and _always_has_price(running.tariff)):
        return None
    walk = Walk(terms)
    spent = sum(
        stretch.exact
        for segment in segments[:-1]
        for stretch in walk.segment(segment, running.from_at)
    )
    purse = _Purse(terms, money_micros, spent)
    pays_nothing = costs_nothing(running.tariff)
    is_begun = walk.is_begun
    horizon = running.from_at + most
    for turn in walk.turns(running, horizon):
        begins, until = turn.from_at, turn.to_at
        # What is charged already is owed, whatever comes now.
        charged_to = walk.charged_to
        rest = list(walk.rest(begins))
        purse.spent += sum(stretch.exact for stretch in rest)
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
            found = _end_in_turn(running, terms, begins, until, purse, is_begun=is_begun)
            is_begun = True
            if found is not None:
                return found
    return None if pays_nothing else horizon


def _end_in_turn(
    running: Segment,
    terms: Terms,
    begins: datetime,
    until: datetime,
    purse: _Purse,
    *,
    is_begun: bool,
) -> datetime | None:
    """The end in priced time from `begins` on; None when a package, at `until`, comes before it.

    The least length and the last block are paid whole, however soon the package comes."""
    if not is_begun and terms.least_seconds:
        charged_to = terms.unit_end(begins, begins, is_begun=False)
        found = _end_in_unit(running.tariff, begins, charged_to, purse)
        if found is not None and found < until:
            return found
        begins = charged_to
    return _end_in_line(running, terms.block_seconds, begins, until, purse)


def _end_in_line(
    running: Segment, block_seconds: int, begins: datetime, horizon: datetime, purse: _Purse
) -> datetime | None:
    """The end in time that is charged by the second or in blocks, from `begins` up to `horizon`;
    None = not in it."""
    block = block_seconds * SECOND_MICROS
    for piece in timeline(running.tariff, begins, horizon):
        if piece.to_at <= begins:
            continue
        if piece.rule is None:
            return max(piece.from_at, begins)
        at = max(piece.from_at, begins)
        if not block:
            found = _end_in_piece(running, piece, at, purse)
            if found is not None:
                return found
            continue
        # Blocks that lie wholly within the piece cost the same; the one across its end does not.
        whole = micros_between(at, piece.to_at) // block
        times = purse.times(piece.rate * block)
        if times is not None and times < whole:
            return at + times * block * MICROSECOND
        purse.spent += whole * piece.rate * block
        begins = at + whole * block * MICROSECOND
        if begins < piece.to_at:
            until = begins + block * MICROSECOND
            found = _end_in_unit(running.tariff, begins, until, purse)
            if found is not None and found < horizon:
                return found
            begins = until
    return None


def _end_in_piece(running: Segment, piece: Piece, at: datetime, purse: _Purse) -> datetime | None:
    """Where the money ends within a piece that is charged by the second; None = not in it."""
    cost = piece.rate * micros_between(at, piece.to_at)
    if purse.covers(cost):
        purse.spent += cost
        return None
    covered = (purse.times(piece.rate) or 0) * MICROSECOND
    played = at + covered - running.from_at
    return running.from_at + timedelta(seconds=played // _SECOND)


def _end_in_unit(tariff: Tariff, at: datetime, until: datetime, purse: _Purse) -> datetime | None:
    """Where a session ends that would begin this unit: at once when it is not covered, where no
    price holds in it; None = not in it."""
    pieces = list(timeline(tariff, at, until))
    if pieces[0].rule is None:
        return at
    cost = sum(piece.rate * micros_between(piece.from_at, piece.to_at) for piece in pieces)
    if not purse.covers(cost):
        return at
    purse.spent += cost
    return next((piece.from_at for piece in pieces if piece.rule is None), None)


def _first_gap(rest: Sequence[Stretch], begins: datetime, until: datetime) -> datetime | None:
    """Where the pieces that are charged leave a hole: no price holds there."""
    at = begins
    for stretch in rest:
        if stretch.from_at > at:
            break
        at = stretch.to_at
    return at if at < until else None


def _always_has_price(tariff: Tariff) -> bool:
    """Whether some rule holds at every minute of the week."""
    return all(rule is not None for _, rule in week_of(tariff))
