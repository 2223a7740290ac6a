"""Tests of chance on whole outcomes: how unlikely what fell would be, if all were as it should be.

Each test takes a sequence of outcomes 0 ... k-1 and their exact probabilities, and answers a
p-value: the chance of a sequence at least as odd. At 99 % a test fails below 0.01.
Source: 25 CFR 547.14 (chi-square, runs, serial correlation, gap, coupon collector; 99 %).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from itertools import pairwise

LEVEL = 0.01
_EXPECTED_LEAST = 5
"""Cells expected less often are put together, as the chi-square test demands."""
_COUPON_KINDS_MAX = 64

Chances = Sequence[float]


def chi_square_tail(square: float, freedom: int) -> float:
    """The chance that chi-square with so many degrees of freedom is at least `square`.

    The regularized upper incomplete gamma function: a series below its mean, a continued fraction
    above it.
    """
    if square <= 0:
        return 1.0
    half, x = freedom / 2, square / 2
    front = math.exp(half * math.log(x) - x - math.lgamma(half))
    if x < half + 1:
        term = total = 1 / half
        count = half
        while term > total * 1e-15:
            count += 1
            term *= x / count
            total += term
        return max(0.0, 1 - front * total)
    tiny = 1e-300
    b = x + 1 - half
    c, d = 1 / tiny, 1 / b
    value = d
    for step in range(1, 10_000):
        a = step * (half - step)
        b += 2
        d = 1 / (a * d + b or tiny)
        c = b + a / c or tiny
        value *= c * d
        if abs(c * d - 1) < 1e-14:
            break
    return front * value


def _fit(observed: Iterable[int], expected: Iterable[float]) -> float:
    """Chi-square of counts against expectations; neighbours expected rarely are put together."""
    cells: list[tuple[int, float]] = []
    seen, awaited = 0, 0.0
    for count, mean in zip(observed, expected, strict=True):
        seen, awaited = seen + count, awaited + mean
        if awaited >= _EXPECTED_LEAST:
            cells.append((seen, awaited))
            seen, awaited = 0, 0.0
    if cells and awaited:
        last_seen, last_awaited = cells.pop()
        cells.append((last_seen + seen, last_awaited + awaited))
    if len(cells) < 2:
        raise ValueError("too few outcomes for this test")
    square = sum((count - mean) ** 2 / mean for count, mean in cells)
    return chi_square_tail(square, len(cells) - 1)


def equidistribution(values: Sequence[int], chances: Chances) -> float:
    """Chi-square: every outcome falls as often as it should."""
    fell = Counter(values)
    return _fit(
        (fell[kind] for kind in range(len(chances))), (len(values) * chance for chance in chances)
    )


def serial(values: Sequence[int], chances: Chances) -> float:
    """Chi-square of pairs that do not overlap: an outcome does not depend on the one before."""
    pairs = Counter(zip(values[::2], values[1::2], strict=False))
    kinds = range(len(chances))
    count = len(values) // 2
    cells = [(first, second) for first in kinds for second in kinds]
    return _fit(
        (pairs[cell] for cell in cells),
        (count * chances[first] * chances[second] for first, second in cells),
    )


def _half(chances: Chances) -> frozenset[int]:
    """Outcomes from the first on that together fall about half of the time."""
    chosen: list[int] = []
    share = 0.0
    for kind, chance in enumerate(chances):
        if chosen and abs(share + chance - 0.5) > abs(share - 0.5):
            break
        chosen.append(kind)
        share += chance
    return frozenset(chosen)


def runs(values: Sequence[int], chances: Chances) -> float:
    """Wald and Wolfowitz: low and high outcomes change as often as they should."""
    low = _half(chances)
    sides = [value in low for value in values]
    lows = sum(sides)
    highs = len(sides) - lows
    if not lows or not highs:
        raise ValueError("too few outcomes for this test")
    count = 1 + sum(one != other for one, other in pairwise(sides))
    both = 2 * lows * highs
    mean = both / len(sides) + 1
    variance = both * (both - len(sides)) / (len(sides) ** 2 * (len(sides) - 1))
    return math.erfc(abs(count - mean) / math.sqrt(2 * variance))


def gap(values: Sequence[int], chances: Chances) -> float:
    """Chi-square of how many others fall between two outcomes of a chosen half."""
    chosen = _half(chances)
    share = sum(chances[kind] for kind in chosen)
    gaps: Counter[int] = Counter()
    waited: int | None = None
    for value in values:
        if value in chosen:
            if waited is not None:
                gaps[waited] += 1
            waited = 0
        elif waited is not None:
            waited += 1
    count = sum(gaps.values())
    longest = max(gaps, default=0)
    expected = [count * share * (1 - share) ** length for length in range(longest + 1)]
    expected.append(count * (1 - share) ** (longest + 1))
    return _fit([*(gaps[length] for length in range(longest + 1)), 0], expected)


@cache
def _coupon_chances(kinds: int, most: int) -> tuple[float, ...]:
    """Chance that all of so many equally likely kinds are seen first after 0, 1, ... draws."""
    seen = [1.0] + [0.0] * kinds
    found = [0.0]
    for _ in range(most):
        following = [0.0] * (kinds + 1)
        for have in range(kinds):
            following[have] += seen[have] * have / kinds
            following[have + 1] += seen[have] * (kinds - have) / kinds
        found.append(following[kinds])
        following[kinds] = 0.0
        seen = following
    return tuple(found)


def coupon(values: Sequence[int], chances: Chances) -> float:
    """Coupon collector: how many draws it takes until every outcome has fallen; equally likely
    ones only.
    """
    kinds = len(chances)
    if max(chances) - min(chances) > 1e-12 or kinds > _COUPON_KINDS_MAX:
        raise ValueError("the coupon test needs outcomes that are equally likely")
    lengths: Counter[int] = Counter()
    seen: set[int] = set()
    length = 0
    for value in values:
        seen.add(value)
        length += 1
        if len(seen) == kinds:
            lengths[length] += 1
            seen, length = set(), 0
    count = sum(lengths.values())
    longest = max(lengths, default=0)
    expected = [count * chance for chance in _coupon_chances(kinds, longest)]
    expected.append(count - sum(expected))
    return _fit([*(lengths[length] for length in range(longest + 1)), 0], expected)


TESTS: dict[str, Callable[[Sequence[int], Chances], float]] = {
    "chi-square": equidistribution,
    "runs": runs,
    "serial": serial,
    "gap": gap,
    "coupon": coupon,
}


def fitting_tests(chances: Chances) -> list[str]:
    """The tests that fit outcomes of these probabilities."""
    is_even = max(chances) - min(chances) <= 1e-12
    return [name for name in TESTS if name != "coupon" or is_even]
