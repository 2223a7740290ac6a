"""Transactions that were sent to an operator for a day in vain and wait for a person (decision
0187): sent again, ended by what the operator says, or written off. So do the questions about a
rollback whose bet the operator did not know (rollback_checks), under the rollback's id.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
import sqlalchemy as sa

from lanhouse.aggregator.errors import TransactionNotFound
from lanhouse.aggregator.players.tables import players
from lanhouse.aggregator.rounds.commands.checks import Checked, was_checked
from lanhouse.aggregator.rounds.commands.commit import ends_round
from lanhouse.aggregator.rounds.commands.conclude import Concluded, conclude
from lanhouse.aggregator.rounds.commands.operators import Answer
from lanhouse.aggregator.rounds.commands.rows import (
    change,
    is_record,
    lock_round,
    record_of,
    round_of,
    transactions_in,
)
from lanhouse.aggregator.rounds.commands.seats import seat_of_session
from lanhouse.aggregator.rounds.schemas import State, TxType
from lanhouse.aggregator.rounds.tables import game_transactions, rollback_checks
from lanhouse.db.statements import Row, static
from lanhouse.db.store import Tx
from lanhouse.kit.errors import Refused

WRITTEN_OFF = "WRITTEN_OFF"
SHOWN_MAX = 1000
_txs = game_transactions.c
_bet = game_transactions.alias("bet")
_checks = rollback_checks.c
_SHOWN = sa.select(
    _txs.id, _txs.agent_id, _txs.code, _txs.tx_type, _txs.player_currency,
    _txs.player_amount_micros, _txs.attempts, _txs.parked_at, players.c.username,
).join(players, players.c.id == _txs.player_id)  # fmt: skip
_ALL = static(
    _SHOWN.where(_txs.parked_at.is_not(None))
    .order_by(_txs.agent_id, _txs.parked_at, _txs.id)
    .limit(SHOWN_MAX)
)
_ALL_CHECKS = static(
    _SHOWN.join(rollback_checks, _checks.transaction_id == _txs.id)
    .add_columns(_checks.attempts.label("tries"), _checks.parked_at.label("since"))
    .where(_checks.parked_at.is_not(None))
    .order_by(_txs.id)
    .limit(SHOWN_MAX)
)
_COUNT = static(
    sa.select(
        sa.select(sa.func.count())
        .select_from(game_transactions)
        .where(_txs.parked_at.is_not(None))
        .scalar_subquery()
        + sa.select(sa.func.count())
        .select_from(rollback_checks)
        .where(_checks.parked_at.is_not(None))
        .scalar_subquery()
    )
)
_ONE = static(
    sa.select(
        _txs.id, _txs.agent_id, _txs.round_id, _txs.tx_type, _txs.code, _txs.state, _txs.parked_at,
        _bet.c.code.label("bet_code"), _checks.parked_at.label("check_parked_at"),
    )
    .outerjoin(rollback_checks, _checks.transaction_id == _txs.id)
    .outerjoin(_bet, _bet.c.id == _txs.reverses_id)
    .where(_txs.code == sa.bindparam("the_code"))
)  # fmt: skip


class Parked(msgspec.Struct, frozen=True, kw_only=True):
    """A parked transaction; `amount_micros` is signed from the player's side. `status_code` is the
    wire's id that its operator is asked about: a rollback's bet, a settlement itself. `is_check`:
    the rollback is done, and it is the question about its bet that waits."""

    row_id: int
    agent_id: int
    code: str
    tx_type: TxType
    status_code: str
    username: str = ""
    currency: str = ""
    amount_micros: int = 0
    attempts: int = 0
    parked_at: datetime | None = None
    is_check: bool = False


class Resend(msgspec.Struct, frozen=True):
    """Send a parked transaction again, after its operator said what became of it (`status`)."""

    code: str
    status: str


class WriteOff(msgspec.Struct, frozen=True, kw_only=True):
    """Give a parked transaction up: `note` says why, `status` is what the operator said of it, None
    when it says nothing any more."""

    code: str
    note: str
    status: str | None


def parked(read: Any) -> list[Parked]:
    """The parked transactions by agent, the longest parked first, at most SHOWN_MAX."""
    return [
        *(_shown(row, row.attempts, row.parked_at, is_check=False) for row in read.all(_ALL)),
        *(_shown(row, row.tries, row.since, is_check=True) for row in read.all(_ALL_CHECKS)),
    ]


def _shown(row: Row, attempts: int, parked_at: datetime, *, is_check: bool) -> Parked:
    return Parked(
        row_id=row.id,
        agent_id=row.agent_id,
        code=row.code,
        tx_type=TxType(row.tx_type),
        status_code="",
        username=row.username,
        currency=row.player_currency,
        amount_micros=row.player_amount_micros,
        attempts=attempts,
        parked_at=parked_at,
        is_check=is_check,
    )


def parked_count(read: Any) -> int:
    """How many transactions wait for a person."""
    return read.scalar(_COUNT)


def parked_one(read: Any, code: str) -> Parked:
    """The parked transaction of this id on the wire. Raises TransactionNotFound, and Refused for
    one that is not parked."""
    row = read.one(_ONE, the_code=code)
    if row is None:
        raise TransactionNotFound
    is_check = row.parked_at is None and row.check_parked_at is not None
    if row.parked_at is None and not is_check:
        raise Refused(f"Transaction {code} is {row.state} and not parked; nothing was changed.")
    return Parked(
        row_id=row.id,
        agent_id=row.agent_id,
        code=row.code,
        tx_type=TxType(row.tx_type),
        status_code=row.bet_code or row.code,
        is_check=is_check,
    )


def resend(tx: Tx, cmd: Resend) -> State:
    """Send it again at once; a rollback whose bet the operator does not hold is ended instead.
    Answers its state then. Raises what parked_one() raises."""
    found = parked_one(tx, cmd.code)
    tx.audit("transaction", found.row_id, after={"parked": "resent", "status": cmd.status})
    if found.is_check:
        return _check_on(tx, found, cmd.status)
    row = _locked(tx, found)
    if found.tx_type == TxType.ROLLBACK and cmd.status != State.COMMITTED:
        return _ended(tx, row)
    change(tx, row.id, State.PENDING, parked_at=None, next_attempt_at=tx.now)
    return State.PENDING


def write_off(tx: Tx, cmd: WriteOff) -> State:
    """Give it up for good: it moves nothing and is never sent again; what it would have closed is
    closed. What the operator has settled between itself and the player is not ours to know.

    A settlement that the operator has, and a bet that it still holds, are no loss and are not
    written off: Refused, as what parked_one() raises. A rollback whose bet the operator does not
    hold is ended. Answers its state then.
    """
    found = parked_one(tx, cmd.code)
    if cmd.status == State.COMMITTED:
        raise Refused(
            f"The operator has transaction {found.status_code}: send {cmd.code} again instead"
            f" (--resend {cmd.code}). Nothing was changed."
        )
    after = {"parked": "written off", "status": cmd.status, "note": cmd.note}
    tx.audit("transaction", found.row_id, after=after)
    if found.is_check:
        was_checked(tx, Checked(found.row_id, "unknown"))
        return State.COMMITTED
    row = _locked(tx, found)
    if found.tx_type == TxType.ROLLBACK and cmd.status is not None:
        return _ended(tx, row)
    rows = {each.id: each for each in transactions_in(tx, row.round_id)}
    change(
        tx, row.id, State.PENDING,
        state=State.REJECTED, refusal=WRITTEN_OFF, parked_at=None, next_attempt_at=None,
    )  # fmt: skip
    bet = rows.get(row.reverses_id or 0)
    if bet is not None and bet.state == State.PENDING:
        # Nobody will ever know; on our side it never was.
        change(tx, bet.id, State.PENDING, state=State.REJECTED, refusal=WRITTEN_OFF)
    if row.closes_round:
        now = round_of(lock_round(tx, row.round_id))
        records = tuple(record_of(each) for each in rows.values() if is_record(each))
        ends_round(tx, seat_of_session(tx, row.session_id), now, records)
    return State.REJECTED


def _check_on(tx: Tx, found: Parked, status: str) -> State:
    """Go on with a question: the rollback is sent again while the operator holds the bet."""
    was_checked(tx, Checked(found.row_id, status))
    return State.PENDING if status == State.COMMITTED else State.COMMITTED


def _locked(tx: Tx, found: Parked) -> Row:
    """The transaction's row, its round and all in it locked. Raises Refused when it was unparked
    meanwhile."""
    named = tx.one(_ONE, the_code=found.code)
    assert named is not None, "parked_one() has found it"
    round_id: int = named.round_id
    lock_round(tx, round_id)
    [row] = [each for each in transactions_in(tx, round_id) if each.id == found.row_id]
    if row.parked_at is None:
        raise Refused(f"Transaction {found.code} is not parked any more; nothing was changed.")
    return row


def _ended(tx: Tx, rollback: Row) -> State:
    """The operator does not hold the bet: its rollback is done."""
    return conclude(tx, Concluded(rollback.id, Answer(is_ok=True))).state
