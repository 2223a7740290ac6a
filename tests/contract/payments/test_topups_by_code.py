"""Top-ups by QR code on the café API: begun, told by a gateway, confirmed by hand."""

from __future__ import annotations

from typing import Any

import pytest

from lanhouse.auth.tokens import NewToken, issue_token
from lanhouse.cafe.centers.schemas import BonusTier
from lanhouse.cafe.payments.queries.checks import check_all_payments
from lanhouse.cafe.payments.tables import payment_orders
from lanhouse.cafe.settings.commands import SettingsInput, save_settings
from lanhouse.db.store import Store
from lanhouse.kit import clock
from tests.builders.centers import Hall, open_hall
from tests.builders.client import Client
from tests.builders.floor import EURO, Floor, open_floor
from tests.builders.nouns.payments import (
    API,
    NOTICES,
    notices,
    payments,
    signed,
    tell,
    told,
    use_webhook,
    verify,
)
from tests.builders.people import bearer_of


@pytest.fixture
def floor(sqlite_store: Store) -> Floor:
    return open_floor(sqlite_store, pcs_count=2)


@pytest.fixture
def hall(floor: Floor) -> Hall:
    return floor.hall


@pytest.fixture
def ada(floor: Floor) -> int:
    return floor.add_member("ada")


def token_of(floor: Floor, member_id: int) -> str:
    return floor.run(issue_token, NewToken(7777, "member", "bearer", member_id))


def begin(client: Client, key: str = "", **body: Any) -> dict[str, Any]:
    body = {"topup_amount": "20.00", **body}
    more = {"key": key} if key else {}
    answer = client.raw("POST", f"{API}/getTopupUrl", json=body, **more)
    assert answer.status_code == 200
    return answer.json()


def status(client: Client, number: int, **more: Any) -> int:
    found = client.ok("GET", "/getTopupStatus", params={"order_no": number}, **more)
    return found["order_status"]


def test_nobody_takes_payments(client: Client, floor: Floor, ada: int) -> None:
    answer = client.raw(
        "POST", f"{API}/getTopupUrl", json={"member_account": "ada", "topup_amount": 5}
    )
    assert answer.json()["result"] == 1
    assert answer.json()["message"] == "QR top-up is not available"
    floor.set(payment_gateway="stripe")
    assert begin(client, member_account="ada")["message"] == "QR top-up is not available"
    assert payments(floor) == []


def test_a_member_pays_and_is_credited_once(client: Client, floor: Floor, ada: int) -> None:
    use_webhook(floor)
    tiers = (BonusTier(amount_micros=20 * EURO, bonus_micros=3 * EURO),)
    center = floor.center

    floor.run(
        save_settings, SettingsInput(center=center, values={"loyalty": {"price_bonus": tiers}})
    )
    token = token_of(floor, ada)
    begun = begin(client, token)
    assert begun == {
        "result": 0,
        "message": "success",
        "type": "webhook",
        "url": "https://pay.test/p?n=1&a=20&c=EUR&b=http%3A%2F%2F127.0.0.1%3A8000%2Fportal"
        "%2Fhall7777%2Ftop-up%2F1",
        "payment_url": begun["url"],
        "qr_image": begun["qr_image"],
        "amount": "20.00",
        "order_no": 1,
    }
    assert begun["qr_image"].startswith("data:image/svg+xml")
    assert status(client, 1, key=token) == 4
    assert floor.money(ada) == (0, 0)
    assert tell(client, told(1, "20.00")) == (200, {"outcome": "credited", "is_new": True})
    assert status(client, 1, key=token) == 2
    assert floor.money(ada) == (20 * EURO, 3 * EURO)
    assert tell(client, told(1, "20.00")) == (200, {"outcome": "credited", "is_new": False})
    assert tell(client, told(1, "20")) == (200, {"outcome": "credited", "is_new": False})
    assert floor.money(ada) == (20 * EURO, 3 * EURO)
    assert floor.till("qr") == 20 * EURO
    [row] = floor.logs("TOPUP")
    assert (row.qr_micros, row.balance_micros, row.bonus_micros) == (20 * EURO, 20 * EURO, 3 * EURO)
    assert (row.staff_id, row.shift_id, row.details) == (0, None, "Comment: QR #1")
    [row] = payments(floor)
    assert (row.status, row.went_to, row.is_late, row.staff_id) == ("done", "balance", False, 0)
    verify(floor)


