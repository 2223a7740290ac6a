"""A round that a campaign gives: which one, at what bet, and how its money is told.

A campaign's part is a bet of 0 and a settlement of its own, both with the campaign's code; what the
player stakes beside a chip (further fields, double, split) is a bet and a settlement without it.
"""

from __future__ import annotations

import msgspec
import sqlalchemy as sa
from msgspec.structs import replace

from lanhouse.aggregator.bonuses.queries import oldest
from lanhouse.aggregator.bonuses.tables import campaign_players
from lanhouse.aggregator.launch.tables import game_sessions
from lanhouse.aggregator.providers.house.games.catalogue import HouseGame
from lanhouse.aggregator.providers.house.games.step import Action, FieldBet, State, Step
from lanhouse.aggregator.providers.port import Ask
from lanhouse.aggregator.rounds.schemas import TxType
from lanhouse.aggregator.rounds.tables import game_transactions
from lanhouse.db.statements import Row, static
from lanhouse.db.store import Tx
from lanhouse.kit import ids

_session = game_sessions.c
_of = campaign_players.c
_OF_SESSION = (_session.agent_id, _session.player_id, _session.game_id, _session.currency)
COLUMNS = (
    oldest(_of.play_code, *_OF_SESSION).correlate(game_sessions).scalar_subquery()
    .label("gift_code"),
    oldest(_of.bet_micros, *_OF_SESSION).correlate(game_sessions).scalar_subquery()
    .label("gift_micros"),
)  # fmt: skip
"""Columns of the seat's statement: the due campaign that expires first; it binds `gift_at`."""
_CODE_OF_ROUND = static(
    sa.select(game_transactions.c.free_round_code)
    .where(
        game_transactions.c.round_id == sa.bindparam("round"),
        game_transactions.c.tx_type == int(TxType.BET),
        game_transactions.c.free_round_code.is_not(None),
    )
    .limit(1)
)
_BET_OF_CODE = static(
    sa.select(_of.bet_micros).where(
        _of.agent_id == sa.bindparam("agent"),
        _of.player_id == sa.bindparam("player"),
        _of.play_code == sa.bindparam("the_code"),
    )
)
DEFAULT_FIELDS = {"house_00004": "red", "house_00005": "banker", "house_00007": "small"}
"""Where a chip lies when the player names no field."""


class Part(msgspec.Struct, frozen=True):
    """Whose round it is: the campaign's code, None for one that is paid for."""

    code: str | None = None
    bet_micros: int = 0


PAID = Part()


def part_of(tx: Tx, row: Row, opened: Row | None) -> Part:
    """The campaign whose round an act begins or goes on with; `row` is of the seat's statement."""
    if opened is None:
        return PAID if row.gift_code is None else Part(row.gift_code, row.gift_micros)
    state: State | None = opened.game_state
    if state is None or not state["free_micros"]:
        return PAID
    return Part(tx.scalar(_CODE_OF_ROUND, round=opened.round_id), state["free_micros"])


def part_of_waiting(tx: Tx, row: Row, opened: Row | None) -> Part:
    """The same of an act whose bet an operator has answered; `row` is of house_waiting."""
    if opened is not None:
        return part_of(tx, row, opened)
    code = tx.scalar(_CODE_OF_ROUND, round=row.round_id)
    if code is None:
        return PAID
    owner = {"agent": row.agent_id, "player": row.player_id, "the_code": code}
    return Part(code, tx.scalar(_BET_OF_CODE, **owner))


def at_its_bet(game: HouseGame, action: Action, part: Part) -> Action:
    """The first action of a round at the campaign's bet, whatever was asked: a slot's whole bet, or
    the chip in place of the first field's stake."""
    if part.code is None or action.name != game.first_action:
        return action
    if not game.has_fields:
        return replace(action, bet_micros=part.bet_micros, free_micros=part.bet_micros)
    first, others = FieldBet(DEFAULT_FIELDS[game.id], part.bet_micros), action.bets[1:]
    if action.bets:
        first = replace(action.bets[0], amount_micros=part.bet_micros)
    return replace(action, bets=(first, *others), free_micros=part.bet_micros)


def bets_of(asked: Ask, part: Part, stake_micros: int, *, is_first: bool) -> list[Ask]:
    """What to take for an act; `asked` names session, round and the act's own id of the money."""
    asks: list[Ask] = []
    if is_first and part.code is not None:
        asks.append(replace(asked, tx_type=TxType.BET, free_round_code=part.code))
    if stake_micros:
        own_id = ids.wire_id() if asks else asked.provider_tx_id
        bet = replace(asked, tx_type=TxType.BET, provider_tx_id=own_id, amount_micros=stake_micros)
        asks.append(bet)
    return asks


def settles_of(asked: Ask, part: Part, step: Step, *, has_stake: bool) -> list[Ask]:
    """What to pay for an act: a round that is over is settled, with 0 when it lost. `has_stake`:
    whether the player staked anything himself in this round."""
    won = sum(step.wins)
    if not won and not step.is_done:
        return []
    settle = replace(asked, tx_type=TxType.SETTLE, closes_round=step.is_done)
    if part.code is None:
        return [replace(settle, amount_micros=won)]
    if not has_stake:
        return [replace(settle, amount_micros=won, free_round_code=part.code)]
    free = step.free_win_micros
    return [
        replace(settle, amount_micros=free, free_round_code=part.code, closes_round=False),
        replace(settle, amount_micros=won - free, provider_tx_id=ids.wire_id()),
    ]
