"""Products and groups in the store: names, barcodes, combos, what outlives what."""

from __future__ import annotations

from typing import Any

import pytest

from lanhouse.cafe.groups import commands as groups
from lanhouse.cafe.groups.commands import delete_member_group, delete_pc_group
from lanhouse.cafe.offers.commands import (
    OfferChange,
    change_offer,
    create_offer,
    delete_offer,
)
from lanhouse.cafe.offers.schemas import OfferValues
from lanhouse.cafe.products.commands import (
    ComboItemGone,
    ProductChange,
    change_product,
    delete_product,
    remove_combo_item,
)
from lanhouse.cafe.products.commands.groups import GroupChange, change_group, delete_group
from lanhouse.cafe.products.queries import group_by_id, groups_of_center, product_by_barcode
from lanhouse.cafe.products.queries.listing import (
    LOW,
    SOLD_OUT,
    ProductSearch,
    products_page,
    products_part,
)
from lanhouse.cafe.products.schemas import (
    COINS,
    DEFAULT_GROUP,
    PRINT_ID,
    PROMOTED,
    ComboItem,
    Source,
)
from lanhouse.db.store import Store
from lanhouse.kit import limits
from lanhouse.kit.errors import InvalidInput, NotFound, Refused
from tests.builders.centers import open_hall
from tests.builders.floor import EURO, Floor, open_floor


@pytest.fixture
def floor(store: Store) -> Floor:
    return open_floor(store, pcs_count=0)


def change(floor: Floor, product_id: int, **changes: Any) -> Any:
    return floor.run(
        change_product,
        ProductChange(center=floor.center, product_id=product_id, changes=changes),
    )


def remove(floor: Floor, product_id: int) -> None:
    floor.run(delete_product, ProductChange(center=floor.center, product_id=product_id))


def names(floor: Floor, **search: Any) -> list[str]:
    wanted = ProductSearch(center_id=7777, sort_name="name", **search)
    return [each.values.name for each in products_part_of(floor, wanted)]


def products_part_of(floor: Floor, wanted: ProductSearch) -> list[Any]:
    return floor.store.read_sync(products_part, wanted, None, 50).products


