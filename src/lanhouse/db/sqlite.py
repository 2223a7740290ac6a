"""SQLite: one writer thread, one COMMIT for a group of commands, readers beside it.

Architecture section 2. Many callers share one fsync: the writer takes what has queued up, runs
each command inside its own SAVEPOINT, commits once, and only then answers everybody. Commands of
the group that have a batched form run in it.
"""

from __future__ import annotations

import asyncio
import queue
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import sqlalchemy as sa
import structlog
from sqlalchemy.event import listen
from sqlalchemy.pool import NullPool

from lanhouse.db.clock_row import follow_steps
from lanhouse.db.outbox import store_events
from lanhouse.db.sqlite_errors import back_to_savepoint, commit, told
from lanhouse.db.store import (
    ALONE,
    Arg,
    Batch,
    Command,
    Event,
    P,
    Query,
    Read,
    Result,
    Retry,
    Store,
    Tx,
)
from lanhouse.kit import clock
from lanhouse.kit.errors import Busy, for_future
from lanhouse.kit.limits import BATCH_ITEMS_MAX, READER_THREADS, WRITE_GROUP_MAX, WRITE_QUEUE_MAX

log = structlog.get_logger("lanhouse.db")

# Below this the batched form's look-ups cost more than the single form's statements.
_BATCH_ITEMS_MIN = 4

_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "busy_timeout=5000",
    "cache_size=-32768",
    "temp_store=MEMORY",
    "wal_autocheckpoint=4000",
)


def engine_for(path: Path, *, read_only: bool = False) -> sa.Engine:
    """An engine on the file whose transactions are ours (AUTOCOMMIT), with the house's pragmas."""
    target = f"file:{path}?mode=ro&uri=true" if read_only else f"{path}"
    engine = sa.create_engine(
        f"sqlite:///{target}",
        isolation_level="AUTOCOMMIT",
        poolclass=NullPool,
        hide_parameters=True,
        connect_args={"check_same_thread": False, "cached_statements": 512},
    )

    def set_pragmas(raw: Any, _record: Any) -> None:
        raw.isolation_level = None
        cursor = raw.cursor()
        for pragma in _PRAGMAS[1:] if read_only else _PRAGMAS:
            cursor.execute(f"PRAGMA {pragma}")
        if read_only:
            # There are several of them, and the system keeps the file's pages anyway.
            cursor.execute("PRAGMA cache_size=-8192")
            cursor.execute("PRAGMA query_only=ON")
        cursor.close()

    listen(engine, "connect", set_pragmas)
    return engine


class _Job:
    """One command that waits for the writer, and the future of its caller."""

    __slots__ = ("arg", "command", "error", "future", "result")

    def __init__(self, command: Any, arg: Any, future: asyncio.Future[Any]) -> None:
        self.command = command
        self.arg = arg
        self.future = future
        self.result: Any = None
        self.error: BaseException | None = None

    def resolve(self) -> None:
        if self.future.cancelled():
            return
        if self.error is None:
            self.future.set_result(self.result)
        else:
            self.future.set_exception(self.error)


