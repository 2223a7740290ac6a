"""Prices as the wires show them; money is text with 2 decimals."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from lanhouse.cafe.pricing.rules import PriceRule, format_weekdays, format_window
from lanhouse.cafe.pricing.schemas import Price
from lanhouse.kit.money import format_fixed


class PriceRow(Struct, kw_only=True):
    """A price rule on the café API; a group id is null when it holds for any group."""

    price_id: int
    price_icafe_id: int
    price_name: str
    price_pc_group_id: int | None
    pc_group_name: str | None
    price_member_group_id: int | None
    member_group_name: str | None
    price_weekday: str
    price_time: str
    price_price1: str
    """The price of an hour."""


class PriceGroupRow(Struct):
    """A PC group that may have prices."""

    pc_group_id: int
    pc_group_name: str


class PriceOut(Struct, kw_only=True):
    """A price rule on the native API; `price_per_hour` is null until "Default" has one."""

    id: int
    name: str
    pc_group_id: int | None
    member_group_id: int | None
    weekdays: str
    window: str
    price_per_hour: str | None
    is_default: bool


def price_row(
    rule: PriceRule,
    center_id: int,
    pc_names: Mapping[int | None, str],
    member_names: Mapping[int | None, str],
) -> PriceRow:
    """A rule of `GET /prices`."""
    return PriceRow(
        price_id=rule.price_id,
        price_icafe_id=center_id,
        price_name=rule.name,
        price_pc_group_id=rule.pc_group_id,
        pc_group_name=pc_names.get(rule.pc_group_id),
        price_member_group_id=rule.member_group_id,
        member_group_name=member_names.get(rule.member_group_id),
        price_weekday=format_weekdays(rule.window.weekdays),
        price_time=format_window(rule.window.from_minute, rule.window.to_minute),
        price_price1=format_fixed(rule.price_per_hour_micros),
    )


def price_out(price: Price) -> PriceOut:
    """A rule for the native API."""
    per_hour = price.price_per_hour_micros
    return PriceOut(
        id=price.price_id,
        name=price.name,
        pc_group_id=price.pc_group_id,
        member_group_id=price.member_group_id,
        weekdays=format_weekdays(price.window.weekdays),
        window=format_window(price.window.from_minute, price.window.to_minute),
        price_per_hour=None if per_hour is None else format_fixed(per_hour),
        is_default=price.is_default,
    )
