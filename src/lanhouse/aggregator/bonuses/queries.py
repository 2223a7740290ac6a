"""Reads of campaigns; always inside one agent."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from lanhouse.aggregator.bonuses.rules import status_of
from lanhouse.aggregator.bonuses.schemas import (
    CHIP,
    ROUND,
    Campaign,
    CampaignKey,
    Gift,
    InCampaign,
)
from lanhouse.aggregator.bonuses.tables import campaign_players, campaigns
from lanhouse.aggregator.errors import FreeChipNotFound, FreeRoundNotFound, PlayerNotFound
from lanhouse.aggregator.launch.schemas import GameSession
from lanhouse.aggregator.players.tables import players
from lanhouse.db.statements import Row, static
from lanhouse.db.store import Read
from lanhouse.kit import clock

_of = campaign_players.c
_BY_CODE = static(
    sa.select(campaigns).where(
        campaigns.c.agent_id == sa.bindparam("agent"),
        campaigns.c.code == sa.bindparam("the_code"),
        campaigns.c.kind == sa.bindparam("the_kind"),
    )
)
_PLAYERS = static(
    sa.select(_of.used, _of.rounds, _of.won_micros, players.c.username)
    .join(players, players.c.id == _of.player_id)
    .where(_of.campaign_id == sa.bindparam("campaign"))
    .order_by(players.c.username)
)
NOT_FOUND = {ROUND: FreeRoundNotFound, CHIP: FreeChipNotFound}


def is_due(agent_id: Any, player_id: Any, game_id: Any, currency: Any) -> Any:
    """The condition of a row that gives the player a round of this game at `gift_at`."""
    at = sa.bindparam("gift_at", type_=_of.ends_at.type)
    return (
        (_of.agent_id == agent_id)
        & (_of.player_id == player_id)
        & (_of.game_id == game_id)
        & (_of.currency == currency)
        & _of.is_open
        & (_of.used < _of.rounds)
        & (_of.starts_at <= at)
        & (_of.ends_at > at)
    )


def oldest(column: Any, *of: Any) -> Any:
    """That column of the due campaign which expires first, for the condition `is_due(*of)`."""
    return sa.select(column).where(is_due(*of)).order_by(_of.ends_at, _of.campaign_id).limit(1)


_DUE = static(
    sa.select(_of.play_code, _of.bet_micros, _of.rounds, _of.used)
    .where(
        is_due(
            sa.bindparam("agent"),
            sa.bindparam("player"),
            sa.bindparam("game"),
            sa.bindparam("the_currency"),
        )
    )
    .order_by(_of.ends_at, _of.campaign_id)
    .limit(1)
)


def due_gift(read: Read, session: GameSession) -> Gift | None:
    """The round that a campaign gives in this session now, of the one that expires first."""
    row = read.one(
        _DUE,
        agent=session.agent_id,
        player=session.player_id,
        game=session.game_id,
        the_currency=session.currency,
        gift_at=clock.now(),
    )
    if row is None:
        return None
    return Gift(row.play_code, row.bet_micros, row.rounds - row.used)


def campaign_by_code(read: Read, key: CampaignKey) -> Campaign:
    """The agent's campaign as it stands now.

    Raises FreeRoundNotFound or FreeChipNotFound, for the other kind and for another agent's too,
    and PlayerNotFound for a username that is not in it.
    """
    row = read.one(_BY_CODE, agent=key.agent.id, the_code=key.code, the_kind=key.kind)
    if row is None:
        raise NOT_FOUND[key.kind]
    return campaign_of(read, row, clock.now(), key.username)


def campaign_of(read: Read, row: Row, now: datetime, username: str | None = None) -> Campaign:
    """The campaign of a row of its table, with all its players or the one who is named."""
    everybody = [
        InCampaign(each.username, each.rounds - each.used, each.won_micros)
        for each in read.all(_PLAYERS, campaign=row.id)
    ]
    told = [each for each in everybody if username is None or each.username == username]
    if not told:
        raise PlayerNotFound
    names = set(Campaign.__struct_fields__) - {"status", "players"}
    return Campaign(
        **{name: getattr(row, name) for name in names},
        status=status_of(
            canceled_at=row.canceled_at,
            ends_at=row.ends_at,
            remaining=sum(each.remaining for each in everybody),
            now=now,
        ),
        players=tuple(told),
    )
