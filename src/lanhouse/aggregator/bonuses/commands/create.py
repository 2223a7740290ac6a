"""Making and canceling a campaign."""

from __future__ import annotations

import uuid

import sqlalchemy as sa

from lanhouse.aggregator.bet_limits.queries import limits_that_count
from lanhouse.aggregator.bonuses.queries import NOT_FOUND, campaign_of
from lanhouse.aggregator.bonuses.rules import CANCELED, EXPIRED, USED, window_of
from lanhouse.aggregator.bonuses.schemas import CHIP, ROUND, Campaign, CampaignKey, NewCampaign
from lanhouse.aggregator.bonuses.tables import campaign_players, campaigns
from lanhouse.aggregator.catalog.queries import launchable_game
from lanhouse.aggregator.errors import (
    BonusCodeExists,
    CurrencyNotSupported,
    FreeChipNotCancelable,
    FreeChipNotSupported,
    FreeRoundNotCancelable,
    FreeRoundNotSupported,
    InvalidAmount,
)
from lanhouse.aggregator.players.queries import player_by_username
from lanhouse.aggregator.providers.port import Game, Provider
from lanhouse.aggregator.providers.queries import unit_of
from lanhouse.db.statements import insert_ignore, static
from lanhouse.db.store import Tx
from lanhouse.kit import ids

_ADD = static(insert_ignore(campaigns).returning(campaigns))
_NAME = static(
    sa.update(campaigns)
    .where(campaigns.c.id == sa.bindparam("campaign"))
    .values(provider_ref=sa.bindparam("ref"))
    .returning(campaigns)
)
_ADD_PLAYER = static(sa.insert(campaign_players))
_LOCK = static(
    sa.select(campaigns)
    .where(
        campaigns.c.agent_id == sa.bindparam("agent"),
        campaigns.c.code == sa.bindparam("the_code"),
        campaigns.c.kind == sa.bindparam("the_kind"),
    )
    .with_for_update()
)
_CLOSE = static(
    sa.update(campaign_players)
    .where(campaign_players.c.campaign_id == sa.bindparam("campaign"))
    .values(is_open=False)
)
_CANCEL = static(
    sa.update(campaigns)
    .where(campaigns.c.id == sa.bindparam("campaign"))
    .values(canceled_at=sa.bindparam("at", type_=campaigns.c.canceled_at.type))
    .returning(campaigns)
)
_NOT_SUPPORTED = {ROUND: FreeRoundNotSupported, CHIP: FreeChipNotSupported}
_NOT_CANCELABLE = {ROUND: FreeRoundNotCancelable, CHIP: FreeChipNotCancelable}


def create_campaign(tx: Tx, new: NewCampaign) -> Campaign:
    """Give players rounds, or chips, of a game; all of them or none.

    Raises InvalidInput for a time that is over, PlayerNotFound, GameNotFound,
    AgentProviderNotFound, FreeRoundNotSupported or FreeChipNotSupported, CurrencyNotSupported,
    InvalidAmount for a bet that one of the players could not place, and BonusCodeExists.
    """
    agent = new.agent
    starts_at, ends_at = window_of(new.start_text, new.end_text, tx.now)
    found = {name: player_by_username(tx, agent.id, name).id for name in new.usernames}
    provider, game = launchable_game(agent, new.game_id)
    if not (game.has_free_round if new.kind == ROUND else game.has_free_chip):
        raise _NOT_SUPPORTED[new.kind]
    unit = unit_of(tx, provider.id, new.currency)
    if not provider.takes_currency(game.id, new.currency, unit.scale):
        raise CurrencyNotSupported
    for player_id in found.values():
        _check_bet(tx, new, provider, game, player_id)
    row = tx.one(
        _ADD,
        agent_id=agent.id,
        code=ids.wire_id(),
        kind=new.kind,
        bonus_code=new.bonus_code,
        play_code=str(uuid.uuid4()),
        provider_id=provider.id,
        provider_ref="",
        game_id=game.id,
        currency=new.currency,
        provider_currency=unit.currency,
        bet_micros=new.bet_micros,
        rounds=new.rounds,
        starts_at=starts_at,
        ends_at=ends_at,
        start_text=new.start_text,
        end_text=new.end_text,
        created_at=tx.now,
    )
    if row is None:
        raise BonusCodeExists
    # House counts its campaigns with ours: what a provider calls it is our own number of it.
    row = tx.one(_NAME, campaign=row.id, ref=str(row.id))
    assert row is not None, "it was written a moment ago"
    copied = ("play_code", "game_id", "currency", "bet_micros", "rounds", "starts_at", "ends_at")
    shared = {name: getattr(row, name) for name in copied}
    tx.run_many(
        _ADD_PLAYER,
        [
            {
                "campaign_id": row.id,
                "player_id": player_id,
                "agent_id": agent.id,
                "is_open": True,
                "used": 0,
                "won_micros": 0,
                **shared,
            }
            for player_id in sorted(found.values())
        ],
    )
    tx.audit("campaign", row.id)
    return campaign_of(tx, row, tx.now)


def _check_bet(tx: Tx, new: NewCampaign, provider: Provider, game: Game, player_id: int) -> None:
    """Refuse a bet that the game does not have or the player's limits do not allow."""
    possible = provider.free_amounts_micros(game.id, new.currency)
    if possible is not None and new.bet_micros not in possible:
        raise InvalidAmount("is not a bet of this game", "bet_micros")
    limits = limits_that_count(
        tx, provider, new.agent.id, player_id, game.category.id, new.currency
    )
    if limits and not any(each.min_micros <= new.bet_micros <= each.max_micros for each in limits):
        raise InvalidAmount("is outside the bet limits of the player", "bet_micros")


def cancel_campaign(tx: Tx, key: CampaignKey) -> Campaign:
    """End a campaign: no round begins by it any more, open ones go on. Twice answers the same.

    Raises FreeRoundNotFound, FreeRoundNotCancelable when its rounds are played or its time is
    over, and the same of chips.
    """
    row = tx.one(_LOCK, agent=key.agent.id, the_code=key.code, the_kind=key.kind)
    if row is None:
        raise NOT_FOUND[key.kind]
    if row.canceled_at is None:
        # A round that is begun at the same moment waits here, or is counted below.
        tx.run(_CLOSE, campaign=row.id)
    now = campaign_of(tx, row, tx.now)
    if now.status == CANCELED:
        tx.did_nothing()
        return now
    if now.status in (USED, EXPIRED):
        raise _NOT_CANCELABLE[key.kind]
    row = tx.one(_CANCEL, campaign=row.id, at=tx.now)
    assert row is not None, "it is locked"
    tx.audit("campaign", row.id)
    return campaign_of(tx, row, tx.now)
