"""What a member's open pages say of the session that runs, and of what has moved his money."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from lanhouse.db.store import Store
from lanhouse.kit import clock
from tests.builders.centers import Hall
from tests.builders.client import Client
from tests.builders.floor import EURO, Floor, open_floor
from tests.builders.phone import HOME, Phone
from tests.contract.pages.test_pages import text_of

COMPUTER, ACCOUNT, HISTORY = f"{HOME}/computer", f"{HOME}/account", f"{HOME}/history"
_WAITS = re.compile(r'data-waits="([^"]+)"')


@pytest.fixture
def floor(sqlite_store: Store) -> Floor:
    return open_floor(sqlite_store, pcs_count=3)


@pytest.fixture
def hall(floor: Floor) -> Hall:
    return floor.hall


@pytest.mark.parametrize("page", [COMPUTER, ACCOUNT])
def test_an_open_page_hears_that_the_session_has_ended(
    client: Client, floor: Floor, page: str
) -> None:
    ada = floor.add_member("ada", balance=10 * EURO)
    phone = Phone(client, floor, ada)
    assert not _WAITS.search(phone.get(page).text)
    phone.post(f"{COMPUTER}/start", {"pc": "PC01"})
    (asked,) = set(_WAITS.findall(phone.get(page).text))
    assert phone.get(asked).json() == {"status": "pending"}
    assert phone.get(asked).headers["cache-control"] == "no-store"
    other = Phone(client, floor, floor.add_member("bob"))
    assert other.get(asked).json() == {"status": "over"}
    floor.check_out("PC01")
    assert phone.get(asked).json() == {"status": "over"}
    # He plays again: the page of before still has to be shown anew.
    phone.post(f"{COMPUTER}/start", {"pc": "PC02"})
    assert phone.get(asked).json() == {"status": "over"}


def test_the_page_of_the_session_warns_of_a_booking(client: Client, floor: Floor) -> None:
    ada = floor.add_member("ada", balance=20 * EURO)
    bob = floor.add_member("bob", balance=20 * EURO)
    floor.book_one("PC01", at=clock.now() + timedelta(hours=2), member_id=bob)
    phone = Phone(client, floor, ada)
    phone.post(f"{COMPUTER}/start", {"pc": "PC01"})
    for page in (COMPUTER, ACCOUNT):
        assert "This PC is booked from" in text_of(phone.get(page)), page


def test_the_history_calls_a_booking_so_and_says_what_came_back(
    client: Client, floor: Floor
) -> None:
    ada = floor.add_member("ada", balance=20 * EURO)
    booking = floor.book_one("PC01", at=clock.now() + timedelta(hours=30), member_id=ada)
    phone = Phone(client, floor, ada)
    assert "Booking, PC01" in text_of(phone.get(HISTORY))
    phone.post(f"{HOME}/booking/{booking.id}/cancel", {})
    told = text_of(phone.get(HISTORY))
    assert "Package sold" not in told
    assert "Given back" in told


def test_the_history_leads_to_each_bill(client: Client, floor: Floor, freeze: clock.frozen) -> None:
    ada = floor.add_member("ada", balance=20 * EURO)
    phone = Phone(client, floor, ada)
    bills = []
    for _ in range(2):
        phone.post(f"{COMPUTER}/start", {"pc": "PC01"})
        session_id = floor.session_ids()[-1]
        freeze.advance(1800)
        floor.check_out("PC01")
        bills.append(f"{COMPUTER}/ended/{session_id}")
    told = phone.get(HISTORY).text
    assert re.findall(r'href="([^"]+/ended/\d+)"', told) == bills[::-1]
    assert "€1.00" in text_of(phone.get(bills[0]))


def test_a_session_of_before_tells_its_bill_when_it_is_opened(
    client: Client, floor: Floor, freeze: clock.frozen
) -> None:
    phone = Phone(client, floor, floor.add_member("ada", balance=20 * EURO))
    phone.post(f"{COMPUTER}/start", {"pc": "PC01"})
    freeze.advance(1800)
    floor.check_out("PC01")
    told = phone.get(ACCOUNT)
    assert "PC01, 30 min" in text_of(told)
    assert "−€1.00" in text_of(told)
    (bill,) = re.findall(r'data-bill="([^"]+)"', told.text)
    asked = phone.get(bill)
    assert "€2.00/h" in text_of(asked)
    assert "<html" not in asked.text
    assert phone.get(bill.removesuffix("/bill")).status_code == 200
    other = Phone(client, floor, floor.add_member("bob"))
    assert other.get(bill).status_code == 404
    assert phone.get(bill.replace("/ended/1/", "/ended/x/")).status_code == 404
