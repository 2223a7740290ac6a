"""Ids, secrets and their hashes."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time


def wire_id() -> str:
    """32 hex digits: 64 bits of Unix nanoseconds, then 64 random bits, so that ids sort by time.

    Source: aggregator-domain 1.1.
    """
    return f"{time.time_ns():016x}{secrets.randbits(64):016x}"


def new_secret(prefix: str) -> str:
    """A new secret with a recognisable prefix and 256 random bits, URL-safe."""
    return f"{prefix}_{secrets.token_urlsafe(32)}"


def secret_hash(secret: str) -> str:
    """SHA-256 of a high-entropy secret as hex: what is stored instead of it."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def slow_hash(secret: str, salt: str) -> str:
    """scrypt of a secret that a person chose, as hex: slow on purpose, so never on the loop."""
    raw = secret.encode("utf-8", "surrogatepass")
    return hashlib.scrypt(raw, salt=salt.encode(), n=2**14, r=8, p=1).hex()


def sign(key: bytes, text: str) -> str:
    """HMAC-SHA256 of `text` as hex."""
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def same(left: str, right: str) -> bool:
    """Compare two texts in constant time."""
    return hmac.compare_digest(left.encode(), right.encode())
