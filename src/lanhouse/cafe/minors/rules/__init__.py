"""When somebody may play, decided once and on plain values (issue: rules for minors).

Hours are those of the centre's clock. Where that clock jumps, hours begin at the first moment that
it shows and end at the last one, so that a cut never comes later than the rule.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import msgspec

from lanhouse.cafe.members.rules import age_on
from lanhouse.cafe.minors.schemas import Band, Document, Person, Rules, Span, Verdict
from lanhouse.kit.texts import N_

DOCUMENTS = (
    Document("id_card", N_("Identity card")),
    Document("passport", N_("Passport")),
    Document("licence", N_("Driving licence")),
    Document("student", N_("Student card")),
    Document("other", N_("Another paper")),
)
"""What proves an age."""
_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)
_MIDNIGHT = time(0, 0)
_LOOK_AHEAD = (3, 9, 368)
"""Days that are looked at, until something is found: most hours come back within a week."""
_AGAIN_DAYS = 31
_NEVER = datetime.max.replace(tzinfo=UTC)


def turns(birthday: date, years: int) -> date:
    """As age_on() counts: the day on which somebody is so many years old."""
    try:
        return birthday.replace(year=birthday.year + years)
    except ValueError:  # 29 February
        return date(birthday.year + years, 3, 1)


def may_play(rules: Rules, person: Person, at: datetime) -> Verdict:
    """Whether a person may play at `at` (aware UTC), and until when or from when on again."""
    today = at.astimezone(rules.zone).date()
    to_come = tuple(band for band in rules.bands if not _is_past(band, person, today))
    if not to_come:
        return Verdict()
    rules = msgspec.structs.replace(rules, bands=to_come)
    for days in _LOOK_AHEAD:
        found = list(_barred(rules, person, today - _DAY, days + 1))
        now = [(span, band) for span, band in found if span.from_at <= at < span.until_at]
        if now:
            return Verdict(is_barred=True, band=now[0][1], again_at=_again_at(rules, person, at))
        ahead = [(span.from_at, band) for span, band in found if span.from_at > at]
        if ahead:
            begins, band = min(ahead, key=lambda each: each[0])
            return Verdict(until=begins, band=band)
    return Verdict()


def stricter(one: Verdict, other: Verdict) -> Verdict:
    """Of two verdicts about a moment the one that lets play less: who may not at all, or longer
    not, before who may for a shorter time."""
    if one.is_barred and other.is_barred:
        return max(one, other, key=lambda each: each.again_at or _NEVER)
    if one.is_barred or other.is_barred:
        return one if one.is_barred else other
    return min(one, other, key=lambda each: each.until or _NEVER)


def bands_for(rules: Rules, person: Person, today: date) -> list[Band]:
    """The hours that hold for somebody at the age of a day."""
    if person.birthday is None:
        return list(rules.bands)
    age = age_on(person.birthday, today)
    return [band for band in rules.bands if band.from_age <= age < band.under_age]


def _is_past(band: Band, person: Person, today: date) -> bool:
    """Whether somebody has grown out of these hours."""
    return person.birthday is not None and turns(person.birthday, band.under_age) <= today


def _again_at(rules: Rules, person: Person, at: datetime) -> datetime | None:
    today = at.astimezone(rules.zone).date()
    spans = sorted(span for span, _ in _barred(rules, person, today - _DAY, _AGAIN_DAYS + 2))
    again = at
    for span in spans:
        if span.from_at <= again < span.until_at:
            again = span.until_at
    return again if again < at + _AGAIN_DAYS * _DAY else None


def _barred(rules: Rules, person: Person, first: date, days: int) -> Iterator[tuple[Span, Band]]:
    """The time in which the person may not play, of the hours that begin on these days."""
    for number in range(days):
        day = first + number * _DAY
        for band in rules.bands:
            if not _begins_on(rules, band, day):
                continue
            last = day if band.end > band.start else day + _DAY
            span = Span(begins(day, band.start, rules.zone), ends(last, band.end, rules.zone))
            span = _at_age(rules, person, band, span)
            lifted = person.lifted if band.is_lifted_by_consent else ()
            for part in _without(span, lifted):
                yield part, band


def _begins_on(rules: Rules, band: Band, day: date) -> bool:
    if day.isoweekday() not in band.days:
        return False
    if band.on == "any":
        return True
    looked_at = day + _DAY if band.on.startswith("before_") else day
    is_free = looked_at in rules.holidays
    return is_free == band.on.endswith("holiday")


def _at_age(rules: Rules, person: Person, band: Band, span: Span) -> Span:
    """The part of it in which the person has the age: a birthday begins at midnight."""
    if person.birthday is None:
        return span
    of_age = begins(turns(person.birthday, band.from_age), _MIDNIGHT, rules.zone)
    too_old = begins(turns(person.birthday, band.under_age), _MIDNIGHT, rules.zone)
    return Span(max(span.from_at, of_age), min(span.until_at, too_old))


def _without(span: Span, lifted: Sequence[Span]) -> Iterator[Span]:
    """What of a span is left where others are taken out of it."""
    begin = span.from_at
    for free in sorted(lifted):
        if free.until_at <= begin or free.from_at >= span.until_at:
            continue
        if begin < free.from_at:
            yield Span(begin, free.from_at)
        begin = max(begin, free.until_at)
    if begin < span.until_at:
        yield Span(begin, span.until_at)


def begins(day: date, at: time, zone: ZoneInfo) -> datetime:
    """The first moment (UTC) of a day at which the clock shows this time or a later one."""
    return _moment(day, at, zone, fold=0)


def ends(day: date, at: time, zone: ZoneInfo) -> datetime:
    """The last moment (UTC) of a day at which the clock comes to this time."""
    return _moment(day, at, zone, fold=1)


def _moment(day: date, at: time, zone: ZoneInfo, fold: int) -> datetime:
    shown = datetime.combine(day, at)
    found = shown.replace(tzinfo=zone, fold=fold).astimezone(UTC)
    if found.astimezone(zone).replace(tzinfo=None) == shown:
        return found
    # The clock never shows it: it jumps past it between these two.
    low, high = sorted(shown.replace(tzinfo=zone, fold=each).astimezone(UTC) for each in (0, 1))
    while high - low > _SECOND:
        middle = low + (high - low) // _SECOND // 2 * _SECOND
        if middle.astimezone(zone).replace(tzinfo=None) < shown:
            low = middle
        else:
            high = middle
    return high


def with_consent(rules: Rules) -> bool:
    """Whether a guardian's consent changes anything here."""
    return any(band.is_lifted_by_consent for band in rules.bands)
