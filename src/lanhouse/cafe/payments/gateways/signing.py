"""Signatures of notices: HMAC-SHA256 over the time and the text, with the gateway's key."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence

from lanhouse.cafe.payments.gateways.port import NOTICE_SECONDS, NotSigned


def signature(secret: str, time_text: str, body: bytes) -> str:
    """64 hex digits over `<time>.<body>`."""
    return hmac.new(secret.encode(), time_text.encode() + b"." + body, hashlib.sha256).hexdigest()


def must_be_signed(
    secret: str, time_text: str, given: Sequence[str], body: bytes, at_seconds: int
) -> None:
    """Raise NotSigned unless one of the signatures is the gateway's and the time (Unix seconds, as
    it was written) is now."""
    if not secret or not (time_text.isascii() and time_text.isdigit() and len(time_text) <= 12):
        raise NotSigned
    wanted = signature(secret, time_text, body).encode()
    # All are compared, so that the time tells nothing of which one nearly was right.
    matches = [hmac.compare_digest(wanted, each.encode()) for each in given]
    if not any(matches) or abs(at_seconds - int(time_text)) > NOTICE_SECONDS:
        raise NotSigned
