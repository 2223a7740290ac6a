"""Members as CSV: those of the list, each once, in parts; who takes them is written down."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from lanhouse.cafe.members import wire
from lanhouse.db.audit import audit_log
from lanhouse.kit import clock
from lanhouse.kit.sheets import csv_rows
from tests.builders.centers import Hall, open_hall
from tests.builders.client import Client
from tests.builders.exports import exported
from tests.builders.floor import EURO, Floor
from tests.builders.people import bearer_of

URL = "/api/native/v1/members.csv"


@pytest.fixture
def floor(hall: Hall, freeze: clock.frozen) -> Floor:
    floor = Floor(hall.store, hall)
    for number in range(5):
        floor.add_member(f"eva{number}", balance=number * EURO, comments="=1+1", phone="+49 1")
    floor.add_member("bob", last_name='O"Neil, Å')
    return floor


def cell(value: Any) -> str:
    return "" if value is None else str(value)


def notes(hall: Hall) -> list[Any]:
    return hall.store.read_sync(
        lambda read: read.all(sa.select(audit_log).where(audit_log.c.subject == "members"))
    )


@pytest.mark.parametrize("rows_max", [1, 2, 6, 100])
def test_rows_are_those_of_the_list(
    client: Client, floor: Floor, rows_max: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "EXPORT_ROWS", rows_max)
    for params in ({}, {"search_text": "eva"}, {"search_field": "member_balance"}, {"guest": 1}):
        wanted = params | ({"search_text": "2.00"} if "search_field" in params else {})
        listed = client.ok("GET", "/members", params=wanted)["members"]
        for url in (URL, "/api/native/v1/members.xlsx"):
            rows = exported(client, url, **wanted)
            for row, shown in zip(rows, listed, strict=True):
                assert row == {name: cell(shown[name]) for name in wire.EXPORT_COLUMNS}
    assert len(exported(client, URL)) == 6


@pytest.mark.parametrize("order", [{}, {"sort_name": "member_balance", "sort": "desc"}])
def test_by_cursor_come_the_rows_of_the_list(
    client: Client, floor: Floor, order: dict[str, str]
) -> None:
    listed = client.ok("GET", "/members", params=order)["members"]
    seen: list[Any] = []
    cursor: str | None = ""
    while cursor is not None:
        asked = {"limit": 2, "cursor": cursor, **order}
        page = client.raw("GET", "/api/native/v1/members", params=asked).json()
        seen += page["rows"]
        cursor = page["next_cursor"]
    assert seen == listed
    elsewhere = {"cursor": asked["cursor"], "sort_name": "member_account"}
    refused = client.raw("GET", "/api/native/v1/members", params=elsewhere)
    assert refused.status_code == 400
    assert "cursor" in refused.json()["error"]["fields"]


def test_no_cell_is_a_formula(client: Client, floor: Floor) -> None:
    text = client.raw("GET", URL).content.decode()
    assert "'=1+1" in text
    assert "'+49 1" in text
    (bob,) = exported(client, URL, search_text="bob")
    assert bob["member_last_name"] == 'O"Neil, Å'


def test_taking_members_away_needs_a_right_and_is_written_down(
    client: Client, floor: Floor, hall: Hall
) -> None:
    token = bearer_of(hall, "staff")
    assert client.raw("GET", "/api/v2/cafe/7777/members", key=token).json()["code"] == 200
    assert client.raw("GET", URL, key=token).status_code == 403
    assert client.raw("GET", URL, params={"search_field": "x"}).status_code == 400
    assert notes(hall) == []
    assert client.raw("GET", URL, key=bearer_of(hall, "manager")).status_code == 200
    (note,) = notes(hall)
    assert (note.actor_kind, note.call, note.center_id) == ("staff", f"GET {URL}", 7777)


def test_another_centre_gets_its_own(client: Client, floor: Floor) -> None:
    other = open_hall(floor.store, 7778)
    answer = client.raw("GET", URL, key=other.api_key)
    assert len(list(csv_rows(answer.content.decode()))) == 1
