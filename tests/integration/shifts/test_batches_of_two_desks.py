"""Two desks at once: what each takes stands in his own shift, batched or not."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from lanhouse.cafe.orders.commands import place_order
from lanhouse.cafe.topups.commands import top_up
from lanhouse.cafe.topups.schemas import TopUp
from lanhouse.db.store import Store
from tests.builders.floor import EURO, Floor, open_floor
from tests.builders.nouns.orders import placing, verify


@pytest.fixture
def floor(store: Store) -> Floor:
    return open_floor(store)


async def _at_once(store: Store, calls: list[tuple[Any, Any]]) -> list[Any]:
    store.start()
    try:
        return await asyncio.gather(*(store.write(command, arg) for command, arg in calls))
    finally:
        await store.stop()


def test_money_of_two_desks_at_once_stands_in_the_shift_of_each(floor: Floor) -> None:
    cola = floor.add_product("Cola", 100, price_micros=2 * EURO)
    ada = floor.add_member("ada", balance=EURO)
    people = [floor.hire("kim"), floor.hire("bo")]
    shifts = [
        floor.open_shift(person, floor.add_till(f"Till {number}"))
        for number, person in enumerate(people)
    ]
    calls: list[tuple[Any, Any]] = []
    for number in range(24):
        actor = people[number % 2]
        value = (1 + number % 2) * EURO
        cmd = TopUp(center=floor.center, actor=actor, member_ids=[ada], value_micros=value)
        calls.append((top_up, cmd))
        calls.append((place_order, placing(floor, {cola: 1}, actor=actor)))
    asyncio.run(_at_once(floor.store, calls))
    cash = [floor.report(shift_id).figures.all.cash_micros for shift_id in shifts]
    assert cash == [(12 + 24) * EURO, (24 + 24) * EURO]
    verify(floor)
