"""Price rules of the demo centre, beside its rule "Default"."""

from __future__ import annotations

from lanhouse.cafe.centers.demo import CENT, DEFAULT_PRICE_MICROS, demo_center
from lanhouse.cafe.groups.demo import member_group_ids, pc_group_ids
from lanhouse.cafe.pricing.commands import (
    PriceChange,
    PriceValues,
    change_price,
    create_price,
)
from lanhouse.cafe.pricing.queries import default_price
from lanhouse.cafe.pricing.rules import Window
from lanhouse.db.store import Tx

_EVENING = Window(from_minute=17 * 60, to_minute=23 * 60)
_NIGHT = Window(from_minute=23 * 60, to_minute=8 * 60)
_WEEKEND = Window(weekdays=(6, 7))

# name, PC group, member group, window, cents an hour
_PRICES = (
    ("Standard", "Standard", None, Window(), 250),
    ("Standard evening", "Standard", None, _EVENING, 300),
    ("Standard weekend", "Standard", None, _WEEKEND, 320),
    ("Standard night", "Standard", None, _NIGHT, 180),
    ("Gold standard", "Standard", "Gold", Window(), 220),
    ("Premium", "Premium", None, Window(), 350),
    ("Premium evening", "Premium", None, _EVENING, 420),
    ("VIP", "VIP", None, Window(), 500),
)


def opening(tx: Tx) -> None:
    """Make the rules; "Default" of a centre that was there already has no price yet, or another."""
    center = demo_center(tx)
    default = default_price(tx, center.id)
    if default.price_per_hour_micros != DEFAULT_PRICE_MICROS:
        usual = PriceValues(name=default.name, price_per_hour_micros=DEFAULT_PRICE_MICROS)
        change_price(tx, PriceChange(center, default.price_id, usual))
    pc_groups, member_groups = pc_group_ids(tx), member_group_ids(tx)
    for name, pc_group, member_group, window, cents in _PRICES:
        values = PriceValues(
            name=name,
            price_per_hour_micros=cents * CENT,
            pc_group_id=pc_groups[pc_group],
            member_group_id=member_groups[member_group] if member_group else None,
            window=window,
        )
        create_price(tx, PriceChange(center, None, values))
