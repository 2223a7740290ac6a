"""The exact return of a slot, found in two ways that share no code, and its PAR sheet.

`cycle_of` walks the full cycle of stops and keeps how often each win comes up; combinations that
can no longer differ are counted together, so three million of them take about a second.
`line_return` multiplies the probabilities of single lines. Both are exact rational numbers and
must be equal. `lanhouse rtp` prints them for every game and plays against them.
Source: aggregator-domain 5.2 (both required to agree).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import prod

from lanhouse.aggregator.providers.house.returns.figures import percent
from lanhouse.aggregator.providers.house.slot import ROWS, Machine

Alive = tuple[tuple[int, str, int], ...]
"""Lines whose run is not broken yet: (line index, its symbol or the wild, wilds at its start)."""
State = tuple[int, int, Alive]
"""(win of broken lines in line bets, scatters so far, lines still running)."""


@dataclass(frozen=True)
class Cycle:
    """How often each win comes up when every combination of stops is played once."""

    counts: dict[int, int]
    """Win as a multiple of the line bet -> combinations that pay it."""
    lines: int

    @property
    def combinations(self) -> int:
        """The number of combinations of stops."""
        return sum(self.counts.values())

    @property
    def rtp(self) -> Fraction:
        """Average return per unit of total bet."""
        paid = sum(win * count for win, count in self.counts.items())
        return Fraction(paid, self.combinations * self.lines)

    @property
    def hit_rate(self) -> Fraction:
        """The share of rounds that pay anything."""
        return Fraction(self.combinations - self.counts.get(0, 0), self.combinations)

    @property
    def real_win_rate(self) -> Fraction:
        """The share of rounds that pay more than their bet."""
        above = sum(count for win, count in self.counts.items() if win > self.lines)
        return Fraction(above, self.combinations)

    @property
    def max_win(self) -> Fraction:
        """The biggest win of a round as a multiple of the total bet."""
        return Fraction(max(self.counts), self.lines)

    @property
    def max_win_odds(self) -> int:
        """One round in this many pays the biggest win (rounded down)."""
        return self.combinations // self.counts[max(self.counts)]

    @property
    def variance(self) -> Fraction:
        """Variance of the return of one round, in squared total bets."""
        squares = sum(win * win * count for win, count in self.counts.items())
        return Fraction(squares, self.combinations * self.lines**2) - self.rtp**2


def _run_pay(machine: Machine, symbol: str, count: int, wilds: int) -> int:
    by_symbol = machine.pays[symbol].get(count, 0)
    return max(by_symbol, machine.pays[machine.wild].get(wilds, 0))


def _advance(machine: Machine, reel: int, state: State, window: tuple[str, ...]) -> State:
    """The state after one more reel: runs grow or break and are paid."""
    win, scatters, alive = state
    kept: list[tuple[int, str, int]] = []
    for line, symbol, wilds in alive:
        shown = window[machine.lines[line][reel]]
        if shown == machine.wild:
            kept.append((line, symbol, wilds + (symbol == machine.wild)))
        elif shown == symbol or (symbol == machine.wild and shown != machine.scatter):
            kept.append((line, shown, wilds))
        else:
            win += _run_pay(machine, symbol, reel, wilds)
    return win, scatters + window.count(machine.scatter), tuple(kept)


def joint_counts(machine: Machine) -> dict[tuple[int, int], int]:
    """Play every combination of stops once: (win in line bets, scatters in view) -> how many."""
    start: Alive = tuple((line, machine.wild, 0) for line in range(len(machine.lines)))
    states: Counter[State] = Counter({(0, 0, start): 1})
    for reel, strip in enumerate(machine.strips):
        windows = Counter(
            tuple(strip[(stop + row) % len(strip)] for row in range(ROWS))
            for stop in range(len(strip))
        )
        following: Counter[State] = Counter()
        for state, times in states.items():
            for window, weight in windows.items():
                following[_advance(machine, reel, state, window)] += times * weight
        states = following
    counts: Counter[tuple[int, int]] = Counter()
    reels = len(machine.strips)
    for (win, scatters, alive), times in states.items():
        runs = sum(_run_pay(machine, symbol, reels, wilds) for _, symbol, wilds in alive)
        total = win + runs + machine.scatter_pays.get(scatters, 0) * len(machine.lines)
        counts[total, scatters] += times
    return dict(counts)


def cycle_of(machine: Machine) -> Cycle:
    """Play every combination of stops once and count the wins."""
    counts: Counter[int] = Counter()
    for (win, _), times in joint_counts(machine).items():
        counts[win] += times
    return Cycle(dict(counts), len(machine.lines))


def line_probabilities(machine: Machine) -> dict[tuple[str, int], Fraction]:
    """How likely one line pays (symbol, count), as a product of the symbols' shares of the reels.

    Every cell of a reel shows every stop of its strip equally often, so the line does not matter.
    """

    def share(reel: int, *symbols: str) -> Fraction:
        strip = machine.strips[reel]
        return Fraction(sum(strip.count(symbol) for symbol in symbols), len(strip))

    wild, reels = machine.wild, len(machine.strips)
    found: dict[tuple[str, int], Fraction] = {}

    def add(symbol: str, count: int, wilds: int, probability: Fraction) -> None:
        own = machine.pays[symbol].get(count, 0) if symbol != machine.scatter else 0
        as_wild = machine.pays[wild].get(wilds, 0)
        if max(own, as_wild) > 0:
            paid = (symbol, count) if own >= as_wild else (wild, wilds)
            found[paid] = found.get(paid, Fraction(0)) + probability

    for wilds in range(reels):
        lead = prod((share(reel, wild) for reel in range(wilds)), start=Fraction(1))
        add(machine.scatter, wilds, wilds, lead * share(wilds, machine.scatter))
        for symbol in machine.pays:
            if symbol == wild:
                continue
            running = lead * share(wilds, symbol)
            for count in range(wilds + 1, reels):
                add(symbol, count, wilds, running * (1 - share(count, symbol, wild)))
                running *= share(count, symbol, wild)
            add(symbol, reels, wilds, running)
    add(wild, reels, reels, prod((share(reel, wild) for reel in range(reels)), start=Fraction(1)))
    return found


def scatter_probabilities(machine: Machine) -> dict[int, Fraction]:
    """How likely this many scatters are in view; strips show at most one per reel."""
    chances: dict[int, Fraction] = {0: Fraction(1)}
    for strip in machine.strips:
        seen = Fraction(ROWS * strip.count(machine.scatter), len(strip))
        following: dict[int, Fraction] = {}
        for count, chance in chances.items():
            following[count] = following.get(count, Fraction(0)) + chance * (1 - seen)
            following[count + 1] = following.get(count + 1, Fraction(0)) + chance * seen
        chances = following
    return chances


def line_return(machine: Machine) -> Fraction:
    """The return to player from probability products alone."""
    lines = sum(
        (p * machine.pays[symbol][count] for (symbol, count), p in _paying(machine)), Fraction(0)
    )
    scatters = scatter_probabilities(machine)
    paid = (scatters.get(count, Fraction(0)) * pay for count, pay in machine.scatter_pays.items())
    return lines + sum(paid, Fraction(0))


def _paying(machine: Machine) -> list[tuple[tuple[str, int], Fraction]]:
    return sorted(line_probabilities(machine).items())


def _decimal(value: Fraction) -> Decimal:
    return Decimal(value.numerator) / Decimal(value.denominator)


def par_sheet(machine: Machine, cycle: Cycle) -> str:
    """The sheet a test laboratory asks for: configuration, odds and return, as text."""
    lines = [
        f"PAR sheet of {machine.version}",
        f"pay table hash      {machine.pay_table_hash}",
        f"reels, rows, lines  {len(machine.strips)}, {ROWS}, {len(machine.lines)}",
        f"stops per reel      {', '.join(map(str, machine.stops_per_reel))}",
        f"combinations        {cycle.combinations}",
        f"return, full cycle  {cycle.rtp} = {percent(cycle.rtp, 6)} %",
        f"return, by lines    {line_return(machine)} (must be the same number)",
        f"hit rate            {percent(cycle.hit_rate)} %",
        f"wins above the bet  {percent(cycle.real_win_rate)} %",
        f"standard deviation  {_decimal(cycle.variance).sqrt():.4f} total bets",
        f"biggest win         {cycle.max_win} x total bet, one round in {cycle.max_win_odds}",
        "",
        "symbol      count  pays (line bets)  one line in      part of return",
    ]
    for (symbol, count), chance in _paying(machine):
        pay = machine.pays[symbol][count]
        part = percent(chance * pay, 4)
        lines.append(f"{symbol:<12}{count:>5}{pay:>18}{int(1 / chance):>13}{part:>18} %")
    for count, pay in sorted(machine.scatter_pays.items()):
        chance = scatter_probabilities(machine)[count]
        part = percent(chance * pay, 4)
        label = f"x{pay} total bet"
        lines.append(f"{machine.scatter:<12}{count:>5}{label:>18}{int(1 / chance):>13}{part:>18} %")
    return "\n".join(lines)
