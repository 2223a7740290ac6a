"""Committing a transaction: its state, the ledger's transfer, the record of history, its round and
the report, all in one transaction of the database.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec.structs import replace

from lanhouse.aggregator.errors import PlayerInsufficientBalance
from lanhouse.aggregator.launch.commands import count_money
from lanhouse.aggregator.protection.commands import count_played
from lanhouse.aggregator.providers.port import Ask, Outcome, Record, RoundNow, Seat
from lanhouse.aggregator.rounds.commands import free
from lanhouse.aggregator.rounds.commands.reports import count
from lanhouse.aggregator.rounds.commands.rows import add_to_round, change, record_of, write
from lanhouse.aggregator.rounds.rules import settle_amount
from lanhouse.aggregator.rounds.schemas import State, TxType
from lanhouse.aggregator.wallet.queries import wallet_balance_micros
from lanhouse.db.statements import Row
from lanhouse.db.store import Tx
from lanhouse.kit import ids
from lanhouse.ledger import InsufficientFunds, Posting, Transfer, book_of_agent, post


class Begun(msgspec.Struct, frozen=True, kw_only=True):
    """A transaction that the wallet has taken or is about to: `player_micros` is signed from the
    player's side, `round` is locked. `row` is its pending row, None where the wallet is with us.

    `balance_micros`: the wallet's balance, before where it is with us (None: look), after where
    the operator told it, then with `wallet_tx_id`. `reverses`: the bet of a rollback, locked.
    """

    seat: Seat
    ask: Ask
    player_micros: int
    round: RoundNow
    row: Row | None = None
    balance_micros: int | None = None
    wallet_tx_id: str = ""
    reverses: Row | None = None


def commit_bet(tx: Tx, begun: Begun) -> Outcome:
    """Take a bet; the stake is on the round already where the wallet is with us.

    Raises PlayerInsufficientBalance.
    """
    now, seat = begun.round, begun.seat
    if not seat.is_here:
        before = now
        now = add_to_round(tx, now, staked=-begun.player_micros)
        now = replace(now, is_new=before.is_new, records=before.records)
    done = _commit(tx, begun, now)
    net = _count(tx, begun, now, staked_micros=-begun.player_micros, rounds=int(now.is_new))
    records = None if now.records is None else (*now.records, _record(begun))
    return replace(done, net_micros=net, round=replace(now, records=records, is_new=False))


def commit_settle(tx: Tx, begun: Begun) -> Outcome:
    """Pay a settlement, of 0 too; the round's records are known."""
    before, seat = begun.round, begun.seat
    assert before.records is not None, "a settlement is counted with the records of its round"
    free.paid(tx, seat.session, begun.ask, begun.player_micros)
    done = _commit(tx, begun, before)
    now = add_to_round(tx, before, paid=begun.player_micros, closes=begun.ask.closes_round)
    records = (*before.records, _record(begun))
    count(tx, seat, (before, before.records), (now, records))
    net = None
    if begun.player_micros:
        net = _count(tx, begun, now, won_micros=begun.player_micros)
    return replace(done, net_micros=net, round=replace(now, records=records))


def commit_rollback(tx: Tx, begun: Begun) -> Outcome:
    """Give a bet back. One that was never taken leaves no record and moves nothing."""
    bet, before, seat = begun.reverses, begun.round, begun.seat
    assert bet is not None, "a rollback knows its bet"
    assert before.records is not None, "and the records of its round"
    was_taken = bet.state == State.COMMITTED
    free.give_back(tx, seat.session, bet)
    if was_taken:
        done = _commit(tx, begun, before)
        now = add_to_round(tx, before, staked=-begun.player_micros, closes=begun.ask.closes_round)
        _count(tx, begun, now, staked_micros=-begun.player_micros)
    else:
        assert begun.row is not None, "only an operator's bet can be on its way"
        change(
            tx, begun.row.id, State.PENDING, state=State.COMMITTED, next_attempt_at=None,
            wallet_tx_id=begun.wallet_tx_id, parked_at=None,
        )  # fmt: skip
        done = _done(tx, begun.row.id, begun.row.code, begun.balance_micros)
        now = add_to_round(tx, before, closes=begun.ask.closes_round)
    change(
        tx, bet.id, State(bet.state),
        state=State.ROLLED_BACK, reversed_by_id=done.id, next_attempt_at=None,
    )  # fmt: skip
    after = _without(before.records, bet) if was_taken else before.records
    count(tx, seat, (before, before.records), (now, after))
    return replace(done, round=replace(now, records=after))


