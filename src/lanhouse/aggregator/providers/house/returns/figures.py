"""The exact figures of one bet, as rational numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from lanhouse.kit.money import half_up


@dataclass(frozen=True)
class Figures:
    """One way to bet, per unit staked at the start of a round.

    `rtp` and `other_rtp` come from two methods that share no code and must be the same number.
    `hit_rate` is the share of rounds that pay anything, `gain_rate` of those that pay more than
    they cost; `variance` that of the net result; `biggest` the most a round can pay.
    """

    bet: str
    rtp: Fraction
    other_rtp: Fraction
    hit_rate: Fraction
    gain_rate: Fraction
    variance: Fraction
    biggest: Fraction


def of_spread(bet: str, spread: Mapping[Fraction, Fraction], other_rtp: Fraction) -> Figures:
    """Figures from every payment per unit staked and its probability; they must sum to 1."""
    assert sum(spread.values()) == 1
    mean = sum((paid * chance for paid, chance in spread.items()), Fraction(0))
    squares = sum((paid * paid * chance for paid, chance in spread.items()), Fraction(0))
    return Figures(
        bet=bet,
        rtp=mean,
        other_rtp=other_rtp,
        hit_rate=sum((chance for paid, chance in spread.items() if paid > 0), Fraction(0)),
        gain_rate=sum((chance for paid, chance in spread.items() if paid > 1), Fraction(0)),
        variance=squares - mean * mean,
        biggest=max(paid for paid, chance in spread.items() if chance),
    )


def percent(share: Fraction, places: int = 4) -> str:
    """A share as percent with so many decimals, half-up, without zeros beyond the second:
    24/25 is `96.00`, 1/37 of 4 places `2.7027`.
    """
    scale = 10**places
    units = half_up(share.numerator * 100 * scale, share.denominator)
    whole, rest = divmod(units, scale)
    decimals = f"{rest:0{places}d}"
    return f"{whole}.{decimals[:2]}{decimals[2:].rstrip('0')}"
