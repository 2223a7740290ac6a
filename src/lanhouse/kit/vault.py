"""Secrets that must be readable again: sealed under one server secret that is not in the database.

What only has to be compared is hashed instead (kit/ids). Decision 0013.
"""

from __future__ import annotations

import secrets

from lanhouse.kit.errors import AppError
from lanhouse.kit.said import say

SECRET_BYTES = 32
_VERSION = b"\x01"
_NONCE_BYTES = 12
_FINGERPRINT_BYTES = 8
_MARK_BYTES = 16


class Unreadable(AppError):
    """A sealed secret does not open: the server secret is missing, another one, or it was changed.

    The server serves on without it; `lanhouse doctor` says what to do.
    """

    symbol = "SECRET_UNREADABLE"
    status = 503
    cafe_code = 503

    def __init__(self) -> None:
        super().__init__(
            say(
                "This secret cannot be read: the server's secret file is missing or is not the one"
                " it was stored with. See: lanhouse doctor"
            )
        )


class Vault:
    """Seals and opens secrets; `secret` is the server's 32 bytes, None = locked.

    A locked vault keeps nothing and opens nothing, so that a server whose file is lost goes on
    without writing what its neighbours could not read.
    """

    __slots__ = ("_secret",)

    def __init__(self, secret: bytes | None) -> None:
        if secret is not None and len(secret) != SECRET_BYTES:
            raise ValueError(f"a server secret has {SECRET_BYTES} bytes")
        self._secret = secret

    @property
    def is_locked(self) -> bool:
        """True when there is no secret to seal with."""
        return self._secret is None

    @property
    def fingerprint(self) -> str:
        """16 hex digits that tell two secrets apart and give neither away; empty when locked."""
        if self._secret is None:
            return ""
        return _derived(self._secret, "fingerprint", "", _FINGERPRINT_BYTES).hex()

    def seal(self, purpose: str, context: str, plain: bytes) -> bytes | None:
        """`plain` encrypted under a key for this purpose and context; None when locked.

        `purpose` names the kind of secret, `context` what it belongs to: it opens with both only.
        """
        if self._secret is None:
            return None
        from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

        nonce = secrets.token_bytes(_NONCE_BYTES)
        key = _derived(self._secret, purpose, context, SECRET_BYTES)
        return _VERSION + nonce + ChaCha20Poly1305(key).encrypt(nonce, plain, _VERSION)

    def open(self, purpose: str, context: str, sealed: bytes) -> bytes:
        """What seal() was given. Raises Unreadable."""
        if self._secret is None or not sealed.startswith(_VERSION):
            raise Unreadable
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

        key = _derived(self._secret, purpose, context, SECRET_BYTES)
        nonce, rest = sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :]
        try:
            return ChaCha20Poly1305(key).decrypt(nonce, rest, _VERSION)
        except (InvalidTag, ValueError) as error:
            raise Unreadable from error

    def mark(self, purpose: str, context: str) -> str:
        """32 hex digits that only this server can make for a purpose and context, to prove what
        it said before; empty when locked."""
        if self._secret is None:
            return ""
        return _derived(self._secret, purpose, context, _MARK_BYTES).hex()


LOCKED = Vault(None)


def _derived(secret: bytes, purpose: str, context: str, length: int) -> bytes:
    """HKDF-SHA256 (RFC 5869) of the server secret, `purpose` as its salt, `context` as its info."""
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    salt, info = f"lanhouse {purpose}".encode(), context.encode("utf-8", "surrogatepass")
    return HKDF(SHA256(), length, salt, info).derive(secret)
