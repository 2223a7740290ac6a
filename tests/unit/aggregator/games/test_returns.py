"""Returns: two exact ways agree, what is stated is exact, and playing agrees with both."""

from __future__ import annotations

import itertools
from collections import Counter
from fractions import Fraction

import pytest
from click.testing import CliRunner

from lanhouse.aggregator.providers.house import fair, rtp
from lanhouse.aggregator.providers.house.games.blackjack import result_of
from lanhouse.aggregator.providers.house.games.catalogue import GAMES, HouseGame
from lanhouse.aggregator.providers.house.games.machines import LIT_WINDOWS, THREE_LAMPS, FreeSpins
from lanhouse.aggregator.providers.house.games.step import PARTS, Action, FieldBet
from lanhouse.aggregator.providers.house.games.strategy import TABLE, move_of
from lanhouse.aggregator.providers.house.returns import (
    baccarat,
    blackjack,
    report,
    simulate,
    slots,
    tables,
)
from lanhouse.aggregator.providers.house.returns.exact import figures_of, stated_rtp
from lanhouse.aggregator.providers.house.returns.fast_cards import baccarat_winner
from lanhouse.aggregator.providers.house.returns.fast_reels import FastReels
from lanhouse.aggregator.providers.house.returns.outcomes import STAKE_MICROS, next_action, played
from lanhouse.aggregator.providers.house.slot import NIGHT_SHIFT, evaluate
from tests.builders.effort import effort

EVERY = pytest.mark.parametrize("game", list(GAMES.values()), ids=list(GAMES))


@EVERY
def test_two_methods_agree_exactly_and_the_stated_return_is_theirs(game: HouseGame) -> None:
    for bet in figures_of(game.id):
        assert bet.rtp == bet.other_rtp, bet.bet
        assert 0 < bet.gain_rate <= bet.hit_rate < 1
        assert bet.variance > 0
    assert game.rtp_percent == stated_rtp(game.id)
    assert report.faults_of(game) == []


def test_stated_returns() -> None:
    assert {game.id: game.rtp_percent for game in GAMES.values()} == {
        "house_00001": "96.00",
        "house_00002": "95.3096",
        "house_00003": "95.2546",
        "house_00004": "97.2973",
        "house_00005": "98.9421",
        "house_00006": "99.4296",
        "house_00007": "97.2222",
        "house_00008": "96.00",
    }


def test_baccarat_gives_the_counts_of_the_books() -> None:
    book = {
        "banker": 2_292_252_566_437_888,
        "player": 2_230_518_282_592_256,
        "tie": 475_627_426_473_216,
    }
    assert baccarat.dealt() == book
    assert baccarat.counted() == book
    assert sum(book.values()) == baccarat.ORDERS == 4_998_398_275_503_360


def test_every_field_of_roulette_returns_the_same() -> None:
    figures = figures_of("house_00004")
    assert len(figures) == 6 + 3 + 3 + 37
    assert {bet.rtp for bet in figures} == {Fraction(36, 37)}


def test_sic_bo_covers_every_field_and_its_throws() -> None:
    assert len(figures_of("house_00007")) == 2 + 14 + 1 + 6
    throws = Counter(sum(dice) for dice in itertools.product(range(1, 7), repeat=3))
    assert {total: tables.throws_of_total(total) for total in range(3, 19)} == dict(throws)


def test_the_printed_strategy_of_blackjack_is_the_best_one() -> None:
    assert blackjack.printed_strategy() == TABLE


def test_another_strategy_of_blackjack_returns_less(monkeypatch: pytest.MonkeyPatch) -> None:
    row = TABLE["16"]
    monkeypatch.setitem(TABLE, "16", "S" * 9 + row[9:])
    walk = blackjack.Walk()
    worse = sum((net * chance for net, chance in walk.nets.items()), Fraction(0))
    assert worse < blackjack.best()


@pytest.mark.parametrize(
    ("values", "upcard", "is_split", "move"),
    [
        ((8, 8), 10, False, "split"),
        ((8, 8), 10, True, "hit"),
        ((1, 1), 1, False, "split"),
        ((5, 6), 10, False, "double"),
        ((5, 6), 1, False, "hit"),
        ((2, 3, 6), 6, False, "hit"),
        ((1, 7), 4, False, "double"),
        ((1, 3, 4), 4, False, "stand"),
        ((10, 10), 6, False, "stand"),
        ((2, 2), 9, False, "hit"),
    ],
)
def test_moves_of_the_printed_strategy(
    values: tuple[int, ...], upcard: int, is_split: bool, move: str
) -> None:
    assert move_of(values, upcard, is_split=is_split) == move


@pytest.mark.parametrize(
    ("player", "dealer", "is_split", "result"),
    [
        ((10, 1), (10, 9), True, "win"),
        ((10, 1), (10, 5, 6), True, "push"),
        ((10, 1), (1, 10), True, "lose"),
        ((10, 6, 6), (10, 6, 10), False, "bust"),
        ((7, 7, 7), (10, 1), False, "lose"),
    ],
)
def test_results(
    player: tuple[int, ...], dealer: tuple[int, ...], is_split: bool, result: str
) -> None:
    assert result_of(player, dealer, is_split=is_split) == result