class SqliteStore(Store):
    """The embedded store: a file in the data directory."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path
        self.url = f"sqlite:///{path}"
        self.engine = engine_for(path)
        # Bounded by `_waiting`, which only the event loop touches: cheaper than a bounded queue.
        self._queue: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self.waiting = 0
        self._writer: threading.Thread | None = None
        self._readers: ThreadPoolExecutor | None = None
        self._local = threading.local()
        self._read_connections: list[sa.Connection] = []
        self._sync_lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._point: Read | None = None

    def start(self) -> None:
        if self._writer is not None:
            # Two writers would take each other's word to end, and one of them never would.
            raise RuntimeError("the store is started already; each event loop opens its own")
        self._loop = asyncio.get_running_loop()
        self._point = self._open_reader()
        self._readers = ThreadPoolExecutor(READER_THREADS, thread_name_prefix="reader")
        self._writer = threading.Thread(target=self._write_loop, name="writer", daemon=True)
        self._writer.start()

    async def stop(self) -> None:
        writer, readers = self._writer, self._readers
        if writer is not None and readers is not None:
            self._queue.put(None)
            await asyncio.to_thread(writer.join)
            await asyncio.to_thread(readers.shutdown)
        self._refuse_late()
        self._writer = self._readers = self._point = None
        for connection in self._read_connections:
            connection.close()
        self._read_connections.clear()
        self._local = threading.local()
        self.engine.dispose()

    async def write(self, command: Command[Arg, Result], arg: Arg) -> Result:
        assert self._loop is not None, "the store is not started"
        if self._writer is None:
            raise Busy  # stopped
        if self.waiting >= WRITE_QUEUE_MAX:
            raise Busy
        job = _Job(command, arg, self._loop.create_future())
        self.waiting += 1
        self._queue.put(job)
        return await job.future

    async def read(self, query: Query[P, Result], /, *args: P.args, **kwargs: P.kwargs) -> Result:
        assert self._loop is not None, "the store is not started"
        return await self._loop.run_in_executor(
            self._readers, lambda: self._read_in_thread(query, *args, **kwargs)
        )

    async def point(self, query: Query[P, Result], /, *args: P.args, **kwargs: P.kwargs) -> Result:
        assert self._point is not None, "the store is not started"
        return query(self._point, *args, **kwargs)

    def run_sync(self, command: Command[Arg, Result], arg: Arg) -> Result:
        with self._sync_lock, self.engine.connect() as connection:
            tx = Tx(connection)
            raw: Any = connection.connection.dbapi_connection
            raw.execute("BEGIN IMMEDIATE")
            try:
                if self.follows_clock:
                    follow_steps(tx)
                result = tx.finish(command(tx, arg))
                store_events(tx, tx.outbox)
                commit(raw)
            except BaseException:
                if raw.in_transaction:
                    raw.execute("ROLLBACK")
                raise
            finally:
                tx.close()
            return result

    def read_sync(self, query: Query[P, Result], /, *args: P.args, **kwargs: P.kwargs) -> Result:
        with self.engine.connect() as connection:
            return _snapshot(Read(connection), query, *args, **kwargs)

    def _refuse_late(self) -> None:
        """Answer what came after the writer had taken its last group."""
        while not self._queue.empty():
            job = self._queue.get_nowait()
            if job is not None:
                self.waiting -= 1
                job.error = Busy()
                job.resolve()

    def _open_reader(self) -> Read:
        connection = engine_for(self.path, read_only=True).connect()
        self._read_connections.append(connection)
        return Read(connection)

    def _read_in_thread(
        self, query: Query[P, Result], /, *args: P.args, **kwargs: P.kwargs
    ) -> Result:
        read = getattr(self._local, "read", None)
        if read is None:
            read = self._local.read = self._open_reader()
        return _snapshot(read, query, *args, **kwargs)

    def _write_loop(self) -> None:
        """Run groups until the store stops; whatever happens, every caller is answered."""
        connection: sa.Connection | None = None
        tx: Tx | None = None
        is_last = False
        while not is_last:
            group, is_last = self._take_group()
            if not group:
                continue
            events: list[Event] = []
            try:
                if connection is None or tx is None:
                    connection = self.engine.connect()
                    tx = Tx(connection)
                events = self._run_group(tx.raw, tx, group)
            except BaseException as error:  # noqa: BLE001 - every caller of the group is told
                known = told(error)
                for job in group:
                    job.error = job.error or known
                # A connection that cannot even roll back: the next group opens the file anew.
                _discard(connection, tx)
                connection = tx = None
            assert self._loop is not None
            self._loop.call_soon_threadsafe(self._answer, group, events)
        if connection is not None and tx is not None:
            tx.close()
            connection.close()

    def _take_group(self) -> tuple[list[_Job], bool]:
        """Wait for one job, then take all that have queued up meanwhile (bounded)."""
        first = self._queue.get()
        if first is None:
            return [], True
        group = [first]
        while len(group) < WRITE_GROUP_MAX:
            try:
                job = self._queue.get_nowait()
            except queue.Empty:
                break
            if job is None:
                return group, True
            group.append(job)
        return group, False

    def _run_group(self, raw: Any, tx: Tx, group: list[_Job]) -> list[Event]:
        events: list[Event] = []
        try:
            raw.execute("BEGIN IMMEDIATE")
            if self.follows_clock:
                follow_steps(tx)
            for batch, jobs in _gathered(group):
                left = jobs if batch is None else _run_batch(raw, tx, batch, jobs, events)
                for job in left:
                    _run_in_savepoint(raw, tx, job, events)
            store_events(tx, events)
            commit(raw)
        except BaseException as error:  # noqa: BLE001 - every caller of the group is told
            known = told(error)
            for job in group:
                job.result, job.error = None, known
            if raw.in_transaction:
                raw.execute("ROLLBACK")
            return []
        return events

    def _answer(self, group: list[_Job], events: list[Event]) -> None:
        self.waiting -= len(group)
        for job in group:
            job.resolve()
        if events:
            self._publish(events)


def _gathered(group: list[_Job]) -> list[tuple[Batch | None, list[_Job]]]:
    """The group in parts that run in one go: a batch and its jobs, or None and jobs one by one.

    Nobody has been answered yet, so the parts may run in any order.
    """
    parts: dict[Any, tuple[Batch | None, list[_Job]]] = {}
    for job in group:
        batch: Batch | None = getattr(job.command, "batch", None)
        key = None if batch is None else batch.key_of(job.arg)
        place = None if key is None else (job.command, key)
        parts.setdefault(place, (None if key is None else batch, []))[1].append(job)
    return [
        (batch if len(jobs) >= _BATCH_ITEMS_MIN else None, jobs) for batch, jobs in parts.values()
    ]


def _run_batch(raw: Any, tx: Tx, batch: Batch, jobs: list[_Job], events: list[Event]) -> list[_Job]:
    """Run jobs in their batched form; answers those that must run alone."""
    alone: list[_Job] = []
    for start in range(0, len(jobs), BATCH_ITEMS_MAX):
        items = jobs[start : start + BATCH_ITEMS_MAX]
        tx.begin_command()
        raw.execute("SAVEPOINT command")
        try:
            outcomes = batch.run(tx, [job.arg for job in items])
            tx.settle()
            pairs = list(zip(items, outcomes, strict=True))
        except Exception:
            back_to_savepoint(raw)
            log.warning("a batch broke; its items run one by one", items=len(items), exc_info=True)
            alone += items
        else:
            events.extend(tx.outbox)
            alone += [job for job, outcome in pairs if outcome is ALONE]
            for job, outcome in pairs:
                if isinstance(outcome, BaseException):
                    job.error = outcome
                else:
                    job.result = outcome
        raw.execute("RELEASE command")
    return alone


def _run_in_savepoint(raw: Any, tx: Tx, job: _Job, events: list[Event]) -> None:
    tx.begin_command()
    steps_micros = clock.steps_micros()
    raw.execute("SAVEPOINT command")
    try:
        job.result = tx.finish(job.command(tx, job.arg))
        events.extend(tx.outbox)
    except Exception as error:  # noqa: BLE001 - handed to the caller who waits
        back_to_savepoint(raw)
        clock.take_steps(steps_micros)
        job.error = for_future(told(error))
        if isinstance(error, Retry):
            job.error = RuntimeError("a command asked for a retry on a database with one writer")
    raw.execute("RELEASE command")


def _snapshot(read: Read, query: Query[P, Result], /, *args: P.args, **kwargs: P.kwargs) -> Result:
    raw = read.raw
    raw.execute("BEGIN")
    try:
        return query(read, *args, **kwargs)
    except StopIteration as error:
        raise for_future(error) from error
    finally:
        raw.execute("COMMIT")


def _discard(connection: sa.Connection | None, tx: Tx | None) -> None:
    """Close a broken connection, which ends its transaction.

    The cursor goes first: SQLite keeps a connection, and its lock, while a statement is left.
    """
    for part in (tx, connection):
        if part is not None:
            with suppress(Exception):
                part.close()
