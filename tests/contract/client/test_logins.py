"""Signing in at a seat: memberLogin, guestLogin, accessCodeLogin, and when it ends."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from lanhouse.kit import clock
from tests.builders.centers import PASSWORD, open_hall
from tests.builders.client import Client
from tests.builders.floor import EURO, Floor
from tests.builders.seats import ask, device, login, token_of

WRONG = (400, "The account or the password is wrong.")
NOBODY = {"code": 401, "message": "Unauthenticated."}


def seen(client: Client, token: str) -> int:
    return client.call("GET", "/memberSelf", key=token)["code"]


def check_out(client: Client, pc: str) -> None:
    client.ok("POST", "/pcSessions/checkout", json={"pc_name": [pc]})


def test_a_member_signs_in_at_a_seat_and_plays(
    client: Client, floor: Floor, ada: int, freeze: clock.frozen
) -> None:
    answer = login(client, device(floor), pc_name="pc01")
    assert answer["code"] == 200
    data = answer["data"]
    assert data["token"].startswith("lhm_")
    assert data["client"] == {
        "start_session": 1,
        "pc_time_info": {"price_dynamic_enable": 0, "fixed_price": "2.00", "dynamic": []},
    }
    member = data["member"]
    assert (member["member_id"], member["member_account"]) == (ada, "ada")
    assert (member["member_balance_realtime"], member["pc_name"]) == ("10.00", "PC01")
    assert member["status_connect_time_left"] == "05:00:00"
    assert member["must_change_password"] == 0
    (row,) = client.ok("GET", "/pcList")[:1]
    assert (row["pc_name"], row["member_account"]) == ("PC01", "ada")
    (log,) = floor.logs("SESSION")
    assert (log.member_id, log.pc_name, log.details) == (ada, "PC01", "member session started")
    assert client.ok("GET", "/memberSelf", key=data["token"])["member_account"] == "ada"
    # Again at the same seat: the session goes on, the first sign-in does not.
    again = token_of(client, device(floor))
    assert (seen(client, data["token"]), seen(client, again)) == (401, 200)
    assert len(floor.session_ids()) == 1
    freeze.advance(3600)
    check_out(client, "PC01")
    assert seen(client, again) == 401
    assert floor.money(ada) == (8 * EURO, 0)
    floor.verify()


def test_a_program_of_his_own_has_a_token_that_stays(
    client: Client, floor: Floor, ada: int
) -> None:
    own, seat = token_of(client), token_of(client, device(floor))
    assert client.ok("GET", "/memberSelf", key=own)["member_id"] == ada
    check_out(client, "PC01")
    assert (seen(client, own), seen(client, seat)) == (200, 401)
    data = login(client)["data"]
    assert data["client"] == {"start_session": 0, "pc_time_info": None}
    assert len(floor.session_ids()) == 1


def test_a_seat_needs_its_own_token(client: Client, floor: Floor, ada: int) -> None:
    other = open_hall(floor.store, 7778)
    tokens = [
        {"status_pc_token": ""},
        {"status_pc_token": "lhd_wrong"},
        {"status_pc_token": client.key},
        {"status_pc_token": device(floor), "pc_name": "PC02"},
        {"status_pc_token": device(floor), "license_name": "hall7778"},
        {"key": client.key},
        {"key": other.api_key},
    ]
    for more in tokens:
        body = {"member_account": "ada", "member_password": PASSWORD, "is_client": 1, **more}
        assert ask(client, "memberLogin", **body) == NOBODY
        for call in ("guestLogin", "accessCodeLogin"):
            sent = {"is_client": 1, "access_code": "12345678", **more}
            assert ask(client, call, **sent) == NOBODY
    assert ask(client, "guestLogin", license_name="hall7777", pc_name="PC01") == NOBODY
    assert floor.session_ids() == []
    # As the bearer it counts too.
    body = {"member_account": "ada", "member_password": PASSWORD, "is_client": 1}
    assert ask(client, "memberLogin", key=device(floor), **body)["code"] == 200


def test_who_may_not_sign_in(client: Client, floor: Floor, ada: int, freeze: clock.frozen) -> None:
    seat = device(floor)

    def refused(**more: Any) -> tuple[int, str]:
        answer = login(client, seat, **more)
        assert "data" not in answer
        return answer["code"], answer["message"]

    assert refused(member_password="no") == WRONG
    assert refused(member_account="nobody") == WRONG
    assert refused(member_account="<b>' OR 1=1 --") == WRONG
    assert refused(member_account="x" * 1_000_000)[0] == 400
    assert refused(member_account="")[0] == 400
    assert refused(license_name="hall9999") == (401, "Unauthenticated.")
    answer = login(client, license_name="hall9999")
    assert answer["message"] == "There is no centre with this licence name."
    client.ok("PUT", f"/members/{ada}", json={"member_is_active": 0})
    assert refused() == (400, "The member is not active.")
    client.ok("PUT", f"/members/{ada}", json={"member_is_active": 1})
    client.ok("PUT", f"/members/{ada}", json={"member_expire_time_local": "2020-01-01"})
    assert refused() == (400, "The member is expired.")
    again = {"member_expire_time_local": "0000-00-00", "member_birthday": "2014-05-01"}
    client.ok("PUT", f"/members/{ada}", json=again)
    floor.set(minors_bands='[{"name":"n","under":"16","start":"00:00","end":"23:59"}]')
    assert "the rules for minors allow no play" in refused()[1]
    assert floor.session_ids() == []


def test_who_cannot_pay_is_not_signed_in(client: Client, floor: Floor, ada: int) -> None:
    floor.give(ada, -10 * EURO)
    assert login(client, device(floor))["code"] == 402
    floor.set(start_session_after_login=False)
    data = login(client, device(floor))["data"]
    assert data["client"]["start_session"] == 0
    told = client.refused("POST", "/clientStartSession", json={}, key=data["token"])
    assert told[0] == 402
    assert floor.session_ids() == []


def test_a_password_of_others_opens_its_change_alone(
    client: Client, floor: Floor, ada: int
) -> None:
    client.ok("POST", "/members/action/resetPassword", json={"member_ids": ada})
    data = login(client, device(floor), member_password="123456")["data"]
    assert (data["client"]["start_session"], data["member"]["must_change_password"]) == (0, 1)
    assert floor.session_ids() == []
    token = data["token"]
    assert client.ok("GET", "/memberSelf", key=token)["must_change_password"] == 1
    for call in ("clientStartSession", "submitOrder", "getTopupUrl", "autoCheckout"):
        assert client.call("POST", f"/{call}", json={}, key=token)["code"] == 403
    body = {"account": "ada", "old_password": "123456", "new_password": "sesame street"}
    assert client.ok("POST", "/memberChangePassword", json=body, key=token) == {}
    assert client.ok("POST", "/clientStartSession", json={}, key=token)["pc_name"] == "PC01"
    assert login(client, device(floor), member_password="123456")["code"] == 400
    assert login(client, device(floor), member_password="sesame street")["code"] == 200


def test_wrong_passwords_lock_the_seat_and_no_other(client: Client, floor: Floor, ada: int) -> None:
    seat, beside = device(floor), device(floor, "PC02")
    for _ in range(5):
        assert login(client, seat, member_password="no")["code"] == 400
    locked = login(client, seat)
    assert locked["message"] == "Too many wrong passwords. Try again in 5 minutes."
    assert login(client, beside)["code"] == 200


def test_somebody_elses_seat(client: Client, floor: Floor, ada: int) -> None:
    seat = device(floor)
    floor.guest("postpaid")
    guest = ask(client, "guestLogin", is_client=1, status_pc_token=seat)["data"]["token"]
    assert login(client, seat)["message"] == "PC01: the PC is in use"
    floor.set(start_session_after_login=False)
    assert login(client, seat)["message"] == "PC01: the PC is in use"
    assert seen(client, guest) == 200
    check_out(client, "PC01")
    assert seen(client, guest) == 401


def test_a_guest_is_who_plays_there(client: Client, floor: Floor, ada: int) -> None:
    seat = device(floor)
    none = (400, "No session on this PC")

    def guest(**more: Any) -> Any:
        return ask(client, "guestLogin", **{"is_client": 1, "status_pc_token": seat, **more})

    assert (guest()["code"], guest()["message"]) == none
    session = floor.guest("prepaid", paid_micros=4 * EURO)
    data = guest(license_name="hall7777", pc_name="PC01")["data"]
    assert data["member"]["member_id"] == session.member_id
    assert data["member"]["member_account"].startswith("G_")
    assert data["client"]["start_session"] == 1
    token = data["token"]
    assert client.ok("GET", "/memberSelf", key=token)["member_id"] == session.member_id
    assert client.ok("POST", "/clientStartSession", json={}, key=token)["pc_name"] == "PC01"
    assert guest(status_pc_token=device(floor, "PC02"))["message"] == none[1]
    client.ok("POST", "/pcSessions/move", json={"pc_name": "PC01", "move_to": "PC03"})
    assert seen(client, token) == 401
    assert guest()["message"] == none[1]
    assert guest(status_pc_token=device(floor, "PC03"))["code"] == 200
    check_out(client, "PC03")
    floor.member(ada, "PC01")
    assert guest()["message"] == none[1]


def test_a_code_of_the_ticket(client: Client, floor: Floor) -> None:
    floor.set(access_code_login=True)
    sold = client.ok("POST", "/pcSessions/addTimeMoney", json={"pc_name": "PC01", "pc_cost": 4})
    code = sold["access_code"]
    assert len(code) == 8

    def by_code(seat: str, typed: str) -> Any:
        sent = {"access_code": typed, "license_name": "hall7777"}
        if seat:
            sent |= {"is_client": "1", "status_pc_token": seat}
        return ask(client, "accessCodeLogin", **sent)

    data = by_code(device(floor), code)["data"]
    assert data["member"]["member_id"] == sold["member_id"]
    assert by_code(device(floor, "PC02"), code)["message"] == "No session on this PC"
    own = by_code("", code)["data"]["token"]
    assert by_code("", "00000000")["message"] == "No session that runs has this code."
    for _ in range(3):
        by_code("", "00000000")
    check_out(client, "PC01")
    assert by_code("", code)["code"] == 400
    assert by_code("", code)["message"].startswith("Too many wrong passwords")
    assert (seen(client, data["token"]), seen(client, own)) == (401, 200)


def test_a_booked_seat_asks_for_its_password(
    client: Client, floor: Floor, ada: int, freeze: clock.frozen
) -> None:
    eva = floor.add_member("eva", balance=20 * EURO)
    at = clock.now() + timedelta(hours=2)
    body = {
        "pc_name": ["PC01", "PC02"],
        "start_date": f"{at:%Y-%m-%d}",
        "start_time": f"{at:%H:%M}",
        "mins": 60,
        "member_account": "eva",
    }
    made = client.ok("POST", "/bookings", json=body)
    password = made["booking_password"]
    assert password
    freeze.advance(7260)
    seat = device(floor)
    told = login(client, seat)["data"]
    assert told["booking_error"] == "BOOKING_PASSWORD_REQUIRED"
    assert told["booking_info"]["product_pc_name"] == "PC01"
    assert set(told) == {"booking_error", "booking_info"}
    wrong = login(client, seat, booking_password="no")["data"]
    assert wrong["booking_error"] == "BOOKING_PASSWORD_INCORRECT"
    assert floor.session_ids() == []
    data = login(client, seat, booking_password=password)["data"]
    assert data["client"]["start_session"] == 1
    assert data["member"]["pc_name"] == "PC01"
    assert len(floor.session_ids()) == 1
    for _ in range(5):
        login(client, device(floor, "PC02"), booking_password="no")
    locked = login(client, device(floor, "PC02"), booking_password=password)
    assert locked["message"].startswith("Too many wrong passwords")
    assert eva
    floor.verify()


@pytest.mark.parametrize("starts", [True, False])
def test_the_session_ends_and_so_does_the_sign_in(
    client: Client, floor: Floor, ada: int, freeze: clock.frozen, *, starts: bool
) -> None:
    floor.set(start_session_after_login=starts)
    token = token_of(client, device(floor))
    started = client.ok("POST", "/clientStartSession", json={"pc_name": "PC01"}, key=token)
    assert (started["pc_name"], started["start_session"]) == ("PC01", 1)
    told = client.refused("POST", "/clientStartSession", json={"pc_name": "PC02"}, key=token)
    assert told == (403, "This is the program of PC01.")
    assert client.ok("POST", "/autoCheckout", json={}, key=token) == {"checked_out": 0, "pcs": []}
    freeze.advance(5 * 3600)
    ended = client.ok("POST", "/autoCheckout", json={"pc_name": "PC01"}, key=device(floor))
    assert ended == {"checked_out": 1, "pcs": ["PC01"]}
    assert floor.money(ada) == (0, 0)
    assert seen(client, token) == 401
    floor.verify()
