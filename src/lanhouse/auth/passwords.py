"""Passwords: argon2id, always checked in a thread because one check takes tens of milliseconds."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from lanhouse.kit.errors import Busy
from lanhouse.kit.limits import PASSWORD_QUEUE_MAX

T = TypeVar("T")

_hasher = PasswordHasher()
# Checks use 64 MiB each; more than this many at once would only slow each other down.
_slots = asyncio.Semaphore(4)
_waiting = 0
_NOBODY_HASH = ""


def hash_password(password: str) -> str:
    """The argon2id hash to store for a password."""
    return _hasher.hash(password)


def password_matches(stored_hash: str, password: str) -> bool:
    """True when the password belongs to the hash; an empty hash never does, at the same cost."""
    try:
        return _hasher.verify(stored_hash or _nobody_hash(), password) and bool(stored_hash)
    except (VerificationError, InvalidHashError):
        return False


async def check_password(stored_hash: str, password: str) -> bool:
    """password_matches() in a thread, a few at a time. Raises Busy when too many wait already."""
    return await _in_turn(password_matches, stored_hash, password)


async def make_hash(password: str) -> str:
    """hash_password() in a thread, a few at a time. Raises Busy when too many wait already."""
    return await _in_turn(hash_password, password)


async def _in_turn(work: Callable[..., T], *args: str) -> T:
    global _waiting
    if _waiting >= PASSWORD_QUEUE_MAX:
        raise Busy
    _waiting += 1
    try:
        async with _slots:
            return await asyncio.to_thread(work, *args)
    finally:
        _waiting -= 1


def _nobody_hash() -> str:
    """A hash that no password has, so that an unknown account takes as long as a known one."""
    global _NOBODY_HASH
    if not _NOBODY_HASH:
        _NOBODY_HASH = _hasher.hash("no such account")
    return _NOBODY_HASH
