"""Offers on the wire (seed: Offers; cafe-domain 3): time packages under the product field names."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from msgspec import Meta, Struct

from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.offers import commands
from lanhouse.cafe.offers.commands import OfferChange
from lanhouse.cafe.offers.queries import offer_by_id, offers_of_center, owned_packages
from lanhouse.cafe.offers.schemas import Offer, OfferValues, OwnedPackage
from lanhouse.cafe.pricing.rules import (
    Window,
    format_weekdays,
    format_window,
    parse_weekdays,
    parse_window,
)
from lanhouse.cafe.sessions.inputs import PcsIn
from lanhouse.cafe.sessions.queries import pcs_named
from lanhouse.db.statements import Row
from lanhouse.db.store import Read
from lanhouse.kit import clock
from lanhouse.kit.errors import InvalidInput, NotFound
from lanhouse.kit.inputs import Amount, Line, id_in_path
from lanhouse.kit.local_time import local_text
from lanhouse.kit.money import format_fixed
from lanhouse.kit.pages import PageNumber, paging_info
from lanhouse.web.call import Call
from lanhouse.web.replies import Answer
from lanhouse.web.routes import CafeRoutes

routes = CafeRoutes("Offers")
members = CafeRoutes("Members")
sessions = CafeRoutes("PC sessions")

OFFERS_PER_PAGE = 50
OFFER_GROUP = -1
"""The system's product group of offers (cafe-domain 0, constants)."""
PC_TIME_TAX = 4
_ALL_DAYS = "7|1|2|3|4|5|6|"
_ALL_DAY = "00:00-24:00"


class OfferIn(Struct):
    """An offer's values; `product_mins` minutes for `product_price`.

    It can be used on the weekdays and in the hours of `product_enable_…`, and for
    `product_expired_days` and `…_hours` after it was bought (both 0: for ever).
    """

    product_name: Annotated[Line, Meta(min_length=1, max_length=100)]
    product_price: Amount
    product_mins: Annotated[int, Meta(ge=1, le=527_040)]
    product_description: Annotated[str, Meta(max_length=1000)] = ""
    product_priority: Annotated[int, Meta(ge=0, le=1000)] = 0
    product_enable_weekday: Annotated[str, Meta(max_length=40)] = _ALL_DAYS
    product_enable_time: Annotated[str, Meta(max_length=11)] = _ALL_DAY
    product_expired_days: Annotated[int, Meta(ge=0, le=3660)] = 0
    product_expired_hours: Annotated[int, Meta(ge=0, le=87_840)] = 0
    product_is_active: bool = True


class OffersIn(Struct):
    """`page` counts from 1."""

    page: PageNumber | None = None


class MemberIn(Struct):
    """A member's number."""

    member_id: int


@routes.get("/offers", right="offers.view", summary="All offers", source="cafe-domain 3")
async def offers(call: Call, data: OffersIn) -> dict[str, Any]:
    """data {items[], paging_info}."""
    found = await call.read(offers_of_center, call.center.id)
    page = data.page or 1
    first = (page - 1) * OFFERS_PER_PAGE
    return {
        "items": [_row(offer) for offer in found[first : first + OFFERS_PER_PAGE]],
        "paging_info": paging_info(len(found), page, OFFERS_PER_PAGE, sent=data.page is not None),
    }


@routes.get(
    "/offers/{product_id}",
    right="offers.view",
    summary="One offer",
    source="seed: Offers, Get offers details",
)
async def offer(call: Call) -> dict[str, Any]:
    """The offer's row; refused with "Product not found" for an unknown number."""
    found = await call.point(offer_by_id, (call.center.id, _product_id(call)))
    if found is None:
        raise NotFound("Product not found")
    return _row(found)


@routes.post(
    "/offers", right="offers.edit", summary="Add an offer", source="seed: Offers, Add offers"
)
async def add_offer(call: Call, data: OfferIn) -> Answer:
    """data: the new offer's row."""
    change = OfferChange(call.center, None, _values(data))
    return await call.write(commands.create_offer, change, _row)


@routes.put(
    "/offers/{product_id}",
    right="offers.edit",
    summary="Replace an offer",
    source="seed: Offers, Update offers",
)
async def put_offer(call: Call, data: OfferIn) -> Answer:
    """data: the offer's row. Packages that were bought before stay as they were."""
    change = OfferChange(call.center, _product_id(call), _values(data))
    return await call.write(commands.change_offer, change, _row)


