"""How the aggregator's two wires recognise their callers: an agent's key, a player's game session.

The External API checks in this order: key, agent active, address (aggregator-domain 1.2 row 30),
then what stands in the body (agents/call.py). A cookie never authenticates it.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec

from lanhouse.aggregator.agents.call import AgentCall
from lanhouse.aggregator.agents.commands import note_key_used
from lanhouse.aggregator.agents.queries import agent_by_key_hash, key_used_at
from lanhouse.aggregator.agents.rules import signing_of
from lanhouse.aggregator.agents.schemas import Agent, KeyUsed
from lanhouse.aggregator.errors import (
    AgentNotActive,
    AgentNotFound,
    IpNotAllowed,
    SessionExpired,
)
from lanhouse.aggregator.launch.call import GameCall
from lanhouse.aggregator.launch.queries import session_by_cookie
from lanhouse.aggregator.signing import SIGNATURE
from lanhouse.auth.addresses import is_allowed
from lanhouse.auth.masks import is_mask_of
from lanhouse.db.store import Event
from lanhouse.kit import clock, ids
from lanhouse.kit.errors import AppError, Forbidden
from lanhouse.web.call import Call, Services
from lanhouse.web.envelopes import ExternalWire, Habits, NativeWire
from lanhouse.web.render import render_error
from lanhouse.web.replies import Headers, Reply
from lanhouse.web.request import Request

COOKIE_PREFIX = "lanhouse_play_"
"""Each game session has a cookie of its own, so that one browser can hold several."""

_CACHE_SECONDS = 1.0
_USE_NOTED_EVERY = timedelta(minutes=1)
_CACHE_ENTRIES_MAX = 10_000


class _Known(msgspec.Struct, frozen=True):
    """An agent behind a key's hash, the secret its calls are signed with (None: they need not be)
    and when (monotonic seconds) it was looked up."""

    agent: Agent
    signing: str | None
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
        known = await self._find(secret) if secret else None
        if known is None:
            raise AgentNotFound
        agent = known.agent
        if known.signing is not None and SIGNATURE.lower() not in call.request.headers:
            raise AgentNotFound
        call.request.habits = Habits(agent.has_aliases, agent.has_statuses)
        if agent.has_aliases:
            call.encode = self.wire.encode_with_aliases
        if not agent.is_live:
            raise AgentNotActive
        if not is_allowed(call.address, agent.allowed_ips):
            raise IpNotAllowed
        return AgentCall(call, agent, known.signing)

    async def _find(self, secret: str) -> _Known | None:
        digest = ids.secret_hash(secret)
        known = self._known.get(digest)
        # Another process may have changed the agent; our own changes are seen through the events.
        if known is None or clock.monotonic() - known.loaded_at > _CACHE_SECONDS:
            changes = self._changes
            agent = await self._services.store.point(agent_by_key_hash, digest)
            if agent is None:
                self._known.pop(digest, None)
                return None
            await self._note_use(digest)
            if len(self._known) >= _CACHE_ENTRIES_MAX:
                self._known.clear()
            known = _Known(agent, signing_of(self._services.vault, agent), clock.monotonic())
            # An agent that changed while it was looked up must not be remembered.
            if changes == self._changes:
                self._known[digest] = known
        return known

    async def _note_use(self, digest: str) -> None:
        now = clock.real_now()
        used_at = await self._services.store.point(key_used_at, digest)
        if used_at is None or now - used_at >= _USE_NOTED_EVERY:
            await self._services.store.write(note_key_used, KeyUsed(digest, now))

    async def extra_headers(self, request: Request) -> Headers:
        """Servers call this API; browsers of other origins get nothing."""
        return []


class GameWire(NativeWire):
    """Game pages: a browser that asked for a page gets one, the game's script gets JSON."""

    def failure(self, error: AppError, request: Request) -> Reply:
        if "text/html" not in request.headers.get("accept", ""):
            return super().failure(error, request)
        return Reply(render_error(request, error.status, error.said).encode(), error.status)

    def unknown_path(self, request: Request) -> Reply:
        if "text/html" not in request.headers.get("accept", ""):
            return super().unknown_path(request)
        return Reply(render_error(request, 404, "There is no page at this address.").encode(), 404)


class GameSurface:
    """A player in a game: the session is in the path, its secret in a cookie of that name."""

    wire = GameWire()

    async def enter(self, call: Call) -> Call:
        """Recognise the player; posts must come from our own page."""
        is_unsafe = call.request.method not in ("GET", "HEAD")
        if is_unsafe:
            check_origin(call.request)
        code = call.path.get("session", "")
        secret = call.request.cookies.get(COOKIE_PREFIX + code, "") if code.isalnum() else ""
        if not secret:
            if call.route.public:
                return call
            raise SessionExpired
        session = await call.point(session_by_cookie, code, ids.secret_hash(secret))
        given = call.request.headers.get("x-csrf-token", "")
        if is_unsafe and not is_mask_of(given, session.csrf):
            raise Forbidden("This page is no longer valid. Reload it and try again.")
        return GameCall(call, session)

    async def extra_headers(self, request: Request) -> Headers:
        """Pages are never called from other origins."""
        return []


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
