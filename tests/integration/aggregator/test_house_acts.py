"""Rounds of several acts: resumed, repeated, given back when their seed is lost, on both databases;
and what a server does about seeds when it starts."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from lanhouse.aggregator.launch.schemas import GameSession
from lanhouse.aggregator.launch.tables import game_sessions
from lanhouse.aggregator.providers.house import fair
from lanhouse.aggregator.providers.house.commands import act, rotate_seed, spin
from lanhouse.aggregator.providers.house.commands.seeds import RoundOpen, opened_seed
from lanhouse.aggregator.providers.house.games.step import Action, ActionNotPossible
from lanhouse.aggregator.providers.house.queries import lost_seeds, sealed_otherwise
from lanhouse.aggregator.providers.house.schemas import ActCmd, Acted, RotateCmd, SpinCmd
from lanhouse.aggregator.providers.house.starting import ready_house
from lanhouse.aggregator.providers.house.tables import house_acts, house_rounds, house_seeds
from lanhouse.aggregator.rounds.queries.reports import report_problem
from lanhouse.aggregator.rounds.tables import game_transactions
from lanhouse.aggregator.wallet.commands import move_money
from lanhouse.aggregator.wallet.queries import player_balance_micros
from lanhouse.aggregator.wallet.schemas import DEPOSIT, Move
from lanhouse.db.store import Store
from lanhouse.kit.errors import Conflict
from lanhouse.kit.vault import LOCKED, Unreadable
from lanhouse.ledger.verify import verify_ledger
from tests.builders.agents import Operator, open_operator
from tests.builders.databases import by_hand
from tests.builders.rounds import EURO, NAME, sit_down
from tests.builders.secrets import OTHER_VAULT, VAULT
from tests.builders.seeds import send_seed

BLACKJACK = "house_00006"
START = 500 * EURO


@pytest.fixture
def operator(store: Store) -> Operator:
    return open_operator(store)


@pytest.fixture
def session(operator: Operator) -> GameSession:
    found = sit_down(operator)
    move = Move(
        agent=operator.agent, kind=DEPOSIT, username=NAME, currency="EUR", amount_micros=START
    )
    operator.store.run_sync(move_money, move)
    return found


def at(store: Store, session: GameSession, game_id: str) -> GameSession:
    """The session at another game of House."""

    def move(tx: Any, _: None) -> None:
        tx.run(sa.update(game_sessions).where(game_sessions.c.id == session.id)
               .values(game_id=game_id))  # fmt: skip

    store.run_sync(move, None)
    values = {name: getattr(session, name) for name in GameSession.__struct_fields__}
    return GameSession(**{**values, "game_id": game_id})


def balance(operator: Operator) -> int:
    return operator.store.read_sync(
        lambda read: player_balance_micros(read, operator.agent.id, NAME, "EUR")
    )


def play(store: Store, session: GameSession, key: str, name: str, **more: Any) -> Acted:
    cmd = ActCmd(session=session, vault=VAULT, client_key=key, action=Action(name=name, **more))
    return store.run_sync(act, cmd)


def open_hand(store: Store, session: GameSession) -> tuple[Acted, str]:
    """Deal until a hand can be hit; answers the deal and its key."""
    for number in range(40):
        key = f"deal-{number:04d}"
        dealt = play(store, session, key, "deal", bet_micros=10 * EURO)
        if "hit" in dealt.actions:
            return dealt, key
    raise AssertionError("forty naturals in a row")


def prove(store: Store) -> None:
    assert store.read_sync(verify_ledger, None).problem is None
    assert store.read_sync(report_problem) is None


def test_a_round_of_several_acts_goes_on_in_another_session_and_repeats_its_answers(
    store: Store, operator: Operator, session: GameSession
) -> None:
    table = at(store, session, BLACKJACK)
    dealt, first_key = open_hand(store, table)
    stood_at = balance(operator)
    with pytest.raises(RoundOpen):
        store.run_sync(rotate_seed, RotateCmd(session=table, vault=VAULT, client_seed="mine"))
    other = at(store, sit_down(operator, is_new=False), BLACKJACK)
    stood = play(store, other, "stand-0001", "stand")
    assert stood.round_id == dealt.round_id
    assert stood.actions == ()
    assert stood.nonce == dealt.nonce
    assert balance(operator) == stood_at + stood.win_micros
    # The same keys tell the same, and move nothing.
    again = play(store, other, "stand-0001", "stand")
    assert (again.state, again.bet_micros, again.win_micros) == (
        stood.state, stood.bet_micros, stood.win_micros,
    )  # fmt: skip
    first = play(store, other, first_key, "deal", bet_micros=10 * EURO)
    assert (first.state, first.actions) == (dealt.state, dealt.actions)
    with pytest.raises(Conflict):
        play(store, other, "stand-0001", "hit")
    assert balance(operator) == stood_at + stood.win_micros
    prove(store)


def test_every_number_of_a_round_comes_from_its_seed(
    store: Store, operator: Operator, session: GameSession
) -> None:
    """Also those of later acts: they read on in the same stream."""
    table = at(store, session, BLACKJACK)
    dealt, _ = open_hand(store, table)
    done = play(store, table, "stand-0001", "stand")
    row: Any = store.read_sync(
        lambda read: read.one(sa.select(house_rounds).where(house_rounds.c.state == "done")
                              .order_by(house_rounds.c.round_id.desc()).limit(1))
    )  # fmt: skip
    seed: Any = store.read_sync(
        lambda read: read.one(sa.select(house_seeds).where(house_seeds.c.id == row.seed_id))
    )
    stream = fair.FairStream(opened_seed(seed, VAULT), seed.client_seed, row.nonce)
    drawn = [stream.below(52) for _ in done.state["numbers"]]
    assert drawn == row.numbers == done.state["numbers"]
    assert drawn[: len(dealt.state["numbers"])] == dealt.state["numbers"]


def test_an_act_that_is_not_possible_does_nothing(
    store: Store, operator: Operator, session: GameSession
) -> None:
    table = at(store, session, BLACKJACK)
    with pytest.raises(ActionNotPossible):
        play(store, table, "hit-00001", "hit")
    open_hand(store, table)
    held = balance(operator)
    with pytest.raises(ActionNotPossible):
        play(store, table, "deal-9999", "deal", bet_micros=10 * EURO)
    assert balance(operator) == held
    assert len(store.read_sync(lambda read: read.all(house_acts.select()))) == 1


def test_without_the_secret_nothing_is_played_and_open_rounds_go_back(
    store: Store, operator: Operator, session: GameSession
) -> None:
    table = at(store, session, BLACKJACK)
    open_hand(store, table)
    kept = balance(operator)
    assert store.read_sync(sealed_otherwise, OTHER_VAULT.fingerprint) == 2
    told = ready_house(store, LOCKED)
    assert told.startswith("2 server seeds of House")
    assert "1 open rounds were rolled back" in told
    assert balance(operator) == kept + 10 * EURO
    seeds = store.read_sync(lambda read: read.all(house_seeds.select()))
    assert sorted(store.read_sync(lost_seeds)) == sorted(row.commitment for row in seeds)
    cmd = SpinCmd(session=session, vault=LOCKED, client_key="key-00001", bet_micros=EURO)
    slot = at(store, session, "house_00001")
    with pytest.raises(Unreadable):
        store.run_sync(spin, cmd)
    assert ready_house(store, LOCKED) == ""
    # With a secret again, the player gets new seeds; the lost ones stay lost.
    send_seed(store, slot, OTHER_VAULT)
    fresh = SpinCmd(session=slot, vault=OTHER_VAULT, client_key="key-00002", bet_micros=EURO)
    assert store.run_sync(spin, fresh).nonce == 1
    assert len(store.read_sync(lost_seeds)) == 2
    states = store.read_sync(lambda read: read.all(sa.select(house_rounds.c.state)))
    assert [row.state for row in states].count("void") == 1
    records = store.read_sync(lambda read: read.all(game_transactions.select()))
    assert [row.tx_type for row in records].count(3) == 1
    prove(store)


def test_seeds_of_an_older_version_are_sealed_at_the_start(
    store: Store, session: GameSession
) -> None:
    cmd = SpinCmd(session=session, vault=VAULT, client_key="key-00001", bet_micros=EURO)
    store.run_sync(spin, cmd)
    rows = store.read_sync(lambda read: read.all(house_seeds.select()))
    texts = {row.id: opened_seed(row, VAULT) for row in rows}
    for row_id, text in texts.items():
        by_hand(
            store,
            f"UPDATE house_seeds SET sealed = NULL, sealed_under = '', server_seed = '{text}'"
            f" WHERE id = {row_id}",
        )
    assert ready_house(store, LOCKED) == ""  # they are still readable, and not lost
    assert ready_house(store, VAULT) == ""
    rows = store.read_sync(lambda read: read.all(house_seeds.select()))
    assert {row.server_seed for row in rows} == {""}
    assert {row.id: opened_seed(row, VAULT) for row in rows} == texts
