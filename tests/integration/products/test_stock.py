"""Stocks: what comes in and goes, counting, combos, and many desks at once."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from lanhouse.auth.actors import Actor
from lanhouse.auth.rights import rights_of
from lanhouse.cafe.products.commands import ProductChange, change_product, delete_product
from lanhouse.cafe.products.commands import shelf as shelves
from lanhouse.cafe.products.commands.stock import (
    Counted,
    GoodsMove,
    Restock,
    StockTake,
    give_back_stock,
    restock,
    take_stock,
    take_stock_count,
)
from lanhouse.cafe.products.errors import SoldOut
from lanhouse.cafe.products.queries.listing import MOVEMENT_LIST, MovementSearch
from lanhouse.cafe.products.schemas import ComboItem, Source, StockLevel, StockLine
from lanhouse.db.store import Store, Tx
from lanhouse.kit.errors import Forbidden, InvalidInput, NotFound, Refused
from lanhouse.ledger.verify import verify_ledger
from tests.builders import databases
from tests.builders.floor import DESK, Floor, open_floor
from tests.builders.nouns.orders import at_once

CASHIER = Actor(
    kind="staff",
    center_id=7777,
    staff_id=2,
    staff_name="Bo",
    role="staff",
    rights=rights_of("staff"),
)


@pytest.fixture
def floor(store: Store) -> Floor:
    return open_floor(store, pcs_count=0)


def put(floor: Floor, product_id: int, pieces: int, reason: str = "", actor: Actor = DESK) -> int:
    cmd = Restock(
        center=floor.center, actor=actor, product_id=product_id, pieces=pieces, reason=reason
    )
    return floor.run(restock, cmd).quantity


def goods(floor: Floor, order_id: int, *lines: tuple[int, int]) -> GoodsMove:
    return GoodsMove(
        center=floor.center,
        actor=DESK,
        order_id=order_id,
        lines=[StockLine(*line) for line in lines],
    )


def count(floor: Floor, *lines: tuple[int, int, int], reason: str = "") -> list[StockLevel]:
    cmd = StockTake(
        center=floor.center, actor=DESK, lines=[Counted(*line) for line in lines], reason=reason
    )
    return floor.run(take_stock_count, cmd)


def test_goods_come_in_and_go_with_a_reason(floor: Floor) -> None:
    cola = floor.add_product("Cola", 5)
    assert put(floor, cola, 24) == 29
    assert put(floor, cola, -2, "broken") == 27
    assert floor.stock_moves(cola) == [("opening", 5, 5), ("restock", 24, 29), ("destock", -2, 27)]
    wanted = MovementSearch(center_id=7777, product_id=cola)
    rows = floor.store.read_sync(MOVEMENT_LIST.part, wanted, None, 2).rows
    assert [(row.reason, row.staff_name, row.product_name) for row in rows] == [
        ("broken", "Kim", "Cola"),
        ("", "Kim", "Cola"),
    ]
    with pytest.raises(SoldOut, match="Cola: only 27 left"):
        put(floor, cola, -28, "gone")
    floor.verify_stock()
    assert floor.store.read_sync(verify_ledger, None).is_clean


@pytest.mark.parametrize(
    ("pieces", "reason", "field"),
    [(0, "", "pieces"), (-1, "", "reason"), (10**10, "", "pieces"), (1, "x" * 256, "reason")],
)
def test_wrong_restocks_are_refused_by_field(
    floor: Floor, pieces: int, reason: str, field: str
) -> None:
    cola = floor.add_product("Cola", 5)
    with pytest.raises(InvalidInput) as refused:
        put(floor, cola, pieces, reason)
    assert refused.value.fields.keys() == {field}
    assert floor.pieces(cola) == 5


def test_a_cashier_fills_up_and_does_not_take_out(floor: Floor) -> None:
    cola = floor.add_product("Cola", 5)
    assert put(floor, cola, 1, actor=CASHIER) == 6
    with pytest.raises(Forbidden):
        put(floor, cola, -1, "drunk", actor=CASHIER)
    assert floor.pieces(cola) == 6


def test_what_is_not_counted_and_what_is_gone_is_refused(floor: Floor) -> None:
    tea = floor.add_product("Tea", is_unlimited=True)
    menu = floor.add_product("Menu", combo=(ComboItem(Source.PRODUCT, tea),))
    gone = floor.add_product("Cola", 5)
    floor.run(delete_product, ProductChange(center=floor.center, product_id=gone))
    for product_id in (tea, menu):
        with pytest.raises(Refused, match="its pieces are not counted"):
            put(floor, product_id, 1)
    for product_id in (gone, 99):
        with pytest.raises(NotFound):
            put(floor, product_id, 1)
        with pytest.raises(NotFound):
            floor.run(take_stock, goods(floor, 1, (product_id, 1)))
        with pytest.raises(NotFound):
            count(floor, (product_id, 1, 1))


def test_low_stock_is_told_once_on_the_way_down(floor: Floor) -> None:
    cola = floor.add_product("Cola", 6, low_stock_at=3)
    floor.run(take_stock, goods(floor, 1, (cola, 2)))
    assert floor.logs("RESTOCKNOTIFY") == []
    floor.run(take_stock, goods(floor, 2, (cola, 2)))
    floor.run(take_stock, goods(floor, 3, (cola, 1)))
    (row,) = floor.logs("RESTOCKNOTIFY")
    assert (row.details, row.staff_name) == ("Cola: 2", "Kim")
    put(floor, cola, 9)
    put(floor, cola, -9, "expired")
    assert [row.details for row in floor.logs("RESTOCKNOTIFY")] == ["Cola: 2", "Cola: 1"]
    floor.verify()


def test_a_stock_take_keeps_what_was_sold_since_the_counting(floor: Floor) -> None:
    cola, tea = floor.add_product("Cola", 10), floor.add_product("Tea", 4)
    # Nine were found where the books said ten; two are sold before it is entered.
    floor.run(take_stock, goods(floor, 1, (cola, 2)))
    assert count(floor, (cola, 9, 10), (tea, 4, 4), reason="Sunday") == [
        StockLevel(cola, 7),
        StockLevel(tea, 4),
    ]
    assert floor.stock_moves(cola)[-1] == ("count", -1, 7)
    assert floor.stock_moves(tea) == [("opening", 4, 4)]
    floor.run(take_stock, goods(floor, 2, (cola, 7)))
    with pytest.raises(Refused, match="Cola changed meanwhile: count it again"):
        count(floor, (tea, 5, 4), (cola, 5, 7))
    assert floor.pieces(tea) == 4
    for lines in ((), ((cola, 1, 1), (cola, 1, 1)), ((cola, -1, 0),)):
        with pytest.raises(InvalidInput, match="lines"):
            count(floor, *lines)
    floor.verify_stock()


def test_an_order_takes_all_or_nothing(floor: Floor) -> None:
    cola, toast = floor.add_product("Cola", 5), floor.add_product("Toast", 1)
    with pytest.raises(SoldOut, match="Toast: only 1 left"):
        floor.run(take_stock, goods(floor, 1, (cola, 2), (toast, 2)))
    assert (floor.pieces(cola), floor.pieces(toast)) == (5, 1)
    floor.run(take_stock, goods(floor, 1, (toast, 1)))
    with pytest.raises(SoldOut, match="Toast is sold out"):
        floor.run(take_stock, goods(floor, 2, (toast, 1)))
    for quantity in (0, -3):
        with pytest.raises(InvalidInput, match="lines"):
            floor.run(take_stock, goods(floor, 2, (cola, quantity)))


def test_a_combo_takes_its_parts_and_gives_back_those_it_had(floor: Floor) -> None:
    cola, toast = floor.add_product("Cola", 10), floor.add_product("Toast", 10)
    tea = floor.add_product("Tea", is_unlimited=True)
    parts = (
        ComboItem(Source.PRODUCT, cola, 2),
        ComboItem(Source.PRODUCT, toast),
        ComboItem(Source.PRODUCT, tea),
    )
    menu = floor.add_product("Menu", combo=parts)
    taken = floor.run(take_stock, goods(floor, 1, (menu, 2), (cola, 1), (menu, 1), (tea, 5)))
    assert taken == [StockLevel(cola, 3), StockLevel(toast, 7)]
    floor.run(
        change_product,
        ProductChange(
            center=floor.center, product_id=menu, changes={"combo": (parts[1], parts[2])}
        ),
    )
    back = floor.run(give_back_stock, goods(floor, 1, (menu, 1), (tea, 1)))
    assert back == [StockLevel(cola, 5), StockLevel(toast, 8)]
    with pytest.raises(Refused, match="Cola: only 2 can be given back"):
        floor.run(give_back_stock, goods(floor, 1, (menu, 3)))
    floor.run(give_back_stock, goods(floor, 1, (menu, 2), (cola, 1)))
    assert (floor.pieces(cola), floor.pieces(toast)) == (10, 10)
    with pytest.raises(Refused, match="only 0 can be given back"):
        floor.run(give_back_stock, goods(floor, 1, (cola, 1)))
    assert floor.run(give_back_stock, goods(floor, 77, (cola, 1))) == []
    floor.verify_stock()


def test_a_sold_product_that_is_deleted_takes_its_pieces_back(floor: Floor) -> None:
    cola = floor.add_product("Cola", 3)
    floor.run(take_stock, goods(floor, 1, (cola, 2)))
    floor.run(delete_product, ProductChange(center=floor.center, product_id=cola))
    assert floor.run(give_back_stock, goods(floor, 1, (cola, 2))) == [StockLevel(cola, 3)]
    floor.verify_stock()


def test_many_desks_sell_exactly_what_is_there(floor: Floor) -> None:
    cola, toast = floor.add_product("Cola", 15, low_stock_at=5), floor.add_product("Toast", 50)
    menu = floor.add_product(
        "Menu", combo=(ComboItem(Source.PRODUCT, toast), ComboItem(Source.PRODUCT, cola))
    )
    orders = [
        # In both orders of locking, if it were not for the one of the house.
        goods(floor, number, *(((cola, 1), (toast, 1)) if number % 2 else ((menu, 1),)))
        for number in range(1, 41)
    ]
    done = asyncio.run(at_once(floor.store, [(take_stock, order) for order in orders]))
    sold = [each for each in done if isinstance(each, list)]
    refused = [each for each in done if isinstance(each, BaseException)]
    assert len(sold) == 15
    assert {(type(each), str(each)) for each in refused} == {(SoldOut, "Cola is sold out")}
    assert (floor.pieces(cola), floor.pieces(toast)) == (0, 35)
    assert [after for _, _, after in floor.stock_moves(cola)] == [15, *range(14, -1, -1)]
    assert len(floor.logs("RESTOCKNOTIFY")) == 1
    floor.verify_stock()


def test_selling_restocking_and_giving_back_at_once_loses_no_piece(floor: Floor) -> None:
    cola = floor.add_product("Cola", 20)
    floor.run(take_stock, goods(floor, 1, (cola, 10)))
    calls: list[tuple[Any, Any]] = []
    for number in range(10):
        calls += [
            (take_stock, goods(floor, 100 + number, (cola, 1))),
            (give_back_stock, goods(floor, 1, (cola, 2))),
            (restock, Restock(center=floor.center, actor=DESK, product_id=cola, pieces=3)),
        ]
    done = asyncio.run(at_once(floor.store, calls))
    refused = [str(each) for each in done if isinstance(each, BaseException)]
    assert refused == ["Cola: only 0 can be given back"] * 5
    assert floor.pieces(cola) == 10 - 10 + 10 + 30
    floor.verify_stock()


def test_a_combo_that_is_changed_while_it_is_sold_is_sold_as_it_is_then(
    postgres_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With SQLite's one writer nothing comes between two statements."""
    floor = open_floor(postgres_store, pcs_count=0)
    cola, toast = floor.add_product("Cola", 5), floor.add_product("Toast", 5)
    menu = floor.add_product("Menu", combo=(ComboItem(Source.PRODUCT, toast),))
    other = databases.PostgresStore(postgres_store.url)
    changes = {"combo": (ComboItem(Source.PRODUCT, cola),)}
    arriving = [ProductChange(center=floor.center, product_id=menu, changes=changes)]
    whole = shelves.lock_products

    def lock(tx: Tx, center_id: int, ids: Any) -> Any:
        if arriving:
            other.run_sync(change_product, arriving.pop())
        return whole(tx, center_id, ids)

    monkeypatch.setattr(shelves, "lock_products", lock)
    try:
        floor.run(take_stock, goods(floor, 1, (menu, 1)))
    finally:
        databases.close(other)
    assert (floor.pieces(cola), floor.pieces(toast)) == (4, 5)
