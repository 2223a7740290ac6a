"""Beginning a transaction: it is checked, written as pending, and for a wallet that is with us
concluded at once.

A repeated ask is answered before anything else. A settlement and a rollback never ask for the
session, the player or the provider (aggregator-domain 3, synthesis 5).
"""

from __future__ import annotations

from datetime import timedelta

from msgspec.structs import replace

from lanhouse.aggregator.errors import InvalidAmount, RoundClosed, TransactionNotFound
from lanhouse.aggregator.protection.commands import check_bet
from lanhouse.aggregator.providers.port import Ask, Outcome, RoundNow, Seat
from lanhouse.aggregator.rounds.commands.commit import (
    Begun,
    commit_bet,
    commit_rollback,
    commit_settle,
    ends_round,
)
from lanhouse.aggregator.rounds.commands.free import take
from lanhouse.aggregator.rounds.commands.repeat import repeated
from lanhouse.aggregator.rounds.commands.rows import (
    by_provider_id,
    change,
    find_round,
    is_record,
    lock_round,
    open_round,
    record_of,
    round_of,
    transactions_in,
    write,
)
from lanhouse.aggregator.rounds.commands.seats import look
from lanhouse.aggregator.rounds.rules import scaled_micros
from lanhouse.aggregator.rounds.schemas import State, TxType
from lanhouse.db.statements import Row
from lanhouse.db.store import Tx
from lanhouse.kit.errors import InvalidInput
from lanhouse.kit.money import currency_decimals, minor_unit_micros

UNKNOWN_AFTER = timedelta(seconds=30)
"""A bet whose answer nobody has written down by then is uncertain: whoever sent it is gone."""
INSUFFICIENT = "INSUFFICIENT_CREDIT"


def begin(
    tx: Tx,
    ask: Ask,
    *,
    seat: Seat | None = None,
    now: RoundNow | None = None,
    balance_micros: int | None = None,
) -> Outcome:
    """Begin what a provider asks; where the wallet is with us, conclude it too.

    `seat`: who plays, where this transaction of the database has looked already and the provider's
    id is new for sure. `now` and `balance_micros`: the round and the wallet as the last ask of
    this transaction left them.

    Raises InvalidInput, InvalidAmount, SessionExpired, Conflict (the id with other content),
    TransactionRolledBack, RoundClosed, TransactionNotFound, NothingLeft (the campaign gives this
    player no round any more), PlayerInsufficientBalance (then
    refuse_for_good() keeps it), and for a bet whatever forbids the player to play.
    """
    if seat is None:
        seat, known = look(tx, ask)
        if known is not None:
            return repeated(seat, ask, known)
    if ask.tx_type == TxType.BET:
        return _bet(tx, seat, ask, now)
    if ask.tx_type == TxType.SETTLE:
        return _settle(tx, seat, ask, now, balance_micros)
    return _rollback(tx, seat, ask)


def refuse_for_good(tx: Tx, ask: Ask) -> Outcome:
    """Keep that our own wallet did not cover a bet: its repetition gets the same answer, as an
    operator's refusal does. Raises what begin() raises before the wallet is asked."""
    seat, known = look(tx, ask)
    if known is not None:
        return repeated(seat, ask, known)
    amount = _player_micros(seat, ask)
    row_id, code = write(
        tx, seat, ask, -amount, -ask.amount_micros, state=State.REJECTED, refusal=INSUFFICIENT
    )
    return Outcome(
        id=row_id,
        tx_id=code,
        state=State.REJECTED,
        balance_micros=None,
        at=tx.now,
        refusal=INSUFFICIENT,
    )


def _player_micros(seat: Seat, ask: Ask) -> int:
    """The amount in the player's currency. Raises InvalidAmount when that cannot hold it."""
    session = seat.session
    micros = scaled_micros(ask.amount_micros, session.scale)
    if micros is None or micros % minor_unit_micros(session.currency):
        decimals = currency_decimals(session.currency)
        raise InvalidAmount(f"has more than {decimals} decimals of {session.currency}")
    if micros < 0:
        raise InvalidAmount("must not be negative")
    return micros


def _bet(tx: Tx, seat: Seat, ask: Ask, now: RoundNow | None) -> Outcome:
    if seat.refusal is not None:
        raise seat.refusal
    amount = _player_micros(seat, ask)
    if amount == 0 and ask.free_round_code is None:
        raise InvalidAmount("must be more than 0")
    if ask.closes_round:
        raise InvalidInput({"closes_round": "a bet closes no round; settle it, with 0 if it lost"})
    if seat.has_limits:
        who = seat.session
        check_bet(tx, who.agent_id, who.player_id, who.currency, amount, who.id)
    if seat.is_here:
        before = now
        now = open_round(tx, seat, ask, amount)
        if before is not None and before.records is not None:
            now = replace(now, is_new=before.is_new, records=before.records)
        take(tx, seat.session, ask, now)
        return commit_bet(tx, Begun(seat=seat, ask=ask, player_micros=-amount, round=now))
    now = open_round(tx, seat, ask, 0)
    if not now.is_new and any(map(_will_close, transactions_in(tx, now.id))):
        raise RoundClosed
    take(tx, seat.session, ask, now)
    row_id, code = write(
        tx, seat, ask, -amount, -ask.amount_micros,
        state=State.PENDING, round_id=now.id, attempts=1, next_attempt_at=tx.now + UNKNOWN_AFTER,
    )  # fmt: skip
    return _begun(tx, row_id, code, now)


def _will_close(row: Row) -> bool:
    """Whether a pending transaction closes the round as soon as the operator has it."""
    return row.state == State.PENDING and row.closes_round


