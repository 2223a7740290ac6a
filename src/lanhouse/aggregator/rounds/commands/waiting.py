"""What waits for operators: whose, and how it is hurried after a start."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from lanhouse.aggregator.rounds.schemas import TxType
from lanhouse.aggregator.rounds.tables import game_transactions, rollback_checks
from lanhouse.db.statements import static
from lanhouse.db.store import Tx

SLICE_MAX = 500
_txs, _checks = game_transactions.c, rollback_checks.c
_time = _txs.created_at.type
_AT = sa.bindparam("at", type_=_time)
_AGENTS = static(
    sa.union(
        sa.select(_txs.agent_id).where(_txs.next_attempt_at <= _AT),
        sa.select(_checks.agent_id).where(_checks.next_attempt_at <= _AT),
    )
)
_WAITING = (
    sa.select(_txs.id)
    .where(_txs.next_attempt_at > _AT, _txs.state == "pending")
    .order_by(_txs.id)
    .limit(SLICE_MAX)
)
_IS_BET = _txs.tx_type == int(TxType.BET)
_hurried = sa.update(game_transactions).values(next_attempt_at=_AT)
_HURRY = static(_hurried.where(_txs.id.in_(_WAITING.where(~_IS_BET))))
_HURRY_ALL = static(_hurried.where(_txs.id.in_(_WAITING)))


def agents_with_due(read: Any, at: datetime) -> list[int]:
    """The agents whose operators are to be called at this business time."""
    return [row[0] for row in read.all(_AGENTS, at=at)]


def hurry(tx: Tx, is_alone: bool) -> bool:
    """Make due at once what waits for its next try, SLICE_MAX at a time; answers whether there is
    more. For whoever takes the sending over: what another process had under way, nobody waits for.

    `is_alone`: no other process runs, so that the bets whose answers nobody will write down are
    given up, too.
    """
    return tx.run(_HURRY_ALL if is_alone else _HURRY, at=tx.now) == SLICE_MAX
