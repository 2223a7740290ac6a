"""A call of the External API: its agent is known."""

from __future__ import annotations

from lanhouse.aggregator.agents.schemas import Agent
from lanhouse.aggregator.providers.port import Reach
from lanhouse.auth.actors import Actor
from lanhouse.auth.rights import rights_of
from lanhouse.ledger import book_of_agent
from lanhouse.web.call import Call
from lanhouse.web.routes import Routes


class AgentCall(Call):
    """A call whose agent is recognised (aggregator/surfaces.py makes it)."""

    __slots__ = ("agent", "reach")

    def __init__(self, call: Call, agent: Agent, reach: Reach) -> None:
        super().__init__(call.services, call.route, call.request, call.encode)
        self.actor = Actor(kind="agent", agent_id=agent.id, role="agent", rights=rights_of("agent"))
        self.agent = agent
        self.reach = reach
        self.book_id = book_of_agent(agent.id)


class ExternalRoutes(Routes[AgentCall]):
    """External API of the aggregator: envelope {ok, result | error}, agent key."""

    surface = "external"
    prefix = "/external"
