"""Accounts and expiries."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from lanhouse.cafe.members.rules import (
    account_key,
    default_expiry,
    expiry_of,
    expiry_text,
    is_account,
    search_key,
)
from lanhouse.cafe.members.wire import left_text

MANILA = ZoneInfo("Asia/Manila")


@pytest.mark.parametrize("account", ["eva", "Eva.Aa-1", "a@b", "_", "Zoë", "玩家1", "x" * 50])
def test_accounts(account: str) -> None:
    assert is_account(account)


@pytest.mark.parametrize("account", ["", "a b", "a/b", "a'b", "a\n", "x" * 51, "a<b>", "a,b"])
def test_what_is_no_account(account: str) -> None:
    assert not is_account(account)


def test_keys_ignore_case_and_spelling() -> None:
    assert account_key("EVA") == account_key("eva") == account_key("ｅｖａ")
    assert account_key("e\u0301") == account_key("É")
    assert search_key("Eva", "", "Ångström") == "eva ångström"


def test_a_date_is_the_last_day_that_counts() -> None:
    at = expiry_of(datetime(2028, 1, 1), MANILA)  # noqa: DTZ001
    assert at == datetime(2028, 1, 1, 16, tzinfo=UTC)
    assert expiry_text(at, MANILA) == "2028-01-01"


def test_a_date_with_a_time_is_that_moment() -> None:
    at = expiry_of(datetime(2028, 1, 1, 18, 30), MANILA)  # noqa: DTZ001
    assert at == datetime(2028, 1, 1, 10, 30, tzinfo=UTC)
    assert expiry_text(at, MANILA) == "2028-01-01 18:30:00"


def test_never() -> None:
    assert expiry_text(None, MANILA) == "0000-00-00"


def test_three_years_also_from_a_leap_day() -> None:
    assert default_expiry(date(2026, 3, 4)) == datetime(2029, 3, 4)  # noqa: DTZ001
    assert default_expiry(date(2028, 2, 29)) == datetime(2031, 2, 28)  # noqa: DTZ001


@pytest.mark.parametrize(
    ("left_minutes", "text"), [(205, "3h 25m"), (59, "0h 59m"), (0, "0h 0m"), (-5, "0h 0m")]
)
def test_time_left(left_minutes: int, text: str) -> None:
    at = datetime(2026, 3, 4, 12, tzinfo=UTC)
    end = datetime.fromtimestamp(at.timestamp() + left_minutes * 60, UTC)
    assert left_text(end, at) == text
    assert left_text(None, at) == "0h 0m"
