"""A session as a row of segments, and the walk that says what each of its seconds is.

Pure. Every second of a segment is exactly one of: free minutes, package, priced time (or the
segment is a free one, or a pause). What is charged beyond the time that was played, because time is
billed in blocks or for a least length, follows as stretches of its own.
Source: cafe-domain 1 (sessions and billing), 3 (offers); decisions 0020 and 0104.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Literal

import msgspec

from lanhouse.cafe.metering.rules.terms import FIRST_HOUR_SECONDS, Terms
from lanhouse.cafe.metering.rules.turns import turns
from lanhouse.cafe.offers.schemas import Package
from lanhouse.cafe.pricing.rules import FACTOR_PARTS, Piece, Tariff, local_time, timeline

MICROSECOND = timedelta(microseconds=1)
SECOND_MICROS = 1_000_000
_DAY = timedelta(days=1)

Kind = Literal[
    "free_session",
    "paused",
    "free_minutes",
    "package",
    "time",
    "least_time",
    "block",
    "start_fee",
    "daily_cap",
    "minimum_charge",
    "tax",
    "tax_included",
    "card_price",
    "rounding",
]
UNPLAYED: tuple[Kind, ...] = ("least_time", "block")
"""Time that is charged and was not played."""
PAUSED: Kind = "paused"
"""Time that passed and was neither played nor charged."""


class Segment(msgspec.Struct, frozen=True):
    """A stretch of a session under one tariff; `to_at` is None while it runs."""

    from_at: datetime
    tariff: Tariff
    to_at: datetime | None = None
    packages: tuple[Package, ...] = ()
    """They pay for its time after the free minutes, each in its hours (turns.py)."""
    is_free: bool = False
    """A free session: nobody pays, no price is needed."""
    is_paused: bool = False
    """Nobody plays: it costs nothing and uses up neither free minutes nor packages, which wait."""


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
        is_dearer = terms.first_hour_percent != FACTOR_PARTS
        self.first_left = timedelta(seconds=FIRST_HOUR_SECONDS if is_dearer else 0)
        """How much of the first hour of charged time is to come; 0 where it has no price of its
        own."""

    def segment(self, segment: Segment, until: datetime) -> Iterator[Stretch]:
        """Its stretches up to `until`."""
        end = min(segment.to_at or until, until)
        at = segment.from_at
        if end <= at:
            return
        if segment.is_paused:
            self._stand_still(at, end - at)
            yield Stretch(PAUSED, at, end, segment)
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
                yield from self._charged(self._rest_kind, held, piece)

    def _stand_still(self, at: datetime, length: timedelta) -> None:
        """What is charged already reaches so much further, at the prices that it was begun at."""
        if self._held is None or self.charged_to is None or self.charged_to <= at:
            return
        self.charged_to += length
        tariff = self._held.tariff
        ahead_micros = tariff.ahead_micros + length // MICROSECOND
        self._held = msgspec.structs.replace(
            self._held, tariff=msgspec.structs.replace(tariff, ahead_micros=ahead_micros)
        )

    def _priced(self, segment: Segment, at: datetime, end: datetime) -> Iterator[Stretch]:
        if self._held is not None and self.charged_to is not None and self.charged_to > at:
            stop = min(self.charged_to, end)
            yield from self._time(self._held, at, stop)
            at = stop
        if at >= end:
            return
        charged_to = self._terms.unit_end(at, end, is_begun=self.is_begun)
        is_least = not self.is_begun and (
            charged_to == self._terms.unit_end(at, at, is_begun=False)
        )
        self._rest_kind = "least_time" if is_least else "block"
        self._held, self.charged_to, self.is_begun = segment, charged_to, True
        yield from self._time(segment, at, end)

    def _time(self, segment: Segment, from_at: datetime, to_at: datetime) -> Iterator[Stretch]:
        for piece in timeline(segment.tariff, from_at, to_at):
            yield from self._charged("time", segment, piece)

    def _charged(self, kind: Kind, segment: Segment, piece: Piece) -> Iterator[Stretch]:
        """Time that is charged, cut where the first hour ends, and at midnight under a cap."""
        if not self.first_left and not self._terms.daily_cap_micros:
            yield Stretch(kind, piece.from_at, piece.to_at, segment, piece)
            return
        parts = first_hour(piece, self.first_left, self._terms)
        if piece.rule is not None:
            self.first_left -= min(self.first_left, piece.to_at - piece.from_at)
        for part in parts:
            if self._terms.daily_cap_micros:
                for its in by_day(segment.tariff, part):
                    yield Stretch(kind, its.from_at, its.to_at, segment, its)
            else:
                yield Stretch(kind, part.from_at, part.to_at, segment, part)


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

    What is left of the package goes over, and so does a pause. A segment that would be empty is
    left out.
    """
    running = segments[-1]
    after = Segment(
        from_at=max(at, running.from_at),
        tariff=tariff or running.tariff,
        packages=running.packages if running.is_paused else packages_left(segments, terms, at),
        is_free=running.is_free,
        is_paused=running.is_paused,
    )
    if at <= running.from_at:
        return [*segments[:-1], after]
    return [*segments[:-1], msgspec.structs.replace(running, to_at=at), after]


