"""Choosing a player's bet limits."""

from __future__ import annotations

import sqlalchemy as sa

from lanhouse.aggregator.bet_limits.schemas import SetBetLimits
from lanhouse.aggregator.bet_limits.tables import player_bet_limits
from lanhouse.aggregator.catalog.queries import providers_of
from lanhouse.aggregator.errors import AgentProviderNotFound, BetLimitNotFound
from lanhouse.aggregator.players.queries import player_by_username
from lanhouse.db.statements import static, upsert
from lanhouse.db.store import Tx

_of = player_bet_limits.c
_KEYS = ["agent_id", "player_id", "provider_id", "category"]
_SET = static(upsert(player_bet_limits, _KEYS, ["ids", "changed_at"]))
_CLEAR = static(
    sa.delete(player_bet_limits).where(
        _of.agent_id == sa.bindparam("agent"),
        _of.player_id == sa.bindparam("player"),
        _of.provider_id == sa.bindparam("provider"),
        _of.category == sa.bindparam("the_category"),
    )
)


def set_player_bet_limits(tx: Tx, cmd: SetBetLimits) -> int:
    """Replace the player's sets in each category named, all or nothing; answers the player's id.

    They count from his next bet on. Raises PlayerNotFound, AgentProviderNotFound and
    BetLimitNotFound for a category or an id that the provider does not have.
    """
    player = player_by_username(tx, cmd.agent.id, cmd.username)
    provider = next((each for each in providers_of(cmd.agent) if each.id == cmd.provider_id), None)
    if provider is None:
        raise AgentProviderNotFound
    categories = {game.category.id for game in provider.games}
    for category, ids in cmd.sets.items():
        known = {each.id for each in provider.bet_limits(category, cmd.agent.base_currency)}
        if category not in categories or not known.issuperset(ids):
            raise BetLimitNotFound
    for category in sorted(cmd.sets):  # in one order, so that two calls at once never wait in turn
        ids = cmd.sets[category]
        if ids:
            tx.run(
                _SET,
                agent_id=cmd.agent.id,
                player_id=player.id,
                provider_id=provider.id,
                category=category,
                ids=list(ids),
                changed_at=tx.now,
            )
        else:
            tx.run(
                _CLEAR,
                agent=cmd.agent.id,
                player=player.id,
                provider=provider.id,
                the_category=category,
            )
    tx.audit("player", player.id)
    return player.id
