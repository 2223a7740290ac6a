"""Codes as RFC 6238 gives them, each near its time only, and recovery codes however typed."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from lanhouse.auth import totp

SECRET = b"12345678901234567890"


@pytest.mark.parametrize(
    ("unix_seconds", "code"),
    [
        (59, "287082"),
        (1_111_111_109, "081804"),
        (1_111_111_111, "050471"),
        (1_234_567_890, "005924"),
        (2_000_000_000, "279037"),
        (20_000_000_000, "353130"),
    ],
)
def test_the_vectors_of_the_standard(unix_seconds: int, code: str) -> None:
    """RFC 6238, appendix B, cut to six digits."""
    assert totp.code_of(SECRET, totp.step_at(unix_seconds)) == code


def test_a_code_counts_half_a_minute_around_its_own() -> None:
    code = totp.code_of(SECRET, 100)
    found = {step: totp.matching_step(SECRET, code, step) for step in range(97, 104)}
    assert found == {97: None, 98: None, 99: 100, 100: 100, 101: 100, 102: None, 103: None}


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "２８７０８２", "-28708"])
def test_what_is_no_code_matches_nothing(code: str) -> None:
    assert totp.matching_step(SECRET, code, 1) is None


def test_an_app_is_told_secret_account_and_house() -> None:
    uri = urlsplit(totp.enrolment_uri(SECRET, "kim@desk", "Hall & Söhne: one"))
    assert (uri.scheme, uri.netloc) == ("otpauth", "totp")
    assert uri.path == "/Hall%20%26%20S%C3%B6hne%3A%20one:kim%40desk"
    assert parse_qs(uri.query) == {
        "secret": ["GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"],
        "issuer": ["Hall & Söhne: one"],
    }


def test_recovery_codes_are_compared_as_people_type_them() -> None:
    codes = totp.new_recovery_codes()
    assert len(set(codes)) == totp.RECOVERY_CODES
    for code in codes:
        known = totp.recovery_hash(code)
        assert known
        assert totp.recovery_hash(f" {code.upper().replace('-', ' ')} ") == known
    assert totp.recovery_hash("abcd efgh 0000 1118") == totp.recovery_hash("abcd-efgh-oooo-lllb")
    assert totp.recovery_hash("123456") == ""
    assert totp.recovery_hash(codes[0] + "a") == ""
