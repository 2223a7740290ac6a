"""What a member's token, and that of a PC, may call; and that it is done, read back and logged."""

from __future__ import annotations

import base64
from typing import Any

import pytest
import sqlalchemy as sa

from lanhouse.auth.tokens import NewToken, issue_token
from lanhouse.cafe.client.tables import favorite_games
from lanhouse.cafe.members.queries.card import consents_of
from tests.builders.centers import PASSWORD, open_hall
from tests.builders.client import Client
from tests.builders.floor import EURO, Floor
from tests.builders.nouns.payments import use_webhook
from tests.builders.people import bearer_of
from tests.builders.seats import ask, device, login, token_of

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
MEMBER, SEAT, STAFF = "member", "seat", "staff"
CALLS: list[tuple[str, str, set[str]]] = [
    ("GET", "/memberSelf", {MEMBER}),
    ("POST", "/memberChangePassword", {MEMBER, STAFF}),
    ("POST", "/clientStartSession", {MEMBER}),
    ("GET", "/memberChecklist", {MEMBER, SEAT}),
    ("GET", "/memberMessage", {MEMBER}),
    ("POST", "/switchToAvailableOffer", {MEMBER}),
    ("POST", "/autoCheckout", {MEMBER, SEAT}),
    ("POST", "/toggleFavoriteGame", {MEMBER}),
    ("POST", "/updateAvatar", {MEMBER}),
    ("POST", "/memberAddGuest", {SEAT}),
    ("POST", "/clientMemberRegister", {SEAT}),
    ("POST", "/syslog", {SEAT}),
    ("POST", "/convertToMember", {MEMBER, STAFF}),
    ("POST", "/submitOrder", {MEMBER, SEAT, STAFF}),
    ("GET", "/memberPcStatus", {MEMBER, STAFF}),
    ("GET", "/memberOrders", {MEMBER, STAFF}),
    ("GET", "/memberBalanceHistory", {MEMBER, STAFF}),
    ("POST", "/calculate/amount", {MEMBER, SEAT, STAFF}),
    ("POST", "/calculate/time", {MEMBER, SEAT, STAFF}),
    ("GET", "/members", {STAFF}),
    ("POST", "/pcSessions/memberSession", {STAFF}),
    ("POST", "/members/action/topup", {STAFF}),
]


def choose(client: Client, group: str, **values: Any) -> None:
    """Change settings by the door, so that the next call sees them."""
    answer = client.raw("PUT", f"/api/native/v1/settings/{group}", key=client.key, json=values)
    assert answer.status_code == 200, answer.text


@pytest.fixture
def own(floor: Floor, ada: int) -> str:
    """The token of ada's own program."""
    return floor.run(issue_token, NewToken(7777, "member", "bearer", ada))


@pytest.mark.parametrize(
    ("method", "path", "who"), CALLS, ids=[f"{method} {path}" for method, path, _ in CALLS]
)
def test_who_may_call_what(
    client: Client, floor: Floor, own: str, method: str, path: str, who: set[str]
) -> None:
    other = open_hall(floor.store, 7778)
    theirs = floor.run(issue_token, NewToken(7778, "pc", "device", 1))
    callers = {
        client.key: STAFF,
        bearer_of(floor.hall, "admin"): STAFF,
        own: MEMBER,
        device(floor): SEAT,
    }
    for key, kind in callers.items():
        code = client.call(method, path, key=key)["code"]
        assert (code == 403) is (kind not in who), (kind, code)
        assert code not in (401, 500)
    for key in ("", "lhm_wrong", other.api_key, theirs):
        assert client.call(method, path, key=key)["code"] == 401


@pytest.mark.parametrize("path", ["/memberPcStatus", "/memberOrders", "/memberBalanceHistory"])
def test_a_member_sees_his_own_alone(
    client: Client, floor: Floor, ada: int, own: str, path: str
) -> None:
    bob = floor.add_member("bob", balance=EURO)
    shown = client.ok("GET", path, params={"member_id": ada}, key=own)
    assert shown == client.ok("GET", path, params={"member_id": ada})
    for number in (bob, 1, 10**10):
        told = client.refused("GET", path, params={"member_id": number}, key=own)
        assert told == (400, "Member not found")
    assert client.call("GET", path, key=own)["code"] == 400


