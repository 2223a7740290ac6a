"""A pause costs nothing and takes nothing: against the same session without it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lanhouse.cafe.metering.rules import (
    PAUSED,
    Segment,
    Terms,
    bill,
    cut,
    ends_at,
    package_use,
    paused,
    resumed,
    standing,
    total_cost,
)
from lanhouse.cafe.offers.schemas import Package
from lanhouse.cafe.pricing.rules import PriceList, PriceRule, Tariff, Window, tariff_for
from tests.unit.sessions.test_session_properties import terms_of_sessions

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
NOON = datetime(2026, 11, 16, 12, tzinfo=UTC)
EURO = 1_000_000
NO_TERMS = Terms()
HOURLY = Terms(block_seconds=3600)


def flat(euros: int) -> Tariff:
    """The same price at every hour, so that it does not matter when somebody plays."""
    return tariff_for(PriceList((), PriceRule(99, "Default", euros * EURO)), 1, 2, zone="UTC")


class Twins:
    """A session with pauses and the same one without them."""

    def __init__(self, segment: Segment, terms: Terms, money_micros: int) -> None:
        self.terms = terms
        self.money_micros = money_micros
        self.at = self.plain_at = segment.from_at
        self.segments, self.plain = [segment], [segment]
        self.is_paused = False

    def wait(self, seconds: int) -> None:
        """Time passes; nobody plays during a pause, so that there is none for the other one."""
        self.at += seconds * SECOND
        if not self.is_paused:
            self.plain_at += seconds * SECOND

    def switch(self) -> None:
        """Pause, or go on. The house pauses nothing that is over already."""
        end = ends_at(self.plain, self.terms, self.money_micros)
        if not self.is_paused and end is not None and end <= self.plain_at:
            return
        change = resumed if self.is_paused else paused
        self.segments = change(self.segments, self.terms, self.at)
        self.is_paused = not self.is_paused

    def reprice(self, euros: int) -> None:
        """Another price, or a move."""
        self.segments = cut(self.segments, self.terms, self.at, flat(euros))
        self.plain = cut(self.plain, self.terms, self.plain_at, flat(euros))

    def add(self, package: Package) -> None:
        """A package more."""
        for name, at in (("segments", self.at), ("plain", self.plain_at)):
            changed = cut(getattr(self, name), self.terms, at)
            packages = (*changed[-1].packages, package)
            changed[-1] = msgspec.structs.replace(changed[-1], packages=packages)
            setattr(self, name, changed)

    def check(self) -> None:
        """They have played and cost the same, and have the same time left."""
        mine = bill(self.segments, self.terms, self.at)
        other = bill(self.plain, self.terms, self.plain_at)
        assert mine.seconds == other.seconds
        assert mine.total_micros == other.total_micros
        assert mine.exact_micros == other.exact_micros
        assert all(line.amount_micros == 0 for line in mine.lines if line.kind == PAUSED)
        stood = sum((line.seconds for line in mine.lines if line.kind == PAUSED), 0)
        assert stood == (self.at - self.plain_at) // SECOND
        assert self.used(self.segments, self.at) == self.used(self.plain, self.plain_at)
        seen = standing(self.segments)[-1].from_at if self.is_paused else self.at
        mine_end = ends_at(self.segments, self.terms, self.money_micros)
        other_end = ends_at(self.plain, self.terms, self.money_micros)
        assert (mine_end is None) == (other_end is None)
        if mine_end is None or other_end is None:
            return
        left, other_left = (mine_end - seen) // SECOND, (other_end - self.plain_at) // SECOND
        if other_end < self.plain[-1].from_at + timedelta(days=366):
            assert left == other_left or max(left, other_left) <= 0

    def used(self, segments: list[Segment], until: datetime) -> dict[int, int]:
        """Seconds of each package."""
        found: dict[int, int] = {}
        for number in range(1, len(segments) + 1):
            for package, seconds in package_use(segments[:number], self.terms, until).items():
                offer_id = package.member_offer_id
                found[offer_id] = found.get(offer_id, 0) + seconds
        return {offer_id: seconds for offer_id, seconds in found.items() if seconds}


acts = st.one_of(
    st.tuples(st.just("wait"), st.integers(0, 5000)),
    st.tuples(st.just("switch"), st.just(0)),
    st.tuples(st.just("reprice"), st.integers(0, 4)),
    st.tuples(st.just("add"), st.integers(1, 4000)),
)


@given(
    st.lists(acts, max_size=14),
    terms_of_sessions,
    st.integers(0, 4),
    st.booleans(),
    st.integers(0, 40),
)
@example(steps=[("wait", 1), ("switch", 0)], terms=HOURLY, euros=1, has_package=False, money=0)
def test_pauses_change_neither_time_nor_money(steps, terms, euros, has_package, money):
    packages = (Package(900, "first", 900, None),) if has_package else ()
    twins = Twins(Segment(NOON, flat(euros), packages=packages), terms, money * EURO)
    for number, (act, value) in enumerate(steps):
        if act == "wait":
            twins.wait(value)
        elif act == "switch":
            twins.switch()
        elif act == "reprice":
            twins.reprice(value)
        else:
            twins.add(Package(value, f"package {number}", number, None))
        twins.check()


def happy_hour() -> Tariff:
    """1.00 an hour, 4.00 from 13:00 on."""
    late = PriceRule(1, "Late", 4 * EURO, window=Window(from_minute=13 * 60, to_minute=23 * 60))
    return tariff_for(PriceList((late,), PriceRule(99, "Default", EURO)), 1, 2, zone="UTC")


def test_hours_do_not_wait() -> None:
    """Half an hour before the price rises, half an hour after it."""
    segments = paused([Segment(NOON, happy_hour())], NO_TERMS, NOON + 30 * MINUTE)
    segments = resumed(segments, NO_TERMS, NOON + 90 * MINUTE)
    found = bill(segments, NO_TERMS, NOON + 120 * MINUTE)
    assert [(line.kind, line.seconds, line.amount_micros) for line in found.lines] == [
        ("time", 1800, 500_000),
        ("paused", 3600, 0),
        ("time", 1800, 2 * EURO),
    ]
    assert (found.seconds, found.total_micros) == (3600, 2_500_000)


@pytest.mark.parametrize("minutes", [0, 1, 29, 31, 300])
def test_cost_stands_still_in_a_begun_block_whatever_the_hour(minutes: int) -> None:
    """A block of an hour from noon is 1.00, though the pause reaches into dearer hours."""
    terms = Terms(block_seconds=3600)
    segments = paused([Segment(NOON, happy_hour())], terms, NOON + 30 * MINUTE)
    end = NOON + (30 + minutes) * MINUTE
    assert total_cost(segments, terms, end) == EURO
    going_on = resumed(segments, terms, end)
    assert total_cost(going_on, terms, end + 30 * MINUTE) == EURO
    # The next block is begun after 13:00 in any case.
    assert total_cost(going_on, terms, end + 31 * MINUTE) == 5 * EURO


def test_a_window_that_closes_in_a_pause_leaves_its_package() -> None:
    package = Package(7200, "morning", 7, NOON + 60 * MINUTE)
    segments = paused([Segment(NOON, flat(2), packages=(package,))], NO_TERMS, NOON + 30 * MINUTE)
    # While it stands still it still has the half hour that it had.
    assert ends_at(segments, NO_TERMS, 0) == NOON + 60 * MINUTE
    early = resumed(segments, NO_TERMS, NOON + 45 * MINUTE)
    assert ends_at(early, NO_TERMS, 0) == NOON + 60 * MINUTE
    assert [each.seconds for each in early[-1].packages] == [5400]
    late = resumed(segments, NO_TERMS, NOON + 70 * MINUTE)
    assert late[-1].packages == ()
    assert ends_at(late, NO_TERMS, 0) == NOON + 70 * MINUTE
    assert ends_at(late, NO_TERMS, EURO) == NOON + 100 * MINUTE


def test_a_free_session_stands_still_too() -> None:
    segments = paused([Segment(NOON, flat(2), is_free=True)], NO_TERMS, NOON + MINUTE)
    found = bill(segments, NO_TERMS, NOON + 5 * MINUTE)
    assert [(line.kind, line.seconds) for line in found.lines] == [
        ("free_session", 60),
        ("paused", 240),
    ]
    assert (found.seconds, found.total_micros) == (60, 0)
    assert ends_at(segments, NO_TERMS, 0) is None
