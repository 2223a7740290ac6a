"""Values as the tables keep them."""

from __future__ import annotations

from typing import Any

import msgspec

from lanhouse.cafe.groups.rules import group_text
from lanhouse.cafe.pricing.rules import format_weekdays
from lanhouse.cafe.products.schemas import GroupValues, ProductValues

_SAME = (
    *("name", "description", "group_id", "price_micros", "cost_micros", "coin_price_micros"),
    *("tax_id", "barcode", "is_active", "is_promoted", "allows_discount", "is_sold_at_seats"),
    *("is_adults_only", "is_unlimited", "low_stock_at"),
)


def product_columns(values: ProductValues) -> dict[str, Any]:
    """The columns of products that say what a product is; its stock is not among them."""
    return {
        **{name: getattr(values, name) for name in _SAME},
        "name_key": values.name.casefold(),
        "weekdays": format_weekdays(values.window.weekdays),
        "from_minute": values.window.from_minute,
        "to_minute": values.window.to_minute,
        "pc_groups": group_text(values.pc_group_ids),
        "member_groups": group_text(values.member_group_ids),
    }


def group_columns(values: GroupValues) -> dict[str, Any]:
    """The columns of product_groups that say what a group is."""
    return {
        "name": values.name,
        "name_key": values.name.casefold(),
        "description": values.description,
        "parent_id": values.parent_id,
        "payments": msgspec.to_builtins(values.payments),
    }
