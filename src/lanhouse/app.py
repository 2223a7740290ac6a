"""The composition root: settings -> store -> features -> ASGI application. Nothing else wires."""

from __future__ import annotations

import importlib
import pkgutil
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from msgspec.structs import replace

from lanhouse import aggregator, cafe
from lanhouse.aggregator.caller import Caller
from lanhouse.aggregator.launch.rules import language_of
from lanhouse.aggregator.operators.sending import Dispatcher, Operators
from lanhouse.aggregator.protection.commands.play import launch_play
from lanhouse.aggregator.protection.queries.geo import geo_of
from lanhouse.aggregator.protection.schemas import PlayLaunch
from lanhouse.aggregator.rounds.commands.parked import parked_count
from lanhouse.auth.addresses import parse_allow_list
from lanhouse.cafe import followers as _followers  # noqa: F401 - wires the café
from lanhouse.cafe.centers.call import CafeRoutes
from lanhouse.cafe.documented import calls_not_built
from lanhouse.cafe.surfaces import cafe_surfaces, staff_sign_in
from lanhouse.db.digests import take_over_old_rows
from lanhouse.db.outbox import forget_foreign
from lanhouse.db.store import Store
from lanhouse.jobs import housekeeping
from lanhouse.jobs.outbound import Means, Outbound
from lanhouse.jobs.runner import Runner
from lanhouse.jobs.schemas import Kind
from lanhouse.jobs.ticker import Task, Ticker
from lanhouse.kit import clock
from lanhouse.kit.vault import LOCKED, Vault
from lanhouse.ledger.sealing import (
    seal_late_digests,
    seal_late_entries,
    seal_new_digests,
    seal_new_entries,
    slice_max,
)
from lanhouse.realtime.feed import Feed
from lanhouse.settings import AppSettings
from lanhouse.web import application
from lanhouse.web.application import Application, Router
from lanhouse.web.call import Services
from lanhouse.web.dispatch import Endpoint, Surface, header_texts, send_reply
from lanhouse.web.envelopes import CafeWire, ExternalWire, NativeWire, PageWire, Wire
from lanhouse.web.files import Assets
from lanhouse.web.i18n import LANGUAGES
from lanhouse.web.play_tokens import LaunchPlay, PlayingMember, Run
from lanhouse.web.render import render_error
from lanhouse.web.request import Request
from lanhouse.web.routes import Route, Routes

ROUTE_FILES = ("api", "panel", "pages")
"""Files of a noun whose Routes are served; a file that grew into a folder counts with all in it."""
OTHER_ROUTE_MODULES = (
    "lanhouse.web.plain",
    "lanhouse.web.docs",
    "lanhouse.web.pages.look",
    "lanhouse.demo.begin_panel",
    "lanhouse.demo.panel",
)
"""Routes outside the nouns."""

SURFACE_MODULES = ["lanhouse.web.plain", "lanhouse.aggregator.surfaces"]
"""Modules with `surfaces(services)`: further wires by name, besides the café's."""

JOB_FILES = ("jobs",)
"""Files of a noun with TASKS (a list of jobs.ticker.Task) to run on the clock, or JOBS (a list of
jobs.schemas.Kind) to be queued, or both; or `jobs_of(means)`, which answers such a list where
a delivery needs the vault or the way out (jobs.outbound.Means)."""

OTHER_JOB_MODULES = ("lanhouse.demo.jobs",)
"""Jobs outside the nouns."""

_CAFE_PREFIX = CafeRoutes.prefix.partition("{")[0]
STATIC_DIR = Path(__file__).parent / "web" / "static"


def _no_jobs(_: Means) -> list[Kind]:
    return []


def _seal(tx: Any, _: None) -> bool:
    return seal_new_entries(tx) == slice_max(tx)


def _seal_late(tx: Any, _: None) -> bool:
    return max(seal_late_entries(tx), seal_late_digests(tx)) == slice_max(tx)


def _seal_digests(tx: Any, _: None) -> bool:
    return seal_new_digests(tx) == slice_max(tx)


TASKS = [
    # Short slices, so that nobody waits for one, and enough of them for the busiest second.
    Task("seal the ledger", 0.9, _seal, runs_max=400),
    Task("digest rows of before", 0.9, take_over_old_rows, runs_max=200),
    Task("seal the digests", 0.9, _seal_digests, runs_max=400),
    Task("seal late entries", 10, _seal_late),
    Task("forget events of another server", 3600, forget_foreign),
    Task("plan housekeeping", 3600, housekeeping.plan_housekeeping),
]


@cache
def _modules_of(*files: str, with_aggregator: bool = True) -> tuple[ModuleType, ...]:
    """The nouns' modules of these file names, of both halves or the café's alone, in the order of
    their names.

    Looked for once per process: walking the folders is most of what an application costs.
    """
    return tuple(
        importlib.import_module(found.name)
        for half in ((cafe, aggregator) if with_aggregator else (cafe,))
        for found in pkgutil.walk_packages(half.__path__, f"{half.__name__}.")
        # lanhouse.<half>.<noun>.<file>, and whatever the file's folder holds
        if set(found.name.split(".")[3:]) & set(files)
    )


def all_routes(*, with_aggregator: bool = True) -> list[Route]:
    """Every route of the house, in the order of the modules' names."""
    return [*_routes(with_aggregator)]


def _names(names: Iterable[str], with_aggregator: bool) -> list[ModuleType]:
    """The modules of these names, without those of a half that is left out."""
    left_out = "" if with_aggregator else f"{aggregator.__name__}."
    return [
        importlib.import_module(name)
        for name in names
        if not left_out or not name.startswith(left_out)
    ]


