"""Passwords that the machine makes for guests."""

from __future__ import annotations

import secrets

import msgspec

from lanhouse.auth.passwords import make_hash

GUEST_WORD_CHARS = "abcdefghjkmnpqrstuvwxyz23456789"
"""What a guest's password is made of: no signs that look alike on a slip of paper."""
GUEST_WORD_LENGTH = 8


class GuestSecret(msgspec.Struct, frozen=True):
    """A guest's password and its hash; made at the edge because hashing is slow."""

    password: str = ""
    password_hash: str = ""


async def new_guest_secret() -> GuestSecret:
    """A password for a new guest and its hash. Raises Busy when too many hashes wait already."""
    password = "".join(secrets.choice(GUEST_WORD_CHARS) for _ in range(GUEST_WORD_LENGTH))
    return GuestSecret(password, await make_hash(password))