def _count(
    tx: Tx,
    begun: Begun,
    now: RoundNow,
    *,
    staked_micros: int = 0,
    won_micros: int = 0,
    rounds: int = 0,
) -> int:
    """Count a movement in its session and, of a limited player, for his limits; answers the
    session's net in micros."""
    session = begun.seat.session
    counted = count_money(
        tx, session.id, staked_micros=staked_micros, won_micros=won_micros, rounds=rounds
    )
    if counted.has_limits and (staked_micros or won_micros):
        count_played(
            tx, session.agent_id, session.player_id, session.currency, now.opened_at,
            staked_micros=staked_micros, paid_micros=won_micros,
        )  # fmt: skip
    return counted.net_micros


def _without(records: Sequence[Record], bet: Row) -> tuple[Record, ...]:
    """The records but for one that is like the bet's: what is alike counts alike, and which of
    them is first changes nothing but the terms, which are those of the first that is left."""
    left, gone = list(records), record_of(bet)
    left.remove(gone)
    return tuple(left)


def ends_round(tx: Tx, seat: Seat, before: RoundNow, records: Sequence[Record]) -> RoundNow:
    """Close a round that is locked, with these records; one that is closed stays as it is."""
    if before.closed_at is not None:
        return before
    now = add_to_round(tx, before, closes=True)
    count(tx, seat, (before, records), (now, records))
    return now


def _record(begun: Begun) -> Record:
    seat, ask = begun.seat, begun.ask
    return Record(
        ask.tx_type,
        settle_amount(begun.player_micros, seat.session.settle_rate),
        seat.terms,
        ask.free_round_code is not None,
    )


def _commit(tx: Tx, begun: Begun, now: RoundNow) -> Outcome:
    """The ledger's transfer and the record of history; amount 0 moves nothing."""
    seat, amount = begun.seat, begun.player_micros
    transfer_id, held = _book(tx, begun)
    if seat.is_here:
        before = held
        if before is None:
            before = begun.balance_micros
        if before is None:
            session = seat.session
            before = wallet_balance_micros(
                tx, session.agent_id, session.player_id, session.currency
            )
        after, wallet_tx_id = before + amount, ids.wire_id()
    else:
        assert begun.balance_micros is not None, "an operator's yes tells the balance"
        after, wallet_tx_id = begun.balance_micros, begun.wallet_tx_id
    values: dict[str, Any] = {
        "state": State.COMMITTED,
        "wallet_tx_id": wallet_tx_id,
        "before_micros": after - amount,
        "after_micros": after,
        "transfer_id": transfer_id,
        "received_at": tx.now,
    }
    if begun.row is not None:
        change(tx, begun.row.id, State.PENDING, **values, next_attempt_at=None, parked_at=None)
        return _done(tx, begun.row.id, begun.row.code, after)
    reverses_id = None if begun.reverses is None else begun.reverses.id
    row_id, code = write(
        tx, seat, begun.ask, amount, _provider_micros(begun),
        **values, round_id=now.id, reverses_id=reverses_id,
    )  # fmt: skip
    return _done(tx, row_id, code, after)


def _provider_micros(begun: Begun) -> int:
    """The amount in the provider's unit, signed from the player's side."""
    if begun.reverses is not None:
        return -begun.reverses.provider_amount_micros
    sign = -1 if begun.ask.tx_type == TxType.BET else 1
    return sign * begun.ask.amount_micros


def _done(tx: Tx, row_id: int, code: str, after_micros: int | None) -> Outcome:
    return Outcome(
        id=row_id, tx_id=code, state=State.COMMITTED, balance_micros=after_micros, at=tx.now
    )


def _book(tx: Tx, begun: Begun) -> tuple[int | None, int | None]:
    """Post the movement; answers the transfer and what the player's account held before it, both
    None when nothing moves."""
    seat, ask, amount = begun.seat, begun.ask, begun.player_micros
    if amount == 0:
        return None, None
    player = seat.player_account_id
    transfer = Transfer(
        book_id=book_of_agent(seat.session.agent_id),
        kind=f"game_{ask.tx_type.name.lower()}",
        postings=[Posting(player, amount), Posting(seat.provider_account_id, -amount)],
        actor_kind="player",
        actor_id=seat.session.player_id,
        reverses_id=None if begun.reverses is None else begun.reverses.transfer_id,
    )
    try:
        posted = post(tx, transfer)
    except InsufficientFunds:
        raise PlayerInsufficientBalance from None
    return posted.transfer_id, posted.before[player]
