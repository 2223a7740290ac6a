"""The vault opens what it sealed, for the same purpose and context, and nothing else."""

from __future__ import annotations

import pytest

from lanhouse.kit.vault import LOCKED, Unreadable, Vault
from tests.builders.secrets import OTHER_VAULT, VAULT

PLAIN = b"t9kq4mza"


def sealed() -> bytes:
    made = VAULT.seal("guest log-in", "7777|a", PLAIN)
    assert made is not None
    return made


def test_what_was_sealed_opens_and_does_not_show() -> None:
    made = sealed()
    assert VAULT.open("guest log-in", "7777|a", made) == PLAIN
    assert PLAIN not in made
    # The same twice looks different, so equal passwords do not show either.
    assert sealed() != made


@pytest.mark.parametrize(
    ("vault", "purpose", "context"),
    [
        (OTHER_VAULT, "guest log-in", "7777|a"),
        (VAULT, "stored answer", "7777|a"),
        (VAULT, "guest log-in", "7778|a"),
        (LOCKED, "guest log-in", "7777|a"),
    ],
)
def test_nothing_else_opens_it(vault: Vault, purpose: str, context: str) -> None:
    with pytest.raises(Unreadable):
        vault.open(purpose, context, sealed())


@pytest.mark.parametrize("place", [0, 1, 12, 13, -1])
def test_a_changed_byte_is_noticed(place: int) -> None:
    data = bytearray(sealed())
    data[place] ^= 1
    with pytest.raises(Unreadable):
        VAULT.open("guest log-in", "7777|a", bytes(data))


@pytest.mark.parametrize("data", [b"", b"\x01", b"\x01" + b"n" * 12, b"\x01" + b"n" * 20])
def test_what_is_too_short_is_unreadable(data: bytes) -> None:
    with pytest.raises(Unreadable):
        VAULT.open("guest log-in", "7777|a", data)


def test_a_locked_vault_keeps_nothing() -> None:
    assert LOCKED.seal("guest log-in", "7777|a", PLAIN) is None
    assert (LOCKED.is_locked, LOCKED.fingerprint) == (True, "")


def test_the_key_is_the_one_of_rfc_5869() -> None:
    """Written out with the standard library: a stored secret must open in every later version."""
    import hashlib
    import hmac

    extracted = hmac.digest(b"lanhouse fingerprint", b"\x01" * 32, hashlib.sha256)
    expanded = hmac.digest(extracted, b"" + b"\x01", hashlib.sha256)
    assert VAULT.fingerprint == expanded[:8].hex()
    assert OTHER_VAULT.fingerprint != VAULT.fingerprint


def test_a_secret_has_32_bytes() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        Vault(b"short")
