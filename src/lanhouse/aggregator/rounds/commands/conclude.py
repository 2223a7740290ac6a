"""Concluding a transaction with an operator's answer, and taking what has to be sent.

Locks in the order of decision 0190: the round, then its transactions. No lock is held while an
operator is asked.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import msgspec
import sqlalchemy as sa
from msgspec.structs import replace

from lanhouse.aggregator.launch.tables import game_sessions
from lanhouse.aggregator.players.tables import players
from lanhouse.aggregator.providers.port import Ask, Outcome, Seat
from lanhouse.aggregator.rounds.commands import free
from lanhouse.aggregator.rounds.commands.checks import check_later
from lanhouse.aggregator.rounds.commands.commit import (
    Begun,
    commit_bet,
    commit_rollback,
    commit_settle,
)
from lanhouse.aggregator.rounds.commands.operators import (
    NOT_FOUND,
    Answer,
    Message,
    is_acknowledged,
    is_refused,
)
from lanhouse.aggregator.rounds.commands.rows import (
    change,
    is_record,
    lock_round,
    outcome_of,
    record_of,
    round_of,
    terms_of,
    transactions_in,
    write,
)
from lanhouse.aggregator.rounds.commands.seats import seat_of_session
from lanhouse.aggregator.rounds.rules import TRY_FOR, wait_seconds
from lanhouse.aggregator.rounds.schemas import State, TxType
from lanhouse.aggregator.rounds.tables import game_transactions
from lanhouse.db.statements import Row, static
from lanhouse.db.store import Tx
from lanhouse.kit import ids

LEASE = timedelta(seconds=30)
"""So long one that was taken to be sent is nobody else's; an answer comes long before."""
DUE_MAX = 64

_txs = game_transactions.c
_earlier = game_transactions.alias("earlier")
_reversed = game_transactions.alias("reversed")
_ROUND_OF = static(sa.select(_txs.round_id).where(_txs.id == sa.bindparam("row")))
_IS_FREE_TO_GO = ~sa.exists().where(
    _earlier.c.round_id == _txs.round_id,
    _earlier.c.state == "pending",
    _earlier.c.id < _txs.id,
    _earlier.c.id != sa.func.coalesce(_txs.reverses_id, 0),
    # A rollback waits for earlier rollbacks alone: a settlement may be waiting for its bet.
    (_txs.tx_type != int(TxType.ROLLBACK)) | (_earlier.c.tx_type == int(TxType.ROLLBACK)),
)
_WAITS = (_txs.state == "pending") & _txs.parked_at.is_(None)
_IS_DUE = sa.select(_txs.id, _txs.tx_type).where(
    _txs.next_attempt_at <= sa.bindparam("at", type_=_txs.created_at.type),
    _WAITS,
    (_txs.tx_type == int(TxType.BET)) | _IS_FREE_TO_GO,
)
_DUE = static(_IS_DUE.order_by(_txs.next_attempt_at, _txs.id).limit(DUE_MAX))
_DUE_OF = static(
    _IS_DUE.where(_txs.agent_id == sa.bindparam("agent"))
    .order_by(_txs.next_attempt_at, _txs.id)
    .limit(DUE_MAX)
)
_TAKE = static(
    sa.update(game_transactions)
    .where(
        _txs.id == sa.bindparam("row"),
        _WAITS,
        _txs.tx_type != int(TxType.BET),
        _txs.next_attempt_at <= sa.bindparam("at", type_=_txs.created_at.type),
        _IS_FREE_TO_GO,
    )
    .values(
        attempts=_txs.attempts + 1,
        next_attempt_at=sa.bindparam("until", type_=_txs.created_at.type),
    )
    .returning(_txs.id)
)
_MESSAGE = static(
    sa.select(
        game_transactions,
        players.c.username,
        game_sessions.c.code.label("session_code"),
        _reversed.c.code.label("reversed_code"),
    )
    .select_from(
        game_transactions.join(players, players.c.id == _txs.player_id)
        .join(game_sessions, game_sessions.c.id == _txs.session_id)
        .outerjoin(_reversed, _reversed.c.id == _txs.reverses_id)
    )
    .where(_txs.id == sa.bindparam("row"))
)


class Concluded(msgspec.Struct, frozen=True):
    """An operator's answer to the transaction with this row id."""

    row_id: int
    answer: Answer


class Due(msgspec.Struct, frozen=True):
    """A transaction whose time has come; a bet is never sent again, its answer is given up."""

    row_id: int
    is_bet: bool


def due(read: Any) -> list[Due]:
    """What is to be sent again now, and the bets whose answer nobody has written down in time; the
    longest waiting first, at most DUE_MAX."""
    rows = read.all(_DUE, at=read.now)
    return [Due(row.id, row.tx_type == int(TxType.BET)) for row in rows]


def due_of(read: Any, agent_id: int, at: datetime) -> list[Due]:
    """What is due to an agent's operator at this business time, as due() answers it."""
    rows = read.all(_DUE_OF, agent=agent_id, at=at)
    return [Due(row.id, row.tx_type == int(TxType.BET)) for row in rows]


def take_due(tx: Tx, _: None) -> list[Due]:
    """What due() answers at the business time of a command."""
    return due(tx)


def take(tx: Tx, row_id: int) -> Message | None:
    """Take a settlement or rollback to send it now; None when it is not its turn, or another has
    taken it."""
    taken = tx.scalar(_TAKE, row=row_id, at=tx.now, until=tx.now + LEASE)
    return None if taken is None else message_of(tx, row_id)


