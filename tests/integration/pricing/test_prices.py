"""Price rules in the store: several cashiers at once, the cap, other centres."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from lanhouse.cafe.pricing.commands import (
    PriceChange,
    PriceValues,
    change_price,
    create_price,
    delete_price,
)
from lanhouse.cafe.pricing.queries import rule_by_id, rules_of_center
from lanhouse.cafe.pricing.rules import PriceRule, Window
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
    assert rule == PriceRule(rule.price_id, "Night", EURO, 0, -2, window)
    assert store.read_sync(rules_of_center, 7777) == [rule]
    assert store.read_sync(rule_by_id, (7777, rule.price_id)) == rule
    assert store.read_sync(rule_by_id, (7778, rule.price_id)) is None


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
    assert len(store.read_sync(rules_of_center, 7777)) == 1


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
    assert len(store.read_sync(rules_of_center, 7777)) == MAX_PRICE


def test_a_rule_that_is_not_there(store: Store) -> None:
    floor = open_floor(store, pcs_count=1)
    with pytest.raises(NotFound):
        floor.run(change_price, PriceChange(floor.center, 999, values("x")))
    with pytest.raises(NotFound):
        floor.run(delete_price, PriceChange(floor.center, 999, None))
    assert len(store.read_sync(rules_of_center, 7777)) == 1


def test_a_rule_may_keep_its_own_name(store: Store) -> None:
    floor = open_floor(store, pcs_count=1)
    (rule,) = store.read_sync(rules_of_center, 7777)
    changed = floor.run(change_price, PriceChange(floor.center, rule.price_id, values("Default")))
    assert (changed.name, changed.price_per_hour_micros) == ("Default", EURO)
