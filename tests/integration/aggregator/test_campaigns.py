"""Rounds that a campaign gives, on both databases: which is played when, what they cost and pay,
that two tabs never play one twice, and what goes back."""

from __future__ import annotations

import asyncio
import contextlib
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from lanhouse.aggregator.bonuses.commands.create import cancel_campaign
from lanhouse.aggregator.bonuses.schemas import CampaignKey
from lanhouse.aggregator.bonuses.tables import campaign_players
from lanhouse.aggregator.errors import (
    FreeRoundNotCancelable,
    PlayerInsufficientBalance,
)
from lanhouse.aggregator.launch.schemas import GameSession
from lanhouse.aggregator.players.commands import create_player
from lanhouse.aggregator.players.schemas import NewPlayer
from lanhouse.aggregator.providers.house.bets import FreeRounds, free_rounds
from lanhouse.aggregator.providers.house.commands import act
from lanhouse.aggregator.providers.house.games.catalogue import GAMES
from lanhouse.aggregator.providers.house.games.step import Action, AmountNotAllowed, FieldBet
from lanhouse.aggregator.providers.house.schemas import ActCmd
from lanhouse.aggregator.providers.house.starting import ready_house
from lanhouse.aggregator.providers.port import Ask
from lanhouse.aggregator.rounds.commands import begin
from lanhouse.aggregator.rounds.queries.reports import report_problem
from lanhouse.aggregator.rounds.schemas import TxType
from lanhouse.aggregator.rounds.tables import report_hours
from lanhouse.aggregator.wallet.commands import move_money
from lanhouse.aggregator.wallet.queries import player_balance_micros
from lanhouse.aggregator.wallet.schemas import DEPOSIT, Move
from lanhouse.db.store import Store
from lanhouse.kit import clock
from lanhouse.kit.errors import AppError, Conflict
from lanhouse.kit.vault import LOCKED
from lanhouse.ledger.verify import verify_ledger
from tests.builders.agents import Operator, open_operator
from tests.builders.campaigns import at, draws, give, left, play, stand, told
from tests.builders.numbers import cards
from tests.builders.rounds import EURO, NAME, sit_down
from tests.builders.secrets import VAULT
from tests.builders.seeds import send_seed

SLOT, LIT_WINDOWS, ROULETTE, BLACKJACK = "house_00001", "house_00002", "house_00004", "house_00006"
BET, SETTLE, ROLLBACK = int(TxType.BET), int(TxType.SETTLE), int(TxType.ROLLBACK)
NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)


@pytest.fixture
def operator(store: Store) -> Operator:
    return open_operator(store)


@pytest.fixture
def session(operator: Operator) -> GameSession:
    found = sit_down(operator)
    send_seed(operator.store, found)
    return found


def deposit(operator: Operator, euros: int) -> None:
    move = Move(
        agent=operator.agent, kind=DEPOSIT, username=NAME, currency="EUR",
        amount_micros=euros * EURO,
    )  # fmt: skip
    operator.store.run_sync(move_money, move)


def balance(operator: Operator) -> int:
    return operator.store.read_sync(
        lambda read: player_balance_micros(read, operator.agent.id, NAME, "EUR")
    )


def prove(operator: Operator) -> None:
    """The chain, the sums, and the report that is made of the records."""
    assert operator.store.read_sync(verify_ledger, None).problem is None
    assert operator.store.read_sync(report_problem) is None


def gift(store: Store, session: GameSession) -> FreeRounds | None:
    game = GAMES[session.game_id]
    return store.read_sync(lambda read: free_rounds(read, session, game))


def reported(store: Store) -> dict[str, int]:
    """Sums of the report: rounds, and amounts in units of 10^-10."""
    rows = store.read_sync(lambda read: read.all(report_hours.select()))
    found = {name: sum(getattr(row, name) for row in rows) for name in ("rounds", "free_rounds")}
    for name in ("win_loss", "turnover", "free_win"):
        found[name] = sum(
            getattr(row, f"{name}_units") * 10**10 + getattr(row, f"{name}_rest") for row in rows
        )
    return found