def _begun(tx: Tx, row_id: int, code: str, now: RoundNow | None) -> Outcome:
    return Outcome(
        id=row_id, tx_id=code, state=State.PENDING, balance_micros=None, at=tx.now, round=now
    )


def _settle(
    tx: Tx, seat: Seat, ask: Ask, now: RoundNow | None, balance_micros: int | None
) -> Outcome:
    amount = _player_micros(seat, ask)
    if now is None:
        now = _settled_round(tx, seat, ask)
    begun = Begun(
        seat=seat, ask=ask, player_micros=amount, round=now, balance_micros=balance_micros
    )
    if seat.is_here:
        return commit_settle(tx, begun)
    row_id, code = write(
        tx, seat, ask, amount, ask.amount_micros,
        state=State.PENDING, round_id=now.id, next_attempt_at=tx.now,
    )  # fmt: skip
    return _begun(tx, row_id, code, now)


def _settled_round(tx: Tx, seat: Seat, ask: Ask) -> RoundNow:
    """The round that a settlement pays, locked, with its records. Raises RoundClosed, and
    TransactionNotFound when no bet was taken in it and none is on its way."""
    row = find_round(tx, seat, ask.round_code)
    if row is None:
        if ask.free_round_code is None:
            raise TransactionNotFound
        return open_round(tx, seat, ask, 0)
    rows = transactions_in(tx, row.id)
    if row.closed_at is not None or any(map(_will_close, rows)):
        raise RoundClosed
    is_free = ask.free_round_code is not None
    if not is_free and not any(map(_counts_as_bet, rows)):
        raise TransactionNotFound
    return round_of(row, records=tuple(record_of(each) for each in rows if is_record(each)))


def _counts_as_bet(row: Row) -> bool:
    """A bet that was taken, or may still be."""
    if row.tx_type != TxType.BET or row.reversed_by_id is not None:
        return False
    return row.state in (State.COMMITTED, State.PENDING)


def _rollback(tx: Tx, seat: Seat, ask: Ask) -> Outcome:
    if ask.reverses_tx_id is None:
        raise InvalidInput({"reverses_tx_id": "is required"})
    named = by_provider_id(tx, seat, ask.reverses_tx_id, TxType.BET)
    if named is None:
        if by_provider_id(tx, seat, ask.reverses_tx_id, TxType.SETTLE) is not None:
            raise RoundClosed
        return _tombstone(tx, seat, ask)
    session = seat.session
    if (named.player_id, named.player_currency) != (session.player_id, session.currency):
        raise TransactionNotFound
    if named.round_id is None:  # a tombstone or a bet that our own wallet refused
        return _nothing_to_reverse(tx, seat, ask, named.id)
    if named.round_code != ask.round_code:
        raise InvalidInput({"round_id": "is not the round of this bet"})
    round_row = lock_round(tx, named.round_id)
    rows = {row.id: row for row in transactions_in(tx, named.round_id)}
    bet = rows[named.id]
    now = round_of(
        round_row, records=tuple(record_of(row) for row in rows.values() if is_record(row))
    )
    if bet.state in (State.REJECTED, State.ROLLED_BACK) or bet.reversed_by_id is not None:
        return _nothing_to_reverse(tx, seat, ask, bet.id)
    # A settlement that only waits for this bet falls with it; any other one will be paid.
    will_settle = bet.state != State.PENDING and any(
        row.tx_type == TxType.SETTLE and row.state == State.PENDING for row in rows.values()
    )
    if round_row.win_micros is not None or will_settle:
        raise RoundClosed
    begun = Begun(
        seat=seat, ask=ask, player_micros=-bet.player_amount_micros, round=now, reverses=bet
    )
    if seat.is_here:
        return commit_rollback(tx, begun)
    row_id, code = write(
        tx, seat, ask, -bet.player_amount_micros, -bet.provider_amount_micros,
        state=State.PENDING, round_id=now.id, reverses_id=bet.id, next_attempt_at=tx.now,
    )  # fmt: skip
    # From now on a late yes to the bet changes nothing, and nobody asks what became of it.
    change(tx, bet.id, State(bet.state), reversed_by_id=row_id, next_attempt_at=None)
    return _begun(tx, row_id, code, now)


def _nothing_to_reverse(tx: Tx, seat: Seat, ask: Ask, bet_id: int) -> Outcome:
    """Keep a rollback of a bet that took nothing or is given back already: it is answered OK."""
    now = _closed_now(tx, seat, ask) if ask.closes_round else None
    row_id, code = write(
        tx, seat, ask, 0, 0,
        state=State.COMMITTED, round_id=None if now is None else now.id, reverses_id=bet_id,
    )  # fmt: skip
    return Outcome(
        id=row_id, tx_id=code, state=State.COMMITTED, balance_micros=None, at=tx.now, round=now
    )


def _tombstone(tx: Tx, seat: Seat, ask: Ask) -> Outcome:
    """Keep a rollback of a bet that nobody has seen: a late bet finds its place taken."""
    assert ask.reverses_tx_id is not None
    bet = Ask(
        session_id=ask.session_id,
        tx_type=TxType.BET,
        provider_tx_id=ask.reverses_tx_id,
        round_code=ask.round_code,
    )
    place, _ = write(tx, seat, bet, 0, 0, state=State.ROLLED_BACK, content_digest=None)
    return _nothing_to_reverse(tx, seat, ask, place)


def _closed_now(tx: Tx, seat: Seat, ask: Ask) -> RoundNow:
    """The player's round of this code, closed; one that nobody has bet in is made and closed."""
    row = find_round(tx, seat, ask.round_code)
    if row is None:
        return open_round(tx, seat, ask, 0, closed_at=tx.now)
    rows = transactions_in(tx, row.id)
    records = tuple(record_of(each) for each in rows if is_record(each))
    return ends_round(tx, seat, round_of(row), records)
