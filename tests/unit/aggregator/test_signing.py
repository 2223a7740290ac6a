"""Signatures: one vector that anybody can recompute, and everything that must not pass."""

from __future__ import annotations

import pytest

from lanhouse.aggregator.signing import NotSigned, check_signed, sign, signed_headers

SECRET = "lhs_0123456789abcdef"
BODY = b'{"key":"lhc_demo","username":"ann","currency":"EUR"}'
AT = 1_764_500_000
SIGNATURE = "7fd6c8e3f28d97f359e769fad79a29c6257ef3cc8a53424d83bc28dd7f9d209f"


def headers(at: int = AT, body: bytes = BODY, secret: str = SECRET) -> dict[str, str]:
    return {name.lower(): value for name, value in signed_headers(secret, body, at).items()}


def test_the_vector_of_the_document() -> None:
    assert sign(SECRET, AT, BODY) == SIGNATURE


@pytest.mark.parametrize("drift", [-300, 0, 300])
def test_a_signed_message_passes_within_the_time(drift: int) -> None:
    check_signed([SECRET], headers(), BODY, AT + drift)


def test_either_of_two_secrets_passes_while_one_is_replaced() -> None:
    check_signed(["another", SECRET], headers(), BODY, AT)
    check_signed([SECRET, "another"], headers(), BODY, AT)


@pytest.mark.parametrize(
    ("given", "body", "now"),
    [
        ({}, BODY, AT),
        ({"x-timestamp": str(AT)}, BODY, AT),
        ({"x-signature": SIGNATURE}, BODY, AT),
        (headers(), BODY + b" ", AT),
        (headers(), BODY, AT + 301),
        (headers(), BODY, AT - 301),
        (headers(secret="another"), BODY, AT),
        (headers() | {"x-timestamp": str(AT + 1)}, BODY, AT),
        (headers() | {"x-timestamp": f"0{AT}"}, BODY, AT),
        (headers() | {"x-timestamp": f"{AT}.0"}, BODY, AT),
        (headers() | {"x-timestamp": "٣"}, BODY, AT),
        (headers() | {"x-signature": ""}, BODY, AT),
        (headers() | {"x-signature": "é" * 64}, BODY, AT),
    ],
)
def test_anything_else_is_refused(given: dict[str, str], body: bytes, now: int) -> None:
    with pytest.raises(NotSigned) as refused:
        check_signed([SECRET], given, body, now)
    assert refused.value.status == 401


def test_no_secret_signs_nothing() -> None:
    with pytest.raises(NotSigned):
        check_signed([], headers(), BODY, AT)