def message_of(read: Any, row_id: int) -> Message:
    """The message of a transaction."""
    row = read.one(_MESSAGE, row=row_id)
    return Message(
        row_id=row.id,
        agent_id=row.agent_id,
        username=row.username,
        currency=row.player_currency,
        tx_id=row.code,
        tx_type=TxType(row.tx_type),
        amount_micros=row.player_amount_micros,
        reverses_tx_id=row.reversed_code,
        provider_tx_id=row.provider_tx_id,
        provider_id=row.provider_id,
        game_id=row.game_id,
        round_id=row.round_code,
        closes_round=row.closes_round,
        session_id=row.session_code,
        free_round_code=row.free_round_code,
        created_at=row.created_at,
    )


def conclude(tx: Tx, cmd: Concluded) -> Outcome:
    """Write an operator's answer down; answers how the transaction stands then.

    An answer to what is concluded already, or to a bet that is being given back, changes nothing.
    A bet of uncertain fate begins its own rollback here; a settlement or rollback that was not
    acknowledged is sent again, for a day.
    """
    round_id = tx.scalar(_ROUND_OF, row=cmd.row_id)
    round_row = lock_round(tx, round_id)
    rows = {row.id: row for row in transactions_in(tx, round_id)}
    row = rows[cmd.row_id]
    tx_type = TxType(row.tx_type)
    now = round_of(
        round_row, records=tuple(record_of(each) for each in rows.values() if is_record(each))
    )
    if row.state != State.PENDING or row.reversed_by_id is not None:
        return outcome_of(row, now)
    seat = replace(seat_of_session(tx, row.session_id), terms=terms_of(row))
    if is_acknowledged(tx_type, cmd.answer):
        is_first = not any(each.tx_type == TxType.BET and is_record(each) for each in rows.values())
        begun = Begun(
            seat=seat,
            ask=_ask_of(row),
            player_micros=row.player_amount_micros,
            round=replace(now, is_new=is_first),
            row=row,
            balance_micros=_balance(row, rows, cmd.answer),
            wallet_tx_id=cmd.answer.wallet_tx_id,
            reverses=rows.get(row.reverses_id or 0),
        )
        done = _COMMITS[tx_type](tx, begun)
        if tx_type == TxType.ROLLBACK:
            _reject_waiting(tx, round_id)
            if not cmd.answer.is_ok:
                check_later(tx, row)
        return done
    if is_refused(tx_type, cmd.answer):
        refused = cmd.answer.code if cmd.answer.was_sent else cmd.answer.problem
        free.give_back(tx, seat.session, row)
        change(
            tx, row.id, State.PENDING, state=State.REJECTED, refusal=refused, next_attempt_at=None
        )
        _reject_waiting(tx, round_id)
        return replace(outcome_of(row, now), state=State.REJECTED, refusal=refused)
    if tx_type == TxType.BET:
        _give_back(tx, seat, row)
        return replace(outcome_of(row, now), refusal=cmd.answer.problem)
    _try_later(tx, row)
    return outcome_of(row, now)


_COMMITS: dict[TxType, Any] = {
    TxType.BET: commit_bet,
    TxType.SETTLE: commit_settle,
    TxType.ROLLBACK: commit_rollback,
}


def _balance(row: Row, rows: dict[int, Row], answer: Answer) -> int | None:
    """The balance after it as the operator told it. One that does not know a bet any more which it
    had taken tells none: then it is what it would be if nothing else had happened since."""
    if answer.balance_micros is not None or row.reverses_id is None:
        return answer.balance_micros
    after = rows[row.reverses_id].after_micros
    return None if after is None else after + row.player_amount_micros


def _ask_of(row: Row) -> Ask:
    return Ask(
        session_id=row.session_id,
        tx_type=TxType(row.tx_type),
        provider_tx_id=row.provider_tx_id,
        round_code=row.round_code,
        amount_micros=abs(row.provider_amount_micros),
        reverses_tx_id=row.reverses_tx_id,
        closes_round=bool(row.closes_round),
        free_round_code=row.free_round_code,
    )


def _give_back(tx: Tx, seat: Seat, bet: Row) -> None:
    """Begin the rollback of a bet of which nobody knows whether it was taken."""
    ask = Ask(
        session_id=bet.session_id,
        tx_type=TxType.ROLLBACK,
        provider_tx_id=ids.wire_id(),
        round_code=bet.round_code,
        reverses_tx_id=bet.provider_tx_id,
    )
    row_id, _ = write(
        tx, seat, ask, -bet.player_amount_micros, -bet.provider_amount_micros,
        state=State.PENDING, round_id=bet.round_id, reverses_id=bet.id, next_attempt_at=tx.now,
    )  # fmt: skip
    change(tx, bet.id, State.PENDING, reversed_by_id=row_id, next_attempt_at=None)


def _try_later(tx: Tx, row: Row) -> None:
    if tx.now - row.created_at >= TRY_FOR:
        change(tx, row.id, State.PENDING, parked_at=tx.now, next_attempt_at=None)
        return
    again = tx.now + timedelta(seconds=wait_seconds(row.attempts))
    change(tx, row.id, State.PENDING, next_attempt_at=again)


def _reject_waiting(tx: Tx, round_id: int) -> None:
    """Refuse settlements that waited for a bet which came to nothing: nobody has sent them."""
    rows = transactions_in(tx, round_id)
    if any(row.tx_type == TxType.BET and row.state in ("pending", "committed") for row in rows):
        return
    for row in rows:
        is_waiting = row.tx_type == TxType.SETTLE and row.state == State.PENDING
        if is_waiting and row.attempts == 0 and row.free_round_code is None:
            change(
                tx, row.id, State.PENDING,
                state=State.REJECTED, refusal=NOT_FOUND, next_attempt_at=None,
            )  # fmt: skip
