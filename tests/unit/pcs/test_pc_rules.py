"""Hardware addresses, times and durations as the wire has them."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from lanhouse.cafe.pcs.rules import ip_text, mac_text
from lanhouse.kit.local_time import duration_text, local_text, utc_text


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("04-d9-f5-00-12-ab", "04-D9-F5-00-12-AB"),
        ("04:D9:F5:00:12:AB", "04-D9-F5-00-12-AB"),
        ("04D9F50012AB", None),
        ("04-D9-F5-00-12", None),
        ("04-D9-F5-00-12-AG", None),
    ],
)
def test_mac_addresses(given: str, shown: str | None) -> None:
    assert mac_text(given) == shown


@pytest.mark.parametrize(
    ("given", "shown"),
    [("192.168.1.40", "192.168.1.40"), ("FE80::0001", "fe80::1"), ("192.168.1", None), ("x", None)],
)
def test_ip_addresses(given: str, shown: str | None) -> None:
    assert ip_text(given) == shown


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "00:00:00"), (59, "00:00:59"), (3661, "01:01:01"), (291_200, "80:53:20")],
)
def test_durations(seconds: int, text: str) -> None:
    assert duration_text(seconds) == text


def test_a_negative_duration() -> None:
    assert duration_text(-666_601) == "-185:10:01"


def test_times() -> None:
    at = datetime(2026, 3, 4, 12, 0, 5, tzinfo=UTC)
    assert local_text(at, ZoneInfo("Asia/Manila")) == "2026-03-04 20:00:05"
    assert utc_text(at) == "2026-03-04T12:00:05.000000Z"
