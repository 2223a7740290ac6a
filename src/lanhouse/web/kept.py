"""Answers that many ask for at once: made in a reader thread, kept while nothing changes.

Decision 0065. Whoever asks has passed the check of rights before; the place says whose data it is.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Hashable
from datetime import datetime
from typing import Any, NamedTuple, TypeVar

from lanhouse.db.store import Read, Store
from lanhouse.kit import clock
from lanhouse.kit.limits import KEPT_ANSWERS_MAX
from lanhouse.kit.local_time import whole_second

WHILE_SECONDS = 5.0
Made = TypeVar("Made")
Make = Callable[[Read, datetime], Made]


class _Kept(NamedTuple):
    version: Hashable
    at: datetime
    answer: Any


class _Shown(NamedTuple):
    until: float
    answer: Any


class KeptAnswers:
    """The answers that one process keeps of its store, and those that are being made."""

    def __init__(self) -> None:
        self._shown: dict[Hashable, _Shown] = {}
        self._making: dict[Hashable, asyncio.Task[Any]] = {}
        self._kept: dict[Hashable, _Kept] = {}
        self._lock = threading.Lock()
        self._waiting: dict[Hashable, asyncio.Task[Any]] = {}
        self._running: dict[Hashable, asyncio.Task[Any]] = {}

    async def answer(self, store: Store, place: Hashable, make: Make[Made]) -> Made:
        """`make(read, at)` of the present whole second, as of a moment after this call began.

        `place` names what is made and all that `make` knows besides the database and the second:
        the same place must mean the same answer, and nobody may change it. Those who ask while one
        is being made wait together for the next one. Raises what `make` raises.
        """
        task = self._waiting.get(place)
        if task is None:
            task = asyncio.create_task(self._next(store, place, make))
            self._waiting[place] = task
        # One of them going away must not take the answer from the others.
        return await asyncio.shield(task)

    async def for_a_while(
        self, store: Store, place: Hashable, make: Make[Made], seconds: float = WHILE_SECONDS
    ) -> Made:
        """`make(read, at)`, made once and handed to everybody for so many real seconds, without a
        look at the database: for what the whole world may watch. An answer None is not kept.

        Call it from one event loop; the place says what is made, as for answer(). Raises what
        `make` raises.
        """
        shown = self._shown.get(place)
        if shown is not None and clock.monotonic() < shown.until:
            return shown.answer
        task = self._making.get(place)
        if task is None:
            task = asyncio.create_task(self._show(store, place, make, seconds))
            self._making[place] = task
        return await asyncio.shield(task)

    async def _show(self, store: Store, place: Hashable, make: Make[Made], seconds: float) -> Made:
        try:
            answer = await store.read(lambda read: make(read, whole_second(clock.now())))
            self._shown.pop(place, None)
            if answer is not None:
                if len(self._shown) >= KEPT_ANSWERS_MAX:
                    del self._shown[next(iter(self._shown))]
                self._shown[place] = _Shown(clock.monotonic() + seconds, answer)
            return answer
        finally:
            del self._making[place]

    async def _next(self, store: Store, place: Hashable, make: Make[Made]) -> Made:
        before = self._running.get(place)
        if before is not None:
            await asyncio.wait([before])
        # From here on the database may be seen: whoever asks now belongs to the next one.
        task = self._running[place] = self._waiting.pop(place)
        try:
            return await store.read(self._made, place, make)
        finally:
            if self._running.get(place) is task:
                del self._running[place]

    def _made(self, read: Read, place: Hashable, make: Make[Made]) -> Made:
        at = whole_second(clock.now())
        reader, version = read.version()
        kept = self._kept.get((place, reader))
        if kept is not None and kept.version == version and kept.at == at:
            return kept.answer
        answer = make(read, at)
        with self._lock:
            self._kept.pop((place, reader), None)
            if len(self._kept) >= KEPT_ANSWERS_MAX:
                del self._kept[next(iter(self._kept))]
            self._kept[place, reader] = _Kept(version, at, answer)
        return answer
