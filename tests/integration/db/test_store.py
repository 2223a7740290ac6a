"""The store: savepoints in a group, events only with the commit, readers, a full queue."""

from __future__ import annotations

import asyncio
import sqlite3
from datetime import timedelta
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa

from lanhouse.auth.lockout import Attempt, LockedOut, begin_attempt, forgive
from lanhouse.auth.tables import login_failures
from lanhouse.db import postgres
from lanhouse.db.outbox import Place, read_after
from lanhouse.db.sqlite import SqliteStore
from lanhouse.db.store import Event, Read, Store, Tx
from lanhouse.jobs.lease import release_lease, take_lease
from lanhouse.jobs.queue import enqueue
from lanhouse.jobs.tables import queue
from lanhouse.jobs.ticker import Ticker
from lanhouse.kit import clock
from lanhouse.kit.errors import Busy, CommitUnknown, OutOfReach, Refused
from tests.builders.databases import by_hand


def _add(tx: Tx, number: int) -> int:
    enqueue(tx, "count", {"number": number}, key=f"job {number}")
    tx.emit("counted", {"number": number})
    if number % 3 == 0:
        raise Refused(f"not {number}")
    return number


def _keys(read: Read) -> list[str]:
    return [row.key for row in read.all(sa.select(queue.c.key).order_by(queue.c.id))]


def test_a_failing_command_takes_only_itself_back(store: Store) -> None:
    published: list[Event] = []

    async def work() -> list[object]:
        store.subscribe(published.extend)
        store.start()
        got = await asyncio.gather(
            *(store.write(_add, n) for n in range(1, 31)), return_exceptions=True
        )
        seen = await store.read(_keys)
        assert await store.point(_keys) == seen
        await store.stop()
        return [got, seen]

    got, seen = asyncio.run(work())
    good = [n for n in range(1, 31) if n % 3]
    assert [r for r in got if isinstance(r, int)] == good
    assert sorted(seen) == sorted(f"job {n}" for n in good)
    assert sorted(e.payload["number"] for e in published) == good
    stored = store.read_sync(read_after, Place())
    assert sorted(e.payload["number"] for row in stored for e in row.events) == good


def test_a_commit_that_fails_fails_every_command_of_the_group(sqlite_store: Store) -> None:
    """The database refuses at COMMIT (a deferred constraint): nobody may be told that it worked."""
    by_hand(
        sqlite_store,
        "CREATE TABLE child (id INTEGER PRIMARY KEY, parent TEXT"
        " REFERENCES leases(name) DEFERRABLE INITIALLY DEFERRED)",
    )
    child = sa.Table("child", sa.MetaData(), sa.Column("parent", sa.Text))

    def orphan(tx: Tx, _: None) -> None:
        tx.run(sa.insert(child).values(parent="nobody"))

    async def work() -> list[object]:
        sqlite_store.start()
        got = await asyncio.gather(
            sqlite_store.write(_add, 1),
            sqlite_store.write(orphan, None),
            sqlite_store.write(_add, 2),
            return_exceptions=True,
        )
        await sqlite_store.stop()
        return list(got)

    got = asyncio.run(work())
    seen = sqlite_store.read_sync(_keys)
    told_ok = [f"job {r}" for r in got if isinstance(r, int)]
    assert isinstance(got[1], Exception)
    assert seen == told_ok


