"""Offsets on the wire, names in the store."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from lanhouse.cafe.settings.rules import offset_text, zone_name_of

SUMMER = datetime(2026, 7, 1, tzinfo=UTC)
WINTER = datetime(2026, 1, 1, tzinfo=UTC)
LISBON = ZoneInfo("Europe/Lisbon")


def test_the_offset_is_the_one_of_the_moment() -> None:
    assert offset_text(LISBON, WINTER) == "+00:00"
    assert offset_text(LISBON, SUMMER) == "+01:00"
    assert offset_text(ZoneInfo("America/St_Johns"), WINTER) == "-03:30"


def test_the_offset_that_the_centre_has_keeps_its_zone() -> None:
    assert zone_name_of("+01:00", LISBON, SUMMER) == "Europe/Lisbon"
    assert zone_name_of("+00:00", LISBON, WINTER) == "Europe/Lisbon"
    assert zone_name_of("+00:00", LISBON, SUMMER) == "Etc/UTC"


@pytest.mark.parametrize(
    "text", ["+08:00", "+0530", "-11:00", "+14:00", "-09:30", "+05:45", "+00:00", "-00:00"]
)
def test_an_offset_names_a_zone_with_that_offset_all_year(text: str) -> None:
    name = zone_name_of(text, LISBON, SUMMER)
    assert name is not None
    shown = f"{text[:3]}:{text[-2:]}".replace("-00:00", "+00:00")
    assert offset_text(ZoneInfo(name), WINTER) == offset_text(ZoneInfo(name), SUMMER) == shown


@pytest.mark.parametrize("text", ["+15:00", "-13:00", "+05:31", "+05:60", "8", "Mars/X", "", "utc"])
def test_what_is_no_zone(text: str) -> None:
    assert zone_name_of(text, LISBON, SUMMER) is None
