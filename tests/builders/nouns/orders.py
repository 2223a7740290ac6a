"""What the shop sells: orders, their payments and refunds."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from lanhouse.auth.actors import Actor
from lanhouse.cafe.orders.commands.placing import Placed, PlaceOrder, place_order
from lanhouse.cafe.orders.queries import order_by_id
from lanhouse.cafe.orders.queries.checks import check_all_orders
from lanhouse.cafe.orders.schemas import Order, Source, Tendered
from lanhouse.db.store import Store
from tests.builders.floor import DESK, Floor


def placing(
    floor: Floor,
    wanted: Mapping[int, int],
    *,
    payment: str = "cash",
    actor: Actor = DESK,
    source: Source = Source.DESK,
    **more: Any,
) -> PlaceOrder:
    """An order as somebody sends it; `payment` is a tender, or "later" or "seat"."""
    is_now = payment not in ("later", "seat")
    more.setdefault("tendered", [Tendered(payment)] if is_now else [])
    return PlaceOrder(
        center=floor.center,
        actor=actor,
        source=source,
        wanted=wanted,
        payment="" if is_now else payment,
        **more,
    )


def place(floor: Floor, wanted: Mapping[int, int], **more: Any) -> Placed:
    """Sell goods at the desk."""
    return floor.run(place_order, placing(floor, wanted, **more))


def order(floor: Floor, order_id: int) -> Order:
    """An order as it is now."""
    found = floor.store.read_sync(order_by_id, floor.hall.center_id, order_id)
    assert found is not None
    return found


def verify(floor: Floor) -> None:
    """Ledger, log, stock and orders must be without a difference."""
    floor.verify()
    floor.verify_stock()
    problem = floor.store.read_sync(check_all_orders)
    assert problem is None, problem


async def at_once(store: Store, calls: list[tuple[Any, Any]]) -> list[Any]:
    """Run commands with their arguments at the same moment; answers or refusals in their order."""
    store.start()
    try:
        writes = [store.write(command, arg) for command, arg in calls]
        return await asyncio.gather(*writes, return_exceptions=True)
    finally:
        await store.stop()
