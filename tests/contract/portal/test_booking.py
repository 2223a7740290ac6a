"""The portal's Booking: when, where, the amount, Pay by Balance, cancel; without a script."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from lanhouse.cafe.bookings.queries import bookings_of_member
from lanhouse.cafe.bookings.schemas import Booking
from lanhouse.db.store import Store
from lanhouse.kit import clock
from tests.builders.centers import Hall
from tests.builders.client import Client
from tests.builders.floor import EURO, Floor, open_floor
from tests.builders.phone import HOME, Phone, fields_of
from tests.contract.pages.test_pages import text_of

PAGE = f"{HOME}/booking"


@pytest.fixture
def floor(sqlite_store: Store) -> Floor:
    return open_floor(sqlite_store, pcs_count=3)


@pytest.fixture
def hall(floor: Floor) -> Hall:
    return floor.hall


def when(at: datetime, **more: str) -> dict[str, str]:
    return {"date": f"{at:%Y-%m-%d}", "time": f"{at:%H:%M}", "length": "120", **more}


def path(at: datetime, **more: str) -> str:
    return f"{PAGE}/pay?" + "&".join(f"{k}={v}" for k, v in when(at, **more).items())


def booked(floor: Floor, member_id: int) -> list[Booking]:
    return floor.store.read_sync(bookings_of_member, 7777, member_id)


def test_book_and_cancel(client: Client, floor: Floor) -> None:
    ada = floor.add_member("ada", balance=10 * EURO)
    phone = Phone(client, floor, ada)
    at = clock.now() + timedelta(hours=30)
    shown = phone.get(PAGE)
    assert "You have booked nothing." in text_of(shown)
    asked = phone.get(path(at, pc="PC02", comment="left-handed"))
    assert "Pay by Balance, €4.00" in text_of(asked)
    assert "left-handed" in text_of(asked)
    form = fields_of(asked, PAGE)
    done = phone.post(PAGE, form)
    assert done.headers["location"] == f"{PAGE}?booked=1"
    assert phone.post(PAGE, form).headers["location"] == f"{PAGE}?booked=1"
    (booking,) = booked(floor, ada)
    assert (booking.pc_name, booking.minutes, booking.comment) == ("PC02", 120, "left-handed")
    assert booking.source == "portal"
    assert floor.money(ada) == (6 * EURO, 0)
    told = text_of(phone.get(f"{PAGE}?booked=1"))
    assert "PC02 is booked for you" in told
    other = Phone(client, floor, floor.add_member("bob", balance=9 * EURO))
    assert "is booked for you" not in text_of(other.get(f"{PAGE}?booked=1"))
    taken = other.get(path(at, pc="PC02"))
    assert taken.status_code == 422
    assert "already booked at that time" in text_of(taken)
    assert other.get(f"{PAGE}/1").status_code == 404
    assert other.post(f"{PAGE}/1/cancel", {}).status_code == 404
    assert phone.post(f"{PAGE}/1/cancel", {}, Origin="https://evil.test").status_code == 403
    assert "€4.00" in text_of(phone.get(f"{PAGE}/1"))
    assert phone.post(f"{PAGE}/1/cancel", {}).headers["location"] == PAGE
    assert phone.post(f"{PAGE}/1/cancel", {}).status_code == 422
    assert floor.money(ada) == (10 * EURO, 0)
    assert "€4.00 came back" in text_of(phone.get(PAGE))


def test_a_booking_of_now_starts(client: Client, floor: Floor) -> None:
    ada = floor.add_member("ada", balance=10 * EURO)
    phone = Phone(client, floor, ada)
    asked = phone.get(path(clock.now(), pc="PC01"))
    assert "your session starts at once" in text_of(asked)
    form = fields_of(asked, PAGE)
    assert phone.post(PAGE, form).headers["location"] == f"{HOME}/computer"
    assert floor.is_busy("PC01")
    phone.post(PAGE, form)
    assert floor.money(ada) == (6 * EURO, 0)
    assert len(booked(floor, ada)) == 1
    # Who plays already keeps what he booked, and is told why it does not begin.
    floor.check_out("PC01")
    floor.member(ada, "PC03")
    again = phone.post(PAGE, when(clock.now(), pc="PC02", key="again"))
    assert again.status_code == 422
    assert "has a session on PC03 already" in text_of(again)
    assert "PC02 is booked for you" in text_of(again)
    assert floor.money(ada) == (2 * EURO, 0)


def test_what_is_refused(client: Client, floor: Floor) -> None:
    ada = floor.add_member("ada", balance=EURO)
    phone = Phone(client, floor, ada)
    at = clock.now() + timedelta(hours=30)
    for sent, reason in (
        ({}, "must be a day and a time"),
        ({"date": "2026-13-40", "time": "9"}, "must be a day and a time"),
        (when(at), "is required"),
        (when(at, pc="PC99"), "there is no such PC"),
        (when(at, pc="<script>alert(1)</script>"), "there is no such PC"),
        (when(at, pc="PC01", length="x"), "is required"),
        (when(at, pc="PC01", length="0"), "must be 1 to"),
        (when(at, pc="PC01", length="999999999999999"), "is required"),
        (when(at, pc="PC01", length="offer-77"), "switched off in the settings"),
        (when(at - timedelta(days=9), pc="PC01"), "must lie in the future"),
        (when(at, pc="PC01", comment="c" * 300), "must be at most 255 characters"),
        (when(at, pc="PC01", shown="1"), ""),
    ):
        refused = phone.post(PAGE, sent)
        assert refused.status_code >= 400, sent
        assert reason in text_of(refused), (sent, text_of(refused))
        assert "<script>alert" not in refused.text
    assert phone.post(PAGE, when(at, pc="PC01", comment="c" * 1_000_000)).status_code >= 400
    assert phone.post(PAGE, when(at, pc="PC01")).status_code == 402
    rich = Phone(client, floor, floor.add_member("rich", balance=99 * EURO))
    changed = rich.post(PAGE, when(at, pc="PC01", shown="1"))
    assert changed.status_code >= 400
    assert "the sum to pay has changed" in text_of(changed)
    floor.set(allow_booking=False)
    off = Phone(client, floor, floor.add_member("late", balance=99 * EURO))
    assert "Booking is not available." in text_of(off.get(PAGE))
    assert "switched off" in text_of(off.post(PAGE, when(at, pc="PC01")))
    assert booked(floor, ada) == []