def test_what_is_not_signed_has_no_effect(client: Client, floor: Floor, ada: int) -> None:
    use_webhook(floor)
    begin(client, member_account="ada")
    body = told(1, "20.00")
    for how in ({"key": "other"}, {"ago": 400}, {"ago": -400}):
        assert tell(client, body, **how)[0] == 401
    good = signed(body)
    for name, value in (
        ("X-Lanhouse-Signature", ""),
        ("X-Lanhouse-Signature", "é" * 32),
        ("X-Lanhouse-Timestamp", "now"),
        ("X-Lanhouse-Timestamp", "9" * 40),
    ):
        headers = {**good["headers"], name: value.encode("latin-1")}
        answer = client.raw(
            "POST", f"{NOTICES}/webhook", key="", content=good["content"], headers=headers
        )
        assert answer.status_code == 401, name
    changed = {**good, "content": good["content"].replace(b"20.00", b"90.00")}
    assert client.raw("POST", f"{NOTICES}/webhook", key="", **changed).status_code == 401
    assert client.raw("POST", f"{NOTICES}/manual", key="", **good).status_code == 401
    assert client.raw("POST", f"{NOTICES}/stripe", key="", **good).status_code == 401
    assert client.raw("POST", f"{NOTICES}/paypal", key="", **good).status_code == 404
    other = NOTICES.replace("7777", "7778")
    assert client.raw("POST", f"{other}/webhook", key="", **good).status_code == 404
    assert (notices(floor), floor.money(ada)) == ([], (0, 0))
    assert status(client, 1) == 4


def test_what_is_signed_and_wrong(client: Client, floor: Floor, ada: int) -> None:
    use_webhook(floor)
    begin(client, member_account="ada")
    for wrong in (
        told(1, "20.001"),
        told(1, "-20"),
        told(1, "1e9"),
        told(1, "x" * 1_000),
        {"order_no": 1},
        told(1, "20", name=""),
        told(1, "20", name="n" * 200),
    ):
        assert tell(client, wrong)[0] == 400, wrong
    big = told(1, "20", text="x" * 2_000_000)
    assert tell(client, big)[0] in (400, 413)
    assert tell(client, told(1, "20", status="failed")) == (
        200,
        {"outcome": "ignored", "is_new": False},
    )
    assert (notices(floor), floor.money(ada)) == ([], (0, 0))


@pytest.mark.parametrize(
    ("body", "outcome"),
    [
        (told(1, "19.99"), "amount"),
        (told(1, "20.01"), "amount"),
        ({**told(1, "20.00"), "currency": "USD"}, "amount"),
        (told(2, "20.00"), "unknown"),
        (told("1; DROP TABLE members", "20.00"), "unknown"),
        (told("9" * 30, "20.00"), "unknown"),
        (told("", "20.00"), "unknown"),
    ],
)
def test_what_fits_no_order_is_kept(
    client: Client, floor: Floor, ada: int, body: dict[str, Any], outcome: str
) -> None:
    use_webhook(floor)
    begin(client, member_account="ada")
    assert tell(client, body) == (200, {"outcome": outcome, "is_new": True})
    assert tell(client, body) == (200, {"outcome": outcome, "is_new": False})
    [row] = notices(floor)
    assert (row.outcome, row.state) == (outcome, "open")
    assert (floor.money(ada), status(client, 1)) == ((0, 0), 4)
    assert tell(client, told(1, "20.00", "pay_2"))[1]["outcome"] == "credited"
    assert floor.money(ada) == (20 * EURO, 0)
    verify(floor)


def test_late_and_twice(client: Client, floor: Floor, ada: int, freeze: clock.frozen) -> None:
    use_webhook(floor)
    begin(client, member_account="ada")
    freeze.advance(61 * 60)
    assert status(client, 1) == 3
    assert tell(client, told(1, "20.00"))[1] == {"outcome": "late", "is_new": True}
    assert status(client, 1) == 2
    assert payments(floor)[0].is_late
    assert tell(client, told(1, "20.00", "pay_2"))[1] == {"outcome": "twice", "is_new": True}
    assert floor.money(ada) == (20 * EURO, 0)
    assert [row.state for row in notices(floor)] == ["settled", "open"]
    verify(floor)


def test_confirmed_by_hand_then_told(client: Client, floor: Floor, ada: int) -> None:
    use_webhook(floor)
    begin(client, member_account="ada")
    done = client.ok("POST", "/manual/pay", json={"order_no": 1})
    assert done == {"order_no": 1, "order_status": 2, "amount": "20.00"}
    assert client.refused("POST", "/manual/pay", json={"order_no": 1}) == (
        400,
        "Payment 1 is done already.",
    )
    assert tell(client, told(1, "20.00"))[1] == {"outcome": "matched", "is_new": True}
    assert tell(client, told(1, "20.00", "pay_2"))[1] == {"outcome": "twice", "is_new": True}
    assert floor.money(ada) == (20 * EURO, 0)
    [row] = floor.logs("MANUALCONFIRMQR")
    assert (row.details, row.staff_name, row.qr_micros) == ("#1: 20.00", "API", 0)
    assert (row.member_id, row.transfer_id) == (ada, None)
    verify(floor)


