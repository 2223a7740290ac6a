"""A guest's log-in: the same for every kind, readable while it runs, nowhere else."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from lanhouse.cafe.members.commands.guest_secret import GUEST_WORD_CHARS
from lanhouse.cafe.sessions.jobs import end_due_sessions
from lanhouse.cafe.sessions.tables import pc_sessions
from lanhouse.db.audit import audit_log
from lanhouse.db.outbox import outbox
from lanhouse.kit import clock
from tests.builders.centers import open_hall
from tests.builders.client import Client
from tests.builders.floor import EURO, Floor
from tests.builders.secrets import OTHER_VAULT

KINDS = ("prepaid", "postpaid", "offer", "free")


def start(client: Client, floor: Floor, kind: str, pc: str = "PC01") -> dict[str, Any]:
    """Start a guest of a kind by its call; answers data."""
    if kind == "prepaid":
        return client.ok("POST", "/pcSessions/addTimeMoney", json={"pc_name": pc, "pc_cost": "2"})
    if kind == "offer":
        offer_id = floor.add_offer("Hour", 300, minutes=60)
        body = {"pc_name": pc, "offer_id": offer_id, "offer_payment_method": 0}
        return client.ok("POST", "/pcSessions/addOffer", json=body)
    return client.ok("POST", f"/pcSessions/{kind}Session", json={"pc_name": pc})


def path_of(floor: Floor) -> str:
    return f"/api/native/v1/sessions/{floor.session_ids()[-1]}/guest-login"


def read(client: Client, floor: Floor, **options: Any) -> httpx.Response:
    return client.raw("GET", path_of(floor), **options)


def is_right(client: Client, account: str, password: str) -> bool:
    body = {"member_account": account, "member_password": password}
    return client.call("POST", "/members/action/memberInfo", json=body)["code"] == 200


def audited(floor: Floor) -> list[Any]:
    statement = sa.select(audit_log).order_by(audit_log.c.id)
    return floor.store.read_sync(lambda read: read.all(statement))


def kept(floor: Floor) -> list[bytes | None]:
    statement = sa.select(pc_sessions.c.guest_login).order_by(pc_sessions.c.id)
    rows = floor.store.read_sync(lambda read: read.all(statement))
    return [row.guest_login for row in rows]


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_guest_gets_a_log_in_that_works(
    client: Client, floor: Floor, kind: str
) -> None:
    made = start(client, floor, kind)
    account, password = made["member_account"], made["member_password"]
    assert re.fullmatch(r"G_\w{6}", account)
    assert len(GUEST_WORD_CHARS) == 31
    assert re.fullmatch(f"[{GUEST_WORD_CHARS}]{{8}}", password)
    assert is_right(client, account, password)
    answer = read(client, floor)
    assert answer.status_code == 200
    assert answer.json() == {
        "session_id": floor.session_ids()[-1],
        "pc_name": "PC01",
        "member_id": made["member_id"],
        "member_account": account,
        "member_password": password,
    }


def test_several_guests_get_several_passwords(client: Client, floor: Floor) -> None:
    body = {"pc_name": ["PC01", "pc01", "PC02"]}
    rows = client.ok("POST", "/pcSessions/postpaidSession", json=body)["pcs"]
    assert len({row["member_password"] for row in rows}) == len(rows) == 2
    assert all(is_right(client, row["member_account"], row["member_password"]) for row in rows)


def test_each_reading_is_audited(client: Client, floor: Floor) -> None:
    made = start(client, floor, "prepaid")
    assert audited(floor) == []
    read(client, floor)
    read(client, floor, address="::1")
    rows = audited(floor)
    assert [(row.center_id, row.actor_kind, row.actor_id, row.address) for row in rows] == [
        (7777, "api_key", 0, "127.0.0.1"),
        (7777, "api_key", 0, "::1"),
    ]
    assert {row.call for row in rows} == {"GET /api/native/v1/sessions/{session_id}/guest-login"}
    session = ("session", floor.session_ids()[-1], {"member_id": made["member_id"]})
    assert [(row.subject, row.subject_id, row.ids) for row in rows] == [session, session]
    assert made["member_password"] not in str(rows)


def check_out(client: Client, _floor: Floor) -> None:
    client.ok("POST", "/pcSessions/checkout", json={"pc_name": "PC01"})


def sweep(_client: Client, floor: Floor) -> None:
    (session_id,) = floor.session_ids()
    end = floor.session(session_id).expires_at
    assert end is not None
    with clock.frozen(end):
        floor.store.run_sync(end_due_sessions, None)


@pytest.mark.parametrize("end", [check_out, sweep])
def test_it_is_deleted_with_the_end_of_the_session(
    client: Client, floor: Floor, end: Callable[[Client, Floor], None]
) -> None:
    made = start(client, floor, "prepaid")
    assert [login is not None for login in kept(floor)] == [True]
    end(client, floor)
    assert kept(floor) == [None]
    answer = read(client, floor)
    assert answer.status_code == 410
    assert "no longer kept. Set a new password" in answer.text
    assert audited(floor) == []

    # What is left is to set a new one; nothing of it is kept without a session.
    new = client.raw("POST", path_of(floor), json={})
    assert new.status_code == 200, new.text
    assert kept(floor) == [None]
    assert not is_right(client, made["member_account"], made["member_password"])
    assert is_right(client, made["member_account"], new.json()["member_password"])
    assert read(client, floor).status_code == 410


def test_a_new_password_is_kept_in_place_of_the_old(client: Client, floor: Floor) -> None:
    made = start(client, floor, "postpaid")
    keyed = {"json": {}, "headers": {"Idempotency-Key": "new-1"}}
    first = client.raw("POST", path_of(floor), **keyed)
    assert client.raw("POST", path_of(floor), **keyed).content == first.content
    password = first.json()["member_password"]
    assert password != made["member_password"]
    assert read(client, floor).json() == first.json()
    assert is_right(client, made["member_account"], password)
    assert [row.call.split()[0] for row in audited(floor)] == ["POST", "GET"]


@pytest.mark.parametrize("way", ["change", "reset"])
def test_a_password_that_was_changed_otherwise_is_no_longer_told(
    client: Client, floor: Floor, way: str
) -> None:
    member_id = start(client, floor, "prepaid")["member_id"]
    if way == "change":
        client.ok("PUT", f"/members/{member_id}", json={"member_password": "mine"})
    else:
        client.ok("POST", "/members/action/resetPassword", json={"member_ids": [member_id]})
    assert kept(floor) == [None]
    assert read(client, floor).status_code == 410


def test_a_members_password_is_nobodys_to_read_or_set(client: Client, floor: Floor) -> None:
    member_id = floor.add_member("ada", balance=9 * EURO)
    floor.member(member_id)
    for method in ("GET", "POST"):
        answer = client.raw(method, path_of(floor), json={})
        assert answer.status_code == 422
        assert "a member plays here" in answer.text
    assert audited(floor) == []


def test_another_centres_session_is_unknown(client: Client, floor: Floor) -> None:
    made = start(client, floor, "prepaid")
    other = open_hall(floor.store, 7778)
    for method in ("GET", "POST"):
        answer = client.raw(method, path_of(floor), json={}, key=other.api_key)
        assert answer.status_code == 404
    assert audited(floor) == []
    assert is_right(client, made["member_account"], made["member_password"])


def test_without_the_server_secret_it_is_told_clearly(client: Client, floor: Floor) -> None:
    start(client, floor, "prepaid")
    of_another = OTHER_VAULT.seal("guest log-in", "", b"t9kq4mza")
    change = sa.update(pc_sessions).values(guest_login=of_another)
    floor.store.run_sync(lambda tx, _: tx.run(change), None)
    answer = read(client, floor)
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "SECRET_UNREADABLE")
    assert "lanhouse doctor" in answer.text
    assert client.raw("POST", path_of(floor), json={}).status_code == 200
    assert read(client, floor).status_code == 200


def test_it_stands_nowhere_else(
    client: Client, floor: Floor, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    made = start(client, floor, "prepaid")
    password, account = made["member_password"], made["member_account"]
    member_id = made["member_id"]
    for method, path in (
        ("GET", "/pcList"),
        ("GET", "/members?guest=1"),
        ("GET", f"/members/{member_id}"),
        ("GET", f"/pcSessions/{member_id}/memberSessionHistory"),
        ("GET", "/billingLogs"),
        ("POST", "/pcSessions/paymentInfo?pc_name=PC01"),
        ("POST", "/pcSessions/addTimeMoney?pc_name=PC01&pc_cost=1"),
        ("POST", "/pcSessions/checkout?pc_name=PC01"),
    ):
        told = client.call(method, path)
        assert told["code"] == 200, path
        assert password not in str(told), path
    events = floor.store.read_sync(lambda read: read.all(sa.select(outbox)))
    assert "session.started" in str(events)
    assert password not in str(events)
    files = {path.name: path.read_bytes() for path in tmp_path.glob("lanhouse.db*")}
    assert account.encode() in b"".join(files.values())
    assert [name for name, data in files.items() if password.encode() in data] == []
    assert password not in "".join(capfd.readouterr())
