"""Settings come from LANHOUSE_* variables, and a wrong one is told by its name."""

from __future__ import annotations

from pathlib import Path

import pytest

from lanhouse.kit.errors import InvalidInput
from lanhouse.settings import AppSettings, from_environment


@pytest.mark.parametrize(
    ("variable", "text", "reason"),
    [
        ("LANHOUSE_PORT", "abc", "must be a whole number"),
        ("LANHOUSE_PORT", "99999", "must be at most 65535"),
        ("LANHOUSE_PORT", "0", "must be at least 1"),
        ("LANHOUSE_API_RATE_PER_MINUTE", "-1", "must be at least 0"),
        ("LANHOUSE_DATABASE_THREADS", "0", "must be at least 1"),
        ("LANHOUSE_TIME_SCALE", "0.5", "must be a whole number"),
        ("LANHOUSE_SECURE_COOKIES", "maybe", "must be 1 or 0"),
        (
            "LANHOUSE_PUBLIC_URL",
            "play.example.org",
            "must be an address such as https://play.example.org",
        ),
    ],
)
def test_a_wrong_variable_is_named_with_what_is_expected(
    monkeypatch: pytest.MonkeyPatch, variable: str, text: str, reason: str
) -> None:
    monkeypatch.setenv(variable, text)
    with pytest.raises(InvalidInput) as wrong:
        from_environment()
    assert wrong.value.fields == {variable: reason}
    assert wrong.value.message == f"{variable}: {reason}"


def test_variables_are_read_and_options_win(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANHOUSE_DATA_DIR", "/srv/data")
    monkeypatch.setenv("LANHOUSE_PORT", " 9000 ")
    monkeypatch.setenv("LANHOUSE_SECURE_COOKIES", "true")
    monkeypatch.setenv("LANHOUSE_TIME_SCALE", "60")
    monkeypatch.setenv("LANHOUSE_PUBLIC_URL", "https://play.example.org:8443/")

    settings = from_environment(port=None, time_scale=5)

    assert settings == AppSettings(
        data_dir=Path("/srv/data"),
        port=9000,
        public_url="https://play.example.org:8443/",
        secure_cookies=True,
        time_scale=5,
    )
    assert settings.base_url == "https://play.example.org:8443"


def test_an_empty_variable_counts_as_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not as the folder in which somebody happens to stand."""
    monkeypatch.setenv("LANHOUSE_DATA_DIR", "")
    monkeypatch.setenv("LANHOUSE_PORT", "")
    assert from_environment() == AppSettings()
