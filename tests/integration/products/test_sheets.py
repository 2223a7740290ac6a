"""A file of goods in the store: all of it or nothing, on both databases."""

from __future__ import annotations

import pytest

from lanhouse.cafe.products.commands.sheets import (
    Brought,
    OnlyTried,
    SheetImport,
    SheetLine,
    bring_in,
)
from lanhouse.cafe.products.queries import groups_of_center, products_of_center
from lanhouse.db.store import Store
from lanhouse.kit.errors import InvalidInput
from tests.builders.centers import open_hall
from tests.builders.floor import EURO, Floor
from tests.builders.nouns.products import DESK


@pytest.fixture
def floor(store: Store) -> Floor:
    return Floor(store, open_hall(store))


def lines(*named: tuple[int | None, str, int]) -> list[SheetLine]:
    return [
        SheetLine(
            number=number,
            product_id=product_id,
            group="Snacks",
            quantity=3,
            changes={"name": name, "price_micros": euros * EURO},
        )
        for number, (product_id, name, euros) in enumerate(named, 2)
    ]


def bring(floor: Floor, *named: tuple[int | None, str, int], is_trial: bool = False) -> Brought:
    sheet = SheetImport(center=floor.center, actor=DESK, lines=lines(*named), is_trial=is_trial)
    return floor.run(bring_in, sheet)


def state(floor: Floor) -> tuple[list[object], list[object]]:
    center_id = floor.center.id
    return (
        list(floor.store.read_sync(products_of_center, center_id)),
        list(floor.store.read_sync(groups_of_center, center_id)),
    )


def test_lines_in_any_order_change_and_make_products(floor: Floor) -> None:
    first, second = floor.add_product("One", 1), floor.add_product("Two", 2)
    done = bring(floor, (second, "Zwei", 5), (None, "New", 7), (first, "Eins", 6))
    assert (done.made, done.changed, done.same, done.groups) == (1, 2, 0, ["Snacks"])
    assert done.stock_kept == ["Two", "One"]
    assert (floor.pieces(first), floor.pieces(second)) == (1, 2)
    assert floor.product(first).values.name == "Eins"
    assert floor.product(second).values.price_micros == 5 * EURO
    assert floor.pieces(second + 1) == 3
    floor.verify_stock()


def test_a_trial_and_a_wrong_line_leave_no_trace(floor: Floor) -> None:
    floor.add_product("One", 1)
    before = state(floor)
    with pytest.raises(OnlyTried) as tried:
        bring(floor, (None, "New", 7), (None, "one", 2), is_trial=True)
    assert (tried.value.brought.made, tried.value.brought.changed) == (1, 1)
    assert state(floor) == before
    with pytest.raises(InvalidInput) as refused:
        bring(floor, (None, "New", 7), (99, "Ghost", 1), (None, "NEW", 1))
    assert list(refused.value.fields) == ["line 3", "line 4"]
    assert state(floor) == before
