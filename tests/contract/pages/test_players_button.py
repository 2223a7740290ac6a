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
