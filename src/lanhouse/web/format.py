"""How amounts, durations and moments read: by the reader's language, as it is
written where the centre is (i18n.locale_for), and in the centre's zone.

Pure functions on integers and aware datetimes. An unknown value (None) is an en dash, never 0;
a minus is U+2212 and stands before the currency sign.
"""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_datetime, format_skeleton, format_time, get_day_names
from babel.numbers import (
    format_currency,
    format_decimal,
    get_currency_precision,
    get_decimal_symbol,
)

from lanhouse.kit.money import MICROS, format_fixed, format_plain, half_up, paid_decimals
from lanhouse.web.i18n import FORMAT_LOCALES

UNKNOWN = "–"
_MINUS = "−"
Units = tuple[str, str, str]
"""What hours, minutes and seconds are called behind a number."""
UNITS: Units = ("h", "min", "s")
_SHORT_SECONDS = 600
_NO_BREAK = "\N{NO-BREAK SPACE}"
_MARKS = dict.fromkeys(map(ord, "\N{LEFT-TO-RIGHT MARK}\N{RIGHT-TO-LEFT MARK}"))
_LETTER_BEFORE_DIGIT = re.compile(r"(?<=[^\W\d_])(?=\d)")


@lru_cache
def locale_of(name: str) -> Locale:
    """The Babel locale of that name ("es_MX"), or that which formats for a language ("es")."""
    return Locale.parse(FORMAT_LOCALES.get(name, name))


@lru_cache(maxsize=4096)
def money(micros: int | None, currency: str, locale: str, *, plus: bool = False) -> str:
    """Micros with the currency: "€1,234.50", "1.234,50 €"; `plus` marks what is given."""
    if micros is None:
        return UNKNOWN
    amount = Decimal(abs(micros)) / MICROS
    text = _apart(format_currency(amount, currency, locale=locale_of(locale)))
    sign = _MINUS if micros < 0 else "+" if plus and micros > 0 else ""
    return _held(sign + text, locale)


