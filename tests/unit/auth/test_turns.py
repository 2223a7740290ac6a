"""Turns at slow work: how many at once, who comes next, and what a caller who goes away leaves."""

from __future__ import annotations

import asyncio

import pytest

from lanhouse.auth.turns import Turns
from lanhouse.kit.errors import Busy


class Hasher:
    """Slow work by hand: each piece runs until finish() is called for it."""

    def __init__(self, turns: Turns, waiting_max: int = 4) -> None:
        self.turns = turns
        self.waiting_max = waiting_max
        self.started: list[str] = []
        self._ends: dict[str, asyncio.Event] = {}

    async def work(self, subject: str, name: str) -> None:
        async with self.turns.turn(subject, self.waiting_max):
            self.started.append(name)
            self._ends[name] = asyncio.Event()
            await self._ends[name].wait()

    def ask(self, subject: str, name: str) -> asyncio.Task[None]:
        return asyncio.ensure_future(self.work(subject, name))

    async def finish(self, name: str) -> None:
        self._ends.pop(name).set()
        await settle()


async def settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


def test_who_asks_once_waits_for_one_turn_of_who_asks_often() -> None:
    async def play() -> list[str]:
        hasher = Hasher(Turns(1, 100))
        tasks = [hasher.ask("stranger", f"s{number}") for number in range(5)]
        await settle()
        tasks += [hasher.ask("admin", "admin"), hasher.ask("guest", "guest")]
        await settle()
        while any(not task.done() for task in tasks):
            await hasher.finish(hasher.started[-1])
        return hasher.started

    assert asyncio.run(play()) == ["s0", "s1", "admin", "guest", "s2", "s3", "s4"]


def test_no_more_at_once_and_no_more_waiting_than_said() -> None:
    async def play() -> None:
        hasher = Hasher(Turns(2, 7))
        tasks = [hasher.ask("a", f"a{number}") for number in range(7)]
        await settle()
        assert hasher.started == ["a0", "a1"]
        with pytest.raises(Busy):
            await tasks[6]
        others = [hasher.ask(f"b{number}", f"b{number}") for number in range(4)]
        await settle()
        with pytest.raises(Busy):
            await others[3]
        for task in (*tasks, *others):
            task.cancel()
        await settle()
        # Everybody has gone: all turns are there again.
        again = [hasher.ask("c", name) for name in ("c0", "c1", "c2")]
        await settle()
        assert hasher.started[2:] == ["c0", "c1"]
        await hasher.finish("c0")
        assert hasher.started[2:] == ["c0", "c1", "c2"]
        for task in again:
            task.cancel()

    asyncio.run(play())


def test_who_goes_away_in_the_moment_of_the_turn_hands_it_on() -> None:
    async def play() -> None:
        hasher = Hasher(Turns(1, 7))
        first, second = hasher.ask("a", "a"), hasher.ask("b", "b")
        third = hasher.ask("c", "c")
        await settle()
        hasher._ends.pop("a").set()
        await asyncio.sleep(0)  # "a" has ended, and "b" has been told but does not run yet
        second.cancel()
        await settle()
        assert (first.done(), second.cancelled(), hasher.started) == (True, True, ["a", "c"])
        await hasher.finish("c")
        assert third.done()
        assert hasher.turns._free == 1

    asyncio.run(play())
