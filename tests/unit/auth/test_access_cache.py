"""What is remembered about callers: a secret that ended while it was looked up is not kept."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from lanhouse.aggregator import surfaces as aggregator
from lanhouse.aggregator.agents.queries import key_used_at
from lanhouse.cafe import surfaces as cafe
from lanhouse.db.store import Event
from lanhouse.kit import clock
from lanhouse.kit.vault import LOCKED


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


class SlowAgents(SlowStore):
    """The same of an agent's key, whose last use was noted a moment ago."""

    async def point(self, query: Any, *args: Any) -> Any:
        return clock.real_now() if query is key_used_at else await super().point(query, *args)


class Services:
    vault = LOCKED

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
    agent = SimpleNamespace(signing_sealed=None)
    services: Any = Services(SlowAgents([agent, None]))
    reach: Any = None
    surface = aggregator.ExternalSurface(services, reach)

    async def calls() -> list[Any]:
        return [await surface._find("lha_old"), await surface._find("lha_old")]

    first, second = asyncio.run(calls())
    assert (first.agent, second) == (agent, None)