def test_another_members_account_is_not_found(
    client: Client, floor: Floor, ada: int, own: str
) -> None:
    bob = floor.add_member("bob", balance=EURO)
    none = (400, "Member not found")
    change = {"old_password": PASSWORD, "new_password": "sesame street"}
    calls: list[tuple[str, str, dict[str, Any]]] = [
        ("POST", "/clientStartSession", {"member_account": "bob", "pc_name": "PC01"}),
        ("POST", "/memberChangePassword", change | {"member_account": "bob"}),
        ("POST", "/memberChangePassword", change | {"member_id": bob}),
        ("POST", "/calculate/amount", {"member_account": "bob", "pc_name": "PC01", "mins": 60}),
        ("POST", "/convertToMember", {"member_account": "x", "member_password": "secret1",
                                      "guest_account": "bob"}),
    ]  # fmt: skip
    for method, path, body in calls:
        assert client.refused(method, path, json=body, key=own) == none
    assert client.refused("GET", "/memberMessage?member_account=bob", key=own) == none
    assert floor.session_ids() == []
    body = {"member_account": "ADA", "pc_name": "PC01", "mins": 60}
    assert client.ok("POST", "/calculate/amount", json=body, key=own)["cost"] == "2.00"
    assert client.ok("POST", "/calculate/amount", json=body | {"member_account": "Guest"}, key=own)


def test_a_password_is_changed_by_the_old_one(client: Client, floor: Floor, ada: int) -> None:
    one, two = token_of(client), token_of(client)
    path = "/memberChangePassword"

    def refused(**more: Any) -> str:
        body = {"old_password": PASSWORD, "new_password": "sesame street", **more}
        return client.refused("POST", path, json=body, key=one)[1]

    assert refused(old_password="no").startswith("old_password: The account or the password")
    assert refused(new_password="123456") == "new_password: must be another one than before"
    assert refused(new_password="abc") == "new_password: must have at least 6 characters"
    assert refused(new_password=PASSWORD) == "new_password: must be another one than before"
    assert "new_password" in refused(new_password="x" * 1_000_00)
    body = {"account": "ada", "old_password": PASSWORD, "new_password": "sesame street"}
    assert client.ok("POST", path, json=body, key=one) == {}
    assert client.ok("GET", "/memberSelf", key=one)["member_id"] == ada
    assert client.call("GET", "/memberSelf", key=two)["code"] == 401
    assert login(client)["code"] == 400
    assert [row.details for row in floor.logs("MEMBER")] == ["Password changed by himself"]
    # A program with a key may do it for him, who tells both.
    again = {"member_id": ada, "old_password": "sesame street", "new_password": "another one"}
    assert client.ok("POST", path, json=again) == {}
    assert login(client, member_password="another one")["code"] == 200
    assert client.refused("POST", path, json=again | {"member_id": None})[1].startswith(
        "member_account: is required"
    )


def test_a_member_orders_to_where_he_plays(
    client: Client, floor: Floor, ada: int, own: str
) -> None:
    cola = floor.add_product("Cola", 9, price_micros=2 * EURO)
    body = {"payment_method": 1, "items": [{"product_id": f"p-{cola}", "qty": 2}]}
    assert client.refused("POST", "/submitOrder", json=body, key=own)[0] == 400
    floor.guest("postpaid", "PC02")
    told = client.refused("POST", "/submitOrder", json=body | {"pc_name": "PC02"}, key=own)
    assert told == (400, "Nobody plays at PC02.")
    client.ok("POST", "/clientStartSession", json={"pc_name": "PC01"}, key=own)
    done = client.ok("POST", "/submitOrder", json=body, key=own)
    assert (done["order_money"], done["pay_method"]) == ("4.00", 1)
    assert floor.money(ada)[0] == 6 * EURO
    (row,) = client.ok("GET", "/memberOrders", params={"member_id": ada}, key=own)["orders"]
    assert (row["order_no"], row["order_pc"]) == (done["order_no"], "PC01")
    check = client.ok("GET", "/memberChecklist", key=own)
    assert (check["member"]["member_id"], check["pc"]["pc_name"]) == (ada, "PC01")
    assert check["orders"] == []
    seat = client.ok("GET", "/memberChecklist", key=device(floor))
    assert seat["member"]["member_account"] == "ada"
    assert client.refused("GET", "/memberChecklist", key=device(floor, "PC03")) == (
        400,
        "No session on this PC",
    )
    floor.verify()


def test_messages_are_his_own(client: Client, floor: Floor, ada: int, own: str) -> None:
    assert client.ok("GET", "/memberMessage", key=own) == {"log_list": []}