def small_free_spins(most: int) -> FreeSpins:
    from lanhouse.aggregator.providers.house.slot import Machine

    machine = Machine(
        version="small",
        strips=(("house", "key", "lamp", "mug"), ("key", "house", "mug", "key"), ("key",) * 3),
        lines=((0, 0, 0), (1, 1, 1)),
        pays={"lamp": {}, "key": {2: 1, 3: 4}, "mug": {2: 3}},
        scatter_pays={2: 2},
        wild="lamp",
        scatter="house",
        rtp_percent="0.00",
    )
    return FreeSpins(machine=machine, grants={2: 2}, factor=3, most=most)


@pytest.mark.parametrize("most", [1, 2, 3, 4])
def test_free_spins_of_a_small_machine_agree_with_playing_every_round(most: int) -> None:
    rules = small_free_spins(most)
    stops = list(itertools.product(*(range(size) for size in rules.machine.stops_per_reel)))
    outcomes = [evaluate(rules.machine, at, 1) for at in stops]
    chance = Fraction(1, len(outcomes))

    def value(spins: int, granted: int, factor: int) -> Fraction:
        total = Fraction(0)
        for outcome in outcomes:
            after = rules.granted_after(granted, outcome.scatter_count)
            total += Fraction(outcome.win_multiple * factor, 2)
            if spins < after:
                total += value(spins + 1, after, 3)
        return total * chance

    kinds = Counter((o.win_multiple, o.scatter_count) for o in outcomes)
    assert len(kinds) > 3
    mean, variance = slots.chained(rules, rtp.joint_counts(rules.machine))
    assert mean == slots.expected(rules)
    assert variance > 0
    if most <= 2:  # every order of three spins
        assert mean == value(0, 0, 1)


@pytest.mark.parametrize("machine", [NIGHT_SHIFT, LIT_WINDOWS.machine, THREE_LAMPS])
def test_fast_reels_pay_what_the_game_pays(machine) -> None:  # type: ignore[no-untyped-def]
    fast = FastReels(machine)
    for nonce in range(2000):
        stops = fair.draw("5e" * 32, "fast", nonce, machine.stops_per_reel)
        outcome = evaluate(machine, stops, 1)
        assert fast.won(stops) == outcome.win_multiple
        assert fast.scatters(stops) == outcome.scatter_count


def test_blocks_are_those_of_the_fair_stream() -> None:
    for nonce, words in simulate.blocks(simulate.Rounds("5e" * 32, 9, 12)):
        stream = fair.FairStream("5e" * 32, simulate.CLIENT_SEED, nonce)
        assert words == tuple(stream.next_word() for _ in range(8))


def test_words_thrown_away_are_thrown_away_in_fast_rounds_too() -> None:
    words = (2**32 - 1, *range(7))
    opened: list[int] = []

    def stream() -> fair.FairStream:
        opened.append(1)
        return fair.FairStream("5e" * 32, "x", 0)

    baccarat_winner(words, stream)
    baccarat_winner(tuple(range(8)), stream)
    assert opened == [1]


def paid_parts(game: HouseGame, bet: str, nonce: int, seed: str) -> int:
    """What a round by `step` pays on a bet in twentieths of a stake, less what it adds."""
    stream = fair.FairStream(seed, simulate.CLIENT_SEED, nonce)
    if game.has_fields:
        on, _, number = bet.partition(" ")
        field = FieldBet(on, STAKE_MICROS, int(number) if number else None)
        action = Action(name=game.first_action, bets=(field,))
    else:
        action = Action(name=game.first_action, bet_micros=STAKE_MICROS)
    step = game.step(None, action, stream)
    added = 0
    while not step.is_done:
        step = game.step(step.state, next_action(game, step.state), stream)
        added += sum(step.stakes)
    return (sum(step.wins) - added) * PARTS // STAKE_MICROS


@EVERY
def test_fast_rounds_are_the_rounds_by_step(game: HouseGame) -> None:
    rounds = simulate.Rounds("5e" * 32, 1_000, 1_000 + effort(1_500, 50_000))
    for bet, sum_of_parts in simulate.sums_of(game.id, rounds).items():
        nonces = range(rounds.first, rounds.end)
        assert sum_of_parts == sum(paid_parts(game, bet, n, rounds.server_seed) for n in nonces)


@EVERY
def test_played_rounds_lie_within_three_standard_errors(game: HouseGame) -> None:
    rounds = effort(30_000, 2_000_000)
    seed = report.fixed_seed(game.id)
    sums = simulate.play(game.id, seed, rounds, processes=1)
    for bet in simulate.compare(sums, rounds, figures_of(game.id)):
        assert bet.distance < 3, bet
    assert len(played(game, seed, 0, "x")) >= 1


def test_the_command_prints_every_game_and_compares() -> None:
    result = CliRunner().invoke(
        report.main, ["--game", "house_00008", "--rounds", "3000", "--processes", "1", "--sheet"]
    )
    assert result.exit_code == 0, result.output
    assert "stated return 96.00 %, computed 96.00 %" in result.output
    assert "3000 rounds, server seed" in result.output
    assert "5 tests of chance on 10000 rounds" in result.output
    assert "Every figure agrees." in result.output


def test_the_command_fails_when_a_game_states_another_return(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from dataclasses import replace

    lying = replace(GAMES["house_00008"], rtp_percent="97.00")
    monkeypatch.setitem(GAMES, "house_00008", lying)
    result = CliRunner().invoke(report.main, ["--game", "house_00008"])
    assert result.exit_code == 1
    assert "WRONG: house_00008: states 97.00 %, is 96.00 %" in result.output
