"""Batches when something breaks: nothing runs twice, and nobody waits for ever."""

from __future__ import annotations

import asyncio
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa

from lanhouse.db.batches import Batches
from lanhouse.db.store import CommitUnknown, Store, Tx
from lanhouse.jobs.queue import enqueue
from lanhouse.jobs.tables import queue


class _Runner:
    async def write_alone(self, command: Any, arg: Any) -> Any:
        return command(None, arg)


class _Short:
    """A defective batch: one outcome too few."""

    def key_of(self, _arg: int) -> int:
        return 1

    def run(self, _tx: Tx, args: list[int]) -> list[int]:
        return args[:-1]


def test_a_batch_with_too_few_outcomes_blocks_nobody_and_runs_nothing_twice() -> None:
    alone: list[int] = []

    async def work() -> list[object]:
        batches = Batches(_Runner())
        got: list[object] = []
        async with asyncio.timeout(5):
            for arg in (1, 2):
                call = batches.join("key", lambda _tx, each: alone.append(each), _Short(), arg)
                got += await asyncio.gather(call, return_exceptions=True)
        return got

    assert [type(each) for each in asyncio.run(work())] == [CommitUnknown, CommitUnknown]
    assert alone == []


def _count(tx: Tx, name: str) -> str:
    number = len(tx.all(sa.select(queue.c.id)))
    enqueue(tx, name, {}, key=f"{name} {number}")
    return name


class _Many:
    def key_of(self, _arg: str) -> int:
        return 1

    def run(self, tx: Tx, args: list[str]) -> list[str]:
        return [_count(tx, arg) for arg in args]


def test_a_commit_whose_answer_is_lost_is_not_done_again(
    postgres_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server has committed the batch, but the connection broke before it could say so."""
    store = postgres_store
    whole = psycopg.Connection.execute
    lost = ["once"]

    def execute(self: Any, query: Any, *rest: Any, **options: Any) -> Any:
        done = whole(self, query, *rest, **options)
        if query == "COMMIT" and lost:
            lost.pop()
            raise psycopg.OperationalError("server closed the connection unexpectedly")
        return done

    def command(tx: Tx, name: str) -> str:
        return _count(tx, name)

    command.batch = _Many()  # type: ignore[attr-defined]

    async def work() -> list[object]:
        store.start()
        monkeypatch.setattr(psycopg.Connection, "execute", execute)
        got = await asyncio.gather(store.write(command, "paid"), return_exceptions=True)
        await store.stop()
        return list(got)

    (answer,) = asyncio.run(work())
    kinds = store.read_sync(lambda read, _: read.all(sa.select(queue.c.kind)), None)
    assert [row.kind for row in kinds] == ["paid"]
    assert isinstance(answer, CommitUnknown)
