"""Pausing sessions on the native API, and what the café API shows of a paused one."""

from __future__ import annotations

from typing import Any

import pytest

from lanhouse.kit import clock
from tests.builders.centers import open_hall
from tests.builders.client import Client
from tests.builders.floor import EURO, Floor
from tests.builders.people import bearer_of

BASE = "/api/native/v1/sessions"
HOUR = 3600


def ask(client: Client, path: str, **options: Any) -> tuple[int, Any]:
    answer = client.raw("POST", BASE + path, **options)
    return answer.status_code, answer.json()


def reason(answer: tuple[int, Any]) -> tuple[int, str]:
    return answer[0], answer[1]["error"]["message"]


def row(client: Client, pc: str = "PC01") -> dict[str, Any]:
    return next(each for each in client.ok("GET", "/pcList") if each["pc_name"] == pc)


def times(shown: dict[str, Any]) -> tuple[str, ...]:
    return tuple(
        shown[f"status_{name}"]
        for name in (
            "connect_time_local",
            "connect_time_duration",
            "connect_time_left",
            "disconnect_time_local",
        )
    )


def test_the_pc_list_stands_still_and_goes_on(
    client: Client, floor: Floor, freeze: clock.frozen
) -> None:
    session = floor.pay(2 * EURO, "PC01")[0].session
    began = "2026-03-04 12:00:00"
    freeze.advance(1200)
    status, answer = ask(client, f"/{session.id}/pause")
    assert (status, answer) == (
        200,
        {
            "session_id": session.id,
            "pc_name": "PC01",
            "member_id": session.member_id,
            "is_paused": True,
            "played_seconds": 1200,
            "left_seconds": 2400,
            "cost": "0.67",
        },
    )
    freeze.advance(2 * HOUR)
    assert times(row(client)) == (began, "00:20:00", "00:40:00", "2026-03-04 15:00:00")
    assert row(client)["status_total_time"] == "00:40:00"
    shown = client.ok("GET", f"/memberPcStatus?member_id={session.member_id}")
    assert (shown["remain_minutes"], shown["active"]) == (40, 1)
    quoted = client.ok("POST", "/pcSessions/paymentInfo", json={"pc_name": "PC01"})
    assert (quoted["pc_cost"], quoted["pcs"][0]["pc_change"]) == ("0.67", "1.33")
    assert times(quoted["pcs"][0]) == times(row(client))
    freeze.advance(HOUR)
    assert times(row(client)) == (began, "00:20:00", "00:40:00", "2026-03-04 16:00:00")
    status, answer = ask(client, f"/{session.id}/resume")
    assert (answer["is_paused"], answer["left_seconds"]) == (False, 2400)
    freeze.advance(600)
    assert times(row(client)) == (began, "00:30:00", "00:30:00", "2026-03-04 16:00:00")
    bill = client.raw("GET", f"{BASE}/{session.id}/bill").json()
    assert [(line["kind"], line["seconds"], line["amount"]) for line in bill["lines"]] == [
        ("time", 1200, "0.67"),
        ("paused", 3 * HOUR, "0.00"),
        ("time", 600, "0.33"),
    ]
    assert (bill["seconds"], bill["total"]) == (1800, "1.00")


def test_a_postpaid_guest_has_no_end_while_paused_either(
    client: Client, floor: Floor, freeze: clock.frozen
) -> None:
    session = floor.guest("postpaid")
    freeze.advance(60)
    assert ask(client, f"/{session.id}/pause")[1]["left_seconds"] is None
    freeze.advance(60)
    shown = row(client)
    assert shown["status_connect_time_duration"] == "00:01:00"
    assert (shown["status_connect_time_left"], shown["status_disconnect_time_local"]) == (None,) * 2


def test_all_at_once(client: Client, floor: Floor, freeze: clock.frozen) -> None:
    floor.guest("postpaid", "PC01")
    floor.guest("free", "PC02")
    status, done = ask(client, "/pause-all")
    assert (status, [each["pc_name"] for each in done["sessions"]]) == (200, ["PC01", "PC02"])
    assert done["not_paused"] == []
    freeze.advance(HOUR)
    assert ask(client, "/pause-all")[1] == {"sessions": [], "not_paused": []}
    _, done = ask(client, "/resume-all")
    assert [(each["pc_name"], each["played_seconds"]) for each in done["sessions"]] == [
        ("PC01", 0),
        ("PC02", 0),
    ]
    assert ask(client, "/resume-all")[1] == {"sessions": [], "not_paused": []}


def test_the_one_above_the_limit_is_named(
    client: Client, floor: Floor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lanhouse.cafe.sessions.commands.pausing.MAX_PAUSE", 1)
    floor.guest("postpaid", "PC01")
    other = floor.guest("postpaid", "PC02")
    _, done = ask(client, "/pause-all")
    assert ([each["pc_name"] for each in done["sessions"]], done["not_paused"]) == (
        ["PC01"],
        ["PC02"],
    )
    refused = ask(client, f"/{other.id}/pause")
    assert reason(refused) == (422, "at most 1 sessions can be paused at once (MAX_PAUSE)")
    assert floor.session(other.id).paused_at is None


def test_once_per_key_and_refused_the_second_time(client: Client, floor: Floor) -> None:
    session = floor.guest("postpaid")
    once = {"headers": {"Idempotency-Key": "k1"}}
    first = ask(client, f"/{session.id}/pause", **once)
    assert ask(client, f"/{session.id}/pause", **once) == first
    assert reason(ask(client, f"/{session.id}/pause")) == (422, "the session is paused already")
    ask(client, f"/{session.id}/resume")
    # The answer of before, and not a second pause.
    assert ask(client, f"/{session.id}/pause", **once) == first
    assert floor.session(session.id).paused_at is None
    assert reason(ask(client, f"/{session.id}/resume")) == (422, "the session is not paused")


def test_nobody_pauses_another_centres_session_or_without_the_right(
    client: Client, floor: Floor
) -> None:
    session = floor.guest("postpaid")
    other = open_hall(floor.store, 7778)
    for act in ("pause", "resume"):
        assert ask(client, f"/{session.id}/{act}", key=other.api_key)[0] == 404
        for role in ("staff", "manager"):
            key = bearer_of(floor.hall, role)
            assert ask(client, f"/{session.id}/{act}", key=key)[0] == 403
            assert ask(client, f"/{act}-all", key=key)[0] == 403
        for wrong in ("0", "x", "9" * 30, "-1"):
            assert ask(client, f"/{wrong}/{act}")[0] == 404
    assert ask(client, "/pause-all", key=other.api_key)[1] == {"sessions": [], "not_paused": []}
    assert floor.session(session.id).paused_at is None
    assert ask(client, f"/{session.id}/pause", key=bearer_of(floor.hall, "admin"))[0] == 200
