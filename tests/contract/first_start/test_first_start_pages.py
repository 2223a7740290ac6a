"""The pages of the first start: who may, what they guess, and what they refuse beside its field."""

from __future__ import annotations

import re

import pytest

from tests.builders.centers import Hall
from tests.builders.client import Client
from tests.builders.floor import EURO, Floor
from tests.contract.pages.test_pages import Desk, hidden_fields, text_of

STEPS = "/panel/first-start"


@pytest.fixture
def floor(hall: Hall) -> Floor:
    return Floor(hall.store, hall)


@pytest.fixture
def desk(client: Client, floor: Floor) -> Desk:
    return Desk(client, floor.hall.staff["admin"])


def went_to(desk: Desk, path: str, data: dict[str, str]) -> str:
    answer = desk.post(f"{STEPS}/{path}", data)
    assert answer.status_code == 200, answer.text
    return answer.headers["hx-redirect"]


def test_it_begins_where_something_is_missing(desk: Desk, floor: Floor) -> None:
    def begins() -> str:
        answer = desk.get(STEPS)
        assert answer.status_code == 303
        return answer.headers["location"].removeprefix(f"{STEPS}/")

    assert begins() == "center"
    rooms = {"rooms[0][name]": "Hall", "rooms[0][count]": "3", "rooms[0][prefix]": "PC"}
    assert went_to(desk, "rooms", rooms) == f"{STEPS}/prices"
    assert begins() == "prices"
    (name,) = re.findall(r'name="(price_\d+)"', desk.get(f"{STEPS}/prices").text)
    assert went_to(desk, "prices", {name: "3,00", "package": "five"}) == f"{STEPS}/people"
    assert "3 places · from €3.00/h · 1 package" in text_of(desk.get(f"{STEPS}/people"))
    floor.pay(3 * EURO, "PC01")


@pytest.mark.parametrize("step", ["", "/center", "/rooms", "/prices", "/people", "/guess"])
@pytest.mark.parametrize("role", ["staff", "manager"])
def test_only_the_admin_sets_a_centre_up(
    client: Client, floor: Floor, role: str, step: str
) -> None:
    assert Desk(client, floor.hall.staff[role]).get(f"{STEPS}{step}").status_code == 403


def test_a_hall_without_pcs_leads_its_admin_there(client: Client, floor: Floor) -> None:
    assert STEPS in Desk(client, floor.hall.staff["admin"]).get("/panel/computers").text
    assert STEPS not in Desk(client, floor.hall.staff["staff"]).get("/panel/computers").text


