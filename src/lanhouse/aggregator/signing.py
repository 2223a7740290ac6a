"""Signed messages: `X-Timestamp` (Unix seconds) and `X-Signature`, the hex HMAC-SHA256 over
timestamp + "." + the raw body under the text of a secret, which is itself never sent.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterable, Mapping

from lanhouse.kit.errors import Unauthenticated

TIMESTAMP = "X-Timestamp"
SIGNATURE = "X-Signature"
WITHIN_SECONDS = 300
_SECONDS = re.compile(r"[0-9]{1,12}", re.ASCII)


class NotSigned(Unauthenticated):
    """The message bears no signature, or one that is wrong or too old."""

    def __init__(self) -> None:
        super().__init__("this message is not signed as it must be")


def sign(secret: str, timestamp_seconds: int, body: bytes) -> str:
    """The signature of a body that is sent at this time (Unix seconds), 64 hex digits."""
    signed = b"%d.%b" % (timestamp_seconds, body)
    return hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()


def signed_headers(secret: str, body: bytes, at_seconds: int) -> dict[str, str]:
    """The two headers of a body that is sent at this time (Unix seconds)."""
    return {TIMESTAMP: str(at_seconds), SIGNATURE: sign(secret, at_seconds, body)}


def check_signed(
    secrets: Iterable[str],
    headers: Mapping[str, str],
    body: bytes,
    now_seconds: float,
    within_seconds: int = WITHIN_SECONDS,
) -> None:
    """Check a message against the secrets that count (two while one is replaced); `headers` by
    name in lower case, `body` as it arrived.

    Raises NotSigned without both headers, for a time further from now than `within_seconds` in
    either direction, and for a signature by none of the secrets. Takes the same time wherever a
    signature differs.
    """
    stamp = headers.get(TIMESTAMP.lower(), "")
    given = headers.get(SIGNATURE.lower(), "").lower().encode("utf-8", "surrogatepass")
    if not _SECONDS.fullmatch(stamp) or abs(now_seconds - int(stamp)) > within_seconds:
        raise NotSigned
    # What was signed is the time as it was written: a leading zero must not change it.
    signed = stamp.encode() + b"." + body
    is_signed = False
    for secret in secrets:
        made = hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
        is_signed |= hmac.compare_digest(made.encode(), given)
    if not is_signed:
        raise NotSigned
