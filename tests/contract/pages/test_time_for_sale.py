"""Lengths of time at the desk have the price that is taken: by the tender, and of who plays."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import urlencode

from lanhouse.kit import clock
from lanhouse.kit.money import MICROS
from tests.builders.floor import EURO, Floor
from tests.contract.pages.test_pages import Desk, client, desk, floor, hidden_fields

__all__ = ["client", "desk", "floor"]

START = "/panel/computers/start"
QUOTE = "/panel/computers/quote"
HOUR = 3600


def ask(desk: Desk, path: str, **fields: Any) -> str:
    """A part of a page, as a form asks for it."""
    return desk.get(f"{path}?{urlencode(fields, doseq=True)}").text


def sums(page: str) -> list[str]:
    """What the buttons for lengths of time write into the field."""
    return re.findall(r'data-set="amount" data-value="([\d.]+)"', page)


def test_lengths_have_the_price_of_the_chosen_tender(
    desk: Desk, floor: Floor, freeze: clock.frozen
) -> None:
    floor.set(credit_card_price_rate=110)
    form = desk.get(f"{START}?pc=PC01")
    assert sums(form.text)[:2] == ["1.50", "3.00"]  # 3.00 an hour
    sent: dict[str, Any] = {**hidden_fields(form), "kind": "guest", "amount": "3.00"}
    assert sums(ask(desk, QUOTE, **{**sent, "payment": "cash"})) == []
    by_card = ask(desk, QUOTE, **{**sent, "payment": "card"})
    assert 'id="chips" hx-swap-oob="true"' in by_card
    assert sums(by_card)[:2] == ["1.65", "3.30"]
    # Where that is shown already nothing is drawn anew, and nobody loses a press.
    sent["priced"] = "card"
    assert sums(ask(desk, QUOTE, **{**sent, "payment": "card"})) == []
    assert sums(ask(desk, QUOTE, **{**sent, "payment": "qr"}))[:2] == ["1.50", "3.00"]
    sold = desk.post(START, {**sent, "payment": "card", "amount": "3.30"})
    assert "data-done" in sold.text
    session = floor.session(floor.session_ids()[0])
    assert session.expires_at is not None
    assert (session.expires_at - session.started_at).total_seconds() == HOUR


def test_where_no_cash_is_taken_the_form_begins_with_the_card(
    desk: Desk, floor: Floor, freeze: clock.frozen
) -> None:
    floor.set(credit_card_price_rate=110, payment_method_cash=False)
    form = desk.get(f"{START}?pc=PC01").text
    assert sums(form)[:2] == ["1.65", "3.30"]
    assert "1 h" in form
    assert "by card 110" in form
    panel = desk.get("/panel/computers?pc=PC01").text
    assert sums(panel)[:2] == ["1.65", "3.30"]
    assert "by card 110" in panel


def test_more_time_owes_nothing_of_a_beginning_again(
    desk: Desk, floor: Floor, freeze: clock.frozen
) -> None:
    floor.set(start_fee_micros=MICROS, first_hour_price_factor=200)
    assert sums(desk.get(f"{START}?pc=PC01").text)[:2] == ["4.00", "7.00"]
    floor.pay(7 * MICROS, "PC01")
    assert sums(desk.get(f"{START}?pc=PC01").text)[:2] == ["1.50", "3.00"]


def test_more_time_has_the_price_of_who_plays(
    desk: Desk, floor: Floor, freeze: clock.frozen
) -> None:
    gold = floor.add_member_group("Gold", pc_time_discount=1000)
    ann = floor.add_member("ann", group_id=gold, balance=10 * MICROS)
    floor.member(ann, "PC01")
    assert sums(desk.get(f"{START}?pc=PC01").text)[:2] == ["1.35", "2.70"]


def test_several_are_sold_the_whole_time_by_card(
    desk: Desk, floor: Floor, freeze: clock.frozen
) -> None:
    floor.set(credit_card_price_rate=110)
    lines = "/panel/computers/batch/lines"
    asked: dict[str, Any] = {"pc": ["PC01", "PC02"], "act": "start", "minutes": "60"}
    assert ask(desk, lines, **{**asked, "payment": "cash"}).count("€3.00") == 2
    by_card = ask(desk, lines, **{**asked, "payment": "card"})
    assert by_card.count("€3.30") == 2
    assert "€6.60" in by_card


def test_several_get_more_time_at_the_price_of_each(
    desk: Desk, floor: Floor, freeze: clock.frozen
) -> None:
    floor.set(start_fee_micros=MICROS)
    gold = floor.add_member_group("Gold", pc_time_discount=1000)
    ann = floor.add_member("ann", group_id=gold, balance=10 * MICROS)
    floor.member(ann, "PC01")
    floor.pay(4 * MICROS, "PC02")
    asked: dict[str, Any] = {"pc": ["PC01", "PC02"], "act": "time", "minutes": "60"}
    found = ask(desk, "/panel/computers/batch/lines", **asked)
    assert "€2.70" in found
    assert "€3.00" in found
    assert "€5.70" in found


def test_together_begins_with_a_tender_that_is_taken(
    desk: Desk, floor: Floor, freeze: clock.frozen
) -> None:
    floor.set(credit_card_price_rate=110, payment_method_cash=False)
    asked = "pc=PC01&pc=PC02&kind=time&minutes=60"
    assert "€6.60" in desk.get(f"/panel/computers/together?{asked}").text


def test_guests_of_several_pcs_have_their_codes_too(
    desk: Desk, floor: Floor, freeze: clock.frozen
) -> None:
    floor.set(access_code_login=True)
    form = desk.get("/panel/computers/batch/start?pc=PC01&pc=PC02&minutes=60")
    each = re.findall(r'name="each" value="([^"]*)"', form.text)
    sent = {**hidden_fields(form), "pc": ["PC01", "PC02"], "each": each, "kind": "guest"}
    sold = desk.post("/panel/computers/batch/sale", {**sent, "minutes": "60", "payment": "cash"})
    assert len(re.findall(r"Access code \d{8}<", sold.text)) == 2
    form = desk.get("/panel/computers/together?pc=PC03&pc=PC04&kind=time&minutes=60")
    sent = {**hidden_fields(form), "pc": ["PC03", "PC04"], "kind": "time", "minutes": "60"}
    sold = desk.post("/panel/computers/together", {**sent, "payment": "cash"})
    assert len(re.findall(r"<dd>\d{4} \d{4}</dd>", sold.text)) == 2


def test_an_hour_is_filled_in_whatever_the_quick_sums_are(
    desk: Desk, floor: Floor, freeze: clock.frozen
) -> None:
    floor.set(price_button=json.dumps([{"money": "5.00"}, {"min": "90"}]))
    typed = re.compile(r'name="amount"[^>]* value="([\d.]+)"')
    assert typed.findall(desk.get("/panel/computers?pc=PC01").text) == ["3.00"]
    assert typed.findall(desk.get(f"{START}?pc=PC01").text) == ["3.00"]
    assert typed.findall(desk.get(f"{START}?pc=PC01&minutes=120").text) == ["6.00"]
    assert typed.findall(desk.get(f"{START}?pc=PC01&minutes=-5").text) == []
    floor.pay(3 * MICROS, "PC01")
    assert typed.findall(desk.get(f"{START}?pc=PC01").text) == []
    assert typed.findall(desk.get(f"{START}?pc=PC01&minutes=30").text) == ["1.50"]


def test_a_form_for_a_free_pc_says_that_it_was_taken(desk: Desk, floor: Floor) -> None:
    """What it would do to whoever sits there now is nothing that it was opened for."""
    form = {**hidden_fields(desk.get(f"{START}?pc=PC01")), "kind": "guest", "amount": "3.00"}
    assert "data-barred" not in ask(desk, QUOTE, **form)
    floor.pay(3 * MICROS, "PC01")
    for kind in ("guest", "member", "postpaid", "package", "nocharge"):
        told = ask(desk, QUOTE, **{**form, "kind": kind})
        assert "PC01 has been taken meanwhile." in told
        assert "data-barred" in told
        assert ">Start</span>" in told
        assert "data-due" not in told


def test_a_form_for_a_session_says_that_it_has_ended(
    desk: Desk, floor: Floor, freeze: clock.frozen
) -> None:
    floor.pay(3 * MICROS, "PC01")
    form = {**hidden_fields(desk.get(f"{START}?pc=PC01")), "kind": "guest", "amount": "3.00"}
    assert form["session"] == str(floor.session_ids()[0])
    floor.check_out("PC01")
    told = ask(desk, QUOTE, **form)
    assert "The session on PC01 has ended meanwhile." in told
    assert ">Add time</span>" in told
    assert "data-barred" in told
    floor.pay(3 * MICROS, "PC01")
    assert "The session on PC01 has ended meanwhile." in ask(desk, QUOTE, **form)


def test_no_guest_starts_without_a_password(desk: Desk, floor: Floor) -> None:
    """Only a form that adds time makes none; one that starts makes it in any case."""
    form = {**hidden_fields(desk.get(f"{START}?pc=PC01")), "kind": "guest", "amount": "3.00"}
    assert desk.post(START, {**form, "session": "99"}).status_code == 422
    assert floor.session_ids() == []
    form = {**hidden_fields(desk.get(f"{START}?pc=PC01")), "kind": "postpaid", "session": "99"}
    assert "lh-login" in desk.post(START, form).text


def test_a_sale_that_the_closing_cuts_says_so_before(
    desk: Desk, floor: Floor, freeze: clock.frozen
) -> None:
    """It is noon, an hour costs 3.00, and the house closes in an hour."""
    assert freeze is not None
    floor.set(end_sessions_at_closing=True, open_time_start="09:00", open_time_end="13:00")
    left = "closes at 13:00. The session ends then, what is left stays on the account."
    short = {"pc": "PC01", "kind": "guest", "payment": "cash", "amount": "2.00"}
    assert "closes at" not in ask(desk, QUOTE, **short)
    assert left in ask(desk, QUOTE, **{**short, "amount": "6.00"})
    # Nothing is left of what is paid at the end.
    unpaid = ask(desk, QUOTE, **{**short, "kind": "postpaid"})
    assert "closes at 13:00. The session ends then." in unpaid
    running = floor.pay(2 * EURO, "PC02")[0].session
    more = {**short, "pc": "PC02", "session": running.id}
    assert "closes at" not in ask(desk, QUOTE, **{**more, "amount": "0.50"})
    assert left in ask(desk, QUOTE, **more)
