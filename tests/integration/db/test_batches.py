"""Batches when something breaks: nothing runs twice, and nobody waits for ever."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa

from lanhouse.db.batches import Batches
from lanhouse.db.statements import among, numbered, static
from lanhouse.db.store import Event, Store, Tx
from lanhouse.jobs.queue import enqueue
from lanhouse.jobs.tables import queue
from lanhouse.kit import clock
from lanhouse.kit.errors import CommitUnknown, OutOfReach


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
    kinds = store.read_sync(lambda read: read.all(sa.select(queue.c.kind)))
    assert [row.kind for row in kinds] == ["paid"]
    assert isinstance(answer, CommitUnknown)


def test_a_database_out_of_reach_is_asked_once_for_a_batch() -> None:
    """Else every item would wait for the same time-out again, and be done long after its caller."""
    asked: list[Any] = []

    class Away:
        async def write_alone(self, _command: Any, arg: Any) -> Any:
            asked.append(arg)
            await asyncio.sleep(0)
            raise OutOfReach

    async def work() -> list[object]:
        batches = Batches(Away())
        calls = [batches.join("key", None, _Many(), name) for name in ("a", "b", "c")]
        return list(await asyncio.gather(*calls, return_exceptions=True))

    assert [type(each) for each in asyncio.run(work())] == [OutOfReach] * 3
    assert asked == [["a", "b", "c"]]


class _Watched:
    """Counts how often it runs, and does what `behaviour` says."""

    def __init__(self, behaviour: str) -> None:
        self.behaviour = behaviour
        self.runs: list[int] = []

    def key_of(self, arg: str) -> int | None:
        return None if arg.startswith("alone") else 1

    def run(self, tx: Tx, args: list[str]) -> list[Any]:
        self.runs.append(len(args))
        done: list[Any] = [_count(tx, arg) for arg in args]
        if self.behaviour == "breaks":
            raise RuntimeError("after its writes")
        if self.behaviour == "too few":
            return done[:-1]
        return done


def _run_on_sqlite(store: Store, behaviour: str, args: list[str]) -> _Watched:
    """Write `args` together; all of them are answered and queued exactly once."""
    watched = _Watched(behaviour)

    def command(tx: Tx, name: str) -> str:
        return _count(tx, name)

    command.batch = watched  # type: ignore[attr-defined]

    async def work() -> list[Any]:
        store.start()
        # The writer is held up, so that all of them meet in one group.
        held = asyncio.create_task(store.write(lambda _tx, _: time.sleep(0.2), None))
        await asyncio.sleep(0.05)
        got = await asyncio.gather(*(store.write(command, arg) for arg in args))
        await held
        await store.stop()
        return got

    got = asyncio.run(work())
    rows = store.read_sync(lambda read: read.all(sa.select(queue.c.kind)))
    assert sorted(row.kind for row in rows) == sorted(args)
    assert got == args
    return watched


@pytest.mark.parametrize("behaviour", ["works", "breaks", "too few"])
def test_a_group_of_sqlite_runs_its_batch_and_every_item_once(
    sqlite_store: Store, behaviour: str
) -> None:
    """A batch that breaks leaves nothing; its items run one by one."""
    args = [f"job{number}" for number in range(70)] + ["alone"]
    watched = _run_on_sqlite(sqlite_store, behaviour, args)
    assert watched.runs == [64, 6]


def test_a_few_calls_are_not_worth_a_batch(sqlite_store: Store) -> None:
    watched = _run_on_sqlite(sqlite_store, "works", ["a", "b", "c"])
    assert watched.runs == []


def test_rows_inserted_together_get_ids_in_order(store: Store) -> None:
    jobs = numbered(queue)
    now = clock.now()

    def insert(tx: Tx, kinds: list[str]) -> list[int]:
        same = {"center_id": 0, "payload": {}, "status": "waiting", "started_by": 0, "attempts": 0}
        same |= {"run_at": now, "served_at": now, "error": "", "done": 0}
        return tx.insert_many(jobs, [{**same, "kind": kind, "key": kind} for kind in kinds])

    first = store.run_sync(insert, ["x", "y"])
    second = store.run_sync(insert, ["z"])
    assert store.run_sync(insert, []) == []
    rows = store.read_sync(lambda read: read.all(sa.select(queue.c.id, queue.c.kind)))
    assert {row.id: row.kind for row in rows} == dict(zip([*first, *second], "xyz", strict=True))
    assert first[0] < first[1] < second[0]


@pytest.mark.parametrize("wanted", [[], ["b"], ["a", "c", "no"], ['"', "a,b", "é"]])
def test_among_takes_lists_of_any_length(store: Store, wanted: list[str]) -> None:
    statement = static(sa.select(queue.c.kind).where(among(queue.c.kind, "kinds")))

    def fill(tx: Tx, _: None) -> None:
        for kind in ("a", "b", "c", '"', "a,b", "é"):
            enqueue(tx, kind, {}, key=kind)

    store.run_sync(fill, None)
    rows = store.read_sync(lambda read: read.all(statement, kinds=wanted))
    assert sorted(row.kind for row in rows) == sorted(set(wanted) - {"no"})


class _ManyWithEvents(_Many):
    def run(self, tx: Tx, args: list[str]) -> list[str]:
        tx.emit("work.asked", {"items": len(args)})
        return super().run(tx, args)


def test_a_listener_that_fails_makes_nothing_run_twice(store: Store) -> None:
    """It is told after the commit: were the caller to see it fail, the work would be done again."""
    told: list[Any] = []

    def fail(_events: list[Event]) -> None:
        raise RuntimeError("this listener is broken")

    def command(tx: Tx, name: str) -> str:
        tx.emit("work.asked", {"items": 1})
        return _count(tx, name)

    command.batch = _ManyWithEvents()  # type: ignore[attr-defined]
    store.subscribe(fail)
    store.subscribe(told.extend)

    async def work() -> list[str]:
        store.start()
        got = await asyncio.gather(*(store.write(command, f"job{n}") for n in range(6)))
        await store.stop()
        return got

    assert asyncio.run(work()) == [f"job{n}" for n in range(6)]
    rows = store.read_sync(lambda read: read.all(sa.select(queue.c.kind)))
    assert sorted(row.kind for row in rows) == [f"job{n}" for n in range(6)]
    assert sum(event.payload["items"] for event in told) == 6
