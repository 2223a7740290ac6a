"""Players' limits on both databases: what counts, what is refused, and nothing passes a limit."""

from __future__ import annotations

import random
from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from lanhouse.aggregator.errors import PlayerLimitReached
from lanhouse.aggregator.launch.schemas import GameSession
from lanhouse.aggregator.protection.commands import set_player_limits
from lanhouse.aggregator.protection.queries import limits_of_player, played_sums
from lanhouse.aggregator.protection.rules import PERIODS
from lanhouse.aggregator.protection.schemas import Limit, SetLimits, Sums, Wanted
from lanhouse.aggregator.protection.tables import player_guards, player_limits
from lanhouse.aggregator.rounds.commands import begin
from lanhouse.aggregator.rounds.commands.sending import Sender
from lanhouse.aggregator.rounds.schemas import TxType
from lanhouse.aggregator.rounds.tables import game_rounds
from lanhouse.aggregator.wallet.commands import move_money
from lanhouse.aggregator.wallet.schemas import DEPOSIT, Move
from lanhouse.db.store import Store
from lanhouse.kit import clock
from lanhouse.kit.errors import AppError, InvalidInput
from tests.builders.agents import Operator, open_operator
from tests.builders.rounds import EURO, NAME, Wallet, an_ask, at_once, sit_down
from tests.builders.secrets import VAULT
from tests.builders.spins import SpinCmd, spin
from tests.integration.aggregator.test_money_races import together
from tests.integration.aggregator.test_round_races import all_at_once, at_a_table

BET, SETTLE, ROLLBACK = TxType.BET, TxType.SETTLE, TxType.ROLLBACK
DAY_SECONDS = 86_400


def limit(kind: str, most: int | None, period: str = "day", currency: str = "EUR") -> Wanted:
    """A limit in euros, or in minutes of session time."""
    if kind == "session":
        return Wanted(kind=kind, period=period, currency="", most=most)
    micros = None if most is None else most * EURO
    return Wanted(kind=kind, period=period, currency=currency, most=micros)


def set_limits(operator: Operator, *limits: Wanted) -> list[Limit]:
    cmd = SetLimits(agent=operator.agent, username=NAME, limits=limits)
    return operator.store.run_sync(set_player_limits, cmd)


def a_move(operator: Operator, kind: str, euros: int) -> Move:
    return Move(
        agent=operator.agent, kind=kind, username=NAME, currency="EUR", amount_micros=euros * EURO
    )


def play(store: Store, session: GameSession, code: str, bet: int, win: int) -> None:
    """A round that is over at once."""
    store.run_sync(begin, an_ask(session, BET, f"{code}-b", bet, round_code=code))
    settle = an_ask(session, SETTLE, f"{code}-s", win, round_code=code, closes_round=True)
    store.run_sync(begin, settle)


def sums(store: Store, session: GameSession) -> dict[str, Sums]:
    return store.read_sync(
        lambda read: played_sums(read, session.agent_id, session.player_id, "EUR", clock.now())
    )


def counted_by_hand(store: Store, now: datetime) -> dict[str, Sums]:
    """The same from the rounds themselves, one by one."""
    rows = store.read_sync(lambda read: read.all(sa.select(game_rounds)))
    found: dict[str, Sums] = {}
    for period, length in PERIODS.items():
        inside = [row for row in rows if row.opened_at > now - length and row.currency == "EUR"]
        found[period] = Sums(
            sum(row.bet_micros for row in inside), sum(row.win_micros or 0 for row in inside)
        )
    return found


def refused(store: Store, session: GameSession, bet: int, code: str) -> bool:
    try:
        store.run_sync(begin, an_ask(session, BET, code, bet, round_code=code))
    except PlayerLimitReached:
        return True
    return False


class TestLoss:
    def test_a_bet_that_taken_as_lost_passes_the_limit_is_refused(
        self, store: Store, freeze: clock.frozen
    ) -> None:
        operator, session = at_a_table(store, "transfer")
        set_limits(operator, limit("loss", 10))
        play(store, session, "r1", 6, 1)  # 5 lost
        assert refused(store, session, 6, "r2")
        play(store, session, "r3", 5, 0)  # exactly 10
        assert refused(store, session, 1, "r4")
        freeze.advance(DAY_SECONDS - 1)
        assert refused(store, session, 1, "r5")
        freeze.advance(1)
        assert not refused(store, session, 10, "r6")

    def test_an_open_round_counts_as_lost_and_is_paid_whatever_limits_say(
        self, store: Store, freeze: clock.frozen
    ) -> None:
        operator, session = at_a_table(store, "transfer")
        store.run_sync(begin, an_ask(session, BET, "r1", 10, round_code="r1"))
        set_limits(operator, limit("loss", 1))
        assert refused(store, session, 1, "r2")
        won = an_ask(session, SETTLE, "r1", 15, round_code="r1", closes_round=True)
        store.run_sync(begin, won)
        assert not refused(store, session, 6, "r3")  # 5 ahead, and 1 may be lost

    def test_rounds_of_before_the_limit_count(self, store: Store, freeze: clock.frozen) -> None:
        operator, session = at_a_table(store, "transfer")
        play(store, session, "old", 8, 0)
        freeze.advance(3 * DAY_SECONDS)
        play(store, session, "new", 4, 0)
        set_limits(operator, limit("loss", 10, "week"), limit("loss", 6, "day"))
        assert refused(store, session, 1, "r1")  # 12 of 10 in a week
        freeze.advance(4 * DAY_SECONDS)
        assert not refused(store, session, 6, "r2")

    def test_another_currency_is_not_counted(self, store: Store, freeze: clock.frozen) -> None:
        operator, session = at_a_table(store, "transfer")
        set_limits(operator, limit("loss", 0, "day", "JPY"))
        assert not refused(store, session, 5, "r1")


