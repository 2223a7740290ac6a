"""What is remembered about callers: a secret that ended while it was looked up is not kept."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from lanhouse.aggregator import surfaces as aggregator
from lanhouse.cafe import surfaces as cafe
from lanhouse.db.store import Event
from lanhouse.kit import clock


class SlowStore:
    """Answers a look-up with what was true at its start, after the key was changed."""

    def __init__(self, found: list[Any]) -> None:
        self.found = found
        self.forget: Callable[[list[Event]], None] = lambda _: None

    def subscribe(self, listener: Callable[[list[Event]], None]) -> None:
        self.forget = listener

    async def point(self, _query: Any, *_args: Any) -> Any:
        answer = self.found.pop(0)
        await asyncio.sleep(0)
        self.forget([Event("access.changed", {})])
        return answer


class Services:
    def __init__(self, store: SlowStore) -> None:
        self.store = store


@pytest.fixture
def end_micros() -> int:
    return clock.to_micros(clock.real_now()) + 10**9


def test_a_key_that_was_replaced_during_its_look_up_ends_at_once(end_micros: int) -> None:
    found = cafe._Access(None, None, clock.monotonic(), "127.0.0.1", end_micros)  # type: ignore[arg-type]
    book = cafe.AccessBook(Services(SlowStore([found, None])))  # type: ignore[arg-type]

    async def calls() -> list[Any]:
        return [await book.find("lhk_old", "bearer"), await book.find("lhk_old", "bearer")]

    assert asyncio.run(calls()) == [found, None]


def test_an_agent_that_was_changed_during_its_look_up_is_looked_up_again() -> None:
    services: Any = Services(SlowStore(["agent", None]))  # type: ignore[arg-type]
    reach: Any = None
    surface = aggregator.ExternalSurface(services, reach)

    async def calls() -> list[Any]:
        return [await surface._find("lha_old"), await surface._find("lha_old")]

    assert asyncio.run(calls()) == ["agent", None]