def chosen(page: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, options in re.findall(r'<select[^>]*name="(\w+)".*?>(.*?)</select>', page, re.S):
        found[name] = (re.findall(r'value="([^"]*)" selected', options) or [""])[0]
    return found


def test_a_browsers_clock_tells_country_currency_and_zone(desk: Desk) -> None:
    assert "data-guess" in desk.get(f"{STEPS}/center").text
    went_to(desk, "center", {"name": "Hall", "currency": "EUR", "zone": "Europe/Lisbon"})
    assert "data-guess" not in desk.get(f"{STEPS}/center").text  # it is known by now
    page = desk.get(f"{STEPS}/guess?guess_zone=America/Sao_Paulo").text
    assert chosen(page) == {"country": "BR", "currency": "BRL", "zone": "America/Sao_Paulo"}
    page = desk.get(f"{STEPS}/guess?country=US&currency=EUR&zone=Europe/Lisbon").text
    assert chosen(page) == {"country": "US", "currency": "USD", "zone": "Europe/Lisbon"}
    # One without decimals too, and a country without a currency leaves what was chosen.
    page = desk.get(f"{STEPS}/guess?country=JP&currency=EUR&zone=Europe/Lisbon").text
    assert chosen(page) == {"country": "JP", "currency": "JPY", "zone": "Asia/Tokyo"}
    page = desk.get(f"{STEPS}/guess?country=AQ&currency=EUR&zone=Europe/Lisbon").text
    assert chosen(page)["currency"] == "EUR"
    page = desk.get(f"{STEPS}/guess?guess_zone=<script>&zone=Europe/Lisbon").text
    assert "<script>" not in page


def test_what_is_wrong_stands_beside_its_field_and_nothing_typed_is_lost(desk: Desk) -> None:
    rooms = {
        **{"rooms[0][name]": "Hall <b>", "rooms[0][count]": "3", "rooms[0][prefix]": "PC"},
        **{"rooms[1][name]": "VIP", "rooms[1][count]": "many", "rooms[1][prefix]": "V"},
    }
    answer = desk.post(f"{STEPS}/rooms", rooms)
    assert answer.status_code == 400
    assert 'id="count_1-more"' in answer.text
    assert 'value="Hall &lt;b&gt;"' in answer.text
    assert 'value="many"' in answer.text
    answer = desk.post(f"{STEPS}/rooms", {**rooms, "more": "1"})
    assert (answer.status_code, answer.text.count('name="rooms[')) == (200, 4 * 3)
    answer = desk.post(f"{STEPS}/center", {"name": "", "currency": "EUR", "zone": "UTC"})
    assert (answer.status_code, 'id="name-more"' in answer.text) == (400, True)


def test_the_hall_is_shown_while_it_is_typed(desk: Desk) -> None:
    rooms = {
        **{"rooms[0][name]": "Hall", "rooms[0][count]": "12", "rooms[0][prefix]": "PC"},
        **{"rooms[1][name]": "VIP", "rooms[1][count]": "", "rooms[1][prefix]": ""},
    }
    shown = text_of(desk.post(f"{STEPS}/rooms/preview", rooms))
    assert "Hall PC01 to PC12" in shown
    assert "12 places" in shown
    assert "VIP" not in shown


def test_an_hour_and_a_half_costs_what_the_till_takes(desk: Desk, floor: Floor) -> None:
    rooms = {"rooms[0][name]": "Hall", "rooms[0][count]": "1", "rooms[0][prefix]": "PC"}
    went_to(desk, "rooms", rooms)
    (name,) = re.findall(r'name="(price_\d+)"', desk.get(f"{STEPS}/prices").text)
    shown = text_of(desk.post(f"{STEPS}/prices/preview", {name: "3.33"}))
    assert "1 h 30 costs €5.00" in shown
    assert text_of(desk.post(f"{STEPS}/prices/preview", {name: "much"})) == ""
    assert desk.post(f"{STEPS}/prices", {name: "much"}).status_code == 400
    went_to(desk, "prices", {name: "3.33"})
    quote = "/panel/computers/quote?pc=PC01&kind=guest&payment=cash&amount=5.00"
    assert "1 h 30 min" in text_of(desk.get(quote))


def test_a_person_is_added_once_and_the_password_shown_once(desk: Desk, client: Client) -> None:
    form = {**hidden_fields(desk.get(f"{STEPS}/people")), "account": "ines", "role": "staff"}
    made = desk.post(f"{STEPS}/people", form)
    assert made.headers["cache-control"] == "no-store"
    password = re.search(r'id="new-password">([^<]+)<', made.text)
    assert password is not None
    assert desk.post(f"{STEPS}/people", form).text.count(password[1]) == 1  # the same press again
    assert password[1] not in desk.get(f"{STEPS}/people").text
    sign_in = {"center": "7777", "account": "ines", "password": password[1]}
    assert client.raw("POST", "/panel/sign-in", data=sign_in).status_code == 303
    again = desk.post(f"{STEPS}/people", {**form, "key": ""})
    assert (again.status_code >= 400, 'id="account-more"' in again.text) == (True, True)
    wrong = desk.post(f"{STEPS}/people", {**form, "key": "", "account": "eva", "role": "admin"})
    assert wrong.status_code == 400


def test_what_is_left_to_do_is_told_until_it_is_done_or_hidden(
    client: Client, desk: Desk, floor: Floor
) -> None:
    def told() -> str | None:
        page = desk.get("/panel/computers").text
        found = re.search(r'id="getting-ready".*?(\d of \d)', page, re.S)
        return found and found[1]

    floor.add_pc("PC01")
    assert told() is None  # a centre of before
    client.ok("PUT", "/configs/centerSettings", json={"show_getting_ready": 1})
    assert told() == "2 of 6"
    floor.set_price(300)
    assert told() == "3 of 6"
    assert desk.post(f"{STEPS}/hide", {}).text == ""
    assert told() is None
