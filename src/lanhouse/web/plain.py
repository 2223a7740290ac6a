"""Calls outside every surface: health and metrics."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
import sqlalchemy as sa
import structlog
from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest

from lanhouse import __version__
from lanhouse.auth.addresses import is_allowed, is_loopback
from lanhouse.db.statements import static
from lanhouse.db.store import Read
from lanhouse.jobs.queries import Count, counts
from lanhouse.kit.errors import Busy, OutOfReach
from lanhouse.web.call import Call, Services
from lanhouse.web.envelopes import NativeWire
from lanhouse.web.metrics import ClockCollector, JobCollector, ParkedCollector, RouteCollector
from lanhouse.web.replies import Headers, Reply
from lanhouse.web.request import Request
from lanhouse.web.routes import PlainRoutes

log = structlog.get_logger("lanhouse.web")
routes = PlainRoutes("Operations")
# A database that says nothing is out of reach; who asks gives up after 3 s (deploy/Dockerfile).
_LOOK_SECONDS_MAX = 2.0
_WIRE = NativeWire()
_ONE = static(sa.select(sa.literal_column("1").label("one")))


class PlainSurface:
    """No caller is recognised; only public routes live here."""

    def __init__(self) -> None:
        self.wire = _WIRE

    async def enter(self, call: Call) -> Call:
        """Nobody in particular."""
        return call

    async def extra_headers(self, request: Request) -> Headers:
        """Nothing for other origins."""
        return []


def surfaces(_services: Services) -> dict[str, Any]:
    """The plain surface by name."""
    return {"plain": PlainSurface()}


def _look(read: Read) -> bool:
    return read.scalar(_ONE) == 1


@routes.get("/health", public=True, summary="200 when this process can read its database")
async def health(call: Call) -> Reply:
    """{"status": "ok", "version"}, or an error status when the database is out of reach."""
    try:
        async with asyncio.timeout(_LOOK_SECONDS_MAX):
            await call.read(_look)
    except TimeoutError:
        raise OutOfReach from None
    body = msgspec.json.encode({"status": "ok", "version": __version__})
    return Reply(body, 200, "application/json")


def _may_read_metrics(call: Call) -> bool:
    """True for this machine itself and for LANHOUSE_METRICS_NETWORKS."""
    if is_allowed(call.address, call.settings.metrics_networks):
        return True
    if not is_loopback(call.address):
        return False
    # Behind a proxy on this machine that nobody named as trusted every stranger looks local.
    is_forwarded = any(name in call.request.headers for name in ("x-forwarded-for", "forwarded"))
    return not is_forwarded or is_allowed(call.address, call.settings.trusted_proxies)


async def _job_counts(call: Call) -> list[Count]:
    """Empty when the database is out of reach: the other figures are needed most then."""
    try:
        async with asyncio.timeout(_LOOK_SECONDS_MAX):
            return await call.read(counts)
    except (Busy, TimeoutError) as error:
        log.warning("metrics without jobs", reason=repr(error))
        return []


async def _parked(call: Call) -> int | None:
    """None when the database is out of reach."""
    if call.services.parked is None:
        return None
    try:
        async with asyncio.timeout(_LOOK_SECONDS_MAX):
            return await call.read(call.services.parked)
    except (Busy, TimeoutError) as error:
        log.warning("metrics without parked transactions", reason=repr(error))
        return None


@routes.get("/metrics", public=True, summary="Prometheus text")
async def metrics(call: Call) -> Reply:
    """Counts and times of all routes of this process, and the process's own figures.

    For this machine and LANHOUSE_METRICS_NETWORKS; to others it is an address that leads nowhere.
    """
    if not _may_read_metrics(call):
        return _WIRE.unknown_path(call.request)
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    stats = [s for endpoint in call.services.endpoints for s in endpoint.stats.values()]
    registry.register(RouteCollector(stats))  # type: ignore[arg-type]
    registry.register(ClockCollector())  # type: ignore[arg-type]
    registry.register(JobCollector(await _job_counts(call)))  # type: ignore[arg-type]
    parked = await _parked(call)
    if parked is not None:
        registry.register(ParkedCollector(parked))  # type: ignore[arg-type]
    return Reply(generate_latest(registry), 200, "text/plain; version=0.0.4; charset=utf-8")
