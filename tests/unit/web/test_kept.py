"""Answers made once for many: who asks late never gets what was seen before he asked."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from lanhouse.web.kept import KeptAnswers


class SlowStore:
    """A store whose reads wait until they are let go; each answers its own number."""

    def __init__(self) -> None:
        self.began = 0
        self.gate = asyncio.Event()
        self.error: Exception | None = None

    async def read(self, _query: Any, *_args: Any) -> bytes:
        self.began += 1
        number = self.began
        await self.gate.wait()
        if self.error is not None and number == 1:
            raise self.error
        return b"%d" % number


def _make(_read: Any, _at: Any) -> bytes:
    raise AssertionError("the store of this test makes the answer")


def test_who_asks_while_one_is_made_waits_for_the_next() -> None:
    async def scene() -> None:
        kept, store = KeptAnswers(), SlowStore()
        asked: Any = store
        early = [asyncio.create_task(kept.answer(asked, "a", _make)) for _ in range(3)]
        await asyncio.sleep(0.01)
        assert store.began == 1
        late = [asyncio.create_task(kept.answer(asked, "a", _make)) for _ in range(50)]
        other = asyncio.create_task(kept.answer(asked, "b", _make))
        await asyncio.sleep(0.01)
        late[0].cancel()
        store.gate.set()
        assert await asyncio.gather(*early) == [b"1"] * 3
        assert await other == b"2"
        assert await asyncio.gather(*late[1:]) == [b"3"] * 49
        assert store.began == 3

    asyncio.run(scene())


def test_a_failure_reaches_those_who_waited_and_nobody_after() -> None:
    async def scene() -> None:
        kept, store = KeptAnswers(), SlowStore()
        asked: Any = store
        store.error = ValueError("broken")
        first = asyncio.create_task(kept.answer(asked, "a", _make))
        await asyncio.sleep(0.01)
        second = asyncio.create_task(kept.answer(asked, "a", _make))
        await asyncio.sleep(0)
        store.gate.set()
        with pytest.raises(ValueError, match="broken"):
            await first
        assert await second == b"2"

    asyncio.run(scene())


def test_for_a_while_everybody_gets_the_same_without_a_look() -> None:
    async def scene() -> None:
        kept, store = KeptAnswers(), SlowStore()
        asked: Any = store
        store.gate.set()
        first = await asyncio.gather(*(kept.for_a_while(asked, "a", _make, 60) for _ in range(5)))
        assert first == [b"1"] * 5
        assert await kept.for_a_while(asked, "a", _make, 60) == b"1"
        assert await kept.for_a_while(asked, "b", _make, 0) == b"2"
        assert await kept.for_a_while(asked, "b", _make, 0) == b"3"

    asyncio.run(scene())


def test_what_fails_for_a_while_is_tried_again() -> None:
    async def scene() -> None:
        kept, store = KeptAnswers(), SlowStore()
        asked: Any = store
        store.gate.set()
        store.error = OSError("gone")
        with pytest.raises(OSError, match="gone"):
            await kept.for_a_while(asked, "a", _make, 60)
        assert await kept.for_a_while(asked, "a", _make, 60) == b"2"

    asyncio.run(scene())
