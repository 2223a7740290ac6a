"""Exclusion and session time on both databases: who may not begin, and that money can leave."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from lanhouse.aggregator.errors import PlayerLimitReached, PlayerSelfExcluded
from lanhouse.aggregator.launch.schemas import GameSession
from lanhouse.aggregator.launch.tables import game_sessions
from lanhouse.aggregator.protection.commands import exclude_player
from lanhouse.aggregator.protection.schemas import Exclude
from lanhouse.aggregator.rounds.commands import begin
from lanhouse.aggregator.rounds.schemas import TxType
from lanhouse.aggregator.wallet.commands import move_money
from lanhouse.aggregator.wallet.schemas import DEPOSIT, WITHDRAW
from lanhouse.db.store import Store, Tx
from lanhouse.kit import clock
from lanhouse.kit.errors import InvalidInput
from tests.builders.agents import Operator
from tests.builders.rounds import EURO, NAME, an_ask, sit_down
from tests.integration.aggregator.test_limits import (
    DAY_SECONDS,
    a_move,
    limit,
    refused,
    set_limits,
)
from tests.integration.aggregator.test_money_races import together
from tests.integration.aggregator.test_round_races import at_a_table

BET, SETTLE = TxType.BET, TxType.SETTLE


class TestExclusion:
    def test_no_deposit_launch_or_bet_but_rounds_end_and_money_leaves(
        self, store: Store, freeze: clock.frozen
    ) -> None:
        operator, session = at_a_table(store, "transfer")
        store.run_sync(begin, an_ask(session, BET, "r1", 5, round_code="r1"))
        _exclude(operator, timedelta(days=2))
        for work in (
            lambda: store.run_sync(begin, an_ask(session, BET, "r2", 1, round_code="r2")),
            lambda: store.run_sync(begin, an_ask(session, BET, "r3", 1, round_code="r1")),
            lambda: store.run_sync(move_money, a_move(operator, DEPOSIT, 1)),
            lambda: sit_down(operator, is_new=False),
        ):
            with pytest.raises(PlayerSelfExcluded):
                work()
        done = together(store, *[(move_money, a_move(operator, DEPOSIT, 1))] * 8)
        assert {type(each) for each in done} == {PlayerSelfExcluded}
        won = an_ask(session, SETTLE, "r1", 9, round_code="r1", closes_round=True)
        assert store.run_sync(begin, won).balance_micros == 104 * EURO
        assert store.run_sync(move_money, a_move(operator, WITHDRAW, 104)).player_after_micros == 0
        freeze.advance(2 * DAY_SECONDS)
        store.run_sync(move_money, a_move(operator, DEPOSIT, 1))
        sit_down(operator, is_new=False)

    def test_it_is_lengthened_and_never_shortened(self, store: Store, freeze: clock.frozen) -> None:
        operator, _ = at_a_table(store, "transfer")
        with pytest.raises(InvalidInput, match="future"):
            _exclude(operator, timedelta())
        _exclude(operator, timedelta(days=2))
        _exclude(operator, timedelta(days=2))
        with pytest.raises(InvalidInput, match="earlier"):
            _exclude(operator, timedelta(days=1))
        _exclude(operator, timedelta(days=3))
        freeze.advance(3 * DAY_SECONDS)
        _exclude(operator, timedelta(hours=1))


def _exclude(operator: Operator, length: timedelta) -> None:
    cmd = Exclude(agent=operator.agent, username=NAME, until=clock.now() + length)
    operator.store.run_sync(exclude_player, cmd)


class TestSessionTime:
    def test_time_in_games_counts_once_and_ends_bets_and_launches(self, store: Store) -> None:
        operator, first = at_a_table(store, "transfer")
        second = sit_down(operator, is_new=False)
        set_limits(operator, limit("session", 60))
        _stay(store, first, begin_minutes=59, end_minutes=0)
        _stay(store, second, begin_minutes=50, end_minutes=10)  # inside the other one
        assert not refused(store, first, 1, "r1")
        _stay(store, first, begin_minutes=61, end_minutes=30)
        assert refused(store, first, 1, "r2")
        _stay(store, second, begin_minutes=120, end_minutes=61)
        with pytest.raises(PlayerLimitReached):
            close_and_come(store, operator, first)

    def test_time_of_more_than_a_day_ago_does_not_count(self, store: Store) -> None:
        operator, session = at_a_table(store, "transfer")
        set_limits(operator, limit("session", 60))
        other = sit_down(operator, is_new=False)
        _stay(store, other, begin_minutes=1_440 + 300, end_minutes=1_440 - 59)
        assert not refused(store, session, 1, "r1")
        _stay(store, other, begin_minutes=1_440 + 300, end_minutes=1_440 - 61)
        assert refused(store, session, 1, "r2")

    def test_who_has_an_open_round_may_come_to_finish_it(self, store: Store) -> None:
        operator, session = at_a_table(store, "transfer")
        store.run_sync(begin, an_ask(session, BET, "r1", 5, round_code="r1"))
        set_limits(operator, limit("loss", 5))
        sit_down(operator, is_new=False)
        ended = an_ask(session, SETTLE, "r1", 0, round_code="r1", closes_round=True)
        store.run_sync(begin, ended)
        with pytest.raises(PlayerLimitReached):
            sit_down(operator, is_new=False)


def close_and_come(store: Store, operator: Operator, session: GameSession) -> None:
    """The open round of a session ends, and its player comes again."""
    store.run_sync(begin, an_ask(session, SETTLE, "end", 0, round_code="r1", closes_round=True))
    sit_down(operator, is_new=False)


def _stay(store: Store, session: GameSession, *, begin_minutes: int, end_minutes: int) -> None:
    """Put a session's time to so many minutes ago."""
    now = clock.real_now()

    def change(tx: Tx, _: None) -> None:
        tx.run(
            sa.update(game_sessions)
            .where(game_sessions.c.id == session.id)
            .values(
                launched_at=now - timedelta(minutes=begin_minutes),
                started_at=now - timedelta(minutes=begin_minutes),
                last_seen_at=now - timedelta(minutes=end_minutes),
            )
        )

    store.run_sync(change, None)
