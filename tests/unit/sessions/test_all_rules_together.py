"""Pauses, packages with hours, blocks, the first hour and the cap of a day, all at once.

The oracle looks at every second by itself (test_order_of_rules): a pause charges none of them, and
what a begun block has promised is charged at the prices at which it was begun.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from lanhouse.cafe.metering.rules import Segment, Terms, cut, ends_at, paused, resumed, total_cost
from lanhouse.cafe.offers.schemas import Package
from lanhouse.cafe.pricing.rules import Tariff, Window
from tests.unit.sessions.test_order_of_rules import (
    CENT,
    EVE,
    MINUTE,
    SECOND,
    Oracle,
    all_terms,
    price_at,
    tariffs,
)

# Hours of packages around midnight in Berlin, where the sessions are.
HOURS = [
    None,
    Window(),
    Window((1,), 1380, 1410),
    Window((1, 2), 1410, 10),
    Window((2,), 5, 20),
]


class Table:
    """A session as its guest lives it: acts at moments, and what the oracle knows of them."""

    def __init__(self, terms: Terms, its: Tariff, packages: tuple[Package, ...]) -> None:
        self.terms, self.at = terms, EVE - 45 * MINUTE
        self.segments = [Segment(self.at, its, packages=packages)]
        self.is_paused = False
        self.acts: list[tuple[Any, str, Any]] = []

    def act(self, kind: str, value: Any) -> None:
        """Wait, pause or go on, or another tariff."""
        if kind == "wait":
            self.at += value * SECOND
        elif kind == "switch":
            change = resumed if self.is_paused else paused
            self.segments = change(self.segments, self.terms, self.at)
            self.is_paused = not self.is_paused
            self.acts.append((self.at, kind, None))
        else:
            self.segments = cut(self.segments, self.terms, self.at, value)
            self.acts.append((self.at, kind, value))


def is_open(package: Package, its: Tariff, at: Any) -> bool:
    """Whether the second that begins at `at` is in the package's hours."""
    if package.until_at is not None and at >= package.until_at:
        return False
    if package.window is None:
        return True
    always = msgspec.structs.replace(
        its,
        holidays=(),
        rules=(msgspec.structs.replace(its.rules[0], window=package.window),),
    )
    return price_at(always, at) is not None


def oracle(table: Table, first: Segment, until: Any) -> int:
    """What it costs up to `until`, second after second, from the acts alone."""
    its, terms = first.tariff, table.terms
    charged = Oracle(terms, first)
    left = [[package, package.seconds] for package in first.packages]
    acts, free_left, is_begun, is_paused = [*table.acts], terms.free_seconds, False, False
    promised: list[tuple[Tariff, Any]] = []
    at, first_played = first.from_at, None
    while at < until:
        while acts and acts[0][0] <= at:
            _, kind, value = acts.pop(0)
            is_paused, its = (not is_paused, its) if kind == "switch" else (is_paused, value)
        if is_paused:
            at += SECOND
            continue
        if first_played is None:
            first_played = (its, at)
        ready = [one for one in left if one[1] and is_open(one[0], its, at)]
        if free_left or ready:
            for second in promised:
                charged.charge(*second)
            promised = []
            if free_left:
                free_left -= 1
            else:
                ready[0][1] -= 1
        else:
            if not promised:
                length = terms.block_seconds or 1
                if not is_begun:
                    length *= -(-max(terms.least_seconds, length) // length)
                is_begun = True
                promised = [(its, at + n * SECOND) for n in range(length)]
            charged.charge(*promised.pop(0))
        at += SECOND
    for second in promised:
        charged.charge(*second)
    for _, kind, value in acts:  # all of them came before anybody played
        its = value if kind == "reprice" and first_played is None else its
    its, at = first_played or (its, until)
    is_free = terms.free_seconds or any(is_open(one, its, at) for one in first.packages)
    at_once = bool(not is_free and terms.first_hour_percent and price_at(its, at))
    return charged.total(is_billed_at_once=at_once)


acts = st.one_of(
    st.tuples(st.just("wait"), st.integers(0, 1500)),
    st.tuples(st.just("switch"), st.none()),
    st.tuples(st.just("reprice"), tariffs()),
)


@st.composite
def tables(draw: Any) -> tuple[Table, Any]:
    """A session of acts, and the moment up to which it is looked at; it goes on then."""
    packages = tuple(
        Package(
            draw(st.sampled_from([60, 400, 5000])),
            f"package {number}",
            number,
            draw(st.sampled_from([None, EVE + 700 * SECOND])),
            window=draw(st.sampled_from(HOURS)),
        )
        for number in range(draw(st.sampled_from([0, 1, 1])))
    )
    table = Table(draw(all_terms), draw(tariffs()), packages)
    first = table.segments[0]
    for kind, value in draw(st.lists(acts, max_size=7)):
        table.act(kind, value)
    if table.is_paused:
        table.act("switch", None)
    return table, first


def to_the_micro(terms: Terms) -> Terms:
    """So that what is owed is what has to be there."""
    return msgspec.structs.replace(terms, step_micros=1, rounding="up", unit_micros=1)


@settings(max_examples=150, deadline=None)
@given(tables(), st.integers(0, 3000))
def test_the_total_is_that_of_every_second(drawn, more):
    table, first = drawn
    until = table.at + more * SECOND
    assert total_cost(table.segments, table.terms, until) == oracle(table, first, until)


@settings(max_examples=100, deadline=None)
@given(tables(), st.lists(st.integers(0, 1500), max_size=4))
def test_a_cut_anywhere_changes_nothing(drawn, moments):
    table, _ = drawn
    segments, at = table.segments, table.at
    for seconds in moments:
        at += seconds * SECOND
        segments = cut(segments, table.terms, at)
    for until in (at, at + 61 * SECOND, at + 4000 * SECOND):
        assert total_cost(segments, table.terms, until) == total_cost(
            table.segments, table.terms, until
        )
    # Rounded down, less is paid than is owed: nobody gets time by that, unless a block has begun.
    terms = to_the_micro(table.terms)
    for cents in (0, 37, 400, 2000):
        money = total_cost(segments, terms, at) + cents * CENT
        mine, whole = (ends_at(each, terms, money) for each in (segments, table.segments))
        if mine is None or whole is None:
            assert mine is whole
        else:  # what is over already stays over
            assert max(mine, at) == max(whole, at)


@settings(max_examples=80, deadline=None)
@given(tables(), st.integers(0, 300))
def test_the_end_is_the_last_second_that_the_oracle_covers(drawn, cents):
    table, first = drawn
    table.terms = terms = to_the_micro(table.terms)
    running = table.segments[-1].from_at
    money = oracle(table, first, running) + cents * CENT
    end = ends_at(table.segments, terms, money)
    if end is None or end - running > timedelta(hours=3):
        return
    assert oracle(table, first, end) <= money
    assert oracle(table, first, end + SECOND) > money
