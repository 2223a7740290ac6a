"""When a bought package may be used (cafe-domain 3)."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from lanhouse.cafe.pricing.rules import PriceRule, Tariff, Window, timeline

_WEEK = timedelta(days=8)


def window_closes_at(window: Window, at: datetime, zone: ZoneInfo) -> datetime | None:
    """When a window that is open at `at` closes next; None when it never does.

    By the wall clock of `zone`, as prices are: a window is a price rule without money.
    """
    always = Tariff(str(zone), rules=(PriceRule(0, "", 0, window=window),))
    first = next(timeline(always, at, at + _WEEK))
    return None if first.to_at == at + _WEEK else first.to_at


def usable_until(
    window: Window, at: datetime, zone: ZoneInfo, expires_at: datetime | None
) -> tuple[bool, datetime | None]:
    """Whether a package may be used at `at`, and if so how long (None = without limit)."""
    if not window.holds(at, zone) or (expires_at is not None and expires_at <= at):
        return False, None
    closes_at = window_closes_at(window, at, zone)
    ends = [end for end in (closes_at, expires_at) if end is not None]
    return True, min(ends, default=None)


def expiry_of(bought_at: datetime, days: int, hours: int) -> datetime | None:
    """When a package bought at `bought_at` stops being usable; 0 days and 0 hours = never."""
    if not days and not hours:
        return None
    return bought_at + timedelta(days=days, hours=hours)
