"""How the aggregator's two wires recognise their callers: an agent's key, a player's game session.

The External API checks in this order: key, agent active, address, type (aggregator-domain 1.2
row 30). A cookie never authenticates it.
"""

from __future__ import annotations

from typing import Any

import msgspec

from lanhouse.aggregator.agents.call import AgentCall
from lanhouse.aggregator.agents.queries import agent_by_key_hash
from lanhouse.aggregator.agents.schemas import Agent
from lanhouse.aggregator.errors import (
    AgentInvalidType,
    AgentNotActive,
    AgentNotFound,
    IpNotAllowed,
    PlayerInsufficientBalance,
    SessionExpired,
)
from lanhouse.aggregator.launch.call import GameCall
from lanhouse.aggregator.launch.queries import session_by_cookie
from lanhouse.auth.addresses import is_allowed
from lanhouse.auth.masks import is_mask_of
from lanhouse.db.store import Event
from lanhouse.kit import clock, ids
from lanhouse.kit.errors import AppError, Forbidden
from lanhouse.web.call import Call, Services
from lanhouse.web.envelopes import ExternalWire, NativeWire
from lanhouse.web.render import render_error
from lanhouse.web.replies import Headers, Reply
from lanhouse.web.request import Request

TRANSFER_ONLY = frozenset(
    f"/external/{call}" for call in ("deposit", "withdraw", "getPlayerBalance")
)
"""Calls that a seamless agent cannot make: its players' money is not here (row 5)."""

COOKIE_PREFIX = "lanhouse_play_"
"""Each game session has a cookie of its own, so that one browser can hold several."""

_CACHE_SECONDS = 1.0
_CACHE_ENTRIES_MAX = 10_000


class _Known(msgspec.Struct, frozen=True):
    """An agent behind a key's hash and when (monotonic seconds) it was looked up."""

    agent: Agent
    loaded_at: float


class ExternalSurface:
    """The External API: `Authorization: Bearer {externalApiKey}`."""

    def __init__(self, services: Services) -> None:
        self.wire = ExternalWire()
        self._services = services
        self._known: dict[str, _Known] = {}
        self._changes = 0
        services.store.subscribe(self._forget)

    def _forget(self, events: list[Event]) -> None:
        if any(event.topic == "access.changed" for event in events):
            self._known.clear()
            self._changes += 1

    async def enter(self, call: Call) -> Call:
        """Recognise the agent."""
        secret = call.request.bearer()
        agent = await self._find(secret) if secret else None
        if agent is None:
            raise AgentNotFound
        if not agent.is_live:
            raise AgentNotActive
        if not is_allowed(call.address, agent.allowed_ips):
            raise IpNotAllowed
        if not agent.holds_wallets:
            check_seamless(call.route.path)
        return AgentCall(call, agent)

    async def _find(self, secret: str) -> Agent | None:
        digest = ids.secret_hash(secret)
        known = self._known.get(digest)
        # Another process may have changed the agent; our own changes are seen through the events.
        if known is None or clock.monotonic() - known.loaded_at > _CACHE_SECONDS:
            changes = self._changes
            agent = await self._services.store.point(agent_by_key_hash, digest)
            if agent is None:
                self._known.pop(digest, None)
                return None
            if len(self._known) >= _CACHE_ENTRIES_MAX:
                self._known.clear()
            known = _Known(agent, clock.monotonic())
            # An agent that changed while it was looked up must not be remembered.
            if changes == self._changes:
                self._known[digest] = known
        return known.agent

    async def extra_headers(self, request: Request) -> Headers:
        """Servers call this API; browsers of other origins get nothing."""
        return []


def check_seamless(path: str) -> None:
    """Refuse what a seamless agent cannot call, whatever its body holds.

    Raises AgentInvalidType for wallet calls.
    """
    if path in TRANSFER_ONLY:
        raise AgentInvalidType


_PLAY_CODES = {PlayerInsufficientBalance.symbol: "INSUFFICIENT_CREDIT"}
"""Codes of the External API that `/play` tells otherwise."""


def is_page_asked(request: Request) -> bool:
    """Whether a browser asked for a page."""
    return "text/html" in request.headers.get("accept", "")


def wants_json(request: Request) -> bool:
    """Whether JSON was asked for, and no page."""
    return "application/json" in request.headers.get("accept", "") and not is_page_asked(request)


class GameWire(NativeWire):
    """Game pages: a browser that asked for a page gets one, everybody else JSON with refusals as
    {"error": {"code", "message", "field"}}; `field` is the first that is wrong, or null."""

    cache_control = b"no-store"

    def failure(self, error: AppError, request: Request) -> Reply:
        if not is_page_asked(request):
            return super().failure(error, request)
        return Reply(render_error(request, error.status, error.said).encode(), error.status)

    def _error(self, status: int, code: str, message: str, fields: dict[str, str]) -> Reply:
        error = {
            "code": _PLAY_CODES.get(code, code),
            "message": message,
            "field": next(iter(fields), None),
        }
        body = msgspec.json.encode({"error": error})
        return Reply(body, status, "application/json").with_header("cache-control", "no-store")

    def unknown_path(self, request: Request) -> Reply:
        if not is_page_asked(request):
            return super().unknown_path(request)
        return Reply(render_error(request, 404, "There is no page at this address.").encode(), 404)


class GameSurface:
    """A player in a game: the session is in the path, its secret in a cookie of that name."""

    wire = GameWire()

    async def enter(self, call: Call) -> Call:
        """Recognise the player; posts must come from our own page. What is public looks itself
        (player_of): a secret in a header is no browser's doing.
        """
        if call.route.public:
            return call
        is_unsafe = call.request.method not in ("GET", "HEAD")
        if is_unsafe:
            check_origin(call.request)
        code = call.path.get("session", "")
        secret = call.request.cookies.get(COOKIE_PREFIX + code, "") if code.isalnum() else ""
        if not secret:
            raise SessionExpired
        session = await call.point(session_by_cookie, code, ids.secret_hash(secret))
        given = call.request.headers.get("x-csrf-token", "")
        if is_unsafe and not is_mask_of(given, session.csrf):
            raise Forbidden("This page is no longer valid. Reload it and try again.")
        return GameCall(call, session)

    async def extra_headers(self, request: Request) -> Headers:
        """Pages are never called from other origins."""
        return []


async def player_of(call: Call) -> GameCall:
    """The call of the player whose session the path names and whose secret the header brings.

    Raises SessionExpired.
    """
    code, secret = call.path.get("session", ""), call.request.bearer()
    if not code.isalnum() or not secret:
        raise SessionExpired
    return GameCall(call, await call.point(session_by_cookie, code, ids.secret_hash(secret)))


def check_origin(request: Request) -> None:
    """Refuse a post that another web site sent: browsers always tell where a post comes from."""
    origin = request.headers.get("origin")
    if origin is not None and origin.partition("://")[2] != request.headers.get("host"):
        raise Forbidden("This request came from another site.")
    if origin is None and request.headers.get("sec-fetch-site", "none") not in (
        "same-origin",
        "none",
    ):
        raise Forbidden("This request came from another site.")


def surfaces(services: Services) -> dict[str, Any]:
    """Both surfaces of the aggregator by name."""
    return {"external": ExternalSurface(services), "game": GameSurface()}
