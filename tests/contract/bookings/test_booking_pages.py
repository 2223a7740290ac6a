"""The page of a day's bookings: cost first, then that sum; what goes back when one is cancelled."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest

from lanhouse.cafe.bookings.queries import live_bookings
from lanhouse.kit import clock
from tests.builders.client import Client
from tests.builders.floor import EURO, Floor
from tests.contract.pages.test_pages import Desk, hidden_fields, text_of

NEW = "/panel/bookings/new"


@pytest.fixture
def desk(client: Client, floor: Floor) -> Desk:
    return Desk(client, floor.hall.staff["staff"])


def tomorrow() -> dict[str, str]:
    begins = clock.now() + timedelta(days=1)
    return {"starts_date": f"{begins:%Y-%m-%d}", "starts_time": "18:00"}


def live(floor: Floor) -> list[Any]:
    return floor.store.read_sync(live_bookings, floor.hall.center_id, clock.now())


def test_a_booking_is_shown_made_and_cancelled(desk: Desk, floor: Floor) -> None:
    ann = floor.add_member("ann", balance=10 * EURO)
    day = tomorrow()
    assert "New booking" in text_of(desk.get(NEW))
    wanted = {**day, "pcs": ["PC01", "PC02"], "minutes": "60", "account": "ann"}
    shown = desk.post(NEW, {**wanted, "key": "one", "comment": "<i>left</i>"})
    assert "Book for €4.00" in text_of(shown)
    assert live(floor) == []
    hidden = hidden_fields(shown)
    assert hidden["shown"] == str(4 * EURO)
    done = desk.post(NEW, {**wanted, **hidden, "comment": "<i>left</i>"})
    assert "Password" in text_of(done)
    assert [each.pc_name for each in live(floor)] == ["PC01", "PC02"]
    assert floor.money(ann) == (6 * EURO, 0)

    page = desk.get(f"/panel/bookings?day={day['starts_date']}")
    assert "<i>left" not in page.text
    assert "ann" in text_of(page)
    number = live(floor)[0].id
    asked = desk.get(f"/panel/bookings/cancel?booking={number}")
    assert "Back on the balance" in text_of(asked)
    gone = desk.post("/panel/bookings/cancel", hidden_fields(asked))
    assert "PC01: €2.00 went back." in text_of(gone)
    assert [each.pc_name for each in live(floor)] == ["PC02"]
    assert floor.money(ann) == (8 * EURO, 0)
    floor.verify()


def test_a_refusal_keeps_the_form(desk: Desk, floor: Floor) -> None:
    floor.add_member("ann", balance=1 * EURO)
    wanted = {**tomorrow(), "pcs": ["PC01"], "minutes": "60"}
    for more, words in (
        ({"account": "nobody"}, "Member not found"),
        ({"account": "ann"}, "the balance is too low"),
        ({"minutes": "0", "account": "ann"}, "must be 1 to 1440 minutes"),
        ({"pcs": [], "account": "ann"}, "is required"),
        ({"starts_date": "2020-01-01", "account": "ann"}, "must lie in the future"),
        ({"starts_time": "99:99", "account": "ann"}, "must be HH:MM"),
    ):
        answer = desk.post(NEW, {**wanted, **more, "key": "two"})
        assert answer.status_code >= 400
        assert words in text_of(answer)
    assert live(floor) == []
    missing = desk.get("/panel/bookings/cancel?booking=999")
    assert missing.status_code == 404


def test_the_timeline_opens_moves_releases_and_seats(desk: Desk, floor: Floor) -> None:
    name = "ann<script>alert(1)</script>"
    ann = floor.add_member(name, balance=10 * EURO)
    begins = clock.now().replace(second=0, microsecond=0) + timedelta(days=1)
    booking = floor.book_one("PC01", at=begins, member_id=ann)
    page = desk.get(f"/panel/bookings?day={begins:%Y-%m-%d}")
    assert "<script>alert" not in page.text
    assert f'data-booking="{booking.id}"' in page.text
    assert 'data-pc="PC03"' in page.text
    only = desk.get(f"/panel/bookings?day={begins:%Y-%m-%d}&only=1")
    assert 'data-pc="PC03"' not in only.text
    card = desk.get(f"/panel/bookings/one?booking={booking.id}")
    assert "Move…" in text_of(card)
    assert "<script>alert" not in card.text
    assert desk.get("/panel/bookings/one?booking=999").status_code == 404

    drawn = desk.get(f"{NEW}?starts_date={begins:%Y-%m-%d}&offset=615&pcs=PC03&minutes=90")
    assert 'value="10:15"' in drawn.text
    assert 'value="90"' in drawn.text
    moving = f"/panel/bookings/move?booking={booking.id}&pc=PC02"
    asked = desk.get(f"{moving}&starts_date={begins:%Y-%m-%d}&offset=720")
    assert "Back on the account" in text_of(asked)
    form = {**hidden_fields(asked), "pc": "PC02", "starts_date": f"{begins:%Y-%m-%d}"}
    done = desk.post("/panel/bookings/move", {**form, "starts_time": "12:00"})
    assert "Moved to PC02." in text_of(done)
    (now,) = live(floor)
    assert (now.pc_name, f"{now.starts_at:%H:%M}") == ("PC02", "12:00")
    assert floor.money(ann) == (8 * EURO, 0)

    guest = floor.book_one("PC03", at=clock.now(), payment="cash")
    seated = desk.post("/panel/bookings/seat", {"booking": str(guest.id), "key": "seat"})
    assert "Password" in text_of(seated)
    assert floor.is_busy("PC03")
    missed = floor.book_one("PC04", at=clock.now(), payment="cash")
    gone = desk.post("/panel/bookings/release", {"booking": str(missed.id), "key": "gone"})
    assert "PC04 is free again." in text_of(gone)
    floor.verify()


def test_each_pc_of_a_guests_party_is_paid_in_its_own_way(desk: Desk, floor: Floor) -> None:
    cash, card = floor.till("cash"), floor.till("card")
    wanted = {**tomorrow(), "pcs": ["PC01", "PC02"], "minutes": "60"}
    shown = desk.post(NEW, {**wanted, "key": "party"})
    assert "PC02 is paid by" in text_of(shown)
    pay = {"pay_pc": ["PC01", "PC02"], "pay": ["cash", "card"]}
    done = desk.post(NEW, {**wanted, **hidden_fields(shown), **pay})
    assert done.status_code == 200, done.text
    assert [each.payment for each in live(floor)] == ["cash", "card"]
    assert abs(floor.till("cash") - cash) == abs(floor.till("card") - card) == 2 * EURO
    floor.verify()


def test_each_pc_of_a_members_party_is_paid_in_its_own_way(desk: Desk, floor: Floor) -> None:
    ann = floor.add_member("ann", balance=10 * EURO)
    cash = floor.till("cash")
    wanted = {**tomorrow(), "pcs": ["PC01", "PC02", "PC03"], "minutes": "60", "account": "ann"}
    shown = desk.post(NEW, {**wanted, "key": "party"})
    assert "PC02 is paid by" in text_of(shown)
    pay = {"pay_pc": ["PC01", "PC02", "PC03"], "pay": ["balance", "cash", "balance"]}
    done = desk.post(NEW, {**wanted, **hidden_fields(shown), **pay})
    assert done.status_code == 200, text_of(done)
    assert [each.payment for each in live(floor)] == ["balance", "cash", "balance"]
    assert floor.money(ann) == (6 * EURO, 0)
    assert abs(floor.till("cash") - cash) == 2 * EURO
    # Each goes back by the way it came.
    for booking in live(floor):
        floor.cancel(booking.id)
    assert (floor.money(ann), floor.till("cash")) == ((10 * EURO, 0), cash)
    floor.verify()


def test_a_split_survives_the_question_for_a_shift(
    client: Client, desk: Desk, floor: Floor
) -> None:
    url, on = "/api/native/v1/settings/payment", {"shift_required": 1}
    assert client.raw("PUT", url, key=floor.hall.api_key, json=on).status_code == 200
    till = floor.add_till()
    wanted = {**tomorrow(), "pcs": ["PC01", "PC02"], "minutes": "60"}
    shown = desk.post(NEW, {**wanted, "key": "party"})
    pay = {"pay_pc": ["PC01", "PC02"], "pay": ["card", "qr"]}
    asked = desk.post(NEW, {**wanted, **hidden_fields(shown), **pay})
    assert "You have no open shift" in text_of(asked)
    kept = re.findall(r'name="(pay|pay_pc)" value="([^"]*)"', asked.text)
    assert kept == [("pay_pc", "PC01"), ("pay", "card"), ("pay_pc", "PC02"), ("pay", "qr")]
    going = {**wanted, **hidden_fields(asked), **pay, "open_till": till, "open_float": "20"}
    assert desk.post(NEW, going).status_code == 200
    assert [each.payment for each in live(floor)] == ["card", "qr"]
    assert (floor.till("card"), floor.till("qr"), live(floor)[0].cost_micros) == (
        2 * EURO,
        2 * EURO,
        2 * EURO,
    )
    floor.verify()


def test_another_sum_by_card_is_shown_before_it_is_taken(
    client: Client, desk: Desk, floor: Floor
) -> None:
    url, on = "/api/native/v1/settings/payment", {"credit_card_price_rate": 110}
    assert client.raw("PUT", url, key=floor.hall.api_key, json=on).status_code == 200
    wanted = {**tomorrow(), "pcs": ["PC01", "PC02"], "minutes": "60"}
    shown = desk.post(NEW, {**wanted, "key": "party"})
    pay = {"pay_pc": ["PC01", "PC02"], "pay": ["cash", "card"]}
    again = desk.post(NEW, {**wanted, **hidden_fields(shown), **pay})
    assert "The sum has changed since it was shown" in text_of(again)
    assert hidden_fields(again)["shown"] == str(42 * EURO // 10)
    assert live(floor) == []
    done = desk.post(NEW, {**wanted, **hidden_fields(again), **pay})
    assert done.status_code == 200, text_of(done)
    assert [each.cost_micros for each in live(floor)] == [2 * EURO, 22 * EURO // 10]
    floor.verify()


def test_the_page_names_its_key(desk: Desk) -> None:
    page = desk.get("/panel/bookings").text
    assert 'data-hotkey="n"' in page
    assert re.search(r"<dt><kbd[^>]*>N</kbd></dt><dd>a new booking</dd>", page)


def test_the_loan_of_a_frozen_bill_is_given_at_the_desk(
    client: Client, desk: Desk, floor: Floor
) -> None:
    floor.set(payment_method_pay_later=True, pay_later='{"member_groups":["0"]}')
    ann = floor.add_member("ann", first_name="Anna")
    session_id = floor.guest("postpaid", "PC01").id
    with clock.frozen(clock.now() + timedelta(hours=1)):
        floor.check_out("PC01", payment="later", comment="Kim")
    address = f"/panel/computers/debt?session={session_id}"
    boss = Desk(client, floor.hall.staff["manager"])
    assert "A member owes it" not in text_of(desk.get(address))
    asked = boss.get(address)
    form = {**hidden_fields(asked), "later": "1"}
    assert desk.post("/panel/computers/debt", {**form, "member": "ann"}).status_code == 403
    assert "is required" in text_of(boss.post("/panel/computers/debt", form))
    unsure = boss.post("/panel/computers/debt", {**form, "member": "Anna"})
    assert "Is this who is meant?" in text_of(unsure)
    assert floor.owes(ann) == 0
    again = {**hidden_fields(unsure), "later": "1", "member": "Anna"}
    assert "€2.00 lent." in text_of(boss.post("/panel/computers/debt", again))
    assert floor.owes(ann) == 2 * EURO
    floor.verify()


def test_what_a_frozen_bill_owes_is_shown_and_written_off(
    client: Client, desk: Desk, floor: Floor
) -> None:
    floor.set(allow_booking_when_pc_online=True)
    ann = floor.add_member("ann", balance=10 * EURO)
    guest = floor.guest("postpaid", "PC01")
    with clock.frozen(clock.now() + timedelta(hours=1)):
        floor.book_one("PC01", at=clock.now() + timedelta(hours=1), member_id=ann)
        quote = "/panel/computers/quote?pc=PC02&kind=guest&amount=3"
        floor.book_one("PC02", at=clock.now() + timedelta(hours=1), member_id=ann)
        assert "would reach into the booking" in text_of(desk.get(quote))
        assert "would reach into the booking" not in text_of(desk.get(quote.replace("=3", "=2")))
    with clock.frozen(clock.now() + timedelta(hours=2)):
        floor.bring_on()
        assert "To pay €4.00" in text_of(desk.get("/panel/computers"))
        boss = Desk(client, floor.hall.staff["manager"])
        panel = boss.get("/panel/computers/panel?pc=PC01")
        assert "Write off…" in text_of(panel)
        assert desk.get(f"/panel/computers/write-off?session={guest.id}").status_code == 403
        asked = boss.get(f"/panel/computers/write-off?session={guest.id}")
        bad = boss.post("/panel/computers/write-off", hidden_fields(asked))
        assert "is required" in text_of(bad)
        sent = {**hidden_fields(asked), "reason": "<b>left</b>"}
        assert "€4.00 written off." in text_of(boss.post("/panel/computers/write-off", sent))
        assert "To pay" not in text_of(desk.get("/panel/computers"))
        assert floor.debts() == []
    floor.verify()
