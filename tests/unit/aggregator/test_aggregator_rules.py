"""Pure rules of agents, amounts, launches, settlement and windows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from lanhouse.aggregator import errors
from lanhouse.aggregator.agents.rules import check_new_agent, parse_frame_origins
from lanhouse.aggregator.agents.schemas import NewAgent
from lanhouse.aggregator.errors import DateRangeTooLarge, InvalidAmount
from lanhouse.aggregator.launch.rules import language_of
from lanhouse.aggregator.rounds.rules import moment_of, rate_text, settle_amount, window_of
from lanhouse.aggregator.wallet.rules import amount_of
from lanhouse.kit.errors import InvalidInput

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("raw", "currency", "micros"),
    [
        ("100", "EUR", 100_000_000),
        ("110.01", "EUR", 110_010_000),
        ("0.01", "EUR", 10_000),
        ("1.500000", "EUR", 1_500_000),
        ("0.125", "KWD", 125_000),
        ("1600", "JPY", 1_600_000_000),
        ("007", "JPY", 7_000_000),
        ("1000000000000", "EUR", 10**18),
    ],
)
def test_amounts(raw: str, currency: str, micros: int) -> None:
    assert amount_of(raw, currency) == micros


@pytest.mark.parametrize(
    ("raw", "currency", "reason"),
    [
        ("0.001", "EUR", "must have at most 2 decimals"),
        ("0.5", "JPY", "must have no decimals"),
        ("0.0001", "KWD", "must have at most 3 decimals"),
        ("0", "EUR", "must be more than 0"),
        ("-1", "EUR", "must be a plain decimal number"),
        ("1e2", "EUR", "must be a plain decimal number"),
        (" 1", "EUR", "must be a plain decimal number"),
        ("1000000000000.01", "EUR", "is too large"),
        (1, "EUR", "must be a decimal number as text"),
    ],
)
def test_amounts_that_are_none(raw: object, currency: str, reason: str) -> None:
    with pytest.raises(InvalidAmount) as refused:
        amount_of(raw, currency)
    assert refused.value.fields == {"amount": reason}


@pytest.mark.parametrize(
    ("micros", "rate", "text"),
    [
        (-1_600_000_000, "0.0002", "-0.32"),
        (0, "0.0002", "0"),
        (1_000_000, "1", "1"),
        (10_000, "0.00012345678", "0.0000012346"),
        (-10_000, "0.00012345678", "-0.0000012346"),
        (1, "0.00005", "0.0000000001"),
        (1, "0.00004", "0"),
        (-1, "0.00004", "0"),
        (10**18, "123456.789", "123456789000000000"),
    ],
)
def test_settle_amounts_are_rounded_half_up_to_ten_places(
    micros: int, rate: str, text: str
) -> None:
    assert settle_amount(micros, rate) == text


@pytest.mark.parametrize(
    ("rate", "text"), [("1", "1"), ("1.0", "1"), ("0.0002", "0.0002"), ("100", "100")]
)
def test_rates_lose_trailing_zeros_only(rate: str, text: str) -> None:
    assert rate_text(rate) == text


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2025-07-21T00:00:00+07:00", datetime(2025, 7, 20, 17, tzinfo=UTC)),
        ("2025-07-21t00:00:00z", datetime(2025, 7, 21, tzinfo=UTC)),
        ("2024-08-20T13:08:34.280062Z", datetime(2024, 8, 20, 13, 8, 34, 280062, tzinfo=UTC)),
        ("2025-04-17T12:05:20.641493611Z", datetime(2025, 4, 17, 12, 5, 20, 641493, tzinfo=UTC)),
        ("2025-04-17T12:05:20.5Z", datetime(2025, 4, 17, 12, 5, 20, 500000, tzinfo=UTC)),
    ],
)
def test_moments(text: str, at: datetime) -> None:
    assert moment_of(text, "from") == at


@pytest.mark.parametrize(
    "text",
    ["2025-07-21", "2025-07-21T00:00:00", "2025-02-30T00:00:00Z", "2025-07-21T24:00:01Z", "now",
     "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "２025-07-21T00:00:00Z"],
)  # fmt: skip
def test_texts_that_are_no_moments(text: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        moment_of(text, "from")
    assert refused.value.fields == {"from": "must be a date and time as in RFC 3339"}


def test_windows() -> None:
    week = timedelta(days=7)
    assert window_of(None, None, NOW) == (NOW - week, NOW)
    earlier = NOW - timedelta(days=20)
    assert window_of(earlier.isoformat(), None, NOW) == (earlier, NOW)
    assert window_of(None, earlier.isoformat(), NOW) == (earlier - week, earlier)
    full = NOW - timedelta(days=31)
    assert window_of(full.isoformat(), None, NOW) == (full, NOW)
    with pytest.raises(DateRangeTooLarge):
        window_of((full - timedelta(microseconds=1)).isoformat(), None, NOW)
    with pytest.raises(InvalidInput):
        window_of(NOW.isoformat(), NOW.isoformat(), NOW)


@pytest.mark.parametrize(
    ("lang", "language"),
    [("de", "de"), ("de-AT", "de"), ("DE_ch", "de"), ("th", "en"), ("x", "en")],
)
def test_languages(lang: str, language: str) -> None:
    assert language_of(lang, ("en", "de")) == language


def an_agent(**changes: object) -> NewAgent:
    values: dict = {
        "name": "Operator",
        "kind": "transfer",
        "base_currency": "EUR",
        "currencies": {"EUR": "1", "JPY": "0.0061"},
        "allowed_ips": "127.0.0.1",
        **changes,
    }
    return NewAgent(**values)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": " "}, "name"),
        ({"kind": "both"}, "kind"),
        ({"prefix": "ABCDE"}, "prefix"),
        ({"prefix": "abcd"}, "prefix"),
        ({"base_currency": "USD"}, "base_currency"),
        ({"currencies": {"EUR": "1", "jpy": "1"}}, "currencies"),
        ({"currencies": {"EUR": "1", "JPY": "-1"}}, "currencies"),
        ({"currencies": {"EUR": "1", "JPY": "0"}}, "currencies"),
        ({"currencies": {"EUR": "2"}}, "currencies"),
    ],
)
def test_agents_that_cannot_be(changes: dict, field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        check_new_agent(an_agent(**changes))
    assert set(refused.value.fields) == {field}


def test_an_agent_that_can_be() -> None:
    check_new_agent(an_agent(prefix="2sjcc"))


DOCUMENTED = {
    errors.IpNotAllowed: ("IP_NOT_ALLOWED", "ip not allowed"),
    errors.AgentNotFound: ("AGENT_NOT_FOUND", "agent not found"),
    errors.AgentNotActive: ("AGENT_NOT_ACTIVE", "agent not active"),
    errors.AgentProviderNotFound: (
        "AGENT_PROVIDER_NOT_FOUND",
        "agent provider not found, provider is not configured for this agent",
    ),
    errors.AgentInvalidType: ("AGENT_INVALID_TYPE", "invalid agent type"),
    errors.UsernameUnavailable: ("PLAYER_USERNAME_UNAVAILABLE", "username unavailable"),
    errors.PlayerInactive: ("PLAYER_INACTIVE", "player not active"),
    errors.PlayerNotFound: ("PLAYER_NOT_FOUND", "player not found"),
}


@pytest.mark.parametrize("refusal", list(DOCUMENTED))
def test_documented_codes_and_messages_byte_for_byte(refusal: type) -> None:
    error = refusal()
    assert (error.symbol, error.message) == DOCUMENTED[refusal]


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("", ""),
        (" , ", ""),
        ("https://casino.example", "https://casino.example"),
        ("HTTPS://Casino.Example:443,https://casino.example", "https://casino.example"),
        ("https://a.example:8443", "https://a.example:8443"),
        (
            "http://localhost,http://127.0.0.1:80,http://[::1]:90",
            "http://localhost,http://127.0.0.1,http://[::1]:90",
        ),
    ],
)
def test_frame_origins(text: str, kept: str) -> None:
    assert parse_frame_origins(text) == kept


@pytest.mark.parametrize(
    "text",
    [
        "*", "'self'", "null", "casino.example", "http://casino.example", "https://*.example",
        "https://casino.example/", "https://casino.example/games", "https://casino.example?a",
        "https://casino.example#a", "https://me@casino.example", "https://casino.example:",
        "https://casino.example:99999", "https://casino.example; script-src *",
        "https://casino.example https://b.example", "https://", "https://[fe80::1%25eth0]",
        "https://käse.example", "data:text/html", "https://a..b", "https://-a.example",
        "https://a.example\r\nx: y",
    ],
)  # fmt: skip
def test_no_frame_origin(text: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        parse_frame_origins(text)
    assert "frame_origins" in refused.value.fields


def test_not_too_many_frame_origins() -> None:
    names = ",".join(f"https://a{number}.example" for number in range(21))
    with pytest.raises(InvalidInput):
        parse_frame_origins(names)
