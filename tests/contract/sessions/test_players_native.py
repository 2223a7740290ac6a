"""Changing the number of players of a running session, on the native API and at the desk."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from lanhouse.cafe.sessions.schemas import FREE, POSTPAID
from lanhouse.kit import clock
from tests.builders.centers import open_hall
from tests.builders.client import Client
from tests.builders.floor import EURO, Floor
from tests.contract.pages.test_pages import Desk, hidden_fields, text_of

BASE = "/api/native/v1/sessions"
HOUR = 3600
DIALOG = "/panel/computers/players"


@pytest.fixture(autouse=True)
def console(floor: Floor, freeze: clock.frozen) -> str:
    """A console PS1 at 2.00 an hour, each further player 1.00."""
    floor.add_pc("PS1", console_type=5)
    floor.set(extra_player_price_micros=EURO)
    return "PS1"


def ask(client: Client, session_id: int, players: int, **options: Any) -> tuple[int, Any]:
    path = f"{BASE}/{session_id}/players"
    answer = client.raw("POST", path, json={"players": players}, **options)
    return answer.status_code, answer.json()


def reason(answer: tuple[int, Any]) -> tuple[int, str]:
    return answer[0], answer[1]["error"]["message"]


def test_the_new_number_counts_from_now_on(
    client: Client, floor: Floor, freeze: clock.frozen
) -> None:
    session = floor.guest(POSTPAID, "PS1")
    freeze.advance(HOUR)
    status, answer = ask(client, session.id, 3)
    assert (status, answer) == (
        200,
        {
            "session_id": session.id,
            "pc_name": "PS1",
            "member_id": session.member_id,
            "players": 3,
            "left_seconds": None,
            "cost": "2.00",
        },
    )
    freeze.advance(HOUR)
    assert ask(client, session.id, 1)[1]["cost"] == "6.00"
    freeze.advance(HOUR)
    lines = client.raw("GET", f"{BASE}/{session.id}/bill").json()["lines"]
    assert [line["amount"] for line in lines] == ["2.00", "4.00", "2.00"]
    assert "1.00 more for each of 2 further players" in lines[1]["why"]
    assert floor.check_out("PS1")[0].paid_micros == 8 * EURO
    details = [row.details for row in floor.logs("SESSION")]
    assert details[-2:] == ["players: 3 instead of 1", "players: 1 instead of 3"]
    floor.verify()


def test_who_paid_first_plays_shorter_or_is_refused(
    client: Client, floor: Floor, freeze: clock.frozen
) -> None:
    session = floor.pay(4 * EURO, "PS1")[0].session
    assert session.expires_at == session.started_at + timedelta(hours=2)
    freeze.advance(HOUR)
    once = {"headers": {"Idempotency-Key": "a-key-of-this-test"}}
    answer = ask(client, session.id, 3, **once)
    assert (answer[0], answer[1]["left_seconds"]) == (200, 1800)
    assert ask(client, session.id, 3, **once) == answer
    assert len(floor.session(session.id).segments) == 2
    # The same number is no change.
    assert ask(client, session.id, 3)[1]["players"] == 3
    assert len(floor.session(session.id).segments) == 2
    freeze.advance(1800)
    assert reason(ask(client, session.id, 1)) == (422, "the session has ended")


def test_a_member_whose_money_does_not_do_is_refused(
    client: Client, floor: Floor, freeze: clock.frozen
) -> None:
    ann = floor.add_member("ann", balance=2 * EURO)
    session = floor.member(ann, "PS1")
    freeze.advance(HOUR - 1)
    told = reason(ask(client, session.id, 8))
    assert told == (402, "PS1: the money does not cover a second for 8 players")
    assert floor.session(session.id) == session
    desk = Desk(client, "staff7777")
    shown = desk.get(f"{DIALOG}?pc=PS1&players=8")
    assert "does not cover a second for 8 players" in text_of(shown)
    answer = desk.post(DIALOG, {**hidden_fields(shown), "players": "8"})
    assert answer.status_code == 402
    assert "does not cover a second for 8 players" in text_of(answer)
    assert floor.session(session.id) == session


def test_packages_go_on_as_they_are(client: Client, floor: Floor, freeze: clock.frozen) -> None:
    ann = floor.add_member("ann", balance=3 * EURO)
    package = floor.sell(floor.add_offer("An hour", 500, minutes=60), ann)
    session = floor.member(ann, "PS1")
    freeze.advance(1800)
    answer = ask(client, session.id, 2)[1]
    # Half an hour of the package is left, and the balance buys one hour for two.
    assert (answer["left_seconds"], answer["cost"]) == (5400, "0.00")
    freeze.advance(5400)
    floor.check_out("PS1")
    assert floor.money(ann) == (0, 0)
    assert floor.session(session.id).package_use(clock.now()) == {package: HOUR}
    floor.verify()


def test_refusals(client: Client, floor: Floor, freeze: clock.frozen) -> None:
    plain, free = floor.guest(POSTPAID), floor.guest(FREE, "PS1")
    told = reason(ask(client, plain.id, 2))
    assert told == (400, "players: PC01 is no console: one player plays there")
    assert reason(ask(client, plain.id, 9)) == (400, "players: must be 1 to 8")
    told = reason(ask(client, free.id, 2))
    assert told == (422, "nobody pays for this session: it has no number of players")
    assert ask(client, 999_999, 2)[0] == 404
    other = open_hall(floor.store, 7778)
    assert ask(client, plain.id, 2, key=other.api_key)[0] == 404
    assert ask(client, plain.id, 2, key="")[0] == 401
    floor.check_out("PC01")
    assert reason(ask(client, plain.id, 1)) == (422, "the session has ended")


def test_the_desk_sees_the_end_before_it_changes_the_number(
    client: Client, floor: Floor, freeze: clock.frozen
) -> None:
    desk = Desk(client, "staff7777")
    session = floor.pay(4 * EURO, "PS1")[0].session
    assert "Players: 1" in text_of(desk.get("/panel/computers/panel?pc=PS1"))
    floor.guest(POSTPAID)
    assert "do-players" not in desk.get("/panel/computers/panel?pc=PC01").text
    shown = desk.get(f"{DIALOG}?pc=PS1&players=3")
    assert "until 13:00" in text_of(shown)
    form = {**hidden_fields(shown), "players": "3"}
    assert "PS1: 3 players from now on." in text_of(desk.post(DIALOG, form))
    assert floor.session(session.id).segments[-1].tariff.players == 3


def test_a_free_consoles_panel_shows_the_sale_with_players(client: Client, floor: Floor) -> None:
    """The form in the side panel had no place for what is wrong in the number, and failed."""
    shown = Desk(client, "staff7777").get("/panel/computers/panel?pc=PS1")
    assert shown.status_code == 200
    assert "each further one adds" in text_of(shown)
