"""Offers on the wire (seed: Offers; cafe-domain 3): time packages under the product field names."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from lanhouse.cafe.centers.call import CafeCall, CafeRoutes
from lanhouse.cafe.offers import commands
from lanhouse.cafe.offers.commands import OfferChange
from lanhouse.cafe.offers.queries import offer_by_id, offers_of_center
from lanhouse.cafe.offers.schemas import OfferValues
from lanhouse.cafe.offers.wire import OfferRow, OffersOut, offer_row
from lanhouse.cafe.pricing.rules import Window, parse_weekdays, parse_window
from lanhouse.kit.errors import InvalidInput, NotFound
from lanhouse.kit.inputs import Amount, Line, id_in_path, means
from lanhouse.kit.pages import PageNumber, paging_info
from lanhouse.kit.said import say
from lanhouse.web.replies import Nothing, Written, nothing

routes = CafeRoutes("Offers")

OFFERS_PER_PAGE = 50
_ALL_DAYS = "7|1|2|3|4|5|6|"
_ALL_DAY = "00:00-24:00"


class OfferIn(Struct):
    """An offer's values; `product_mins` minutes for `product_price`.

    It can be used on the weekdays and in the hours of `product_enable_…`, and for
    `product_expired_days` and `…_hours` after it was bought (both 0: for ever).
    """

    product_name: Annotated[Line, Meta(min_length=1, max_length=100), means("name")]
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


@routes.get("/offers", right="offers.view", summary="All offers", source="cafe-domain 3")
async def offers(call: CafeCall, data: OffersIn) -> OffersOut:
    """data {items[], paging_info}."""
    found = await call.read(offers_of_center, call.center.id)
    page = data.page or 1
    first = (page - 1) * OFFERS_PER_PAGE
    return OffersOut(
        items=[offer_row(offer) for offer in found[first : first + OFFERS_PER_PAGE]],
        paging_info=paging_info(len(found), page, OFFERS_PER_PAGE, sent=data.page is not None),
    )


@routes.get(
    "/offers/{product_id}",
    right="offers.view",
    summary="One offer",
    source="seed: Offers, Get offers details",
)
async def offer(call: CafeCall) -> OfferRow:
    """The offer's row; refused with "Product not found" for an unknown number."""
    found = await call.point(offer_by_id, call.center.id, _product_id(call))
    if found is None:
        raise NotFound(say("Product not found"))
    return offer_row(found)


@routes.post(
    "/offers", right="offers.edit", summary="Add an offer", source="seed: Offers, Add offers"
)
async def add_offer(call: CafeCall, data: OfferIn) -> Written[OfferRow]:
    """data: the new offer's row."""
    change = OfferChange(call.center, None, _values(data))
    return await call.write(commands.create_offer, change, offer_row)


@routes.put(
    "/offers/{product_id}",
    right="offers.edit",
    summary="Replace an offer",
    source="seed: Offers, Update offers",
)
async def put_offer(call: CafeCall, data: OfferIn) -> Written[OfferRow]:
    """data: the offer's row. Packages that were bought before stay as they were."""
    change = OfferChange(call.center, _product_id(call), _values(data))
    return await call.write(commands.change_offer, change, offer_row)


@routes.delete(
    "/offers/{product_id}",
    right="offers.edit",
    summary="Remove an offer",
    source="seed: Offers, Delete offers",
)
async def remove_offer(call: CafeCall) -> Written[Nothing]:
    """Packages that were bought before stay usable."""
    change = OfferChange(call.center, _product_id(call), None)
    return await call.write(commands.delete_offer, change, nothing)


def _product_id(call: CafeCall) -> int:
    return id_in_path(call.path["product_id"], say("Product not found"))


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
