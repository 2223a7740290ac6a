"""How many statements a spin takes: session, player, agent and both accounts are read once."""

from __future__ import annotations

from typing import Any

import pytest

from lanhouse.aggregator.agents.queries import agent_by_id
from lanhouse.aggregator.launch.schemas import GameSession
from lanhouse.aggregator.players.commands import create_player
from lanhouse.aggregator.players.schemas import NewPlayer
from lanhouse.aggregator.protection.commands import set_player_limits
from lanhouse.aggregator.protection.schemas import SetLimits, Wanted
from lanhouse.aggregator.wallet.commands import move_money
from lanhouse.aggregator.wallet.schemas import DEPOSIT
from lanhouse.db.store import Store, Tx
from tests.builders.agents import open_operator
from tests.builders.secrets import VAULT
from tests.builders.spins import Played, SpinCmd, play
from tests.integration.aggregator.test_money_races import EURO, NAME, a_move, a_session

LOST = 14
WON = 19
LIMITED_MORE = {False: 4, True: 5}
"""Of a player with limits: his guard, his limits, one look at the sums, and one row of them for the
stake and for what was won."""
SPINS_MAX = 500


def _session(store: Store) -> GameSession:
    operator = open_operator(store)
    store.run_sync(create_player, NewPlayer(operator.agent, NAME))
    store.run_sync(move_money, a_move(operator, DEPOSIT, 1_000))
    return a_session(operator)


@pytest.mark.parametrize("is_limited", [False, True])
def test_a_spin_takes_few_statements_lost_or_won(sqlite_store: Store, is_limited: bool) -> None:
    session = _session(sqlite_store)
    if is_limited:
        _limit(sqlite_store, session)
    executed: list[str] = []

    def traced(tx: Tx, cmd: SpinCmd) -> Played:
        raw: Any = tx._connection.connection.dbapi_connection
        raw.set_trace_callback(executed.append)
        try:
            played = play(tx, cmd)
            tx.settle()
        finally:
            raw.set_trace_callback(None)
        return played

    found: dict[bool, set[int]] = {False: set(), True: set()}
    for number in range(SPINS_MAX):
        executed.clear()
        cmd = SpinCmd(
            session=session, vault=VAULT, client_key=f"spin-{number:04d}", bet_micros=EURO
        )
        played = sqlite_store.run_sync(traced, cmd)
        if number:  # the first one draws the seeds and opens the provider's account
            found[played.spin.win_micros > 0].add(len(_sent(executed)))
        if all(found.values()):
            break
    more = LIMITED_MORE if is_limited else {False: 0, True: 0}
    assert found == {False: {LOST + more[False]}, True: {WON + more[True]}}


def _limit(store: Store, session: GameSession) -> None:
    agent = store.read_sync(agent_by_id, session.agent_id)
    assert agent is not None
    limits = tuple(
        Wanted(kind=kind, period=period, currency="EUR", most=10_000 * EURO)
        for kind in ("loss", "wager")
        for period in ("day", "week", "month")
    )
    store.run_sync(set_player_limits, SetLimits(agent=agent, username=NAME, limits=limits))


def _sent(executed: list[str]) -> list[str]:
    """One statement for many rows is traced once for each row, but is prepared and sent once."""
    return [
        line
        for place, line in enumerate(executed)
        if not place or line.split("VALUES")[0] != executed[place - 1].split("VALUES")[0]
        or not line.startswith(("INSERT INTO ledger_entries", "INSERT INTO row_digests"))
    ]  # fmt: skip


def test_a_spin_tells_the_balance_and_the_net_that_are_kept(store: Store) -> None:
    session = _session(store)
    for number in range(12):
        cmd = SpinCmd(
            session=session, vault=VAULT, client_key=f"spin-{number:04d}", bet_micros=EURO
        )
        fresh = store.run_sync(play, cmd)
        # The same press again looks everything up.
        assert store.run_sync(play, cmd) == fresh