@cache
def _routes(with_aggregator: bool) -> list[Route]:
    found: list[Route] = []
    others = _names(OTHER_ROUTE_MODULES, with_aggregator)
    for module in (*others, *_modules_of(*ROUTE_FILES, with_aggregator=with_aggregator)):
        for value in vars(module).values():
            if isinstance(value, Routes):
                found.extend(route for route in value.all if route not in found)
    return [*found, *calls_not_built(found)]


def all_kinds(means: Means) -> list[Kind]:
    """Every kind of job of the house."""
    found: list[Kind] = [*housekeeping.JOBS]
    is_whole = means.settings.aggregator
    others = _names(OTHER_JOB_MODULES, is_whole)
    for module in (*others, *_modules_of(*JOB_FILES, with_aggregator=is_whole)):
        found.extend(getattr(module, "JOBS", ()))
        found.extend(getattr(module, "jobs_of", _no_jobs)(means))
    return found


def create_app(
    settings: AppSettings,
    store: Store,
    *,
    vault: Vault = LOCKED,
    with_ticker: bool = True,
    outbound: Outbound | None = None,
) -> Application:
    """The ASGI application on a store that is migrated but not started.

    A locked `vault` serves, but keeps no secret. `with_ticker` is switched off by tests that move
    the clock by hand; `outbound` is theirs, too, and else the one that the settings allow.
    """
    if settings.outbound_private:
        networks = parse_allow_list(settings.outbound_private, "LANHOUSE_OUTBOUND_PRIVATE")
        settings = replace(settings, outbound_private=networks)
    if settings.aggregator:
        geo_of(settings.geo_file)  # a file that cannot be read is told now, and not to a player
    feed = Feed(store)
    outbound = outbound or Outbound(settings.outbound_private)
    operators = Operators(store, vault, Caller(settings.outbound_private))
    services = Services(settings=settings, store=store, vault=vault, feed=feed, outbound=outbound)
    services.operators, services.parked = operators, parked_count
    means = Means(store=store, vault=vault, outbound=outbound, settings=settings)
    surfaces: dict[str, Any] = cafe_surfaces(services)
    is_whole = settings.aggregator
    services.launch_play = _play_launcher(settings) if is_whole else None
    for module in _names(SURFACE_MODULES, is_whole):
        surfaces |= module.surfaces(services)
    endpoints = _endpoints(services, surfaces, all_routes(with_aggregator=is_whole))
    services.endpoints = list(endpoints.values())
    tasks = [*TASKS]
    services.job_kinds = all_kinds(means)
    for module in _modules_of(*JOB_FILES, with_aggregator=is_whole):
        tasks.extend(getattr(module, "TASKS", ()))
    ticker = Ticker(store, tasks)
    runner = Runner(store, services.job_kinds, lambda: ticker.leads)
    dispatcher = _dispatcher(settings, store, operators, ticker)

    @asynccontextmanager
    async def running() -> AsyncIterator[None]:
        store.start()
        if with_ticker:
            ticker.start()
            runner.start()
            if is_whole:
                dispatcher.start()
        try:
            for part in services.parts:
                await part.start()
            yield
            for part in services.parts:
                await part.stop()
            await feed.stop()
            await dispatcher.stop()
            await operators.caller.close()
            await runner.stop()
            await ticker.stop()
        finally:
            # Whatever fails before, what is queued in the store is still written.
            await store.stop()
            clock.keep_mark(is_last=True)

    unknown_path = _unknown_path(surfaces["cafe"])
    files = Assets(STATIC_DIR, unknown_path)
    return Application(
        Router(endpoints), {"/static": files}, unknown_path, running, on_stop=feed.close
    )


def _endpoints(
    services: Services, surfaces: dict[str, Any], routes: Iterable[Route]
) -> dict[str, Endpoint]:
    """What answers each path."""
    by_path: dict[str, list[Route]] = defaultdict(list)
    for route in routes:
        by_path[route.path].append(route)
    return {
        path: Endpoint(services, surfaces[found[0].surface], found)
        for path, found in by_path.items()
    }


def _dispatcher(
    settings: AppSettings, store: Store, operators: Operators, ticker: Ticker
) -> Dispatcher:
    """Sends what is due to operators where this process leads. Nobody else has the embedded
    database, so that the lease of its last process need not run out first."""
    is_alone = not settings.database_url
    return Dispatcher(store, operators, lambda: is_alone or ticker.leads, is_alone=is_alone)


def _play_launcher(settings: AppSettings) -> LaunchPlay:
    """The one function that the portal has of the aggregator: the address of a game for tokens."""

    async def launch(member: PlayingMember, run: Run) -> str:
        asked = PlayLaunch(
            center_id=member.center_id,
            member_id=member.member_id,
            day=member.day,
            language=language_of(member.language, tuple(LANGUAGES)),
            address=member.address,
            back_url=settings.base_url + member.back_path,
            place=geo_of(settings.geo_file).place_of(member.address),
        )
        launched = await run(launch_play, asked)
        return f"{settings.base_url}/play/launch/{launched.token}"

    return launch


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
            allowed = await cafe.extra_headers(request)
            reply = replace(reply, headers=[*reply.headers, *allowed])
        await send_reply(send, reply, is_head=request.method == "HEAD")

    return answer


def _wire_of_unknown(request: Request) -> Wire:
    if request.path.startswith(("/external", "/provider")):
        return ExternalWire()
    if request.path.startswith("/api/v2"):
        return CafeWire()
    is_for_people = "text/html" in request.headers.get("accept", "")
    if is_for_people and not request.path.startswith("/api/"):
        return PageWire(staff_sign_in, render_error)
    return NativeWire()
