"""Passwords: right, wrong, unknown, and a bounded queue for the slow check."""

from __future__ import annotations

import asyncio

import pytest
from argon2 import Type, extract_parameters

from lanhouse.auth import passwords
from lanhouse.auth.passwords import check_password, hash_password, password_matches
from lanhouse.kit.errors import Busy
from lanhouse.kit.limits import PASSWORD_QUEUE_MAX
from tests.builders.centers import PASSWORD, password_hash
from tests.builders.secrets import PRODUCT_HASHER


def test_only_the_right_password_matches() -> None:
    stored = password_hash()
    assert password_matches(stored, PASSWORD)
    assert not password_matches(stored, PASSWORD + " ")
    assert not password_matches("", "no such account")
    assert not password_matches("not a hash", PASSWORD)


def test_the_product_hashes_as_rfc_9106_recommends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "_hasher", PRODUCT_HASHER)
    stored = hash_password(PASSWORD)
    told = extract_parameters(stored)
    assert (told.type, told.version) == (Type.ID, 19)
    # The second recommended option: 3 passes over 64 MiB in 4 lanes, 128 bits of salt.
    assert (told.time_cost, told.memory_cost, told.parallelism) == (3, 64 * 1024, 4)
    assert (told.salt_len, told.hash_len) == (16, 32)
    assert password_matches(stored, PASSWORD)
    assert not password_matches(stored, PASSWORD + " ")


def test_a_flood_of_checks_is_refused_and_the_rest_is_answered() -> None:
    taken = passwords._AT_ONCE + PASSWORD_QUEUE_MAX

    async def flood() -> list[object]:
        checks = (check_password("not a hash", "x") for _ in range(taken + 10))
        got = await asyncio.gather(*checks, return_exceptions=True)
        assert await check_password("not a hash", "x") is False
        return list(got)

    got = asyncio.run(flood())
    assert [r for r in got if r is False] == [False] * taken
    assert sum(isinstance(r, Busy) for r in got) == 10
