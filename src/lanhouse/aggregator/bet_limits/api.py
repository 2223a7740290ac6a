"""External API: setPlayerBetLimits."""

from __future__ import annotations

from lanhouse.aggregator.agents.call import AgentCall, ExternalRoutes
from lanhouse.aggregator.agents.schemas import Agent
from lanhouse.aggregator.bet_limits.commands import set_player_bet_limits
from lanhouse.aggregator.bet_limits.queries import limits_of_player
from lanhouse.aggregator.bet_limits.schemas import (
    BetLimitsOut,
    LimitsOut,
    SetBetLimits,
    SetBetLimitsIn,
)
from lanhouse.aggregator.catalog.queries import providers_of
from lanhouse.aggregator.wire import check_currency, check_texts
from lanhouse.db.store import Tx
from lanhouse.kit.errors import InvalidInput
from lanhouse.web.replies import Written

routes = ExternalRoutes("Players")


class _SetAndTell(SetBetLimits, frozen=True, kw_only=True):
    """What to set, and in which currency to tell what is set then."""

    currency: str


@routes.post("/setPlayerBetLimits", right="agent.call", source="seed: External API, 15")
async def set_limits(call: AgentCall, data: SetBetLimitsIn) -> Written[BetLimitsOut]:
    """Choose which sets of a provider's limits count for a player, from his next bet on."""
    check_texts(call, data)
    if not data.categories:
        raise InvalidInput({"categories": "is required"})
    sets: dict[str, tuple[str, ...]] = {}
    for place, each in enumerate(data.categories):
        if each.category in sets:
            raise InvalidInput({f"categories.{place}.category": "is named twice"})
        sets[each.category] = tuple(dict.fromkeys(each.ids))
    currency = data.agent_system_currency or call.agent.base_currency
    check_currency(call.agent, currency)
    cmd = _SetAndTell(
        agent=call.agent,
        username=data.username,
        provider_id=data.provider_id,
        sets=sets,
        currency=currency,
    )
    return await call.write(_set, cmd, BetLimitsOut)


def _set(tx: Tx, cmd: _SetAndTell) -> LimitsOut | None:
    player_id = set_player_bet_limits(tx, cmd)
    agent: Agent = cmd.agent
    return limits_of_player(tx, providers_of(agent), agent.id, player_id, cmd.currency)