def paused(segments: Sequence[Segment], terms: Terms, at: datetime) -> list[Segment]:
    """Let the running segment stand still from `at` on."""
    found = cut(segments, terms, at)
    return [*found[:-1], msgspec.structs.replace(found[-1], is_paused=True)]


def resumed(segments: Sequence[Segment], terms: Terms, at: datetime) -> list[Segment]:
    """Let the segment that stands still go on at `at`. Packages whose hours closed meanwhile are
    left: those do not wait."""
    found = cut(segments, terms, at)
    going_on = msgspec.structs.replace(found[-1], is_paused=False)
    return [
        *found[:-1],
        msgspec.structs.replace(going_on, packages=packages_left([going_on], terms, at)),
    ]


def standing(segments: Sequence[Segment]) -> Sequence[Segment]:
    """A session that stands still as if it went on where it was stopped; any other as it is."""
    last, begin = segments[-1], len(segments)
    while begin and segments[begin - 1].is_paused:
        begin -= 1
    if begin == len(segments):
        return segments
    going_on = msgspec.structs.replace(last, from_at=segments[begin].from_at, is_paused=False)
    return [*segments[:begin], going_on]


def paused_for(segments: Sequence[Segment]) -> timedelta:
    """How long a session stood still before its last segment."""
    pauses = (each.to_at - each.from_at for each in segments if each.is_paused and each.to_at)
    return sum(pauses, timedelta())


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


def first_hour(piece: Piece, left: timedelta, terms: Terms) -> list[Piece]:
    """A piece of charged time of which the first `left` have the price of the first hour."""
    if not left or piece.rule is None:
        return [piece]
    factor = terms.first_hour_percent
    rate = piece.rate // FACTOR_PARTS * factor  # a rate holds FACTOR_PARTS while it has no factor
    replace = msgspec.structs.replace
    split = piece.from_at + left
    if split >= piece.to_at:
        return [replace(piece, rate=rate, factor=factor)]
    return [replace(piece, to_at=split, rate=rate, factor=factor), replace(piece, from_at=split)]


def by_day(tariff: Tariff, piece: Piece) -> Iterator[Piece]:
    """A piece cut at every midnight of the tariff's wall clock."""
    at = piece.from_at
    while at < piece.to_at:
        until = min(_next_midnight(tariff, at), piece.to_at)
        yield msgspec.structs.replace(piece, from_at=at, to_at=until)
        at = until


def _next_midnight(tariff: Tariff, at: datetime) -> datetime:
    local = local_time(tariff, at)
    midnight = datetime.combine(local.date() + _DAY, time(), local.tzinfo)
    return midnight.astimezone(UTC) + tariff.ahead
