"""What is committed, told as it happens to whoever listens in this process (decision 0081).

One reader goes through the outbox for all of them. A commit of this process wakes it at once; those
of other processes on the same database are seen at its next look.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterable
from contextlib import suppress

import msgspec
import structlog

from lanhouse.db.outbox import Place, Stored, newest_place, read_after
from lanhouse.db.store import Event, Store
from lanhouse.kit import clock
from lanhouse.kit.errors import Busy
from lanhouse.kit.limits import LISTENERS_MAX

log = structlog.get_logger("lanhouse.realtime")

_LOOK_SECONDS = 0.5
_BURST_SECONDS = 0.1
_SILENCE_SECONDS = 2.0
_RECENT_ROWS = 1_000


class News(msgspec.Struct, frozen=True):
    """What happened since a listener asked last: topics of its centre, and the place behind them.

    `has_gap`: more than can be told; whatever is shown is to be asked for anew.
    """

    place: Place
    topics: frozenset[str]
    has_gap: bool = False


class Listener:
    """One reader of a centre's news. What it has not taken yet adds up, so none is too slow."""

    def __init__(self, center_id: int, place: Place) -> None:
        self.center_id = center_id
        self._place = place
        self._topics: set[str] = set()
        self._has_gap = False
        self._is_closed = False
        self._told = asyncio.Event()

    async def next(self, wait_seconds: float) -> News | None:
        """The news, as soon as there are any; None when there are none so long, or it is closed."""
        try:
            async with asyncio.timeout(wait_seconds):
                await self._told.wait()
        except TimeoutError:
            return None
        if self._is_closed:
            return None
        self._told.clear()
        news = News(self._place, frozenset(self._topics), self._has_gap)
        self._topics.clear()
        self._has_gap = False
        return news

    @property
    def is_closed(self) -> bool:
        """Whether the process is about to stop."""
        return self._is_closed

    def tell(self, rows: Iterable[Stored]) -> None:
        """Add what is about this centre, or about no centre in particular."""
        for row in rows:
            self._place = row.place
            topics = [each.topic for each in row.events if _is_about(each, self.center_id)]
            if topics:
                self._topics.update(topics)
                self._told.set()

    def miss(self) -> None:
        """Say that something was not told."""
        self._has_gap = True
        self._told.set()

    def close(self) -> None:
        """Wake it for the last time."""
        self._is_closed = True
        self._told.set()


def _is_about(event: Event, center_id: int) -> bool:
    return (
        event.payload.get("center_id", center_id) == center_id and "agent_id" not in event.payload
    )


class Feed:
    """The news of this process's store. It begins to read when the first listener comes."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._listeners: set[Listener] = set()
        self._recent: deque[Stored] = deque(maxlen=_RECENT_ROWS)
        self._before_recent = Place()
        self._place = Place()
        self._committed = asyncio.Event()
        self._looked_at = 0.0
        self._reading: asyncio.Task[None] | None = None
        self._starting = asyncio.Lock()
        self._is_closed = False
        store.subscribe(lambda _events: self._committed.set())

    async def listen(self, center_id: int, after: Place | None) -> Listener:
        """A new listener, from now on or from behind `after`, where it was before.

        Raises Busy when there are LISTENERS_MAX, or when the process is about to stop.
        """
        async with self._starting:
            if self._reading is None:
                self._place = self._before_recent = await self._store.point(newest_place)
                self._looked_at = clock.monotonic()
            if self._is_closed or len(self._listeners) >= LISTENERS_MAX:
                raise Busy
            listener = Listener(center_id, self._place)
            self._listeners.add(listener)
            if self._reading is None:
                self._reading = asyncio.create_task(self._read(), name="feed")
        if after is not None and after != self._place:
            self._catch_up(listener, after)
        return listener

    def _catch_up(self, listener: Listener, after: Place) -> None:
        if after in (self._before_recent, *(row.place for row in self._recent)):
            listener.tell(row for row in self._recent if row.place > after)
        else:
            listener.miss()

    @property
    def is_current(self) -> bool:
        """Whether the database has answered of late: what is not told has not happened."""
        return clock.monotonic() - self._looked_at < _SILENCE_SECONDS

    def leave(self, listener: Listener) -> None:
        """Forget a listener."""
        self._listeners.discard(listener)

    def close(self) -> None:
        """End every listener and take no more: the process is about to stop."""
        self._is_closed = True
        for listener in self._listeners:
            listener.close()

    async def stop(self) -> None:
        """Stop reading."""
        self.close()
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.gather(self._reading, return_exceptions=True)

    async def _read(self) -> None:
        """Go through the outbox until nobody listens any more."""
        try:
            while self._listeners:
                looked_at = clock.monotonic()
                await self._look()
                await self._until_next_look(looked_at)
        finally:
            self._reading = None
            self._recent.clear()

    async def _until_next_look(self, looked_at: float) -> None:
        """Wait for a commit of this process, but not for ever; what comes in a burst is one."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_LOOK_SECONDS):
                await self._committed.wait()
        self._committed.clear()
        await asyncio.sleep(looked_at + _BURST_SECONDS - clock.monotonic())

    async def _look(self) -> None:
        try:
            while rows := await self._store.point(read_after, self._place):
                self._tell(rows)
            self._looked_at = clock.monotonic()
        except Exception:
            log.exception("the outbox was not read; the next look tries again")

    def _tell(self, rows: list[Stored]) -> None:
        for row in rows:
            if len(self._recent) == _RECENT_ROWS:
                self._before_recent = self._recent[0].place
            self._recent.append(row)
        self._place = rows[-1].place
        for listener in self._listeners:
            listener.tell(rows)
