"""verify-ledger names what was changed by hand in what games leave: records, rounds, outcomes,
movements of wallets; altered, added or removed."""

from __future__ import annotations

from typing import Any

import pytest

from lanhouse.aggregator.rounds.commands import begin
from lanhouse.aggregator.rounds.queries.reports import report_problem
from lanhouse.aggregator.rounds.schemas import TxType
from lanhouse.aggregator.wallet.commands import move_money
from lanhouse.aggregator.wallet.schemas import DEPOSIT, Move
from lanhouse.db.store import Store
from lanhouse.ledger.sealing import seal_new_digests
from lanhouse.ledger.verify import verify_ledger
from tests.builders.agents import open_operator
from tests.builders.databases import by_hand
from tests.builders.rounds import EURO, NAME, an_ask, sit_down
from tests.builders.secrets import VAULT
from tests.builders.spins import SpinCmd, spin


@pytest.fixture
def played(store: Store) -> Store:
    """Three spins of Night Shift, and a round at another table that is rolled back."""
    operator = open_operator(store)
    session = sit_down(operator)
    move = Move(
        agent=operator.agent, kind=DEPOSIT, username=NAME, currency="EUR", amount_micros=50 * EURO
    )
    store.run_sync(move_money, move)
    for number in range(3):
        cmd = SpinCmd(session=session, vault=VAULT, client_key=f"key-{number:05d}", bet_micros=EURO)
        store.run_sync(spin, cmd)
    store.run_sync(begin, an_ask(session, TxType.BET, "b1", 5))
    back = an_ask(session, TxType.ROLLBACK, "r1", reverses_tx_id="b1", closes_round=True)
    store.run_sync(begin, back)
    assert problem(store) is None
    return store


def problem(store: Store) -> str | None:
    while store.run_sync(seal_new_digests, None):
        pass
    return store.read_sync(verify_ledger, None).problem


CHANGES = {
    "a record's amount": (
        "UPDATE game_transactions SET settle_amount = '-9' WHERE id = 1", "game_transactions 1",
    ),
    "a record's terms": (
        "UPDATE game_transactions SET share = '0.9' WHERE id = 2", "game_transactions 2",
    ),
    "a state": (
        "UPDATE game_transactions SET state = 'committed' WHERE provider_tx_id = 'b1'",
        "game_transactions 7",
    ),
    "the time of a next try": (
        "UPDATE game_transactions SET attempts = 3 WHERE id = 8", "game_transactions 8",
    ),
    "a removed record": ("DELETE FROM game_transactions WHERE id = 4", "game_transactions 4"),
    "a round's stake": ("UPDATE game_rounds SET bet_micros = 1 WHERE id = 1", "game_rounds 1"),
    "a round that is open again": (
        "UPDATE game_rounds SET closed_at = NULL WHERE id = 2", "game_rounds 2",
    ),
    "an outcome": (
        "UPDATE house_rounds SET numbers = '[0,0,0,0,0]' WHERE round_id = 3", "house_rounds 3",
    ),
    "a nonce": ("UPDATE house_rounds SET nonce = 77 WHERE round_id = 1", "house_rounds 1"),
    "a removed outcome": ("DELETE FROM house_rounds WHERE round_id = 2", "house_rounds 2"),
    "a movement of a wallet": (
        "UPDATE wallet_moves SET amount_micros = 1", "wallet_moves 1/",
    ),
    "a removed movement": ("DELETE FROM wallet_moves", "wallet_moves 1/"),
}  # fmt: skip


@pytest.mark.parametrize("change", sorted(CHANGES))
def test_what_was_changed_by_hand_is_named(played: Store, change: str) -> None:
    statement, named = CHANGES[change]
    by_hand(played, statement)
    found = problem(played)
    assert found is not None
    assert found.startswith(named), found


def test_a_record_added_by_hand_is_named(played: Store) -> None:
    by_hand(
        played,
        "INSERT INTO game_rounds (agent_id, player_id, session_id, code, provider_id, game_id,"
        " provider_tx_id, currency, bet_micros, opened_at) SELECT agent_id, player_id, session_id,"
        " 'x', provider_id, game_id, 'x', currency, 0, opened_at FROM game_rounds WHERE id = 1",
    )
    found = problem(played)
    assert found == "game_rounds 5: was added, it has no digest"


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("UPDATE report_hours SET turnover_units = 7", "keeps turnover 7"),
        ("UPDATE report_hours SET rounds = 1", "keeps 1 rounds, the records give 3"),
        ("DELETE FROM report_hours", "is missing"),
    ],
)
def test_a_kept_sum_changed_by_hand_is_named(played: Store, statement: str, told: str) -> None:
    assert played.read_sync(report_problem) is None
    by_hand(played, statement)
    found: Any = played.read_sync(report_problem)
    assert told in found, found
