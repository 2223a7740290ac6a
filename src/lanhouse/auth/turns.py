"""Turns at slow work: a few at once, and who waits is served in turn, subject by subject."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from lanhouse.kit.errors import Busy


class Turns:
    """At most `at_once` hold a turn; the others wait, `waiting_max` of them all together.

    One subject (an address, a browser) cannot push itself forward by asking often: each turn that
    ends goes to the next subject, and to the first who waits for it.
    """

    def __init__(self, at_once: int, waiting_max: int) -> None:
        self._free = at_once
        self._waiting_max = waiting_max
        self._waiting_count = 0
        # The subject that is next comes first.
        self._waiting: dict[str, deque[asyncio.Future[None]]] = {}

    @asynccontextmanager
    async def turn(self, subject: str, waiting_max: int) -> AsyncIterator[None]:
        """Hold a turn. Raises Busy when `waiting_max` wait for this subject already."""
        if self._free:
            self._free -= 1
        else:
            await self._wait(subject, waiting_max)
        try:
            yield
        finally:
            self._pass_on()

    async def _wait(self, subject: str, waiting_max: int) -> None:
        queue = self._waiting.get(subject)
        is_full = queue is not None and len(queue) >= waiting_max
        if is_full or self._waiting_count >= self._waiting_max:
            raise Busy
        mine = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(subject, deque()).append(mine)
        self._waiting_count += 1
        try:
            await mine
        except asyncio.CancelledError:
            if mine.done() and not mine.cancelled():
                self._pass_on()  # the turn came in the same moment
            else:
                self._leave(subject, mine)
            raise

    def _leave(self, subject: str, mine: asyncio.Future[None]) -> None:
        queue = self._waiting.get(subject)
        if queue is not None and mine in queue:
            queue.remove(mine)
            self._waiting_count -= 1
            if not queue:
                del self._waiting[subject]

    def _pass_on(self) -> None:
        while self._waiting:
            subject = next(iter(self._waiting))
            queue = self._waiting.pop(subject)
            first = queue.popleft()
            self._waiting_count -= 1
            if queue:
                self._waiting[subject] = queue
            if not first.done():
                first.set_result(None)
                return
        self._free += 1
