"""Passwords for the guests of a whole hall, made at once."""

from __future__ import annotations

import asyncio

import pytest

from lanhouse.cafe.members.commands import guest_secret
from lanhouse.cafe.members.commands.guest_secret import new_guest_secrets
from lanhouse.kit.limits import HASHES_PER_CORE, MAX_PC, PASSWORD_QUEUE_MAX
from tests.builders.secrets import VAULT


def test_a_large_hall_does_not_stand_in_its_own_way(monkeypatch: pytest.MonkeyPatch) -> None:
    """More guests than may wait for a hash: each gets a password of his own, nobody is refused."""
    hashed: list[str] = []
    at_once = most = 0

    async def slow(password: str) -> str:
        nonlocal at_once, most
        at_once += 1
        most = max(most, at_once)
        await asyncio.sleep(0)
        at_once -= 1
        hashed.append(password)
        return f"hash of {password}"

    monkeypatch.setattr(guest_secret, "make_hash", slow)
    made = asyncio.run(new_guest_secrets(VAULT, None, MAX_PC))
    assert sorted(one.password for one in made) == sorted(hashed)
    assert len({one.password for one in made}) == MAX_PC
    assert all(one.password_hash == f"hash of {one.password}" for one in made)
    assert HASHES_PER_CORE <= most <= PASSWORD_QUEUE_MAX
