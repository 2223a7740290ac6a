"""When a centre closes, by its own clock."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec
import pytest

from lanhouse.cafe.centers.rules import closing_after, is_closing_soon
from lanhouse.cafe.centers.schemas import Center, PaymentSettings, Settings


def center(opens: str, closes: str, *, zone: str = "UTC", ends: bool = True) -> Center:
    plain = Settings()
    replace = msgspec.structs.replace
    settings = replace(
        plain,
        center=replace(plain.center, open_time_start=opens, open_time_end=closes),
        payment=replace(plain.payment, end_sessions_at_closing=ends),
    )
    return Center(
        id=1,
        name="Hall",
        license_name="hall",
        zone_name=zone,
        currency="EUR",
        quote_secret="secret",
        settings=settings,
    )


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+00:00").astimezone(UTC)


@pytest.mark.parametrize(
    ("hours", "zone", "now", "closes"),
    [
        (("09:00", "23:00"), "UTC", "2026-03-04 12:00:00", "2026-03-04 23:00:00"),
        (("09:00", "23:00"), "UTC", "2026-03-04 22:59:59", "2026-03-04 23:00:00"),
        (("09:00", "23:00"), "UTC", "2026-03-04 23:00:00", "2026-03-05 23:00:00"),
        (("09:00", "01:30"), "UTC", "2026-03-04 12:00:00", "2026-03-05 01:30:00"),
        (("09:00", "01:30"), "UTC", "2026-03-05 01:00:00", "2026-03-05 01:30:00"),
        (("09:00", "01:30"), "Asia/Manila", "2026-03-04 12:00:00", "2026-03-04 17:30:00"),
        # The clocks go forward in the night: 04:00 is an hour earlier.
        (("09:00", "04:00"), "Europe/Berlin", "2026-03-28 20:00:00", "2026-03-29 02:00:00"),
        (("09:00", "04:00"), "Europe/Berlin", "2026-03-27 20:00:00", "2026-03-28 03:00:00"),
    ],
)
def test_the_next_closing_time(hours: tuple[str, str], zone: str, now: str, closes: str) -> None:
    assert closing_after(center(*hours, zone=zone), at(now)) == at(closes)


@pytest.mark.parametrize(
    ("hours", "ends"),
    [(("00:00", "23:59"), True), (("10:00", "10:00"), True), (("09:00", "23:00"), False)],
)
def test_a_house_that_never_closes_or_lets_them_play(hours: tuple[str, str], ends: bool) -> None:
    assert closing_after(center(*hours, ends=ends), at("2026-03-04 12:00:00")) is None


@pytest.mark.parametrize(
    ("notices", "now", "is_told"),
    [
        ('["5","10"]', "2026-03-04 22:49:59", False),
        ('["5","10"]', "2026-03-04 22:50:00", True),
        ('["30"]', "2026-03-04 22:30:00", True),
        ("[]", "2026-03-04 22:59:59", False),
        ("", "2026-03-04 22:59:59", False),
    ],
)
def test_it_is_told_from_the_first_notice_on(notices: str, now: str, is_told: bool) -> None:
    payment = msgspec.structs.replace(PaymentSettings(), notification_before_closing=notices)
    closes = at("2026-03-04 23:00:00")
    assert is_closing_soon(payment, closes, at(now)) is is_told
    assert not is_closing_soon(payment, None, at(now))