def test_a_person_who_confirms_needs_a_shift(client: Client, floor: Floor, ada: int) -> None:
    use_webhook(floor, shift_required=True)
    begin(client, member_account="ada")
    key = bearer_of(floor.hall, "staff")
    code, message = client.refused("POST", "/manual/pay", json={"order_no": 1}, key=key)
    assert (code, message) == (400, "shift: open a shift first")
    assert (status(client, 1), floor.money(ada)) == (4, (0, 0))
    # A notice needs none.
    assert tell(client, told(1, "20.00"))[1]["outcome"] == "credited"
    verify(floor)


def test_a_member_tops_up_his_own_account_alone(client: Client, floor: Floor, ada: int) -> None:
    use_webhook(floor)
    bob = floor.add_member("bob")
    token = token_of(floor, ada)
    for account in ("bob", "nobody", "'; DROP TABLE members; --"):
        refused = begin(client, token, member_account=account)
        assert (refused["result"], refused["message"]) == (1, "Member not found")
    assert begin(client, token, member_account="ADA")["order_no"] == 1
    assert payments(floor)[0].member_id == ada
    theirs = token_of(floor, bob)
    answer = client.refused("GET", "/getTopupStatus", params={"order_no": 1}, key=theirs)
    assert answer == (400, "Order not found")
    assert client.refused("POST", "/manual/pay", json={"order_no": 1}, key=token)[0] == 403
    other = open_hall(floor.store, 7778)
    url = "/api/v2/cafe/7778/getTopupStatus"
    answer = client.raw("GET", url, params={"order_no": 1}, key=other.api_key).json()
    assert answer["message"] == "Order not found"


def test_a_seat_tops_up_who_plays_there(client: Client, floor: Floor, ada: int) -> None:
    use_webhook(floor, allow_topup_at_client=True)
    floor.give(ada, 5 * EURO, "balance")
    floor.add_member("bob")
    floor.member(ada, "PC01")
    token = floor.run(issue_token, NewToken(7777, "pc", "device", floor.pc_ids["PC01"]))
    assert begin(client, token, member_account="bob")["message"] == "Member not found"
    assert begin(client, token, member_account="ada", pc_name="PC01")["order_no"] == 1
    assert status(client, 1, key=token) == 4
    beside = floor.run(issue_token, NewToken(7777, "pc", "device", floor.pc_ids["PC02"]))
    assert (
        client.call("GET", "/getTopupStatus", params={"order_no": 1}, key=beside)["message"]
        == "Order not found"
    )


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"topup_amount": None}, "topup_amount: is required"),
        ({"topup_amount": "0"}, "topup_amount: must be more than 0"),
        ({"topup_amount": "0.99"}, "topup_amount: must be at least 1.00"),
        ({"topup_amount": "-5"}, "topup_amount: must not have a sign"),
        ({"topup_amount": "5.001"}, "topup_amount: must have at most 2 decimals"),
        ({"topup_amount": "x" * 200_000}, None),
        ({"topup_amount": 10**12}, "topup_amount: must be at most 1000000000"),
        ({"member_account": None}, "member_account: is required"),
        ({"promo_code": "SUMMER"}, "promo_code: does not exist"),
        ({"pc_name": "<b>" * 50}, "pc_name: must be at most 50 characters"),
    ],
)
def test_bad_input(
    client: Client, floor: Floor, ada: int, body: dict[str, Any], message: str | None
) -> None:
    use_webhook(floor)
    sent = {"member_account": "ada", "topup_amount": "20", **body}
    answer = client.raw("POST", f"{API}/getTopupUrl", json=sent).json()
    assert answer.get("result", 1) == 1
    if message is not None:
        assert answer["message"] == message
    assert payments(floor) == []


def test_only_so_many_wait(client: Client, floor: Floor, ada: int) -> None:
    use_webhook(floor)
    for _ in range(5):
        assert begin(client, member_account="ada")["result"] == 0
    assert begin(client, member_account="ada")["message"].startswith("5 payments wait already")
    assert len(payments(floor)) == 5


def test_the_same_key_begins_once(client: Client, floor: Floor, ada: int) -> None:
    use_webhook(floor)
    headers = {"Idempotency-Key": "k1"}
    body = {"member_account": "ada", "topup_amount": "20"}
    answers = [
        client.raw("POST", f"{API}/getTopupUrl", json=body, headers=headers).json() for _ in "12"
    ]
    assert answers[0] == answers[1]
    assert len(payments(floor)) == 1


def test_a_changed_row_is_found(client: Client, floor: Floor, ada: int) -> None:
    use_webhook(floor)
    begin(client, member_account="ada")
    client.ok("POST", "/manual/pay", json={"order_no": 1})
    verify(floor)
    floor.run(lambda tx, _: tx.run(payment_orders.update().values(amount_micros=30 * EURO)), None)
    assert floor.store.read_sync(check_all_payments) == (
        "payment 1: its transfer is not qr money of its amount"
    )
    floor.run(lambda tx, _: tx.run(payment_orders.update().values(transfer_id=None)), None)
    assert "is done and has moved nothing" in str(floor.store.read_sync(check_all_payments))