def test_a_package_is_taken_and_nothing_sold(
    client: Client, floor: Floor, ada: int, own: str
) -> None:
    client.ok("POST", "/clientStartSession", json={"pc_name": "PC01"}, key=own)
    for _ in range(2):
        shown = client.ok("POST", "/switchToAvailableOffer", key=own)
        assert shown["client"]["start_session"] == 1
        assert shown["member"]["available_offers"] == []
    assert floor.money(ada) == (10 * EURO, 0)
    assert floor.logs("OFFER") == []


def test_a_game_is_liked_and_not_any_more(client: Client, floor: Floor, ada: int, own: str) -> None:
    def liked() -> list[tuple[int, int]]:
        rows = floor.store.read_sync(lambda read: read.all(sa.select(favorite_games)))
        return [(row.member_id, row.game_id) for row in rows]

    def toggle(**body: Any) -> Any:
        return client.call("POST", "/toggleFavoriteGame", json=body, key=own)

    assert toggle(pkg_id=7)["data"] == {"pkg_id": 7, "is_favorite": 1}
    assert toggle(game_id="8")["data"] == {"pkg_id": 8, "is_favorite": 1}
    assert liked() == [(ada, 7), (ada, 8)]
    assert toggle(pkg_id=7)["data"] == {"pkg_id": 7, "is_favorite": 0}
    assert liked() == [(ada, 8)]
    # A retry with the same key does not take it back.
    options = {"json": {"pkg_id": 9}, "key": own, "headers": {"Idempotency-Key": "k1"}}
    for _ in range(2):
        assert client.ok("POST", "/toggleFavoriteGame", **options)["is_favorite"] == 1
    for wrong in ({}, {"pkg_id": 0}, {"pkg_id": "x"}, {"pkg_id": 10**30}):
        assert toggle(**wrong)["code"] == 400
    assert liked() == [(ada, 8), (ada, 9)]


def test_a_picture_of_oneself_needs_consent(
    client: Client, floor: Floor, ada: int, own: str
) -> None:
    sent = {"avatar": base64.b64encode(PNG).decode()}

    def refused(**more: Any) -> str:
        return client.refused("POST", "/updateAvatar", json=sent | more, key=own)[1]

    assert "keeps no photos" in refused(agree=1)
    choose(client, "member", allow_member_upload_photo=1)
    assert refused() == "The member has not agreed to a photo."
    assert refused(avatar="").startswith("avatar: ")
    assert refused(avatar="%%%") == "avatar: must be a picture in base64"
    assert refused(avatar=base64.b64encode(b"<svg>").decode(), agree=1).startswith("avatar: ")
    assert client.ok("GET", "/memberSelf", key=own)["member_photo"] == ""
    client.ok("POST", "/updateAvatar", json=sent | {"agree": 1}, key=own)
    assert client.ok("GET", "/memberSelf", key=own)["member_photo"] != ""
    file = {"avatar": ("a.png", PNG, "image/png")}
    client.ok("POST", "/updateAvatar", files=file, key=own)
    client.ok("POST", "/updateAvatar", json={"remove": 1}, key=own)
    assert client.ok("GET", "/memberSelf", key=own)["member_photo"] == ""


def agreed(floor: Floor, member_id: int) -> list[str]:
    """What a member has agreed to himself, and not withdrawn."""
    rows = floor.store.read_sync(consents_of, 7777, member_id)
    return [row.kind for row in rows if not row.given_to and row.withdrawn_at is None]


def test_a_guest_becomes_a_member_by_himself(client: Client, floor: Floor) -> None:
    new = {"member_expire_time_local": "2030-01-01", "member_balance": 5}
    guest = client.ok("POST", "/members/action/addGuest", json=new)
    gold = floor.add_member_group("Gold")
    token = floor.run(issue_token, NewToken(7777, "member", "bearer", guest["member_id"]))
    body = {"member_account": "eva", "member_password": "sesame", "member_group_id": gold,
            "member_comments": "VIP", "member_balance": 100}  # fmt: skip
    choose(client, "member", register_agreement_enable=1)
    told = client.refused("POST", "/convertToMember", json=body, key=token)
    assert told == (400, "agree: is required")
    done = client.ok("POST", "/convertToMember", json=body | {"agree": 1}, key=token)
    assert agreed(floor, guest["member_id"]) == ["rules"]
    assert done == {"member_id": guest["member_id"], "member_account": "eva"}
    shown = client.ok("GET", f"/members/{guest['member_id']}")["member"]
    told = [shown[f"member_{name}"] for name in ("group_id", "comments", "balance")]
    assert told == [0, "", "5.00"]
    assert client.call("GET", "/memberSelf", key=token)["code"] == 401
    own = token_of(client, member_account="eva", member_password="sesame")
    assert client.refused("POST", "/convertToMember", json=body, key=own)[0] == 400
    floor.verify()


