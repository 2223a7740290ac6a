"""What a store promises, whichever database is behind it (architecture section 2)."""

from __future__ import annotations

import abc
import itertools
from collections.abc import Callable, Collection, Hashable
from datetime import datetime
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

import msgspec
import sqlalchemy as sa
import structlog

from lanhouse.db import audit, facts
from lanhouse.db.digested import Change, Digested, change_of
from lanhouse.db.digests import store_digests
from lanhouse.db.statements import Compiled, Numbered, Row, Static, static
from lanhouse.kit import clock

log = structlog.get_logger("lanhouse.db")

Arg = TypeVar("Arg")
P = ParamSpec("P")
Result = TypeVar("Result")


class Event(msgspec.Struct, frozen=True):
    """Something that happened, published after the commit: `topic` and a JSON payload."""

    topic: str
    payload: dict[str, Any]


class Retry(Exception):
    """Run the command again in a new transaction: another one got there first."""


CURSOR = "cursor of static statements"
"""Under this name an engine keeps in a connection's `info` what makes the cursor that takes
statements as `static()` writes them, where that is not the driver's usual one."""

_numbers = itertools.count()
_SNAPSHOT = static(sa.select(sa.cast(sa.func.pg_current_snapshot(), sa.Text)))
_DATA_VERSION = "PRAGMA data_version"


