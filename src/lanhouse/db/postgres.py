"""PostgreSQL: a pool of threads with one psycopg connection each, one transaction per command.

Architecture section 2: READ COMMITTED, locks in sorted order, retry of serialisation failures
and deadlocks with jitter.
"""

from __future__ import annotations

import asyncio
import os
import random
import socket
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import sqlalchemy as sa
import structlog
from psycopg.types.numeric import Int8Dumper
from sqlalchemy.event import listen
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from lanhouse.db.batches import Batches
from lanhouse.db.clock_row import BEGIN_ON_POSTGRESQL
from lanhouse.db.outbox import store_events
from lanhouse.db.store import (
    CURSOR,
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
from lanhouse.kit.errors import Busy, CommitUnknown, OutOfReach, for_future
from lanhouse.kit.limits import WRITE_QUEUE_MAX

log = structlog.get_logger("lanhouse.db")

_RETRY_STATES = frozenset({"40001", "40P01", "23505"})
# What another try, in a moment, may get through: contention, a full disk, a server that only reads.
_BUSY_STATES = frozenset({"40001", "40P01", "55P03", "53100", "25006"})
# A server that vanishes without a word must not hold the threads: give up in seconds.
_CONNECT_SECONDS_MAX = 5
_SILENCE_MILLISECONDS_MAX = 15_000
# What still waits at a stop gets this long; the whole stop may take 5 s, of which requests have 3.
_STOP_SECONDS_MAX = 0.5
_ATTEMPTS_MAX = 6
_CONNECTION_SECONDS_MAX = 600
_PREPARED_MAX = 1_000

# A plan is kept while tables grow: one made for an empty table must not read a full one whole
# (decision 0122). Just-in-time compiling costs more than it saves in statements this short.
_SESSION = ("timezone=UTC", "lock_timeout=10000", "enable_seqscan=off", "jit=off")


def engine_for(url: str) -> sa.Engine:
    """An engine whose transactions are ours (AUTOCOMMIT); UTC on the wire."""
    target = sa.make_url(url).set(drivername="postgresql+psycopg")
    engine = sa.create_engine(
        target,
        isolation_level="AUTOCOMMIT",
        poolclass=NullPool,
        hide_parameters=True,
        connect_args={
            "options": " ".join(f"-c {name}" for name in _SESSION),
            "connect_timeout": _CONNECT_SECONDS_MAX,
            "keepalives_idle": 5,
            "keepalives_interval": 5,
            "keepalives_count": 2,
            "tcp_user_timeout": _SILENCE_MILLISECONDS_MAX,
        },
    )
    listen(engine, "connect", _prepare_well)
    return engine


def _prepare_well(raw: Any, record: Any) -> None:
    """Let a statement be one prepared statement, whatever its values, and go out as it is written.

    The driver names a type by the size of each integer, so that one statement would be prepared
    anew for each mixture of small and large ones; and it keeps a hundred, fewer than we have.
    """
    raw.adapters.register_dumper(int, Int8Dumper)
    raw.prepared_max = _PREPARED_MAX
    record.info[CURSOR] = psycopg.RawCursor


class _Connection:
    """One thread's connection, renewed after ten minutes so that stale plans do not live on."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._connection: sa.Connection | None = None
        self._read: Read | None = None
        self._opened = 0.0

    def open(self) -> sa.Connection:
        expired = time.monotonic() - self._opened > _CONNECTION_SECONDS_MAX
        connection = self._connection
        if connection is not None and (expired or connection.closed or connection.invalidated):
            self.close()
            connection = None
        if connection is None:
            connection = self._connection = self._engine.connect()
            self._opened = time.monotonic()
        return connection

    def reading(self) -> Read:
        """What queries read with, on the open connection: a new cursor for each would cost as much
        as a third of a look-up.
        """
        connection = self.open()
        if self._read is None:
            self._read = Read(connection)
        return self._read

    def cut(self) -> None:
        """Break the connection from another thread: whoever waits for its answer is told at once.

        The server takes back what was not committed.
        """
        connection = self._connection
        if connection is None:
            return
        try:
            raw: Any = connection.connection.dbapi_connection
            with socket.socket(fileno=os.dup(raw.fileno())) as line:
                line.shutdown(socket.SHUT_RDWR)
        except (OSError, AttributeError, psycopg.Error, SQLAlchemyError) as error:
            # Its thread may close it at this moment, which is as good.
            log.info("a silent connection could not be cut", reason=repr(error))

    def close(self) -> None:
        self._read = None
        if self._connection is not None:
            self._connection.invalidate()
            self._connection.close()
            self._connection = None


class PostgresStore(Store):
    """The store on a PostgreSQL server."""

    def __init__(self, url: str, threads: int = 8) -> None:
        super().__init__()
        self.url = url
        self.engine = engine_for(url)
        self._threads = threads
        self._pool: ThreadPoolExecutor | None = None
        self._local = threading.local()
        self._connections: list[_Connection] = []
        self.waiting = 0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._batches = Batches(self)
        self._is_cut = False

    def start(self) -> None:
        if self._pool is not None:
            raise RuntimeError("the store is started already; each event loop opens its own")
        self._is_cut = False
        self._loop = asyncio.get_running_loop()
        self._pool = ThreadPoolExecutor(self._threads, thread_name_prefix="database")

    async def stop(self) -> None:
        if self._pool is not None:
            ending = asyncio.create_task(asyncio.to_thread(self._pool.shutdown))
            await asyncio.wait([ending], timeout=_STOP_SECONDS_MAX)
            if not ending.done():
                log.warning("the database is silent; its connections are cut to end the process")
                self._is_cut = True
                self._pool.shutdown(wait=False, cancel_futures=True)
                for connection in self._connections:
                    connection.cut()
            await ending
            self._pool = None
        for connection in self._connections:
            connection.close()
        self._connections.clear()
        self._local = threading.local()
        self.engine.dispose()

    async def write(self, command: Command[Arg, Result], arg: Arg) -> Result:
        batch: Batch | None = getattr(command, "batch", None)
        key = None if batch is None else batch.key_of(arg)
        if batch is not None and key is not None:
            return await self._batches.join((command, key), command, batch, arg)
        return await self.write_alone(command, arg)

    async def write_alone(self, command: Command[Arg, Result], arg: Arg) -> Result:
        """Run one command in a transaction of its own, batched form or not."""
        result, events = await self._submit(self._write_in_thread, command, arg)
        if events:
            self._publish(events)
        return result

    async def read(self, query: Query[P, Result], /, *args: P.args, **kwargs: P.kwargs) -> Result:
        return await self._submit(self._read_in_thread, _asked(query, *args, **kwargs))

    async def point(self, query: Query[P, Result], /, *args: P.args, **kwargs: P.kwargs) -> Result:
        return await self._submit(self._point_in_thread, _asked(query, *args, **kwargs))

    def run_sync(self, command: Command[Arg, Result], arg: Arg) -> Result:
        return self._write_in_thread(command, arg)[0]

    def read_sync(self, query: Query[P, Result], /, *args: P.args, **kwargs: P.kwargs) -> Result:
        return self._read_in_thread(_asked(query, *args, **kwargs))

    async def _submit(self, function: Any, *args: Any) -> Any:
        assert self._loop is not None, "the store is not started"
        if self.waiting >= WRITE_QUEUE_MAX:
            raise Busy
        self.waiting += 1
        try:
            return await self._loop.run_in_executor(self._pool, _run, function, *args)
        finally:
            self.waiting -= 1

    def _connection(self) -> _Connection:
        if self._is_cut:
            raise OutOfReach
        found = getattr(self._local, "connection", None)
        if found is None:
            found = self._local.connection = _Connection(self.engine)
            self._connections.append(found)
        return found

    def _write_in_thread(self, command: Any, arg: Any) -> tuple[Any, list[Event]]:
        return _again(lambda: self._transaction(command, arg))

    def _transaction(self, command: Any, arg: Any) -> tuple[Any, list[Event]]:
        held = self._connection()
        connection = held.open()
        raw: Any = connection.connection.dbapi_connection
        tx = Tx(connection)
        try:
            self._begin(raw)
            result = tx.finish(command(tx, arg))
            store_events(tx, tx.outbox)
            _commit(raw)
        except BaseException:
            _roll_back(held, raw)
            raise
        finally:
            tx.close()
        return result, tx.outbox

    def _begin(self, raw: Any) -> None:
        if not self.follows_clock:
            raw.execute("BEGIN")
            return
        # Three statements in one round trip, each with its own look at what is committed.
        answer = raw.execute(BEGIN_ON_POSTGRESQL, prepare=False)
        while answer.nextset():
            pass
        row = answer.fetchone()
        clock.take_steps(0 if row is None else row[0])

    def _read_in_thread(self, ask: Callable[[Read], Any]) -> Any:
        begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
        return _again(lambda: self._snapshot(ask, begin))

    def _point_in_thread(self, ask: Callable[[Read], Any]) -> Any:
        return _again(lambda: self._snapshot(ask, None))

    def _snapshot(self, ask: Callable[[Read], Any], begin: str | None) -> Any:
        held = self._connection()
        read = held.reading()
        raw = read.raw
        try:
            if begin is not None:
                raw.execute(begin)
            result = ask(read)
            if begin is not None:
                raw.execute("COMMIT")
        except BaseException:
            _roll_back(held, raw)
            raise
        return result


def _asked(
    query: Query[P, Result], /, *args: P.args, **kwargs: P.kwargs
) -> Callable[[Read], Result]:
    return lambda read: query(read, *args, **kwargs)


def _run(function: Any, *args: Any) -> Any:
    """Run it for a caller on the loop, who is told Busy when the server or a lock kept it up."""
    try:
        return function(*args)
    except StopIteration as error:
        raise for_future(error) from error
    except Exception as error:
        is_lost = _is_lost(error)
        if is_lost or _state_of(error) in _BUSY_STATES:
            log.warning("the database did not do it", reason=str(error))
            raise (OutOfReach() if is_lost else Busy()) from error
        raise


def _commit(raw: Any) -> None:
    try:
        raw.execute("COMMIT")
    except Exception as error:
        state = getattr(error, "sqlstate", None)
        if state is None or state.startswith(("08", "57P")):  # no clear no from the server
            raise CommitUnknown from error
        raise


def _roll_back(held: _Connection, raw: Any) -> None:
    """End the transaction; a connection that cannot even do that is thrown away."""
    try:
        raw.execute("ROLLBACK")
    except Exception:  # noqa: BLE001 - the server is gone: the next command opens a new connection
        held.close()


def _again(work: Callable[[], Any]) -> Any:
    """Run a transaction until it gets through, a few times: nothing of a failed one has stayed.

    A server that answers nothing is not asked again: each time would take seconds.
    """
    began = time.monotonic()
    for attempt in range(1, _ATTEMPTS_MAX + 1):
        try:
            return work()
        except Exception as error:
            is_silent = time.monotonic() - began >= _CONNECT_SECONDS_MAX
            may_retry = _may_retry(error) or (_is_lost(error) and not is_silent)
            if attempt == _ATTEMPTS_MAX or not may_retry:
                raise
            time.sleep(random.uniform(0, 0.002 * 2**attempt))  # noqa: S311 - jitter
    raise AssertionError("unreachable")


def _may_retry(error: BaseException) -> bool:
    return isinstance(error, Retry) or _state_of(error) in _RETRY_STATES


def _is_lost(error: BaseException) -> bool:
    """Whether the connection broke, or could not be made, before the commit was sent."""
    kinds = {kind.__name__ for kind in type(error).__mro__}
    state = _state_of(error)
    return "OperationalError" in kinds and (state is None or state.startswith(("08", "57P")))


def _state_of(error: BaseException) -> str | None:
    """PostgreSQL's code of an error, from the driver or from SQLAlchemy around it."""
    return getattr(error, "sqlstate", None) or getattr(
        getattr(error, "orig", None), "sqlstate", None
    )
