"""Rounds as they are kept: from a row of house_rounds to what games and pages know."""

from __future__ import annotations

from typing import Any

from lanhouse.aggregator.providers.house.games.step import State
from lanhouse.aggregator.providers.house.schemas import Acted
from lanhouse.db.statements import Row


def acted_of(row: Row, *, balance_micros: int | None = None, last_nonce: int = 0) -> Acted:
    """The round of a row as it stands (house_rounds with commitment and client seed)."""
    return Acted(
        round_id=row.round_id,
        round_code=row.code,
        game_id=row.game_id,
        client_key=row.client_key,
        seed_id=row.seed_id,
        nonce=row.nonce,
        last_nonce=last_nonce,
        commitment=row.commitment,
        client_seed=row.client_seed,
        bet_micros=row.bet_micros,
        win_micros=row.win_micros or 0,
        state=state_of(row),
        actions=tuple(row.actions),
        game_version=row.game_version,
        rules_hash=row.rules_hash,
        balance_micros=balance_micros,
    )


def state_of(row: Row) -> State:
    """What the game knows of a round; of one of before 0063, a spin of Night Shift, it is made of
    its stops and its bet."""
    if row.game_state is not None:
        found: Any = row.game_state
        return found
    return {
        "numbers": list(row.numbers),
        "position": len(row.numbers),
        "free_micros": 0,
        "is_done": True,
        "bet_micros": row.bet_micros,
        "win_micros": row.win_micros or 0,
    }