def test_the_program_of_a_seat_reports_who_left_it(client: Client, floor: Floor) -> None:
    seat = device(floor)
    assert client.ok("POST", "/syslog", json={"event": "ADMINEXIT"}, key=seat) == {}
    (row,) = client.ok("GET", "/billingLogs", params={"event": "ADMINEXIT"})["log_list"]
    assert (row["log_pc_name"], row["log_money"]) == ("PC01", "0.00")
    for body in ({}, {"event": "TOPUP"}, {"event": "x" * 1_000_00}):
        assert client.call("POST", "/syslog", json=body, key=seat)["code"] == 400
    other = {"event": "ADMINEXIT", "pc_name": "PC02"}
    told = client.refused("POST", "/syslog", json=other, key=seat)
    assert told == (403, "This is the program of PC01.")
    assert len(floor.logs("ADMINEXIT")) == 1


def test_somebody_registers_at_the_seat(client: Client, floor: Floor) -> None:
    seat, path = device(floor), "/clientMemberRegister"
    form = client.ok("POST", path, json={"pc_name": "PC01"}, key=seat)
    assert (form["register_member_at_client"], form["register_agreement_enable"]) == (0, 0)
    assert len(form["member_settings"]) == 11
    body = {"pc_name": "PC01", "member_account": "eva", "member_password": "sesame"}

    def refused(**more: Any) -> str:
        return client.refused("POST", path, json=body | more, key=seat)[1]

    assert refused() == "Nobody registers at the seat here. Ask at the desk."
    choose(client, "member", register_member_at_client=1, register_agreement_enable=1)
    assert refused() == "agree: is required"
    assert refused(agree=1, member_password="") == "member_password: is required"
    assert refused(agree=1, member_confirm="x") == "member_confirm: is not the same password"
    assert refused(agree=1, member_account="<b>'; DROP").startswith("member_account: may hold")
    assert refused(agree=1, pc_name="PC02") == "This is the program of PC01."
    done = client.ok("POST", path, json=body | {"agree": 1, "member_balance": 50}, key=seat)
    shown = client.ok("GET", f"/members/{done['member_id']}")["member"]
    assert (shown["member_account"], shown["member_balance"]) == ("eva", "0.00")
    assert agreed(floor, done["member_id"]) == ["rules"]
    assert "already exists" in refused(agree=1)
    assert ask(client, "memberLogin", license_name="hall7777", member_account="eva",
               member_password="sesame")["code"] == 200  # fmt: skip
    floor.verify()


def test_a_guest_is_made_for_a_payment_and_nothing_sold(client: Client, floor: Floor) -> None:
    seat, path = device(floor), "/memberAddGuest"
    body = {"topup_amount": "5", "pc_name": "PC01"}
    told = client.refused("POST", path, json=body, key=seat)
    assert told == (400, "Nobody tops up at the seat before signing in here.")
    choose(client, "client", topup_login_at_client=1)
    assert client.refused("POST", path, json=body, key=seat) == (
        400,
        "QR top-up is not available",
    )
    use_webhook(floor)
    choose(client, "payment", enable_topup=1)
    answer = client.ok("POST", path, json=body, key=seat)
    assert answer["member_account"].startswith("G_")
    assert answer["payment"]["amount"] == "5.00"
    assert floor.money(answer["member_id"]) == (0, 0)
    number = {"order_no": answer["payment"]["order_no"]}
    assert client.ok("GET", "/getTopupStatus", params=number, key=seat)["order_status"] == 4
    beside = device(floor, "PC02")
    assert client.refused("GET", "/getTopupStatus", params=number, key=beside)[0] == 400
    client.ok("POST", "/manual/pay", json=number)
    assert floor.money(answer["member_id"]) == (5 * EURO, 0)
    for wrong in ("0", "-1", "x", 10**12, ""):
        refused = client.call("POST", path, json=body | {"topup_amount": wrong}, key=seat)
        assert refused["code"] == 400
    floor.verify()
