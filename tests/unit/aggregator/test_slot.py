"""The slot: every pay combination, lines, wilds, scatters, and exact amounts."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest

from lanhouse.aggregator.providers.house.bets import (
    default_bet_micros,
    total_bets_micros,
)
from lanhouse.aggregator.providers.house.games.chips import line_bets_micros
from lanhouse.aggregator.providers.house.slot import (
    NIGHT_SHIFT,
    REELS,
    LineWin,
    evaluate,
    line_win,
    window_of,
)
from lanhouse.kit.money import MICROS, currency_decimals

PAYS = [
    ("lamp", 3, 80), ("lamp", 4, 400), ("lamp", 5, 5000),
    ("keyboard", 3, 25), ("keyboard", 4, 120), ("keyboard", 5, 1000),
    ("headset", 3, 20), ("headset", 4, 80), ("headset", 5, 400),
    ("key", 3, 12), ("key", 4, 60), ("key", 5, 150),
    ("pizza", 3, 12), ("pizza", 4, 40), ("pizza", 5, 120),
    ("mug", 3, 10), ("mug", 4, 40), ("mug", 5, 120),
    ("mouse", 3, 6), ("mouse", 4, 30), ("mouse", 5, 60),
]  # fmt: skip


@pytest.mark.parametrize(("symbol", "count", "multiple"), PAYS)
def test_every_run_pays_its_multiple(symbol: str, count: int, multiple: int) -> None:
    symbols = [symbol] * count + ["house"] * (REELS - count)
    assert line_win(NIGHT_SHIFT, symbols) == (symbol, count, multiple)


@pytest.mark.parametrize(("symbol", "count", "multiple"), PAYS[3:])
def test_a_lamp_completes_every_run(symbol: str, count: int, multiple: int) -> None:
    for place in range(1, count):
        symbols = [symbol] * count + ["house"] * (REELS - count)
        symbols[place] = "lamp"
        assert line_win(NIGHT_SHIFT, symbols) == (symbol, count, multiple)


@pytest.mark.parametrize("symbol", sorted(NIGHT_SHIFT.pays))
@pytest.mark.parametrize("count", [1, 2])
def test_runs_of_one_and_two_pay_nothing(symbol: str, count: int) -> None:
    symbols = [symbol] * count + ["house"] * (REELS - count)
    assert line_win(NIGHT_SHIFT, symbols) == (symbol, count, 0)


def test_the_better_of_lamps_and_the_symbol_after_them_pays() -> None:
    assert line_win(NIGHT_SHIFT, ["lamp"] * 3 + ["mouse", "key"]) == ("lamp", 3, 80)
    assert line_win(NIGHT_SHIFT, ["lamp"] * 3 + ["key", "key"]) == ("key", 5, 150)
    assert line_win(NIGHT_SHIFT, ["lamp"] * 4 + ["keyboard"]) == ("keyboard", 5, 1000)
    assert line_win(NIGHT_SHIFT, ["lamp"] * 4 + ["mouse"]) == ("lamp", 4, 400)
    assert line_win(NIGHT_SHIFT, ["lamp", "lamp", "mouse", "key", "key"]) == ("mouse", 3, 6)


def test_the_house_stops_a_run_and_no_lamp_stands_for_it() -> None:
    assert line_win(NIGHT_SHIFT, ["house"] * 5)[2] == 0
    assert line_win(NIGHT_SHIFT, ["lamp", "lamp", "house", "lamp", "lamp"])[2] == 0
    assert line_win(NIGHT_SHIFT, ["key", "key", "house", "key", "key"])[2] == 0


def test_runs_count_from_the_left_only() -> None:
    assert line_win(NIGHT_SHIFT, ["mug", "key", "key", "key", "key"])[2] == 0


@pytest.mark.parametrize(("count", "multiple"), [(0, 0), (1, 0), (2, 0), (3, 2), (4, 8), (5, 250)])
def test_houses_anywhere_pay_on_the_total_bet(count: int, multiple: int) -> None:
    stops = [
        strip.index("house") if reel < count else (strip.index("house") + 5) % len(strip)
        for reel, strip in enumerate(NIGHT_SHIFT.strips)
    ]
    outcome = evaluate(NIGHT_SHIFT, stops, 1)
    assert outcome.scatter_count == count
    assert outcome.scatter_multiple == multiple
    lines = sum(win.multiple for win in outcome.line_wins)
    assert outcome.win_multiple == lines + 20 * multiple


def test_a_known_round_pays_what_the_window_shows() -> None:
    outcome = evaluate(NIGHT_SHIFT, (1, 0, 1, 14, 15), 50_000)
    assert outcome.window == (
        ("house", "keyboard", "mouse", "mouse", "key"),
        ("key", "mug", "key", "mug", "house"),
        ("mug", "key", "mug", "house", "lamp"),
    )
    assert outcome.line_wins == (LineWin(11, "key", 3, 12), LineWin(15, "mug", 5, 120))
    assert (outcome.scatter_count, outcome.scatter_multiple) == (3, 2)
    assert outcome.win_multiple == 12 + 120 + 2 * 20
    assert outcome.win_micros == 172 * 50_000


def test_a_strip_goes_round_at_its_end() -> None:
    window = window_of(NIGHT_SHIFT, (19, 19, 19, 19, 19))
    for reel, strip in enumerate(NIGHT_SHIFT.strips):
        assert [window[row][reel] for row in range(3)] == [strip[19], strip[0], strip[1]]


@pytest.mark.parametrize("stops", [(20, 0, 0, 0, 0), (0, -1, 0, 0, 0), (0, 0, 0, 0)])
def test_a_stop_outside_its_reel_is_refused(stops: tuple[int, ...]) -> None:
    with pytest.raises(ValueError):
        evaluate(NIGHT_SHIFT, stops, 1)


def test_twenty_different_lines_and_spread_symbols() -> None:
    assert len(set(NIGHT_SHIFT.lines)) == len(NIGHT_SHIFT.lines) == 20
    for strip in NIGHT_SHIFT.strips:
        assert len(strip) == 20
        for stop in range(20):
            assert len({strip[(stop + row) % 20] for row in range(3)}) == 3


def test_the_hash_pins_the_pay_table_and_moves_with_every_part() -> None:
    assert NIGHT_SHIFT.pay_table_hash == (
        "a5b18845c9a16e3ccdead81cdfd513b3638bca580a073518a15165a0dda85b08"
    )
    pays = {**NIGHT_SHIFT.pays, "mouse": {3: 7, 4: 30, 5: 60}}
    for other in (
        replace(NIGHT_SHIFT, pays=pays),
        replace(NIGHT_SHIFT, scatter_pays={3: 2, 4: 8, 5: 251}),
        replace(NIGHT_SHIFT, lines=NIGHT_SHIFT.lines[::-1]),
        replace(NIGHT_SHIFT, strips=NIGHT_SHIFT.strips[::-1]),
        replace(NIGHT_SHIFT, version="night-shift-2"),
    ):
        assert other.pay_table_hash != NIGHT_SHIFT.pay_table_hash


@pytest.mark.parametrize("currency", ["EUR", "JPY", "KWD", "IDR", "VND", "THB", "CLP", "LAK"])
def test_bets_are_whole_minor_units_so_every_win_is(currency: str) -> None:
    minor_unit = MICROS // 10 ** currency_decimals(currency)
    bets = line_bets_micros(currency)
    assert list(bets) == sorted(set(bets))
    assert all(bet > 0 and bet % minor_unit == 0 for bet in bets)
    assert total_bets_micros(currency) == tuple(20 * bet for bet in bets)


def test_bets_of_three_currencies() -> None:
    euro = total_bets_micros("EUR")
    assert (euro[0], euro[-1]) == (200_000, 20_000_000)
    assert (total_bets_micros("JPY")[0], total_bets_micros("JPY")[-1]) == (20_000_000, 2 * 10**9)
    assert (total_bets_micros("KWD")[0], total_bets_micros("KWD")[-1]) == (100_000, 10_000_000)
    assert default_bet_micros("EUR") == 200_000


def test_the_guide_holds_everything_that_decides_a_win() -> None:
    guide = Path(__file__).parents[3] / "docs" / "fair-play.md"
    assert f"```\n{NIGHT_SHIFT.rules_text}\n```\n" in guide.read_text()
    assert hashlib.sha256(NIGHT_SHIFT.rules_text.encode()).hexdigest() == NIGHT_SHIFT.pay_table_hash
