"""Which package is used when: against a look at every second, and by hand (decision 0090)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from lanhouse.cafe.metering.rules import Segment, Terms, bill, cut, ends_at, package_use
from lanhouse.cafe.metering.rules.turns import turns
from lanhouse.cafe.offers.schemas import Package
from lanhouse.cafe.pricing.rules import PriceRule, Tariff, Window

NOON = datetime(2026, 11, 16, 12, tzinfo=UTC)
UTC_ZONE = ZoneInfo("UTC")
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
EURO = 1_000_000
PRICED = Tariff("UTC", rules=(PriceRule(1, "Day", 6 * EURO),))


def hours(begin: int, end: int) -> Window:
    """Open from one minute after noon to another."""
    return Window(from_minute=720 + begin, to_minute=720 + end)


def pass_of(number: int, minutes: int, **more: Any) -> Package:
    values: dict[str, Any] = {"window": Window()}
    return Package(minutes * 60, f"p{number}", number, **(values | more))


def used(packages: tuple[Package, ...], minutes: int) -> list[tuple[str, float, float]]:
    """Name, begin and end in minutes after noon of each turn; "" where no package pays."""
    return [
        ("" if package is None else package.name, (a - NOON) / MINUTE, (b - NOON) / MINUTE)
        for a, b, package in turns(packages, PRICED, NOON, NOON + minutes * MINUTE)
    ]


def test_the_higher_priority_takes_over_when_it_opens_and_the_rest_is_kept() -> None:
    low = pass_of(1, 60)
    high = pass_of(2, 60, priority=5, window=hours(20, 30))
    assert used((low, high), 90) == [
        ("p1", 0, 20),
        ("p2", 20, 30),
        ("p1", 30, 70),
        ("", 70, 90),
    ]


def test_auto_start_begins_at_its_hour_whatever_is_in_use() -> None:
    high = pass_of(1, 60, priority=9)
    night = pass_of(2, 15, is_auto_start=True, window=hours(10, 60))
    assert used((high, night), 80) == [
        *(("p1", 0, 10), ("p2", 10, 25), ("p1", 25, 75), ("", 75, 80)),
    ]


def test_of_equals_the_one_that_closes_sooner_then_the_older() -> None:
    old, short = pass_of(1, 10), pass_of(2, 10, window=hours(-10, 5))
    late, later = pass_of(3, 10, until_at=NOON + 40 * HOUR), pass_of(4, 10)
    assert used((old, short, late, later), 40) == [
        *(("p2", 0, 5), ("p3", 5, 15), ("p1", 15, 25), ("p4", 25, 35), ("", 35, 40)),
    ]
    # A life that ends long after what is looked at orders as well.
    far = pass_of(5, 10, until_at=NOON + 400 * HOUR)
    assert used((old, far), 5) == [("p5", 0, 5)]


def test_packages_of_before_keep_the_order_they_stand_in() -> None:
    first = Package(600, "first", 9)
    second = Package(600, "second", 1, NOON + 15 * MINUTE)
    assert used((first, second), 30) == [("first", 0, 10), ("second", 10, 15), ("", 15, 30)]


def test_money_pays_until_the_hour_and_after_it_to_the_second() -> None:
    night = pass_of(1, 300, window=hours(20, 50))
    segments = [Segment(NOON, PRICED, packages=(night,))]
    lines = bill(segments, Terms(), NOON + 60 * MINUTE).lines
    assert [(line.kind, line.seconds, line.amount_micros) for line in lines] == [
        ("time", 1200, 2 * EURO),
        ("package", 1800, 0),
        ("time", 600, EURO),
    ]
    # 2.00 last just to the hour, and the package carries on to its close.
    assert ends_at(segments, Terms(), 2 * EURO) == NOON + 50 * MINUTE
    # A second less, and nobody waits for it.
    assert ends_at(segments, Terms(), 199 * EURO // 100) == NOON + 1194 * SECOND
    # What is kept for the rest comes after it.
    assert ends_at(segments, Terms(), 3 * EURO) == NOON + 60 * MINUTE


def test_the_fee_is_owed_with_the_first_priced_second_where_a_package_comes_first() -> None:
    terms = Terms(start_fee_micros=EURO)
    now = [Segment(NOON, PRICED, packages=(pass_of(1, 10),))]
    later = [Segment(NOON, PRICED, packages=(pass_of(1, 10, window=hours(1, 30)),))]
    assert bill(now, terms, NOON + 10 * MINUTE).total_micros == 0
    assert bill(now, terms, NOON + 20 * MINUTE).total_micros == 2 * EURO
    assert bill(later, terms, NOON).total_micros == EURO


packages = st.lists(
    st.builds(
        lambda number, minutes, window, until, begin, priority, auto: pass_of(
            number,
            minutes,
            window=window,
            until_at=until and NOON + until * MINUTE,
            from_at=begin and NOON + begin * MINUTE,
            priority=priority,
            is_auto_start=auto,
        ),
        st.integers(1, 9),
        st.integers(1, 8),
        st.sampled_from([Window(), *(hours(begin, begin + 6) for begin in (-3, 2, 5, 8))]),
        st.sampled_from([None, None, 9, 12_000]),
        st.sampled_from([None, None, 4]),
        st.integers(0, 1),
        st.booleans(),
    ),
    max_size=4,
    unique_by=lambda package: package.member_offer_id,
).map(tuple)


def naive_use(held: tuple[Package, ...], minutes: int) -> dict[str, int]:
    """Seconds used of each, minute by minute."""
    left = {package: package.seconds // 60 for package in held}
    found: dict[str, int] = {}
    for minute in range(minutes):
        at = NOON + minute * MINUTE
        fitting = [package for package in held if left[package] and _is_open(package, at)]
        if fitting:
            best = min(fitting, key=lambda package, at=at: _rank(package, at))
            left[best] -= 1
            found[best.name] = found.get(best.name, 0) + 60
    return found


def _is_open(package: Package, at: datetime) -> bool:
    begins = package.from_at is None or at >= package.from_at
    ends = package.until_at is not None and at >= package.until_at
    return begins and not ends and package.window is not None and package.window.holds(at, UTC_ZONE)


def _rank(package: Package, at: datetime) -> tuple[object, ...]:
    closes = package.until_at or NOON + 9999 * HOUR
    if package.window != Window():
        ends = next(at + n * MINUTE for n in range(99) if not _is_open(package, at + n * MINUTE))
        closes = min(closes, ends)
    return (not package.is_auto_start, -package.priority, closes, package.member_offer_id)


@settings(deadline=None)
@given(packages, st.integers(1, 40), st.integers(0, 2400))
def test_the_use_is_that_of_every_minute_wherever_the_session_is_cut(held, minutes, cut_at):
    until = NOON + minutes * MINUTE
    segments = [Segment(NOON, PRICED, packages=held)]
    whole = {package.name: s for package, s in package_use(segments, Terms(), until).items()}
    assert whole == naive_use(held, minutes)
    parts = cut(segments, Terms(), min(NOON + cut_at * SECOND, until))
    found: dict[str, int] = {}
    for number in range(1, len(parts) + 1):
        for package, seconds in package_use(parts[:number], Terms(), until).items():
            found[package.name] = found.get(package.name, 0) + seconds
    assert found == whole