@lru_cache(maxsize=1024)
def short_money(micros: int, currency: str, locale: str) -> str:
    """Money on a button: whole amounts without decimals, "€20"; others as always."""
    if micros % MICROS:
        return money(micros, currency, locale)
    rules = locale_of(locale)
    pattern = rules.currency_formats["standard"].pattern.replace(".00", "")
    text = format_currency(micros // MICROS, currency, pattern, locale=rules, currency_digits=False)
    return _held(_apart(text), locale)


def _held(text: str, locale: str) -> str:
    """Money inside a sentence from right to left: as one piece whose sign stays in front."""
    if locale_of(locale).text_direction != "rtl":
        return text
    return f"\N{LEFT-TO-RIGHT ISOLATE}{text.translate(_MARKS)}\N{POP DIRECTIONAL ISOLATE}"


def _apart(text: str) -> str:
    """A currency that is spelt in letters, with a space that breaks no line before its digits:
    "KWD 1.340", as browsers write it (CLDR, currencySpacing, which Babel leaves out)."""
    return _LETTER_BEFORE_DIGIT.sub(_NO_BREAK, text)


def marks(lowest: int, highest: int) -> list[int]:
    """Round values for the lines of a chart, zero among them: 1, 2, 3 or 5 with noughts apart, at
    most seven, and everything between the two values between the first and the last."""
    low, high = min(lowest, 0), max(highest, 0)
    step = 1
    if high > low:
        least = -(-(high - low) // 5)
        unit = 10 ** (len(str(least)) - 1)
        step = next(unit * size for size in (1, 2, 3, 5, 10) if unit * size >= least)
    return list(range(low // step * step, -(-high // step) * step + 1, step))


def whole_units(micros: int, locale: str) -> str:
    """Money in a narrow cell: whole units, half up, without the currency: "1,235"."""
    units = half_up(abs(micros), MICROS)
    text = format_decimal(units, locale=locale_of(locale))
    return _MINUS + text if units and micros < 0 else text


def amount_text(micros: int, currency: str, locale: str) -> str:
    """An amount to stand in a field: with as many decimals as are paid in the currency and the
    language's sign, no grouping. One with more (a price) keeps two."""
    places = paid_decimals(currency)
    fixed = format_fixed(micros, 2 if micros % (MICROS // 10**places) else places)
    return fixed.replace(".", get_decimal_symbol(locale_of(locale)))


def coins(micros: int | None, locale: str) -> str:
    """Coins as a plain number, without a currency: "340", "12.5"."""
    if micros is None:
        return UNKNOWN
    amount = Decimal(abs(micros)) / MICROS
    text = format_decimal(amount, format="#,##0.##", locale=locale_of(locale))
    return _MINUS + text if micros < 0 else text


def decimal_text(number: str, locale: str) -> str:
    """A plain decimal number with all its places: "96.00" -> "96,00"."""
    places = len(number.partition(".")[2])
    pattern = ("#,##0." + "0" * places).rstrip(".")
    return format_decimal(Decimal(number), format=pattern, locale=locale_of(locale))


@lru_cache(maxsize=4096)
def currency_sign(currency: str, locale: str) -> str:
    """The sign before an amount field: "€"."""
    return locale_of(locale).currency_symbols.get(currency, currency)


def left(seconds: int | None) -> str:
    """Time as h:mm, floored to whole minutes: 4 365 s -> "1:12". Below zero is "0:00"."""
    if seconds is None:
        return UNKNOWN
    hours, rest = divmod(max(seconds, 0), 3600)
    return f"{hours}:{rest // 60:02d}"


def left_for_player(seconds: int | None) -> str:
    """Like `left`, but under 10 minutes m:ss, where every second counts for the player."""
    if seconds is None or seconds >= _SHORT_SECONDS:
        return left(seconds)
    minutes, rest = divmod(max(seconds, 0), 60)
    return f"{minutes}:{rest:02d}"


def duration(seconds: int | timedelta | None, units: Units = UNITS) -> str:
    """A duration in prose: "2 h 10 min", "45 min", "30 s". Takes whole seconds or a timedelta."""
    if seconds is None:
        return UNKNOWN
    if isinstance(seconds, timedelta):
        seconds = seconds // timedelta(seconds=1)
    seconds = max(seconds, 0)
    return exact_length(seconds if seconds < 60 else seconds - seconds % 60, units)


def exact_length(seconds: int, units: Units = UNITS) -> str:
    """A length to the second, for what is billed by it: "2 h 10 min 5 s", "42 min", "0 s"."""
    hours, rest = divmod(seconds, 3600)
    parts = zip((hours, rest // 60, rest % 60), units, strict=True)
    return " ".join(f"{number} {unit}" for number, unit in parts if number) or f"0 {units[2]}"


def exact_money(micros: int | Fraction, currency: str, locale: str) -> str:
    """A price with all its decimals, those of the currency at least: "€2.00", "€2.997", "¥12.5"."""
    text = format_plain(int(micros))
    places = len(text.partition(".")[2])
    if places <= get_currency_precision(currency):
        return money(int(micros), currency, locale)
    rules = locale_of(locale)
    pattern = rules.currency_formats["standard"].pattern.replace(".00", "." + "0" * places)
    told = format_currency(Decimal(text), currency, pattern, locale=rules, currency_digits=False)
    return _held(_apart(told), locale)


@lru_cache(maxsize=4096)
def clock(at: datetime | None, zone: ZoneInfo, locale: str) -> str:
    """The time of day in the centre's zone: "17:41"."""
    if at is None:
        return UNKNOWN
    return format_time(at, "short", tzinfo=zone, locale=locale_of(locale))


def day(at: datetime | None, now: datetime, zone: ZoneInfo, locale: str) -> str:
    """A date, with the year only when it is not this one: "14 Nov", "14 Nov 2025"."""
    if at is None:
        return UNKNOWN
    local = at.astimezone(zone)
    skeleton = "MMMd" if local.year == now.astimezone(zone).year else "yMMMd"
    return format_skeleton(skeleton, local, locale=locale_of(locale))


def weekday_day(at: datetime, zone: ZoneInfo, locale: str) -> str:
    """A date with its weekday for the top bar: "Sat 21 Nov"."""
    return format_skeleton("MMMEd", at.astimezone(zone), locale=locale_of(locale))


def weekday_names(locale: str, width: Literal["wide", "abbreviated"] = "wide") -> list[str]:
    """The days of the week, Monday first; abbreviated: "Mon"."""
    names = get_day_names(width, "stand-alone", locale=locale_of(locale))
    return [names[number] for number in range(7)]


def moment(
    at: datetime | None, now: datetime, zone: ZoneInfo, locale: str, yesterday: str = "yesterday"
) -> str:
    """A moment as near as it needs: "17:41", "yesterday 15:48", "14 Nov 15:48", "14 Nov 2025".

    `yesterday` is the word in the reader's language.
    """
    if at is None:
        return UNKNOWN
    local, today = at.astimezone(zone).date(), now.astimezone(zone).date()
    time_text = clock(at, zone, locale)
    if local == today:
        return time_text
    if local == today - timedelta(days=1):
        return f"{yesterday} {time_text}"
    date_text = day(at, now, zone, locale)
    return f"{date_text} {time_text}" if local.year == today.year else date_text


def until(
    at: datetime | None, now: datetime, zone: ZoneInfo, locale: str, yesterday: str = "yesterday"
) -> str:
    """The end of what holds before `at`: its last day where it ends with a day of the clock
    ("30 Nov 2029" for midnight after it), else the moment as moment() writes it."""
    if at is not None and at.astimezone(zone).time() == time(0):
        return day(at - timedelta(seconds=1), now, zone, locale)
    return moment(at, now, zone, locale, yesterday)


@lru_cache(maxsize=4096)
def full_moment(at: datetime | None, zone: ZoneInfo, locale: str) -> str:
    """Date, time and zone in full, for tooltips and exports."""
    if at is None:
        return UNKNOWN
    text = format_datetime(at, "medium", tzinfo=zone, locale=locale_of(locale))
    return f"{text} ({zone.key})"


def percent(rate: Decimal | int, locale: str) -> str:
    """A rate of one hundred with a narrow space: 10 -> "10 %", 12.5 -> "12.5 %"."""
    number = format_decimal(Decimal(rate), format="#,##0.##", locale=locale_of(locale))
    return f"{number}\u202f%"