@routes.delete(
    "/offers/{product_id}",
    right="offers.edit",
    summary="Remove an offer",
    source="seed: Offers, Delete offers",
)
async def remove_offer(call: Call) -> Answer:
    """Packages that were bought before stay usable."""
    change = OfferChange(call.center, _product_id(call), None)
    return await call.write(commands.delete_offer, change, lambda _: {})


@members.get(
    "/members/{member_id}/offers",
    right="members.view",
    summary="The packages that a member bought",
    source="seed: Members, Get member offer list",
)
async def member_offers(call: Call, data: MemberIn) -> list[dict[str, Any]]:
    """Rows {member_offer_id, product_name, product_seconds, member_offer_left_seconds, …}.

    Refused with "Member not found" for an unknown number.
    """
    at = clock.now()
    found = await call.read(owned_packages, (call.center.id, data.member_id, at))
    return [_owned_row(package, call.center, at) for package in found]


@sessions.post(
    "/pcSessions/initOffer",
    right="sessions.start",
    summary="The offers that can be sold on PCs now",
    source="seed: PC sessions, Init offer",
)
async def init_offer(call: Call, data: PcsIn) -> dict[str, Any]:
    """data {pcs[] {pc_name}, offers[]}: active offers that could be used at once."""
    rows = await call.read(_named, (call.center.id, data.pc_name))
    at, zone = clock.now(), call.center.zone
    found = await call.read(offers_of_center, call.center.id)
    return {
        "pcs": [{"pc_name": row.name} for row in rows],
        "offers": [
            _row(offer)
            for offer in found
            if offer.values.is_active and offer.values.window.holds(at, zone)
        ],
    }


def _product_id(call: Call) -> int:
    return id_in_path(call.path["product_id"], "Product")


def _named(read: Read, wanted: tuple[int, list[str]]) -> list[Row]:
    return pcs_named(read, wanted[0], wanted[1])


def _values(data: OfferIn) -> OfferValues:
    errors: dict[str, str] = {}
    weekdays, window = (1,), (0, 1)
    try:
        weekdays = parse_weekdays(data.product_enable_weekday, "product_enable_weekday")
    except InvalidInput as wrong:
        errors.update(wrong.fields)
    try:
        window = parse_window(data.product_enable_time, "product_enable_time")
    except InvalidInput as wrong:
        errors.update(wrong.fields)
    if errors:
        raise InvalidInput(errors)
    return OfferValues(
        name=data.product_name,
        description=data.product_description,
        price_micros=data.product_price,
        minutes=data.product_mins,
        priority=data.product_priority,
        window=Window(weekdays, *window),
        expires_after_days=data.product_expired_days,
        expires_after_hours=data.product_expired_hours,
        is_active=data.product_is_active,
    )


def _row(found: Offer) -> dict[str, Any]:
    values = found.values
    return {
        "product_id": found.id,
        "product_name": values.name,
        "product_description": values.description,
        "product_price": format_fixed(values.price_micros),
        "product_cost": "0.00",
        "product_tax_id": PC_TIME_TAX,
        "product_mins": values.minutes,
        "product_priority": values.priority,
        "product_enable_weekday": format_weekdays(values.window.weekdays),
        "product_enable_time": format_window(values.window.from_minute, values.window.to_minute),
        "product_expired_type": 1,
        "product_expired_days": values.expires_after_days,
        "product_expired_hours": values.expires_after_hours,
        "product_group_id": OFFER_GROUP,
        "product_is_active": int(values.is_active),
        "product_update": int(found.updated_at.timestamp()),
    }


def _owned_row(package: OwnedPackage, center: Center, at: datetime) -> dict[str, Any]:
    end = package.expires_at
    return {
        "member_offer_id": package.member_offer_id,
        "product_id": package.offer_id,
        "product_name": package.name,
        "product_price": format_fixed(package.price_micros),
        "product_seconds": package.seconds,
        "product_mins": package.seconds // 60,
        "product_priority": package.priority,
        "product_enable_weekday": format_weekdays(package.window.weekdays),
        "product_enable_time": format_window(package.window.from_minute, package.window.to_minute),
        "member_offer_left_seconds": package.seconds_left,
        "member_offer_buy_time_local": local_text(package.bought_at, center.zone),
        "member_offer_expire_at": None if end is None else int(end.timestamp()),
        "member_offer_expire_time_local": None if end is None else local_text(end, center.zone),
        "member_offer_is_expired": int(end is not None and end <= at),
    }
