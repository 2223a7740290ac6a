"""Prices on the wire: read by the café API, written by the native one."""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import Meta, Struct

from lanhouse.cafe.centers.call import CafeCall, CafeRoutes, NativeRoutes
from lanhouse.cafe.groups.queries import member_groups_of, pc_groups_of
from lanhouse.cafe.groups.schemas import SYSTEM_MEMBER_GROUPS
from lanhouse.cafe.pricing import commands
from lanhouse.cafe.pricing.commands import PriceChange, PriceValues
from lanhouse.cafe.pricing.queries import price_by_id, prices_of_center
from lanhouse.cafe.pricing.rules import (
    Window,
    format_weekdays,
    format_window,
    parse_weekdays,
    parse_window,
)
from lanhouse.cafe.pricing.schemas import Price
from lanhouse.kit.errors import InvalidInput, NotFound
from lanhouse.kit.inputs import Amount, Line, id_in_path
from lanhouse.kit.limits import PRICE_MICROS_MAX
from lanhouse.kit.money import format_fixed
from lanhouse.kit.said import say
from lanhouse.web.replies import Answer

routes = CafeRoutes("Prices")
native = NativeRoutes("Prices")
ALL_DAYS = "7|1|2|3|4|5|6|"


@routes.get("/prices", right="prices.view", summary="Price rules", source="cafe-wire 2")
async def prices(call: CafeCall) -> list[dict[str, Any]]:
    """Rows {price_id, price_name, price_pc_group_id, price_member_group_id, price_weekday, …}.

    A group id is null when the rule holds for any group; price_price1 is the price of an hour.
    "Default" is left out until it has a price.
    """
    listed = await call.read(prices_of_center, call.center.id)
    rules = [price.rule for price in listed if price.rule is not None]
    pc_groups = await call.read(pc_groups_of, call.center.id)
    member_groups = await call.read(member_groups_of, call.center.id)
    pc_names: dict[int | None, str] = {group.id: group.name for group in pc_groups}
    member_names: dict[int | None, str] = {**SYSTEM_MEMBER_GROUPS}
    member_names.update({group.id: group.name for group in member_groups})
    return [
        {
            "price_id": rule.price_id,
            "price_icafe_id": call.center.id,
            "price_name": rule.name,
            "price_pc_group_id": rule.pc_group_id,
            "pc_group_name": pc_names.get(rule.pc_group_id),
            "price_member_group_id": rule.member_group_id,
            "member_group_name": member_names.get(rule.member_group_id),
            "price_weekday": format_weekdays(rule.window.weekdays),
            "price_time": format_window(rule.window.from_minute, rule.window.to_minute),
            "price_price1": format_fixed(rule.price_per_hour_micros),
        }
        for rule in rules
    ]


@routes.get(
    "/pricePcGroups", right="prices.view", summary="PC groups for prices", source="cafe-wire 2"
)
async def price_pc_groups(call: CafeCall) -> list[dict[str, Any]]:
    """Rows {pc_group_id, pc_group_name}; group 0 always exists."""
    groups = await call.read(pc_groups_of, call.center.id)
    return [{"pc_group_id": group.id, "pc_group_name": group.name} for group in groups]


class PriceIn(Struct):
    """A price rule. Groups left out or null mean any group; weekday 7 is Sunday."""

    name: Annotated[Line, Meta(min_length=1, max_length=100)]
    price_per_hour: Annotated[Amount, Meta(le=PRICE_MICROS_MAX)]
    """What an hour costs, at most 2 decimals."""
    pc_group_id: int | None = None
    member_group_id: int | None = None
    """System groups: -1 guest, -2 prepaid, -3 postpaid, -4 offer."""
    weekdays: Annotated[str, Meta(max_length=40)] = ALL_DAYS
    """`7|1|2|3|4|5|6|`."""
    window: Annotated[str, Meta(max_length=11)] = "00:00-24:00"
    """`HH:MM-HH:MM` on the centre's clock. One that crosses midnight belongs to the weekday on
    which it begins."""


@native.get("/prices", right="prices.view", summary="Price rules")
async def native_prices(call: CafeCall) -> list[dict[str, Any]]:
    """All rules of the centre, by id. `is_default` marks "Default", which ranks behind all others;
    its price_per_hour is null until somebody sets it.
    """
    return [_native(price) for price in await call.read(prices_of_center, call.center.id)]


@native.get("/prices/{price_id}", right="prices.view", summary="One price rule")
async def native_price(call: CafeCall) -> dict[str, Any]:
    """The rule, or 404."""
    price = await call.point(price_by_id, call.center.id, _price_id(call))
    if price is None:
        raise NotFound(say("Price not found"))
    return _native(price)


@native.post("/prices", right="prices.edit", summary="Add a price rule")
async def add_price(call: CafeCall, data: PriceIn) -> Answer:
    """Answers the new rule. Running sessions go on under it from now where it is the strongest."""
    change = PriceChange(call.center, None, _values(data))
    return await call.write(commands.create_price, change, _native)


@native.put("/prices/{price_id}", right="prices.edit", summary="Replace a price rule")
async def put_price(call: CafeCall, data: PriceIn) -> Answer:
    """Answers the rule; fields left out get their defaults. The past is not priced again.

    Of "Default" only the price can be changed: another name is refused (409).
    """
    change = PriceChange(call.center, _price_id(call), _values(data))
    return await call.write(commands.change_price, change, _native)


@native.delete("/prices/{price_id}", right="prices.edit", summary="Remove a price rule")
async def remove_price(call: CafeCall) -> Answer:
    """A running session for which no other rule holds keeps its price. "Default" stays (409)."""
    change = PriceChange(call.center, _price_id(call), None)
    return await call.write(commands.delete_price, change, lambda _: {"deleted": True})


def _price_id(call: CafeCall) -> int:
    return id_in_path(call.path["price_id"], say("Price not found"))


def _values(data: PriceIn) -> PriceValues:
    errors: dict[str, str] = {}
    weekdays, window = (1,), (0, 1)
    try:
        weekdays = parse_weekdays(data.weekdays)
    except InvalidInput as wrong:
        errors.update(wrong.fields)
    try:
        window = parse_window(data.window, "window")
    except InvalidInput as wrong:
        errors.update(wrong.fields)
    if errors:
        raise InvalidInput(errors)
    return PriceValues(
        name=data.name,
        price_per_hour_micros=data.price_per_hour,
        pc_group_id=data.pc_group_id,
        member_group_id=data.member_group_id,
        window=Window(weekdays, *window),
    )


def _native(price: Price) -> dict[str, Any]:
    per_hour = price.price_per_hour_micros
    return {
        "id": price.price_id,
        "name": price.name,
        "pc_group_id": price.pc_group_id,
        "member_group_id": price.member_group_id,
        "weekdays": format_weekdays(price.window.weekdays),
        "window": format_window(price.window.from_minute, price.window.to_minute),
        "price_per_hour": None if per_hour is None else format_fixed(per_hour),
        "is_default": price.is_default,
    }
