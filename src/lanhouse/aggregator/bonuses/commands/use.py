"""Rounds that a campaign gives: begun, given back, paid. Called by rounds.commands alone, with the
round and its transactions locked, so each counts in the transaction that moves the money.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from lanhouse.aggregator.bonuses.tables import campaign_players
from lanhouse.aggregator.launch.schemas import GameSession
from lanhouse.db.statements import static
from lanhouse.db.store import Tx
from lanhouse.kit.errors import InvalidInput

_of = campaign_players.c
_IS_THEIRS = (
    (_of.agent_id == sa.bindparam("agent"))
    & (_of.player_id == sa.bindparam("player"))
    & (_of.play_code == sa.bindparam("the_code"))
)
_USE = static(
    sa.update(campaign_players)
    .where(_IS_THEIRS, _of.is_open, _of.used < _of.rounds)
    .values(used=_of.used + 1)
)
_GIVE_BACK = static(
    sa.update(campaign_players).where(_IS_THEIRS, _of.used > 0).values(used=_of.used - 1)
)
_PAY = static(
    sa.update(campaign_players)
    .where(_IS_THEIRS)
    .values(won_micros=_of.won_micros + sa.bindparam("won"))
)
_IS_KNOWN = static(sa.select(_of.campaign_id).where(_IS_THEIRS))


class NothingLeft(InvalidInput):
    """The campaign gives this player no round any more: all are used, or it was canceled."""

    def __init__(self) -> None:
        super().__init__({"free_round_code": "gives this player no round any more"})


def _owner(session: GameSession, play_code: str) -> dict[str, Any]:
    return {"agent": session.agent_id, "player": session.player_id, "the_code": play_code}


def use_round(tx: Tx, session: GameSession, play_code: str) -> None:
    """Take one of the player's rounds. Raises NothingLeft.

    A code that is none of ours is one of the provider's own promotions: it counts nowhere here.
    """
    owner = _owner(session, play_code)
    if not tx.run(_USE, **owner) and tx.one(_IS_KNOWN, **owner) is not None:
        raise NothingLeft


def give_round_back(tx: Tx, session: GameSession, play_code: str) -> None:
    """Give a round back that came to nothing; also one of a campaign that is over by now."""
    tx.run(_GIVE_BACK, **_owner(session, play_code))


def count_win(tx: Tx, session: GameSession, play_code: str, won_micros: int) -> None:
    """Add what a round of the campaign has paid, in micros."""
    if won_micros:
        tx.run(_PAY, **_owner(session, play_code), won=won_micros)
