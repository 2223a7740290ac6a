"""The composition root: settings -> store -> features -> ASGI application. Nothing else wires."""

from __future__ import annotations

import gc
import importlib
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path
from typing import Any

from lanhouse.cafe import followers as _followers  # noqa: F401 - wires the café
from lanhouse.cafe.documented import calls_not_built
from lanhouse.cafe.surfaces import cafe_surfaces, staff_sign_in
from lanhouse.db.store import Store
from lanhouse.jobs import housekeeping
from lanhouse.jobs.ticker import Task, Ticker
from lanhouse.kit import clock
from lanhouse.kit.vault import LOCKED, Vault
from lanhouse.ledger.sealing import BATCH_MAX, seal_late_entries, seal_new_entries
from lanhouse.settings import AppSettings
from lanhouse.web import application
from lanhouse.web.application import Application, Router
from lanhouse.web.call import Services
from lanhouse.web.dispatch import Endpoint, Surface, header_texts, send_reply
from lanhouse.web.envelopes import CafeWire, ExternalWire, NativeWire, PageWire, Wire
from lanhouse.web.files import Assets
from lanhouse.web.render import render_error
from lanhouse.web.request import Request
from lanhouse.web.routes import CafeRoutes, Route, Routes

ROUTE_MODULES = [
    "lanhouse.web.plain",
    "lanhouse.web.docs",
    "lanhouse.web.pages.look",
    "lanhouse.cafe.billing_logs.api",
    "lanhouse.cafe.centers.api",
    "lanhouse.cafe.centers.panel",
    "lanhouse.cafe.groups.api",
    "lanhouse.cafe.pcs.api",
    "lanhouse.cafe.pcs.panel",
    "lanhouse.cafe.sessions.panel",
    "lanhouse.cafe.sessions.panel_login",
    "lanhouse.cafe.sessions.panel_clock",
    "lanhouse.cafe.offers.api",
    "lanhouse.cafe.pricing.api",
    "lanhouse.cafe.sessions.api",
    "lanhouse.cafe.reports.api",
    "lanhouse.cafe.settings.api",
    "lanhouse.cafe.staff.api",
    "lanhouse.cafe.staff.panel",
    "lanhouse.cafe.topups.api",
    "lanhouse.cafe.topups.panel",
    "lanhouse.cafe.members.api",
    "lanhouse.cafe.members.panel",
    "lanhouse.cafe.members.portal",
    "lanhouse.aggregator.players.api",
    "lanhouse.aggregator.wallet.api",
    "lanhouse.aggregator.catalog.api",
    "lanhouse.aggregator.launch.api",
    "lanhouse.aggregator.rounds.api",
    "lanhouse.aggregator.absent",
    "lanhouse.aggregator.providers.house.pages",
]
"""Every module whose Routes are served; a noun adds its line here."""

SURFACE_MODULES = ["lanhouse.web.plain", "lanhouse.aggregator.surfaces"]
"""Modules with `surfaces(services)`: further wires by name, besides the café's."""

TASK_MODULES: list[str] = ["lanhouse.cafe.sessions.jobs"]
"""Modules with TASKS (a list of jobs.ticker.Task) to run on the clock."""

HANDLERS = {housekeeping.KIND: housekeeping.clean_up}
"""Handlers of queued jobs by kind."""

_CAFE_PREFIX = CafeRoutes.prefix.partition("{")[0]
STATIC_DIR = Path(__file__).parent / "web" / "static"


def _seal(tx: Any, _: None) -> bool:
    return seal_new_entries(tx) == BATCH_MAX


def _seal_late(tx: Any, _: None) -> bool:
    return seal_late_entries(tx) == BATCH_MAX


TASKS = [
    # Short slices, so that nobody waits for one, and enough of them for the busiest second.
    Task("seal the ledger", 0.9, _seal, runs_max=400),
    Task("seal late entries", 10, _seal_late),
    Task("plan housekeeping", 3600, housekeeping.plan_housekeeping),
]


def all_routes() -> list[Route]:
    """Every route of the house, in the order of ROUTE_MODULES."""
    return [*_routes()]


@cache
def _routes() -> list[Route]:
    found: list[Route] = []
    for name in ROUTE_MODULES:
        module = importlib.import_module(name)
        for value in vars(module).values():
            if isinstance(value, Routes):
                found.extend(route for route in value.all if route not in found)
    return [*found, *calls_not_built(found)]


def create_app(
    settings: AppSettings, store: Store, *, vault: Vault = LOCKED, with_ticker: bool = True
) -> Application:
    """The ASGI application on a store that is migrated but not started.

    A locked `vault` serves, but keeps no secret. `with_ticker` is switched off by tests that move
    the clock by hand.
    """
    services = Services(settings=settings, store=store, vault=vault)
    surfaces: dict[str, Any] = cafe_surfaces(services)
    for name in SURFACE_MODULES:
        surfaces |= importlib.import_module(name).surfaces(services)
    by_path: dict[str, list[Route]] = defaultdict(list)
    for route in all_routes():
        by_path[route.path].append(route)
    endpoints = {
        path: Endpoint(services, surfaces[routes[0].surface], routes)
        for path, routes in by_path.items()
    }
    services.endpoints = list(endpoints.values())
    tasks = [*TASKS]
    for name in TASK_MODULES:
        tasks.extend(importlib.import_module(name).TASKS)
    ticker = Ticker(store, tasks, HANDLERS)

    @asynccontextmanager
    async def running() -> AsyncIterator[None]:
        store.start()
        if with_ticker:
            ticker.start()
        # The start-up heap never becomes garbage; without this a full collection costs 50 ms.
        gc.collect()
        gc.freeze()
        try:
            yield
            await ticker.stop()
        finally:
            # Whatever fails before, what is queued in the store is still written.
            await store.stop()
            clock.keep_mark(is_last=True)

    unknown_path = _unknown_path(surfaces["cafe"])
    files = Assets(STATIC_DIR, unknown_path)
    return Application(Router(endpoints), {"/static": files}, unknown_path, running)


def _unknown_path(cafe: Surface) -> application.Endpoint:
    """What answers for a path that leads nowhere, in the words of the wire it would belong to."""

    async def answer(scope: Any, _receive: Any, send: Any) -> None:
        path = scope["path"]
        below = path.removeprefix(_CAFE_PREFIX)
        request = Request(
            method=scope["method"],
            path=path,
            path_params={} if below == path else {"cafe_id": below.partition("/")[0]},
            query=b"",
            headers=header_texts(scope),
            body=b"",
            address="",
        )
        reply = _wire_of_unknown(request).unknown_path(request)
        if "origin" in request.headers and below != path:
            # Without them a browser hides even this answer from the program that asked.
            reply.headers = [*reply.headers, *await cafe.extra_headers(request)]
        await send_reply(send, reply, is_head=request.method == "HEAD")

    return answer


def _wire_of_unknown(request: Request) -> Wire:
    if request.path.startswith("/external"):
        return ExternalWire()
    if request.path.startswith("/api/v2"):
        return CafeWire()
    is_for_people = "text/html" in request.headers.get("accept", "")
    if is_for_people and not request.path.startswith("/api/"):
        return PageWire(staff_sign_in, render_error)
    return NativeWire()
