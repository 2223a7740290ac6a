"""Points by hand and referral codes on the native API, and the code at a registration."""

from __future__ import annotations

import pytest

from tests.builders.centers import Hall
from tests.builders.client import Client
from tests.builders.floor import EURO, Floor


@pytest.fixture
def floor(hall: Hall) -> Floor:
    return Floor(hall.store, hall)


def test_points_are_given_and_taken(client: Client, floor: Floor) -> None:
    ada = floor.add_member("ada")
    path = f"/api/native/v1/members/{ada}/points"
    given = client.raw("POST", path, json={"points": "12.50", "comment": "contest"})
    assert given.json() == {"member_id": ada, "points": "12.50"}
    assert client.raw("POST", path, json={"points": -2}).json()["points"] == "10.50"
    for wrong in ("0", "-11", "x", "1e9", ""):
        assert client.raw("POST", path, json={"points": wrong}).status_code == 400
    assert client.raw(
        "POST", "/api/native/v1/members/5/points", json={"points": 1}
    ).status_code in (*(400, 404),)
    assert floor._balances("member", ada) == {("point", "POINT"): 10_500_000}
    assert [row.details for row in floor.logs("REWARD")] == [
        "Points: 12.50. Comment: contest",
        "Points: -2.00",
    ]
    floor.verify()


def test_a_friend_comes_by_a_code(client: Client, floor: Floor) -> None:
    ada = floor.add_member("ada", balance=EURO)
    path = f"/api/native/v1/members/{ada}/referral-code"
    code = client.raw("POST", path).json()["code"]
    assert client.raw("POST", path).json() == {"member_id": ada, "code": code}
    new = {"member_account": "bob", "member_password": "secret", "referral_code": code}
    client.ok("POST", "/members", json=new)
    wrong = {**new, "member_account": "cyd", "referral_code": "NOBODY"}
    assert client.refused("POST", "/members", json=wrong) == (400, "referral_code: does not exist")
