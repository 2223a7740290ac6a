"""Prices on the wire: read by the café API, written by the native one."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from lanhouse.cafe.centers.call import CafeCall, CafeRoutes, NativeRoutes
from lanhouse.cafe.groups.queries import member_groups_of, pc_groups_of
from lanhouse.cafe.groups.schemas import SYSTEM_MEMBER_GROUPS
from lanhouse.cafe.groups.wire import DeletedOut, deleted
from lanhouse.cafe.pricing import commands
from lanhouse.cafe.pricing.commands import PriceChange, PriceValues
from lanhouse.cafe.pricing.queries import price_by_id, prices_of_center
from lanhouse.cafe.pricing.rules import (
    Window,
    parse_weekdays,
    parse_window,
)
from lanhouse.cafe.pricing.wire import PriceGroupRow, PriceOut, PriceRow, price_out, price_row
from lanhouse.kit.errors import InvalidInput, NotFound
from lanhouse.kit.inputs import Amount, Line, id_in_path
from lanhouse.kit.limits import PRICE_MICROS_MAX
from lanhouse.kit.said import say
from lanhouse.web.replies import Written

routes = CafeRoutes("Prices")
native = NativeRoutes("Prices")
ALL_DAYS = "7|1|2|3|4|5|6|"


@routes.get("/prices", right="prices.view", summary="Price rules", source="cafe-wire 2")
async def prices(call: CafeCall) -> list[PriceRow]:
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
    return [price_row(rule, call.center.id, pc_names, member_names) for rule in rules]


@routes.get(
    "/pricePcGroups", right="prices.view", summary="PC groups for prices", source="cafe-wire 2"
)
async def price_pc_groups(call: CafeCall) -> list[PriceGroupRow]:
    """Rows {pc_group_id, pc_group_name}; group 0 always exists."""
    groups = await call.read(pc_groups_of, call.center.id)
    return [PriceGroupRow(group.id, group.name) for group in groups]


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
async def native_prices(call: CafeCall) -> list[PriceOut]:
    """All rules of the centre, by id. `is_default` marks "Default", which ranks behind all others;
    its price_per_hour is null until somebody sets it.
    """
    return [price_out(price) for price in await call.read(prices_of_center, call.center.id)]


@native.get("/prices/{price_id}", right="prices.view", summary="One price rule")
async def native_price(call: CafeCall) -> PriceOut:
    """The rule, or 404."""
    price = await call.point(price_by_id, call.center.id, _price_id(call))
    if price is None:
        raise NotFound(say("Price not found"))
    return price_out(price)


@native.post("/prices", right="prices.edit", summary="Add a price rule")
async def add_price(call: CafeCall, data: PriceIn) -> Written[PriceOut]:
    """Answers the new rule. Running sessions go on under it from now where it is the strongest."""
    change = PriceChange(call.center, None, _values(data))
    return await call.write(commands.create_price, change, price_out)


@native.put("/prices/{price_id}", right="prices.edit", summary="Replace a price rule")
async def put_price(call: CafeCall, data: PriceIn) -> Written[PriceOut]:
    """Answers the rule; fields left out get their defaults. The past is not priced again.

    Of "Default" only the price can be changed: another name is refused (409).
    """
    change = PriceChange(call.center, _price_id(call), _values(data))
    return await call.write(commands.change_price, change, price_out)


@native.delete("/prices/{price_id}", right="prices.edit", summary="Remove a price rule")
async def remove_price(call: CafeCall) -> Written[DeletedOut]:
    """A running session for which no other rule holds keeps its price. "Default" stays (409)."""
    change = PriceChange(call.center, _price_id(call), None)
    return await call.write(commands.delete_price, change, deleted)


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
