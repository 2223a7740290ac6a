"""Writes about orders: placing, paying, bringing and giving back."""

from __future__ import annotations

from lanhouse.cafe.orders.commands.batch import PlaceMany
from lanhouse.cafe.orders.commands.placing import Placed, PlaceOrder, place_order

place_order.batch = PlaceMany()  # type: ignore[attr-defined]

__all__ = ["PlaceOrder", "Placed", "place_order"]
