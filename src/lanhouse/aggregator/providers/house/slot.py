"""The slot "Night Shift": five reels, three rows, twenty lines; its data and one pure function.

Everything that decides a win is data with a version and a hash; `evaluate` turns five stops into
wins that are whole multiples of the line bet, so amounts stay exact in every currency.
Source: aggregator-domain 5.2; mockup "Night Shift".
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import msgspec

REELS = 5
ROWS = 3


@dataclass(frozen=True)
class Machine:
    """A slot as data: change anything and `pay_table_hash` changes with it."""

    version: str
    strips: tuple[tuple[str, ...], ...]
    """The symbols of each reel in order; a stop is the index of the one shown in the top row."""
    lines: tuple[tuple[int, ...], ...]
    """For each line the row (0 = top) it takes on each reel; line 1 is the first."""
    pays: Mapping[str, Mapping[int, int]]
    """Symbol and length of the run from the left -> multiple of the line bet."""
    scatter_pays: Mapping[int, int]
    """Scatters anywhere in view -> multiple of the total bet."""
    wild: str
    """Stands for every symbol but the scatter, and pays by itself too."""
    scatter: str
    rtp_percent: str
    """Return to player as stated to players; a test proves it against the full cycle."""
    pay_table_hash: str = field(init=False)
    """SHA-256 of `rules_text`; kept on every round."""

    def __post_init__(self) -> None:
        digest = hashlib.sha256(self.rules_text.encode()).hexdigest()
        object.__setattr__(self, "pay_table_hash", digest)

    @property
    def rules_text(self) -> str:
        """All that decides a win as one line of JSON: what `pay_table_hash` is the SHA-256 of."""
        counted = [
            self.version,
            self.strips,
            self.lines,
            {symbol: sorted(pays.items()) for symbol, pays in self.pays.items()},
            sorted(self.scatter_pays.items()),
            self.wild,
            self.scatter,
        ]
        return msgspec.json.encode(counted, order="sorted").decode()

    @property
    def stops_per_reel(self) -> tuple[int, ...]:
        """How many stops each reel has: the bounds of the five random numbers."""
        return tuple(len(strip) for strip in self.strips)


@dataclass(frozen=True)
class LineWin:
    """A run that pays. `line` counts from 1, `multiple` is of the line bet."""

    line: int
    symbol: str
    count: int
    multiple: int


@dataclass(frozen=True)
class Outcome:
    """What five stops show and pay.

    `window` holds the rows from the top; `scatter_multiple` is of the total bet, `win_multiple`
    of the line bet and covers lines and scatters; `win_micros` is the amount paid.
    """

    stops: tuple[int, ...]
    window: tuple[tuple[str, ...], ...]
    line_wins: tuple[LineWin, ...]
    scatter_count: int
    scatter_multiple: int
    win_multiple: int
    win_micros: int


def window_of(machine: Machine, stops: Sequence[int]) -> tuple[tuple[str, ...], ...]:
    """The symbols in view, rows from the top; a strip goes round at its end."""
    return tuple(
        tuple(
            strip[(stop + row) % len(strip)]
            for strip, stop in zip(machine.strips, stops, strict=True)
        )
        for row in range(ROWS)
    )


def line_win(machine: Machine, symbols: Sequence[str]) -> tuple[str, int, int]:
    """The best run of one line from the left: (symbol, count, multiple); multiple 0 pays nothing.

    Wilds at the start may count as themselves or as the symbol after them; the better one pays,
    and only one.
    """
    wilds = 0
    while wilds < len(symbols) and symbols[wilds] == machine.wild:
        wilds += 1
    best = (machine.wild, wilds, machine.pays[machine.wild].get(wilds, 0))
    if wilds == len(symbols) or symbols[wilds] == machine.scatter:
        return best
    symbol, count = symbols[wilds], wilds
    while count < len(symbols) and symbols[count] in (symbol, machine.wild):
        count += 1
    multiple = machine.pays[symbol].get(count, 0)
    return (symbol, count, multiple) if multiple >= best[2] else best


def evaluate(machine: Machine, stops: Sequence[int], line_bet_micros: int) -> Outcome:
    """What these stops pay for a bet of `line_bet_micros` on every line."""
    for stop, size in zip(stops, machine.stops_per_reel, strict=True):
        if not 0 <= stop < size:
            raise ValueError("a stop is outside its reel")
    window = window_of(machine, stops)
    wins: list[LineWin] = []
    for number, rows in enumerate(machine.lines, start=1):
        symbols = [window[row][reel] for reel, row in enumerate(rows)]
        symbol, count, multiple = line_win(machine, symbols)
        if multiple:
            wins.append(LineWin(number, symbol, count, multiple))
    scatters = sum(row.count(machine.scatter) for row in window)
    scatter_multiple = machine.scatter_pays.get(scatters, 0)
    total = sum(win.multiple for win in wins) + scatter_multiple * len(machine.lines)
    return Outcome(
        stops=tuple(stops),
        window=window,
        line_wins=tuple(wins),
        scatter_count=scatters,
        scatter_multiple=scatter_multiple,
        win_multiple=total,
        win_micros=total * line_bet_micros,
    )


_TOP, _MID, _LOW = 0, 1, 2

NIGHT_SHIFT = Machine(
    version="night-shift-1",
    strips=tuple(
        tuple(strip.split())
        for strip in (
            (
                "mouse house key mug mouse pizza key lamp headset key "
                "mug mouse key mug mouse keyboard key mouse mug key"
            ),
            (
                "keyboard mug key keyboard headset pizza keyboard mug headset keyboard "
                "mug headset lamp keyboard house pizza keyboard mouse mug headset"
            ),
            (
                "pizza mouse key mug pizza mouse headset pizza mouse headset "
                "pizza mouse keyboard pizza lamp key mouse pizza house headset"
            ),
            (
                "key mug keyboard pizza mouse headset lamp mug mouse headset "
                "mug mouse keyboard pizza mouse mug house headset mouse pizza"
            ),
            (
                "mouse mug key pizza mouse key pizza mouse key keyboard "
                "mug headset key mouse pizza key house lamp keyboard key"
            ),
        )
    ),
    lines=(
        (_MID, _MID, _MID, _MID, _MID),
        (_TOP, _TOP, _TOP, _TOP, _TOP),
        (_LOW, _LOW, _LOW, _LOW, _LOW),
        (_TOP, _MID, _LOW, _MID, _TOP),
        (_LOW, _MID, _TOP, _MID, _LOW),
        (_TOP, _TOP, _MID, _LOW, _LOW),
        (_LOW, _LOW, _MID, _TOP, _TOP),
        (_MID, _TOP, _TOP, _TOP, _MID),
        (_MID, _LOW, _LOW, _LOW, _MID),
        (_MID, _TOP, _MID, _LOW, _MID),
        (_MID, _LOW, _MID, _TOP, _MID),
        (_TOP, _MID, _MID, _MID, _TOP),
        (_LOW, _MID, _MID, _MID, _LOW),
        (_TOP, _MID, _TOP, _MID, _TOP),
        (_LOW, _MID, _LOW, _MID, _LOW),
        (_MID, _MID, _TOP, _MID, _MID),
        (_MID, _MID, _LOW, _MID, _MID),
        (_TOP, _TOP, _LOW, _TOP, _TOP),
        (_LOW, _LOW, _TOP, _LOW, _LOW),
        (_TOP, _LOW, _LOW, _LOW, _TOP),
    ),
    pays={
        "lamp": {3: 80, 4: 400, 5: 5000},
        "keyboard": {3: 25, 4: 120, 5: 1000},
        "headset": {3: 20, 4: 80, 5: 400},
        "key": {3: 12, 4: 60, 5: 150},
        "pizza": {3: 12, 4: 40, 5: 120},
        "mug": {3: 10, 4: 40, 5: 120},
        "mouse": {3: 6, 4: 30, 5: 60},
    },
    scatter_pays={3: 2, 4: 8, 5: 250},
    wild="lamp",
    scatter="house",
    rtp_percent="96.00",
)
