"""Hiring people and changing what they are: who may, what holds, what the audit log tells."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa

from lanhouse.auth.passwords import password_matches
from lanhouse.auth.rights import rights_of
from lanhouse.cafe.staff.commands import NewStaff, create_staff
from lanhouse.cafe.staff.queries import staff_by_account
from lanhouse.cafe.staff.tables import staff
from lanhouse.db.audit import audit_log
from lanhouse.kit import clock
from lanhouse.kit.limits import MAX_STAFF
from tests.builders.centers import PASSWORD, Hall, open_hall, password_hash
from tests.builders.client import Client

STAFF = "/api/native/v1/staff"
LOGIN = "/api/native/v1/auth/staff-login"
ACCOUNT = "/api/native/v1/account"
NEW = "a new password"


def person(hall: Hall, account: str) -> Any:
    row = hall.store.read_sync(staff_by_account, hall.center_id, account)
    assert row is not None
    return row


def url_of(hall: Hall, role: str) -> str:
    return f"{STAFF}/{person(hall, hall.staff[role]).id}"


def login(client: Client, account: str, password: str = PASSWORD, **options: Any) -> Any:
    body = {"cafe_id": 7777, "account": account, "password": password}
    return client.raw("POST", LOGIN, key="", json=body, **options)


def token(client: Client, account: str, password: str = PASSWORD) -> str:
    answer = login(client, account, password)
    assert answer.status_code == 200, answer.text
    return answer.json()["token"]


def hire(client: Client, **body: Any) -> Any:
    options = {name: body.pop(name) for name in ("key", "headers") if name in body}
    return client.raw("POST", STAFF, json={"account": "kim", "role": "staff", **body}, **options)


def change(client: Client, url: str, key: str = "", **body: Any) -> Any:
    return client.raw("PUT", url, json=body, **({"key": key} if key else {}))


def as_manager_of_staff(client: Client, hall: Hall) -> str:
    """A manager who may change people: a token of his."""
    answer = client.raw(
        "PUT", f"{url_of(hall, 'manager')}/rights", json={"granted": ["staff.edit"]}
    )
    assert answer.status_code == 200
    return token(client, hall.staff["manager"])


def audited(hall: Hall) -> Any:
    rows = hall.store.read_sync(
        lambda read: read.all(sa.select(audit_log).order_by(audit_log.c.id))
    )
    return rows[-1]


def test_somebody_is_hired_and_signs_in_with_the_password_that_is_shown(
    client: Client, hall: Hall
) -> None:
    answer = hire(client, granted=["offers.edit"], withheld=["members.loan"], hours="22:00-06:00")
    assert answer.status_code == 200, answer.text
    made = answer.json()
    assert set(made["rights"]) ^ rights_of("staff") == {"offers.edit", "members.loan"}
    assert (made["is_active"], made["hours"], made["allowed_ips"]) == (True, "22:00-06:00", "")
    kept = person(hall, "Kim")
    assert password_matches(kept.password_hash, made["password"])
    assert client.raw("GET", f"{STAFF}/{kept.id}").json() == {
        name: value for name, value in made.items() if name != "password"
    }
    row = audited(hall)
    assert (row.subject, row.subject_id, row.before) == ("staff", kept.id, None)
    assert row.after == {
        "account": "changed",
        "role": "staff",
        "is_active": True,
        "granted": ["offers.edit"],
        "withheld": ["members.loan"],
        "allowed_ips": "",
        "hours": "22:00-06:00",
    }


def test_a_retry_tells_the_same_password_and_hires_nobody_twice(client: Client, hall: Hall) -> None:
    headers = {"Idempotency-Key": "hire-1"}
    first, second = hire(client, headers=headers), hire(client, headers=headers)
    assert first.content == second.content
    assert token(client, "kim", first.json()["password"])
    assert hire(client, account="lee", headers=headers).status_code == 409
    assert hall.store.read_sync(staff_by_account, 7777, "lee") is None


def test_a_chosen_password_is_not_told(client: Client, hall: Hall) -> None:
    answer = hire(client, password=f" {NEW} ")
    assert answer.json()["password"] is None
    assert login(client, "kim", NEW).status_code == 401
    assert token(client, "kim", f" {NEW} ")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"account": "a b"}, "account: must be 1 to 40 letters"),
        ({"account": "x" * 41}, "account:"),
        ({"account": "<b>"}, "account: must be 1 to 40 letters"),
        ({"account": ""}, "account: is required"),
        ({"account": "ADMIN7777"}, "account: belongs to somebody else already"),
        ({"role": "owner"}, "role:"),
        ({"password": "short"}, "password: must have 10 to 200 characters"),
        ({"password": "x" * 201}, "password: must have 10 to 200 characters"),
        ({"hours": "9-18"}, "hours: must be two times such as 09:00-18:00"),
        ({"hours": "09:00-09:00"}, "hours: must be two different times"),
        ({"hours": "09:00-24:00"}, "hours: must be two times such as 09:00-18:00"),
        ({"allowed_ips": "10.0.0.0/99"}, "allowed_ips: '10.0.0.0/99' is not an IP address"),
        ({"granted": ["no.such"]}, "granted: unknown right: no.such"),
    ],
)
def test_what_is_wrong_is_told_by_field_and_nobody_is_hired(
    client: Client, hall: Hall, body: dict[str, Any], field: str
) -> None:
    count = len(client.raw("GET", STAFF).json())
    answer = hire(client, **body)
    assert (answer.status_code, field in answer.text) == (400, True), answer.text
    assert len(client.raw("GET", STAFF).json()) == count


def test_nobody_hires_somebody_who_may_do_more_than_he(client: Client, hall: Hall) -> None:
    manager = as_manager_of_staff(client, hall)
    for body in ({"role": "admin"}, {"granted": ["settings.edit"]}):
        answer = hire(client, key=manager, **body)
        assert (answer.status_code, "settings.edit" in answer.text) == (403, True)
    assert hire(client, key=manager, role="manager").status_code == 200


def test_a_full_house_hires_again_when_somebody_has_left(client: Client, hall: Hall) -> None:
    for number in range(MAX_STAFF - 4):
        new = NewStaff(center_id=7777, account=f"p{number}", password_hash="x", role="staff")
        hall.store.run_sync(create_staff, new)
    assert hire(client).status_code == 200
    assert "MAX_STAFF" in hire(client, account="lee").text
    left = f"{STAFF}/{person(hall, 'p1').id}"
    assert change(client, left, is_active=False).status_code == 200
    assert hire(client, account="lee").status_code == 200
    back = change(client, left, is_active=True)
    assert (back.status_code, "MAX_STAFF" in back.text) == (422, True)


def test_a_person_is_changed_and_the_log_tells_what_was(client: Client, hall: Hall) -> None:
    url = url_of(hall, "staff")
    answer = change(client, url, account="Robin", role="manager", allowed_ips="10.0.0.0/8, ::1")
    assert answer.status_code == 200
    assert answer.json()["allowed_ips"] == "10.0.0.0/8,::1"
    row = audited(hall)
    assert row.before == {"account": "changed", "role": "staff", "allowed_ips": ""}
    assert row.after == {
        "account": "changed",
        "role": "manager",
        "allowed_ips": "10.0.0.0/8,::1",
    }
    assert change(client, url, allowed_ips="").json()["allowed_ips"] == ""
    assert token(client, "robin")
    assert login(client, hall.staff["staff"]).status_code == 401


def test_what_is_not_sent_stays_and_what_stays_leaves_no_row(client: Client, hall: Hall) -> None:
    url = url_of(hall, "staff")
    change(client, url, hours="09:00-18:00", allowed_ips="10.0.0.1")
    before = audited(hall).id
    assert change(client, url).json()["hours"] == "09:00-18:00"
    assert change(client, url, role="staff", is_active=True).status_code == 200
    assert audited(hall).id == before


def test_a_role_keeps_what_was_set_by_hand(client: Client, hall: Hall) -> None:
    url = url_of(hall, "staff")
    body = {"granted": ["offers.edit", "settings.edit"], "withheld": ["members.loan"]}
    client.raw("PUT", f"{url}/rights", json=body)
    raised = change(client, url, role="manager").json()
    assert (raised["granted"], raised["withheld"]) == (["settings.edit"], ["members.loan"])


def test_who_is_switched_off_is_out_for_good(client: Client, hall: Hall) -> None:
    cashier, url = token(client, hall.staff["staff"]), url_of(hall, "staff")
    assert client.raw("GET", ACCOUNT, key=cashier).status_code == 200
    change(client, url, is_active=False)
    assert client.raw("GET", ACCOUNT, key=cashier).status_code == 401
    assert login(client, hall.staff["staff"]).status_code == 401
    change(client, url, is_active=True)
    assert client.raw("GET", ACCOUNT, key=cashier).status_code == 401
    assert token(client, hall.staff["staff"])


def test_nobody_touches_a_person_who_may_do_more(client: Client, hall: Hall) -> None:
    """Whoever could give an Admin a password would be the Admin."""
    manager, url = as_manager_of_staff(client, hall), url_of(hall, "admin")
    for body in ({"account": "x"}, {"is_active": False}, {"hours": "09:00-10:00"}):
        answer = change(client, url, manager, **body)
        assert (answer.status_code, "rights that you do not have" in answer.text) == (403, True)
    answer = client.raw("POST", f"{url}/password", json={"password": NEW}, key=manager)
    assert answer.status_code == 403
    assert change(client, url, manager, role="staff").status_code == 403
    assert token(client, hall.staff["admin"])
    assert change(client, url_of(hall, "staff"), manager, hours="09:00-10:00").status_code == 200


def test_of_himself_nobody_changes_more_than_the_account(client: Client, hall: Hall) -> None:
    hire(client, account="second", role="admin", password=NEW)
    admin, url = token(client, hall.staff["admin"]), url_of(hall, "admin")
    for body in (
        {"role": "staff"},
        {"is_active": False},
        {"hours": "09:00-10:00"},
        {"allowed_ips": "10.0.0.1"},
    ):
        answer = change(client, url, admin, **body)
        assert (answer.status_code, "his own" in answer.text) == (422, True)
    assert client.raw("POST", f"{url}/password", json={}, key=admin).status_code == 422
    assert change(client, url, admin, account="owner").json()["account"] == "owner"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"role": "manager"}, "role: cannot change: this is the last Admin"),
        ({"is_active": False}, "is_active: cannot change: this is the last Admin"),
        ({"allowed_ips": "127.0.0.1"}, "allowed_ips: must stay empty"),
        ({"hours": "00:00-23:59"}, "hours: must stay empty"),
    ],
)
def test_the_last_way_in_stays_open(
    client: Client, hall: Hall, body: dict[str, Any], field: str
) -> None:
    answer = change(client, url_of(hall, "admin"), **body)
    assert (answer.status_code, field in answer.text) == (400, True), answer.text
    second = hire(client, account="second", role="admin").json()
    assert change(client, url_of(hall, "admin"), **body).status_code == 200
    assert change(client, f"{STAFF}/{second['staff_id']}", **body).status_code == 400


def test_an_account_of_somebody_else_is_refused(client: Client, hall: Hall) -> None:
    answer = change(client, url_of(hall, "staff"), account=hall.staff["admin"].upper())
    assert (answer.status_code, "account: belongs" in answer.text) == (400, True)
    own = change(client, url_of(hall, "staff"), account=hall.staff["staff"].upper())
    assert own.json()["account"] == hall.staff["staff"].upper()


def test_another_centre_has_no_such_person(client: Client, hall: Hall) -> None:
    other, url = open_hall(hall.store, 7778), url_of(hall, "staff")
    for method, path in (("GET", url), ("PUT", url), ("POST", f"{url}/password")):
        assert client.raw(method, path, json={}, key=other.api_key).status_code == 404
    assert hire(client, account=other.staff["staff"]).status_code == 200


def test_a_new_password_ends_every_sign_in(client: Client, hall: Hall) -> None:
    cashier, url = token(client, hall.staff["staff"]), url_of(hall, "staff")
    headers = {"Idempotency-Key": "give-1"}
    first = client.raw("POST", f"{url}/password", json={}, headers=headers)
    again = client.raw("POST", f"{url}/password", json={}, headers=headers)
    assert first.content == again.content
    assert client.raw("GET", ACCOUNT, key=cashier).status_code == 401
    assert login(client, hall.staff["staff"]).status_code == 401
    assert token(client, hall.staff["staff"], first.json()["password"])
    row = audited(hall)
    assert (row.subject_id, row.before, row.after) == (
        person(hall, hall.staff["staff"]).id,
        None,
        {"password": "changed"},
    )
    short = client.raw("POST", f"{url}/password", json={"password": "short"})
    assert (short.status_code, "password: must have" in short.text) == (400, True)


def test_ones_own_password_takes_the_old_one_and_ends_the_others(
    client: Client, hall: Hall
) -> None:
    mine, other = (token(client, hall.staff["staff"]) for _ in range(2))
    url, body = f"{ACCOUNT}/password", {"old_password": PASSWORD, "password": NEW}
    wrong = client.raw("PUT", url, json={**body, "old_password": "x"}, key=mine)
    assert (wrong.status_code, "old_password: is not your password" in wrong.text) == (400, True)
    short = client.raw("PUT", url, json={**body, "password": "short"}, key=mine)
    assert (short.status_code, "password: must have" in short.text) == (400, True)
    assert client.raw("GET", ACCOUNT, key=other).status_code == 200

    assert client.raw("PUT", url, json=body, key=mine).status_code == 200

    assert client.raw("GET", ACCOUNT, key=mine).json()["account"] == hall.staff["staff"]
    assert client.raw("GET", ACCOUNT, key=other).status_code == 401
    assert token(client, hall.staff["staff"], NEW)
    assert client.raw("PUT", url, json=body).status_code == 403
    assert client.raw("GET", ACCOUNT).status_code == 404


def test_wrong_old_passwords_are_slowed_down(client: Client, hall: Hall) -> None:
    mine = token(client, hall.staff["staff"])
    body = {"old_password": "x", "password": NEW}
    url = f"{ACCOUNT}/password"
    codes = [client.raw("PUT", url, json=body, key=mine).status_code for _ in range(6)]
    assert codes == [400] * 5 + [429]
    right = {**body, "old_password": PASSWORD}
    assert client.raw("PUT", url, json=right, key=mine).status_code == 429
    assert password_matches(person(hall, hall.staff["staff"]).password_hash, PASSWORD)


class TestLimits:
    """From where and when: of the person, and of the house for everybody but Admins."""

    def at(self, hour: int) -> clock.frozen:
        return clock.frozen(datetime(2026, 3, 4, hour, 30, tzinfo=UTC))

    def test_hours_of_a_person(self, client: Client, hall: Hall) -> None:
        change(client, url_of(hall, "staff"), hours="22:00-06:00")
        account = hall.staff["staff"]
        with self.at(12):
            early = login(client, account)
            assert (early.status_code, "from 22:00 to 06:00 only" in early.text) == (401, True)
            assert "22:00" not in login(client, account, "wrong").text
        with self.at(23):
            night = token(client, account)
        with self.at(9):
            assert client.raw("GET", ACCOUNT, key=night).status_code == 200

    def test_hours_of_the_house_bind_everybody_but_admins(self, client: Client, hall: Hall) -> None:
        client.ok("PUT", "/configs/centerSettings", json={"staff_access_range": "09:00-18:00"})
        with self.at(20):
            assert login(client, hall.staff["manager"]).status_code == 401
            assert login(client, hall.staff["staff"]).status_code == 401
            assert token(client, hall.staff["admin"])
        with self.at(9):
            assert token(client, hall.staff["staff"])

    def test_addresses_of_the_house_bind_everybody_but_admins(
        self, client: Client, hall: Hall
    ) -> None:
        client.ok("PUT", "/configs/centerSettings", json={"staff_allow_ip": "10.0.0.0/8"})
        assert login(client, hall.staff["staff"]).status_code == 401
        assert login(client, hall.staff["staff"], address="10.1.2.3").status_code == 200
        assert token(client, hall.staff["admin"])
        change(client, url_of(hall, "staff"), allowed_ips="127.0.0.1")
        assert login(client, hall.staff["staff"], address="10.1.2.3").status_code == 401

    def test_hours_are_those_of_the_centres_clock(self, client: Client, hall: Hall) -> None:
        east = open_hall(hall.store, 7779, zone="Asia/Manila")
        row = hall.store.read_sync(staff_by_account, 7779, east.staff["staff"])
        assert row is not None
        body = {"hours": "09:00-10:00"}
        url = f"{STAFF}/{row.id}"
        assert client.raw("PUT", url, json=body, key=east.api_key).status_code == 200
        sent = {"cafe_id": 7779, "account": east.staff["staff"], "password": PASSWORD}
        with self.at(1):
            assert client.raw("POST", LOGIN, key="", json=sent).status_code == 200
        with self.at(9):
            assert client.raw("POST", LOGIN, key="", json=sent).status_code == 401


def test_a_right_of_another_version_counts_for_nothing(client: Client, hall: Hall) -> None:
    row = person(hall, hall.staff["staff"])
    hall.store.run_sync(
        lambda tx, _: tx.run(
            sa.update(staff).where(staff.c.id == row.id).values(granted=["of.a.later.version"])
        ),
        None,
    )
    assert change(client, f"{STAFF}/{row.id}", hours="09:00-18:00").json()["granted"] == []


def test_the_cafe_api_tells_who_works_here(client: Client, hall: Hall) -> None:
    hire(client, password=NEW, allowed_ips="10.0.0.1")
    change(client, f"{STAFF}/{person(hall, 'kim').id}", is_active=False)
    row = client.ok("GET", "/staffs")[-1]
    assert (row["staff_name"], row["staff_role"], row["staff_is_active"]) == ("kim", "staff", 0)
    assert row["staff_allow_ip"] == "10.0.0.1"
    assert password_hash() not in str(row)
