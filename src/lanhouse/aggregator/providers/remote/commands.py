"""Writes for the calls that studios make."""

from __future__ import annotations

import msgspec
import sqlalchemy as sa

from lanhouse.aggregator.errors import TransactionRolledBack
from lanhouse.aggregator.launch.commands import begin_session
from lanhouse.aggregator.providers.remote.queries import (
    last_known_micros,
    limits_of_session,
    port_session,
)
from lanhouse.aggregator.providers.remote.refusals import WalletRefused
from lanhouse.aggregator.providers.remote.rules import in_unit
from lanhouse.aggregator.providers.remote.schemas import (
    PortLimitOut,
    PortSession,
    PortTransactionOut,
)
from lanhouse.aggregator.providers.tables import provider_answers
from lanhouse.aggregator.rounds.commands.rows import lock_transaction
from lanhouse.aggregator.rounds.commands.seats import seat_of_session
from lanhouse.aggregator.rounds.schemas import State
from lanhouse.db.statements import Row, static
from lanhouse.db.store import Tx
from lanhouse.kit.money import format_plain

_KEPT = static(
    sa.select(provider_answers.c.answer).where(
        provider_answers.c.transaction_id == sa.bindparam("row")
    )
)
_KEEP = static(sa.insert(provider_answers))


class Authenticate(msgspec.Struct, frozen=True, kw_only=True):
    """A launch token that a studio gives back."""

    provider_id: str
    token: str


class Authenticated(msgspec.Struct, frozen=True):
    """The session that has begun, and the sets of limits that count."""

    found: PortSession
    limits: list[PortLimitOut]


class Answered(msgspec.Struct, frozen=True):
    """A transaction to answer for; `known_micros` is the balance to tell where the database knows
    none."""

    row_id: int
    found: PortSession
    known_micros: int = 0


def authenticate(tx: Tx, cmd: Authenticate) -> Authenticated:
    """Begin the session of a token, once. Raises SessionExpired, and whatever forbids the player to
    play: then the token can still be used."""
    started = begin_session(tx, cmd.token, cmd.provider_id)
    found = port_session(tx, cmd.provider_id, started.code)
    refusal = seat_of_session(tx, found.session.id).refusal
    if refusal is not None:
        raise refusal
    return Authenticated(found, limits_of_session(tx, found.session))


def answer_of(tx: Tx, cmd: Answered) -> bytes:
    """The result (JSON) that a studio gets for a transaction, the same at each repetition.

    A committed one that tells a balance tells the answer itself. Any other answer is kept before it
    is told, so that a late acknowledgement does not change it. Raises WalletRefused for what the
    wallet has refused for good, TransactionRolledBack for a bet that is gone.
    """
    row = lock_transaction(tx, cmd.row_id)
    kept = tx.scalar(_KEPT, row=cmd.row_id)
    if kept is not None:
        return bytes(kept)
    if row.state == State.ROLLED_BACK:
        raise TransactionRolledBack
    if row.state == State.REJECTED:
        raise WalletRefused(row.refusal)
    is_done = row.state == State.COMMITTED
    if is_done and row.after_micros is not None:
        return _encoded(row, row.after_micros)
    balance = last_known_micros(tx, cmd.found)
    answer = _encoded(row, cmd.known_micros if balance is None else balance)
    tx.run(_KEEP, transaction_id=cmd.row_id, answer=answer, created_at=tx.now)
    return answer


def _encoded(row: Row, balance: int) -> bytes:
    out = PortTransactionOut(
        tx_id=row.code,
        state="committed" if row.state == State.COMMITTED else "pending",
        balance=format_plain(in_unit(balance, row.scale)),
        currency=row.provider_currency,
    )
    return msgspec.json.encode(out)
