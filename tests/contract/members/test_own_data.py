"""What the house knows of a member: handed out to him, and forgotten (decision 0161)."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from lanhouse.auth.actors import Actor
from lanhouse.auth.passwords import hash_password
from lanhouse.cafe.members.tables import members
from lanhouse.cafe.own_data import jobs as own_jobs
from lanhouse.cafe.own_data import queries
from lanhouse.cafe.own_limits.commands import SetLimit, set_limit
from lanhouse.cafe.own_limits.schemas import Kind
from lanhouse.db.store import Store
from lanhouse.jobs.queue import Turn, run_step
from lanhouse.kit import clock
from lanhouse.tables import complete_metadata
from tests.builders.centers import Hall, open_hall
from tests.builders.client import Client
from tests.builders.floor import EURO, Floor, open_floor
from tests.builders.people import bearer_of
from tests.contract.pages.test_pages import Desk

NATIVE = "/api/native/v1/members"
HOME = "/portal/hall7777"
TURN = Turn({kind.kind: kind for kind in own_jobs.JOBS})


@pytest.fixture
def floor(store: Store, monkeypatch: pytest.MonkeyPatch) -> Floor:
    monkeypatch.setattr(own_jobs, "ROWS_AT_ONCE", 2)
    monkeypatch.setattr(queries, "PART_ROWS", 2)
    return open_floor(store, pcs_count=1)


@pytest.fixture
def hall(floor: Floor) -> Hall:
    return floor.hall


@pytest.fixture
def eva(client: Client, floor: Floor) -> int:
    """A member with a name, money, and a session that is over."""
    body = {
        "member_account": "eva.unmistakable",
        "member_password": "x",
        "member_first_name": "Evangeline",
        "member_phone": "555-777",
        "member_comments": "=2+2",
        "member_balance": "10.00",
    }
    member_id = client.ok("POST", "/members", json=body)["member_id"]
    floor.member(member_id, "PC01")
    floor.check_out("PC01")
    return member_id


def unpacked(content: bytes) -> dict[str, Any]:
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        found: dict[str, Any] = {name: packed.read(name).decode() for name in packed.namelist()}
    return found | {"member": json.loads(found["member.json"])}


def forget(client: Client, member_id: int, key: str = "", **body: Any) -> tuple[int, str]:
    options = {"key": key} if key else {}
    answer = client.raw("POST", f"{NATIVE}/{member_id}/forget", json=body, **options)
    return answer.status_code, answer.text


def work(floor: Floor) -> int:
    steps = 0
    while floor.run(run_step, TURN) is not None:
        steps += 1
    return steps


def all_texts(floor: Floor) -> str:
    """Every text of every table that says who somebody is."""
    from lanhouse.tables import complete_metadata

    def read(read: Any) -> str:
        found: list[str] = []
        for table in complete_metadata().sorted_tables:
            # What was answered is sealed as it was sent.
            if table.name != "idempotent_answers":
                found += [str(tuple(row)) for row in read.all(sa.select(table))]
        return "\n".join(found)

    return floor.store.read_sync(read)


def write_about(client: Client, floor: Floor, eva: int) -> int:
    """Notes, a consent, a message, feedback and a booking of tomorrow; answers its number."""
    desk = Desk(client, floor.hall.staff["admin"])
    card = f"/panel/members/{eva}"
    for path, form in (
        ("notes", {"text": "Tall Tess", "key": "n"}),
        ("consents", {"kind": "photo", "details": "on paper"}),
        ("message", {"text": "Your headset is here", "key": "m"}),
    ):
        done = desk.post(f"{card}/{path}", form)
        assert done.headers["hx-redirect"].startswith(card), path
    sent = {"member_account": "eva.unmistakable", "message": "Fan of PC01 rattles"}
    client.ok("POST", "/customerFeedback", json=sent)
    at = clock.now() + timedelta(days=1)
    return floor.book_one("PC01", at=at, member_id=eva, comment="for Tess").id


def test_all_that_is_known_in_one_file(client: Client, floor: Floor, eva: int) -> None:
    floor.add_member("other", balance=EURO)
    answer = client.raw("GET", f"{NATIVE}/{eva}/data.zip")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/zip")
    found = unpacked(answer.content)
    whole = found["member"]
    assert whole["profile"]["account"] == "eva.unmistakable"
    assert whole["profile"]["first_name"] == "Evangeline"
    assert "password_hash" not in whole["profile"]
    assert whole["money"]["balance"] == "10.00"
    assert [row["pc_name"] for row in whole["sessions"]] == ["PC01"]
    assert [row["value"] for row in whole["top_ups"]] == ["10.00"]
    assert len(whole["log"]) == len(found["log.csv"].strip().splitlines()) - 1 >= 4
    assert {row["event"] for row in whole["log"]} >= {"TOPUP", "MEMBER", "CHECKOUT"}
    assert "'=2+2" in found["profile.csv"]
    assert "other" not in answer.text
    assert "$argon2id$" not in found["member.json"] + found["profile.csv"]


def test_what_others_wrote_of_him_and_what_he_booked(
    client: Client, floor: Floor, eva: int
) -> None:
    write_about(client, floor, eva)
    found = unpacked(client.raw("GET", f"{NATIVE}/{eva}/data.zip").content)
    whole = found["member"]
    assert [row["text"] for row in whole["notes"]] == ["Tall Tess"]
    assert [(row["kind"], row["details"]) for row in whole["consents"]] == [("photo", "on paper")]
    assert [row["text"] for row in whole["messages"]] == ["Your headset is here"]
    assert [row["message"] for row in whole["feedback"]] == ["Fan of PC01 rattles"]
    assert [(row["pc_name"], row["comment"]) for row in whole["bookings"]] == [("PC01", "for Tess")]
    assert found["bookings.csv"].count("for Tess") == 1
    assert whole["payments"] == []


@pytest.mark.parametrize("way", ["api", "panel"])
def test_however_he_is_deleted_nothing_tells_who_it_was(
    client: Client, floor: Floor, eva: int, way: str
) -> None:
    booking_id = write_about(client, floor, eva)
    floor.cancel(booking_id)
    if way == "api":
        client.ok("POST", "/members/action/multiDelete", json={"member_ids": [eva]})
    else:
        desk = Desk(client, floor.hall.staff["admin"])
        gone = desk.post(f"/panel/members/{eva}/delete", {})
        assert gone.headers["hx-redirect"] == "/panel/members?done=deleted"
    assert work(floor) > 3
    texts = all_texts(floor)
    for word in (
        *("eva.unmistakable", "Evangeline", "555-777", "=2+2", "Tall Tess", "on paper"),
        *("Your headset", "rattles", "for Tess"),
    ):
        assert word not in texts, word
    floor.verify()


def test_money_first_then_nothing_tells_who_it_was(client: Client, floor: Floor, eva: int) -> None:
    status, text = forget(client, eva)
    assert status == 400
    assert "10.00 and 0.00 bonus are still on the account" in text
    assert client.ok("GET", f"/members/{eva}")["member"]["member_first_name"] == "Evangeline"
    assert forget(client, eva, forfeits=True)[0] == 200
    assert floor.house("forfeited") == 10 * EURO
    assert work(floor) > 3
    texts = all_texts(floor)
    for word in ("eva.unmistakable", "Evangeline", "555-777", "=2+2"):
        assert word not in texts, word
    assert f"deleted-{eva}" in texts
    assert {row.member_account for row in floor.logs("TOPUP")} == {f"deleted-{eva}"}
    floor.verify()
    assert forget(client, eva)[0] == 404
    assert client.raw("GET", f"{NATIVE}/{eva}/data.zip").status_code == 404
    # The name is free again.
    client.ok(
        "POST", "/members", json={"member_account": "eva.unmistakable", "member_password": "x"}
    )


def test_who_is_paid_out_gives_nothing_up(client: Client, floor: Floor, eva: int) -> None:
    body = {"topup_ids": eva, "topup_value": "-10.00", "comment": "account closed"}
    client.ok("POST", "/members/action/topup", json=body)
    assert forget(client, eva)[0] == 200
    assert floor.house("forfeited") == 0
    work(floor)
    floor.verify()


def test_who_plays_stays(client: Client, floor: Floor, eva: int) -> None:
    floor.member(eva, "PC01")
    status, text = forget(client, eva, forfeits=True)
    assert (status, "running session" in text) == (422, True), text
    assert floor.house("forfeited") == 0
    floor.verify()


def test_other_centres_and_other_people(client: Client, floor: Floor, eva: int) -> None:
    stranger = Floor(floor.store, open_hall(floor.store, 7778)).add_member("eva")
    for member_id in (stranger, 1, 10**11):
        assert forget(client, member_id, forfeits=True)[0] == 404
        assert client.raw("GET", f"{NATIVE}/{member_id}/data.zip").status_code == 404
    key = bearer_of(floor.hall, "staff")
    assert forget(client, eva, key, forfeits=True)[0] == 403
    assert client.raw("GET", f"{NATIVE}/{eva}/data.zip", key=key).status_code == 403


def test_by_himself(client: Client, floor: Floor, eva: int) -> None:
    his = sa.update(members).where(members.c.id == eva)
    floor.run(lambda tx, _: tx.run(his.values(password_hash=hash_password("mine"))), None)
    form = {"account": "eva.unmistakable", "password": "mine"}
    signed_in = client.raw("POST", HOME, key="", data=form)
    cookie = {"Cookie": signed_in.headers["set-cookie"].partition(";")[0]}

    def get(path: str) -> Any:
        return client.raw("GET", f"{HOME}{path}", key="", headers=cookie)

    def post(**data: str) -> Any:
        return client.raw("POST", f"{HOME}/data/forget", key="", data=data, headers=cookie)

    assert "10.00" in get("/data").text
    assert unpacked(get("/data.zip").content)["member"]["profile"]["account"] == form["account"]
    assert client.raw("GET", f"{HOME}/data.zip", key="").status_code == 303
    assert "is wrong" in post(password="other", forfeits="1").text
    assert "still on the account" in post(password="mine").text
    assert get("/account").status_code == 200
    done = post(password="mine", forfeits="1")
    assert (done.status_code, done.headers["location"]) == (303, HOME)
    assert get("/account").status_code == 303
    assert client.raw("POST", HOME, key="", data=form).status_code != 303
    work(floor)
    assert "Evangeline" not in all_texts(floor)
    floor.verify()


NOT_HANDED_OUT = {
    # What is told by other lists: the log, the sessions, top-ups and payments of the member.
    *("bonus_lots", "report_names", "time_payments", "session_debts", "session_bill_payers"),
    "payment_notices",
    # Secrets, and what lasts minutes; the photo is a file beside the lists.
    *("sms_codes", "staged_passwords", "member_photos"),
}


def test_whatever_knows_a_member_is_handed_out_or_named_here() -> None:
    handed_out = {table for kept in queries.LISTS for table in kept.source.columns_clause_froms}
    names = {table.name for table in handed_out if isinstance(table, sa.Table)}
    for table in complete_metadata().sorted_tables:
        if table.name in ("members", *NOT_HANDED_OUT) or "center_id" not in table.c:
            continue
        assert "member_id" not in table.c or table.name in names, table.name


def test_limits_and_rankings_are_handed_out(client: Client, floor: Floor, eva: int) -> None:
    actor = Actor(kind="member", center_id=7777, member_id=eva)
    for kind, value in ((Kind.TOPUP, 60 * EURO), (Kind.PLAY, 5400), (Kind.LATE, 1110)):
        floor.run(set_limit, SetLimit(center=floor.center, actor=actor, kind=kind, value=value))
    other = floor.add_member("other")
    his = Actor(kind="member", center_id=7777, member_id=other)
    cmd = SetLimit(center=floor.center, actor=his, kind=Kind.PLAY, value=3600)
    floor.run(set_limit, cmd)
    found = unpacked(client.raw("GET", f"{NATIVE}/{eva}/data.zip").content)
    limits = {each["kind"]: each["value"] for each in found["member"]["own_limits"]}
    assert limits == {"topup": 60 * EURO, "play": 5400, "late": 1110}
    assert found["own_limits.csv"].count("\n") == 4
    assert found["member"]["rankings"] == []
