"""Play tokens and the least time between rounds, asked for many times at once."""

from __future__ import annotations

from collections import Counter
from typing import Any

import sqlalchemy as sa

from lanhouse.aggregator.errors import RoundTooSoon
from lanhouse.aggregator.launch.schemas import Launched
from lanhouse.aggregator.players.tables import players
from lanhouse.aggregator.protection.commands import set_profile
from lanhouse.aggregator.protection.commands.play import launch_play
from lanhouse.aggregator.protection.schemas import PlayLaunch, Profile, SetProfile
from lanhouse.aggregator.protection.tables import play_agents
from lanhouse.aggregator.rounds.tables import game_rounds
from lanhouse.aggregator.wallet.commands import move_money
from lanhouse.aggregator.wallet.queries import player_balance_micros
from lanhouse.aggregator.wallet.schemas import DEPOSIT
from lanhouse.aggregator.wallet.tables import wallet_moves
from lanhouse.db.store import Store
from lanhouse.kit import clock
from lanhouse.kit.money import MICROS
from lanhouse.ledger.verify import verify_ledger
from tests.builders.agents import open_operator
from tests.builders.rounds import EURO, sit_down
from tests.builders.secrets import VAULT
from tests.builders.spins import SpinCmd, spin
from tests.integration.aggregator.test_limits import a_move
from tests.integration.aggregator.test_money_races import together


def a_launch(day: str = "2026-03-04", member_id: int = 5) -> PlayLaunch:
    return PlayLaunch(
        center_id=7777,
        member_id=member_id,
        day=day,
        language="en",
        address="192.0.2.7",
        back_url="http://testserver/portal/hall7777/play",
    )


def rows(store: Store, table: sa.Table) -> list[Any]:
    return store.read_sync(lambda read: read.all(sa.select(table)))


def test_a_day_is_granted_once_however_often_it_is_asked_for(store: Store) -> None:
    done = together(store, *[(launch_play, a_launch())] * 16)
    assert {type(each) for each in done} == {Launched}
    assert len({each.token for each in done}) == 16
    (made,) = rows(store, play_agents)
    assert len(rows(store, players)) == 1
    assert [row.amount_micros for row in rows(store, wallet_moves)] == [1_000 * MICROS]
    together_again = [(launch_play, a_launch("2026-03-05"))] * 8
    assert {type(each) for each in together(store, *together_again)} == {Launched}
    held = store.read_sync(player_balance_micros, made.agent_id, "member5", "PLAY")
    assert held == 2_000 * MICROS
    assert store.read_sync(verify_ledger, None).problem is None


def test_two_members_at_once_are_two_players(store: Store) -> None:
    work = [(launch_play, a_launch(member_id=number % 4 + 1)) for number in range(16)]
    assert {type(each) for each in together(store, *work)} == {Launched}
    assert len(rows(store, play_agents)) == 1
    assert len(rows(store, players)) == 4
    assert len(rows(store, wallet_moves)) == 4


def test_of_rounds_at_once_one_is_played(store: Store, freeze: clock.frozen) -> None:
    operator = open_operator(store, currencies={"EUR": "1"})
    rules = Profile(round_millis=5_000)
    store.run_sync(set_profile, SetProfile(agent_id=operator.agent.id, country="", profile=rules))
    sessions = [sit_down(operator), sit_down(operator, is_new=False)]
    store.run_sync(move_money, a_move(operator, DEPOSIT, 100))

    def spins(first: int) -> Counter[type]:
        work = [
            (
                spin,
                SpinCmd(
                    session=sessions[number % 2],
                    vault=VAULT,
                    client_key=f"press-{number:04d}",
                    bet_micros=EURO,
                ),
            )
            for number in range(first, first + 8)
        ]
        return Counter(type(each) for each in together(store, *work))

    assert spins(0)[RoundTooSoon] == 7
    freeze.advance(4)
    assert spins(10)[RoundTooSoon] == 8
    freeze.advance(1)
    assert spins(20)[RoundTooSoon] == 7
    assert len(rows(store, game_rounds)) == 2
