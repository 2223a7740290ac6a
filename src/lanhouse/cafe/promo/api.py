"""Promo codes: the café API's section Promo, and the native calls."""

from __future__ import annotations

from collections.abc import Callable

from lanhouse.cafe.centers.call import CafeCall, CafeRoutes, NativeRoutes
from lanhouse.cafe.promo import commands
from lanhouse.cafe.promo.commands import PromoChange
from lanhouse.cafe.promo.queries import promo_by_id, promos_page
from lanhouse.cafe.promo.schemas import Promo
from lanhouse.cafe.promo.wire import (
    NativePromoIn,
    PromoChangeIn,
    PromoIn,
    PromoListIn,
    PromoOut,
    PromoRow,
    PromosOut,
    changes_of,
    native_promo,
    native_values,
    promo_row,
    promos_out,
)
from lanhouse.kit.errors import NotFound
from lanhouse.kit.inputs import id_in_path
from lanhouse.kit.said import say
from lanhouse.web.replies import Nothing, Written, nothing

routes = CafeRoutes("Promo")
native = NativeRoutes("Promo codes")

_NO_PROMO = say("Promo not found")


@routes.get(
    "/promo", right="promos.view", summary="Promo codes", source="seed: Promo, Get promo lists"
)
async def promos(call: CafeCall, data: PromoListIn) -> PromosOut:
    """data {items[], paging_info}, the newest first, 50 a page, each with how often it was used."""
    found = await call.read(promos_page, call.center.id, data.page or 1)
    return promos_out(found.rows, found.total, data.page, call.center.id, call.center.zone)


@routes.post(
    "/promo", right="promos.edit", summary="Add a promo code", source="seed: Promo, Add promo"
)
async def add_promo(call: CafeCall, data: PromoIn) -> Written[PromoRow]:
    """data: the new code's row. Names are unique whatever their case."""
    change = PromoChange(call.center, None, changes_of(data, call.center.zone))
    return await call.write(commands.create_promo, change, _row(call))


@routes.put(
    "/promo/{id}",
    right="promos.edit",
    summary="Change a promo code",
    source="seed: Promo, Update promo",
)
@routes.route(
    "PATCH",
    "/promo/{id}",
    right="promos.edit",
    summary="Change a promo code",
    source="seed: Promo, Update promo",
)
async def put_promo(call: CafeCall, data: PromoChangeIn) -> Written[PromoRow]:
    """data: the code's row. What is not sent stays, and so does what was given by it."""
    change = PromoChange(call.center, _id(call, "id"), changes_of(data, call.center.zone))
    return await call.write(commands.change_promo, change, _row(call))


@routes.delete(
    "/promo/{id}",
    right="promos.edit",
    summary="Delete a promo code",
    source="seed: Promo, Delete promo",
)
async def remove_promo(call: CafeCall) -> Written[Nothing]:
    """Nobody can use it any more; what it gave stays."""
    return await call.write(
        commands.delete_promo, PromoChange(call.center, _id(call, "id")), nothing
    )


@native.get("/promos", right="promos.view", summary="Promo codes")
async def list_promos(call: CafeCall, data: PromoListIn) -> list[PromoOut]:
    """A page of 50 codes, the newest first."""
    found = await call.read(promos_page, call.center.id, data.page or 1)
    return [native_promo(promo, call.center.zone) for promo in found.rows]


@native.get("/promos/{promo_id}", right="promos.view", summary="One promo code")
async def get_promo(call: CafeCall) -> PromoOut:
    """One code. 404 when there is none."""
    promo = await call.read(promo_by_id, call.center.id, _id(call))
    if promo is None:
        raise NotFound(_NO_PROMO)
    return native_promo(promo, call.center.zone)


@native.post("/promos", right="promos.edit", summary="Add a promo code")
async def post_promo(call: CafeCall, data: NativePromoIn) -> Written[PromoOut]:
    """Names are unique whatever their case."""
    change = PromoChange(call.center, None, native_values(data, call.center.zone))
    return await call.write(commands.create_promo, change, _native(call))


@native.put("/promos/{promo_id}", right="promos.edit", summary="Change a promo code")
async def replace_promo(call: CafeCall, data: NativePromoIn) -> Written[PromoOut]:
    """Replace all values. What was given by it stays."""
    change = PromoChange(call.center, _id(call), native_values(data, call.center.zone))
    return await call.write(commands.change_promo, change, _native(call))


@native.delete("/promos/{promo_id}", right="promos.edit", summary="Delete a promo code")
async def drop_promo(call: CafeCall) -> Written[Nothing]:
    """Nobody can use it any more; what it gave stays."""
    return await call.write(commands.delete_promo, PromoChange(call.center, _id(call)), nothing)


def _id(call: CafeCall, name: str = "promo_id") -> int:
    return id_in_path(call.path[name], _NO_PROMO)


def _row(call: CafeCall) -> Callable[[Promo], PromoRow]:
    return lambda promo: promo_row(promo, call.center.id, call.center.zone)


def _native(call: CafeCall) -> Callable[[Promo], PromoOut]:
    return lambda promo: native_promo(promo, call.center.zone)
