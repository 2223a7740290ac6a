"""Passwords that the machine makes for guests."""

from __future__ import annotations

import asyncio
import secrets

import msgspec

from lanhouse.auth.passwords import make_hash
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.members.commands.access_codes import AccessCode, new_access_codes
from lanhouse.kit.vault import Unreadable, Vault

GUEST_WORD_CHARS = "abcdefghjkmnpqrstuvwxyz23456789"
"""What a guest's password is made of: no signs that look alike on a slip of paper."""
GUEST_WORD_LENGTH = 8
_PURPOSE = "guest log-in"
_AT_ONCE = 16
"""More wait for nothing: a machine hashes a few at a time."""


class GuestSecret(msgspec.Struct, frozen=True):
    """A guest's password, its hash, and the password sealed under the server secret.

    Made at the edge because hashing is slow. `sealed` is None when it is not to be kept or cannot
    be; `password` is empty in one that was read back (opened() tells it).
    """

    password: str = ""
    password_hash: str = ""
    sealed: bytes | None = None
    codes: tuple[AccessCode, ...] = ()
    """Candidates for the guest's access code; empty where guests sign in without one."""

    def opened(self, vault: Vault) -> str:
        """The password. Raises Unreadable when the server secret is not the one it needs."""
        if self.password:
            return self.password
        if self.sealed is None:
            raise Unreadable
        return vault.open(_PURPOSE, self.password_hash, self.sealed).decode()


async def new_guest_secret(vault: Vault, center: Center | None = None) -> GuestSecret:
    """A password for a new guest. Raises Busy when too many hashes wait already.

    With a `center` that signs guests in by code there are codes beside it. The password is sealed
    for its own hash, which has a random salt: it opens beside that hash only.
    """
    password = "".join(secrets.choice(GUEST_WORD_CHARS) for _ in range(GUEST_WORD_LENGTH))
    password_hash = await make_hash(password)
    sealed = vault.seal(_PURPOSE, password_hash, password.encode())
    codes = () if center is None else new_access_codes(vault, center)
    return GuestSecret(password, password_hash, sealed, codes)


async def new_guest_secrets(vault: Vault, center: Center | None, count: int) -> list[GuestSecret]:
    """As many of them, also for more guests than may wait for a hash (PASSWORD_QUEUE_MAX)."""
    made: list[GuestSecret] = []
    while len(made) < count:
        some = range(min(_AT_ONCE, count - len(made)))
        made += await asyncio.gather(*(new_guest_secret(vault, center) for _ in some))
    return made
