"""How the aggregator's wires recognise their callers: an agent's key, a player's game session; a
provider's signature in providers/remote/surface.

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
    PlayerInsufficientBalance,
    SessionExpired,
)
from lanhouse.aggregator.launch.call import GameCall
from lanhouse.aggregator.launch.queries import session_by_secret
from lanhouse.aggregator.operators.sending import Operators
from lanhouse.aggregator.providers.port import Reach
from lanhouse.aggregator.providers.remote.purse import Purse
from lanhouse.aggregator.providers.remote.studios import HttpStudios
from lanhouse.aggregator.providers.remote.surface import ProviderSurface
from lanhouse.aggregator.signing import SIGNATURE
from lanhouse.auth.addresses import is_allowed
from lanhouse.db.store import Event
from lanhouse.kit import clock, ids
from lanhouse.kit.errors import AppError
from lanhouse.web.call import Call, Services
from lanhouse.web.envelopes import ExternalWire, Habits, NativeWire
from lanhouse.web.render import render_error
from lanhouse.web.replies import Headers, Reply
from lanhouse.web.request import Request

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

    def __init__(self, services: Services, reach: Reach) -> None:
        self.wire = ExternalWire()
        self._services = services
        self._reach = reach
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
        return AgentCall(call, agent, self._reach, known.signing)

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
    """Games in the browser: pages are for everybody, and player_of() recognises a player."""

    wire = GameWire()

    async def enter(self, call: Call) -> Call:
        """Nobody is recognised yet: the secret comes in a header, and only to calls."""
        return call

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
    return GameCall(call, await call.point(session_by_secret, code, ids.secret_hash(secret)))


def surfaces(services: Services) -> dict[str, Any]:
    """The three surfaces of the aggregator by name."""
    operators: Operators = services.operators
    studios = HttpStudios(services.store, services.vault, operators.caller)
    services.parts.append(studios)
    reach = Reach(store=services.store, base_url=services.settings.base_url, studios=studios)
    purse = Purse(services.store, operators.lines.of)
    return {
        "external": ExternalSurface(services, reach),
        "game": GameSurface(),
        "provider": ProviderSurface(services, operators.sender, purse),
    }
