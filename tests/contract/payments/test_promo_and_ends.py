"""Promo codes of top-ups by QR code, what becomes of payments that nobody makes, and the list."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from lanhouse.auth.tokens import NewToken, issue_token
from lanhouse.cafe.payments.commands.expiring import expire_payments
from lanhouse.cafe.payments.rules import quick_sums
from lanhouse.cafe.promo.commands import PromoChange, create_promo, delete_promo
from lanhouse.cafe.promo.schemas import Promo
from lanhouse.cafe.promo.tables import promo_uses
from lanhouse.cafe.topups.commands import top_up
from lanhouse.cafe.topups.schemas import TopUp
from lanhouse.cafe.topups.tables import topups
from lanhouse.db.store import Store
from lanhouse.kit import clock
from tests.builders.centers import Hall
from tests.builders.client import Client
from tests.builders.floor import DESK, EURO, Floor, open_floor
from tests.builders.nouns.payments import API, payments, tell, told, use_webhook, verify
from tests.contract.pages.test_pages import text_of
from tests.contract.payments.test_portal_top_up import PAGE, Phone

LIST = "/api/native/v1/payments"


@pytest.fixture
def floor(sqlite_store: Store) -> Floor:
    floor = open_floor(sqlite_store, pcs_count=1)
    use_webhook(floor)
    return floor


@pytest.fixture
def hall(floor: Floor) -> Hall:
    return floor.hall


@pytest.fixture
def ada(floor: Floor) -> int:
    return floor.add_member("ada")


def add_code(floor: Floor, **more: Any) -> Promo:
    values = {"name": "SUMMER", "quantity": 1, "amount_micros": 3 * EURO, **more}
    return floor.run(create_promo, PromoChange(floor.center, None, values))


def begin(client: Client, code: str = "", key: str = "", **more: Any) -> Any:
    body = {"member_account": "ada", "topup_amount": "20", "promo_code": code, **more}
    options = {"key": key} if key else {}
    return client.raw("POST", f"{API}/getTopupUrl", json=body, **options).json()


def listed(client: Client, **params: Any) -> Any:
    answer = client.raw("GET", LIST, params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()


def uses(floor: Floor) -> int:
    count = sa.select(sa.func.count()).select_from(promo_uses)
    return floor.store.read_sync(lambda read: read.scalar(count))


def test_a_code_is_planned_at_the_begin_and_counted_once_when_it_is_paid(
    client: Client, floor: Floor, ada: int
) -> None:
    floor.set(price_bonus=[{"amount_micros": 10 * EURO, "bonus_micros": 2 * EURO}])
    assert begin(client, "SUMMER")["message"] == "promo_code: does not exist"
    add_code(floor)
    assert begin(client, "summer ")["result"] == 0
    assert (payments(floor)[0].promo_code, uses(floor)) == ("summer", 0)
    for _ in "12":
        assert tell(client, told(1, "20.00"))[1]["outcome"] == "credited"
    assert floor.money(ada) == (20 * EURO, 5 * EURO)
    assert uses(floor) == 1
    assert begin(client, "SUMMER")["message"] == "promo_code: has already been used"
    # As at the desk the refund takes back what the code gave.
    refund = TopUp(
        center=floor.center,
        actor=DESK,
        member_ids=[ada],
        value_micros=-20 * EURO,
        comment="x",
    )
    floor.run(top_up, refund)
    assert floor.money(ada) == (0, 0)
    verify(floor)


@pytest.mark.parametrize("gone", ["used up", "deleted"])
def test_a_code_that_is_gone_meanwhile_keeps_no_money_off(
    client: Client, floor: Floor, ada: int, gone: str
) -> None:
    promo = add_code(floor)
    phone = Phone(client, floor, ada)
    phone.post(PAGE, {"amount": "20", "promo_code": "SUMMER", "key": "k"})
    waits = text_of(phone.get(f"{PAGE}/1"))
    assert "3.00 bonus" in waits
    if gone == "deleted":
        floor.run(delete_promo, PromoChange(floor.center, promo.id))
    else:
        bob = floor.add_member("bob")
        first = TopUp(
            center=floor.center,
            actor=DESK,
            member_ids=[bob],
            value_micros=10 * EURO,
            promo_code="SUMMER",
        )
        floor.run(top_up, first)
    assert "gives nothing any more" in text_of(phone.get(f"{PAGE}/1"))
    assert tell(client, told(1, "20.00"))[1]["outcome"] == "credited"
    assert floor.money(ada) == (20 * EURO, 0)
    why = "has been used up" if gone == "used up" else "does not exist"
    [row] = payments(floor)
    assert row.reason == f"Promo code SUMMER: {why}"
    [comment] = floor.store.read_sync(
        lambda read: read.all(sa.select(topups.c.comment).where(topups.c.member_id == ada))
    )
    assert comment[0] == f"QR #1. Promo code SUMMER: {why}"
    assert "The promo code gave nothing" in text_of(phone.get(f"{PAGE}/1"))
    verify(floor)


@pytest.mark.parametrize(("minutes", "bonus"), [(30, 3 * EURO), (90, 0)])
def test_who_pays_in_time_gets_what_ended_after_he_began(
    client: Client, floor: Floor, ada: int, freeze: clock.frozen, minutes: int, bonus: int
) -> None:
    ends = clock.now() + timedelta(minutes=20)
    add_code(floor, expires_at=ends)
    assert begin(client, "SUMMER")["result"] == 0
    freeze.advance(minutes * 60)
    tell(client, told(1, "20.00"))
    assert floor.money(ada) == (20 * EURO, bonus)
    assert payments(floor)[0].is_late == (minutes == 90)


def test_a_code_goes_with_no_order(client: Client, floor: Floor, ada: int) -> None:
    add_code(floor)
    floor.add_product("Cola", 9, price_micros=2 * EURO)
    floor.set(payment_method_pay_later=True)
    sold = {
        "product_id": "p-1",
        "order_payment_method": -2,
        "order_member_id": ada,
        "order_status": 1,
    }
    number = client.ok("POST", "/orders", json=sold)["order_no"]
    body = {"order_no": number, "payment_method": 4}
    assert client.raw("POST", f"{API}/payOrder", json=body).json()["result"] == 0
    assert payments(floor)[0].promo_code == ""


def test_what_nobody_paid_in_time_is_written_down_and_credited_late(
    client: Client, floor: Floor, ada: int, freeze: clock.frozen
) -> None:
    for _ in range(3):
        begin(client)
    assert floor.run(expire_payments, None) is False
    assert {row.status for row in payments(floor)} == {"pending"}
    freeze.advance(61 * 60)
    assert listed(client, is_waiting="true")["rows"] == []
    for _ in "12":
        assert floor.run(expire_payments, None) is False
    assert {row.status for row in payments(floor)} == {"expired"}
    assert client.ok("GET", "/getTopupStatus", params={"order_no": 1})["order_status"] == 3
    assert tell(client, told(1, "20.00"))[1]["outcome"] == "late"
    assert client.ok("POST", "/manual/pay", json={"order_no": 2})["order_status"] == 2
    assert floor.money(ada) == (40 * EURO, 0)
    assert [(row.status, row.is_late) for row in payments(floor)] == [
        ("done", True),
        ("done", True),
        ("expired", False),
    ]
    verify(floor)


def test_the_native_list(client: Client, floor: Floor, ada: int) -> None:
    for number in range(3):
        begin(client, pc_name=f"PC0{number}")
    tell(client, told(2, "20.00"))
    page = listed(client, limit=2)
    assert [row["payment_id"] for row in page["rows"]] == [3, 2]
    rest = listed(client, limit=2, cursor=page["next_cursor"])
    assert ([row["payment_id"] for row in rest["rows"]], rest["next_cursor"]) == ([1], None)
    paid = page["rows"][1]
    assert (paid["status"], paid["went_to"], paid["amount"], paid["pc_name"]) == (
        "done",
        "balance",
        "20.00",
        "PC01",
    )
    waiting = listed(client, is_waiting="true", member_id=ada)
    assert [row["payment_id"] for row in waiting["rows"]] == [3, 1]
    assert listed(client, member_id=999)["rows"] == []
    assert client.raw("GET", LIST, params={"limit": 0}).status_code == 400
    assert client.raw("GET", LIST, params={"cursor": "x" * 2_000}).status_code == 400


def test_a_member_who_may_be_paying_is_not_deleted(
    client: Client, floor: Floor, ada: int, freeze: clock.frozen
) -> None:
    begin(client)
    deleting = {"member_ids": ada}
    assert client.refused("POST", "/members/action/multiDelete", json=deleting) == (
        400,
        "A QR payment waits; confirm or cancel it before the member is deleted: ada",
    )
    freeze.advance(61 * 60)
    client.ok("POST", "/members/action/multiDelete", json=deleting)
    # His money has nobody by now: it waits for somebody to look at it.
    assert tell(client, told(1, "20.00"))[1]["outcome"] == "nobody"
    verify(floor)


def test_a_seat_tops_up_where_the_setting_says_so(client: Client, floor: Floor, ada: int) -> None:
    floor.give(ada, 5 * EURO, "balance")
    floor.member(ada, "PC01")
    token = floor.run(issue_token, NewToken(7777, "pc", "device", floor.pc_ids["PC01"]))
    assert begin(client, key=token)["message"] == "QR top-up is not available"
    floor.set(allow_topup_at_client=True)
    token = floor.run(issue_token, NewToken(7777, "pc", "device", floor.pc_ids["PC01"]))
    assert begin(client, key=token)["result"] == 0


def test_an_order_at_a_seat_is_paid_by_code(client: Client, floor: Floor, ada: int) -> None:
    floor.add_product("Cola", 9, price_micros=2 * EURO)
    floor.give(ada, 5 * EURO, "balance")
    floor.member(ada, "PC01")
    token = floor.run(issue_token, NewToken(7777, "pc", "device", floor.pc_ids["PC01"]))
    body = {"payment_method": 4, "items": [{"product_id": "p-1"}]}
    answers = [
        client.ok(
            "POST", "/submitOrder", json=body, key=token, headers={"Idempotency-Key": "order-1"}
        )
        for _ in "12"
    ]
    assert answers[0] == answers[1]
    done = answers[0]
    assert (done["order_no"], done["pay_method"], done["order_status"]) == (1, 4, 4)
    assert (done["payment_no"], done["order_money"]) == (1, "2.00")
    assert done["payment_url"].startswith("https://pay.test/p?n=1&a=2")
    assert len(payments(floor)) == 1
    # What is owed by code takes nothing of the balance.
    assert tell(client, told(1, "2.00"))[1]["outcome"] == "credited"
    assert (payments(floor)[0].went_to, floor.till("qr")) == ("order", 2 * EURO)
    floor.set(payment_gateway="")
    token = floor.run(issue_token, NewToken(7777, "pc", "device", floor.pc_ids["PC01"]))
    refused = client.raw("POST", f"{API}/submitOrder", json=body, key=token).json()
    assert refused["message"] == "QR top-up is not available"
    verify(floor)


@pytest.mark.parametrize(
    ("least", "decimals", "sums"),
    [
        (1, 2, [5, 10, 20, 50]),
        (15, 2, [20, 50, 100, 200]),
        (10_000, 2, [10_000, 20_000, 50_000, 100_000]),
        (1, 0, [500, 1_000, 2_000, 5_000]),
        (10_001, 0, [20_000, 50_000, 100_000, 200_000]),
        (0, 3, [5, 10, 20, 50]),
    ],
)
def test_quick_sums_fit_the_currency(least: int, decimals: int, sums: list[int]) -> None:
    assert [each // EURO for each in quick_sums(least * EURO, decimals)] == sums
