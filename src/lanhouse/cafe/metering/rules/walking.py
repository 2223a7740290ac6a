"""A session as a row of segments, and the walk that says what each of its seconds is.

Pure. Every second of a segment is exactly one of: free minutes, package, priced time (or the
segment is a free one). What is charged beyond the time that was played, because time is billed in
blocks or for a least length, follows as stretches of its own.
Source: cafe-domain 1 (sessions and billing), 3 (offers); decisions 0020 and 0104.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Literal

import msgspec

from lanhouse.cafe.metering.rules.turns import turns
from lanhouse.cafe.offers.schemas import Package
from lanhouse.cafe.pricing.rules import Piece, Tariff, timeline

MICROSECOND = timedelta(microseconds=1)
SECOND_MICROS = 1_000_000
CENT = 10_000
"""Lines of a bill are whole cents, whatever the total is rounded to."""

Kind = Literal[
    "free_session",
    "free_minutes",
    "package",
    "time",
    "least_time",
    "block",
    "start_fee",
    "minimum_charge",
    "rounding",
]
UNPLAYED: tuple[Kind, ...] = ("least_time", "block")
"""Time that is charged and was not played."""


class Segment(msgspec.Struct, frozen=True):
    """A stretch of a session under one tariff; `to_at` is None while it runs."""

    from_at: datetime
    tariff: Tariff
    to_at: datetime | None = None
    packages: tuple[Package, ...] = ()
    """They pay for its time after the free minutes, each in its hours (turns.py)."""
    is_free: bool = False
    """A free session: nobody pays, no price is needed."""


class Terms(msgspec.Struct, frozen=True, omit_defaults=True):
    """What was agreed when the session began; later changes of the settings do not touch it."""

    free_seconds: int = 0
    """The first seconds of the session that are not billed (setting free_time_minutes)."""
    minimum_charge_micros: int = 0
    """The least that a session costs once a second with a price has been begun."""
    step_micros: int = CENT
    """Totals are multiples of this (setting bill_rounding)."""
    rounding: Literal["nearest", "up", "down"] = "nearest"
    """Which multiple (setting bill_rounding_mode); the nearest one is half-up."""
    least_seconds: int = 0
    """Priced time is charged for at least so long once it has been begun (minimum_minutes)."""
    block_seconds: int = 0
    """Priced time is charged in whole blocks of this length (time_block_minutes); 0 = to the
    second."""
    start_fee_micros: int = 0
    """Added to the cost once a second with a price has been begun (setting start_fee)."""

    @property
    def for_more(self) -> Terms:
        """What holds for time that is added to a session that runs: nothing of its beginning."""
        return Terms(
            step_micros=self.step_micros,
            rounding=self.rounding,
            block_seconds=self.block_seconds,
        )

    @property
    def without_free(self) -> Terms:
        """The same without the free minutes."""
        return msgspec.structs.replace(self, free_seconds=0)

    def unit_end(self, from_at: datetime, until: datetime, *, is_begun: bool) -> datetime:
        """Until when priced time from `from_at` is charged when it is played until `until`."""
        end = from_at
        if not is_begun and self.least_seconds:
            block = self.block_seconds or 1
            end += timedelta(seconds=-(-self.least_seconds // block) * block)
        if end >= until:
            return end
        if not self.block_seconds:
            return until
        length = timedelta(seconds=self.block_seconds)
        return end - (end - until) // length * length


class Stretch(msgspec.Struct, frozen=True):
    """Part of a session of one kind; `piece` or `package` says what it falls under, `segment` under
    which tariff it stands."""

    kind: Kind
    from_at: datetime
    to_at: datetime
    segment: Segment
    piece: Piece | None = None
    package: Package | None = None

    @property
    def exact(self) -> int:
        """Its cost as micros times RATE_PARTS: a whole number, so that sums stay exact."""
        if self.piece is None:
            return 0
        return self.piece.rate * micros_between(self.from_at, self.to_at)


class Walk:
    """A session walked segment by segment. Time that is charged already goes on under the tariff
    that it was begun under: a block keeps its price (decision 0104)."""

    def __init__(self, terms: Terms) -> None:
        self._terms = terms
        self._free_left = timedelta(seconds=terms.free_seconds)
        self._held: Segment | None = None
        """Under which segment the time is charged that reaches to `charged_to`."""
        self.charged_to: datetime | None = None
        self.is_begun = False
        """Whether priced time has been begun, and so the least length is charged."""
        self._rest_kind: Kind = "block"

    def segment(self, segment: Segment, until: datetime) -> Iterator[Stretch]:
        """Its stretches up to `until`."""
        end = min(segment.to_at or until, until)
        at = segment.from_at
        if end <= at:
            return
        if segment.is_free:
            yield from self.rest(at)
            yield Stretch("free_session", at, end, segment)
            return
        for turn in self.turns(segment, end):
            if turn.kind == "time":
                yield from self._priced(segment, turn.from_at, turn.to_at)
            else:
                yield from self.rest(turn.from_at)
                yield turn

    def turns(self, segment: Segment, end: datetime) -> Iterator[Stretch]:
        """Whose turn it is in a segment, up to `end`: the free minutes first, then packages in
        their hours and, between them, time that has a price (not cut by it)."""
        at = segment.from_at
        free_end = min(at + self._free_left, end)
        if free_end > at:
            yield Stretch("free_minutes", at, free_end, segment)
            self._free_left -= free_end - at
            at = free_end
        if not segment.packages:
            if at < end:
                yield Stretch("time", at, end, segment)
            return
        for begin, stop, package in turns(segment.packages, segment.tariff, at, end):
            kind: Kind = "time" if package is None else "package"
            yield Stretch(kind, begin, stop, segment, package=package)

    def rest(self, at: datetime) -> Iterator[Stretch]:
        """What is charged from `at` on and not played, as pieces; nothing is charged after it."""
        held, end = self._held, self.charged_to
        self._held = self.charged_to = None
        if held is None or end is None or end <= at:
            return
        for piece in timeline(held.tariff, at, end):
            if piece.rule is not None:  # closed hours in it cost nothing
                yield Stretch(self._rest_kind, piece.from_at, piece.to_at, held, piece)

    def _priced(self, segment: Segment, at: datetime, end: datetime) -> Iterator[Stretch]:
        if self._held is not None and self.charged_to is not None and self.charged_to > at:
            stop = min(self.charged_to, end)
            yield from _time(self._held, at, stop)
            at = stop
        if at >= end:
            return
        charged_to = self._terms.unit_end(at, end, is_begun=self.is_begun)
        is_least = not self.is_begun and (
            charged_to == self._terms.unit_end(at, at, is_begun=False)
        )
        self._rest_kind = "least_time" if is_least else "block"
        self._held, self.charged_to, self.is_begun = segment, charged_to, True
        yield from _time(segment, at, end)


def stretches(segments: Sequence[Segment], terms: Terms, until: datetime) -> Iterator[Stretch]:
    """Walk the session up to `until`: its segments in order, each cut by kind and price rule.

    What is charged and not played comes where it is given up: before a package, or at the end.
    """
    walk = Walk(terms)
    for segment in segments:
        yield from walk.segment(segment, until)
    yield from walk.rest(until)


def cut(
    segments: Sequence[Segment], terms: Terms, at: datetime, tariff: Tariff | None = None
) -> list[Segment]:
    """Close the running segment at `at` and go on in a new one, under `tariff` or the same.

    What is left of the package goes over. A segment that would be empty is left out.
    """
    running = segments[-1]
    after = Segment(
        from_at=max(at, running.from_at),
        tariff=tariff or running.tariff,
        packages=packages_left(segments, terms, at),
        is_free=running.is_free,
    )
    if at <= running.from_at:
        return [*segments[:-1], after]
    return [*segments[:-1], msgspec.structs.replace(running, to_at=at), after]


def packages_left(segments: Sequence[Segment], terms: Terms, at: datetime) -> tuple[Package, ...]:
    """What is left of the running segment's packages at `at`, in whole seconds."""
    used = package_use(segments, terms, at)
    left = (
        msgspec.structs.replace(package, seconds=package.seconds - used.get(package, 0))
        for package in segments[-1].packages
    )
    return tuple(
        package
        for package in left
        if package.seconds > 0 and (package.until_at is None or package.until_at > at)
    )


def package_use(segments: Sequence[Segment], terms: Terms, at: datetime) -> dict[Package, int]:
    """Whole seconds used of each of the last segment's packages up to `at`."""
    used: dict[Package, int] = {}
    for stretch in stretches(segments, terms, at):
        package = stretch.package
        if package is not None and stretch.segment is segments[-1]:
            seconds = micros_between(stretch.from_at, stretch.to_at) // SECOND_MICROS
            used[package] = used.get(package, 0) + seconds
    return used


def micros_between(from_at: datetime, to_at: datetime) -> int:
    """Microseconds from one instant to another."""
    return (to_at - from_at) // MICROSECOND


def _time(segment: Segment, from_at: datetime, to_at: datetime) -> Iterator[Stretch]:
    for piece in timeline(segment.tariff, from_at, to_at):
        yield Stretch("time", piece.from_at, piece.to_at, segment, piece)
