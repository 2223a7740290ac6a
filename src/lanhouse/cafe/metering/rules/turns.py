"""Which package pays for which second of a segment.

Pure. At every moment it is the best of those that are open then: who begins at its hour whatever
is in use (`is_auto_start`), the higher priority, the one that closes sooner, the older one. That
hangs on the moment alone, so a segment may be cut anywhere (decision 0090).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from lanhouse.cafe.offers.rules import open_spans
from lanhouse.cafe.offers.schemas import Package
from lanhouse.cafe.pricing.rules import Tariff

_FURTHER = timedelta(days=8)
"""So far past the end hours are looked at: none stays open for so long without staying so."""

Turn = tuple[datetime, datetime, Package | None]
"""From when to when a package pays; None: none does."""


class _Held:
    """A package with what is left of it and the hours in which it is open, as they come."""

    def __init__(
        self, place: int, package: Package, tariff: Tariff, from_at: datetime, until: datetime
    ) -> None:
        self.package = package
        self.left = timedelta(seconds=package.seconds)
        self._place = place
        self._horizon = until
        self._spans = open_spans(package, tariff, from_at, until)
        self._span = next(self._spans, None)

    def span(self, at: datetime) -> tuple[datetime, datetime] | None:
        """The hours in which it is open at `at`, or opens next; None: it is used up, or over."""
        while self._span is not None and self._span[1] <= at:
            self._span = next(self._spans, None)
        return self._span if self.left else None

    def rank(self, closes_at: datetime) -> tuple[object, ...]:
        """The smallest is used. Packages of sessions that began before packages had hours of
        their own in them keep the order in which they stand."""
        package = self.package
        if package.window is None:
            return (0, self._place)
        # Hours that reach to the horizon have no end; the package itself may have one past it.
        closes = closes_at if closes_at < self._horizon else package.until_at
        order = (
            not package.is_booked,
            not package.is_auto_start,
            -package.priority,
            closes is None,
            closes or closes_at,
        )
        return (1, *order, package.member_offer_id, self._place)


def turns(
    packages: Sequence[Package], tariff: Tariff, from_at: datetime, until: datetime
) -> Iterator[Turn]:
    """The time from `from_at` to `until` as turns that touch; neighbours never share a package.

    Hours are those of the wall clock of the tariff's zone, as prices are.
    """
    held: Turn | None = None
    for turn in _turns(packages, tariff, from_at, until):
        if held is not None and held[2] is turn[2]:
            held = (held[0], turn[1], turn[2])
            continue
        if held is not None:
            yield held
        held = turn
    if held is not None:
        yield held


def package_at(packages: Sequence[Package], tariff: Tariff, at: datetime) -> Package | None:
    """The package that pays for the second that begins at `at`, or None."""
    if not packages:
        return None
    return next(turns(packages, tariff, at, at + timedelta(seconds=1)))[2]


def _turns(
    packages: Sequence[Package], tariff: Tariff, from_at: datetime, until: datetime
) -> Iterator[Turn]:
    horizon = until + _FURTHER
    all_held = [
        _Held(place, package, tariff, from_at, horizon) for place, package in enumerate(packages)
    ]
    at = from_at
    while at < until:
        best: _Held | None = None
        best_rank: tuple[object, ...] = ()
        ends = until
        for held in all_held:
            span = held.span(at)
            if span is None:
                continue
            if span[0] > at:
                ends = min(ends, span[0])
                continue
            rank = held.rank(span[1])
            if best is None or rank < best_rank:
                best, best_rank = held, rank
            ends = min(ends, span[1])
        if best is not None:
            ends = min(ends, at + best.left)
            best.left -= ends - at
        yield at, ends, None if best is None else best.package
        at = ends
