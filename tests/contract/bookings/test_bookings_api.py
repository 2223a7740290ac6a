"""Bookings of the café API and the native one: done, read back, logged, and refused."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from lanhouse.kit import clock
from tests.builders.centers import open_hall
from tests.builders.client import Client
from tests.builders.floor import EURO, Floor, later

HOUR = 3600
NATIVE = "/api/native/v1"
BOOKING = "Product not found"


def body(hours: int = 24, **more: Any) -> dict[str, Any]:
    begins = clock.now().replace(minute=0) + timedelta(hours=hours)
    return {
        "pc_name": "PC01",
        "start_date": f"{begins:%Y-%m-%d}",
        "start_time": f"{begins:%H:%M}",
        "mins": 60,
        "member_account": "ann",
        "comment": "<b>window</b>; DROP TABLE",
        "guest_booking": 0,
        **more,
    }


def ask(client: Client, method: str, url: str, status: int = 200, **options: Any) -> Any:
    answer = client.raw(method, NATIVE + url, **{"key": client.key, **options})
    assert answer.status_code == status, answer.text
    return answer.json()


@pytest.fixture
def ann(floor: Floor) -> int:
    return floor.add_member("ann", balance=10 * EURO)


def test_a_booking_is_made_read_and_cancelled(client: Client, floor: Floor, ann: int) -> None:
    sent = body()
    made = client.ok("POST", "/bookings", json=sent)
    assert (made["cost"], made["booking_password"], made["error_count"]) == ("2.00", "", 0)
    (row,) = client.ok("GET", "/bookings", params={"pc_name": "pc01"})
    assert row == {
        "product_id": 0,
        "product_pc_name": "PC01",
        "product_available_date_local_from": f"{sent['start_date']} {sent['start_time']}:00",
        "product_available_date_local_to": row["product_available_date_local_to"],
        "product_mins": 60,
        "product_description": sent["comment"],
        "member_offer_id": made["member_offer_id"],
        "member_account": "ann",
    }
    assert client.ok("GET", "/bookings", params={"pc_name": "PC02"}) == []
    pcs = {each["pc_name"]: each for each in client.ok("GET", "/pcList")}
    assert pcs["PC01"]["recent_booking"] == f"{sent['start_date'][5:]} {sent['start_time']}"
    assert pcs["PC02"]["recent_booking"] is None
    assert floor.money(ann) == (8 * EURO, 0)
    (log,) = floor.logs("OFFER")
    assert (log.details, log.pc_name, log.spend_micros) == ("Booking", "PC01", 2 * EURO)

    wanted = {"pc_name": "PC01", "member_offer_id": made["member_offer_id"]}
    wrong = {**wanted, "pc_name": "PC02"}
    assert client.refused("DELETE", "/bookings", json=wrong) == (400, BOOKING)
    gone = client.ok("DELETE", "/bookings", json=wanted)
    assert gone == {
        "results": [{"status": "success", "refund": "2.00"}],
        "error_count": 0,
        "errors": [],
    }
    assert client.ok("GET", "/bookings") == []
    assert floor.money(ann) == (10 * EURO, 0)
    assert client.refused("DELETE", "/bookings", json=wanted)[0] == 400
    floor.verify()


def test_several_pcs_and_a_guest(client: Client, floor: Floor, ann: int) -> None:
    client.ok("POST", "/bookings", json=body())
    several = client.ok("POST", "/bookings", json=body(pc_name=["PC01", "PC02", "PC03"]))
    assert [each["pc_name"] for each in several["results"]] == ["PC02", "PC03"]
    assert several["errors"] == [{"pc_name": "PC01", "message": "There are other booking"}]
    assert {len(each["booking_password"]) for each in several["results"]} == {6}
    assert several["cost"] == "4.00"
    guest = client.ok(
        "POST",
        "/bookings",
        json=body(pc_name="PC04", guest_booking=1, member_account="", payment_method=32),
    )
    assert (guest["cost"], len(guest["booking_password"])) == ("2.00", 6)
    (row,) = client.ok("GET", "/bookings", params={"pc_name": "PC04"})
    assert row["member_account"] == ""
    assert abs(floor.till("card")) == 2 * EURO
    floor.verify()


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"pc_name": "PC99"}, "PC99: there is no such PC"),
        ({"pc_name": ""}, "pc_name"),
        ({"member_account": "nobody"}, "Member not found"),
        ({"member_account": ""}, "member_account: is required, unless a guest books"),
        ({"member_id": 8888}, "Member not found"),
        ({"start_date": "2026-13-01"}, "start_date"),
        ({"start_time": "25:00"}, "start_time: must be HH:MM"),
        ({"mins": 0}, "mins: must be 1 to 1440 minutes"),
        ({"mins": -5}, "mins: must be 1 to 1440 minutes"),
        ({"mins": "many"}, "mins"),
        ({"mins": 10**9}, "mins: must be 1 to 1440 minutes"),
        ({"start_date": "2020-01-01"}, "start_date: must lie in the future"),
        ({"payment_method": 3}, "payment_method: must be one of"),
        ({"comment": "x" * 256}, "comment"),
        ({"comment": "x" * 1_000_000}, "comment"),
        ({"offer_id": "o-99", "booking_type": "time", "pc_name": ["PC01"] * 51}, "pc_name"),
    ],
)
def test_bad_input(
    client: Client, floor: Floor, ann: int, more: dict[str, Any], message: str
) -> None:
    code, said = client.refused("POST", "/bookings", json=body(**more))
    assert code == 400
    assert message in said
    assert client.ok("GET", "/bookings") == []
    assert floor.money(ann) == (10 * EURO, 0)


def test_too_little_money_books_nothing(client: Client, floor: Floor) -> None:
    bob = floor.add_member("bob", balance=1 * EURO)
    refused = client.refused("POST", "/bookings", json=body(member_account="bob"))
    assert refused == (402, "the balance is too low")
    assert client.ok("GET", "/bookings") == []
    assert floor.money(bob) == (EURO, 0)


def test_an_offer_is_booked_at_its_price(client: Client, floor: Floor, ann: int) -> None:
    offer = floor.add_offer("Evening", 500, minutes=180)
    floor.set(booking_type="offer", booking_offers=f"[{offer}]")
    assert client.refused("POST", "/bookings", json=body()) == (400, BOOKING)
    other = floor.add_offer("Other", 100, minutes=60)
    more = body(offer_id=f"o-{other}")
    assert client.refused("POST", "/bookings", json=more) == (400, BOOKING)
    made = client.ok("POST", "/bookings", json=body(offer_id=f"o-{offer}"))
    assert made["cost"] == "5.00"
    (row,) = client.ok("GET", "/bookings")
    assert (row["product_id"], row["product_mins"]) == (offer, 180)
    assert floor.money(ann) == (5 * EURO, 0)
    floor.verify()


def test_a_keyed_call_books_once_and_tells_the_password_again(
    client: Client, floor: Floor, ann: int
) -> None:
    sent = body(pc_name=["PC01", "PC02"])
    headers = {"Idempotency-Key": "one"}
    first = client.ok("POST", "/bookings", json=sent, headers=headers)
    again = client.ok("POST", "/bookings", json=sent, headers=headers)
    assert again == first
    assert len(client.ok("GET", "/bookings")) == 2
    assert floor.money(ann) == (6 * EURO, 0)


def test_native_quote_booking_and_cancel(client: Client, floor: Floor, ann: int) -> None:
    sent = body()
    wanted = {
        "pc_names": ["PC01", "PC02"],
        "date": sent["start_date"],
        "time": sent["start_time"],
        "minutes": 90,
        "member_id": ann,
    }
    quote = ask(client, "GET", "/booking-quote", json=wanted)
    assert (quote["total"], quote["balance"], quote["balance_after"]) == ("6.00", "10.00", "4.00")
    assert floor.money(ann) == (10 * EURO, 0)
    ask(client, "POST", "/bookings", 422, json={**wanted, "shown_total": "5.00"})
    made = ask(client, "POST", "/bookings", json={**wanted, "shown_total": "6.00"})
    assert made["total"] == "6.00"
    first = made["bookings"][0]["booking"]
    assert ask(client, "GET", f"/bookings/{first['booking_id']}") == first
    assert [each["booking_id"] for each in ask(client, "GET", "/bookings")] == [
        each["booking"]["booking_id"] for each in made["bookings"]
    ]
    of_day = {"date_start": sent["start_date"], "pc_name": "PC02"}
    (second,) = ask(client, "GET", "/bookings", json=of_day)
    done = ask(client, "POST", f"/bookings/{second['booking_id']}/cancel")
    assert (done["refund"], done["booking"]["state"]) == ("3.00", "cancelled")
    ask(client, "POST", f"/bookings/{second['booking_id']}/cancel", 422)
    ask(client, "GET", "/bookings/999", 404)
    assert floor.money(ann) == (7 * EURO, 0)


def test_native_seat(client: Client, floor: Floor) -> None:
    now = clock.now()
    wanted = {
        "pc_names": ["PC01"],
        "date": f"{now:%Y-%m-%d}",
        "time": f"{now:%H:%M:%S}",
        "minutes": 60,
        "payment": "cash",
    }
    made = ask(client, "POST", "/bookings", json=wanted)
    (one,) = made["bookings"]
    assert one["booking"]["cost"] == "2.00"
    number = one["booking"]["booking_id"]
    seated = ask(client, "POST", f"/bookings/{number}/seat")
    assert seated["session_id"] is not None
    assert seated["password"]
    assert floor.is_busy("PC01")
    ask(client, "POST", f"/bookings/{number}/seat", 422)
    ask(client, "POST", f"/bookings/{number}/cancel", 422)
    floor.verify()


def test_what_was_left_open_is_written_off(client: Client, floor: Floor, ann: int) -> None:
    floor.set(payment_method_pay_later=True)
    client.ok("POST", "/pcSessions/postpaidSession", json={"pc_name": "PC01"})
    with clock.frozen(clock.now() + timedelta(hours=1)):
        client.ok(
            "POST",
            "/pcSessions/checkout",
            json={"pc_name": "PC01", "payment_method": -2, "comment": "blue cap"},
        )
        (debt,) = ask(client, "GET", "/debts")
        url = f"/debts/{debt['session_id']}/write-off"
        ask(client, "POST", url, 400, json={"reason": ""})
        done = ask(client, "POST", url, json={"reason": "gone"})
        assert done == {"session_id": debt["session_id"], "amount": "2.00"}
        assert ask(client, "GET", "/debts") == []
        ask(client, "POST", url, 422, json={"reason": "gone"})
    floor.verify()


def test_native_move(client: Client, floor: Floor, ann: int) -> None:
    sent = body()
    when = {"date": sent["start_date"], "time": sent["start_time"]}
    wanted = {"pc_names": ["PC01"], **when, "minutes": 60, "member_id": ann}
    made = ask(client, "POST", "/bookings", json=wanted)
    number = made["bookings"][0]["booking"]["booking_id"]
    url = f"/bookings/{number}/move"
    there = {"pc_name": "PC02", **when}
    for status, wrong in (
        (400, {}),
        (400, {**there, "time": "25:00"}),
        (400, {**there, "date": "2020-01-01"}),
        (422, {**there, "shown_total": "1.00"}),
        (422, {**there, "pc_name": "<b>PC99</b>'; DROP TABLE"}),
        (400, {**there, "pc_name": "x" * 1_000_000}),
    ):
        ask(client, "POST", url, status, json=wrong)
    ask(client, "POST", "/bookings/999/move", 404, json=there)
    done = ask(client, "POST", url, json={**there, "shown_total": "2.00"})
    assert (done["given_back"]["refund"], done["total"]) == ("2.00", "2.00")
    assert done["booking"]["pc_name"] == "PC02"
    (row,) = client.ok("GET", "/bookings")
    assert row["member_offer_id"] == done["booking"]["booking_id"]
    ask(client, "POST", url, 422, json=there)
    assert floor.money(ann) == (8 * EURO, 0)
    floor.verify()


def test_native_release(client: Client, floor: Floor, ann: int) -> None:
    now = clock.now()
    wanted = {
        "pc_names": ["PC01"],
        "date": f"{now:%Y-%m-%d}",
        "time": f"{now:%H:%M:%S}",
        "minutes": 60,
        "member_id": ann,
    }
    made = ask(client, "POST", "/bookings", json=wanted)
    number = made["bookings"][0]["booking"]["booking_id"]
    done = ask(client, "POST", f"/bookings/{number}/release")
    assert (done["state"], done["refund"]) == ("missed", "0.00")
    ask(client, "POST", f"/bookings/{number}/release", 422)
    ask(client, "POST", "/bookings/999/release", 404)
    assert client.ok("GET", "/bookings") == []
    assert floor.money(ann) == (8 * EURO, 0)
    floor.verify()


def test_another_centre_reaches_no_booking(client: Client, floor: Floor, ann: int) -> None:
    """Not by its number, whatever the act, nor what a guest here has left open."""
    booking = floor.book_one("PC01", at=later(HOUR), member_id=ann)
    due = floor.book_one("PC02", at=later(0), member_id=ann)
    session_id = floor.guest("postpaid", "PC03").id
    key = open_hall(floor.store, 8888).api_key
    when = {"date": f"{later(HOUR):%Y-%m-%d}", "time": "23:00"}
    for method, path, code, more in (
        ("GET", f"/bookings/{booking.id}", 404, {}),
        ("POST", f"/bookings/{booking.id}/move", 404, {"pc_name": "PC02", **when}),
        ("POST", f"/bookings/{due.id}/release", 404, {}),
        ("POST", f"/bookings/{booking.id}/cancel", 404, {}),
        ("POST", f"/bookings/{due.id}/seat", 404, {}),
        ("POST", f"/debts/{session_id}/write-off", 422, {"reason": "x"}),
        ("POST", "/debts/pay", 422, {"session_ids": [session_id]}),
        ("POST", "/debts/pay", 422, {"session_ids": [session_id], "payment": "later"}),
    ):
        ask(client, method, path, code, json=more, key=key)
    assert [floor.booking(each.id).state for each in (booking, due)] == ["waiting", "waiting"]
    assert floor.money(ann) == (6 * EURO, 0)
    floor.verify()


def test_what_was_left_open_becomes_a_members_loan(client: Client, floor: Floor, ann: int) -> None:
    floor.set(payment_method_pay_later=True, pay_later='{"member_groups":["0"]}')
    session_id = floor.guest("postpaid", "PC01").id
    with clock.frozen(clock.now() + timedelta(hours=1)):
        floor.check_out("PC01", payment="later", comment="Kim")
    sent = {"session_ids": [session_id], "payment": "later"}
    ask(client, "POST", "/debts/pay", 400, json=sent)
    ask(client, "POST", "/debts/pay", 400, json={**sent, "member_id": 999})
    bill = ask(client, "POST", "/debts/pay", json={**sent, "member_id": ann, "due": "2.00"})
    (payer,) = bill["payers"]
    assert (payer["payment"], payer["amount"], payer["member_id"]) == ("later", "2.00", ann)
    assert floor.owes(ann) == 2 * EURO
    assert floor.debts() == []
    floor.verify()
