"""Asks of one round at once, on both databases; and what is sent again, for how long."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from lanhouse.aggregator.errors import RoundClosed
from lanhouse.aggregator.launch.schemas import GameSession
from lanhouse.aggregator.providers.port import Ask
from lanhouse.aggregator.rounds.commands.rows import change
from lanhouse.aggregator.rounds.commands.sending import Sender
from lanhouse.aggregator.rounds.queries import outstanding_micros
from lanhouse.aggregator.rounds.queries.reports import report_problem
from lanhouse.aggregator.rounds.schemas import State, TxType
from lanhouse.aggregator.rounds.tables import game_rounds, game_transactions
from lanhouse.aggregator.wallet.commands import move_money
from lanhouse.aggregator.wallet.queries import player_balance_micros
from lanhouse.aggregator.wallet.schemas import DEPOSIT, Move
from lanhouse.db.store import Store, Tx
from lanhouse.kit import clock
from lanhouse.kit.errors import AppError
from lanhouse.ledger.verify import verify_ledger
from tests.builders.agents import Operator, open_operator
from tests.builders.rounds import (
    EURO,
    NAME,
    OneTransaction,
    Wallet,
    an_ask,
    at_once,
    in_one_transaction,
    sit_down,
)

BET, SETTLE, ROLLBACK = TxType.BET, TxType.SETTLE, TxType.ROLLBACK


def at_a_table(store: Store, kind: str, euros: int = 100) -> tuple[Operator, GameSession]:
    operator = open_operator(store, kind=kind, currencies={"EUR": "1"})
    session = sit_down(operator)
    if kind == "transfer":
        move = Move(
            agent=operator.agent, kind=DEPOSIT, username=NAME, currency="EUR",
            amount_micros=euros * EURO,
        )  # fmt: skip
        store.run_sync(move_money, move)
    return operator, session


def all_at_once(store: Store, wallet: Wallet, asks: list[Ask]) -> list[Any]:
    """What each ask was answered, when all came at the same time."""

    async def one(ask: Ask) -> Any:
        try:
            return await Sender(store, lambda _: wallet).ask(ask)
        except AppError as refusal:
            return refusal

    async def run() -> list[Any]:
        store.start()
        try:
            return await asyncio.gather(*map(one, asks))
        finally:
            await store.stop()

    return asyncio.run(run())


def records(store: Store) -> list[Any]:
    return store.read_sync(
        lambda read: read.all(sa.select(game_transactions).order_by(game_transactions.c.id))
    )


def prove(store: Store) -> None:
    assert store.read_sync(verify_ledger, None).problem is None
    assert store.read_sync(report_problem) is None


@pytest.mark.parametrize("kind", ["transfer", "seamless"])
def test_one_ask_many_times_at_once_is_done_once(store: Store, kind: str) -> None:
    _, session = at_a_table(store, kind)
    wallet = Wallet()
    done = all_at_once(store, wallet, [an_ask(session, BET, "b1", 10)] * 12)
    assert len({each.tx_id for each in done}) == 1
    assert len(records(store)) == 1
    if kind == "seamless":
        assert wallet.held == 990 * EURO
    prove(store)


@pytest.mark.parametrize("kind", ["transfer", "seamless"])
def test_a_settlement_and_a_rollback_at_once_do_not_both_pay(store: Store, kind: str) -> None:
    operator, session = at_a_table(store, kind)
    wallet = Wallet()
    for number in range(6):
        name = f"{number}"
        ids: dict[str, Any] = {"round_code": name}
        all_at_once(store, wallet, [an_ask(session, BET, name, 10, **ids)])
        done = all_at_once(
            store,
            wallet,
            [
                an_ask(session, SETTLE, name, 7, closes_round=True, **ids),
                an_ask(session, ROLLBACK, name, reverses_tx_id=name, **ids),
            ],
        )
        assert sum(isinstance(each, AppError) for each in done) == 1, done
    states = Counter((row.tx_type, row.state) for row in records(store))
    paid, back = states[2, "committed"], states[3, "committed"]
    assert paid + back == 6
    moved = (7 * paid + 10 * back - 60) * EURO
    if kind == "seamless":
        assert wallet.held == 1000 * EURO + moved
    else:
        held = store.read_sync(
            lambda read: player_balance_micros(read, operator.agent.id, NAME, "EUR")
        )
        assert held == 100 * EURO + moved
    prove(store)


def test_bets_of_one_round_at_once_are_all_in_it_and_never_below_zero(store: Store) -> None:
    operator, session = at_a_table(store, "transfer", euros=25)
    asks = [an_ask(session, BET, f"b{number}", 4) for number in range(10)]
    done = all_at_once(store, Wallet(), asks)
    assert Counter(str(each.state) for each in done) == {"committed": 6, "rejected": 4}
    [row] = store.read_sync(lambda read: read.all(game_rounds.select()))
    assert row.bet_micros == 24 * EURO
    asked = (operator.agent.id, NAME, "EUR")
    assert store.read_sync(lambda read: outstanding_micros(read, *asked)) == 24 * EURO
    closing = [an_ask(session, SETTLE, f"s{number}", 0, closes_round=True) for number in range(5)]
    done = all_at_once(store, Wallet(), closing)
    assert sum(isinstance(each, RoundClosed) for each in done) == 4
    prove(store)


def test_players_at_one_table_share_its_round_id_and_nothing_else(store: Store) -> None:
    operator, first = at_a_table(store, "seamless")
    second = sit_down(operator, "player0002")
    wallet = Wallet()
    for number, session in enumerate((first, second)):
        all_at_once(store, wallet, [an_ask(session, BET, f"b{number}", 10)])
    all_at_once(store, wallet, [an_ask(first, SETTLE, "s1", 0, closes_round=True)])
    rows = store.read_sync(lambda read: read.all(game_rounds.select()))
    assert sorted((row.player_id, row.closed_at is None) for row in rows) == [(1, False), (2, True)]
    [stranger] = all_at_once(store, wallet, [an_ask(first, ROLLBACK, "r1", reverses_tx_id="b1")])
    assert stranger.symbol == "TRANSACTION_NOT_FOUND"
    assert wallet.held == 980 * EURO


def test_what_is_not_acknowledged_is_sent_again_for_a_day_and_then_parked(store: Store) -> None:
    _, session = at_a_table(store, "seamless")
    waits: list[int] = []

    def work(tx: Tx) -> None:
        house, wallet = OneTransaction(tx), Wallet()
        sender = Sender(house, lambda _: wallet)  # type: ignore[arg-type]
        at_once(sender.ask(an_ask(session, BET, "b1", 10)))
        wallet.mode = "down"
        won = at_once(sender.ask(an_ask(session, SETTLE, "s1", 25, closes_round=True)))
        assert won.state == "pending"
        while True:
            [row] = [r for r in tx.all(game_transactions.select()) if r.tx_type == SETTLE]
            if row.parked_at is not None:
                break
            waits.append(round((row.next_attempt_at - clock.now()).total_seconds()))
            moment.set(row.next_attempt_at)
            tx.forget_now()
            assert at_once(sender.send_due()) == 1
        assert row.next_attempt_at is None
        assert timedelta(hours=24) <= clock.now() - begun < timedelta(hours=24, minutes=6)
        moment.advance(3600)
        assert at_once(sender.send_due()) == 0
        assert wallet.held == 990 * EURO
        # A person looks at it; sent again, it is paid once.
        change(tx, row.id, State.PENDING, parked_at=None, next_attempt_at=clock.now())
        wallet.mode = "ok"
        assert at_once(sender.send_due()) == 1
        assert wallet.held == 1015 * EURO
        assert at_once(sender.send_due()) == 0
        assert report_problem(tx) is None

    begun = clock.now()
    with clock.frozen(begun) as moment:
        in_one_transaction(store, work)
    assert waits[:11] == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]
    assert set(waits[11:]) == {300}