def test_free_rounds_come_before_paid_ones_and_the_oldest_expiry_first(
    store: Store, operator: Operator, session: GameSession
) -> None:
    late = give(operator, SLOT, rounds=1, bet_micros=2 * EURO, end=clock.now() + timedelta(days=9))
    soon = give(operator, SLOT, rounds=2, end=clock.now() + timedelta(days=2))
    give(operator, LIT_WINDOWS, rounds=5)  # of another game
    give(operator, SLOT, rounds=5, currency="JPY", bet_micros=100 * EURO)
    assert gift(store, session) == FreeRounds(2, EURO)
    first = play(store, session, "spin", bet_micros=20 * EURO)
    assert first.state["bet_micros"] == EURO
    assert first.bet_micros == 0
    play(store, session, "spin")  # a bet may be missing
    assert gift(store, session) == FreeRounds(1, 2 * EURO)
    assert play(store, session, "spin").state["bet_micros"] == 2 * EURO
    assert gift(store, session) is None
    assert (left(operator, soon), left(operator, late)) == (0, 0)
    deposit(operator, 1)
    paid = play(store, session, "spin", bet_micros=EURO)
    assert paid.bet_micros == EURO
    assert [record for record in told(operator) if record[0] == BET] == [
        (BET, 0, True), (BET, 0, True), (BET, 0, True), (BET, -EURO, False),
    ]  # fmt: skip
    prove(operator)


def test_what_free_rounds_win_is_money_and_stands_in_its_own_column(
    store: Store, operator: Operator, session: GameSession
) -> None:
    campaign = give(operator, SLOT, rounds=60)
    for _ in range(60):
        play(store, session, "spin")
    won = balance(operator)
    assert won > 0
    stood = stand(operator, campaign)
    assert (stood.status, stood.players[0].won_micros) == ("used", won)
    assert reported(store) == {
        "rounds": 0, "free_rounds": 60, "win_loss": 0, "turnover": 0, "free_win": won * 10**4,
    }  # fmt: skip
    prove(operator)


def test_it_begins_and_ends_by_the_clock(
    store: Store, operator: Operator, session: GameSession, freeze: Any
) -> None:
    campaign = give(
        operator, SLOT, rounds=3, start=NOON + timedelta(hours=1), end=NOON + timedelta(hours=2)
    )
    deposit(operator, 10)
    assert gift(store, session) is None
    assert play(store, session, "spin", bet_micros=EURO).bet_micros == EURO
    freeze.advance(3599)
    assert gift(store, session) is None
    freeze.advance(1)
    assert play(store, session, "spin", bet_micros=EURO).bet_micros == 0
    freeze.advance(3599)
    assert play(store, session, "spin", bet_micros=EURO).bet_micros == 0
    freeze.advance(1)
    assert gift(store, session) is None
    assert play(store, session, "spin", bet_micros=EURO).bet_micros == EURO
    assert stand(operator, campaign).status == "expired"
    key = CampaignKey(agent=operator.agent, kind=campaign.kind, code=campaign.code)
    with pytest.raises(FreeRoundNotCancelable):
        store.run_sync(cancel_campaign, key)
    assert stand(operator, campaign).canceled_at is None


