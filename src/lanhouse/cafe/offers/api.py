"""Offers on the wire (seed: Offers; cafe-domain 3): time packages under the product field names."""

from __future__ import annotations

from collections.abc import Callable

from lanhouse.cafe.centers.call import CafeCall, CafeRoutes, NativeRoutes
from lanhouse.cafe.offers import commands
from lanhouse.cafe.offers.commands import OfferChange
from lanhouse.cafe.offers.commands.refunding import PackageRefund, refund_package
from lanhouse.cafe.offers.queries import offer_by_id, offers_of_center
from lanhouse.cafe.offers.queries.buyers import PackageSearch, bought_package, bought_page
from lanhouse.cafe.offers.rules import with_changes
from lanhouse.cafe.offers.schemas import Offer, OfferValues
from lanhouse.cafe.offers.wire import (
    BuyerRow,
    BuyersOut,
    OfferRow,
    OffersOut,
    RefundOut,
    buyer_row,
    offer_row,
    refund_out,
)
from lanhouse.cafe.offers.wire.inputs import OfferChangeIn, OfferIn, OffersIn, RefundIn, changes_of
from lanhouse.kit import clock
from lanhouse.kit.errors import NotFound
from lanhouse.kit.inputs import id_in_path
from lanhouse.kit.pages import paging_info
from lanhouse.kit.said import say
from lanhouse.web.replies import Nothing, Written, nothing

routes = CafeRoutes("Offers")
native = NativeRoutes("Offers")

OFFERS_PER_PAGE = 50
_NOT_THERE = say("Product not found")
_NO_PACKAGE = say("There is no such package.")


@routes.get("/offers", right="offers.view", summary="All offers", source="cafe-domain 3")
async def offers(call: CafeCall, data: OffersIn) -> OffersOut:
    """data {items[], paging_info}."""
    found = await call.read(offers_of_center, call.center.id)
    page, zone = data.page or 1, call.center.zone
    first = (page - 1) * OFFERS_PER_PAGE
    return OffersOut(
        items=[offer_row(offer, zone) for offer in found[first : first + OFFERS_PER_PAGE]],
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
        raise NotFound(_NOT_THERE)
    return offer_row(found, call.center.zone)


@routes.get(
    "/offers/{product_id}/check",
    right="offers.view",
    summary="Who bought an offer",
    source="seed: Offers, Check offers; cafe-domain 3",
)
async def check_offer(call: CafeCall, data: OffersIn) -> BuyersOut:
    """data {items[], paging_info}: packages sold of it, the newest first, what is left of each and
    what would go back for it. An offer that was removed still has its buyers."""
    offer_id, page, at = _product_id(call), data.page or 1, clock.now()
    search = PackageSearch(center_id=call.center.id, offer_id=offer_id)
    found = await call.read(bought_page, call.center, search, page, OFFERS_PER_PAGE, at)
    if not found.total and await call.point(offer_by_id, call.center.id, offer_id) is None:
        raise NotFound(_NOT_THERE)
    return BuyersOut(
        items=[
            buyer_row(row.plan or row.why_not, row.package, row.account, call.center, at)
            for row in found.rows
        ],
        paging_info=paging_info(found.total, page, OFFERS_PER_PAGE, sent=data.page is not None),
    )


@routes.post(
    "/offers", right="offers.edit", summary="Add an offer", source="seed: Offers, Add offers"
)
async def add_offer(call: CafeCall, data: OfferIn) -> Written[OfferRow]:
    """data: the new offer's row."""
    values = OfferValues(name=data.product_name, price_micros=0, minutes=1)
    changes, unread = changes_of(data, call.center.zone)
    change = OfferChange(call.center, None, with_changes(values, changes), unread=unread)
    return await call.write(commands.create_offer, change, _shown(call))


@routes.put(
    "/offers/{product_id}",
    right="offers.edit",
    summary="Change an offer",
    source="seed: Offers, Update offers",
)
async def put_offer(call: CafeCall, data: OfferChangeIn) -> Written[OfferRow]:
    """data: the offer's row. What is not sent stays, and so do packages that were bought before."""
    changes, unread = changes_of(data, call.center.zone)
    change = OfferChange(call.center, _product_id(call), None, changes, unread)
    return await call.write(commands.change_offer, change, _shown(call))


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


@native.get(
    "/packages/{package_id}",
    right="offers.view",
    summary="A package that was bought, and what would go back for it",
)
async def package(call: CafeCall) -> BuyerRow:
    """404 for a package that the centre never sold."""
    at = clock.now()
    found = await call.read(bought_package, call.center, _package_id(call), at)
    if found is None:
        raise NotFound(_NO_PACKAGE)
    return buyer_row(found.plan or found.why_not, found.package, found.account, call.center, at)


@native.post(
    "/packages/{package_id}/refund",
    right="offers.refund",
    summary="Give a package back by the tender it was paid by",
)
async def refund(call: CafeCall, data: RefundIn) -> Written[RefundOut]:
    """All of its price while it was hardly used, else what was not used of it (decision 0111). A
    session that plays on it goes on without it."""
    cmd = PackageRefund(
        center=call.center,
        actor=call.actor,
        member_offer_id=_package_id(call),
        comment=data.comment,
        shown_micros=data.amount,
    )
    return await call.write(refund_package, cmd, refund_out)


def _shown(call: CafeCall) -> Callable[[Offer], OfferRow]:
    zone = call.center.zone

    def shape(found: Offer) -> OfferRow:
        return offer_row(found, zone)

    return shape


def _product_id(call: CafeCall) -> int:
    return id_in_path(call.path["product_id"], _NOT_THERE)


def _package_id(call: CafeCall) -> int:
    return id_in_path(call.path["package_id"], _NO_PACKAGE)