def test_every_centre_begins_with_a_group_and_the_print(floor: Floor) -> None:
    other = open_hall(floor.store, 7778)
    for center_id in (7777, other.center_id):
        groups = floor.store.read_sync(groups_of_center, center_id)
        assert [(group.id, group.values.name) for group in groups] == [(DEFAULT_GROUP, "Default")]
    print_ = floor.product(PRINT_ID)
    assert (print_.values.is_active, print_.left) == (False, None)
    change(floor, PRINT_ID, price_micros=EURO // 10, is_active=True)
    with pytest.raises(Refused, match="The print is part of the system"):
        remove(floor, PRINT_ID)
    assert floor.product(PRINT_ID).values.price_micros == EURO // 10


def test_names_and_barcodes_are_given_once_and_free_again_after_deleting(floor: Floor) -> None:
    cola = floor.add_product("Cola", 3, barcode="4001")
    with pytest.raises(InvalidInput, match="name: COLA already exists"):
        floor.add_product("COLA")
    with pytest.raises(InvalidInput, match="barcode: is that of Cola"):
        floor.add_product("Fanta", barcode="4001")
    fanta = floor.add_product("Fanta")
    with pytest.raises(InvalidInput) as refused:
        change(floor, fanta, name="cola", barcode="4001")
    assert refused.value.fields.keys() == {"name", "barcode"}
    remove(floor, cola)
    with pytest.raises(NotFound):
        remove(floor, cola)
    again = floor.add_product("Cola", barcode="4001")
    assert again > fanta > cola
    found = floor.store.read_sync(product_by_barcode, 7777, "4001")
    assert found is not None
    assert found.id == again
    assert floor.store.read_sync(product_by_barcode, 7777, "") is None
    floor.verify_stock()


def test_a_scanner_means_one_thing(floor: Floor, store: Store) -> None:
    """Goods and packages are scanned at one till."""
    hour = floor.add_offer("Hour", 300, barcode="4711")
    with pytest.raises(InvalidInput, match="barcode: is that of Hour"):
        floor.add_product("Cola", barcode="4711")
    cola = floor.add_product("Cola", barcode="4712")
    with pytest.raises(InvalidInput, match="barcode: is that of Hour"):
        change(floor, cola, barcode="4711")
    for barcode in ("4711", "4712"):
        with pytest.raises(InvalidInput, match="barcode: already exists"):
            floor.add_offer("Night", 300, barcode=barcode)
    # Another centre has codes of its own, and a product that is gone holds none.
    theirs = Floor(store, open_hall(store, 8888))
    theirs.add_product("Juice", barcode="4711")
    remove(floor, cola)
    floor.run(change_offer, OfferChange(floor.center, hour, None, {"barcode": "4712"}))
    floor.add_product("Cola", barcode="4711")


def test_another_centre_has_numbers_of_its_own(floor: Floor) -> None:
    cola = floor.add_product("Cola")
    other = Floor(floor.store, open_hall(floor.store, 7778))
    assert other.add_product("Cola") == cola
    remove(other, cola)
    assert floor.product(cola).values.name == "Cola"


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"group_id": 77}, "group_id"),
        ({"group_id": -1}, "group_id"),
        ({"tax_id": 4}, "tax_id"),
        ({"pc_group_ids": (99,)}, "pc_group_ids"),
        ({"member_group_ids": (99,)}, "member_group_ids"),
        ({"low_stock_at": -1}, "low_stock_at"),
        ({"combo": (ComboItem(Source.PRODUCT, 99),)}, "combo"),
        ({"combo": (ComboItem(Source.OFFER, 99),)}, "combo"),
        ({"combo": (ComboItem(Source.PRODUCT, PRINT_ID),) * 2}, "combo"),
        ({"combo": (ComboItem(Source.PRODUCT, PRINT_ID, 0),)}, "combo"),
    ],
)
def test_wrong_values_are_refused_by_field(
    floor: Floor, values: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        floor.add_product("Cola", **values)
    assert refused.value.fields.keys() == {field}
    assert names(floor) == ["Black-and-white print"]


def test_the_caps_hold(floor: Floor, monkeypatch: pytest.MonkeyPatch) -> None:
    assert (limits.MAX_PRODUCT, limits.MAX_PRODUCTGROUP) == (500, 100)
    monkeypatch.setattr("lanhouse.cafe.products.commands.MAX_PRODUCT", 1)
    monkeypatch.setattr("lanhouse.cafe.products.commands.groups.MAX_PRODUCTGROUP", 1)
    cola = floor.add_product("Cola")
    floor.add_product_group("Drinks")
    with pytest.raises(Refused, match="at most 1 products"):
        floor.add_product("Fanta")
    with pytest.raises(Refused, match="at most 1 product groups"):
        floor.add_product_group("Snacks")
    remove(floor, cola)
    floor.add_product("Fanta")


def test_a_combo_is_made_of_parts_that_stay(floor: Floor) -> None:
    cola, toast = floor.add_product("Cola", 5), floor.add_product("Toast", 3)
    hour = floor.run(
        create_offer,
        OfferChange(floor.center, None, OfferValues(name="1 h", price_micros=EURO, minutes=60)),
    ).id
    menu = floor.add_product(
        "Menu",
        combo=(
            ComboItem(Source.PRODUCT, cola, 2),
            ComboItem(Source.PRODUCT, toast),
            ComboItem(Source.OFFER, hour),
        ),
    )
    assert floor.product(menu).values.is_unlimited
    assert floor.product(menu).left == 2
    with pytest.raises(Refused, match="It is a part of Menu"):
        remove(floor, cola)
    with pytest.raises(InvalidInput, match="combo: must not have a combo in it"):
        floor.add_product("Feast", combo=(ComboItem(Source.PRODUCT, menu),))
    with pytest.raises(InvalidInput, match="is a part of a combo itself"):
        change(floor, cola, combo=(ComboItem(Source.PRODUCT, toast),))
    with pytest.raises(InvalidInput, match="combo: names a product that is not there"):
        change(floor, menu, combo=(ComboItem(Source.PRODUCT, menu),))
    with pytest.raises(Refused, match="It is a part of Menu"):
        floor.run(delete_offer, OfferChange(floor.center, hour, None))
    floor.run(change_offer, OfferChange(floor.center, hour, None, {"is_active": False}))
    assert floor.product(menu).is_sold_out
    gone = ComboItemGone(floor.center, menu, Source.OFFER, hour)
    assert floor.run(remove_combo_item, gone).left == 2
    floor.run(delete_offer, OfferChange(floor.center, hour, None))
    with pytest.raises(NotFound, match="not a part"):
        floor.run(remove_combo_item, gone)
    for part in (cola, toast):
        floor.run(remove_combo_item, ComboItemGone(floor.center, menu, Source.PRODUCT, part))
    plain = floor.product(menu)
    assert (plain.parts, plain.values.is_unlimited, plain.left) == ((), False, 0)
    remove(floor, cola)


def test_groups_hold_goods_and_no_circles(floor: Floor) -> None:
    drinks = floor.add_product_group("Drinks")
    hot = floor.add_product_group("Hot drinks", parent_id=drinks)
    assert (drinks, hot) == (2, 3)
    tea = floor.add_product("Tea", group_id=hot)

    def edit(group_id: int, **changes: Any) -> Any:
        return floor.run(
            change_group, GroupChange(center=floor.center, group_id=group_id, changes=changes)
        )

    for parent in (hot, drinks):
        with pytest.raises(InvalidInput, match="parent_id: must not lie inside the group itself"):
            edit(drinks, parent_id=parent)
    with pytest.raises(InvalidInput, match="name: DRINKS already exists"):
        edit(hot, name="DRINKS")
    with pytest.raises(Refused, match="part of the system"):
        edit(-1, name="Packages")
    assert edit(DEFAULT_GROUP, name="Bar").values.name == "Bar"
    for group_id, reason in (
        (DEFAULT_GROUP, "Every shop has this group"),
        (drinks, "Other groups stand in this group"),
        (hot, "Products stand in this group: 1"),
    ):
        with pytest.raises(Refused, match=reason):
            floor.run(delete_group, GroupChange(center=floor.center, group_id=group_id))
    remove(floor, tea)
    floor.run(delete_group, GroupChange(center=floor.center, group_id=hot))
    assert floor.store.read_sync(group_by_id, 7777, hot) is None


def test_a_group_that_goods_are_sold_to_is_not_deleted(floor: Floor) -> None:
    vip, gold = floor.add_pc_group("VIP"), floor.add_member_group("Gold")
    cola = floor.add_product("Cola", pc_group_ids=(vip,), member_group_ids=(gold, -2))
    for delete, group_id in ((delete_pc_group, vip), (delete_member_group, gold)):
        with pytest.raises(Refused, match="The group is in use by 1 products"):
            floor.run(delete, groups.GroupChange(floor.center, group_id, None))
    assert floor.product(cola).values.member_group_ids == (-2, gold)
    remove(floor, cola)
    floor.run(delete_pc_group, groups.GroupChange(floor.center, vip, None))
    floor.run(delete_member_group, groups.GroupChange(floor.center, gold, None))


def test_the_list_finds_and_pages(floor: Floor) -> None:
    drinks = floor.add_product_group("Drinks")
    for number in range(1, 6):
        floor.add_product(f"Cola {number}", number, group_id=drinks, low_stock_at=2)
    floor.add_product("Sticker", 0, coin_price_micros=EURO, is_promoted=True, barcode="4711")
    floor.add_product("Tea", is_unlimited=True, is_active=False)
    assert names(floor, search_text="cOLA") == [f"Cola {number}" for number in range(1, 6)]
    assert names(floor, search_text="4711") == ["Sticker"]
    assert names(floor, search_text="%") == []
    assert names(floor, group_id=drinks, stock=LOW) == ["Cola 1", "Cola 2"]
    assert names(floor, stock=SOLD_OUT) == ["Sticker"]
    assert names(floor, group_id=COINS) == names(floor, group_id=PROMOTED) == ["Sticker"]
    assert names(floor, is_active=False) == ["Black-and-white print", "Tea"]
    wanted = ProductSearch(center_id=7777, sort_name="quantity", is_descending=True)
    page = floor.store.read_sync(products_page, wanted, 1, 3)
    assert page.total == 8
    assert [each.quantity for each in page.products] == [5, 4, 3]
    first = floor.store.read_sync(products_part, wanted, None, 3)
    rest = floor.store.read_sync(products_part, wanted, first.after, 50)
    assert [each.quantity for each in rest.products] == [2, 1, 0, 0, 0]


def test_create_is_refused_with_a_wrong_first_stock(floor: Floor) -> None:
    for quantity in (-1, 10**12):
        with pytest.raises(InvalidInput, match="quantity"):
            floor.add_product("Cola", quantity)
