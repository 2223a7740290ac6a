"""Passwords: argon2id, always checked in a thread because one check takes tens of milliseconds."""

from __future__ import annotations

import asyncio
import os
import secrets
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from lanhouse.auth.turns import Turns
from lanhouse.kit.errors import InvalidInput
from lanhouse.kit.limits import (
    HASHES_PER_CORE,
    HASHES_WAITING_MAX,
    HASHES_WAITING_PER_ADDRESS,
    PASSWORD_CHARS_MAX,
    PASSWORD_CHARS_MIN,
    PASSWORD_QUEUE_MAX,
)
from lanhouse.kit.said import say

T = TypeVar("T")

_hasher = PasswordHasher()
# Checks use 64 MiB each; more than this many at once would only slow each other down. A caller
# who goes away frees the turn but not the thread, so the threads are counted too.
_AT_ONCE = HASHES_PER_CORE * (os.cpu_count() or 1)
_turns = Turns(_AT_ONCE, HASHES_WAITING_MAX)
_threads = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="password")
# One thread for what nobody waits for, so that a long list keeps no sign-in waiting.
_background = ThreadPoolExecutor(1, thread_name_prefix="later password")
_NOBODY_HASH = ""
# Nothing that is mistaken for something else when it is read out or written down.
_CHARS = "abcdefghjkmnpqrstuvwxyz23456789"
_MADE_GROUPS = 4
_MADE_GROUP_CHARS = 4


def made_password() -> str:
    """A password that nobody chose: 79 random bits in groups that are easy to copy by hand."""
    return "-".join(
        "".join(secrets.choice(_CHARS) for _ in range(_MADE_GROUP_CHARS))
        for _ in range(_MADE_GROUPS)
    )


def check_chosen(password: str, field: str = "password") -> None:
    """Raise InvalidInput for a password that is too short or too long for one of the staff."""
    if not PASSWORD_CHARS_MIN <= len(password) <= PASSWORD_CHARS_MAX:
        raise InvalidInput(
            {
                field: say(
                    "must have %(least)s to %(most)s characters",
                    least=PASSWORD_CHARS_MIN,
                    most=PASSWORD_CHARS_MAX,
                )
            }
        )


def hash_password(password: str) -> str:
    """The argon2id hash to store for a password."""
    return _hasher.hash(password)


def begin_hashes(passwords: Sequence[str]) -> Future[dict[str, str]]:
    """Password -> hash_password() of it, made in a thread for who has something else to do
    meanwhile (no event loop). One after the other: each uses several cores by itself."""
    return _threads.submit(lambda: {each: hash_password(each) for each in passwords})


def hash_in_background(password: str) -> Future[str]:
    """hash_password(), behind all others that were asked for so."""
    return _background.submit(hash_password, password)


def password_matches(stored_hash: str, password: str) -> bool:
    """True when the password belongs to the hash; an empty hash never does, at the same cost."""
    try:
        return _hasher.verify(stored_hash or _nobody_hash(), password) and bool(stored_hash)
    except (VerificationError, InvalidHashError):
        return False


async def check_password(stored_hash: str, password: str, subject: str = "") -> bool:
    """password_matches() in a thread, a few at a time, subjects (Attempt.subject) in turn.

    Raises Busy when too many of the same subject wait already.
    """
    waiting_max = HASHES_WAITING_PER_ADDRESS if subject else PASSWORD_QUEUE_MAX
    async with _turns.turn(subject, waiting_max):
        return await _in_thread(password_matches, stored_hash, password)


async def make_hash(password: str) -> str:
    """hash_password() in a thread, a few at a time. Raises Busy when too many wait already."""
    async with _turns.turn("", PASSWORD_QUEUE_MAX):
        return await _in_thread(hash_password, password)


async def _in_thread(work: Callable[..., T], *args: str) -> T:
    return await asyncio.get_running_loop().run_in_executor(_threads, work, *args)


def _nobody_hash() -> str:
    """A hash that no password has, so that an unknown account takes as long as a known one."""
    global _NOBODY_HASH
    if not _NOBODY_HASH:
        _NOBODY_HASH = _hasher.hash("no such account")
    return _NOBODY_HASH
