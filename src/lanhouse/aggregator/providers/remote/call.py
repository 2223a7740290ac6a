"""A call of a studio: who it is, and what it signed with."""

from __future__ import annotations

from typing import Any

from lanhouse.aggregator.providers.remote.purse import Purse
from lanhouse.aggregator.rounds.commands.sending import Sender
from lanhouse.aggregator.signing import check_signed
from lanhouse.auth.actors import Actor
from lanhouse.auth.rights import rights_of
from lanhouse.kit import clock
from lanhouse.kit.errors import InvalidInput
from lanhouse.web.call import Call
from lanhouse.web.routes import Routes


class ProviderCall(Call):
    """A call whose provider is named; its signature is checked with its body."""

    __slots__ = ("_keys", "provider_id", "purse", "sender")

    def __init__(
        self, call: Call, provider_id: str, keys: tuple[str, ...], sender: Sender, purse: Purse
    ) -> None:
        super().__init__(call.services, call.route, call.request, call.encode)
        self.actor = Actor(kind="provider", role="provider", rights=rights_of("provider"))
        self.provider_id = provider_id
        self.sender = sender
        self.purse = purse
        self._keys = keys

    async def take(self) -> Any:
        """Check the signature, then that nothing but a JSON object was sent, and read it. Raises
        NotSigned and InvalidInput."""
        request = self.request
        check_signed(self._keys, request.headers, request.body, clock.real_now().timestamp())
        if request.query:
            name = request.query.decode("latin-1").partition("&")[0].partition("=")[0]
            is_name = name.isascii() and name.isidentifier() and len(name) <= 100
            raise InvalidInput({name if is_name else "query": "nothing may stand in the address"})
        start = request.body.lstrip(b" \t\r\n")
        if start and not start.startswith(b"{"):
            raise InvalidInput({"body": "must be a JSON object"})
        # Whatever it calls itself: what was signed is read as JSON and as nothing else.
        request.headers = {**request.headers, "content-type": "application/json"}
        return await super().take()


class ProviderRoutes(Routes[ProviderCall]):
    """What studios call: envelope {ok, result | error}, signed."""

    surface = "provider"
    prefix = "/provider/v1"
