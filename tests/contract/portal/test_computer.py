"""The portal's Computer: choose, start, see the cost, check out; without a script."""

from __future__ import annotations

from datetime import timedelta

import pytest

from lanhouse.cafe.pcs.queries import pc_by_name
from lanhouse.db.store import Store
from lanhouse.kit import clock
from tests.builders.centers import Hall
from tests.builders.client import Client
from tests.builders.floor import EURO, Floor, open_floor
from tests.builders.phone import HOME, Phone, fields_of
from tests.contract.pages.test_pages import text_of

PAGE = f"{HOME}/computer"


@pytest.fixture
def floor(sqlite_store: Store) -> Floor:
    return open_floor(sqlite_store, pcs_count=3)


@pytest.fixture
def hall(floor: Floor) -> Hall:
    return floor.hall


def test_choose_start_and_check_out(client: Client, floor: Floor, freeze: clock.frozen) -> None:
    ada = floor.add_member("ada", balance=10 * EURO, bonus=EURO)
    phone = Phone(client, floor, ada)
    shown = text_of(phone.get(PAGE))
    assert all(name in shown for name in ("PC01", "PC02", "PC03", "ada"))
    assert "PC02" in text_of(phone.get(f"{PAGE}?q=c02"))
    assert "PC01" not in text_of(phone.get(f"{PAGE}?q=c02"))
    assert "No PC is called so." in text_of(phone.get(f"{PAGE}?q=<b>"))
    asked = phone.get(f"{PAGE}/start?pc=pc02")
    assert "Start a session on PC02 now?" in text_of(asked)
    assert "€2.00/h" in text_of(asked)
    assert floor.session_ids() == []
    form = fields_of(asked, f"{PAGE}/start")
    assert phone.post(f"{PAGE}/start", form).headers["location"] == PAGE
    # The second press of the same form.
    assert phone.post(f"{PAGE}/start", form).headers["location"] == PAGE
    assert floor.is_busy("PC02")
    running = text_of(phone.get(PAGE))
    assert "Playing on PC02" in running
    assert "Session started at" in running
    assert "Checkout" in running
    freeze.advance(1800)
    bill = phone.get(f"{PAGE}/checkout?pc=PC02")
    assert "Checkout, pay €1.00" in text_of(bill)
    form = fields_of(bill, f"{PAGE}/checkout")
    before = floor.money(ada)
    done = phone.post(f"{PAGE}/checkout", form)
    assert done.status_code == 303
    again = phone.post(f"{PAGE}/checkout", form)
    assert again.headers["location"] == done.headers["location"]
    assert not floor.is_busy("PC02")
    assert sum(before) - sum(floor.money(ada)) == EURO
    page = phone.get(done.headers["location"])
    assert "You are checked out of PC02." in text_of(page)
    bob = Phone(client, floor, floor.add_member("bob"))
    assert bob.get(done.headers["location"]).status_code == 404


def test_what_is_refused(client: Client, floor: Floor) -> None:
    ada, bob = floor.add_member("ada", balance=EURO), floor.add_member("bob", balance=EURO)
    phone, other = Phone(client, floor, ada), Phone(client, floor, bob)
    for sent, reason in (
        ({}, "there is no such PC"),
        ({"pc": "PC99"}, "there is no such PC"),
        ({"pc": "'; DROP TABLE pcs; --"}, "there is no such PC"),
        ({"pc": "x" * 101}, ""),
    ):
        refused = phone.post(f"{PAGE}/start", sent)
        assert refused.status_code in (400, 422), sent
        assert reason in text_of(refused)
    poor = Phone(client, floor, floor.add_member("poor"))
    assert "balance is too low" in text_of(poor.get(f"{PAGE}/start?pc=PC01"))
    assert poor.post(f"{PAGE}/start", {"pc": "PC01", "key": "p"}).status_code == 402
    other.post(f"{PAGE}/start", {"pc": "PC01", "key": "b"})
    assert "the PC is in use" in text_of(phone.get(f"{PAGE}/start?pc=PC01"))
    assert "the PC is in use" in text_of(phone.post(f"{PAGE}/start", {"pc": "PC01"}))
    # The sum of somebody else's session is of no use, and his PC is not told about.
    form = fields_of(other.get(f"{PAGE}/checkout?pc=PC01"), f"{PAGE}/checkout")
    assert phone.get(f"{PAGE}/checkout?pc=PC01").headers["location"] == PAGE
    assert phone.post(f"{PAGE}/checkout", {**form, "quote_sign": "x"}).status_code == 303
    assert floor.is_busy("PC01")
    assert (
        phone.post(f"{PAGE}/start", {"pc": "PC01"}, Origin="https://evil.test").status_code == 403
    )
    assert client.raw("POST", f"{PAGE}/start", data={"pc": "PC02"}, key="").status_code == 303
    assert len(floor.session_ids()) == 1


def test_a_sum_that_was_shown_holds_for_a_minute(
    client: Client, floor: Floor, freeze: clock.frozen
) -> None:
    ada = floor.add_member("ada", balance=10 * EURO)
    phone = Phone(client, floor, ada)
    phone.post(f"{PAGE}/start", {"pc": "PC01", "key": "s"})
    freeze.advance(1800)
    form = fields_of(phone.get(f"{PAGE}/checkout"), f"{PAGE}/checkout")
    for wrong in ({"quote_sign": "x"}, {"quote_time": "0"}, {"quote_time": "9" * 12}):
        refused = phone.post(f"{PAGE}/checkout", {**form, **wrong})
        assert refused.status_code >= 400, wrong
    freeze.advance(180)
    refused = phone.post(f"{PAGE}/checkout", form)
    assert refused.status_code >= 400
    assert "the sum to pay has changed" in text_of(refused)
    assert "Checkout, pay €1.10" in text_of(refused)
    assert floor.is_busy("PC01")


def test_booked_pcs(client: Client, floor: Floor) -> None:
    ada, bob = floor.add_member("ada", balance=9 * EURO), floor.add_member("bob", balance=9 * EURO)
    floor.book_one("PC01", at=clock.now(), member_id=ada)
    floor.book_one("PC02", at=clock.now() + timedelta(hours=2), member_id=ada)
    phone, other = Phone(client, floor, ada), Phone(client, floor, bob)
    assert "Booked by you" in text_of(phone.get(PAGE))
    page = text_of(other.get(PAGE))
    assert "Booked" in page
    assert "Booked by you" not in page
    assert "would reach into the booking" in text_of(other.get(f"{PAGE}/start?pc=PC01"))
    assert other.post(f"{PAGE}/start", {"pc": "PC01"}).status_code == 422
    assert phone.post(f"{PAGE}/start", {"pc": "PC01"}).status_code == 303
    assert floor.store.read_sync(pc_by_name, 7777, "PC01") is not None


def test_another_centre_leads_home(client: Client, floor: Floor) -> None:
    phone = Phone(client, floor, floor.add_member("ada", balance=EURO))
    elsewhere = PAGE.replace("7777", "9999")
    assert phone.get(elsewhere).headers["location"] == PAGE
    assert phone.get(f"{elsewhere}/checkout").headers["location"] == PAGE
    assert phone.post(f"{elsewhere}/start", {"pc": "PC01"}).status_code == 303
    assert client.raw("GET", PAGE, key="").headers["location"] == HOME
    for path in (PAGE, f"{PAGE}/start?pc=PC01"):
        assert phone.get(path).headers["cache-control"] == "no-store"
