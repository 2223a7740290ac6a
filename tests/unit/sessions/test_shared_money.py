"""Sessions that one purse pays: together they never cost more, whoever notices an end first."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from lanhouse.cafe.metering.rules import (
    Seat,
    Segment,
    Terms,
    ends_at,
    shared_ends,
    total_cost,
)
from lanhouse.cafe.pricing.rules import PriceList, PriceRule, tariff_for
from tests.unit.sessions.test_session_properties import AUTUMN, SECOND, tariffs, terms_of_sessions

EURO = 1_000_000
CENT = 10_000


class Case(NamedTuple):
    seats: list[Seat]
    money: int
    at: datetime


@st.composite
def cases(draw) -> Case:
    begin = AUTUMN + draw(st.integers(0, 86_400)) * SECOND
    starts = sorted(draw(st.lists(st.integers(0, 5400), min_size=2, max_size=4)))
    seats = [
        Seat([Segment(begin + start * SECOND, draw(tariffs()))], draw(terms_of_sessions))
        for start in starts
    ]
    at = begin + (starts[-1] + draw(st.integers(0, 1800))) * SECOND
    played = sum(seat.needs(at) for seat in seats)
    # Purses hold what can be paid.
    return Case(seats, (-(-played // CENT) + draw(st.integers(0, 6000))) * CENT, at)


def until(ends: list[datetime | None], at: datetime) -> list[datetime]:
    return [at if end is None else min(end, at) for end in ends]


@given(cases(), st.integers(0, 40 * 86_400))
def test_together_they_never_cost_more_than_there_is(case: Case, later: int) -> None:
    ends = shared_ends(case.seats, case.money, case.at)
    seen = until(ends, case.at + later * SECOND)
    costs = [seat.cost(at) for seat, at in zip(case.seats, seen, strict=True)]
    assert sum(costs) <= case.money
    assert all(end is None or end >= case.at for end in ends)


@given(cases())
def test_nobody_stops_while_a_second_more_of_it_is_covered(case: Case) -> None:
    """At the last of the ends, what is left does not pay for a second more of it."""
    ends = shared_ends(case.seats, case.money, case.at)
    if None in ends:
        return
    known = [end for end in ends if end is not None]
    alone = [
        ends_at(seat.segments, seat.terms, case.money - others)
        for number, seat in enumerate(case.seats)
        if known[number] == max(known)
        for others in [_cost_but(case, known, number)]
    ]
    # Of those that stop in one second this holds for the one that stops after the others.
    assert max(known) in [end and max(end, case.at) for end in alone]


def _cost_but(case: Case, ends: list[datetime], number: int) -> int:
    costs = [seat.cost(end) for seat, end in zip(case.seats, ends, strict=True)]
    return sum(costs) - costs[number]


@given(cases(), st.integers(0, 86_400))
def test_an_end_does_not_depend_on_who_looks_when(case: Case, later: int) -> None:
    """Computed anew at any moment before the first end, the ends are the same."""
    ends = shared_ends(case.seats, case.money, case.at)
    soonest = min((end for end in ends if end is not None), default=None)
    moment = case.at + later * SECOND
    if soonest is not None:
        moment = min(moment, soonest)
    assert shared_ends(case.seats, case.money, moment) == ends


@given(cases())
def test_whoever_ended_leaves_the_others_their_ends(case: Case) -> None:
    """With the first one ended and charged, the others have the ends that they had."""
    ends = shared_ends(case.seats, case.money, case.at)
    known = [end for end in ends if end is not None]
    if not known:
        return
    soonest = min(known)
    over = [number for number, end in enumerate(ends) if end == soonest]
    charged = sum(case.seats[number].cost(soonest) for number in over)
    rest = [number for number in range(len(ends)) if number not in over]
    again = shared_ends([case.seats[number] for number in rest], case.money - charged, soonest)
    assert again == [ends[number] for number in rest]


@given(cases())
def test_one_alone_ends_as_it_does_without_others(case: Case) -> None:
    seat = case.seats[-1]
    end = ends_at(seat.segments, seat.terms, case.money)
    alone = shared_ends([seat], case.money, case.at)
    assert alone == [None if end is None else max(end, case.at)]


def test_without_a_limit_nothing_of_money_ends_them() -> None:
    begin = AUTUMN + timedelta(hours=1)
    closes = begin + timedelta(hours=5)
    tariff = tariff_for(PriceList((PriceRule(99, "Default", EURO),)), 1, 2, zone="UTC", discount=0)
    segments = [Segment(begin, tariff)]
    seats = [Seat(segments, Terms()), Seat(segments, Terms(closes_at=closes))]
    assert shared_ends(seats, None, begin) == [None, closes]
    # 3.00 for two at 1.00 an hour: an hour and a half each.
    assert shared_ends(seats, 3 * EURO, begin) == [begin + timedelta(minutes=90)] * 2
    # The one that closes leaves the rest to the other one.
    assert shared_ends(seats, 12 * EURO, begin) == [begin + timedelta(hours=7), closes]
    assert total_cost(segments, Terms(), begin + timedelta(hours=7)) == 7 * EURO


def test_a_remainder_that_cannot_be_paid_ends_nobody_a_second_early() -> None:
    """What the other one needs leaves 0.140625, which 135 s at 3.75 an hour cost exactly."""
    begin = AUTUMN
    seats = []
    for price, step in ((3_750_000, CENT), (250_000, 5 * CENT)):
        tariff = tariff_for(PriceList((PriceRule(99, "Default", price),)), 1, 2, zone="UTC")
        seats.append(Seat([Segment(begin, tariff)], Terms(step_micros=step)))
    wanted = [begin + timedelta(seconds=135), begin + timedelta(seconds=144)]
    for later in (0, 1, 5, 30, 100, 134, 135):
        assert shared_ends(seats, 15 * CENT, begin + timedelta(seconds=later)) == wanted


def test_a_glance_takes_no_cent_from_anybody() -> None:
    """Two at 0.25 an hour with 0.01: what a second needs is less than a cent, and ends nobody."""
    prices = PriceList((PriceRule(1, "Default", 250_000),))
    running = [Segment(AUTUMN, tariff_for(prices, 1, 0, zone="UTC"))]
    seats = [Seat(running, Terms()), Seat(running, Terms())]
    ends = shared_ends(seats, 10_000, AUTUMN)
    assert ends == [AUTUMN + 144 * SECOND, AUTUMN + 71 * SECOND]
    for second in range(71):
        assert shared_ends(seats, 10_000, AUTUMN + second * SECOND) == ends
