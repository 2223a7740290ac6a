"""Batches on PostgreSQL: calls that would queue for the same row share one transaction.

While one batch runs, the next one gathers; nothing waits on a timer. An item that the batch
cannot take, and every item of a batch that broke, runs again by itself; not so when the break
may have come after the commit, or when there is no database to run them on.
"""

from __future__ import annotations

import asyncio
from collections.abc import Hashable
from typing import Any, Protocol

import structlog

from lanhouse.db.store import ALONE, Batch
from lanhouse.kit.errors import Busy, CommitUnknown, OutOfReach
from lanhouse.kit.limits import BATCH_ITEMS_MAX, WRITE_QUEUE_MAX

log = structlog.get_logger("lanhouse.db")


class Runner(Protocol):
    """The store underneath."""

    async def write_alone(self, command: Any, arg: Any) -> Any:
        """Run a command in a transaction of its own."""
        ...


class Batches:
    """Gathers arguments by key and runs them, one batch of a key at a time."""

    def __init__(self, runner: Runner) -> None:
        self._runner = runner
        self._waiting: dict[Hashable, list[tuple[Any, asyncio.Future[Any]]]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def join(self, key: Hashable, command: Any, batch: Batch, arg: Any) -> Any:
        """Add an argument to the next batch of this key and wait for its own outcome."""
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        gathering = self._waiting.get(key)
        if gathering is not None:
            if len(gathering) >= WRITE_QUEUE_MAX:
                raise Busy
            gathering.append((arg, future))
        else:
            self._waiting[key] = [(arg, future)]
            task = asyncio.create_task(self._drain(key, command, batch))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return await future

    async def _drain(self, key: Hashable, command: Any, batch: Batch) -> None:
        while waiting := self._waiting[key]:
            taken, self._waiting[key] = waiting[:BATCH_ITEMS_MAX], waiting[BATCH_ITEMS_MAX:]
            await self._run(command, batch, taken)
        del self._waiting[key]

    async def _run(
        self, command: Any, batch: Batch, taken: list[tuple[Any, asyncio.Future[Any]]]
    ) -> None:
        args = [arg for arg, _ in taken]
        try:
            outcomes: list[Any] = await self._runner.write_alone(batch.run, args)
            if len(outcomes) != len(args):  # a defect; what it did is committed
                raise CommitUnknown
        except CommitUnknown as error:
            log.exception("a batch may have been done; its items are not run again")
            outcomes = [error] * len(args)
        except OutOfReach as error:
            outcomes = [error] * len(args)
        except Exception:
            log.warning("a batch broke; its items run one by one", items=len(args), exc_info=True)
            outcomes = [ALONE] * len(args)
        for (arg, future), outcome in zip(taken, outcomes, strict=True):
            if outcome is ALONE:
                task = asyncio.create_task(self._alone(command, arg, future))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)
            else:
                _resolve(future, outcome)

    async def _alone(self, command: Any, arg: Any, future: asyncio.Future[Any]) -> None:
        try:
            outcome = await self._runner.write_alone(command, arg)
        except Exception as error:  # noqa: BLE001 - handed to the caller who waits
            outcome = error
        _resolve(future, outcome)


def _resolve(future: asyncio.Future[Any], outcome: Any) -> None:
    if future.cancelled():
        return
    if isinstance(outcome, BaseException):
        future.set_exception(outcome)
    else:
        future.set_result(outcome)