class Read:
    """Reads on one connection. Statements are `static(…)` or any Core statement."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection
        self._dialect = connection.dialect
        raw: Any = connection.connection.dbapi_connection
        self.raw: Any = raw
        """The driver's connection, for the store's own BEGIN and COMMIT."""
        make: Callable[[Any], Any] | None = connection.info.get(CURSOR)
        self._cursor: Any = raw.cursor() if make is None else make(raw)
        self._number = next(_numbers)

    @property
    def is_postgresql(self) -> bool:
        """For the few places where the two databases need different statements (in db/ only)."""
        return self._dialect.name == "postgresql"

    def version(self) -> tuple[Hashable, Hashable]:
        """Whose count, and where it stands: of one store, equal answers mean equal data, whoever
        wrote it. Ask it before anything else of a snapshot (store.read), never in a command.
        """
        if self.is_postgresql:
            return "", self.scalar(_SNAPSHOT)
        # Each connection counts the commits of all others for itself.
        return self._number, self.raw.execute(_DATA_VERSION).fetchone()[0]

    def one(self, statement: Any, /, **params: Any) -> Row | None:
        """The first row, or None."""
        if not isinstance(statement, Static):
            return self._connection.execute(statement, params).first()
        compiled = self._execute(statement, params)
        raw = self._cursor.fetchone()
        self._finish()
        return None if raw is None else compiled.row(raw)

    def all(self, statement: Any, /, **params: Any) -> list[Row]:
        """All rows. The statement carries its own LIMIT where the set can be large."""
        if not isinstance(statement, Static):
            rows: Any = self._connection.execute(statement, params)
            return list(rows)
        compiled = self._execute(statement, params)
        return compiled.rows(self._cursor.fetchall())

    def scalar(self, statement: Any, /, **params: Any) -> Any:
        """The first column of the first row, or None."""
        row = self.one(statement, **params)
        return None if row is None else row[0]

    def ask(self, question: facts.Question) -> None:
        """Ask the guards whether an act may be done; the first that minds raises its refusal."""
        for guard in facts.guards_of(type(question)):
            guard(self, question)

    def claimed(self, question: facts.Question) -> int:
        """The sum of what higher nouns claim of a figure (architecture 1.2)."""
        return sum(claim(self, question) for claim in facts.claims_of(type(question)))

    def _execute(self, statement: Static, params: dict[str, Any]) -> Compiled:
        compiled = statement.compiled(self._dialect, params)
        self._cursor.execute(compiled.sql, compiled.parameters(params))
        return compiled

    def _finish(self) -> None:
        # An open SQLite cursor keeps its read snapshot; PostgreSQL has the whole answer already.
        if self._dialect.name == "sqlite":
            self._cursor.fetchall()

    def close(self) -> None:
        """Let the cursor go."""
        self._cursor.close()


class Tx(Read):
    """One command's transaction: reads, writes, and the events it leaves for after the commit."""

    def __init__(self, connection: sa.Connection) -> None:
        super().__init__(connection)
        self.outbox: list[Event] = []
        self._told = facts.Told()
        # Rows of digested tables that this command wrote: digests.store_digests.
        self._changed: dict[tuple[int, int, str], tuple[Digested, Any]] = {}
        self._now: datetime | None = None
        self.trail = audit.Trail()
        """Who calls, and what the audit log will say of it (db/audit)."""

    @property
    def now(self) -> datetime:
        """Business time of this command, the same at every look."""
        if self._now is None:
            self._now = clock.now()
        return self._now

    def one(self, statement: Any, /, **params: Any) -> Row | None:
        """The first row, or None."""
        rows = self._written(statement, params)
        if rows is None:
            return super().one(statement, **params)
        return rows[0] if rows else None

    def all(self, statement: Any, /, **params: Any) -> list[Row]:
        """All rows."""
        rows = self._written(statement, params)
        return super().all(statement, **params) if rows is None else rows

    def run(self, statement: Any, /, **params: Any) -> int:
        """Execute a write; answers the number of rows it touched."""
        rows = self._written(statement, params)
        if rows is not None:
            return len(rows)
        if not isinstance(statement, Static):
            return self._connection.execute(statement, params).rowcount
        self._execute(statement, params)
        return self._cursor.rowcount

    def _written(self, statement: Any, params: dict[str, Any]) -> list[Row] | None:
        """What a write of a digested table answers, its rows noted; None for other statements."""
        if isinstance(statement, Static):
            change = statement.change
            if change is None:
                return None
            compiled = self._execute(statement, params)
            return self._noted(change, compiled, self._cursor.fetchall())
        change = change_of(statement)
        if change is None:
            return None
        rows: Any = self._connection.execute(change.statement, params)
        found = list(rows)
        self._noted(change, None, found)
        return found

    def _noted(self, change: Change, compiled: Compiled | None, raws: list[Any]) -> list[Row]:
        declared, width = change.digested, change.width
        for raw in raws:
            values = raw[width:]
            place = declared.place_of(values)
            self._changed[place] = (declared, None if change.is_delete else values)
        if compiled is None or not width:
            return raws
        return compiled.rows([raw[:width] for raw in raws])

    def run_many(self, statement: Static, rows: list[dict[str, Any]]) -> int:
        """Execute one write for every row of parameters (all rows have the same names; those of an
        update each name another row of the table); answers how many rows it touched in all.
        """
        if not rows:
            return 0
        if statement.change is not None:
            return len(self._write_many(statement, rows))
        if self.is_postgresql:
            self._execute_set(statement, rows)
        else:
            compiled = statement.compiled(self._dialect, rows[0])
            self._cursor.executemany(compiled.sql, [compiled.parameters(row) for row in rows])
        return self._cursor.rowcount

    def _execute_set(self, statement: Static, rows: list[dict[str, Any]]) -> None:
        form = statement.set_based(self._dialect, rows[0])
        self._cursor.execute(form.sql, form.parameters(rows))

    def _write_many(self, statement: Static, rows: list[dict[str, Any]]) -> list[Any]:
        """Execute one write, which answers rows, for each of several; what the driver got."""
        raws: list[Any] = []
        if self.is_postgresql:
            self._execute_set(statement, rows)
            raws = self._cursor.fetchall()
        else:
            compiled = statement.compiled(self._dialect, rows[0])
            # sqlite3's executemany() throws away what is answered.
            for row in rows:
                raws.extend(self._cursor.execute(compiled.sql, compiled.parameters(row)))
        if statement.change is not None:
            self._noted(statement.change, None, raws)
        return raws

    def insert_many(self, into: Numbered, rows: list[dict[str, Any]]) -> list[int]:
        """Insert rows (all with the same names); answers their new ids in order, which rises.

        SQLite's one writer gives the ids out itself, which saves an answer per row; PostgreSQL
        takes them from the table's sequence in the order of the rows.
        """
        if not rows:
            return []
        if not self.is_postgresql:
            first = (self.scalar(into.newest) or 0) + 1
            ids = list(range(first, first + len(rows)))
            self.run_many(
                into.with_id, [{**row, "id": id_} for id_, row in zip(ids, rows, strict=True)]
            )
            return ids
        return sorted(raw[0] for raw in self._write_many(into.returning_id, rows))

    def tell(self, fact: facts.Fact) -> None:
        """Leave a fact for its followers, who run before the answer; told twice it counts once.

        Raises facts.NotWired when nobody has said who follows it.
        """
        self._told.add(fact)

    def settle(self) -> None:
        """Run the followers of all that was told. Whoever calls a command does it: once for each
        command, once for a batch, before anything is encoded from the result.
        """
        self._told.settle(self)
        self.run_many(audit.INSERT, self.trail.rows(self.now))
        self._store_digests()

    def audit(
        self,
        subject: str,
        subject_id: int,
        *,
        before: audit.Values | Row | None = None,
        after: audit.Values | None = None,
        hidden: Collection[str] = (),
        **ids: int,
    ) -> None:
        """Say in the audit log what this command touches: "price" and its id, its values before
        and after (of two only what differs; `before` may be the row), ids that belong to it.

        Of the names in `hidden` it only says that they changed: secrets, and whatever is personal.
        Who calls, from where and how is known here already; done by nobody, nothing is written.
        """
        self.trail.note(subject, subject_id, before, after, hidden, ids)

    def did_nothing(self) -> None:
        """This command found nothing to do: there is nothing to audit."""
        self.trail.follow(None)

    def _store_digests(self) -> None:
        if self._changed:
            changed, self._changed = self._changed, {}
            store_digests(self, changed)

    def finish(self, result: Any) -> Any:
        """Settle a command; answers its result, read now where the command left that for later."""
        self.settle()
        if not isinstance(result, facts.AfterFollowers):
            return result
        read = result.read(self)
        self._store_digests()
        return read

    def emit(self, topic: str, payload: dict[str, Any]) -> None:
        """Leave an event; it is stored with the commit and published after it, or never."""
        self.outbox.append(Event(topic, payload))

    def forget_now(self) -> None:
        """Look at the clock anew: this command has stepped it."""
        self._now = None

    def begin_command(self) -> None:
        """Forget the previous command's time, facts and events (a group shares one Tx)."""
        self.outbox = []
        self._told.clear()
        self._changed.clear()
        self.trail.follow(None)
        self._now = None


