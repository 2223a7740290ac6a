"""Slots' exact return: the whole cycle of stops, and the probabilities of single lines.

For free spins `chained` goes back through the states (played, granted) from the end, with the joint
counts of wins and scatters; `expected` goes forward through them with probabilities of scatters and
of lines that are products of symbols' shares. Both are exact and must be equal.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cache

from lanhouse.aggregator.providers.house import rtp
from lanhouse.aggregator.providers.house.games.machines import FreeSpins
from lanhouse.aggregator.providers.house.returns.figures import Figures, of_spread
from lanhouse.aggregator.providers.house.slot import Machine

Joint = dict[tuple[int, int], int]
"""(win in line bets, scatters in view) -> combinations of stops."""


def figures(machine: Machine) -> Figures:
    """A slot without a feature."""
    cycle = rtp.cycle_of(machine)
    spread = {
        Fraction(win, cycle.lines): Fraction(count, cycle.combinations)
        for win, count in cycle.counts.items()
    }
    return of_spread("bet", spread, rtp.line_return(machine))


@dataclass(frozen=True)
class _Grant:
    """Spins that grant the same number of free spins: how likely, and their wins' moments times
    that chance, in total bets.
    """

    spins: int
    chance: Fraction
    mean: Fraction
    square: Fraction


def _grants(rules: FreeSpins, joint: Joint) -> list[_Grant]:
    whole, lines = sum(joint.values()), len(rules.machine.lines)
    found: list[_Grant] = []
    for spins in sorted({rules.grants.get(scatters, 0) for _, scatters in joint}):
        wins = {
            (win, scatters): count
            for (win, scatters), count in joint.items()
            if rules.grants.get(scatters, 0) == spins
        }
        found.append(
            _Grant(
                spins=spins,
                chance=Fraction(sum(wins.values()), whole),
                mean=Fraction(sum(win * n for (win, _), n in wins.items()), whole * lines),
                square=Fraction(
                    sum(win * win * n for (win, _), n in wins.items()), whole * lines**2
                ),
            )
        )
    return found


def chained(rules: FreeSpins, joint: Joint) -> tuple[Fraction, Fraction]:
    """Mean and variance of what a round pays, in total bets, going back from its end."""
    grants = _grants(rules, joint)

    @cache
    def left(played: int, granted: int, factor: int) -> tuple[Fraction, Fraction]:
        """Mean and mean square of this spin and all that follow."""
        mean = square = Fraction(0)
        for grant in grants:
            total = min(rules.most, granted + grant.spins)
            done = played + (factor > 1)
            after, after_square = (
                left(done, total, rules.factor) if done < total else (Fraction(0), Fraction(0))
            )
            mean += factor * grant.mean + grant.chance * after
            square += (
                factor * factor * grant.square
                + 2 * factor * grant.mean * after
                + grant.chance * after_square
            )
        return mean, square

    mean, square = left(0, 0, 1)
    return mean, square - mean * mean


def spins_expected(rules: FreeSpins) -> Fraction:
    """How many free spins a round has on average, going forward from its first spin."""
    scatters = rtp.scatter_probabilities(rules.machine)
    waiting = {rules.grants.get(0, 0): Fraction(0)}
    for count, chance in scatters.items():
        granted = rules.granted_after(0, count)
        waiting[granted] = waiting.get(granted, Fraction(0)) + chance
    expected = Fraction(0)
    for number in range(1, rules.most + 1):
        playing = {granted: of for granted, of in waiting.items() if granted >= number}
        expected += sum(playing.values(), Fraction(0))
        waiting = {}
        for granted, of in playing.items():
            for count, chance in scatters.items():
                total = rules.granted_after(granted, count)
                waiting[total] = waiting.get(total, Fraction(0)) + of * chance
    return expected


def expected(rules: FreeSpins) -> Fraction:
    """The return from products of probabilities alone: each spin is worth the same on average."""
    return rtp.line_return(rules.machine) * (1 + rules.factor * spins_expected(rules))


def free_spin_figures(rules: FreeSpins) -> Figures:
    """A slot with free spins. `biggest` is of one free spin; a round adds several up.

    Every spin that grants free spins pays more than the bet by itself, so rounds that pay, and
    that pay more than they cost, are told by the first spin.
    """
    machine = rules.machine
    lines, joint = len(machine.lines), rtp.joint_counts(machine)
    assert all(machine.scatter_pays[count] > 1 for count in rules.grants)
    whole = sum(joint.values())
    mean, variance = chained(rules, joint)
    return Figures(
        bet="bet",
        rtp=mean,
        other_rtp=expected(rules),
        hit_rate=Fraction(sum(n for (win, _), n in joint.items() if win), whole),
        gain_rate=Fraction(sum(n for (win, _), n in joint.items() if win > lines), whole),
        variance=variance,
        biggest=Fraction(rules.factor * max(win for win, _ in joint), lines),
    )
