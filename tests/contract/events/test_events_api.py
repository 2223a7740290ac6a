"""Events and ranks on the café API, the native calls, the panel, and the page of the ranking."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import pytest

from lanhouse.auth.tokens import NewToken, issue_token
from tests.builders.centers import Hall, open_hall
from tests.builders.client import Client
from tests.builders.floor import EURO, Floor
from tests.contract.pages.test_pages import Desk, text_of

NATIVE = "/api/native/v1/events"
BODY = {
    "name": "Cup <i>",
    "game_code": "CS",
    "starts_local": "2020-01-01 10:00:00",
    "ends_local": "2050-01-02",
    "places": 8,
    "prizes": ["50", "20.50"],
}
RECORD = {"action": "custom-match-stats", "custom_wins": "1", "custom_kills": 2}


@pytest.fixture
def floor(hall: Hall) -> Floor:
    return Floor(hall.store, hall)


@pytest.fixture
def event_id(client: Client, floor: Floor) -> int:
    # Before the first call: who calls is remembered with his centre for a moment.
    floor.set(reward_coin_from_games=True, reward_coin_from_events=True, rank_last_days=7)
    made = client.raw("POST", NATIVE, json=BODY)
    assert made.status_code == 200, made.text
    return made.json()["event_id"]


def token_of(floor: Floor, member_id: int) -> str:
    new = NewToken(center_id=7777, kind="member", use="bearer", subject_id=member_id)
    return floor.run(issue_token, new)


def play(client: Client, event_id: int, account: str, **more: Any) -> dict[str, Any]:
    body = {**RECORD, "custom_member_account": account, **more}
    return client.ok("POST", f"/events/{event_id}/addCustomRecord", json=body)


def test_an_event_is_made_and_read_back(client: Client) -> None:
    made = client.raw("POST", NATIVE, json=BODY).json()
    (read,) = client.raw("GET", NATIVE).json()
    assert read["event_id"] == made["event_id"]
    assert (read["event_name"], read["event_places"]) == (BODY["name"], BODY["places"])


def test_a_member_joins_and_sees_who_plays(client: Client, floor: Floor, event_id: int) -> None:
    ada, bob = floor.add_member("ada"), floor.add_member("bobby")
    token = token_of(floor, ada)
    row = client.ok("GET", "/events/eventList", key=token)["items"][0]
    assert row == {
        "event_id": event_id,
        "event_icafe_id": 7777,
        "event_name": "Cup <i>",
        "event_description": "",
        "event_game_code": "cs",
        "event_game_name": "Counter-Strike",
        "event_status": "active",
        "event_start_time_local": "2020-01-01 10:00:00",
        "event_end_time_local": "2050-01-02 00:00:00",
        "event_places": 8,
        "event_players_count": 0,
        "event_prizes": ["50.00", "20.50"],
        "event_is_joined": 0,
    }
    join = {"event_id": event_id, "show_account": 1}
    joined = client.ok("POST", "/events/eventJoin", key=token, json=join)
    assert joined == {
        "event_id": event_id,
        "member_id": ada,
        "member_account": "ada",
        "event_players_count": 1,
        "is_new": 1,
    }
    assert client.ok("POST", "/events/eventJoin", key=token, json=join)["is_new"] == 0
    # Of others a member's token knows nothing.
    for other in ({"member_id": bob}, {"member_account": "bobby"}):
        refused = client.refused("POST", "/events/eventJoin", key=token, json={**join, **other})
        assert refused == (400, "Member not found")
    assert client.refused("POST", "/events/eventJoin", json=join)[1] == "member_id: is required"
    client.ok("POST", "/events/eventJoin", data={"id": event_id, "member_account": "BOBBY"})
    detail = client.ok("GET", f"/events/eventDetail?event_id={event_id}", key=token)
    assert detail["event_is_joined"] == 1
    assert [
        (each["member_account"], each["member_id"], each["is_me"]) for each in (detail["players"])
    ] == [("ada", ada, 1), ("bo***", 0, 0)]
    known = client.ok("GET", f"/events/eventDetail?event_id={event_id}")["players"]
    assert [each["member_account"] for each in known] == ["ada", "bobby"]
    assert client.refused("GET", "/events/eventDetail?event_id=99") == (400, "Event not found")


def test_records_give_coins_and_ranks(client: Client, floor: Floor, event_id: int) -> None:
    ada, bob = floor.add_member("ada"), floor.add_member("bobby")
    headers = {"Idempotency-Key": "match 1"}
    body = {**RECORD, "custom_member_account": "ADA"}
    path = f"/events/{event_id}/addCustomRecord"
    first, again = (client.ok("POST", path, json=body, headers=headers) for _ in range(2))
    assert first == again
    assert (first["coin"], first["score"], first["member_id"]) == ("4.00", "4.00", ada)
    play(client, event_id, "bobby", custom_wins=0, custom_deaths=1, custom_kills=9)
    assert floor._balances("member", ada) == {("coin", "COIN"): 4 * EURO}
    for at in ("/gameRankData", "/games/action/gameRankData"):
        ranks = client.ok("GET", f"{at}?game_code=CS&days=7")
        assert (ranks["game_code"], ranks["days"], ranks["games"]) == ("cs", 7, ["cs"])
        assert [
            (each["rank"], each["member_account"], each["score"]) for each in (ranks["items"])
        ] == [(1, "ada", "4.00"), (2, "bobby", "2.30")]
    own = client.ok("GET", "/gameRankData", key=token_of(floor, bob))
    assert [each["member_account"] for each in own["items"]] == ["a***", "bobby"]
    assert client.ok("GET", "/gameRankData?game=lol")["items"] == []
    assert client.refused("GET", "/gameRankData?days=0")[0] == 400
    floor.verify()


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"action": "other"}, "action"),
        ({"action": None}, "action: is required"),
        ({"custom_member_account": None}, "custom_member_account: is required"),
        ({"custom_member_account": "x" * 81}, "custom_member_account"),
        ({"custom_member_account": "'; DROP TABLE events; --"}, "Member not found"),
        ({"custom_wins": 101}, "custom_wins"),
        ({"custom_wins": -1}, "custom_wins"),
        ({"custom_kills": "many"}, "custom_kills"),
        ({"custom_wins": 0, "custom_kills": 0}, "custom_wins: must not all be 0"),
    ],
)
def test_wrong_records_are_refused(
    client: Client, floor: Floor, event_id: int, wrong: dict[str, Any], message: str
) -> None:
    floor.add_member("ada")
    body = {**RECORD, "custom_member_account": "ada", **wrong}
    code, text = client.refused("POST", f"/events/{event_id}/addCustomRecord", json=body)
    assert code == 400
    assert message in text
    assert client.ok("GET", "/gameRankData")["items"] == []


def test_nobody_records_his_own_wins(client: Client, floor: Floor, event_id: int) -> None:
    token = token_of(floor, floor.add_member("ada"))
    body = {**RECORD, "custom_member_account": "ada"}
    path = f"/events/{event_id}/addCustomRecord"
    assert client.refused("POST", path, key=token, json=body)[0] == 403
    assert client.refused("POST", "/events/999/addCustomRecord", json=body) == (
        *(400, "Event not found"),
    )


def test_the_ranking_has_a_signed_address(client: Client, floor: Floor, event_id: int) -> None:
    ada = floor.add_member("ada")
    floor.add_member("<script>x")
    token = token_of(floor, ada)
    client.ok("POST", "/events/eventJoin", key=token, json={"id": event_id, "show_account": 1})
    play(client, event_id, "ada")
    play(client, event_id, "<script>x")
    path = urlsplit(client.ok("GET", "/members/action/rankingUrl")["url"]).path
    page = client.raw("GET", path, key="")
    assert page.status_code == 200
    assert "ada" in text_of(page)
    assert "<s***" in text_of(page)
    assert "script>x" not in page.text
    assert client.raw("GET", f"{path}?game=cs", key="").status_code == 200
    assert client.raw("GET", f"{path}?game=nothing", key="").status_code == 200
    _, license_name, sign = path.strip("/").split("/")
    data = client.raw(
        "GET", f"/api/v2/rank/data?license_name={license_name}&sign={sign}", key=""
    ).json()
    assert data["code"] == 200
    assert [(row["member_account"], row["member_id"]) for row in data["data"]["items"]] == [
        *(("<s***", 0), ("ada", 0)),
    ]
    whole = client.raw("GET", "/api/v2/rank/data").json()["data"]["items"]
    assert [row["member_account"] for row in whole] == ["<script>x", "ada"]
    other = open_hall(floor.store, 7778)
    wrong = [("", ""), (license_name, ""), (license_name, "0" * 32), (other_name(other), sign)]
    for name, mark in wrong:
        answer = client.raw("GET", f"/api/v2/rank/data?license_name={name}&sign={mark}", key="")
        assert answer.json()["code"] == 401
    assert client.raw("GET", f"/rank/{license_name}/{'0' * 32}", key="").status_code == 404
    assert client.raw("GET", f"/rank/{other_name(other)}/{sign}", key="").status_code == 404


def other_name(hall: Hall) -> str:
    return Floor(hall.store, hall).center.license_name


def test_the_native_calls(client: Client, floor: Floor, event_id: int) -> None:
    ada, one = floor.add_member("ada"), f"{NATIVE}/{event_id}"
    changed = client.raw("PUT", one, json={**BODY, "name": "Cup 2"}).json()
    assert changed["event_name"] == "Cup 2"
    record_id = play(client, event_id, "ada")["record_id"]
    play(client, event_id, "ada")
    back = client.raw("DELETE", f"{one}/records/{record_id}").json()
    assert (back["is_taken_back"], back["coin"]) == (1, "4.00")
    assert floor._balances("member", ada)["coin", "COIN"] == 4 * EURO
    assert len(client.raw("GET", f"{one}/records").json()) == 2
    assert client.raw("DELETE", f"{one}/records/999").status_code == 404
    for wrong in ({"x": 1}, {str(ada): 0}, {"999": 1}):
        assert client.raw("POST", f"{one}/close", json={"places": wrong}).status_code == 400
    final = client.raw("POST", f"{one}/close", json={"places": {str(ada): 1}})
    assert final.status_code == 200, final.text
    assert [(each["place"], each["prize"]) for each in final.json()] == [(1, "50.00")]
    assert floor._balances("member", ada)["coin", "COIN"] == 54 * EURO
    assert client.raw("GET", one).json()["event_status"] == "ended"
    assert len(client.raw("GET", NATIVE).json()) == 1
    assert client.raw("PUT", one, json=BODY).status_code == 422
    assert client.raw("DELETE", one).status_code == 200
    assert client.raw("GET", one).status_code == 404
    floor.verify()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": None}, "name"),
        ({"name": "x" * 101}, "name"),
        ({"game_code": "a b"}, "game_code"),
        ({"ends_local": "2019-01-01"}, "ends_local"),
        ({"starts_local": "soon"}, "starts_local"),
        ({"places": -1}, "places"),
        ({"prizes": ["1"] * 21}, "prizes"),
        ({"prizes": ["-1"]}, "prizes"),
    ],
)
def test_wrong_events_are_refused(client: Client, wrong: dict[str, Any], field: str) -> None:
    answer = client.raw("POST", NATIVE, json={**BODY, **wrong})
    assert answer.status_code == 400
    assert field in answer.text


def test_other_centres_events_are_not_there(client: Client, hall: Hall, event_id: int) -> None:
    key = open_hall(hall.store, 7778).api_key
    for method, path in (
        *(("GET", ""), ("PUT", ""), ("DELETE", ""), ("POST", "/close"), ("DELETE", "/records/1")),
    ):
        answer = client.raw(
            method,
            f"{NATIVE}/{event_id}{path}",
            key=key,
            json=BODY | {"places": {}} if "close" in path else BODY,
        )
        assert answer.status_code == 404, path
    assert client.raw("GET", f"{NATIVE}/{event_id}/records", key=key).json() == []
    base = "/api/v2/cafe/7778/events/eventList"
    assert client.raw("GET", base, key=key).json()["data"]["items"] == []


def test_the_pages(client: Client, floor: Floor) -> None:
    floor.set(reward_coin_from_games=True, reward_coin_from_events=True)
    ada = floor.add_member("ada")
    desk = Desk(client, "admin7777")
    assert "There is no event yet" in text_of(desk.get("/panel/events"))
    form = {
        "name": "<b>Cup</b>",
        "game_code": "cs",
        **{"starts_at_date": "2020-01-01", "starts_at_time": "10:00"},
        **{"ends_at_date": "2050-01-01", "ends_at_time": "10:00"},
        "prizes": "50, 20.5",
        "key": "k1",
    }
    for _ in range(2):
        saved = desk.post("/panel/events/one", form)
    path = saved.headers["hx-redirect"].partition("?")[0]
    assert len(client.ok("GET", "/events/eventList")["items"]) == 1
    wrong = {"starts_at_date": "", "places": "-2", "prizes": "x", "game_code": "", "key": "k2"}
    refused = desk.post("/panel/events/one", {**form, **wrong})
    assert refused.status_code == 400
    assert "must be a day and a time" in text_of(refused)
    page = desk.get(path)
    assert "<b>Cup</b>" not in page.text
    assert "Nobody takes part yet" in text_of(page)
    for _ in range(2):
        desk.post(f"{path}/record", {"account": "ada", "wins": "1", "key": "k3"})
    assert floor._balances("member", ada) == {("coin", "COIN"): 3 * EURO}
    nobody = desk.post(f"{path}/join", {"account": "nobody", "key": "k4"})
    assert "Member not found" in text_of(nobody)
    record_id = client.raw("GET", path.replace("/panel", "/api/native/v1") + "/records").json()[0]
    void = desk.post(f"{path}/void", {"record_id": record_id["record_id"], "key": "k5"})
    assert void.headers["hx-redirect"] == f"{path}?done=voided"
    bad = desk.post(f"{path}/close", {f"place[{ada}]": "0", "key": "k6"})
    assert "must be from 1 to" in text_of(bad)
    for _ in range(2):
        closed = desk.post(f"{path}/close", {f"place[{ada}]": "1", "key": "k7"})
        assert closed.headers["hx-redirect"] == f"{path}?done=closed"
    assert floor._balances("member", ada) == {("coin", "COIN"): 50 * EURO}
    staff = Desk(client, "staff7777")
    assert staff.get(path).status_code == 200
    assert staff.post(f"{path}/record", {"account": "ada", "wins": "1"}).status_code == 403
    gone = desk.post("/panel/events/delete", {"id": path.rpartition("/")[2], "key": "k8"})
    assert gone.headers["hx-redirect"] == "/panel/events?done=deleted"
    assert desk.get(path).status_code == 404
    floor.verify()
