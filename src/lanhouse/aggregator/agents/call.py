"""A call of the External API: who calls, for which agent, and what may stand in it."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote_plus

from lanhouse.aggregator.agents.queries import agent_under
from lanhouse.aggregator.agents.schemas import Agent
from lanhouse.aggregator.errors import AgentInvalidType, AgentNotActive, AgentNotFound
from lanhouse.aggregator.providers.port import Reach
from lanhouse.aggregator.signing import NotSigned, check_signed
from lanhouse.aggregator.wire import decode_exactly
from lanhouse.auth.actors import Actor
from lanhouse.auth.rights import rights_of
from lanhouse.kit import clock
from lanhouse.kit.errors import InvalidInput
from lanhouse.kit.forms import read_object
from lanhouse.kit.limits import INPUT_NAME_CHARS_MAX
from lanhouse.ledger import book_of_agent
from lanhouse.web.call import Call
from lanhouse.web.envelopes import MalformedCall
from lanhouse.web.request import Request
from lanhouse.web.routes import Routes

TRANSFER_ONLY = frozenset(
    f"/external/{call}" for call in ("deposit", "withdraw", "getPlayerBalance")
)
"""Calls that are not for a seamless agent: its players' money is not here (row 5)."""

OF_THE_CALLER = frozenset(f"/external/{call}" for call in ("games", "providers", "agent"))
"""Calls that name no player and no id: they tell the caller what is his own."""

_BAD_REQUEST, _UNSUPPORTED_MEDIA = 400, 415


class AgentCall(Call):
    """A call whose agent is recognised (aggregator/surfaces.py makes it).

    `caller` is the agent behind the key, `agent` the one that the call is for: the caller, or an
    agent below it that the body names. `signing` is the secret that the call must be signed with,
    None where it need not be.
    """

    __slots__ = ("agent", "caller", "reach", "signing")

    def __init__(self, call: Call, agent: Agent, reach: Reach, signing: str | None = None) -> None:
        super().__init__(call.services, call.route, call.request, call.encode)
        self.actor = Actor(kind="agent", agent_id=agent.id, role="agent", rights=rights_of("agent"))
        self.caller = agent
        self.agent = agent
        self.reach = reach
        self.signing = signing
        self.book_id = book_of_agent(agent.id)

    async def take(self) -> Any:
        """Read the body, in the order that the document promises: signature, form of the body,
        named agent, its type, then all other fields.

        Raises AgentNotFound, MalformedCall, AgentNotUnder, AgentNotActive, AgentInvalidType,
        InvalidInput and InvalidAmount.
        """
        request, kind = self.request, self.route.input_type
        if self.signing is not None:
            _check_signature(request, self.signing)
        _check_form(request)
        self.inputs = read_object(request.body)
        if self.route.path not in OF_THE_CALLER:
            await self._name_agent()
        if not self.agent.holds_wallets:
            check_seamless(self.route.path)
        return None if kind is None else decode_exactly(kind, self.inputs)

    async def _name_agent(self) -> None:
        """Act for the agent that the body names; naming oneself is naming nobody."""
        named = self.inputs.pop("agentId", None)
        if named is None:
            return
        if type(named) is not int or not 0 <= named < 2**63:
            raise InvalidInput({"agentId": "must be a whole number"})
        if named == self.caller.id:
            return
        self.agent = await self.point(agent_under, self.caller.id, named)
        if not self.agent.is_live:
            raise AgentNotActive
        self.book_id = book_of_agent(named)

    def _known_inputs(self) -> dict[str, Any]:
        # Keys belong to the named agent, as its transactions do. Two callers that use one for the
        # same input are not one that repeats himself: the second must learn of the first.
        known = super()._known_inputs()
        return known if self.agent is self.caller else {**known, "agentId": self.caller.id}


def check_seamless(path: str) -> None:
    """Refuse what is not for a seamless agent, whatever else the body holds.

    Raises AgentInvalidType for wallet calls.
    """
    if path in TRANSFER_ONLY:
        raise AgentInvalidType


def _check_signature(request: Request, secret: str) -> None:
    now_seconds = clock.real_now().timestamp()
    try:
        check_signed((secret,), request.headers, request.body, now_seconds)
    except NotSigned:
        # The same answer as to an unknown key: who has the key alone learns nothing.
        raise AgentNotFound from None


def _check_form(request: Request) -> None:
    """Only a JSON object is input: addresses are logged by proxies, other forms mean other things
    to other readers. A missing Content-Type counts as JSON."""
    if request.query:
        raise MalformedCall({_first_name(request.query): "belongs into the body"}, _BAD_REQUEST)
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in ("", "application/json"):
        raise MalformedCall({"body": "must be application/json"}, _UNSUPPORTED_MEDIA)


def _first_name(query: bytes) -> str:
    """The name of the first parameter, "query" where it has none that can be shown."""
    first = next((part for part in query.split(b"&") if part), b"")
    name = unquote_plus(first.partition(b"=")[0].decode("latin-1"), errors="replace")
    return name if 0 < len(name) <= INPUT_NAME_CHARS_MAX and name.isprintable() else "query"


class ExternalRoutes(Routes[AgentCall]):
    """External API of the aggregator: envelope {ok, result | error}, agent key."""

    surface = "external"
    prefix = "/external"
