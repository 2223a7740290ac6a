"""Bundles, bills of several payers and what is left open, on the native API and the café wire."""

from __future__ import annotations

from typing import Any

import pytest

from lanhouse.cafe.sessions.schemas import POSTPAID
from lanhouse.kit import clock
from tests.builders.centers import open_hall
from tests.builders.client import Client
from tests.builders.floor import EURO, Floor

NATIVE = "/api/native/v1"
HOUR = 3600


def send(client: Client, method: str, path: str, **options: Any) -> Any:
    answer = client.raw(method, f"{NATIVE}{path}", **options)
    assert answer.status_code == 200, answer.text
    return answer.json()


def refused(client: Client, method: str, path: str, **options: Any) -> tuple[int, str]:
    answer = client.raw(method, f"{NATIVE}{path}", **options)
    assert answer.status_code >= 400, answer.text
    return answer.status_code, answer.json()["error"]["message"]


def choose(client: Client, group: str, **values: Any) -> None:
    send(client, "PUT", f"/settings/{group}", json=values)


def test_from_the_quote_to_the_bill(client: Client, floor: Floor, freeze: clock.frozen) -> None:
    wanted = {"pcs": ["PC01", "PC02"], "minutes": 60}
    quoted = send(client, "GET", "/bundle-quote", params={"pcs": "PC01,PC02", "minutes": 60})
    assert (quoted["total"], [each["amount"] for each in quoted["pcs"]]) == (
        "4.00",
        ["2.00", "2.00"],
    )
    made = send(client, "POST", "/bundles", json={**wanted, "total": quoted["total"]})
    assert made["taken"] == "4.00"
    assert [each["pc_name"] for each in made["started"]] == ["PC01", "PC02"]
    assert all(each["password"] for each in made["started"])
    assert {each["expires_at"] for each in made["started"]} == {quoted["pcs"][0]["until"]}
    bundle = f"/bundles/{made['bundle']['bundle_id']}"
    assert send(client, "GET", "/bundles") == [made["bundle"]]
    assert send(client, "GET", bundle) == made["bundle"]
    joined = send(client, "POST", f"{bundle}/pcs", json={"pcs": "PC03", "payment": "card"})
    assert joined["taken"] == "2.00"
    longer = send(client, "POST", f"{bundle}/minutes", json={"minutes": 30})
    assert longer["taken"] == "3.00"
    assert "password" not in longer["started"][0]
    left = send(client, "POST", f"{bundle}/leave", json={"pc": "PC03"})
    assert [each["pc_name"] for each in left["pcs"]] == ["PC01", "PC02"]
    freeze.advance(HOUR)
    done = send(client, "POST", f"{bundle}/checkout", json={"due": "0"})
    assert (done["cost"], done["paid"], done["refund"]) == ("4.00", "0.00", "2.00")
    bill = send(client, "GET", f"/bills/{done['bill_id']}")
    assert (bill["bundle_id"], bill["cost"], bill["own"], bill["payers"]) == (
        made["bundle"]["bundle_id"],
        "4.00",
        "4.00",
        [],
    )
    assert [each["refund"] for each in bill["sessions"]] == ["1.00", "1.00"]
    assert send(client, "GET", "/bundles") == []
    assert floor.is_busy("PC03")
    floor.verify()


def test_a_retry_sells_once_and_is_answered_alike(
    client: Client, floor: Floor, freeze: clock.frozen
) -> None:
    headers = {"Idempotency-Key": "one"}
    body = {"pcs": ["PC01", "PC02"], "amount": "2.00"}
    first = send(client, "POST", "/bundles", json=body, headers=headers)
    again = send(client, "POST", "/bundles", json=body, headers=headers)
    assert again == first
    assert floor.till() == 4 * EURO
    freeze.advance(1800)
    key = {"Idempotency-Key": "two"}
    path = f"/bundles/{first['bundle']['bundle_id']}/checkout"
    ended = send(client, "POST", path, json={}, headers=key)
    assert send(client, "POST", path, json={}, headers=key) == ended
    assert floor.till() == 2 * EURO
    floor.verify()


