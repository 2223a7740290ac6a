"""Two tabs of one player at once, on both databases: one press is one act, and money adds up."""

from __future__ import annotations

from typing import Any

import pytest

from lanhouse.aggregator.launch.schemas import GameSession
from lanhouse.aggregator.providers.house.commands import act, rotate_seed
from lanhouse.aggregator.providers.house.commands.seeds import ClientSeedRequired, RoundOpen
from lanhouse.aggregator.providers.house.games.step import Action, ActionNotPossible, FieldBet
from lanhouse.aggregator.providers.house.schemas import ActCmd, Acted, RotateCmd
from lanhouse.aggregator.providers.house.tables import house_acts, house_rounds, house_seeds
from lanhouse.aggregator.rounds.tables import game_transactions
from lanhouse.aggregator.wallet.commands import move_money
from lanhouse.aggregator.wallet.schemas import DEPOSIT
from lanhouse.db.store import Store
from lanhouse.kit.errors import AppError, Conflict
from tests.builders.agents import Operator, open_operator
from tests.builders.rounds import EURO, sit_down
from tests.builders.secrets import VAULT
from tests.integration.aggregator.test_house_acts import BLACKJACK, at, open_hand, play, prove
from tests.integration.aggregator.test_money_races import a_move, balance, rows, together

ROULETTE = "house_00004"
RED = Action(name="spin", bets=(FieldBet("red", EURO),))


@pytest.fixture
def operator(store: Store) -> Operator:
    return open_operator(store)


@pytest.fixture
def session(operator: Operator) -> GameSession:
    found = sit_down(operator)
    operator.store.run_sync(move_money, a_move(operator, DEPOSIT, 500))
    return found


def an_act(session: GameSession, key: str, action: Action) -> tuple[Any, ActCmd]:
    return act, ActCmd(session=session, vault=VAULT, client_key=key, action=action)


def done_of(found: list[Any]) -> list[Acted]:
    return [each for each in found if isinstance(each, Acted)]


def test_the_same_press_of_many_tabs_is_one_round(operator: Operator, session: GameSession) -> None:
    store = operator.store
    table = at(store, session, ROULETTE)
    other = at(store, sit_down(operator, is_new=False), ROULETTE)
    work = [an_act((table, other)[number % 2], "press-0001", RED) for number in range(12)]
    found = together(store, *work)
    assert len(done_of(found)) == 12, found
    assert len({each.round_code for each in done_of(found)}) == 1
    assert len({each.balance_micros for each in done_of(found)}) == 1
    assert len(rows(store, house_rounds)) == 1
    assert len(rows(store, game_transactions)) == 2
    prove(store)


def test_one_key_for_two_different_presses_plays_one_of_them(
    operator: Operator, session: GameSession
) -> None:
    store = operator.store
    table = at(store, session, ROULETTE)
    black = Action(name="spin", bets=(FieldBet("black", EURO),))
    work = [an_act(table, "press-0001", (RED, black)[number % 2]) for number in range(8)]
    found = together(store, *work)
    assert len(done_of(found)) == 4
    assert sum(isinstance(each, Conflict) for each in found) == 4
    assert len(rows(store, house_rounds)) == 1
    prove(store)


def test_two_deals_at_once_open_one_hand(operator: Operator, session: GameSession) -> None:
    store = operator.store
    table = at(store, session, BLACKJACK)
    deal = Action(name="deal", bet_micros=10 * EURO)
    work = [an_act(table, f"deal-{number:04d}", deal) for number in range(10)]
    found = together(store, *work)
    refused = [each for each in found if isinstance(each, AppError)]
    assert all(isinstance(each, ActionNotPossible) for each in refused), refused
    kept = rows(store, house_rounds)
    assert len(kept) == len(done_of(found)) == 10 - len(refused)
    assert sum(row.state == "open" for row in kept) <= 1
    paid = sum(row.win_micros or 0 for row in kept)
    assert balance(operator) == 500 * EURO - len(kept) * 10 * EURO + paid
    prove(store)


def test_a_hand_is_stood_once_whoever_is_first(operator: Operator, session: GameSession) -> None:
    store = operator.store
    table = at(store, session, BLACKJACK)
    other = at(store, sit_down(operator, is_new=False), BLACKJACK)
    dealt, _ = open_hand(store, table)
    work: list[tuple[Any, Any]] = []
    for number in range(10):
        at_table = (table, other)[number % 2]
        work.append(an_act(at_table, f"stand-{number:04d}", Action(name="stand")))
        seed = RotateCmd(session=at_table, vault=VAULT, client_seed=f"seed {number}")
        work.append((rotate_seed, seed))
    found = together(store, *work)
    stood, seeds = found[::2], found[1::2]
    assert len(done_of(stood)) == 1
    assert sum(isinstance(each, ActionNotPossible) for each in stood) == 9
    # Seeds change before it never, after it as often as they were played with.
    assert all(not isinstance(each, AppError) or isinstance(each, RoundOpen) for each in seeds)
    acts = [row for row in rows(store, house_acts) if row.round_id == dealt.round_id]
    assert [row.action for row in sorted(acts, key=lambda row: row.number)] == ["deal", "stand"]
    prove(store)


def test_money_for_one_double_is_spent_once(operator: Operator, session: GameSession) -> None:
    """Two games at once, and a balance that covers one of them."""
    store = operator.store
    wheel = at(store, session, "house_00008")
    table = at(store, sit_down(operator, is_new=False), ROULETTE)
    big = 300 * EURO
    found = together(
        store,
        an_act(wheel, "wheel-0001", Action(name="spin", bet_micros=big)),
        an_act(table, "table-0001", Action(name="spin", bets=(FieldBet("red", big),))),
    )
    done = done_of(found)
    assert done
    won = sum(each.win_micros for each in done)
    assert balance(operator) == 500 * EURO - len(done) * big + won
    assert balance(operator) >= 0
    prove(store)


def test_the_first_client_seeds_of_two_tabs(store: Store, operator: Operator) -> None:
    session = sit_down(operator)
    for row in rows(store, house_seeds):
        assert row.last_nonce == 0
    work = [
        (rotate_seed, RotateCmd(session=session, vault=VAULT, client_seed=f"tab {number}"))
        for number in range(6)
    ]
    found = together(store, *work)
    assert not [each for each in found if isinstance(each, AppError)]
    kept = sorted(rows(store, house_seeds), key=lambda row: row.id)
    assert [row.state for row in kept] == ["active", "next"]
    assert kept[0].client_seed in {f"tab {number}" for number in range(6)}


def test_nothing_is_drawn_without_a_client_seed(store: Store, operator: Operator) -> None:
    session = sit_down(operator)
    store.run_sync(move_money, a_move(operator, DEPOSIT, 10))

    def forget(tx: Any, _: None) -> None:
        tx.run(house_seeds.update().values(client_seed=""))

    store.run_sync(forget, None)
    table = at(store, session, ROULETTE)
    with pytest.raises(ClientSeedRequired):
        play(store, table, "press-0001", "spin", bets=RED.bets)
    assert {row.last_nonce for row in rows(store, house_seeds)} == {0}
    assert rows(store, house_rounds) == []
    assert balance(operator) == 10 * EURO
