"""The range of time that reports and logs look at, in the centre's zone; what events are called."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec

from lanhouse.cafe.money.schemas import Event
from lanhouse.kit.errors import InvalidInput, Refused
from lanhouse.kit.inputs import DayOrSecond
from lanhouse.kit.said import say
from lanhouse.kit.texts import N_

EVENT_NAMES = {
    Event.TOPUP: N_("Top-up"),
    Event.ADDTIME: N_("Time sold"),
    Event.OFFER: N_("Package sold"),
    Event.SALE: N_("Goods sold"),
    Event.REWARD: N_("Reward"),
    Event.EXPIRED: N_("Bonus expired"),
    Event.OTHERTENDER: N_("Given back another way"),
    Event.CHECKOUT: N_("Checked out"),
    Event.LOAN: N_("Loan"),
    Event.SESSION: N_("Session"),
    Event.MEMBER: N_("Account"),
    Event.LOGIN: N_("Sign-in"),
    Event.EXPENSE: N_("Expense"),
    Event.SHIFT: N_("Shift"),
    Event.TILL: N_("Cash in or out"),
    Event.OPENING: N_("Carried over"),
    Event.FEEDBACK: N_("Feedback"),
    Event.RESTOCKNOTIFY: N_("Low stock"),
    Event.MANUALCONFIRMQR: N_("QR payment confirmed"),
    Event.ADMINEXIT: N_("Left the PC client"),
    Event.KEYNOTIFY: N_("API key ends soon"),
}
"""What people call the events of the billing log."""

_TIME = re.compile(r"(\d{1,2}):(\d{2})(?::\d{2})?", re.ASCII)
_DAY_MINUTES = 24 * 60


class RangeError(Refused):
    """The range ends before it begins; the wording is the wire's (cafe-wire, Reports)."""

    def __init__(self) -> None:
        super().__init__(say("Time range error"))


class RangeIn(msgspec.Struct, kw_only=True):
    """`time_start` and `time_end` are HH:MM; 24:00 is the end of the day. A date that holds a
    time is that second, whatever they say (cafe-wire, Reports)."""

    date_start: DayOrSecond | None = None
    date_end: DayOrSecond | None = None
    time_start: str = "00:00"
    time_end: str = "23:59"


class TimeRange(msgspec.Struct, frozen=True):
    """From `start_at` up to, not including, `end_at`; the days are local."""

    start_at: datetime
    end_at: datetime
    first_day: date
    last_day: date
    start_text: str
    """As reports echo it: "2025-03-01 00:00:00"."""
    end_text: str
    """As reports echo it: "2025-03-26 23:59:00", and "… 24:00:59" for 24:00."""
    zone: ZoneInfo

    @property
    def is_one_day(self) -> bool:
        """Whether charts show hours instead of days."""
        return self.first_day == self.last_day


def range_of(given: RangeIn, zone: ZoneInfo, today: date) -> TimeRange:
    """The range a request asks for; days that are not given are `today` (local).

    The minute of `time_end` belongs to the range as a whole: 23:59 reaches to midnight (decision
    0075); so does the second of a `date_end` that holds a time. Raises InvalidInput by field,
    RangeError.
    """
    errors: dict[str, str] = {}
    start_minutes = _minutes(given.time_start, "time_start", errors)
    end_minutes = _minutes(given.time_end, "time_end", errors)
    if errors:
        raise InvalidInput(errors)
    first = _day(given.date_start or given.date_end or today)
    last = _day(given.date_end or max(first, today))
    start = _midnight(first) + timedelta(minutes=start_minutes)
    end = _midnight(last) + timedelta(minutes=end_minutes)
    after = min(end + timedelta(minutes=1), _midnight(last) + timedelta(days=1))
    # The end of a day is the minute 24:00 of it, not a minute of the next.
    hours, minutes = divmod(end_minutes, 60)
    end_text = f"{last} {hours:02}:{minutes:02}:{59 if end_minutes == _DAY_MINUTES else 0:02}"
    if isinstance(given.date_start, datetime):
        start = given.date_start
    if isinstance(given.date_end, datetime):
        end, after = given.date_end, given.date_end + timedelta(seconds=1)
        end_text = end.isoformat(" ")
    if end < start:
        raise RangeError
    return TimeRange(
        start_at=_instant(start, zone),
        end_at=_instant(after, zone),
        first_day=first,
        last_day=last,
        start_text=start.isoformat(" "),
        end_text=end_text,
        zone=zone,
    )


def _day(given: date) -> date:
    return given.date() if isinstance(given, datetime) else given


def _midnight(day: date) -> datetime:
    return datetime.combine(day, datetime.min.time())


def _minutes(text: str, field: str, errors: dict[str, str]) -> int:
    match = _TIME.fullmatch(text)
    minutes = int(match[1]) * 60 + int(match[2]) if match and int(match[2]) < 60 else -1
    if not 0 <= minutes <= _DAY_MINUTES:
        errors[field] = say("must be a time from 00:00 to 24:00")
    return minutes


def _instant(local: datetime, zone: ZoneInfo) -> datetime:
    """The instant at which the local clock shows a date and time."""
    return local.replace(tzinfo=zone).astimezone(UTC)
