"""External API: createPlayer, getPlayerStatus."""

from __future__ import annotations

from lanhouse.aggregator.agents.call import AgentCall, ExternalRoutes
from lanhouse.aggregator.agents.schemas import Agent
from lanhouse.aggregator.bet_limits.queries import limits_of_player
from lanhouse.aggregator.catalog.queries import providers_of
from lanhouse.aggregator.players.commands import create_player
from lanhouse.aggregator.players.queries import player_by_username
from lanhouse.aggregator.players.schemas import (
    CreatePlayerIn,
    NewPlayer,
    PlayerStatusIn,
    PlayerStatusOut,
)
from lanhouse.aggregator.wire import check_currency, check_texts, wire_time
from lanhouse.db.store import Read
from lanhouse.web.replies import Nothing, Written, nothing

routes = ExternalRoutes("Players")


@routes.post("/createPlayer", right="agent.call", source="seed: External API, 1")
async def create(call: AgentCall, data: CreatePlayerIn) -> Written[Nothing]:
    """Create a player with a name that is unique within the agent."""
    check_texts(call, data)
    return await call.write(create_player, NewPlayer(call.agent, data.username), nothing)


@routes.post("/getPlayerStatus", right="agent.call", source="seed: External API, 3")
async def status(call: AgentCall, data: PlayerStatusIn) -> PlayerStatusOut:
    """A player's state; the bet limits are those of the asked currency, null when none are set."""
    check_texts(call, data)
    check_currency(call.agent, data.agent_system_currency)
    return await call.point(_status, call.agent, data)


def _status(read: Read, agent: Agent, data: PlayerStatusIn) -> PlayerStatusOut:
    player = player_by_username(read, agent.id, data.username)
    return PlayerStatusOut(
        id=player.code,
        username=player.username,
        currency=data.agent_system_currency,
        active=bool(player.is_active),
        bet_limits=limits_of_player(
            read, providers_of(agent), agent.id, player.id, data.agent_system_currency
        ),
        created_at=wire_time(player.created_at),
    )
