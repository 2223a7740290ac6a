"""Players with free rounds and chips, and what became of them, on any store."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import pytest
import sqlalchemy as sa

from lanhouse.aggregator.bonuses.commands.create import create_campaign
from lanhouse.aggregator.bonuses.queries import campaign_by_code
from lanhouse.aggregator.bonuses.schemas import CHIP, ROUND, Campaign, CampaignKey, NewCampaign
from lanhouse.aggregator.launch.schemas import GameSession
from lanhouse.aggregator.launch.tables import game_sessions
from lanhouse.aggregator.providers.house.commands import act, acts
from lanhouse.aggregator.providers.house.games.catalogue import GAMES, SLOT
from lanhouse.aggregator.providers.house.games.step import Action
from lanhouse.aggregator.providers.house.schemas import ActCmd, Acted
from lanhouse.aggregator.rounds.tables import game_transactions
from lanhouse.db.store import Store
from tests.builders.agents import Operator
from tests.builders.numbers import Given
from tests.builders.rounds import EURO, NAME
from tests.builders.secrets import VAULT

_numbers = itertools.count(1)


def give(
    operator: Operator,
    game_id: str,
    *,
    rounds: int = 1,
    bet_micros: int = EURO,
    usernames: tuple[str, ...] = (NAME,),
    currency: str = "EUR",
    start: datetime | None = None,
    end: datetime | None = None,
) -> Campaign:
    """A campaign of the game's kind."""
    new = NewCampaign(
        agent=operator.agent,
        kind=ROUND if GAMES[game_id].category == SLOT else CHIP,
        bonus_code=f"bonus-{next(_numbers)}",
        usernames=usernames,
        game_id=game_id,
        currency=currency,
        rounds=rounds,
        bet_micros=bet_micros,
        start_text=None if start is None else start.isoformat(),
        end_text=None if end is None else end.isoformat(),
    )
    return operator.store.run_sync(create_campaign, new)


def stand(operator: Operator, campaign: Campaign) -> Campaign:
    """How it stands now."""
    key = CampaignKey(agent=operator.agent, kind=campaign.kind, code=campaign.code)
    return operator.store.read_sync(campaign_by_code, key)


def left(operator: Operator, campaign: Campaign) -> int:
    """Rounds that its players have left together."""
    return sum(each.remaining for each in stand(operator, campaign).players)


def at(store: Store, session: GameSession, game_id: str) -> GameSession:
    """The session at another game of House."""

    def move(tx: Any, _: None) -> None:
        tx.run(
            sa.update(game_sessions).where(game_sessions.c.id == session.id).values(game_id=game_id)
        )

    store.run_sync(move, None)
    values = {name: getattr(session, name) for name in GameSession.__struct_fields__}
    return GameSession(**{**values, "game_id": game_id})


def play(store: Store, session: GameSession, name: str, key: str = "", **more: Any) -> Acted:
    """An act that must succeed, under a key of its own unless one is given."""
    cmd = ActCmd(
        session=session,
        vault=VAULT,
        client_key=key or f"act-{next(_numbers):08d}",
        action=Action(name=name, **more),
    )
    return store.run_sync(act, cmd)


def draws(monkeypatch: pytest.MonkeyPatch, numbers: Iterable[int]) -> None:
    """Let the next act read these numbers instead of its seed's."""
    given = list(numbers)
    monkeypatch.setattr(acts, "FairStream", lambda *args: Given(given, position=args[3]))


def told(operator: Operator) -> list[tuple[int, int, bool]]:
    """(type, micros from the player's side, whether a campaign gave it) of each record."""
    rows = operator.store.read_sync(
        lambda read: read.all(
            sa.select(game_transactions)
            .where(game_transactions.c.received_at.is_not(None))
            .order_by(game_transactions.c.id)
        )
    )
    return [
        (row.tx_type, row.player_amount_micros, row.free_round_code is not None) for row in rows
    ]
