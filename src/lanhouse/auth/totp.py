"""Codes of six digits that an app on a phone shows (TOTP, RFC 6238), and recovery codes.

What is agreed with every such app: SHA-1, 6 digits, 30 seconds; the secret has 160 bits.
"""

from __future__ import annotations

import base64
import hmac
import re
import secrets
from urllib.parse import quote, urlencode

from lanhouse.kit import ids

STEP_SECONDS = 30
DIGITS = 6
_SECRET_BYTES = 20
# A phone's clock may be half a minute off, and a code may be typed as it changes.
_STEPS_AROUND = (-1, 0, 1)
_CODE = re.compile(r"\d{6}", re.ASCII)
_BETWEEN = re.compile(r"[\s-]+")

RECOVERY_CODES = 10
_RECOVERY_GROUPS = 4
_RECOVERY_GROUP_CHARS = 4
# Base32: 80 bits a code, so that its plain hash tells nothing.
# Digits that the codes do not have stand for the letters that look like them.
_MISREAD = str.maketrans("018", "olb")
_RECOVERY = re.compile(r"[a-z2-7]{16}", re.ASCII)


def new_secret() -> bytes:
    """A new secret to share with an app."""
    return secrets.token_bytes(_SECRET_BYTES)


def secret_text(secret: bytes) -> str:
    """The secret as people type it into an app: 32 letters and digits (base32)."""
    return base64.b32encode(secret).decode()


def enrolment_uri(secret: bytes, account: str, issuer: str) -> str:
    """The otpauth address that an app reads from a QR code; both names are shown there."""
    label = f"{quote(issuer, safe='')}:{quote(account, safe='')}"
    query = urlencode({"secret": secret_text(secret), "issuer": issuer}, quote_via=quote)
    return f"otpauth://totp/{label}?{query}"


def step_at(unix_seconds: float) -> int:
    """The number of the half minute that this time lies in."""
    return int(unix_seconds // STEP_SECONDS)


def code_of(secret: bytes, step: int) -> str:
    """The code of a step (RFC 4226, 5.3)."""
    digest = hmac.digest(secret, step.to_bytes(8, "big"), "sha1")
    offset = digest[-1] & 0x0F
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFF_FFFF
    return f"{number % 10**DIGITS:0{DIGITS}d}"


def matching_step(secret: bytes, code: str, step: int) -> int | None:
    """The step whose code this is, of those around `step`; None when it is of none."""
    if not _CODE.fullmatch(code):
        return None
    found = [step + off for off in _STEPS_AROUND if ids.same(code_of(secret, step + off), code)]
    return found[-1] if found else None


def typed(code: str) -> str:
    """A code as it is compared: without the gaps and capitals that people type."""
    return _BETWEEN.sub("", code).lower()


def new_recovery_codes() -> list[str]:
    """Codes for the day the phone is lost, in groups that are easy to copy by hand."""
    return [
        "-".join(
            base64.b32encode(secrets.token_bytes(5)).decode().lower()[:_RECOVERY_GROUP_CHARS]
            for _ in range(_RECOVERY_GROUPS)
        )
        for _ in range(RECOVERY_CODES)
    ]


def recovery_hash(code: str) -> str:
    """What is stored of a recovery code; empty for a text that can be none."""
    plain = typed(code).translate(_MISREAD)
    return ids.secret_hash(plain) if _RECOVERY.fullmatch(plain) else ""