def test_wager_counts_stakes_and_not_what_was_given_back(
    store: Store, freeze: clock.frozen
) -> None:
    operator, session = at_a_table(store, "transfer")
    set_limits(operator, limit("wager", 10))
    play(store, session, "r1", 6, 60)
    assert refused(store, session, 5, "r2")
    store.run_sync(begin, an_ask(session, BET, "r3", 4, round_code="r3"))
    assert refused(store, session, 1, "r4")
    back = an_ask(session, ROLLBACK, "back", round_code="r3", reverses_tx_id="r3")
    store.run_sync(begin, back)
    assert not refused(store, session, 4, "r5")


@pytest.mark.parametrize("kind", ["transfer", "seamless"])
def test_sums_are_those_of_the_rounds_whatever_happened(
    store: Store, freeze: clock.frozen, kind: str
) -> None:
    """Random play over two months, limited in the middle of it: kept sums against the rounds."""
    rng = random.Random(13)
    operator, session = at_a_table(store, kind, euros=100_000)
    wallet = Wallet(held=100_000 * EURO)
    sender = Sender(store, lambda _: wallet)
    open_bets: list[str] = []

    def ask(*args: Any, **more: Any) -> None:
        wanted = an_ask(session, *args, **more)
        if kind == "transfer":
            store.run_sync(begin, wanted)
        else:
            run_alone(store, sender.ask(wanted))

    for number in range(90):
        if number in (20, 60):
            set_limits(operator, limit("loss", 1_000_000, "month"))
        code = f"r{number}"
        ask(BET, code, rng.randint(1, 9), round_code=code)
        open_bets.append(code)
        freeze.advance(rng.choice((1, 60, 3_599, 3_600, 7_200, DAY_SECONDS, DAY_SECONDS * 3)))
        if rng.random() < 0.8:
            done = open_bets.pop(rng.randrange(len(open_bets)))
            if rng.random() < 0.3:
                ask(ROLLBACK, f"{done}-x", round_code=done, reverses_tx_id=done)
            else:
                win = rng.choice((0, 0, 3, 20))
                ask(SETTLE, done, win, round_code=done, closes_round=True)
        if number >= 20:
            assert sums(store, session) == counted_by_hand(store, clock.now()), number


def run_alone(store: Store, work: Any) -> Any:
    """An ask of a seamless player, with a store that answers at once."""

    class _Now:
        async def write(self, command: Any, arg: Any) -> Any:
            return store.run_sync(command, arg)

        async def read(self, query: Any, *args: Any) -> Any:
            return store.read_sync(query, *args)

    work.cr_frame.f_locals["self"]._store = _Now()
    return at_once(work)


class TestRaces:
    @pytest.mark.parametrize("kind", ["transfer", "seamless"])
    def test_64_bets_at_once_never_pass_a_limit(self, store: Store, kind: str) -> None:
        operator, _ = at_a_table(store, kind, euros=1_000)
        sessions = [sit_down(operator, is_new=False) for _ in range(4)]
        set_limits(operator, limit("loss", 20), limit("wager", 30))
        wallet = Wallet()
        asks = [
            an_ask(sessions[number % 4], BET, f"b{number}", 3, round_code=f"r{number}")
            for number in range(64)
        ]
        done = all_at_once(store, wallet, asks)
        kinds = Counter(type(each) for each in done)
        assert kinds[PlayerLimitReached] == 64 - 6  # 6 x 3 = 18 of 20
        staked = store.read_sync(lambda read: read.scalar(sa.select(_staked())))
        assert staked == 18 * EURO

    def test_limits_set_while_bets_are_on_their_way_miss_none_of_them(self, store: Store) -> None:
        operator, session = at_a_table(store, "transfer", euros=1_000)
        cmd = SetLimits(
            agent=operator.agent, username=NAME, limits=(limit("loss", 100_000, "month"),)
        )
        work: list[tuple[Any, Any]] = [
            (begin, an_ask(session, BET, f"b{number}", 1, round_code=f"r{number}"))
            for number in range(40)
        ]
        work.insert(10, (set_player_limits, cmd))
        work.insert(30, (set_player_limits, cmd))
        done = together(store, *work)
        assert not [each for each in done if isinstance(each, AppError)]
        assert sums(store, session)["month"] == Sums(40 * EURO, 0)

    def test_64_deposits_at_once_never_pass_a_limit(self, store: Store) -> None:
        operator, _ = at_a_table(store, "transfer", euros=1)
        set_limits(operator, limit("deposit", 20))
        done = together(store, *[(move_money, a_move(operator, DEPOSIT, 3))] * 64)
        kinds = Counter(type(each) for each in done)
        assert kinds[PlayerLimitReached] == 64 - 6  # 1 + 6 x 3 = 19 of 20

    def test_spins_of_house_at_once_never_pass_a_limit(self, store: Store) -> None:
        operator, session = at_a_table(store, "transfer", euros=1_000)
        set_limits(operator, limit("wager", 10))
        work: list[tuple[Any, Any]] = [
            (
                spin,
                SpinCmd(session=session, vault=VAULT, client_key=f"spin-{n:04d}", bet_micros=EURO),
            )
            for n in range(24)
        ]
        done = together(store, *work)
        assert Counter(type(each) for each in done)[PlayerLimitReached] == 14


