"""A password that staff has set opens nothing but its change, and not for long (decision 0158)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from lanhouse.cafe.members.queries import member_by_account
from lanhouse.cafe.members.tables import members
from lanhouse.cafe.surfaces import PORTAL_COOKIE
from lanhouse.kit import clock
from tests.builders.centers import Hall
from tests.builders.client import Client
from tests.builders.floor import Floor

HOME = "/portal/hall7777"
SET_OVER = sa.update(members).values(
    password_until=sa.bindparam("over", type_=members.c.password_until.type)
)
NEW = "sesame street"


@pytest.fixture
def floor(hall: Hall, freeze: clock.frozen) -> Floor:
    return Floor(hall.store, hall)


@pytest.fixture
def eva(client: Client) -> int:
    """A member whose password was reset by the café API."""
    body = {"member_account": "eva", "member_password": "before"}
    member_id = client.ok("POST", "/members", json=body)["member_id"]
    client.ok("POST", "/members/action/resetPassword", json={"member_ids": member_id})
    return member_id


def info(client: Client, password: str) -> tuple[int, Any]:
    body = {"member_account": "eva", "member_password": password}
    answer = client.call("POST", "/members/action/memberInfo", json=body)
    return answer["code"], answer.get("data", {}).get("must_change_password")


def signed_in(client: Client, password: str) -> str:
    form = {"account": "eva", "password": password}
    answer = client.raw("POST", HOME, key="", data=form)
    if answer.status_code != 303:
        return ""
    assert answer.headers["location"] == f"{HOME}/center"
    return answer.headers["set-cookie"].partition(";")[0]


def get(client: Client, cookie: str, path: str) -> tuple[int, str]:
    answer = client.raw("GET", f"{HOME}{path}", key="", headers={"Cookie": cookie})
    return answer.status_code, answer.headers.get("location", "")


def change(client: Client, cookie: str, **form: str) -> Any:
    body = {"old_password": "123456", "new_password": NEW, "again": NEW, **form}
    return client.raw("POST", f"{HOME}/password", key="", data=body, headers={"Cookie": cookie})


def test_it_is_right_and_must_be_changed(client: Client, floor: Floor, eva: int) -> None:
    assert info(client, "before")[0] == 400
    assert info(client, "123456") == (200, 1)
    client.ok("PUT", f"/members/{eva}", json={"member_password": "mine"})
    assert info(client, "mine") == (200, 0)


def test_after_a_day_it_is_a_wrong_password(client: Client, floor: Floor, eva: int) -> None:
    row = floor.store.read_sync(member_by_account, 7777, "eva")
    assert row is not None
    assert timedelta(hours=23) < row.password_until - clock.real_now() <= timedelta(hours=24)
    cookie = signed_in(client, "123456")
    floor.run(lambda tx, _: tx.run(SET_OVER, over=clock.real_now()), None)
    assert info(client, "123456")[0] == 400
    assert signed_in(client, "123456") == ""
    # Who was signed in before can do nothing with it either.
    assert change(client, cookie).status_code == 400
    assert get(client, cookie, "/account") == (303, HOME)


def test_the_portal_shows_only_the_change(client: Client, floor: Floor, eva: int) -> None:
    cookie = signed_in(client, "123456")
    assert cookie.startswith(PORTAL_COOKIE)
    for path in ("/account", "/history"):
        assert get(client, cookie, path) == (303, HOME)
    assert get(client, cookie, "") == (303, f"{HOME}/password")
    assert get(client, cookie, "/password") == (200, "")
    other = signed_in(client, "123456")
    answer = change(client, cookie)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{HOME}/account")
    assert get(client, cookie, "/account") == (200, "")
    assert get(client, other, "/password") == (303, HOME)
    assert info(client, NEW) == (200, 0)
    assert info(client, "123456")[0] == 400
    told = [row.details for row in floor.logs("MEMBER") if row.member_id == eva]
    assert told[-1] == "Password changed by himself"


@pytest.mark.parametrize(
    ("form", "reason"),
    [
        ({"old_password": "x"}, "The account or the password is wrong."),
        ({"again": "other"}, "is not the same password"),
        ({"new_password": "123456", "again": "123456"}, "must be another one than before"),
        ({"new_password": "short", "again": "short"}, "must have at least 6 characters"),
        ({"new_password": "a" * 200, "again": "a" * 200}, ""),
        ({"new_password": ""}, "must have at least 6 characters"),
    ],
)
def test_a_change_that_is_refused(
    client: Client, floor: Floor, eva: int, form: dict[str, str], reason: str
) -> None:
    cookie = signed_in(client, "123456")
    answer = change(client, cookie, **form)
    assert answer.status_code in (400, 422)
    assert reason in answer.text
    assert info(client, "123456") == (200, 1)


def test_nobody_changes_it_from_elsewhere(client: Client, floor: Floor, eva: int) -> None:
    cookie = signed_in(client, "123456")
    headers = {"Cookie": cookie, "Origin": "https://evil.example"}
    body = {"old_password": "123456", "new_password": NEW, "again": NEW}
    answer = client.raw("POST", f"{HOME}/password", key="", data=body, headers=headers)
    assert answer.status_code == 403
    assert client.raw("POST", f"{HOME}/password", key="", data=body).status_code == 303
    assert info(client, "123456") == (200, 1)
