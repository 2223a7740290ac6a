"""Choice of a price rule, text forms, and the line of time (cafe-domain 0 and 2)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

import msgspec
import pytest

from lanhouse.cafe.pricing.rules import (
    HOUR_PARTS,
    NoPrice,
    Piece,
    PriceList,
    PriceRule,
    Tariff,
    Window,
    costs_nothing,
    format_weekdays,
    format_window,
    parse_weekdays,
    parse_window,
    rule_at,
    tariff_for,
    timeline,
    weeks,
)
from lanhouse.kit.errors import InvalidInput

EURO = 1_000_000


def rule(price_id: int, euros: int = 1, **more) -> PriceRule:
    return PriceRule(price_id, f"rule {price_id}", euros * EURO, **more)


def window(text: str, days: str = "7|1|2|3|4|5|6|") -> Window:
    return Window(parse_weekdays(days), *parse_window(text))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def berlin(*rules: PriceRule, discount: int = 0) -> Tariff:
    return tariff_for(PriceList(rules), 1, 2, zone="Europe/Berlin", discount=discount)


# 2026-11-16 is a Monday; Berlin is at +01:00 then.


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("7|1|2|3|4|5|6|", (1, 2, 3, 4, 5, 6, 7)),
        ("7|1|2|3|4|5|6", (1, 2, 3, 4, 5, 6, 7)),
        ("6|7|", (6, 7)),
        ("3", (3,)),
    ],
)
def test_weekdays_are_read_with_and_without_the_last_bar(text, days):
    assert parse_weekdays(text) == days


@pytest.mark.parametrize("text", ["", "|", "0|1|", "8", "a", "1,2", "12"])
def test_odd_weekdays_are_refused_by_name(text):
    with pytest.raises(InvalidInput) as refusal:
        parse_weekdays(text, "price_weekdays")
    assert refusal.value.message == (
        "price_weekdays: must be weekdays like 7|1|2|3|4|5|6| (7 = Sunday)"
    )


def test_weekdays_are_written_sunday_first():
    assert format_weekdays((1, 2, 3, 4, 5, 6, 7)) == "7|1|2|3|4|5|6|"
    assert format_weekdays((6,)) == "6|"


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("00:00-24:00", (0, 1440)),
        ("08:30-22:00", (510, 1320)),
        ("21:00-08:00", (1260, 480)),
        ("22:00-00:00", (1320, 1440)),
        ("00:00-00:00", (0, 1440)),
    ],
)
def test_windows_are_read(text, minutes):
    assert parse_window(text) == minutes


@pytest.mark.parametrize(
    "text", ["", "8:00-9:00", "08:00", "08:00-08:00", "24:00-08:00", "08:60-09:00", "08:00-24:01"]
)
def test_odd_windows_are_refused(text):
    with pytest.raises(InvalidInput) as refusal:
        parse_window(text, "price_time")
    assert refusal.value.message.startswith("price_time: must ")


def test_a_window_is_written_back():
    assert format_window(*parse_window("21:00-08:05")) == "21:00-08:05"
    assert format_window(0, 1440) == "00:00-24:00"


def test_named_groups_win_in_the_documented_order():
    any_any = rule(1, 1)
    any_member = rule(2, 2, member_group_id=2)
    pc_any = rule(3, 3, pc_group_id=1)
    exact = rule(4, 4, pc_group_id=1, member_group_id=2)
    other = rule(5, 5, pc_group_id=9, member_group_id=2)
    moment = at("2026-11-16T12:00+01:00")

    assert berlin(any_any, any_member, pc_any, exact, other).rules == (
        exact,
        pc_any,
        any_member,
        any_any,
    )
    assert rule_at(berlin(any_any, any_member, pc_any), moment) == pc_any
    assert rule_at(berlin(any_any, any_member), moment) == any_member
    assert rule_at(berlin(any_any, other), moment) == any_any


def test_then_fewer_weekdays_then_the_narrower_window_then_the_lower_id():
    always = rule(1)
    weekend = rule(2, window=window("00:00-24:00", "6|7|"))
    evening = rule(3, window=window("18:00-24:00"))
    late = rule(4, window=window("22:00-02:00"))
    late_too = rule(5, window=window("22:00-02:00"))

    saturday_night = at("2026-11-21T23:00+01:00")
    assert rule_at(berlin(always, weekend, evening, late_too, late), saturday_night) == weekend
    monday_night = at("2026-11-16T23:00+01:00")
    assert rule_at(berlin(always, weekend, evening, late_too, late), monday_night) == late
    assert rule_at(berlin(always, weekend, evening), monday_night) == evening
    assert rule_at(berlin(always, weekend), monday_night) == always


def test_the_groups_go_before_the_window():
    exact_always = rule(1, pc_group_id=1, member_group_id=2)
    any_hour = rule(2, window=window("12:00-13:00", "1|"))
    assert rule_at(berlin(any_hour, exact_always), at("2026-11-16T12:30+01:00")) == exact_always


def test_after_midnight_belongs_to_the_weekday_it_began_on():
    friday_night = rule(1, window=window("21:00-08:00", "5|"))
    tariff = berlin(friday_night)
    assert rule_at(tariff, at("2026-11-20T21:00+01:00")) == friday_night
    assert rule_at(tariff, at("2026-11-21T07:59:59+01:00")) == friday_night
    for outside in ("2026-11-21T08:00+01:00", "2026-11-20T07:00+01:00", "2026-11-21T21:30+01:00"):
        with pytest.raises(NoPrice) as refusal:
            rule_at(tariff, at(outside))
        assert refusal.value.message.startswith("no price")


def test_a_sunday_night_reaches_into_monday():
    sunday_night = rule(1, window=window("22:00-02:00", "7|"))
    assert rule_at(berlin(sunday_night), at("2026-11-16T01:59+01:00")) == sunday_night
    assert sunday_night.window.holds(at("2026-11-16T01:59+01:00"), ZoneInfo("Europe/Berlin"))
    assert not sunday_night.window.holds(at("2026-11-16T02:00+01:00"), ZoneInfo("Europe/Berlin"))
    with pytest.raises(NoPrice):
        rule_at(berlin(sunday_night), at("2026-11-16T02:00+01:00"))


def test_the_discount_comes_last():
    tariff = berlin(rule(1, 3), discount=1250)
    (piece,) = timeline(tariff, at("2026-11-16T12:00+01:00"), at("2026-11-16T12:20+01:00"))
    assert piece.price_per_hour == Fraction(2_625_000)
    assert piece.cost == Fraction(875_000)


def test_an_interval_is_cut_where_the_price_changes():
    day = rule(1, 2)
    night = rule(2, 1, window=window("21:00-08:00"))
    begin, end = at("2026-11-16T20:30+01:00"), at("2026-11-17T08:30+01:00")
    assert list(timeline(berlin(day, night), begin, end)) == [
        Piece(begin, at("2026-11-16T21:00+01:00"), day, 2 * EURO * HOUR_PARTS),
        Piece(at("2026-11-16T21:00+01:00"), at("2026-11-17T08:00+01:00"), night, EURO * HOUR_PARTS),
        Piece(at("2026-11-17T08:00+01:00"), end, day, 2 * EURO * HOUR_PARTS),
    ]


def test_one_rule_over_many_days_is_one_piece():
    begin, end = at("2026-11-16T20:30+01:00"), at("2026-12-01T08:30+01:00")
    assert list(timeline(berlin(rule(1)), begin, end)) == [
        Piece(begin, end, rule(1), EURO * HOUR_PARTS)
    ]


def test_where_no_rule_holds_the_piece_says_so():
    morning = rule(1, window=window("08:00-12:00"))
    begin, end = at("2026-11-16T11:00+01:00"), at("2026-11-16T13:00+01:00")
    assert [(piece.to_at, piece.rule) for piece in timeline(berlin(morning), begin, end)] == [
        (at("2026-11-16T12:00+01:00"), morning),
        (end, None),
    ]


def test_the_night_of_25_hours_is_charged_by_the_wall_clock_and_by_real_seconds():
    """On 2026-10-25 Berlin lives 02:00-03:00 twice: both belong to the rule of that hour."""
    cheap = rule(1, 1, window=window("02:00-03:00"))
    day = rule(2, 6)
    begin, end = at("2026-10-25T01:30+02:00"), at("2026-10-25T03:30+01:00")
    pieces = list(timeline(berlin(day, cheap), begin, end))
    assert [(p.rule, (p.to_at - p.from_at).total_seconds()) for p in pieces] == [
        (day, 1800),
        (cheap, 7200),
        (day, 1800),
    ]
    assert sum(p.cost for p in pieces) == 3 * EURO + 2 * EURO + 3 * EURO


def test_the_skipped_hour_is_not_charged():
    """On 2026-03-29 Berlin goes from 02:00 to 03:00: that hour's rule is never in force."""
    skipped = rule(1, 100, window=window("02:00-03:00"))
    day = rule(2, 6)
    begin, end = at("2026-03-29T01:30+01:00"), at("2026-03-29T03:30+02:00")
    pieces = list(timeline(berlin(day, skipped), begin, end))
    assert [(p.rule, (p.to_at - p.from_at).total_seconds()) for p in pieces] == [(day, 3600)]