def test_a_full_queue_answers_busy_and_does_nothing(
    sqlite_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lanhouse.db.sqlite.WRITE_QUEUE_MAX", 2)

    async def work() -> list[object]:
        sqlite_store.start()
        got = await asyncio.gather(
            *(sqlite_store.write(_add, n) for n in (1, 2, 4, 5, 7, 8)), return_exceptions=True
        )
        await sqlite_store.stop()
        return list(got)

    got = asyncio.run(work())
    assert any(isinstance(r, Busy) for r in got)
    seen = sqlite_store.read_sync(_keys)
    assert sorted(seen) == sorted(f"job {r}" for r in got if isinstance(r, int))


def test_a_reader_cannot_write(sqlite_store: Store) -> None:
    async def work() -> None:
        sqlite_store.start()
        try:
            await sqlite_store.read(
                lambda read: read.one(sa.text("DELETE FROM leases RETURNING name"))
            )
        finally:
            await sqlite_store.stop()

    with pytest.raises(sa.exc.OperationalError, match="readonly"):
        asyncio.run(work())


def test_one_process_holds_the_lease(store: Store) -> None:
    assert store.run_sync(take_lease, "a") is True
    assert store.run_sync(take_lease, "b") is False
    assert store.run_sync(take_lease, "a") is True
    store.run_sync(release_lease, "b")
    assert store.run_sync(take_lease, "b") is False
    store.run_sync(release_lease, "a")
    assert store.run_sync(take_lease, "b") is True


def test_a_lease_from_a_clock_that_was_ahead_holds_nobody_up(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process died while the machine's clock was a day ahead, and the clock was put right."""
    right = clock.real_now()
    monkeypatch.setattr(clock, "real_now", lambda: right + timedelta(days=1))
    assert store.run_sync(take_lease, "dead") is True
    monkeypatch.setattr(clock, "real_now", lambda: right)
    assert store.run_sync(take_lease, "b") is True
    assert store.run_sync(take_lease, "c") is False


def test_five_wrong_passwords_lock_the_account_for_that_address(store: Store) -> None:
    here = Attempt(1, "staff:ines", "10.0.0.1")
    for _ in range(5):
        store.run_sync(begin_attempt, here)
    with pytest.raises(LockedOut):
        store.run_sync(begin_attempt, here)
    store.run_sync(begin_attempt, Attempt(1, "staff:ines", "10.0.0.2"))
    store.run_sync(begin_attempt, Attempt(2, "staff:ines", "10.0.0.1"))
    store.run_sync(forgive, here)
    store.run_sync(begin_attempt, here)


def test_addresses_of_one_ipv6_network_share_the_lock_out(store: Store) -> None:
    """Whoever has one of them has 2^64: counted one by one, nobody would ever be locked out."""
    for number in range(5):
        store.run_sync(begin_attempt, Attempt(1, "staff:ines", f"2001:db8:0:1::{number}"))
    with pytest.raises(LockedOut):
        store.run_sync(begin_attempt, Attempt(1, "staff:ines", "2001:db8:0:1:ffff::1"))
    store.run_sync(begin_attempt, Attempt(1, "staff:ines", "2001:db8:0:2::1"))
    store.run_sync(forgive, Attempt(1, "staff:ines", "2001:db8:0:1::77"))
    store.run_sync(begin_attempt, Attempt(1, "staff:ines", "2001:db8:0:1::1"))


def test_an_endless_account_is_counted_in_a_short_row(store: Store) -> None:
    """PostgreSQL's index takes no such key, and strangers may not fill the disk."""
    endless = "".join(f"{number:x}" for number in range(4000))
    for _ in range(5):
        store.run_sync(begin_attempt, Attempt(1, f"staff:{endless}", "10.0.0.1"))
    with pytest.raises(LockedOut):
        store.run_sync(begin_attempt, Attempt(1, f"staff:{endless}", "10.0.0.1"))
    (row,) = store.read_sync(lambda read: read.all(sa.select(login_failures)))
    assert len(row.account) == 200


def test_guesses_at_once_cannot_slip_past_the_lock_out(store: Store) -> None:
    here = Attempt(1, "staff:ines", "10.0.0.1")

    async def work() -> list[BaseException | None]:
        store.start()
        got = await asyncio.gather(
            *(store.write(begin_attempt, here) for _ in range(40)), return_exceptions=True
        )
        await store.stop()
        return got

    got = asyncio.run(work())
    assert sum(result is None for result in got) == 5
    assert all(isinstance(result, LockedOut) for result in got if result is not None)


def test_an_error_that_no_future_takes_fails_its_own_command_only(store: Store) -> None:
    def stop_iteration(_tx: Tx, _: None) -> int:
        return next(iter([]))

    async def work() -> list[object]:
        store.start()
        writes = [store.write(_add, 1), store.write(stop_iteration, None), store.write(_add, 2)]
        async with asyncio.timeout(5):
            got = await asyncio.gather(*writes, return_exceptions=True)
        await store.stop()
        return list(got)

    first, broken, second = asyncio.run(work())
    assert (first, second) == (1, 2)
    assert isinstance(broken, RuntimeError)


def test_the_writer_outlives_a_roll_back_that_fails(
    sqlite_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk may fail the COMMIT and the ROLLBACK: the next write opens the file anew."""

    class Broken:
        in_transaction = True

        def __init__(self, raw: object) -> None:
            self._raw = raw

        def execute(self, sql: str) -> object:
            if sql in ("COMMIT", "ROLLBACK"):
                raise OSError("no space left")
            return self._raw.execute(sql)  # type: ignore[attr-defined]

    whole = SqliteStore._run_group

    async def work() -> list[object]:
        sqlite_store.start()

        def once(self: SqliteStore, raw: object, *rest: object) -> object:
            monkeypatch.setattr(SqliteStore, "_run_group", whole)
            return whole(self, Broken(raw), *rest)  # type: ignore[arg-type]

        monkeypatch.setattr(SqliteStore, "_run_group", once)
        async with asyncio.timeout(5):
            lost = await asyncio.gather(sqlite_store.write(_add, 1), return_exceptions=True)
            kept = await sqlite_store.write(_add, 2)
        await sqlite_store.stop()
        return [*lost, kept]

    lost, kept = asyncio.run(work())
    assert isinstance(lost, OSError)
    assert kept == 2
    assert sqlite_store.read_sync(_keys) == ["job 2"]


def test_a_write_that_comes_after_the_stop_is_answered(sqlite_store: Store) -> None:
    async def work() -> list[object]:
        sqlite_store.start()
        first = asyncio.create_task(sqlite_store.write(_add, 1))
        await asyncio.sleep(0)
        stopping = asyncio.create_task(sqlite_store.stop())
        late: list[asyncio.Task[int]] = []
        while not stopping.done():
            late.append(asyncio.create_task(sqlite_store.write(_add, len(late) + 2)))
            await asyncio.sleep(0.001)
        late.append(asyncio.create_task(sqlite_store.write(_add, len(late) + 2)))
        async with asyncio.timeout(5):
            return await asyncio.gather(first, *late, return_exceptions=True)

    first, *late = asyncio.run(work())
    assert first == 1
    assert isinstance(late[-1], Busy)
    assert all(isinstance(each, int | Busy | Refused) for each in late)


def _fill(tx: Tx, _: None) -> None:
    for number in range(200):
        enqueue(tx, "work", {"text": "x" * 4000}, key=f"big {number}")


def _fill_plainly(tx: Tx, _: None) -> None:
    """Statements without a journal of their own: when one fails, SQLite ends the transaction."""
    for _number in range(200):
        tx.raw.execute(
            "INSERT INTO outbox (writer, events, at) VALUES (0, ?, 0)", (f'["{"x" * 4000}"]',)
        )


class _FillMany:
    def key_of(self, _: None) -> int:
        return 1

    def run(self, tx: Tx, args: list[None]) -> list[None]:
        _fill_plainly(tx, None)
        return args


def _fill_batched(tx: Tx, _: None) -> None:
    _fill_plainly(tx, None)


_fill_batched.batch = _FillMany()  # type: ignore[attr-defined]


@pytest.mark.parametrize("fill", [_fill, _fill_plainly, _fill_batched])
def test_a_full_disk_is_told_as_such_and_needs_no_restart(sqlite_store: Store, fill: Any) -> None:
    """The limit on pages makes SQLite say what it says when the disk is full."""

    async def work() -> list[object]:
        sqlite_store.start()
        pages = "PRAGMA max_page_count = {}"
        await sqlite_store.write(lambda tx, _: tx.raw.execute(pages.format(10)) and None, None)
        lost = await asyncio.gather(
            *(sqlite_store.write(fill, None) for _ in range(8)), return_exceptions=True
        )
        await sqlite_store.write(lambda tx, _: tx.raw.execute(pages.format(10**6)) and None, None)
        kept = await sqlite_store.write(_add, 1)
        await sqlite_store.stop()
        return [*lost, kept]

    *lost, kept = asyncio.run(work())
    for refused in lost:
        assert isinstance(refused, Busy)
        assert refused.message == "The database cannot be written now. Try again."
    assert kept == 1
    assert sqlite_store.read_sync(_keys) == ["job 1"]
    left = sqlite_store.read_sync(read_after, Place())
    assert [e.topic for row in left for e in row.events] == ["counted"]


class _FailingSync:
    """A connection whose log is written, but the disk fails while it is brought to safety."""

    def __init__(self, raw: Any) -> None:
        self._raw = raw
        self.in_transaction = False

    def execute(self, text: str) -> None:
        if text != "COMMIT":
            self._raw.execute(text)
            return
        self._raw.execute("ROLLBACK")
        error = sqlite3.OperationalError("disk I/O error")
        error.sqlite_errorcode = sqlite3.SQLITE_IOERR_FSYNC
        raise error


def test_a_commit_that_the_disk_failed_is_not_told_as_undone(sqlite_store: Store) -> None:
    """After a crash SQLite may find it in its log and keep it: "try again" would do it twice."""

    def break_disk(tx: Tx, _: None) -> None:
        tx.raw = _FailingSync(tx.raw)

    async def work() -> list[object]:
        sqlite_store.start()
        await sqlite_store.write(break_disk, None)
        lost = await asyncio.gather(sqlite_store.write(_add, 1), return_exceptions=True)
        await sqlite_store.stop()
        return list(lost)

    (lost,) = asyncio.run(work())
    assert isinstance(lost, CommitUnknown)


def test_a_connection_that_breaks_before_the_commit_costs_nobody_anything(
    postgres_store: Store,
) -> None:
    """An administrator or a restart of the server ends it: the command runs on a new one."""
    seen: list[int] = []

    def cut_once(tx: Tx, number: int) -> int:
        _add(tx, number)
        seen.append(number)
        if len(seen) == 1:
            tx.raw.execute("SELECT pg_terminate_backend(pg_backend_pid())")
        return number

    def look(read: Read) -> int:
        seen.append(0)
        if len(seen) == 3:
            read.raw.execute("SELECT pg_terminate_backend(pg_backend_pid())")
        return len(read.all(sa.select(queue.c.id)))

    async def work() -> tuple[int, int]:
        postgres_store.start()
        done = await postgres_store.write(cut_once, 5)
        found = await postgres_store.read(look)
        await postgres_store.stop()
        return done, found

    assert asyncio.run(work()) == (5, 1)
    assert seen == [5, 5, 0, 0]
    assert postgres_store.read_sync(_keys) == ["job 5"]


def test_a_commit_that_breaks_off_is_not_run_again(
    postgres_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody knows whether it was done, and the second run would be a second effect."""
    runs: list[int] = []

    def commit_and_break(raw: Any) -> None:
        raw.execute("COMMIT")
        raw.close()
        raise CommitUnknown

    def add(tx: Tx, number: int) -> int:
        runs.append(number)
        return _add(tx, number)

    monkeypatch.setattr(postgres, "_commit", commit_and_break)
    with pytest.raises(CommitUnknown):
        postgres_store.run_sync(add, 7)
    monkeypatch.undo()
    assert runs == [7]
    assert postgres_store.read_sync(_keys) == ["job 7"]


def test_a_database_out_of_reach_is_told_as_such() -> None:
    away = postgres.PostgresStore("postgresql://nobody@127.0.0.1:9/none")

    async def work() -> list[BaseException | object]:
        away.start()
        got = await asyncio.gather(away.write(_add, 1), away.read(_keys), return_exceptions=True)
        await away.stop()
        return list(got)

    for refused in asyncio.run(work()):
        assert isinstance(refused, Busy)
        assert refused.message == "The database is out of reach, nothing was done. Try again."


@pytest.mark.parametrize("state", ["53100", "25006"])
def test_a_full_disk_of_the_server_and_a_standby_are_told_as_busy(
    postgres_store: Store, state: str
) -> None:
    raising = f"DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '{state}'; END $$"

    async def work() -> list[object]:
        postgres_store.start()
        lost = await asyncio.gather(
            postgres_store.write(lambda tx, _: tx.raw.execute(raising) and None, None),
            return_exceptions=True,
        )
        await postgres_store.stop()
        return list(lost)

    (lost,) = asyncio.run(work())
    assert isinstance(lost, Busy)
    assert lost.message == "The server is busy, nothing was done. Try again."


def test_a_server_that_says_nothing_is_not_asked_six_times(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each try waits for seconds; whoever waits is told after the first slow one."""
    tries: list[float] = []
    now = [100.0]

    def silent() -> None:
        tries.append(now[0])
        now[0] += 5.1
        raise psycopg.OperationalError("connection timeout expired")

    monkeypatch.setattr(postgres.time, "monotonic", lambda: now[0])
    with pytest.raises(psycopg.OperationalError):
        postgres._again(silent)
    assert tries == [100.0]


def test_a_silent_database_does_not_hold_up_the_stop(postgres_store: Store) -> None:
    """A frozen server answers nothing and breaks no connection; PostgreSQL's sleep plays it."""
    store = postgres_store

    def wait(read: Read) -> None:
        read.all(sa.text("SELECT pg_sleep(20)"))

    async def scenario() -> list[Any]:
        store.start()
        waiting = asyncio.create_task(store.read(wait))
        await asyncio.sleep(0.5)
        await store.stop()
        return await asyncio.gather(waiting, return_exceptions=True)

    # Not waited for until it is awake, which would answer None.
    assert [type(outcome) for outcome in asyncio.run(scenario())] == [OutOfReach]


def test_a_connection_that_is_gone_already_can_be_cut(postgres_store: Store) -> None:
    """Its thread may have closed it a moment before the stop comes to it."""
    engine: Any = vars(postgres_store)["engine"]
    connection = postgres._Connection(engine)
    connection.cut()
    raw: Any = connection.open().connection.dbapi_connection
    raw.close()
    connection.cut()
    connection.close()
    connection.cut()


def test_the_ticker_ends_where_the_database_is_gone() -> None:
    """The lease cannot be given back, which must not look like a failed stop."""

    class Gone:
        async def write(self, *_: object) -> None:
            raise OutOfReach

    async def scenario() -> None:
        ticker = Ticker(Gone(), [])  # pyright: ignore[reportArgumentType]
        ticker.start()
        await asyncio.sleep(0)
        await ticker.stop()

    asyncio.run(scenario())
