"""Properties of the line of time, against a slow second-by-second reading of the rules."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from lanhouse.cafe.pricing.rules import (
    NoPrice,
    PriceList,
    PriceRule,
    Tariff,
    Window,
    rule_at,
    strength,
    tariff_for,
    timeline,
)
from tests.builders.effort import effort

ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe"]


@st.composite
def windows(draw) -> Window:
    begin = draw(st.integers(0, 95)) * 15
    end = (begin + draw(st.integers(1, 95)) * 15) % 1440 or 1440
    days = draw(st.sets(st.integers(1, 7), min_size=1))
    return Window(tuple(sorted(days)), begin, end)


@st.composite
def price_lists(draw) -> PriceList:
    rules = tuple(
        PriceRule(
            number,
            f"rule {number}",
            draw(st.integers(0, 20)) * 250_000,
            draw(st.sampled_from([None, 1, 8])),
            draw(st.sampled_from([None, 2, 9])),
            draw(windows()),
        )
        for number in range(1, draw(st.integers(0, 5)) + 1)
    )
    # Its id is the lowest and its price unlike all others: nothing but its place may decide.
    default = draw(st.sampled_from([None, PriceRule(0, "Default", 7_000_000)]))
    return PriceList(rules, default, draw(st.booleans()))


@st.composite
def tariffs(draw) -> Tariff:
    discount = draw(st.sampled_from([0, 0, 1250, 3333, 10_000]))
    zone = draw(st.sampled_from(ZONES))
    return tariff_for(draw(price_lists()), 1, 2, zone=zone, discount=discount)


# Around both changes of clocks of the zones above, and any other time of the year.
def between(begin: datetime, days: int) -> st.SearchStrategy[datetime]:
    micros = st.integers(0, days * 86_400_000_000)
    return micros.map(lambda more: begin + timedelta(microseconds=more))


instants = st.one_of(
    between(datetime(2026, 3, 6, tzinfo=UTC), 31),
    between(datetime(2026, 10, 2, tzinfo=UTC), 32),
    between(datetime(2026, 1, 1, tzinfo=UTC), 700),
)
spans = st.integers(0, 4 * 86_400_000_000).map(lambda micros: timedelta(microseconds=micros))


def slow_rule_at(tariff: Tariff, moment: datetime) -> PriceRule | None:
    """The rule by its definition: open by the wall clock today, or begun yesterday and going on.

    "Default" (id 0) only where nothing else is.
    """
    local = moment.astimezone(ZoneInfo(tariff.zone)).replace(tzinfo=None)
    minute = local.hour * 60 + local.minute
    open_rules = []
    for rule in tariff.rules:
        window = rule.window
        crosses = window.to_minute <= window.from_minute
        yesterday = (local.isoweekday() - 2) % 7 + 1
        today_until = 1440 if crosses else window.to_minute
        is_open_today = local.isoweekday() in window.weekdays and (
            window.from_minute <= minute < today_until
        )
        is_open_since_yesterday = (
            crosses and yesterday in window.weekdays and minute < window.to_minute
        )
        if is_open_today or is_open_since_yesterday:
            open_rules.append(rule)
    default = next((rule for rule in open_rules if rule.price_id == 0), None)
    return min((rule for rule in open_rules if rule.price_id), key=strength, default=default)


@given(price_lists(), st.sampled_from(ZONES), instants)
def test_default_holds_only_where_nothing_else_does(prices, zone, moment):
    tariff = tariff_for(prices, 1, 2, zone=zone)
    own = [rule for rule in prices.rules if rule.pc_group_id != 8 and rule.member_group_id != 9]
    chosen = slow_rule_at(tariff_for(PriceList(prices.rules), 1, 2, zone=zone), moment)
    fills = prices.default_fills_gaps or not own
    wanted = chosen or (prices.default if fills else None)
    try:
        found = rule_at(tariff, moment)
    except NoPrice as none:
        found = None
        sets_it = none.message == 'no price: set the price of "Default"'
        assert sets_it == (fills and prices.default is None)
    assert found == wanted


@given(tariffs(), instants)
def test_the_rule_at_an_instant_is_the_one_of_the_definition(tariff, moment):
    try:
        found = rule_at(tariff, moment)
    except NoPrice:
        found = None
    assert found == slow_rule_at(tariff, moment)


@given(tariffs(), instants, spans)
def test_pieces_cover_the_interval_exactly_and_never_overlap(tariff, begin, span):
    pieces = list(timeline(tariff, begin, begin + span))
    edges = [piece.from_at for piece in pieces] + [begin + span]
    assert edges[0] == begin
    assert [piece.to_at for piece in pieces] == edges[1:]
    assert all(piece.from_at < piece.to_at for piece in pieces)
    assert all(a.rule is not b.rule for a, b in itertools.pairwise(pieces))


@settings(max_examples=effort(60, 1000))
@given(tariffs(), instants, spans)
def test_every_part_of_a_piece_lies_under_its_rule(tariff, begin, span):
    for piece in timeline(tariff, begin, begin + span):
        last = piece.to_at - timedelta(microseconds=1)
        inside = [piece.from_at, piece.from_at + (piece.to_at - piece.from_at) / 2, last]
        quarter = piece.from_at
        while quarter < piece.to_at:
            inside.append(quarter)
            quarter += timedelta(minutes=15)
        assert {slow_rule_at(tariff, moment) for moment in inside} == {piece.rule}


@given(tariffs(), instants, spans, st.floats(0, 1))
def test_cutting_an_interval_anywhere_keeps_the_exact_sum(tariff, begin, span, share):
    middle, end = begin + span * share, begin + span
    whole = sum(piece.cost for piece in timeline(tariff, begin, end))
    parts = [*timeline(tariff, begin, middle), *timeline(tariff, middle, end)]
    assert sum(piece.cost for piece in parts) == whole
