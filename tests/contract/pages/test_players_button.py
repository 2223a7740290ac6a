"""How many play at a console is asked only where that costs something, or where it is counted."""

from __future__ import annotations

import pytest

from lanhouse.db.store import Store
from tests.builders.centers import Hall
from tests.builders.client import Client
from tests.builders.floor import Floor, open_floor
from tests.contract.pages.test_pages import Desk


@pytest.fixture
def floor(sqlite_store: Store) -> Floor:
    return open_floor(sqlite_store, pcs_count=1, price_cents=300)


@pytest.fixture
def hall(floor: Floor) -> Hall:
    return floor.hall


@pytest.fixture
def desk(client: Client) -> Desk:
    return Desk(client, "admin7777")


def asks(desk: Desk, pc: str) -> bool:
    return 'id="do-players"' in desk.get(f"/panel/computers/panel?pc={pc}").text


def price(client: Client, euros: int) -> None:
    assert client.ok("PUT", "/configs/paymentSettings", json={"extra_player_price": euros})


def test_players_are_asked_where_they_cost_something(
    floor: Floor, client: Client, desk: Desk
) -> None:
    floor.add_pc("PS1", console_type=5)
    session = floor.guest("postpaid", "PS1")
    floor.guest("postpaid", "PC01")
    assert not asks(desk, "PS1")
    price(client, 1)
    assert asks(desk, "PS1")
    assert not asks(desk, "PC01")
    told = desk.post("/panel/computers/players", {"pc": "PS1", "session": session.id, "players": 2})
    assert told.status_code == 200
    # What is counted already can be changed, whatever the price is by now.
    price(client, 0)
    assert asks(desk, "PS1")


def sum_shown(page: str) -> str:
    return page.partition('name="amount"')[2].partition('value="')[2].partition('"')[0]


def test_another_number_of_players_prices_the_length_anew(
    floor: Floor, client: Client, desk: Desk
) -> None:
    floor.add_pc("PS1", console_type=5)
    price(client, 2)
    path = "/panel/computers/start?pc=PS1&kind=guest"
    one = desk.get(path).text
    assert sum_shown(one) == "3.00"
    assert 'name="priced_players" value="1"' in one
    assert sum_shown(desk.get(f"{path}&amount=3.00&players=2&priced_players=1").text) == "5.00"
    # The button for two hours was pressed.
    assert sum_shown(desk.get(f"{path}&amount=6.00&players=3&priced_players=1").text) == "14.00"
    assert sum_shown(desk.get(f"{path}&amount=5.00&players=1&priced_players=2").text) == "3.00"
    # What somebody typed stays.
    assert sum_shown(desk.get(f"{path}&amount=4.20&players=2&priced_players=1").text) == "4.20"
    assert sum_shown(desk.get(f"{path}&amount=x&players=2&priced_players=1").text) == "x"


def test_a_sum_that_is_none_says_why_before_it_is_sent(desk: Desk) -> None:
    path = "/panel/computers/quote?pc=PC01&kind=guest"
    assert "Enter how much money is paid" in desk.get(f"{path}&amount=").text
    for typed, why in (
        ("12345678901234567890", "is too large"),
        ("1.234", "At most 2 digits after the point"),
        ("abc", "This is not an amount"),
    ):
        page = desk.get(f"{path}&amount={typed}").text
        assert f"Money for time: {why}" in page
        assert "Enter how much" not in page