def _staked() -> Any:
    return sa.cast(sa.func.sum(game_rounds.c.bet_micros), sa.BigInteger)


class TestChanges:
    def test_a_stricter_one_counts_at_once_and_a_looser_one_after_a_day(
        self, store: Store, freeze: clock.frozen
    ) -> None:
        operator, _ = at_a_table(store, "transfer")
        set_limits(operator, limit("loss", 100))
        assert set_limits(operator, limit("loss", 50)) == [_loss(50)]
        later = clock.now() + timedelta(hours=24)
        waiting = _loss(50, 200, later)
        assert set_limits(operator, limit("loss", 200)) == [waiting]
        freeze.advance(3_600)
        assert set_limits(operator, limit("loss", 200)) == [waiting]  # asking again waits no longer
        freeze.advance(23 * 3_600 - 1)
        assert _limits(operator) == [waiting]
        freeze.advance(1)
        assert _limits(operator) == [_loss(200)]

    def test_a_stricter_one_ends_what_waits(self, store: Store, freeze: clock.frozen) -> None:
        operator, _ = at_a_table(store, "transfer")
        set_limits(operator, limit("loss", 50))
        set_limits(operator, limit("loss", 200))
        set_limits(operator, limit("loss", 50))
        freeze.advance(2 * DAY_SECONDS)
        assert _limits(operator) == [_loss(50)]

    def test_none_comes_after_a_day_and_leaves_nothing(
        self, store: Store, freeze: clock.frozen
    ) -> None:
        operator, session = at_a_table(store, "transfer")
        set_limits(operator, limit("loss", 5))
        (waiting,) = set_limits(operator, limit("loss", None))
        assert (waiting.most, waiting.pending_most) == (5 * EURO, None)
        assert refused(store, session, 6, "r1")
        freeze.advance(DAY_SECONDS)
        assert _limits(operator) == []
        assert not refused(store, session, 6, "r2")
        assert set_limits(operator) == []
        (guard,) = store.read_sync(lambda read: read.all(sa.select(player_guards)))
        assert not guard.has_limits
        assert not store.read_sync(lambda read: read.all(sa.select(player_limits)))

    def test_taking_away_what_is_not_there_does_nothing(self, store: Store) -> None:
        operator, _ = at_a_table(store, "transfer")
        assert set_limits(operator, limit("loss", None)) == []

    def test_all_or_nothing(self, store: Store) -> None:
        operator, _ = at_a_table(store, "transfer")
        with pytest.raises(InvalidInput, match="limits"):
            set_limits(operator, limit("loss", 5), limit("wager", 5), limit("loss", 6))
        assert _limits(operator) == []

    def test_counting_begins_anew_after_a_time_without_limits(
        self, store: Store, freeze: clock.frozen
    ) -> None:
        operator, session = at_a_table(store, "transfer")
        set_limits(operator, limit("loss", 50))
        play(store, session, "r1", 5, 0)
        set_limits(operator, limit("loss", None))
        freeze.advance(DAY_SECONDS)
        set_limits(operator)
        play(store, session, "r2", 7, 0)
        set_limits(operator, limit("loss", 50))
        assert sums(store, session) == counted_by_hand(store, clock.now())


def _loss(euros: int, later: int | None = None, at: datetime | None = None) -> Limit:
    return Limit(
        kind="loss",
        period="day",
        currency="EUR",
        most=euros * EURO,
        pending_most=None if later is None else later * EURO,
        pending_from=at,
    )


def _limits(operator: Operator) -> list[Limit]:
    return operator.store.read_sync(limits_of_player, operator.agent.id, NAME)


def test_two_agents_players_of_one_name_are_two(store: Store, freeze: clock.frozen) -> None:
    _, session = at_a_table(store, "transfer")
    other = open_operator(store, currencies={"EUR": "1"})
    theirs = sit_down(other)
    set_limits(other, limit("loss", 0))
    assert not refused(store, session, 1, "r1")
    assert refused(store, theirs, 1, "r1")
