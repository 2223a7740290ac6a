"""Rights as a set per person: role as template, differences granted and withheld."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from lanhouse.auth.rights import RIGHTS, rights_of, rights_of_person
from lanhouse.cafe.staff.commands import NewStaff, create_staff
from lanhouse.cafe.staff.queries import staff_by_account
from lanhouse.db.audit import audit_log
from tests.builders.centers import PASSWORD, Hall, open_hall
from tests.builders.client import Client

STAFF = "/api/native/v1/staff"


def staff_id(hall: Hall, role: str) -> int:
    person = hall.store.read_sync(lambda read, _: staff_by_account(read, 7777, f"{role}7777"), None)
    assert person is not None
    return person.id


def token(client: Client, account: str) -> str:
    body = {"cafe_id": 7777, "account": account, "password": PASSWORD}
    url = "/api/native/v1/auth/staff-login"
    return client.raw("POST", url, key="", json=body).json()["token"]


def put(client: Client, hall: Hall, role: str, key: str = "", **body: Any) -> Any:
    url = f"{STAFF}/{staff_id(hall, role)}/rights"
    return client.raw("PUT", url, json=body, **({"key": key} if key else {}))


def may(client: Client, key: str, method: str, url: str) -> bool:
    return client.raw(method, url, key=key).status_code != 403


def test_a_person_is_the_template_and_the_differences() -> None:
    has = rights_of_person("staff", ["offers.edit", "of.a.later.version"], ["members.loan"])
    assert has ^ rights_of("staff") == {"offers.edit", "members.loan"}
    assert "account.self" in rights_of_person("staff", [], [*RIGHTS, "account.self"])


def test_a_granted_and_a_withheld_right_hold_from_the_next_call_on(
    client: Client, hall: Hall
) -> None:
    cashier = token(client, "staff7777")
    prices, staff = "/api/native/v1/prices", STAFF
    assert may(client, cashier, "GET", prices)
    assert not may(client, cashier, "GET", staff)

    answer = put(client, hall, "staff", granted=["staff.view"], withheld=["prices.view"])

    assert answer.status_code == 200
    assert (answer.json()["granted"], answer.json()["withheld"]) == (
        ["staff.view"],
        ["prices.view"],
    )
    assert not may(client, cashier, "GET", prices)
    assert may(client, cashier, "GET", staff)
    assert put(client, hall, "staff").json()["rights"] == sorted(rights_of("staff"))
    assert may(client, cashier, "GET", prices)
    assert not may(client, cashier, "GET", staff)


def test_what_the_role_says_anyway_is_not_kept(client: Client, hall: Hall) -> None:
    answer = put(client, hall, "staff", granted=["pcs.view"], withheld=["clock.accept"])
    assert (answer.json()["granted"], answer.json()["withheld"]) == ([], [])


def test_names_are_checked(client: Client, hall: Hall) -> None:
    answer = put(client, hall, "staff", granted=["no.such"], withheld=["account.self"])
    assert answer.status_code == 400
    assert "unknown right: no.such" in answer.text
    assert "unknown right: account.self" in answer.text
    both = put(client, hall, "staff", granted=["pcs.edit"], withheld=["pcs.edit"])
    assert "is granted too: pcs.edit" in both.text
    assert client.raw("PUT", f"{STAFF}/999/rights", json={}).status_code == 404


def test_nobody_changes_his_own_or_moves_what_he_has_not(client: Client, hall: Hall) -> None:
    put(client, hall, "manager", granted=["staff.edit"])
    manager = token(client, "manager7777")
    own = put(client, hall, "manager", manager, granted=["staff.edit", "settings.edit"])
    assert (own.status_code, "his own" in own.text) == (422, True)
    more = put(client, hall, "staff", manager, granted=["settings.edit"])
    assert (more.status_code, "settings.edit" in more.text) == (403, True)
    put(client, hall, "staff", granted=["settings.edit"])
    less = put(client, hall, "staff", manager)
    assert (less.status_code, "settings.edit" in less.text) == (403, True)
    fine = put(client, hall, "staff", manager, granted=["settings.edit", "pcs.edit"])
    assert fine.status_code == 200


def test_the_last_whole_admin_stays_whole(client: Client, hall: Hall) -> None:
    refused = put(client, hall, "admin", withheld=["members.loan"])
    assert (refused.status_code, "last Admin" in refused.text) == (422, True)
    second = NewStaff(center_id=7777, account="second", password_hash="x", role="admin")
    second_id = hall.store.run_sync(create_staff, second)
    assert put(client, hall, "admin", withheld=["members.loan"]).status_code == 200
    url = f"{STAFF}/{second_id}/rights"
    assert client.raw("PUT", url, json={"withheld": ["members.loan"]}).status_code == 422


def test_another_centre_has_no_such_person(client: Client, hall: Hall) -> None:
    other = open_hall(hall.store, 7778)
    url = f"{STAFF}/{staff_id(hall, 'staff')}/rights"
    assert client.raw("GET", url, key=other.api_key).status_code == 404
    assert client.raw("PUT", url, json={}, key=other.api_key).status_code == 404


def test_the_change_is_audited(client: Client, hall: Hall) -> None:
    put(client, hall, "staff", granted=["staff.view"])
    row = hall.store.read_sync(lambda read, _: read.one(sa.select(audit_log)), None)
    assert row is not None
    assert (row.subject, row.subject_id) == ("staff", staff_id(hall, "staff"))
    assert (row.before, row.after) == ({"granted": []}, {"granted": ["staff.view"]})


def test_the_list_shows_template_and_differences(client: Client, hall: Hall) -> None:
    put(client, hall, "staff", granted=["staff.view"])
    rows = {row["account"]: row for row in client.raw("GET", STAFF).json()}
    row = rows["staff7777"]
    assert row["template"] == sorted(rights_of("staff"))
    assert set(row["rights"]) == rights_of("staff") | {"staff.view"}
    one = client.raw("GET", f"{STAFF}/{row['staff_id']}/rights")
    assert one.json() == row


@pytest.mark.parametrize("role", ["staff", "manager"])
def test_only_with_the_right(client: Client, hall: Hall, role: str) -> None:
    answer = put(client, hall, "admin", token(client, f"{role}7777"), granted=[])
    assert answer.status_code == 403