def test_a_window_edge_inside_the_skipped_hour_takes_effect_at_the_jump():
    early = rule(1, 1, window=window("00:00-02:30"))
    late = rule(2, 2, window=window("02:30-24:00"))
    begin, end = at("2026-03-29T01:00+01:00"), at("2026-03-29T04:00+02:00")
    pieces = list(timeline(berlin(early, late), begin, end))
    assert [(p.rule, p.to_at) for p in pieces] == [
        (early, at("2026-03-29T01:00+00:00")),
        (late, end),
    ]


def test_free_time_is_free_only_without_gaps():
    nothing = rule(1, 0)
    assert costs_nothing(berlin(nothing))
    assert costs_nothing(berlin(rule(2, 5), discount=10_000))
    assert not costs_nothing(berlin(rule(2, 5), discount=9_999))
    assert not costs_nothing(berlin(rule(3, 0, window=window("08:00-12:00"))))
    assert not costs_nothing(berlin())


def test_times_of_any_zone_give_the_same_pieces():
    begin = datetime(2026, 11, 16, 20, 30, tzinfo=ZoneInfo("Asia/Manila"))
    end = begin + timedelta(hours=3)
    tariff = berlin(rule(1), rule(2, window=window("14:00-15:00")))
    assert list(timeline(tariff, begin, end)) == list(
        timeline(tariff, begin.astimezone(UTC), end.astimezone(UTC))
    )


