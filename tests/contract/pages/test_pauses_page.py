"""Pausing at the desk: the side panel, the page's menu, the map and the portal stand still."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lanhouse.app import create_app
from lanhouse.db.store import Store
from lanhouse.kit import clock
from lanhouse.settings import AppSettings
from tests.builders.client import Client
from tests.builders.floor import EURO, Floor, open_floor
from tests.contract.pages.test_pages import Desk, hidden_fields, text_of

PANEL = "/panel/computers/panel?pc=PC01"
ALL = "/panel/computers/pause-all"


@pytest.fixture
def floor(store: Store, freeze: clock.frozen) -> Floor:
    assert freeze is not None
    return open_floor(store, pcs_count=3, price_cents=300)


@pytest.fixture
def client(floor: Floor, tmp_path: Path) -> Iterator[Client]:
    app = create_app(AppSettings(data_dir=tmp_path), floor.store, with_ticker=False)
    with Client(app) as opened:
        yield opened


@pytest.fixture
def owner(client: Client) -> Desk:
    return Desk(client, "admin7777")


def button(desk: Desk) -> dict[str, Any]:
    """What the panel's button sends."""
    found = re.search(r'id="do-pause"[^>]*hx-vals=\'([^\']+)\'', desk.get(PANEL).text)
    assert found is not None
    return json.loads(html.unescape(found[1]))


def seat(desk: Desk, name: str = "PC01") -> str:
    page = desk.get("/panel/computers/map").text
    found = re.search(rf'<button[^>]*data-pc="{name}".*?</button>', page, re.DOTALL)
    assert found is not None
    return found[0]


def test_the_side_panel_pauses_and_resumes(owner: Desk, floor: Floor, freeze: clock.frozen) -> None:
    session = floor.pay(3 * EURO, "PC01")[0].session
    freeze.advance(900)
    form = button(owner)
    assert (form["session"], form["act"]) == (session.id, "pause")
    answer = owner.post("/panel/computers/pause", form)
    assert "PC01 is paused. Time and cost stand still." in text_of(answer)
    # A second press of the same button pauses once.
    assert "PC01 is paused" in text_of(owner.post("/panel/computers/pause", form))
    freeze.advance(7200)
    shown = text_of(owner.get(PANEL))
    assert "0:45 left" in shown
    assert "paused since" in shown
    assert "Paused" in shown
    drawn = seat(owner)
    assert 'data-state="paused"' in drawn
    assert "data-started-at" not in drawn
    assert "data-expires-at" not in drawn
    assert "data-soon" not in drawn
    assert ">0:45<" in drawn
    check = text_of(owner.get("/panel/computers/check-out?pc=PC01"))
    assert "2 h paused 12:15 to 14:15, time and cost stood still €0.00" in check
    form = button(owner)
    assert form["act"] == "resume"
    assert "PC01 goes on." in text_of(owner.post("/panel/computers/pause", form))
    drawn = seat(owner)
    counts_from = clock.to_micros(session.started_at) // 1000 + 7200 * 1000
    assert f'data-started-at="{counts_from}"' in drawn
    ends = clock.to_micros(clock.now()) // 1000 + 2700 * 1000
    assert f'data-expires-at="{ends}"' in drawn
    answer = owner.post("/panel/computers/pause", {**form, "key": "another"})
    assert (answer.status_code, "the session is not paused" in text_of(answer)) == (422, True)


def test_all_from_the_pages_menu(owner: Desk, floor: Floor, freeze: clock.frozen) -> None:
    floor.pay(3 * EURO, "PC01")
    floor.guest("postpaid", "PC02")
    assert ALL in owner.get("/panel/computers").text
    dialog = owner.get(ALL)
    assert "Pause 2 sessions" in text_of(dialog)
    assert "Resume" not in text_of(dialog).replace("Pause or resume all", "")
    form = {**hidden_fields(dialog), "act": "pause"}
    assert "2 sessions are paused." in text_of(owner.post(ALL, form))
    assert [floor.session(number).paused_at for number in floor.session_ids()] == [clock.now()] * 2
    freeze.advance(600)
    dialog = owner.get(ALL)
    assert "Resume 2 sessions" in text_of(dialog)
    form = {**hidden_fields(dialog), "act": "resume"}
    assert "2 sessions go on." in text_of(owner.post(ALL, form))
    assert [floor.session(number).paused_at for number in floor.session_ids()] == [None] * 2


def test_those_above_the_limit_are_named(
    owner: Desk, floor: Floor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lanhouse.cafe.sessions.commands.pausing.MAX_PAUSE", 1)
    floor.guest("postpaid", "PC01")
    floor.guest("postpaid", "PC02")
    form = {**hidden_fields(owner.get(ALL)), "act": "pause"}
    shown = text_of(owner.post(ALL, form))
    assert "These PCs run on" in shown
    assert "PC02" in shown
    form = {"session": floor.session_ids()[1], "act": "pause", "key": "k"}
    answer = owner.post("/panel/computers/pause", form)
    assert answer.status_code == 422
    assert "at most 1 sessions can be paused at once" in text_of(answer)


def test_nobody_without_the_right_sees_or_does_it(client: Client, floor: Floor) -> None:
    desk = Desk(client, "manager7777")
    session = floor.pay(3 * EURO, "PC01")[0].session
    assert ALL not in desk.get("/panel/computers").text
    assert "do-pause" not in desk.get(PANEL).text
    assert desk.get(ALL).status_code == 403
    assert desk.post(ALL, {"act": "pause", "key": "k"}).status_code == 403
    form = {"session": session.id, "act": "pause", "key": "k"}
    assert desk.post("/panel/computers/pause", form).status_code == 403
    assert floor.session(session.id).paused_at is None


def test_bad_input_pauses_nothing(owner: Desk, floor: Floor) -> None:
    session = floor.pay(3 * EURO, "PC01")[0].session
    forms = [
        {},
        {"session": "x", "act": "pause"},
        {"session": session.id, "act": "stop"},
        {"session": "9" * 40, "act": "pause"},
        {"session": session.id},
    ]
    for form in forms:
        assert owner.post("/panel/computers/pause", form).status_code in (400, 422)
    assert owner.post("/panel/computers/pause", {"session": 99, "act": "pause"}).status_code == 404
    assert owner.post(ALL, {"act": "<b>"}).status_code in (400, 422)
    assert floor.session(session.id).paused_at is None


def test_time_added_to_a_paused_session_is_told_as_if_it_went_on_now(
    owner: Desk, floor: Floor, freeze: clock.frozen
) -> None:
    session = floor.pay(3 * EURO, "PC01")[0].session
    freeze.advance(1800)
    owner.post("/panel/computers/pause", button(owner))
    freeze.advance(3600)
    query = f"pc=PC01&session={session.id}&kind=guest&amount=3&payment=cash"
    quote = text_of(owner.get(f"/panel/computers/quote?{query}"))
    assert "15:00" in quote  # 13:30, and half an hour that is left, and one hour more
