"""The page of a day's bookings: cost first, then that sum; what goes back when one is cancelled."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from lanhouse.cafe.bookings.queries import live_bookings
from lanhouse.kit import clock
from tests.builders.client import Client
from tests.builders.floor import EURO, Floor
from tests.contract.pages.test_pages import Desk, hidden_fields, text_of

NEW = "/panel/bookings/new"


@pytest.fixture
def desk(client: Client, floor: Floor) -> Desk:
    return Desk(client, floor.hall.staff["staff"])


def tomorrow() -> dict[str, str]:
    begins = clock.now() + timedelta(days=1)
    return {"starts_date": f"{begins:%Y-%m-%d}", "starts_time": "18:00"}


def live(floor: Floor) -> list[Any]:
    return floor.store.read_sync(live_bookings, floor.hall.center_id, clock.now())


def test_a_booking_is_shown_made_and_cancelled(desk: Desk, floor: Floor) -> None:
    ann = floor.add_member("ann", balance=10 * EURO)
    day = tomorrow()
    assert "New booking" in text_of(desk.get(NEW))
    wanted = {**day, "pcs": ["PC01", "PC02"], "minutes": "60", "account": "ann"}
    shown = desk.post(NEW, {**wanted, "key": "one", "comment": "<i>left</i>"})
    assert "Book for €4.00" in text_of(shown)
    assert live(floor) == []
    hidden = hidden_fields(shown)
    assert hidden["shown"] == str(4 * EURO)
    done = desk.post(NEW, {**wanted, **hidden, "comment": "<i>left</i>"})
    assert "Password" in text_of(done)
    assert [each.pc_name for each in live(floor)] == ["PC01", "PC02"]
    assert floor.money(ann) == (6 * EURO, 0)

    page = desk.get(f"/panel/bookings?day={day['starts_date']}")
    assert "<i>left" not in page.text
    assert "ann" in text_of(page)
    number = live(floor)[0].id
    asked = desk.get(f"/panel/bookings/cancel?booking={number}")
    assert "Back on the balance" in text_of(asked)
    gone = desk.post("/panel/bookings/cancel", hidden_fields(asked))
    assert "PC01: €2.00 went back." in text_of(gone)
    assert [each.pc_name for each in live(floor)] == ["PC02"]
    assert floor.money(ann) == (8 * EURO, 0)
    floor.verify()


def test_a_refusal_keeps_the_form(desk: Desk, floor: Floor) -> None:
    floor.add_member("ann", balance=1 * EURO)
    wanted = {**tomorrow(), "pcs": ["PC01"], "minutes": "60"}
    for more, words in (
        ({"account": "nobody"}, "Member not found"),
        ({"account": "ann"}, "the balance is too low"),
        ({"minutes": "0", "account": "ann"}, "must be 1 to 1440 minutes"),
        ({"pcs": [], "account": "ann"}, "is required"),
        ({"starts_date": "2020-01-01", "account": "ann"}, "must lie in the future"),
        ({"starts_time": "99:99", "account": "ann"}, "must be HH:MM"),
    ):
        answer = desk.post(NEW, {**wanted, **more, "key": "two"})
        assert answer.status_code >= 400
        assert words in text_of(answer)
    assert live(floor) == []
    missing = desk.get("/panel/bookings/cancel?booking=999")
    assert missing.status_code == 404
