"""How one comes in and goes out: sign-in, registration, codes of PCs, Center, Logout."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest

from lanhouse.auth import budgets
from lanhouse.cafe.members.queries import member_by_account
from lanhouse.cafe.members.queries.card import consents_of
from lanhouse.cafe.sessions.queries import packages_owned
from lanhouse.db.store import Store
from lanhouse.kit import clock
from lanhouse.kit.limits import SIGN_IN_FAILURES_PER_MINUTE
from tests.builders.centers import Hall
from tests.builders.client import Client
from tests.builders.floor import EURO, Floor, open_floor
from tests.builders.phone import HOME, Phone, fields_of
from tests.contract.pages.test_pages import text_of

PAGE = f"{HOME}/register"
NEW = {"account": "ada", "password": "quiet lamp", "again": "quiet lamp", "key": "k"}


@pytest.fixture
def floor(sqlite_store: Store) -> Floor:
    return open_floor(sqlite_store, pcs_count=2)


@pytest.fixture
def hall(floor: Floor) -> Hall:
    return floor.hall


def post(client: Client, form: dict[str, Any], path: str = PAGE) -> httpx.Response:
    return client.raw("POST", path, data=form, key="")


def test_register_and_come_in(client: Client, floor: Floor) -> None:
    assert "at the desk" in text_of(client.raw("GET", PAGE, key=""))
    assert post(client, NEW).status_code == 404
    floor.set(allow_public_register=True, new_member_offer=floor.add_offer("Welcome", 500))
    shown = client.raw("GET", PAGE, key="")
    assert fields_of(shown, PAGE)["key"]
    done = post(client, NEW)
    assert (done.status_code, done.headers["location"]) == (303, f"{HOME}/center"), text_of(done)
    row = floor.store.read_sync(member_by_account, 7777, "ada")
    assert row is not None
    assert row.expires_at is not None
    # Who registers himself is given nothing (new_member_offer).
    assert floor.store.read_sync(packages_owned, 7777, row.id, clock.now()) == []
    # The same form once more: the same account, signed in again.
    assert post(client, NEW).status_code == 303
    other = post(client, {**NEW, "key": "k2"})
    assert other.status_code >= 400
    assert "already exists" in text_of(other)
    cookie = next(c for c in done.headers.get_list("set-cookie") if "lanhouse_member" in c)
    page = client.raw("GET", f"{HOME}/center", headers={"Cookie": cookie.split(";")[0]}, key="")
    assert "Always open" in text_of(page)


def test_what_registering_refuses(client: Client, floor: Floor) -> None:
    floor.set(allow_public_register=True, register_agreement_enable=True, club_rules="No <b>shoes")
    for wrong, reason in (
        ({"account": ""}, "may hold letters"),
        ({"account": "a b"}, "may hold letters"),
        ({"account": "'; DROP TABLE members; --"}, "may hold letters"),
        ({"account": "x" * 51}, "must be at most 50"),
        ({"password": "short", "again": "short"}, "at least 6 characters"),
        ({"password": "123456", "again": "123456"}, "must be another one"),
        ({"again": "other one"}, "is not the same password"),
        ({"agrees": ""}, "is required"),
        ({"referral_code": "nobody"}, "does not exist"),
    ):
        refused = post(client, {**NEW, "agrees": "1", **wrong, "key": ""})
        assert refused.status_code >= 400, wrong
        assert reason in text_of(refused), (wrong, text_of(refused))
    assert floor.store.read_sync(member_by_account, 7777, "ada") is None
    assert "No <b>shoes" in text_of(client.raw("GET", f"{HOME}/rules", key=""))
    assert "<b>shoes" not in client.raw("GET", f"{HOME}/rules", key="").text


def test_what_is_agreed_to_is_kept(client: Client, floor: Floor) -> None:
    floor.set(allow_public_register=True)

    def agreed(account: str) -> list[tuple[str, str]]:
        row = floor.store.read_sync(member_by_account, 7777, account)
        assert row is not None
        found = floor.store.read_sync(consents_of, 7777, row.id)
        return [(each.kind, each.given_to) for each in found]

    # Nobody was asked: whatever a form says, nothing was agreed to.
    assert post(client, {**NEW, "agrees": "1"}).status_code == 303
    assert agreed("ada") == []
    floor.set(register_agreement_enable=True)
    assert post(client, {**NEW, "account": "bob", "agrees": "1", "key": "b"}).status_code == 303
    assert agreed("bob") == [("rules", "")]
    # Who opens accounts at the desk agrees to nothing for others.
    client.ok("POST", "/members", json={"member_account": "eva", "member_password": "sesame"})
    assert agreed("eva") == []


REQUIRED = {
    "first_name": "Ada",
    "last_name": "L",
    "birthday": "2000-01-02",
    "id_card": "12345",
    "phone": "+351 1",
    "email": "a@b.example",
    "comments": "by the window",
}


def test_each_required_field(client: Client, floor: Floor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budgets, "SIGN_IN_FAILURES_PER_MINUTE", 100)
    floor.set(allow_public_register=True)
    for number, (field, value) in enumerate(REQUIRED.items()):
        floor.set(member_settings=f'{{"member_{field}": 1}}')
        assert f'name="{field}"' in client.raw("GET", PAGE, key="").text
        new = {**NEW, "account": f"ada{number}"}
        refused = post(client, {**new, "key": ""})
        assert refused.status_code >= 400, field
        assert "is required" in text_of(refused)
        assert post(client, {**new, field: value, "key": ""}).status_code == 303, field


def test_a_deposit_is_paid_at_the_desk(client: Client, floor: Floor) -> None:
    floor.set(allow_public_register=True, member_settings='{"member_balance": 1}')
    assert "at the desk" in text_of(client.raw("GET", PAGE, key=""))
    assert post(client, NEW).status_code == 404


def test_tries_are_counted(client: Client, floor: Floor) -> None:
    floor.set(allow_public_register=True)
    wrong = {**NEW, "again": "x", "key": ""}
    for _ in range(SIGN_IN_FAILURES_PER_MINUTE):
        assert post(client, wrong).status_code == 400
    assert "Too many tries" in text_of(post(client, NEW))
    assert post(client, NEW).status_code == 429
    assert floor.store.read_sync(member_by_account, 7777, "ada") is None


def test_codes_and_the_other_address(client: Client, floor: Floor) -> None:
    code = "dType=openDevice&dName=PC01"
    led = client.raw("GET", f"/shop/hall7777?{code}", key="")
    assert led.headers["location"] == f"{HOME}?{code}"
    door = client.raw("GET", f"{HOME}?{code}", key="")
    assert "Then you go on to PC01." in text_of(door)
    register = client.raw("GET", f"{HOME}?request_type=register", key="")
    assert register.headers["location"] == PAGE
    ada = floor.add_member("ada", balance=EURO)
    phone = Phone(client, floor, ada)
    assert phone.get(f"{HOME}?{code}").headers["location"] == f"{HOME}/computer/start?pc=PC01"
    assert phone.get(HOME).headers["location"] == f"{HOME}/center"
    strange = phone.get(f"{HOME}?dType=openDevice&dName=%22%3E%3Cscript%3E").headers["location"]
    assert strange == f"{HOME}/computer/start?pc=%22%3E%3Cscript%3E"
    assert "<script>" not in phone.get(strange).text.partition("<main")[2]


def test_logout_asks_about_the_session(client: Client, floor: Floor) -> None:
    ada = floor.add_member("ada", balance=EURO)
    phone = Phone(client, floor, ada)
    assert "No session of yours is running." in text_of(phone.get(f"{HOME}/logout"))
    floor.member(ada, "PC01")
    asked = phone.get(f"{HOME}/logout")
    assert "You are playing on PC01. Also check out?" in text_of(asked)
    assert f"{HOME}/computer/checkout?pc=PC01" in asked.text
    assert phone.post(f"{HOME}/sign-out", {}).status_code == 303
    assert floor.is_busy("PC01")
    # "Back" shows nothing: no page is kept, and the sign-in is over.
    assert asked.headers["cache-control"] == "no-store"
    assert phone.get(f"{HOME}/account").status_code == 303


def test_more_and_center(client: Client, floor: Floor) -> None:
    floor.set(open_time_start="10:00", open_time_end="10:01", cafe_latlng="38.7,-9.1")
    floor.set(center_address="Rua 18", center_phone="+351 21 000")
    news = {"news_name": "Summer <b>cup</b>", "news_url": "https://cup.example", "news_show_qr": 1}
    client.ok("POST", "/news", json=news)
    phone = Phone(client, floor, floor.add_member("ada"))
    shown = phone.get(f"{HOME}/center")
    assert "Opening hours" in text_of(shown)
    assert all(each in text_of(shown) for each in ("Rua 18", "+351 21 000"))
    assert "Summer &lt;b&gt;cup&lt;/b&gt;" in shown.text
    assert 'alt="QR code of the page"' in shown.text
    assert "mlat=38.7&amp;mlon=-9.1" in shown.text
    more = text_of(phone.get(f"{HOME}/more"))
    assert all(word in more for word in ("Shop", "History", "My data", "Logout", "Deutsch"))


def test_more_leads_to_the_ranking_once_somebody_has_played(client: Client, floor: Floor) -> None:
    phone = Phone(client, floor, floor.add_member("ada"))
    assert "/rank/" not in phone.get(f"{HOME}/more").text
    floor.set(reward_coin_from_games=True, reward_coin_from_events=True, rank_last_days=7)
    cup = {
        "name": "Cup",
        "game_code": "cs",
        "starts_local": "2020-01-01",
        "ends_local": "2050-01-01",
    }
    made = client.raw("POST", "/api/native/v1/events", json=cup).json()
    record = {"action": "custom-match-stats", "custom_wins": "1", "custom_kills": 2}
    client.ok(
        "POST",
        f"/events/{made['event_id']}/addCustomRecord",
        json={**record, "custom_member_account": "ada"},
    )
    found = re.search(r'href="(/rank/[^"]+)"', phone.get(f"{HOME}/more").text)
    assert found is not None
    page = phone.get(found[1])
    assert page.status_code == 200
    assert f'href="{HOME}/more"' in page.text