def test_a_cancel_ends_it_but_not_an_open_round(
    store: Store, operator: Operator, session: GameSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = at(store, session, BLACKJACK)
    campaign = give(operator, BLACKJACK, rounds=2)
    draws(monkeypatch, cards("10S 9S 7S 8S"))
    dealt = play(store, table, "deal")
    assert dealt.actions
    key = CampaignKey(agent=operator.agent, kind=campaign.kind, code=campaign.code)
    assert store.run_sync(cancel_campaign, key).status == "canceled"
    draws(monkeypatch, ())
    done = play(store, table, "stand")
    assert done.round_id == dealt.round_id
    assert not done.actions
    assert left(operator, campaign) == 1
    assert gift(store, table) is None
    with pytest.raises(AppError):
        play(store, table, "deal")  # without a bet
    prove(operator)


def test_a_void_round_goes_back_to_its_campaign(
    store: Store, operator: Operator, session: GameSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = at(store, session, BLACKJACK)
    deposit(operator, 5)
    campaign = give(operator, BLACKJACK, rounds=1, bet_micros=5 * EURO)
    draws(monkeypatch, cards("8S 9S 8H 8S 5C 5D"))
    play(store, table, "deal")
    draws(monkeypatch, cards("2C 2D"))
    play(store, table, "split")
    assert (balance(operator), left(operator, campaign)) == (0, 0)
    assert "1 open rounds were rolled back" in ready_house(store, LOCKED)
    assert (balance(operator), left(operator, campaign)) == (5 * EURO, 1)
    assert stand(operator, campaign).status == "active"
    assert told(operator) == [
        (BET, 0, True), (BET, -5 * EURO, False),
        (ROLLBACK, 0, False), (ROLLBACK, 5 * EURO, False),
    ]  # fmt: skip
    prove(operator)


def test_the_same_key_plays_a_free_round_once(
    store: Store, operator: Operator, session: GameSession
) -> None:
    campaign = give(operator, SLOT, rounds=2)
    first = play(store, session, "spin", key="key-00000001", bet_micros=5 * EURO)
    again = play(store, session, "spin", key="key-00000001", bet_micros=5 * EURO)
    assert (again.round_code, again.win_micros) == (first.round_code, first.win_micros)
    assert left(operator, campaign) == 1
    with pytest.raises(Conflict):
        play(store, session, "spin", key="key-00000001", bet_micros=EURO)
    assert left(operator, campaign) == 1


@pytest.mark.parametrize("rounds", [1, 3])
def test_tabs_at_once_never_play_one_round_twice(
    store: Store, operator: Operator, session: GameSession, rounds: int
) -> None:
    """Twelve presses, each under its own key, from two sessions; nothing is in the wallet."""
    campaign = give(operator, SLOT, rounds=rounds)
    tabs = (session, sit_down(operator, is_new=False))

    async def one(number: int) -> str:
        cmd = ActCmd(
            session=tabs[number % 2],
            vault=VAULT,
            client_key=f"press-{number:04d}",
            action=Action(name="spin", bet_micros=100 * EURO if number % 3 else EURO),
        )
        try:
            return "free" if (await store.write(act, cmd)).bet_micros == 0 else "paid"
        except (PlayerInsufficientBalance, AmountNotAllowed):
            return "refused"

    async def run() -> list[str]:
        store.start()
        try:
            return await asyncio.gather(*(one(number) for number in range(12)))
        finally:
            await store.stop()

    answers = asyncio.run(run())
    assert answers.count("free") == rounds
    free = [record for record in told(operator) if record[0] == BET and record[2]]
    assert free == [(BET, 0, True)] * rounds
    assert left(operator, campaign) == 0
    prove(operator)


def test_a_cancel_and_presses_at_once_agree(
    store: Store, operator: Operator, session: GameSession
) -> None:
    """What the cancel answered as left is left, whatever was pressed meanwhile."""
    campaign = give(operator, SLOT, rounds=50)
    key = CampaignKey(agent=operator.agent, kind=campaign.kind, code=campaign.code)

    async def press(number: int) -> None:
        action = Action(name="spin", bet_micros=100 * EURO)
        cmd = ActCmd(session=session, vault=VAULT, client_key=f"press-{number:04d}", action=action)
        with contextlib.suppress(AppError):
            await store.write(act, cmd)

    async def run() -> Any:
        store.start()
        try:
            first = [press(number) for number in range(8)]
            later = [press(number) for number in range(8, 16)]
            answers = await asyncio.gather(*first, store.write(cancel_campaign, key), *later)
            return answers[len(first)]
        finally:
            await store.stop()

    canceled = asyncio.run(run())
    assert canceled.status == "canceled"
    assert left(operator, campaign) == canceled.players[0].remaining
    free = sum(record == (BET, 0, True) for record in told(operator))
    assert free == 50 - left(operator, campaign)
    prove(operator)


def test_each_player_has_his_own_rounds(
    store: Store, operator: Operator, session: GameSession
) -> None:
    store.run_sync(create_player, NewPlayer(operator.agent, "player0002"))
    table = at(store, session, ROULETTE)
    campaign = give(operator, ROULETTE, rounds=2, usernames=(NAME, "player0002"))
    play(store, table, "spin", bets=(FieldBet("red", EURO),))
    play(store, table, "spin")
    by_name = {each.username: each.remaining for each in stand(operator, campaign).players}
    assert by_name == {NAME: 0, "player0002": 2}
    assert stand(operator, campaign).status == "active"
    assert gift(store, table) is None


def test_a_chip_takes_the_first_fields_place_and_further_fields_are_paid_for(
    store: Store, operator: Operator, session: GameSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    """17 is black: the chip on black wins its stake alone, 2 on 17 pay 36 times, 3 on red lose."""
    table = at(store, session, ROULETTE)
    deposit(operator, 10)
    campaign = give(operator, ROULETTE, rounds=3, bet_micros=5 * EURO)
    draws(monkeypatch, (17,))
    bets = (
        FieldBet("black", 400 * EURO), FieldBet("straight", 2 * EURO, 17),
        FieldBet("red", 3 * EURO),
    )  # fmt: skip
    done = play(store, table, "spin", bets=bets)
    assert (done.bet_micros, done.win_micros) == (5 * EURO, (5 + 72) * EURO)
    assert told(operator) == [
        (BET, 0, True), (BET, -5 * EURO, False), (SETTLE, 5 * EURO, True),
        (SETTLE, 72 * EURO, False),
    ]  # fmt: skip
    assert balance(operator) == (10 - 5 + 77) * EURO
    # A loss is told for both parts, and the default field is red.
    draws(monkeypatch, (17,))
    play(store, table, "spin")
    assert told(operator)[4:] == [(BET, 0, True), (SETTLE, 0, True)]
    # More on the same field is the player's own.
    draws(monkeypatch, (17,))
    more = (FieldBet("black", EURO), FieldBet("black", 4 * EURO))
    both = play(store, table, "spin", bets=more)
    assert (both.bet_micros, both.win_micros) == (4 * EURO, (5 + 8) * EURO)
    assert stand(operator, campaign).players[0].won_micros == 10 * EURO
    assert reported(store) == {
        "rounds": 2, "free_rounds": 3, "turnover": 9 * 10**10, "free_win": 10 * 10**10,
        "win_loss": (72 - 5 + 8 - 4) * 10**10,
    }  # fmt: skip
    prove(operator)


def test_a_blackjack_chip_with_a_double_and_a_split(
    store: Store, operator: Operator, session: GameSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    """8 8 is split against a 7; the first hand doubles 11 to 21 and wins, the second stands on 18
    against the dealer's 17: the chip wins 5, the player's own 5 and 5 pay 10 each."""
    table = at(store, session, BLACKJACK)
    deposit(operator, 10)
    campaign = give(operator, BLACKJACK, rounds=1, bet_micros=5 * EURO)
    draws(monkeypatch, cards("8S 7S 8H 10C"))
    play(store, table, "deal", bet_micros=100 * EURO)
    draws(monkeypatch, cards("3C 10D"))
    play(store, table, "split")
    draws(monkeypatch, cards("KC"))
    play(store, table, "double")
    draws(monkeypatch, ())
    done = play(store, table, "stand")
    assert not done.actions
    assert (done.bet_micros, done.win_micros) == (10 * EURO, (5 + 10 + 10) * EURO)
    assert told(operator) == [
        (BET, 0, True), (BET, -5 * EURO, False), (BET, -5 * EURO, False),
        (SETTLE, 5 * EURO, True), (SETTLE, 20 * EURO, False),
    ]  # fmt: skip
    assert stand(operator, campaign).players[0].won_micros == 5 * EURO
    assert balance(operator) == 25 * EURO
    prove(operator)


def test_free_spins_inside_a_free_round_belong_to_it(
    store: Store, operator: Operator, session: GameSession
) -> None:
    game = at(store, session, LIT_WINDOWS)
    campaign = give(operator, LIT_WINDOWS, rounds=200, bet_micros=2 * EURO)
    rounds = free_spins = 0
    while gift(store, game) is not None:
        done = play(store, game, "spin")
        rounds += 1
        while done.actions:
            free_spins += 1
            done = play(store, game, "spin")
        assert done.bet_micros == 0
    assert rounds == 200
    assert free_spins > 0, "two hundred rounds without free spins"
    assert stand(operator, campaign).players[0].won_micros == balance(operator)
    assert len(told(operator)) == 400
    prove(operator)


def test_a_real_stake_beside_a_chip_obeys_the_limits_and_the_wallet(
    store: Store, operator: Operator, session: GameSession
) -> None:
    table = at(store, session, ROULETTE)
    campaign = give(operator, ROULETTE, rounds=1, bet_micros=5 * EURO)
    chip = FieldBet("red", EURO)
    with pytest.raises(AmountNotAllowed):
        play(store, table, "spin", bets=(chip, FieldBet("black", 501 * EURO)))
    with pytest.raises(PlayerInsufficientBalance):
        play(store, table, "spin", bets=(chip, FieldBet("black", EURO)))
    assert left(operator, campaign) == 1
    assert told(operator) == []
    assert play(store, table, "spin", bets=(chip,)).bet_micros == 0


class TestPort:
    """What the engine counts for any provider, whatever the wallet."""

    @pytest.fixture(params=["transfer", "seamless"])
    def either(self, request: Any, store: Store) -> Operator:
        return open_operator(store, kind=request.param, currencies={"EUR": "1"})

    def ask(self, session: GameSession, tx_type: TxType, tx_id: str, **more: Any) -> Ask:
        return Ask(
            session_id=session.id, tx_type=tx_type, provider_tx_id=tx_id,
            round_code=more.pop("round_code", "r"), **more,
        )  # fmt: skip

    def test_one_round_however_many_bets(self, store: Store, either: Operator) -> None:
        session = sit_down(either)
        campaign = give(either, SLOT, rounds=2)
        code = campaign.play_code
        for tx_id in ("a", "b"):
            store.run_sync(begin, self.ask(session, TxType.BET, tx_id, free_round_code=code))
        assert left(either, campaign) == 1
        store.run_sync(
            begin, self.ask(session, TxType.BET, "c", round_code="s", free_round_code=code)
        )
        assert left(either, campaign) == 0
        gone = self.ask(session, TxType.BET, "d", round_code="t", free_round_code=code)
        with pytest.raises(AppError) as refused:
            store.run_sync(begin, gone)
        assert refused.value.symbol == "INVALID_REQUEST"
        # A provider's own promotion is none of ours.
        own = self.ask(session, TxType.BET, "e", round_code="u", free_round_code="theirs")
        store.run_sync(begin, own)
        rows = store.read_sync(lambda read: read.all(sa.select(campaign_players.c.used)))
        assert [row.used for row in rows] == [2]

    def test_a_rollback_gives_it_back_once(self, store: Store, operator: Operator) -> None:
        session = sit_down(operator)
        campaign = give(operator, SLOT, rounds=1)
        code = campaign.play_code
        for tx_id in ("a", "b"):
            store.run_sync(begin, self.ask(session, TxType.BET, tx_id, free_round_code=code))
        for number, tx_id in enumerate(("a", "b", "a")):
            undo = self.ask(session, TxType.ROLLBACK, f"u{number}", reverses_tx_id=tx_id)
            store.run_sync(begin, undo)
            assert left(operator, campaign) == int(number > 0)
        prove(operator)