def after_followers(read: Callable[[Tx], Result]) -> Result:
    """A command's result that depends on its followers: `read(tx)` makes it when they have run."""
    later: Any = facts.AfterFollowers(read)
    return later


class Alone:
    """See ALONE."""


ALONE = Alone()
"""What a batched command answers for an item that it cannot batch: run it by itself."""


class Batch(Protocol):
    """The form of a command for many arguments at once, offered as its attribute `batch`.

    It does for all of them in a few statements what the command does one by one. On PostgreSQL it
    also keeps an account fast that every call must lock.
    """

    def key_of(self, arg: Any) -> Hashable | None:
        """Arguments with the same key may share a batch; None: never batch this one."""
        ...

    def run(self, tx: Tx, args: list[Any]) -> list[Any]:
        """One outcome per argument: a result, an AppError for a refusal, or Alone."""
        ...


Command = Callable[[Tx, Arg], Result]
Query = Callable[Concatenate[Read, P], Result]
Listener = Callable[[list[Event]], None]


class Store(abc.ABC):
    """Runs commands and queries for the asynchronous edge."""

    url: str
    engine: sa.Engine
    waiting = 0
    """What was asked of it and is not done yet."""
    follows_clock = False
    """Whether each transaction first takes the steps of the clock that were accepted (by a server;
    db/clock_row)."""

    def __init__(self) -> None:
        self._listeners: list[Listener] = []

    def subscribe(self, listener: Listener) -> None:
        """Call `listener(events)` on the event loop after every commit that left events."""
        self._listeners.append(listener)

    def _publish(self, events: list[Event]) -> None:
        """Tell every listener. The commit stands by then, so none of them may make it look failed:
        whoever saw it fail would run it again.
        """
        for listener in self._listeners:
            try:
                listener(events)
            except Exception:
                log.exception("a listener failed; what it was told of is committed")

    @abc.abstractmethod
    async def write(self, command: Command[Arg, Result], arg: Arg) -> Result:
        """Run a command; answers only after its commit is on disk.

        Raises what the command raised (then nothing of it stays) or Busy when the queue is full.
        """

    @abc.abstractmethod
    async def read(self, query: Query[P, Result], /, *args: P.args, **kwargs: P.kwargs) -> Result:
        """Run `query(read, …)` on a consistent snapshot, beside the writer."""

    @abc.abstractmethod
    async def point(self, query: Query[P, Result], /, *args: P.args, **kwargs: P.kwargs) -> Result:
        """Run a query of one or two cheap look-ups on the shortest path."""

    @abc.abstractmethod
    def start(self) -> None:
        """Open connections and threads in the running event loop. Raises the second time."""

    @abc.abstractmethod
    async def stop(self) -> None:
        """Finish what is queued, then close."""

    @abc.abstractmethod
    def run_sync(self, command: Command[Arg, Result], arg: Arg) -> Result:
        """Run one command without an event loop (command line, demo, tests): BEGIN … COMMIT."""

    @abc.abstractmethod
    def read_sync(self, query: Query[P, Result], /, *args: P.args, **kwargs: P.kwargs) -> Result:
        """Run one query without an event loop."""
