"""What a session owes, day by day of the centre, under the cap of a day.

Pure. The cap holds for time and start fee; sums are exact, in RATE_PARTS of micros (decision 0117).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from lanhouse.cafe.metering.rules.terms import Terms
from lanhouse.cafe.metering.rules.walking import Segment, Stretch, micros_between
from lanhouse.cafe.pricing.rules import RATE_PARTS, Piece, Tariff, local_time


class Days:
    """What is charged on each day; without a cap it is one sum."""

    def __init__(self, terms: Terms, first: Segment) -> None:
        self._cap = terms.daily_cap_micros * RATE_PARTS
        self._before = terms.day_before_micros * RATE_PARTS
        self._first = _day_of(first.tariff, first) if self._cap else None
        self.by_day: dict[date, int] = {}
        """What is owed of each day, under a cap."""
        self._rooms: dict[date, int] = {}
        self.owed = 0
        """Charged so far, nothing above a cap."""

    def add(self, stretch: Stretch) -> None:
        """Charge a stretch; under a cap it lies on one day."""
        if not self._cap:
            self.owed += stretch.exact
        elif stretch.piece is not None:
            self.owed += self._take(_day_of(stretch.segment.tariff, stretch), stretch.exact)

    def add_fee(self, fee: int) -> int:
        """Charge the start fee, on the day the session begins; answers what of it is owed."""
        owed = fee if self._first is None else self._take(self._first, fee)
        self.owed += owed
        return owed

    def room(self, tariff: Tariff, piece: Piece) -> int | None:
        """How much may still be charged on the piece's day; None = there is no cap."""
        return self._room(_day_of(tariff, piece)) if self._cap else None

    def would_add(self, tariff: Tariff, pieces: Iterable[Piece]) -> int:
        """What charging these pieces, each on one day, would add."""
        if not self._cap:
            return sum(_exact(piece) for piece in pieces)
        by_day: dict[date, int] = {}
        for piece in pieces:
            day = _day_of(tariff, piece)
            by_day[day] = by_day.get(day, 0) + _exact(piece)
        return sum(min(exact, self._room(day)) for day, exact in by_day.items())

    def add_time(self, tariff: Tariff, piece: Piece, exact: int) -> None:
        """Charge `exact` on the piece's day."""
        self.owed += self._take(_day_of(tariff, piece), exact) if self._cap else exact

    def _room(self, day: date) -> int:
        before = self._before if day == self._first else 0
        return self._rooms.get(day, max(self._cap - before, 0))

    def _take(self, day: date, exact: int) -> int:
        room = self._room(day)
        taken = min(exact, room)
        self._rooms[day] = room - taken
        self.by_day[day] = self.by_day.get(day, 0) + taken
        return taken


def _exact(piece: Piece) -> int:
    return piece.rate * micros_between(piece.from_at, piece.to_at)


def _day_of(tariff: Tariff, part: Piece | Stretch | Segment) -> date:
    return local_time(tariff, part.from_at).date()
