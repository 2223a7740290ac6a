"""The four steps write what the nouns would have written, on both databases."""

from __future__ import annotations

import pytest

from lanhouse.cafe.first_start.commands import (
    AboutCenter,
    FirstPrices,
    Furnishing,
    make_rooms,
    name_center,
    set_first_prices,
)
from lanhouse.cafe.first_start.queries import Progress, progress_of
from lanhouse.cafe.first_start.rules import RoomWish, first_packages
from lanhouse.cafe.pcs.queries import pc_rows, rooms_of
from lanhouse.db.store import Store
from lanhouse.kit import clock
from lanhouse.kit.errors import InvalidInput, Refused
from lanhouse.ledger import balances
from tests.builders.centers import Hall, open_hall
from tests.builders.floor import EURO, Floor

HALL = RoomWish(name="Main hall", count=10, prefix="PC")
VIP = RoomWish(name="VIP", count=4, prefix="VIP")
WII = RoomWish(name="Consoles", count=2, prefix="W", console_type=6)


@pytest.fixture
def floor(store: Store, freeze: clock.frozen) -> Floor:
    return Floor(store, open_hall(store, 7777))


def named(floor: Floor, **more: str) -> AboutCenter:
    values = {"name": "Harbour Arena", "currency": "BRL", "zone": "America/Sao_Paulo", **more}
    return AboutCenter(center=floor.center, **values)


def progress(floor: Floor) -> Progress:
    return floor.store.read_sync(progress_of, floor.center)


def price(floor: Floor, *amounts: int, packages: tuple[str, ...] = ()) -> None:
    rooms = [room.id for room in progress(floor).rooms]
    offered = first_packages(amounts[0])
    wanted = FirstPrices(
        center=floor.center,
        by_room=dict(zip(rooms, amounts, strict=True)),
        packages=[offered[key] for key in packages],
    )
    floor.run(set_first_prices, wanted)


def test_from_nothing_to_a_session_in_another_currency(floor: Floor, freeze: clock.frozen) -> None:
    assert progress(floor).step == 1
    floor.run(name_center, named(floor))
    center = floor.center
    assert (center.name, center.currency, center.zone_name) == (
        *("Harbour Arena", "BRL", "America/Sao_Paulo"),
    )
    assert floor.run(make_rooms, Furnishing(center, [HALL, VIP, WII])) == 16
    assert progress(floor).step == 3
    price(floor, 3 * EURO, 5 * EURO, 3 * EURO, packages=("five", "night"))
    now = progress(floor)
    assert (now.step, now.offers_count, now.from_micros) == (0, 2, 3 * EURO)
    # The same clerk's work by the till: the room's own price holds in it, Default elsewhere.
    floor.pay(5 * EURO, "VIP01")
    floor.pay(3 * EURO, "PC01", "W01")
    for session_id in floor.session_ids():
        session = floor.session(session_id)
        assert session.expires_at == session.started_at.replace(hour=session.started_at.hour + 1)
    tills = floor.store.read_sync(balances, 7777, "center", 7777)
    assert tills["cash", "BRL"] == -11 * EURO
    assert not [currency for _, currency in tills if currency == "EUR"]
    floor.verify()


def test_the_map_has_each_seat_in_its_room(floor: Floor) -> None:
    floor.run(make_rooms, Furnishing(floor.center, [HALL, WII]))
    rows = floor.store.read_sync(pc_rows, 7777)
    assert [(row.name, row.room_name, row.console_type) for row in rows][-3:] == [
        ("PC10", "Main hall", 0),
        ("W01", "Consoles", 6),
        ("W02", "Consoles", 6),
    ]
    assert len({(row.room_name, row.box_left, row.box_top) for row in rows}) == 12


def test_nothing_is_half_made(floor: Floor) -> None:
    floor.add_pc("VIP03")
    with pytest.raises(InvalidInput):
        floor.run(make_rooms, Furnishing(floor.center, [HALL, VIP]))
    assert floor.store.read_sync(rooms_of, 7777) == []
    assert [row.name for row in floor.store.read_sync(pc_rows, 7777)] == ["VIP03"]


def test_a_second_owner_does_not_draw_over_the_map(floor: Floor) -> None:
    floor.run(make_rooms, Furnishing(floor.center, [HALL]))
    with pytest.raises(Refused):
        floor.run(make_rooms, Furnishing(floor.center, [VIP]))
    assert len(floor.store.read_sync(pc_rows, 7777)) == 10


def test_prices_said_again_change_the_same_rules(floor: Floor) -> None:
    floor.run(make_rooms, Furnishing(floor.center, [HALL, VIP]))
    price(floor, 3 * EURO, 5 * EURO)
    price(floor, 2 * EURO, 4 * EURO)
    assert [room.price_micros for room in progress(floor).rooms] == [2 * EURO, 4 * EURO]
    price(floor, 4 * EURO, 4 * EURO)
    assert [room.price_micros for room in progress(floor).rooms] == [4 * EURO, 4 * EURO]


def test_a_price_that_is_missing_is_named(floor: Floor) -> None:
    floor.run(make_rooms, Furnishing(floor.center, [HALL, VIP]))
    rooms = progress(floor).rooms
    wanted = FirstPrices(center=floor.center, by_room={rooms[0].id: EURO})
    with pytest.raises(InvalidInput) as told:
        floor.run(set_first_prices, wanted)
    assert told.value.fields.keys() == {f"price_{rooms[1].id}"}
    assert not progress(floor).has_price


@pytest.mark.parametrize("currency", ["", "XYZ", "eur"])
def test_a_currency_that_cannot_be_is_refused(floor: Floor, currency: str) -> None:
    with pytest.raises(InvalidInput) as told:
        floor.run(name_center, named(floor, currency=currency))
    assert told.value.fields.keys() == {"currency"}
    assert floor.center.currency == "EUR"
    assert floor.center.name != "Harbour Arena"


def test_a_zone_that_cannot_be_leaves_the_currency(floor: Floor) -> None:
    with pytest.raises(InvalidInput) as told:
        floor.run(name_center, named(floor, zone="Europe/Nowhere"))
    assert told.value.fields.keys() == {"zone"}
    assert floor.center.currency == "EUR"


def test_money_that_has_moved_keeps_its_currency(floor: Floor) -> None:
    member_id = floor.add_member("ana")
    floor.give(member_id, 5 * EURO)
    with pytest.raises(InvalidInput) as told:
        floor.run(name_center, named(floor))
    assert told.value.fields.keys() == {"currency"}
    floor.run(name_center, named(floor, currency="EUR"))
    assert floor.center.name == "Harbour Arena"
    assert floor.money(member_id) == (5 * EURO, 0)
    floor.verify()


def test_the_currency_of_one_centre_is_not_that_of_another(store: Store, floor: Floor) -> None:
    other: Hall = open_hall(store, 8888)
    floor.run(name_center, named(floor))
    assert Floor(store, other).center.currency == "EUR"
    neighbour = Floor(store, other)
    neighbour.give(neighbour.add_member("bea"), EURO)
    neighbour.verify()
