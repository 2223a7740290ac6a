"""Asking again after a rollback whose bet an operator did not know (decision 0193).

A bet that was under way may reach the operator after its rollback did. It must refuse it then; not
every one does, so a minute later it is asked what became of the bet.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import msgspec
import sqlalchemy as sa

from lanhouse.aggregator.rounds.commands.operators import NOT_FOUND, Answer
from lanhouse.aggregator.rounds.rules import TRY_FOR, wait_seconds
from lanhouse.aggregator.rounds.tables import game_transactions, rollback_checks
from lanhouse.db.statements import Row, insert_ignore, static
from lanhouse.db.store import Tx

CHECK_AFTER = timedelta(seconds=60)
DUE_MAX = 64
TAKEN = "committed"
"""The status by which an operator says that it holds the stake."""

_checks, _txs = rollback_checks.c, game_transactions.c
_time = _txs.created_at.type
_bet = game_transactions.alias("bet")
_NOTE = static(insert_ignore(rollback_checks))
_END = static(sa.delete(rollback_checks).where(_checks.transaction_id == sa.bindparam("row")))
_LOOK = static(
    sa.select(rollback_checks)
    .where(_checks.transaction_id == sa.bindparam("row"))
    .with_for_update()
)
_CHANGE = static(
    sa.update(rollback_checks)
    .where(_checks.transaction_id == sa.bindparam("row"))
    .values(
        is_taken=sa.bindparam("taken"),
        attempts=sa.bindparam("tries"),
        next_attempt_at=sa.bindparam("again", type_=_time),
        parked_at=sa.bindparam("parked", type_=_time),
    )
)
_DUE = static(
    sa.select(_checks.transaction_id, _checks.is_taken, _bet.c.code.label("bet_code"))
    .join(game_transactions, _txs.id == _checks.transaction_id)
    .join(_bet, _bet.c.id == _txs.reverses_id)
    .where(
        _checks.agent_id == sa.bindparam("agent"),
        _checks.next_attempt_at <= sa.bindparam("at", type_=_time),
    )
    .order_by(_checks.next_attempt_at, _checks.transaction_id)
    .limit(DUE_MAX)
)


class Check(msgspec.Struct, frozen=True):
    """A rollback (its row) to ask about, by the wire's id of its bet, or to send again."""

    row_id: int
    is_taken: bool
    bet_code: str


class Checked(msgspec.Struct, frozen=True):
    """What an operator said of the bet of a rollback; None: nothing."""

    row_id: int
    status: str | None


class SentAgain(msgspec.Struct, frozen=True):
    """What an operator answered to a rollback that was sent again."""

    row_id: int
    answer: Answer


def check_later(tx: Tx, rollback: Row) -> None:
    """Ask a minute from now what became of the bet of this rollback."""
    tx.run(
        _NOTE,
        transaction_id=rollback.id,
        agent_id=rollback.agent_id,
        is_taken=False,
        attempts=0,
        created_at=tx.now,
        next_attempt_at=tx.now + CHECK_AFTER,
        parked_at=None,
    )


def due_checks(read: Any, agent_id: int, at: datetime) -> list[Check]:
    """The rollbacks of an agent that are to be asked about or sent again by now."""
    return [
        Check(row.transaction_id, bool(row.is_taken), row.bet_code)
        for row in read.all(_DUE, agent=agent_id, at=at)
    ]


def was_checked(tx: Tx, cmd: Checked) -> None:
    """Write a status down: `committed` sends the rollback again, the others end it."""
    row = tx.one(_LOOK, row=cmd.row_id)
    if row is None:
        return
    if cmd.status is None:
        _later(tx, row)
    elif cmd.status == TAKEN:
        _change(tx, row, is_taken=True, again=tx.now)
    else:
        tx.run(_END, row=cmd.row_id)


def was_sent_again(tx: Tx, cmd: SentAgain) -> None:
    """Write the answer to a repeated rollback down: yes ends it, and an operator that does not know
    the bet is asked again a minute later."""
    row = tx.one(_LOOK, row=cmd.row_id)
    if row is None:
        return
    if cmd.answer.is_ok:
        tx.run(_END, row=cmd.row_id)
    elif cmd.answer.code == NOT_FOUND:
        _change(tx, row, is_taken=False, again=tx.now + CHECK_AFTER)
    else:
        _later(tx, row)


def _later(tx: Tx, row: Row) -> None:
    if tx.now - row.created_at >= TRY_FOR:
        _change(tx, row, is_taken=row.is_taken, again=None)
        return
    again = tx.now + timedelta(seconds=wait_seconds(row.attempts + 1))
    _change(tx, row, is_taken=row.is_taken, again=again)


def _change(tx: Tx, row: Row, *, is_taken: bool, again: datetime | None) -> None:
    tx.run(
        _CHANGE,
        row=row.transaction_id,
        taken=is_taken,
        tries=row.attempts + 1,
        again=again,
        parked=tx.now if again is None else None,
    )
