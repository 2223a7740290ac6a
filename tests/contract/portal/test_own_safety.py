"""A member sees where he is signed in, ends it, and limits himself; without a script."""

from __future__ import annotations

import pytest

from lanhouse.auth.tokens import sign_ins_of
from lanhouse.cafe.own_limits.queries import limits_of
from lanhouse.cafe.own_limits.schemas import Kind
from lanhouse.db.store import Store
from tests.builders.centers import Hall
from tests.builders.client import Client
from tests.builders.floor import EURO, Floor, open_floor
from tests.builders.phone import HOME, Phone
from tests.contract.pages.test_pages import text_of


@pytest.fixture
def floor(sqlite_store: Store) -> Floor:
    return open_floor(sqlite_store, pcs_count=2)


@pytest.fixture
def hall(floor: Floor) -> Hall:
    return floor.hall


def count(floor: Floor, member_id: int) -> int:
    return len(floor.store.read_sync(sign_ins_of, 7777, "member", member_id))


def test_sign_out_everywhere_else(client: Client, floor: Floor) -> None:
    eva, tom = floor.add_member("eva"), floor.add_member("tom")
    mine, lost, third = (Phone(client, floor, eva) for _ in range(3))
    his = Phone(client, floor, tom)
    page = mine.get(f"{HOME}/sign-ins")
    assert text_of(page).count("this one") == 1
    assert page.text.count('name="sign_in"') == 3
    named = page.text.split('name="sign_in" value="')[1].split('"')[0]
    done = mine.post(f"{HOME}/sign-ins/end", {"sign_in": named})
    assert (done.status_code, done.headers["location"]) == (303, f"{HOME}/sign-ins")
    assert count(floor, eva) == 2
    # The same once more, and somebody else's, change nothing.
    mine.post(f"{HOME}/sign-ins/end", {"sign_in": named})
    other = his.get(f"{HOME}/sign-ins")
    assert named not in other.text
    left = mine.get(f"{HOME}/sign-ins").text.split('name="sign_in" value="')[1].split('"')[0]
    his.post(f"{HOME}/sign-ins/end", {"sign_in": left})
    assert (count(floor, eva), count(floor, tom)) == (2, 1)
    mine.post(f"{HOME}/sign-ins/end", {"sign_in": ""})
    assert (count(floor, eva), count(floor, tom)) == (1, 1)
    assert mine.get(f"{HOME}/account").status_code == 200
    assert {lost.get(f"{HOME}/account").status_code, third.get(f"{HOME}/account").status_code} == {
        303
    }


def test_limits_are_set_and_shown(client: Client, floor: Floor) -> None:
    eva = floor.add_member("eva", balance=10 * EURO)
    phone = Phone(client, floor, eva)
    to = f"{HOME}/limits"
    assert "no limit" in text_of(phone.get(to))
    assert phone.post(to, {"kind": "play", "play": "1:30"}).status_code == 303
    assert phone.post(to, {"kind": "topup", "topup": "60,00"}).status_code == 303
    assert phone.post(to, {"kind": "late", "late": "00:30"}).status_code == 303
    found = floor.store.read_sync(limits_of, eva)
    assert {kind: one.value for kind, one in found.items()} == {
        Kind.PLAY: 5400,
        Kind.TOPUP: 60 * EURO,
        Kind.LATE: 1110,
    }
    assert phone.post(to, {"kind": "topup", "topup": "90"}).status_code == 303
    shown = text_of(phone.get(to))
    assert "Stay with €60.00" in shown
    assert phone.post(to, {"kind": "topup", "topup": "60.00"}).status_code == 303
    assert "Stay with" not in text_of(phone.get(to))
    for kind, typed in (("play", "x"), ("play", "0:05"), ("late", "25:00"), ("topup", "-1")):
        answer = phone.post(to, {"kind": kind, kind: typed})
        assert answer.status_code in (400, 422), (kind, typed)
    assert phone.post(to, {"kind": "nothing"}).status_code in (400, 422)


def test_a_break_must_be_meant(client: Client, floor: Floor) -> None:
    eva = floor.add_member("eva", balance=10 * EURO)
    phone = Phone(client, floor, eva)
    to = f"{HOME}/limits/break"
    assert phone.post(to, {"days": "7"}).status_code in (400, 422)
    assert phone.post(to, {"days": "2", "sure": "1"}).status_code in (400, 422)
    assert phone.post(to, {"days": "7", "sure": "1"}).status_code == 303
    assert "Your break lasts until" in text_of(phone.get(f"{HOME}/limits"))
    started = phone.post(f"{HOME}/computer/start", {"pc": "PC01", "key": "k"})
    assert started.status_code >= 400
    assert floor.session_ids() == []
