"""The ticker: every second the leading process runs what is due on the clock."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from typing import Any

import msgspec
import structlog

from lanhouse.db.store import Store, Tx
from lanhouse.jobs.guard import ClockGuard
from lanhouse.jobs.lease import release_lease, take_lease
from lanhouse.kit import clock
from lanhouse.kit.errors import Busy, CommitUnknown

log = structlog.get_logger("lanhouse.jobs")
# A database that is gone must not hold up the end of the process.
_RELEASE_SECONDS_MAX = 0.5


class Task(msgspec.Struct, frozen=True):
    """Work on the clock: `command(tx, None)` every `every_seconds` of real time.

    It must be idempotent and bounded; a true result means that more is waiting, and it is run
    again at once (at most `runs_max` times in a row).
    """

    name: str
    every_seconds: float
    command: Callable[[Tx, None], Any]
    runs_max: int = 100


class Ticker:
    """Runs tasks until it is stopped, and says whether this process leads."""

    def __init__(self, store: Store, tasks: list[Task]) -> None:
        self._store = store
        self._tasks = tasks
        self.leads = False
        self._holder = secrets.token_hex(8)
        self._last: dict[str, float] = {}
        self._running: asyncio.Task[None] | None = None
        self._guard = ClockGuard(store)

    def start(self) -> None:
        """Begin to tick on the running loop."""
        self._running = asyncio.create_task(self._run(), name="ticker")

    async def stop(self) -> None:
        """Stop between two ticks and give the lease back."""
        if self._running is None:
            return
        self._running.cancel()
        await asyncio.gather(self._running, return_exceptions=True)
        self._running = None
        self.leads = False
        try:
            async with asyncio.timeout(_RELEASE_SECONDS_MAX):
                await self._store.write(release_lease, self._holder)
        except (Busy, CommitUnknown, TimeoutError) as error:
            log.warning("the lease was not given back; it runs out by itself", reason=repr(error))

    async def _run(self) -> None:
        while True:
            try:
                await self.tick()
            except Exception:
                self.leads = False
                log.exception("a tick failed; the next one tries again")
            await asyncio.sleep(1)

    async def tick(self) -> None:
        """One round: keep the clock's mark and, as the leader, run what is due."""
        clock.keep_mark()
        leads = self.leads = await self._store.write(take_lease, self._holder)
        # Before any task: what ends sessions must know of a step that was accepted.
        await self._guard.tick(leads=leads)
        if not leads:
            return
        for task in self._tasks:
            now = clock.monotonic()
            if now - self._last.get(task.name, -1e9) >= task.every_seconds:
                self._last[task.name] = now
                await self._run_task(task)

    async def _run_task(self, task: Task) -> None:
        try:
            for _ in range(task.runs_max):
                if not await self._store.write(task.command, None):
                    break
        except Exception:
            log.exception("a task failed; it is tried again", task=task.name)
