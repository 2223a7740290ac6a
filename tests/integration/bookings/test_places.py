"""PCs as a member chooses one: right, and as cheap however much is booked ahead."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from lanhouse.cafe.bookings import queries
from lanhouse.cafe.portal.queries.places import Places, places_now, places_to_book
from lanhouse.db.store import Store
from lanhouse.kit import clock
from tests.builders.floor import EURO, Floor, open_floor

HOUR = timedelta(hours=1)


@pytest.fixture
def floor(store: Store, freeze: clock.frozen) -> Floor:
    """Four PCs at 2 an hour."""
    assert freeze is not None
    return open_floor(store, pcs_count=4)


@pytest.fixture
def was_read(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The rows of bookings that were read."""
    found: list[Any] = []
    of: Callable[..., Any] = queries.booking_of

    def noted(row: Any) -> Any:
        found.append(row)
        return of(row)

    monkeypatch.setattr(queries, "booking_of", noted)
    return found


def states(places: Places) -> dict[str, str]:
    return {seat.name: seat.state for seat in places.seats}


def test_what_is_booked_far_ahead_is_not_read(floor: Floor, was_read: list[Any]) -> None:
    ann = floor.add_member("ann", balance=500 * EURO)
    now = clock.now()
    for day in range(2, 12):
        floor.book("PC01", "PC02", at=now + timedelta(days=day), member_id=ann)
    floor.book_one("PC03", at=now + 6 * HOUR, member_id=ann)
    bob = floor.add_member("bob")
    was_read.clear()
    found = floor.store.read_sync(places_now, floor.center, bob, now)
    assert len(was_read) == 1
    assert states(found) == dict.fromkeys(("PC01", "PC02", "PC03", "PC04"), "free")
    until = {seat.name: seat.until_at for seat in found.seats}
    assert until == {"PC01": None, "PC02": None, "PC03": now + 6 * HOUR, "PC04": None}
    was_read.clear()
    day = now + timedelta(days=5)
    span = (day + HOUR / 2, day + 2 * HOUR)
    found = floor.store.read_sync(places_to_book, floor.center, span, now)
    assert len(was_read) == 2
    assert states(found) == {"PC01": "booked", "PC02": "booked", "PC03": "free", "PC04": "free"}


def test_a_booking_that_ends_where_another_begins_is_in_nobodys_way(floor: Floor) -> None:
    ann = floor.add_member("ann", balance=50 * EURO)
    now = clock.now()
    floor.book_one("PC01", at=now + HOUR, member_id=ann)
    for begins, state in ((now, "free"), (now + HOUR / 2, "booked"), (now + 2 * HOUR, "free")):
        span = (begins, begins + HOUR)
        found = floor.store.read_sync(places_to_book, floor.center, span, now)
        assert states(found)["PC01"] == state, begins