def test_one_bill_and_three_payers(client: Client, floor: Floor, freeze: clock.frozen) -> None:
    choose(client, "payment", payment_method_mixed=1)
    floor.guests(POSTPAID, "PC01", "PC02")
    freeze.advance(HOUR)
    payers = [
        {"payment": "card", "amount": "2.50"},
        {"payment": "cash", "amount": "1.00"},
        {"payment": "qr", "amount": "0.49"},
    ]
    body = {"pcs": ["PC01", "PC02"], "payers": payers}
    assert refused(client, "POST", "/checkout", json=body) == (
        400,
        "payers: the parts are 3.99 together; 4.00 is to be paid",
    )
    payers[2]["amount"] = "0.50"
    done = send(client, "POST", "/checkout", json=body)
    assert (done["paid"], done["pcs"]) == ("4.00", ["PC01", "PC02"])
    bill = send(client, "GET", f"/bills/{done['bill_id']}")
    assert [(each["payment"], each["amount"]) for each in bill["payers"]] == [
        ("card", "2.50"),
        ("cash", "1.00"),
        ("qr", "0.50"),
    ]
    assert [floor.till(kind) for kind in ("card", "cash", "qr")] == [
        2_500_000,
        1_000_000,
        500_000,
    ]


def test_left_open_and_paid_another_day(client: Client, floor: Floor, freeze: clock.frozen) -> None:
    guest = floor.guest(POSTPAID)
    freeze.advance(HOUR)
    body = {"pcs": "PC01", "payment": "later", "comment": "Kim of the bar"}
    assert refused(client, "POST", "/checkout", json=body) == (
        400,
        "payment: is later, which the settings do not allow",
    )
    choose(client, "payment", payment_method_pay_later=1)
    done = send(client, "POST", "/checkout", json=body)
    assert (done["paid"], done["later"]) == ("0.00", "2.00")
    (debt,) = send(client, "GET", "/debts")
    assert (debt["session_id"], debt["amount"], debt["pc_name"]) == (guest.id, "2.00", "PC01")
    pay = {"session_ids": [guest.id], "due": "1.99"}
    assert refused(client, "POST", "/debts/pay", json=pay)[1].startswith("the sum to pay has")
    bill = send(client, "POST", "/debts/pay", json={**pay, "due": "2.00", "payment": "card"})
    assert (bill["carried"], bill["cost"], bill["paid"]) == ("2.00", "0.00", "2.00")
    assert send(client, "GET", "/debts") == []
    assert refused(client, "POST", "/debts/pay", json=pay)[1] == (
        "nothing is left open of it any more"
    )
    assert (floor.till("card"), floor.owes(guest.member_id)) == (2 * EURO, 0)
    floor.verify()


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/bundles/{bundle}", None),
        ("POST", "/bundles/{bundle}/pcs", {"pcs": ["PC03"]}),
        ("POST", "/bundles/{bundle}/minutes", {"minutes": 30}),
        ("POST", "/bundles/{bundle}/leave", {"pc": "PC01"}),
        ("POST", "/bundles/{bundle}/checkout", {}),
        ("GET", "/bills/{bill}", None),
        ("POST", "/debts/pay", {"session_ids": [1]}),
        ("POST", "/bundles", {"room_id": 1}),
    ],
)
def test_another_centre_has_none_of_it(
    client: Client, floor: Floor, freeze: clock.frozen, method: str, path: str, body: Any
) -> None:
    other = open_hall(floor.store, center_id=7778)
    made = send(client, "POST", "/bundles", json={"pcs": ["PC01", "PC02"], "kind": "postpaid"})
    freeze.advance(HOUR)
    gone = send(client, "POST", "/checkout", json={"pcs": ["PC01"], "payment": "later"})
    url = path.format(bundle=made["bundle"]["bundle_id"], bill=gone["bill_id"])
    status, _ = refused(client, method, url, json=body, key=other.api_key)
    assert status in (404, 422)
    assert floor.is_busy("PC02")
    assert len(floor.debts()) == 1


# --- the café wire -----------------------------------------------------------------------------


