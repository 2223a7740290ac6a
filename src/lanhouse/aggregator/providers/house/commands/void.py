"""Giving open rounds back whose server seed is lost: nothing more can be drawn for them."""

from __future__ import annotations

import sqlalchemy as sa

from lanhouse.aggregator.providers.house.tables import house_rounds, house_seeds
from lanhouse.aggregator.providers.port import Ask
from lanhouse.aggregator.rounds.commands import begin
from lanhouse.aggregator.rounds.schemas import TxType
from lanhouse.aggregator.rounds.tables import game_rounds, game_transactions
from lanhouse.db.statements import Row, static
from lanhouse.db.store import Tx
from lanhouse.kit import ids

SLICE_MAX = 50

_LOST = static(
    sa.select(house_rounds.c.round_id, house_rounds.c.code, game_rounds.c.win_micros)
    .join(house_seeds, house_seeds.c.id == house_rounds.c.seed_id)
    .join(game_rounds, game_rounds.c.id == house_rounds.c.round_id)
    .where(house_rounds.c.state == "open", house_seeds.c.state == "lost")
    .order_by(house_rounds.c.round_id)
    .limit(SLICE_MAX)
)
_BETS = static(
    sa.select(game_transactions.c.session_id, game_transactions.c.provider_tx_id)
    .where(
        game_transactions.c.round_id == sa.bindparam("round"),
        game_transactions.c.tx_type == int(TxType.BET),
        game_transactions.c.state == "committed",
    )
    .order_by(game_transactions.c.id)
)
_VOID = static(
    sa.update(house_rounds)
    .where(house_rounds.c.round_id == sa.bindparam("round"))
    .values(state="void", actions=[])
)


def void_lost_rounds(tx: Tx, _: None) -> int:
    """Roll back up to SLICE_MAX open rounds that cannot go on; answers how many there were.

    Each bet goes back. A round that has paid already keeps what it paid, and its stakes: a bet
    beside a settlement cannot be reversed (decision 0190), so it is settled with 0.
    """
    rows = tx.all(_LOST)
    for row in rows:
        bets = tx.all(_BETS, round=row.round_id)
        if row.win_micros is None:
            for bet in bets:
                begin(tx, _rollback(row, bet, closes=bet is bets[-1]))
        else:
            begin(tx, _end(row, bets[0].session_id))
        tx.run(_VOID, round=row.round_id)
    return len(rows)


def _rollback(row: Row, bet: Row, *, closes: bool) -> Ask:
    return Ask(
        session_id=bet.session_id,
        tx_type=TxType.ROLLBACK,
        provider_tx_id=ids.wire_id(),
        round_code=row.code,
        reverses_tx_id=bet.provider_tx_id,
        closes_round=closes,
    )


def _end(row: Row, session_id: int) -> Ask:
    return Ask(
        session_id=session_id,
        tx_type=TxType.SETTLE,
        provider_tx_id=ids.wire_id(),
        round_code=row.code,
        closes_round=True,
    )
