"""When somebody may play: a table of moments, and properties."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lanhouse.cafe.members.rules import age_on
from lanhouse.cafe.minors.rules import begins, ends, may_play, turns
from lanhouse.cafe.minors.schemas import Band, Person, Rules, Span

BERLIN = ZoneInfo("Europe/Berlin")
ALL = frozenset(range(1, 8))


def band(start: str, end: str, under: int = 18, **more: object) -> Band:
    values: dict[str, object] = {
        "name": "night",
        "from_age": 0,
        "under_age": under,
        "days": ALL,
        "on": "any",
        "start": time.fromisoformat(start),
        "end": time.fromisoformat(end),
        "is_lifted_by_consent": True,
    }
    return Band(**(values | more))  # type: ignore[arg-type]


def rules(*bands: Band, zone: ZoneInfo = BERLIN, holidays: tuple[str, ...] = ()) -> Rules:
    return Rules(
        bands=bands, zone=zone, holidays=frozenset(date.fromisoformat(each) for each in holidays)
    )


def here(text: str, zone: ZoneInfo = BERLIN, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone, fold=fold).astimezone(UTC)


def person(birthday: str | None = "2011-06-15", *lifted: Span) -> Person:
    return Person(birthday=date.fromisoformat(birthday) if birthday else None, lifted=lifted)


NIGHT = band("22:00", "06:00")

MOMENTS: list[tuple[str, Rules, Person, str, str | None, str | None]] = [
    # what, rules, who, at -> may play until, or may again at
    ("in the evening", rules(NIGHT), person(), "2026-03-04 20:00:00", "2026-03-04 22:00", None),
    ("a second before", rules(NIGHT), person(), "2026-03-04 21:59:59", "2026-03-04 22:00", None),
    ("at the moment", rules(NIGHT), person(), "2026-03-04 22:00:00", None, "2026-03-05 06:00"),
    ("past midnight", rules(NIGHT), person(), "2026-03-05 03:00:00", None, "2026-03-05 06:00"),
    ("at its end", rules(NIGHT), person(), "2026-03-05 06:00:00", "2026-03-05 22:00", None),
    ("an adult", rules(NIGHT), person("2000-01-01"), "2026-03-04 23:00:00", None, None),
    # 18 tomorrow: barred until midnight only, and nothing afterwards.
    ("18 at midnight", rules(NIGHT), person("2008-03-05"), "2026-03-04 23:00", None, "2026-03-05"),
    ("18 today", rules(NIGHT), person("2008-03-05"), "2026-03-05 00:00", None, None),
    # 29 February: in a common year the birthday is 1 March.
    ("29 Feb", rules(NIGHT), person("2008-02-29"), "2026-02-28 23:30", None, "2026-03-01"),
    ("1 Mar", rules(NIGHT), person("2008-02-29"), "2026-03-01 00:00", None, None),
    ("29 Feb, leap", rules(NIGHT), person("2010-02-28"), "2028-02-27 23:00", None, "2028-02-28"),
    # From an age on: 14 from midnight, so barred from midnight.
    (
        "14 at midnight",
        rules(band("22:00", "06:00", from_age=14)),
        person("2012-03-05"),
        "2026-03-04 23:00",
        "2026-03-05",
        None,
    ),
    # Unknown age: all hours.
    ("nobody knows", rules(NIGHT), person(None), "2026-03-04 23:00", None, "2026-03-05 06:00"),
    # Hours that touch are one.
    (
        "touching",
        rules(band("22:00", "00:00"), band("00:00", "05:00")),
        person(),
        "2026-03-04 23:00",
        None,
        "2026-03-05 05:00",
    ),
    ("all day, always", rules(band("00:00", "00:00")), person(), "2026-03-04 12:00", None, None),
    # Weekdays: Friday's evening reaches into Saturday.
    (
        "saturday morning",
        rules(band("22:00", "06:00", days=frozenset({5}))),
        person(),
        "2026-03-07 05:00",
        None,
        "2026-03-07 06:00",
    ),
    (
        "until friday",
        rules(band("22:00", "06:00", days=frozenset({5}))),
        person(),
        "2026-03-07 06:00",
        "2026-03-13 22:00",
        None,
    ),
    # Holidays and the evening before one; 2026-04-03 is one.
    (
        "no school tomorrow",
        rules(band("21:00", "06:00", on="before_workday"), holidays=("2026-04-03",)),
        person(),
        "2026-04-02 20:00",
        "2026-04-03 21:00",
        None,
    ),
    (
        "holidays only",
        rules(band("21:00", "23:00", on="holiday"), holidays=("2026-04-03",)),
        person(),
        "2026-03-01 12:00",
        "2026-04-03 21:00",
        None,
    ),
    (
        "not on holidays",
        rules(band("08:00", "12:00", on="workday"), holidays=("2026-04-03",)),
        person(),
        "2026-04-03 09:00",
        "2026-04-04 08:00",
        None,
    ),
    (
        "before a holiday",
        rules(band("21:00", "23:00", on="before_holiday"), holidays=("2026-04-03",)),
        person(),
        "2026-04-01 12:00",
        "2026-04-02 21:00",
        None,
    ),
    # A consent lifts what it may, and its end is a cut.
    (
        "consent ends at night",
        rules(NIGHT),
        person("2011-06-15", Span(here("2026-03-04 12:00"), here("2026-03-04 23:30"))),
        "2026-03-04 22:30",
        "2026-03-04 23:30",
        None,
    ),
    (
        "consent begins at night",
        rules(NIGHT),
        person("2011-06-15", Span(here("2026-03-04 23:00"), here("2026-03-05 12:00"))),
        "2026-03-04 22:30",
        None,
        "2026-03-04 23:00",
    ),
    (
        "consent lifts nothing here",
        rules(band("22:00", "06:00", is_lifted_by_consent=False)),
        person("2011-06-15", Span(here("2026-03-04 12:00"), here("2026-03-06 12:00"))),
        "2026-03-04 22:30",
        None,
        "2026-03-05 06:00",
    ),
    # The clock jumps from 02:00 to 03:00: hours from 02:30 on begin at the jump.
    (
        "into summer",
        rules(band("02:30", "05:00")),
        person(),
        "2026-03-29 01:30",
        "2026-03-29 03:00",
        None,
    ),
]


@pytest.mark.parametrize(
    ("the_rules", "who", "at", "until", "again"),
    [each[1:] for each in MOMENTS],
    ids=[each[0] for each in MOMENTS],
)
def test_moments(
    the_rules: Rules, who: Person, at: str, until: str | None, again: str | None
) -> None:
    verdict = may_play(the_rules, who, here(at))
    assert verdict.until == (until and here(until))
    assert verdict.again_at == (again and here(again))
    is_adult = who.birthday is not None and age_on(who.birthday, date.fromisoformat(at[:10])) >= 18
    assert verdict.is_barred == (verdict.again_at is not None or not (until or is_adult))


def test_an_hour_that_comes_twice_is_barred_until_its_second_end() -> None:
    """02:30 comes twice on 25 October 2026; hours until then hold until the second one."""
    found = may_play(rules(band("22:00", "02:30")), person(), here("2026-10-25 01:00"))
    assert found.again_at == here("2026-10-25 02:30", fold=1)
    assert found.again_at is not None
    assert found.again_at - here("2026-10-25 01:00") == timedelta(hours=2, minutes=30)
    # Hours that begin in it begin the first time.
    found = may_play(rules(band("02:30", "05:00")), person(), here("2026-10-25 01:00"))
    assert found.until == here("2026-10-25 02:30", fold=0)


def test_the_night_of_a_jump_has_the_length_that_it_has() -> None:
    spring = may_play(rules(NIGHT), person(), here("2026-03-28 22:00"))
    autumn = may_play(rules(NIGHT), person(), here("2026-10-24 22:00"))
    assert spring.again_at == here("2026-03-28 22:00") + timedelta(hours=7)
    assert autumn.again_at == here("2026-10-24 22:00") + timedelta(hours=9)


def test_a_day_that_has_no_midnight_begins_when_its_clock_does() -> None:
    """In São Paulo the clock went from 23:59:59 to 01:00 on 4 November 2018."""
    zone = ZoneInfo("America/Sao_Paulo")
    first = datetime(2018, 11, 4, 3, 0, tzinfo=UTC)
    assert begins(date(2018, 11, 4), time(0, 0), zone) == first
    assert ends(date(2018, 11, 4), time(0, 0), zone) == first
    assert begins(date(2018, 11, 4), time(0, 30), zone) == first


def test_another_zone_has_other_hours() -> None:
    seoul = ZoneInfo("Asia/Seoul")
    at = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
    assert may_play(rules(NIGHT, zone=seoul), person(), at).until == here("2026-03-04 22:00", seoul)


ZONES = ["Europe/Berlin", "America/Sao_Paulo", "Asia/Kathmandu", "Australia/Lord_Howe", "UTC"]
CLOCKS = st.times().map(lambda at: at.replace(second=0, microsecond=0))
BANDS = st.builds(
    lambda start, end, low, more, days, on: Band(
        name="",
        from_age=low,
        under_age=low + more,
        days=days,
        on=on,
        start=start,
        end=end,
        is_lifted_by_consent=True,
    ),
    CLOCKS,
    CLOCKS,
    st.integers(0, 20),
    st.integers(1, 10),
    st.frozensets(st.integers(1, 7), min_size=1),
    st.sampled_from(["any", "workday", "holiday", "before_workday", "before_holiday"]),
)
DAYS = st.dates(date(2018, 1, 1), date(2030, 12, 31))
AT = st.integers(0, 12 * 365 * 86_400).map(
    lambda seconds: datetime(2018, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
)


@given(
    bands=st.lists(BANDS, min_size=1, max_size=4),
    zone=st.sampled_from(ZONES),
    born=st.none() | st.dates(date(1995, 1, 1), date(2020, 1, 1)),
    at=AT,
    holidays=st.frozensets(DAYS, max_size=5),
    length=st.none() | st.integers(1, 400_000),
)
def test_never_later_than_the_rule(
    bands: list[Band],
    zone: str,
    born: date | None,
    at: datetime,
    holidays: frozenset[date],
    length: int | None,
) -> None:
    """Whatever is asked in the time that was found is answered alike, and at its end otherwise;
    the clock of the hours is looked at by itself."""
    the_rules = Rules(bands=tuple(bands), zone=ZoneInfo(zone), holidays=holidays)
    lifted = () if length is None else (Span(at, at + timedelta(seconds=length)),)
    who = Person(birthday=born, lifted=lifted)
    found = may_play(the_rules, who, at)
    if found.until is not None:
        assert found.until > at
        assert may_play(the_rules, who, found.until).is_barred
        last = found.until - timedelta(seconds=1)
        assert may_play(the_rules, who, last).until in (found.until, None) or last < at
        middle = at + (found.until - at) / 2
        assert may_play(the_rules, who, middle).until == found.until
    if found.again_at is not None:
        assert found.is_barred
        assert found.again_at > at
        assert not may_play(the_rules, who, found.again_at).is_barred
        assert may_play(the_rules, who, found.again_at - timedelta(seconds=1)).is_barred
    if not lifted and _shown_barred(the_rules, born, at):
        assert found.is_barred


def _shown_barred(the_rules: Rules, born: date | None, at: datetime) -> bool:
    """Whether the clock shows an hour of the rules: said another way, without time zones' jumps."""
    local = at.astimezone(the_rules.zone)
    today, shown = local.date(), local.time()
    for each in the_rules.bands:
        if born is not None and not each.from_age <= age_on(born, today) < each.under_age:
            continue
        is_over_night = each.end <= each.start
        begun = [today] if each.start <= shown and (is_over_night or shown < each.end) else []
        if is_over_night and shown < each.end:
            begun.append(today - timedelta(days=1))
        for day in begun:
            other = day + timedelta(days=1) if each.on.startswith("before_") else day
            is_free = other in the_rules.holidays
            if day.isoweekday() in each.days and (
                each.on == "any" or is_free == each.on.endswith("holiday")
            ):
                return True
    return False


@given(st.dates(date(1990, 1, 1), date(2020, 12, 31)), st.integers(0, 30))
def test_a_birthday_is_the_first_day_of_an_age(born: date, years: int) -> None:
    day = turns(born, years)
    assert age_on(born, day) == years
    assert age_on(born, day - timedelta(days=1)) == years - 1
