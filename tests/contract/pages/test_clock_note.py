"""What the pages say of a clock in doubt, who may accept it, and what the gauge shows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from lanhouse.app import create_app
from lanhouse.db.audit import audit_log
from lanhouse.db.clock_row import agree, agreed
from lanhouse.db.store import Store
from lanhouse.kit import clock
from lanhouse.settings import AppSettings
from tests.builders.client import Client
from tests.builders.floor import EURO, Floor, open_floor
from tests.contract.pages.test_pages import Desk

HOUR_MICROS = 3_600_000_000
PAGES = ("/panel/computers", "/panel/computers/map", "/panel/members")


@pytest.fixture
def floor(sqlite_store: Store) -> Floor:
    return open_floor(sqlite_store, pcs_count=4, price_cents=300)


@pytest.fixture
def client(floor: Floor, tmp_path: Path) -> Iterator[Client]:
    kept = (clock._guard, clock._anchor)
    app = create_app(AppSettings(data_dir=tmp_path), floor.store, with_ticker=False)
    with Client(app) as opened:
        yield opened
    clock._guard, clock._anchor = kept


def put_in_doubt(floor: Floor) -> None:
    """The server's clock is an hour ahead."""
    clock.resume_at(clock.steered(), -HOUR_MICROS, 0)
    floor.store.run_sync(lambda tx, _: agree(tx, -HOUR_MICROS, 0), None)


def test_nothing_is_said_of_a_clock_that_agrees(client: Client) -> None:
    desk = Desk(client, "manager7777")
    for page in PAGES:
        text = desk.get(page).text
        assert "time of the house" not in text
        assert "guard of the clock" not in text


def test_every_page_tells_a_doubt_and_a_manager_may_accept(client: Client, floor: Floor) -> None:
    put_in_doubt(floor)
    for account, is_manager in (("manager7777", True), ("staff7777", False)):
        desk = Desk(client, account)
        for page in PAGES:
            text = desk.get(page).text
            assert text.count("1 h ahead of the time of the house") == 1, (account, page)
            assert ("/panel/clock/accept" in text) is is_manager


def test_accepting_moves_sessions_and_staff_may_not(client: Client, floor: Floor) -> None:
    put_in_doubt(floor)
    session = floor.pay(3 * EURO, "PC01")[0].session
    form = {"step": "3600", "back": "/panel/members"}
    assert Desk(client, "staff7777").post("/panel/clock/accept", form).status_code == 403
    assert floor.session(session.id) == session
    answer = Desk(client, "manager7777").post("/panel/clock/accept", form)
    assert (answer.status_code, answer.headers["hx-redirect"]) == (200, "/panel/members")
    moved = floor.session(session.id)
    assert (moved.started_at - session.started_at).total_seconds() == 3600
    assert clock.doubt_micros() == 0
    again = Desk(client, "manager7777").post("/panel/clock/accept", form)
    assert again.status_code == 200
    assert floor.session(session.id) == moved
    (audited,) = floor.store.read_sync(lambda read: read.all(sa.select(audit_log)))
    assert (audited.call, audited.ids) == (
        "POST /panel/clock/accept",
        {"step_seconds": 3600},
    )


def test_a_step_that_was_not_shown_is_not_accepted(client: Client, floor: Floor) -> None:
    put_in_doubt(floor)
    answer = Desk(client, "manager7777").post("/panel/clock/accept", {"step": "60"})
    assert answer.status_code == 422
    assert floor.store.read_sync(agreed).offset_micros == -HOUR_MICROS


def test_the_gauge_shows_the_doubt(client: Client, floor: Floor) -> None:
    assert "lanhouse_clock_doubt_seconds 0.0" in client.raw("GET", "/metrics").text
    put_in_doubt(floor)
    text = client.raw("GET", "/metrics").text
    assert "lanhouse_clock_doubt_seconds 3600.0" in text
    assert "lanhouse_clock_guarded 1.0" in text


def test_every_page_says_that_the_guard_is_off(client: Client, tmp_path: Path) -> None:
    clock.start(tmp_path / "elsewhere", is_guarded=False)
    desk = Desk(client, "staff7777")
    for page in PAGES:
        assert "The guard of the clock is off" in desk.get(page).text
    for page in ("/panel/sign-in", "/portal/lanhouse"):
        assert "The guard of the clock is off" in client.raw("GET", page).text
    assert "lanhouse_clock_guarded 0.0" in client.raw("GET", "/metrics").text


def test_without_the_guard_time_is_the_hosts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = (clock._guard, clock._anchor, clock._file)
    try:
        clock.start(tmp_path / "elsewhere", is_guarded=False)
        monkeypatch.setattr(clock, "host_micros", lambda: 7 * HOUR_MICROS)
        assert clock.real_now() == clock.from_micros(7 * HOUR_MICROS)
    finally:
        clock._guard, clock._anchor, clock._file = kept
