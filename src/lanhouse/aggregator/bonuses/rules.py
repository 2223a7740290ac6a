"""When a campaign runs and how it stands: pure."""

from __future__ import annotations

from datetime import datetime, timedelta

from lanhouse.aggregator.rounds.rules import moment_of
from lanhouse.kit.errors import InvalidInput

ROUNDS_MAX = 1_000
PLAYERS_MAX = 1_000
DAYS_DEFAULT = 30
DAYS_MAX = 366

ACTIVE = "active"
USED = "used"
EXPIRED = "expired"
CANCELED = "canceled"


def check_window(start: str | None, end: str | None) -> None:
    """Raise InvalidInput for what can be no window at any time; a repeated call is checked no
    further, its answer is kept."""
    from_at, to_at = moment_of(start, "start"), moment_of(end, "end")
    if from_at is not None and to_at is not None:
        _check_length(from_at, to_at)


def _check_length(from_at: datetime, to_at: datetime) -> None:
    if to_at <= from_at:
        raise InvalidInput({"end": "must be after from"})
    if to_at - from_at > timedelta(days=DAYS_MAX):
        raise InvalidInput({"end": f"must be at most {DAYS_MAX} days after from"})


def window_of(start: str | None, end: str | None, now: datetime) -> tuple[datetime, datetime]:
    """When a campaign begins and ends: from now for 30 days, unless it is named (RFC 3339).

    Raises InvalidInput for what is no window, is over already, or is longer than 366 days
    (aggregator-domain 1.2 rows 19 and 20).
    """
    check_window(start, end)
    from_at, to_at = moment_of(start, "start"), moment_of(end, "end")
    if from_at is None:
        from_at = now
    if to_at is None:
        try:
            to_at = from_at + timedelta(days=DAYS_DEFAULT)
        except OverflowError:
            raise InvalidInput({"start": "is out of range"}) from None
    if to_at <= now:
        raise InvalidInput({"start" if end is None else "end": "is in the past"})
    _check_length(from_at, to_at)
    return from_at, to_at


def status_of(
    *, canceled_at: datetime | None, ends_at: datetime, remaining: int, now: datetime
) -> str:
    """How a campaign stands; `remaining` are the rounds that its players have left together."""
    if canceled_at is not None:
        return CANCELED
    if remaining == 0:
        return USED
    return EXPIRED if ends_at <= now else ACTIVE
