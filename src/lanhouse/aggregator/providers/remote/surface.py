"""How the provider port recognises a studio: `X-Provider` names it, its key signs the body."""

from __future__ import annotations

import msgspec

from lanhouse.aggregator.providers.queries import keys_of
from lanhouse.aggregator.providers.remote.call import ProviderCall
from lanhouse.aggregator.providers.remote.purse import Purse
from lanhouse.aggregator.providers.remote.refusals import PORT_CODES
from lanhouse.aggregator.providers.remote.studios import PROVIDER
from lanhouse.aggregator.rounds.commands.sending import Sender
from lanhouse.aggregator.signing import NotSigned
from lanhouse.kit import clock
from lanhouse.kit.errors import AppError, Busy, CommitUnknown
from lanhouse.kit.vault import Unreadable
from lanhouse.web.call import Call, Services
from lanhouse.web.envelopes import ExternalWire
from lanhouse.web.replies import Headers, Reply
from lanhouse.web.request import Request

_CACHE_SECONDS = 1.0
_CACHE_ENTRIES_MAX = 1_000


class ProviderWire(ExternalWire):
    """{"ok": true, "result"} or {"ok": false, "error": {"code", "message"}}, HTTP 200.

    HTTP 401 tells a caller that is unknown or wrongly signed, 413 one that sends too much, and 5xx
    that nothing is known of what was asked: it is to be asked again.
    """

    def failure(self, error: AppError, request: Request) -> Reply:
        status = 401 if isinstance(error, NotSigned) else 200
        if isinstance(error, Busy | CommitUnknown | Unreadable):
            status = error.status
        if error.fields.get("body", "").startswith("must be at most"):
            status = 413  # it was not read, so nobody knows whose it is
        code = PORT_CODES.get(error.symbol, error.symbol)
        return self._error(status, code, error.message, next(iter(error.fields), None))


class _Known(msgspec.Struct, frozen=True):
    """A provider's keys and when (monotonic seconds) they were looked up."""

    keys: tuple[str, ...]
    loaded_at: float


class ProviderSurface:
    """The provider port, inbound."""

    def __init__(self, services: Services, sender: Sender, purse: Purse) -> None:
        self.wire = ProviderWire()
        self._services = services
        self._sender = sender
        self._purse = purse
        self._known: dict[str, _Known] = {}

    async def enter(self, call: Call) -> Call:
        """Find the named provider's keys; the signature is checked once the body is there. Raises
        NotSigned for one that has none."""
        provider_id = call.request.headers.get(PROVIDER.lower(), "")
        keys = await self._keys(provider_id) if provider_id.isalnum() else ()
        if not keys:
            raise NotSigned
        return ProviderCall(call, provider_id, keys, self._sender, self._purse)

    async def _keys(self, provider_id: str) -> tuple[str, ...]:
        known = self._known.get(provider_id)
        if known is None or clock.monotonic() - known.loaded_at > _CACHE_SECONDS:
            found = await self._services.store.point(keys_of, provider_id, self._services.vault)
            if not found:
                self._known.pop(provider_id, None)
                return ()
            if len(self._known) >= _CACHE_ENTRIES_MAX:
                self._known.clear()
            known = self._known[provider_id] = _Known(tuple(found), clock.monotonic())
        return known.keys

    async def extra_headers(self, request: Request) -> Headers:
        """Servers call this port; browsers of other origins get nothing."""
        return []
