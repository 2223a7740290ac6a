"""Passwords: right, wrong, unknown, and a bounded queue for the slow check."""

from __future__ import annotations

import asyncio

from lanhouse.auth import passwords
from lanhouse.auth.passwords import check_password, password_matches
from lanhouse.kit.errors import Busy
from lanhouse.kit.limits import PASSWORD_QUEUE_MAX
from tests.builders.centers import PASSWORD, password_hash


def test_only_the_right_password_matches() -> None:
    stored = password_hash()
    assert password_matches(stored, PASSWORD)
    assert not password_matches(stored, PASSWORD + " ")
    assert not password_matches("", "no such account")
    assert not password_matches("not a hash", PASSWORD)


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