DEFAULT = PriceRule(0, "Default", 9 * EURO)


def listed(*rules: PriceRule, fills_gaps: bool, default: PriceRule | None = DEFAULT) -> Tariff:
    return tariff_for(PriceList(rules, default, fills_gaps), 1, 2, zone="Europe/Berlin")


def test_default_fills_the_hours_that_no_rule_names():
    morning = rule(1, window=window("08:00-12:00"))
    tariff = listed(morning, fills_gaps=True)
    assert rule_at(tariff, at("2026-11-16T11:59+01:00")) == morning
    assert rule_at(tariff, at("2026-11-16T12:00+01:00")) == DEFAULT


def test_default_stands_behind_a_rule_that_says_no_more_than_it_does():
    always = rule(5)
    assert rule_at(listed(always, fills_gaps=True), at("2026-11-16T12:00+01:00")) == always


def test_default_may_leave_the_hours_closed_that_have_no_price():
    morning = rule(1, window=window("08:00-12:00"))
    tariff = listed(morning, fills_gaps=False)
    assert tariff.rules == (morning,)
    with pytest.raises(NoPrice) as refusal:
        rule_at(tariff, at("2026-11-16T12:00+01:00"))
    assert refusal.value.message == (
        "no price: no price rule holds for this PC and customer at this time"
    )


def test_default_holds_where_a_group_has_no_rule_at_all():
    of_another = rule(1, pc_group_id=9)
    tariff = listed(of_another, fills_gaps=False)
    assert rule_at(tariff, at("2026-11-16T12:00+01:00")) == DEFAULT


@pytest.mark.parametrize("fills_gaps", [True, False])
def test_a_default_without_a_price_says_what_to_do(fills_gaps):
    with pytest.raises(NoPrice) as refusal:
        rule_at(listed(fills_gaps=fills_gaps, default=None), at("2026-11-16T12:00+01:00"))
    assert refusal.value.message == 'no price: set the price of "Default"'


def test_a_tariff_of_before_default_is_read_as_it_was_kept():
    """Segments of older releases: nothing is added to what they say."""
    kept = (
        b'{"zone":"UTC","discount":0,"rules":[{"price_id":1,"name":"Day",'
        b'"price_per_hour_micros":2000000,"pc_group_id":null,"member_group_id":null,'
        b'"window":{"weekdays":[1,2,3,4,5,6,7],"from_minute":480,"to_minute":720}}]}'
    )
    tariff = msgspec.json.decode(kept, type=Tariff)
    day = PriceRule(1, "Day", 2 * EURO, window=window("08:00-12:00"))
    assert tariff == Tariff("UTC", rules=(day,))
    assert tariff == tariff_for(PriceList((day,), DEFAULT, False), 1, 2, zone="UTC")


@pytest.mark.parametrize(
    ("zone", "year", "changes"),
    [
        ("UTC", 2026, []),
        ("Europe/Berlin", 2026, ["2026-03-29T01:00+00:00", "2026-10-25T01:00+00:00"]),
        # The island that left out a day, just before the year was over.
        (
            "Pacific/Apia",
            2011,
            ["2011-04-02T14:00+00:00", "2011-09-24T14:00+00:00", "2011-12-30T10:00+00:00"],
        ),
        ("Africa/Casablanca", 2026, ["2026-02-15T02:00+00:00", "2026-03-22T02:00+00:00"]),
    ],
)
def test_the_line_is_cut_where_the_offset_changes(zone: str, year: int, changes: list[str]):
    whole_year = datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC)
    cuts = [begin for begin, _ in weeks._steady_stretches(ZoneInfo(zone), *whole_year)]
    assert cuts == [whole_year[0], *(at(change) for change in changes)]


def test_a_zone_is_walked_once_a_year_and_not_at_every_start(monkeypatch: pytest.MonkeyPatch):
    day = berlin(rule(1, window=window("08:00-20:00")))
    begin = at("2027-01-15T12:00+01:00")
    line = list(timeline(day, begin, begin + timedelta(days=366)))
    looks: list[datetime] = []
    monkeypatch.setattr(weeks, "_offset", lambda zone, at: looks.append(at))
    assert list(timeline(day, begin, begin + timedelta(days=366))) == line
    assert looks == []
