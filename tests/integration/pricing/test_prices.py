"""Price rules in the store: several cashiers at once, the cap, other centres."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from lanhouse.cafe.centers.commands import NewCenter, create_center
from lanhouse.cafe.pricing.commands import (
    DefaultStays,
    PriceChange,
    PriceValues,
    change_price,
    create_price,
    delete_price,
)
from lanhouse.cafe.pricing.queries import default_price, price_by_id, prices_of_center
from lanhouse.cafe.pricing.rules import Window
from lanhouse.cafe.pricing.schemas import Price
from lanhouse.db.store import Store
from lanhouse.kit.errors import InvalidInput, NotFound, Refused
from lanhouse.kit.limits import MAX_PRICE
from tests.builders.floor import EURO, open_floor


def values(name: str, **more: Any) -> PriceValues:
    return PriceValues(name=name, price_per_hour_micros=EURO, **more)


def test_a_rule_is_stored_and_read_back_whole(store: Store) -> None:
    floor = open_floor(store, pcs_count=1, price_cents=0)
    window = Window((5, 6, 7), 21 * 60, 8 * 60)
    wanted = values("Night", pc_group_id=0, member_group_id=-2, window=window)
    rule = floor.run(create_price, PriceChange(floor.center, None, wanted))
    assert rule == Price(
        price_id=rule.price_id,
        name="Night",
        price_per_hour_micros=EURO,
        pc_group_id=0,
        member_group_id=-2,
        window=window,
    )
    assert store.read_sync(prices_of_center, 7777)[1:] == [rule]
    assert store.read_sync(price_by_id, 7777, rule.price_id) == rule
    assert store.read_sync(price_by_id, 7778, rule.price_id) is None


def test_the_same_name_at_once_is_taken_once(store: Store) -> None:
    floor = open_floor(store, pcs_count=1, price_cents=0)
    change = PriceChange(floor.center, None, values("New"))

    async def run() -> list[Any]:
        store.start()
        work = (store.write(create_price, change) for _ in range(5))
        done = await asyncio.gather(*work, return_exceptions=True)
        await store.stop()
        return done

    done = asyncio.run(run())
    refused = [one for one in done if isinstance(one, InvalidInput)]
    assert len(refused) == 4
    assert {one.message for one in refused} == {"name: is in use already"}
    assert len(store.read_sync(prices_of_center, 7777)) == 2


def test_the_cap_holds_when_two_add_the_last_one(store: Store) -> None:
    floor = open_floor(store, pcs_count=1, price_cents=0)
    for number in range(MAX_PRICE - 1):
        floor.run(create_price, PriceChange(floor.center, None, values(f"p{number}")))

    async def run() -> list[Any]:
        store.start()
        changes = [PriceChange(floor.center, None, values(name)) for name in ("a", "b", "c")]
        work = (store.write(create_price, change) for change in changes)
        done = await asyncio.gather(*work, return_exceptions=True)
        await store.stop()
        return done

    done = asyncio.run(run())
    assert sum(isinstance(one, Refused) for one in done) == 2
    assert len(store.read_sync(prices_of_center, 7777)) == MAX_PRICE + 1


def test_a_rule_that_is_not_there(store: Store) -> None:
    floor = open_floor(store, pcs_count=1)
    with pytest.raises(NotFound):
        floor.run(change_price, PriceChange(floor.center, 999, values("x")))
    with pytest.raises(NotFound):
        floor.run(delete_price, PriceChange(floor.center, 999, None))
    assert len(store.read_sync(prices_of_center, 7777)) == 1


def test_a_rule_may_keep_its_own_name(store: Store) -> None:
    floor = open_floor(store, pcs_count=1)
    (rule,) = store.read_sync(prices_of_center, 7777)
    changed = floor.run(change_price, PriceChange(floor.center, rule.price_id, values("Default")))
    assert (changed.name, changed.price_per_hour_micros) == ("Default", EURO)


def new_center(**more: Any) -> NewCenter:
    return NewCenter(
        id=8, name="Hall", license_name="hall8", zone_name="UTC", currency="EUR", **more
    )


@pytest.mark.parametrize("price", [None, 0, 2 * EURO])
def test_a_new_centre_has_its_default_rule(store: Store, price: int | None) -> None:
    store.run_sync(create_center, new_center(price_per_hour_micros=price))
    (rule,) = store.read_sync(prices_of_center, 8)
    assert rule == Price(
        price_id=rule.price_id, name="Default", price_per_hour_micros=price, is_default=True
    )
    assert store.read_sync(default_price, 8) == rule


@pytest.mark.parametrize("price", [-1, 10**12 + 1])
def test_a_centre_is_not_opened_at_an_odd_price(store: Store, price: int) -> None:
    with pytest.raises(InvalidInput, match="price_per_hour: must be between 0 and 1000000"):
        store.run_sync(create_center, new_center(price_per_hour_micros=price))
    assert store.read_sync(prices_of_center, 8) == []


def test_default_stays_what_it_is(store: Store) -> None:
    floor = open_floor(store, pcs_count=1)
    rule = store.read_sync(default_price, 7777)
    assert rule.price_per_hour_micros == 2 * EURO
    with pytest.raises(DefaultStays, match="cannot be renamed"):
        floor.run(change_price, PriceChange(floor.center, rule.price_id, values("Day")))
    with pytest.raises(DefaultStays, match="cannot be deleted"):
        floor.run(delete_price, PriceChange(floor.center, rule.price_id, None))
    night = Window((6, 7), 21 * 60, 8 * 60)
    narrowed = values("Default", pc_group_id=0, member_group_id=-2, window=night)
    with pytest.raises(InvalidInput) as refusal:
        floor.run(change_price, PriceChange(floor.center, rule.price_id, narrowed))
    assert refusal.value.fields == {
        "pc_group_id": 'must be any (null) for "Default"',
        "member_group_id": 'must be any (null) for "Default"',
        "weekdays": 'must be all seven for "Default"',
        "window": 'must be 00:00-24:00 for "Default"',
    }
    assert store.read_sync(prices_of_center, 7777) == [rule]


def test_the_default_of_another_centre_is_out_of_reach(store: Store) -> None:
    floor = open_floor(store, pcs_count=1)
    store.run_sync(create_center, new_center())
    other = store.read_sync(default_price, 8)
    with pytest.raises(NotFound):
        floor.run(change_price, PriceChange(floor.center, other.price_id, values("Default")))
    with pytest.raises(NotFound):
        floor.run(delete_price, PriceChange(floor.center, other.price_id, None))
    assert store.read_sync(default_price, 8).price_per_hour_micros is None
