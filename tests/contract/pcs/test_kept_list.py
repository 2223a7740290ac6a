"""The kept bytes of pcList: never older than an answer, never another centre's or right's."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from lanhouse.cafe.floor import api
from lanhouse.kit import clock
from tests.builders.centers import Hall, open_hall
from tests.builders.client import Client
from tests.builders.floor import EURO, Floor


@pytest.fixture
def floor(hall: Hall, freeze: clock.frozen) -> Floor:
    """PC01 and PC02 at 2.00 an hour; time stands still, so everything is in one second."""
    floor = Floor(hall.store, hall)
    floor.add_pc("PC01")
    floor.add_pc("PC02")
    floor.add_price("Day", 200)
    return floor


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The ids of the centres whose list was read from the database."""
    seen: list[int] = []
    real = api.floor_at

    def counted(read: Any, center: Any, at: Any) -> Any:
        seen.append(center.id)
        return real(read, center, at)

    monkeypatch.setattr(api, "floor_at", counted)
    return seen


def test_many_who_ask_share_one_look(client: Client, floor: Floor, made: list[int]) -> None:
    with ThreadPoolExecutor(10) as callers:
        answers = list(callers.map(lambda _: client.ok("GET", "/pcList"), range(60)))
    assert all(answer == answers[0] for answer in answers)
    assert [row["pc_name"] for row in answers[0]] == ["PC01", "PC02"]
    # One for each reader thread.
    assert len(made) <= 4


def test_what_was_answered_shows_within_the_same_second(
    client: Client, floor: Floor, hall: Hall
) -> None:
    member = floor.add_member("ann", balance=10 * EURO)
    for number in range(8):
        name = f"PC0{number % 2 + 1}"
        client.ok("PUT", "/pcs", json={"pcs": [name], "edit_pc_comment": f"c{number}"})
        rows = {row["pc_name"]: row for row in client.ok("GET", "/pcList")}
        assert rows[name]["pc_comment"] == f"c{number}"
        based = client.ok("GET", "/base/query")["pcs_init"]["pc_list"]
        assert based == list(rows.values())
    floor.give(member, 5 * EURO)
    floor.add_pc("PC03")
    assert [row["pc_name"] for row in client.ok("GET", "/pcList")] == ["PC01", "PC02", "PC03"]


def test_the_next_second_is_another_answer(
    client: Client, floor: Floor, freeze: clock.frozen
) -> None:
    member = floor.add_member("ann", balance=10 * EURO)
    floor.member(member, "PC01")
    for seconds in range(5):
        (row, _) = client.ok("GET", "/pcList")
        assert row["status_connect_time_duration"] == f"00:00:0{seconds}"
        freeze.advance(1)


def test_another_centre_gets_its_own(client: Client, floor: Floor, hall: Hall) -> None:
    other = Floor(floor.store, open_hall(floor.store, 8888))
    other.add_pc("Theirs")
    for _ in range(6):
        assert [row["pc_name"] for row in client.ok("GET", "/pcList")] == ["PC01", "PC02"]
        client.key = other.hall.api_key
        theirs = client.raw("GET", "/api/v2/cafe/8888/pcList").json()["data"]
        assert [row["pc_name"] for row in theirs] == ["Theirs"]
        assert client.raw("GET", "/api/v2/cafe/7777/pcList").json()["code"] == 401
        client.key = hall.api_key


def test_a_key_without_the_right_gets_nothing_kept(client: Client, floor: Floor) -> None:
    assert len(client.ok("GET", "/pcList")) == 2
    client.key = "wrong"
    code, _ = client.refused("GET", "/pcList")
    assert code == 401
