"""Rounds that a campaign gives, in the transaction that moves their money: one per round, however
many bets of 0 a provider sends in it, and given back with the last of them.
"""

from __future__ import annotations

import sqlalchemy as sa

from lanhouse.aggregator.bonuses.commands.use import count_win, give_round_back, use_round
from lanhouse.aggregator.launch.schemas import GameSession
from lanhouse.aggregator.providers.port import Ask, RoundNow
from lanhouse.aggregator.rounds.schemas import TxType
from lanhouse.aggregator.rounds.tables import game_transactions
from lanhouse.db.statements import Row, static
from lanhouse.db.store import Tx

_txs = game_transactions.c
_OTHERS = static(
    sa.select(_txs.id)
    .where(
        _txs.round_id == sa.bindparam("round"),
        _txs.id != sa.bindparam("but"),
        _txs.tx_type == int(TxType.BET),
        _txs.free_round_code == sa.bindparam("the_code"),
        (_txs.state == "pending") | (_txs.state == "committed"),
        _txs.reversed_by_id.is_(None),
    )
    .limit(1)
)


def take(tx: Tx, session: GameSession, ask: Ask, now: RoundNow) -> None:
    """Count the round of a bet that a campaign gives, before the bet is written; the round is
    locked. Raises NothingLeft."""
    code = ask.free_round_code
    if code is None:
        return
    if now.is_new or tx.one(_OTHERS, round=now.id, but=0, the_code=code) is None:
        use_round(tx, session, code)


def give_back(tx: Tx, session: GameSession, bet: Row) -> None:
    """Give the round of a bet back that was reversed or refused; its transactions are locked."""
    code = bet.free_round_code
    if code is None:
        return
    if tx.one(_OTHERS, round=bet.round_id, but=bet.id, the_code=code) is None:
        give_round_back(tx, session, code)


def paid(tx: Tx, session: GameSession, ask: Ask, player_micros: int) -> None:
    """Count what a settlement of a campaign's round pays, in micros of the player's currency."""
    if ask.free_round_code is not None:
        count_win(tx, session, ask.free_round_code, player_micros)
