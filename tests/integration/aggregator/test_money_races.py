"""Money of players under concurrency, on both databases: nothing twice, lost or below zero."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine
from typing import Any

import msgspec
import pytest
import sqlalchemy as sa

from lanhouse.aggregator.errors import (
    AgentInsufficientBalance,
    PlayerInsufficientBalance,
    RoundClosed,
    UsernameUnavailable,
)
from lanhouse.aggregator.launch.commands import begin_session, launch_game
from lanhouse.aggregator.launch.queries import session_by_secret
from lanhouse.aggregator.launch.schemas import GameSession, Launch
from lanhouse.aggregator.players.commands import create_player
from lanhouse.aggregator.players.schemas import NewPlayer
from lanhouse.aggregator.providers.house.commands import rotate_seed
from lanhouse.aggregator.providers.house.schemas import RotateCmd
from lanhouse.aggregator.providers.house.tables import house_rounds, house_seeds
from lanhouse.aggregator.providers.port import Ask
from lanhouse.aggregator.rounds.commands import begin
from lanhouse.aggregator.rounds.schemas import TxType
from lanhouse.aggregator.rounds.tables import game_rounds, game_transactions
from lanhouse.aggregator.wallet.commands import move_money
from lanhouse.aggregator.wallet.queries import player_balance_micros
from lanhouse.aggregator.wallet.schemas import DEPOSIT, WITHDRAW, Move
from lanhouse.aggregator.wallet.tables import player_wallets, wallet_moves
from lanhouse.db.store import ALONE, Store
from lanhouse.kit import ids
from lanhouse.kit.errors import AppError, Conflict
from lanhouse.ledger import book_of_agent
from lanhouse.ledger.answers import Keyed, hash_input, run_once
from lanhouse.ledger.verify import verify_ledger
from tests.builders.agents import FUNDS_MICROS, Operator, open_operator
from tests.builders.secrets import VAULT
from tests.builders.seeds import send_seed
from tests.builders.spins import SpinCmd, spin

EURO = 1_000_000
NAME = "player0001"


@pytest.fixture
def operator(store: Store) -> Operator:
    opened = open_operator(store)
    store.run_sync(create_player, NewPlayer(opened.agent, NAME))
    return opened


def a_move(operator: Operator, kind: str, euros: int, key: str | None = None) -> Move:
    return Move(
        agent=operator.agent,
        kind=kind,
        username=NAME,
        currency="EUR",
        amount_micros=euros * EURO,
        client_tx_id=key,
    )


def a_session(operator: Operator) -> GameSession:
    launched = operator.store.run_sync(
        launch_game,
        Launch(
            agent=operator.agent,
            username=NAME,
            game_id="house_00001",
            currency="EUR",
            language="en",
            is_mobile=False,
            player_address="203.0.113.7",
            lobby_url=None,
            cashier_url=None,
        ),
    )
    started = operator.store.run_sync(begin_session, launched.token)
    secret_hash = ids.secret_hash(started.secret)
    session = operator.store.read_sync(session_by_secret, started.code, secret_hash)
    send_seed(operator.store, session)
    return session


def an_ask(session: GameSession, tx_type: TxType, tx_id: str, micros: int = 0, **more: Any) -> Ask:
    return Ask(
        session_id=session.id,
        tx_type=tx_type,
        provider_tx_id=tx_id,
        round_code=more.pop("round_code", "round-1"),
        amount_micros=micros,
        **more,
    )


def balance(operator: Operator) -> int:
    return operator.store.read_sync(
        lambda read: player_balance_micros(read, operator.agent.id, NAME, "EUR")
    )


def together(store: Store, *work: tuple[Callable[..., Any], Any]) -> list[Any]:
    """Run all commands at once; answers results and refusals in order."""

    async def one(command: Any, arg: Any) -> Any:
        try:
            return await store.write(command, arg)
        except AppError as refusal:
            return refusal

    async def run() -> list[Any]:
        store.start()
        try:
            tasks: list[Coroutine[Any, Any, Any]] = [one(*each) for each in work]
            return await asyncio.gather(*tasks)
        finally:
            await store.stop()

    return asyncio.run(run())


def rows(store: Store, table: sa.Table) -> list[Any]:
    return store.read_sync(lambda read: read.all(table.select().order_by(sa.text("1"))))


def check_books(operator: Operator) -> None:
    report = operator.store.read_sync(verify_ledger, None)
    assert report.problem is None, report.problem


def keyed(operator: Operator, move: Move) -> tuple[Any, Keyed]:
    book = book_of_agent(operator.agent.id)
    shape = msgspec.json.encode
    text = hash_input([move.kind, move.amount_micros])
    return run_once, Keyed(book, f"POST /x:{move.client_tx_id}", text, move_money, move, shape)


def test_one_key_many_times_at_once_is_one_deposit(operator: Operator) -> None:
    move = a_move(operator, DEPOSIT, 10, "a-1")
    answers = together(operator.store, *[keyed(operator, move)] * 12)
    assert len(set(answers)) == 1
    assert balance(operator) == 10 * EURO
    assert len(rows(operator.store, wallet_moves)) == 1
    check_books(operator)


def test_one_key_with_two_inputs_at_once_has_one_effect(operator: Operator) -> None:
    ten, twenty = a_move(operator, DEPOSIT, 10, "a-1"), a_move(operator, DEPOSIT, 20, "a-1")
    work = [keyed(operator, move) for move in (ten, twenty) * 5]
    answers = together(operator.store, *work)
    refused = [answer for answer in answers if isinstance(answer, Conflict)]
    assert len(refused) == 5
    assert len({answer for answer in answers if isinstance(answer, bytes)}) == 1
    assert balance(operator) in (10 * EURO, 20 * EURO)
    assert len(rows(operator.store, wallet_moves)) == 1


def test_a_client_id_is_never_used_for_two_movements(operator: Operator) -> None:
    operator.store.run_sync(move_money, a_move(operator, DEPOSIT, 10, "a-1"))
    with pytest.raises(Conflict):
        operator.store.run_sync(move_money, a_move(operator, WITHDRAW, 10, "a-1"))
    assert balance(operator) == 10 * EURO


def test_withdrawals_at_once_never_take_more_than_there_is(operator: Operator) -> None:
    operator.store.run_sync(move_money, a_move(operator, DEPOSIT, 10))
    work = [(move_money, a_move(operator, WITHDRAW, 3))] * 8
    done = together(operator.store, *work)
    kinds = Counter(type(each) for each in done)
    assert kinds[PlayerInsufficientBalance] == 5
    assert balance(operator) == EURO
    check_books(operator)


def test_deposits_at_once_never_overdraw_the_agent(operator: Operator) -> None:
    third = FUNDS_MICROS // EURO // 3 + 1
    done = together(operator.store, *[(move_money, a_move(operator, DEPOSIT, third))] * 6)
    assert Counter(type(each) for each in done)[AgentInsufficientBalance] == 4
    assert balance(operator) == 2 * third * EURO
    check_books(operator)


def test_spins_during_withdrawals_keep_the_books_clean(operator: Operator) -> None:
    operator.store.run_sync(move_money, a_move(operator, DEPOSIT, 6))
    session = a_session(operator)
    work: list[tuple[Any, Any]] = []
    for number in range(10):
        cmd = SpinCmd(
            session=session, vault=VAULT, client_key=f"spin-{number:04d}", bet_micros=EURO
        )
        work += [(spin, cmd), (move_money, a_move(operator, WITHDRAW, 1))]
    done = together(operator.store, *work)
    refused = [each for each in done if isinstance(each, AppError)]
    assert all(isinstance(each, PlayerInsufficientBalance) for each in refused)
    spins = [each for each in done[::2] if not isinstance(each, AppError)]
    withdrawn = sum(not isinstance(each, AppError) for each in done[1::2])
    moved = sum(each.win_micros - each.bet_micros for each in spins)
    assert balance(operator) == (6 - withdrawn) * EURO + moved
    assert balance(operator) >= 0
    assert len(rows(operator.store, game_rounds)) == len(spins)
    check_books(operator)


def test_one_press_many_times_at_once_is_one_round(operator: Operator) -> None:
    operator.store.run_sync(move_money, a_move(operator, DEPOSIT, 100))
    session = a_session(operator)
    cmd = SpinCmd(session=session, vault=VAULT, client_key="press-0001", bet_micros=EURO)
    done = together(operator.store, *[(spin, cmd)] * 10)
    assert len({each.round_code for each in done}) == 1
    assert len(rows(operator.store, house_rounds)) == 1
    assert len(rows(operator.store, game_transactions)) == 2
    assert balance(operator) == 100 * EURO - EURO + done[0].win_micros
    check_books(operator)


def test_a_nonce_is_never_used_twice_while_seeds_change(operator: Operator) -> None:
    operator.store.run_sync(move_money, a_move(operator, DEPOSIT, 1000))
    sessions = [a_session(operator), a_session(operator)]
    work: list[tuple[Any, Any]] = []
    for number in range(20):
        session = sessions[number % 2]
        cmd = SpinCmd(
            session=session, vault=VAULT, client_key=f"spin-{number:04d}", bet_micros=EURO
        )
        work.append((spin, cmd))
        if number % 5 == 0:
            work.append(
                (rotate_seed, RotateCmd(session=session, vault=VAULT, client_seed=f"seed {number}"))
            )
    done = together(operator.store, *work)
    assert not [each for each in done if isinstance(each, AppError)]
    spins = rows(operator.store, house_rounds)
    assert len(spins) == 20
    assert len({(row.seed_id, row.nonce) for row in spins}) == 20
    # A seed that nobody has played with yet is not revealed by the next client seed.
    states = Counter(row.state for row in rows(operator.store, house_seeds))
    assert (states["active"], states["next"]) == (1, 1)
    assert 0 < states["revealed"] <= 4
    played = {row.seed_id for row in spins}
    assert states["revealed"] >= len(played) - 1
    check_books(operator)


def test_a_round_closes_once(operator: Operator) -> None:
    operator.store.run_sync(move_money, a_move(operator, DEPOSIT, 10))
    session = a_session(operator)
    bet = an_ask(session, TxType.BET, "p-1", EURO)
    operator.store.run_sync(begin, bet)
    wins = [
        an_ask(session, TxType.SETTLE, f"p-{number}", 5 * EURO, closes_round=True)
        for number in range(6)
    ]
    done = together(operator.store, *[(begin, win) for win in wins])
    assert sum(isinstance(each, RoundClosed) for each in done) == 5
    assert balance(operator) == 14 * EURO
    assert len(rows(operator.store, game_transactions)) == 2
    check_books(operator)


def test_a_name_is_given_once(operator: Operator) -> None:
    work = (create_player, NewPlayer(operator.agent, "second1"))
    done = together(operator.store, *[work] * 6)
    assert sum(isinstance(each, UsernameUnavailable) for each in done) == 5


def test_a_launch_address_is_exchanged_once(operator: Operator) -> None:
    launched = operator.store.run_sync(
        launch_game,
        Launch(
            agent=operator.agent, username=NAME, game_id="house_00001", currency="EUR",
            language="en", is_mobile=False, player_address="::1", lobby_url=None, cashier_url=None,
        ),
    )  # fmt: skip
    done = together(operator.store, *[(begin_session, launched.token)] * 6)
    assert sum(isinstance(each, AppError) for each in done) == 5


def test_many_movements_at_once_are_each_answered_for_themselves(operator: Operator) -> None:
    """On PostgreSQL these share a transaction; a refused one does not touch the others."""
    operator.store.run_sync(create_player, NewPlayer(operator.agent, "second1"))
    operator.store.run_sync(move_money, a_move(operator, DEPOSIT, 10, "first"))
    other = msgspec.structs.replace(a_move(operator, DEPOSIT, 4), username="second1")
    nobody = msgspec.structs.replace(other, username="nobody1")
    dollars = msgspec.structs.replace(other, currency="USD")
    work = [
        a_move(operator, DEPOSIT, 1, "a"),
        a_move(operator, WITHDRAW, 500, "b"),
        nobody,
        other,
        dollars,
        a_move(operator, WITHDRAW, 2, "first"),
        a_move(operator, WITHDRAW, 3, "d"),
    ]
    done = together(operator.store, *[(move_money, move) for move in work])
    assert [type(each).__name__ for each in done] == [
        "Moved",
        "PlayerInsufficientBalance",
        "PlayerNotFound",
        "Moved",
        "CurrencyNotSupported",
        "Conflict",
        "Moved",
    ]
    assert balance(operator) == 8 * EURO
    assert len({each.tx_id for each in done if not isinstance(each, AppError)}) == 3
    assert len(rows(operator.store, wallet_moves)) == 4
    check_books(operator)


def test_first_deposits_open_their_wallets_inside_the_batch(operator: Operator) -> None:
    """A thousand new players must not queue for the agent's wallet one by one."""
    for name in ("new1", "new2", "new3"):
        operator.store.run_sync(create_player, NewPlayer(operator.agent, name))
    moves = [
        msgspec.structs.replace(a_move(operator, kind, amount), username=name)
        for kind, amount, name in (
            (DEPOSIT, 5, "new2"),
            (DEPOSIT, 2, "new1"),
            (DEPOSIT, 1, "new2"),
            (WITHDRAW, 1, "new3"),
        )
    ]
    done = operator.store.run_sync(move_money.batch.run, moves)  # type: ignore[attr-defined]
    assert [each.player_after_micros for each in done[:3]] == [5 * EURO, 2 * EURO, 6 * EURO]
    assert done[3] is ALONE
    assert len(rows(operator.store, player_wallets)) == 2
    check_books(operator)


def test_a_refused_first_deposit_moves_nothing_in_a_batch(operator: Operator) -> None:
    """Its wallet may be open now, at zero; the others of the batch are not touched by it."""
    operator.store.run_sync(create_player, NewPlayer(operator.agent, "new1"))
    too_much = a_move(operator, DEPOSIT, FUNDS_MICROS // EURO + 1)
    one_euro = msgspec.structs.replace(a_move(operator, DEPOSIT, 1), username="new1")
    moves = [too_much, one_euro, too_much, one_euro]
    done = operator.store.run_sync(move_money.batch.run, moves)  # type: ignore[attr-defined]
    assert [type(done[0]), type(done[2])] == [AgentInsufficientBalance] * 2
    assert [done[1].player_after_micros, done[3].player_after_micros] == [EURO, 2 * EURO]
    assert balance(operator) == 0
    assert len(rows(operator.store, wallet_moves)) == 2
    check_books(operator)
    assert operator.store.run_sync(
        move_money, a_move(operator, DEPOSIT, 3)
    ).player_after_micros == (3 * EURO)
