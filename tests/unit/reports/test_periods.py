"""What a period is, and what it is compared with, on the clock of the centre."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from lanhouse.cafe.reports.rules.changes import Change, change
from lanhouse.cafe.reports.rules.periods import Choice, Period, period_of
from lanhouse.cafe.reports.rules.play import cells_of, quarter_after, quarter_of, seated
from lanhouse.kit.errors import InvalidInput

LISBON = ZoneInfo("Europe/Lisbon")
NOW = datetime(2026, 11, 21, 18, 22, 33, 400_000, tzinfo=UTC)  # a Saturday


def _period(choice: Choice, first: str = "", last: str = "", now: datetime = NOW) -> Period:
    begin, end = (date.fromisoformat(day) if day else None for day in (first, last))
    return period_of(choice, begin, end, LISBON, now)


def _days(period: Period) -> list[str]:
    stretches = (period.asked, period.before)
    return [f"{each.first_day}/{each.last_day}" for each in stretches]


@pytest.mark.parametrize(
    ("choice", "asked", "before"),
    [
        (Choice.TODAY, "2026-11-21/2026-11-21", "2026-11-14/2026-11-14"),
        (Choice.YESTERDAY, "2026-11-20/2026-11-20", "2026-11-13/2026-11-13"),
        (Choice.WEEK, "2026-11-15/2026-11-21", "2026-11-08/2026-11-14"),
        (Choice.MONTH, "2026-11-01/2026-11-21", "2026-10-11/2026-10-31"),
        (Choice.DAYS, "2026-11-21/2026-11-21", "2026-11-14/2026-11-14"),
    ],
)
def test_it_is_compared_with_the_same_weekdays(choice: Choice, asked: str, before: str) -> None:
    period = _period(choice)
    assert _days(period) == [asked, before]
    assert period.asked.first_day.weekday() == period.before.first_day.weekday()
    assert period.asked.days == period.before.days


def test_what_is_not_over_ends_now_and_the_other_at_the_same_time_of_day() -> None:
    period = _period(Choice.TODAY)
    assert period.asked.end_at == datetime(2026, 11, 21, 18, 22, 34, tzinfo=UTC)
    assert period.before.end_at == datetime(2026, 11, 14, 18, 22, 34, tzinfo=UTC)
    assert period.before.last_at == datetime(2026, 11, 14, 18, 22, 33, tzinfo=UTC)
    assert _period(Choice.YESTERDAY).asked.cut_at is None


def test_a_change_of_the_clock_lies_between() -> None:
    """Summer time ended on 25 October: the same time of day is an hour further away."""
    now = datetime(2026, 10, 28, 12, tzinfo=UTC)
    period = _period(Choice.TODAY, now=now)
    assert period.asked.end_at - period.before.end_at == timedelta(days=7, hours=1)
    day = _period(Choice.DAYS, "2026-10-25", "2026-10-25", now=now).asked
    assert day.end_at - day.start_at == timedelta(hours=25)


@pytest.mark.parametrize(
    ("first", "last", "days"),
    [
        ("2026-11-01", "2026-11-03", "2026-11-01/2026-11-03"),
        ("2026-11-20", "", "2026-11-20/2026-11-21"),
        ("", "2026-11-10", "2026-11-10/2026-11-10"),
        ("2026-11-20", "2026-12-31", "2026-11-20/2026-11-21"),
        ("2026-12-24", "2026-12-24", "2026-12-24/2026-12-24"),
    ],
)
def test_days_that_are_named(first: str, last: str, days: str) -> None:
    assert _days(_period(Choice.DAYS, first, last))[0] == days


@pytest.mark.parametrize(
    ("first", "last", "field"),
    [
        ("2026-11-03", "2026-11-01", "last"),
        ("2020-01-01", "2026-11-01", "last"),
        ("1960-01-01", "1960-01-02", "first"),
    ],
)
def test_days_that_cannot_be(first: str, last: str, field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        _period(Choice.DAYS, first, last)
    assert list(refused.value.fields) == [field]


def test_changes() -> None:
    assert change(112, 100) == Change("up", 12, 12)
    assert change(0, 100) == Change("down", 100, 100)
    assert change(5, 5) == Change("same", 0, 0)
    assert change(5, 0) == Change("up", None, 5)
    assert change(-5, 100) == Change("down", None, 105)
    assert change(1001, 100) == Change("up", None, 901)


def test_quarters_of_an_hour() -> None:
    begin = datetime(2026, 3, 1, 9, 50, 5, tzinfo=UTC)
    parts = list(seated(begin, begin + timedelta(minutes=30, seconds=1)))
    first = quarter_of(begin)
    assert parts == [(first, 595), (first + 1, 900), (first + 2, 306)]
    assert list(seated(begin, begin)) == []
    assert quarter_after(begin) == first + 1
    assert quarter_after(datetime(2026, 3, 1, 10, tzinfo=UTC)) == first + 1


@pytest.mark.parametrize("zone", ["Europe/Lisbon", "Asia/Kathmandu", "Australia/Lord_Howe"])
def test_cells_are_those_of_the_clock_on_the_wall(zone: str) -> None:
    """Over both changes of the clock in a year."""
    first = quarter_of(datetime(2026, 1, 1, tzinfo=UTC))
    cells = cells_of(first, first + 366 * 96, ZoneInfo(zone))
    for quarter, cell in cells.items():
        local = datetime.fromtimestamp(quarter * 900, ZoneInfo(zone))
        assert cell == (local.weekday(), local.hour)
