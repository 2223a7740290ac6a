"""Which limits count for a player."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from lanhouse.aggregator.bet_limits.schemas import BetLimitOut, BetRangeOut, LimitsOut
from lanhouse.aggregator.bet_limits.tables import player_bet_limits
from lanhouse.aggregator.providers.port import BetLimit, Provider
from lanhouse.db.statements import static
from lanhouse.db.store import Read
from lanhouse.kit.money import json_number

_of = player_bet_limits.c
_IDS = static(
    sa.select(_of.ids).where(
        _of.agent_id == sa.bindparam("agent"),
        _of.player_id == sa.bindparam("player"),
        _of.provider_id == sa.bindparam("provider"),
        _of.category == sa.bindparam("the_category"),
    )
)
_OF_PLAYER = static(
    sa.select(_of.provider_id, _of.category, _of.ids)
    .where(_of.agent_id == sa.bindparam("agent"), _of.player_id == sa.bindparam("player"))
    .order_by(_of.provider_id, _of.category)
)


def chosen_ids(
    read: Read, agent_id: int, player_id: int, provider_id: str, category: str
) -> Sequence[str] | None:
    """The ids of the sets that were chosen for a player; None: he plays by the default."""
    return read.scalar(
        _IDS, agent=agent_id, player=player_id, provider=provider_id, the_category=category
    )


def that_count(sets: Sequence[BetLimit], ids: Sequence[str] | None) -> list[BetLimit]:
    """Of a provider's sets those that count: the chosen ones, else the default.

    A provider may take a set away; who had no other then plays by the default.
    """
    chosen = [each for each in sets if ids is not None and each.id in ids]
    return chosen or [each for each in sets if each.is_default]


def limits_that_count(
    read: Read, provider: Provider, agent_id: int, player_id: int, category: str, currency: str
) -> list[BetLimit]:
    """The sets that count for a player in a category, in this currency; a bet is allowed when one
    of them allows it. Empty when the provider has no limits."""
    ids = chosen_ids(read, agent_id, player_id, provider.id, category)
    return that_count(provider.bet_limits(category, currency), ids)


def limit_out(limit: BetLimit) -> BetLimitOut:
    """A set as the wire tells it."""
    return BetLimitOut(
        id=limit.id,
        label=limit.label,
        info=BetRangeOut(json_number(limit.min_micros), json_number(limit.max_micros)),
        is_default=limit.is_default,
    )


def limits_of_player(
    read: Read, providers: Sequence[Provider], agent_id: int, player_id: int, currency: str
) -> LimitsOut | None:
    """The sets that were chosen for a player, with their figures in a currency; None: none were."""
    by_id = {provider.id: provider for provider in providers}
    found: LimitsOut = {}
    for row in read.all(_OF_PLAYER, agent=agent_id, player=player_id):
        if row.provider_id not in by_id:
            continue
        sets = by_id[row.provider_id].bet_limits(row.category, currency)
        found.setdefault(row.provider_id, {})[row.category] = [
            limit_out(each) for each in that_count(sets, row.ids)
        ]
    return found or None