def test_several_pcs_are_one_payment_on_the_wire(
    client: Client, floor: Floor, freeze: clock.frozen
) -> None:
    """All postpaid: one bundled payment; all prepaid: one bundled refund (cafe-domain 1)."""
    client.ok("POST", "/pcSessions/postpaidSession", json={"pcs": ["PC01", "PC02"]})
    client.ok(
        "POST",
        "/pcSessions/addTimeMoney",
        json={"pc_name": ["PC03", "PC04"], "pc_cost": "2.00", "payment_method": 2},
    )
    freeze.advance(1800)
    asked = client.ok("POST", "/pcSessions/paymentInfo", json={"pcs": ["PC01", "PC02"]})
    assert asked["pc_cost"] == "2.00"
    ended = client.ok(
        "POST", "/pcSessions/checkout", json={"pc_name": ["PC01", "PC02"], "payment_method": 22}
    )
    assert (ended["pc_cost"], [row["pc_paid"] for row in ended["pcs"]]) == (
        "2.00",
        ["1.00", "1.00"],
    )
    ended = client.ok("POST", "/pcSessions/checkout", json={"pc_name": ["PC03", "PC04"]})
    assert (ended["pc_change"], ended["pcs"][0]["paid_back"]) == (
        "2.00",
        [{"payment_method": 2, "amount": "1.00"}],
    )
    assert floor.till("card") == 4 * EURO
    assert floor.till() == 0
    floor.verify()


def test_minus_two_leaves_it_open(client: Client, floor: Floor, freeze: clock.frozen) -> None:
    floor.guest(POSTPAID)
    freeze.advance(HOUR)
    body = {"pc_name": "PC01", "payment_method": -2}
    assert client.refused("POST", "/pcSessions/checkout", json=body) == (
        400,
        "payment_method: is later, which the settings do not allow",
    )
    choose(client, "payment", payment_method_pay_later=1)
    ended = client.ok("POST", "/pcSessions/checkout", json=body)
    assert (ended["pcs"][0]["pc_paid"], ended["pcs"][0]["payment_method"]) == ("0.00", "later")
    assert [debt.amount_micros for debt in floor.debts()] == [2 * EURO]


def test_a_seat_that_shuts_down_takes_and_gives_no_money(
    client: Client, floor: Floor, freeze: clock.frozen
) -> None:
    guest = floor.guest(POSTPAID)
    floor.pay(2 * EURO, "PC02")
    ada = floor.add_member("ada", balance=5 * EURO)
    floor.member(ada, "PC03")
    freeze.advance(1800)
    body = {"pc_name": ["PC01", "PC02", "PC03"], "auto": 1}
    till = floor.till()
    assert client.ok("POST", "/pcSessions/checkout", json=body) == {
        "pcs": [],
        "pc_cost": "0.00",
        "pc_change": "0.00",
    }
    assert floor.is_busy("PC01")
    choose(client, "client", auto_checkout_when_shutdown=1)
    ended = client.ok("POST", "/pcSessions/checkout", json=body)
    assert [(row["pc_cost"], row["pc_change"], row["pc_paid"]) for row in ended["pcs"]] == [
        ("1.00", "0.00", "0.00")
    ] * 3
    assert floor.till() == till
    assert floor.owes(guest.member_id) == EURO
    assert [debt.pc_name for debt in floor.debts()] == ["PC01"]
    assert floor.money(ada) == (4 * EURO, 0)
    assert floor.house("revenue_time") == 3 * EURO
    floor.verify()


def test_guests_of_a_bundle_have_codes_where_guests_sign_in_by_one(
    client: Client, floor: Floor, freeze: clock.frozen
) -> None:
    choose(client, "client", access_code_login=True)
    headers = {"Idempotency-Key": "codes"}
    body = {"pcs": ["PC01", "PC02"], "minutes": 30}
    made = send(client, "POST", "/bundles", json=body, headers=headers)
    codes = [each["access_code"] for each in made["started"]]
    assert len(set(codes)) == 2
    assert all(len(code) == 8 and code.isdigit() for code in codes)
    again = send(client, "POST", "/bundles", json=body, headers=headers)
    assert again == made  # for who asked; what is stored of it is sealed
    joined = send(
        client, "POST", f"/bundles/{made['bundle']['bundle_id']}/pcs", json={"pcs": "PC03"}
    )
    assert joined["started"][0]["access_code"] not in codes
    shown = send(client, "GET", f"/sessions/{joined['started'][0]['session_id']}/guest-login")
    assert shown["access_code"] == joined["started"][0]["access_code"]
