"""adminMessage: kept for the next connect, for a day, and no longer."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from lanhouse.cafe.messages.jobs import forget_old_messages
from lanhouse.cafe.messages.queries import waiting_messages
from lanhouse.cafe.messages.tables import admin_messages
from lanhouse.db.outbox import outbox
from lanhouse.kit import clock
from tests.builders.centers import open_hall
from tests.builders.client import Client
from tests.builders.floor import EURO, Floor
from tests.builders.people import bearer_of

PATH = "/pcSessions/adminMessage"


def waiting(floor: Floor, pc: str = "PC01") -> list[tuple[str, str]]:
    pc_id = floor.pc_ids[pc]
    rows = floor.store.read_sync(waiting_messages, 7777, pc_id, clock.now())
    return [(row.text, row.staff_name) for row in rows]


def count(floor: Floor) -> int:
    counted = sa.select(sa.func.count()).select_from(admin_messages)
    return floor.store.read_sync(lambda read: read.scalar(counted))


def test_it_waits_for_a_day(client: Client, floor: Floor, freeze: clock.frozen) -> None:
    body = {"pc_name": "PC01", "message": " Closing in ten minutes "}
    assert client.ok("POST", PATH, json=body) in ({}, [], None)
    client.ok("POST", PATH, json={"pcs": ["pc01", "PC02"], "message": "Quiet please"})
    assert [text for text, _ in waiting(floor)] == ["Closing in ten minutes", "Quiet please"]
    assert [text for text, _ in waiting(floor, "PC02")] == ["Quiet please"]
    freeze.advance(24 * 3600 - 1)
    assert floor.store.run_sync(forget_old_messages, None) is False
    assert len(waiting(floor)) == 2
    freeze.advance(1)
    assert waiting(floor) == []
    assert count(floor) == 3
    floor.store.run_sync(forget_old_messages, None)
    assert count(floor) == 0


def test_a_member_is_found_where_he_plays(client: Client, floor: Floor) -> None:
    ann = floor.add_member("ann", balance=5 * EURO)
    body = {"member_account": "ANN", "message": "Your pizza is ready"}
    assert client.refused("POST", PATH, json=body) == (400, "the member has no session")
    floor.member(ann, "PC03")
    client.ok("POST", PATH, json=body)
    assert [text for text, _ in waiting(floor, "PC03")] == ["Your pizza is ready"]
    floor.check_out("PC03")
    assert client.refused("POST", PATH, json=body) == (400, "the member has no session")


def test_the_events_tell_no_text(client: Client, floor: Floor) -> None:
    client.ok("POST", PATH, json={"pc_name": "PC01", "message": "secret"})
    events = floor.store.read_sync(lambda read: read.all(sa.select(outbox)))
    told = [event for event in events if "client.message" in str(event)]
    assert len(told) == 1
    assert "secret" not in str(told[0])


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"pc_name": "PC01"}, "message: is required"),
        ({"pc_name": "PC01", "message": "  "}, "message: is required"),
        ({"pc_name": "PC01", "message": "x" * 256}, "at most 255 characters"),
        ({"message": "Hi"}, "pc_name: is required"),
        ({"pc_name": "PC99", "message": "Hi"}, "PC99: there is no such PC"),
        ({"pc_name": ["PC01", "PC99"], "message": "Hi"}, "PC99: there is no such PC"),
        ({"pc_name": ["x" * 101], "message": "Hi"}, "pc_name"),
    ],
)
def test_bad_input_leaves_nothing(
    client: Client, floor: Floor, body: dict[str, Any], said: str
) -> None:
    code, message = client.refused("POST", PATH, json=body)
    assert (code, said in message) == (400, True), message
    assert count(floor) == 0


def test_twenty_wait_at_most(client: Client, floor: Floor) -> None:
    for number in range(20):
        client.ok("POST", PATH, json={"pc_name": "PC01", "message": f"{number}"})
    body = {"pc_name": ["PC02", "PC01"], "message": "one more"}
    refused = client.refused("POST", PATH, json=body)
    assert refused == (400, "PC01: 20 messages wait for this PC already")
    assert waiting(floor, "PC02") == []
    assert len(waiting(floor)) == 20


def test_who_sent_it_stands_there_and_other_centres_reach_nothing(
    client: Client, floor: Floor
) -> None:
    body = {"pc_name": "PC01", "message": "<b>Hi</b>"}
    client.ok("POST", PATH, json=body, key=bearer_of(floor.hall, "staff"))
    ((text, name),) = waiting(floor)
    assert (text, bool(name)) == ("<b>Hi</b>", True)
    other = open_hall(floor.store, 7778)
    answer = client.raw("POST", f"/api/v2/cafe/7778{PATH}", key=other.api_key, json=body).json()
    assert (answer["code"], answer["message"]) == (400, "PC01: there is no such PC")
    assert floor.store.read_sync(waiting_messages, 7778, floor.pc_ids["PC01"], clock.now()) == []
