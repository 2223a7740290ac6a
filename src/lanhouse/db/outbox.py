"""What happened, on its way out: stored with the commit, read by cursor (decision 0081).

A row holds the events of one transaction, or of one group of commands. Readers go from place to
place: pages, sockets, webhooks and other processes, each at its own pace.
"""

from __future__ import annotations

from datetime import datetime

import msgspec
import sqlalchemy as sa

from lanhouse.db.statements import static
from lanhouse.db.store import Event, Read, Tx
from lanhouse.db.tables import metadata
from lanhouse.db.types import BigId, Json, UtcTime
from lanhouse.kit import clock

outbox = sa.Table(
    "outbox",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    # PostgreSQL's number of the transaction that wrote the row; 0 on SQLite, whose one writer
    # gives out ids in the order of its commits.
    sa.Column("writer", sa.BigInteger, nullable=False),
    # [{"topic": text, "payload": ids}, …] in the order in which they happened.
    sa.Column("events", Json, nullable=False),
    sa.Column("at", UtcTime, nullable=False),
    sa.Index("outbox_writer_ix", "writer", "id"),
)

READ_ROWS_MAX = 500


class Place(msgspec.Struct, frozen=True, order=True):
    """Where a reader stands: behind the row of this writer and id. Its text is `writer.id`."""

    writer: int = 0
    id: int = 0

    def __str__(self) -> str:
        return f"{self.writer}.{self.id}"


class Stored(msgspec.Struct, frozen=True):
    """The events of one row, and the place behind it."""

    place: Place
    events: list[Event]


def place_of(text: str) -> Place | None:
    """The place that a text names (`Place.__str__`); None for any other text."""
    writer, dot, number = text.partition(".")
    if not dot or not all(part.isascii() and part.isdigit() for part in (writer, number)):
        return None
    if max(len(writer), len(number)) > _DIGITS_MAX:
        return None
    return Place(int(writer), int(number))


_DIGITS_MAX = 18
_PLACE = sa.tuple_(outbox.c.writer, outbox.c.id)
_AFTER = sa.tuple_(sa.bindparam("writer"), sa.bindparam("row")) < _PLACE
_ROWS = sa.select(outbox.c.writer, outbox.c.id, outbox.c.events)
_MINE = sa.literal_column("CAST(CAST(pg_current_xact_id() AS text) AS bigint)", sa.BigInteger)
_NEXT = "CAST(CAST(pg_snapshot_xmax(pg_current_snapshot()) AS text) AS bigint)"
# Ids are given out before the commit, so a smaller one may become visible later. Behind the oldest
# transaction that is still open nothing can be added any more; those of other databases of the
# server, which share its numbers and may be open for hours, are none of ours.
_OLDEST_OPEN = f"""coalesce((
    SELECT min(CAST(CAST(open.xid AS text) AS bigint))
      FROM pg_snapshot_xip(pg_current_snapshot()) AS open(xid)
     WHERE NOT EXISTS (
        SELECT 1 FROM pg_locks AS held JOIN pg_stat_activity AS other ON other.pid = held.pid
         WHERE held.locktype = 'transactionid' AND held.mode = 'ExclusiveLock'
           AND other.datname <> current_database()
           AND CAST(CAST(held.transactionid AS text) AS bigint)
               = CAST(CAST(open.xid AS text) AS bigint) & 4294967295)
), {_NEXT})"""  # noqa: S608 - made of constants
_SETTLED = outbox.c.writer < sa.literal_column(_OLDEST_OPEN, sa.BigInteger)

_READ = static(_ROWS.where(_AFTER).order_by(outbox.c.writer, outbox.c.id).limit(READ_ROWS_MAX))
_READ_SETTLED = static(
    _ROWS.where(_AFTER, _SETTLED).order_by(outbox.c.writer, outbox.c.id).limit(READ_ROWS_MAX)
)
_LAST = sa.select(outbox.c.writer, outbox.c.id).order_by(outbox.c.writer.desc(), outbox.c.id.desc())
_NEWEST = static(_LAST.limit(1))
_NEWEST_SETTLED = static(_LAST.where(_SETTLED).limit(1))
_INSERT = static(sa.insert(outbox))
_INSERT_NUMBERED = static(sa.insert(outbox).values(writer=_MINE))
# The oldest have the smallest numbers, so that nothing else is looked at.
_OLDEST = sa.select(outbox.c.id, outbox.c.at).order_by(outbox.c.id).limit(sa.bindparam("most"))
_OF_OLDEST = _OLDEST.subquery()
_OLD = sa.select(_OF_OLDEST.c.id).where(
    _OF_OLDEST.c.at < sa.bindparam("before"),
    # The newest row stays, so that SQLite never gives out an id that readers are behind.
    _OF_OLDEST.c.id < sa.select(sa.func.max(outbox.c.id)).scalar_subquery(),
)
_DELETE_OLD = static(sa.delete(outbox).where(outbox.c.id.in_(_OLD)))
_DELETE_FOREIGN = static(
    sa.delete(outbox).where(outbox.c.writer >= sa.literal_column(_NEXT, sa.BigInteger))
)


def store_events(tx: Tx, events: list[Event]) -> None:
    """Write the events of a transaction (or of a whole group of commands) as one row."""
    if not events:
        return
    values = {"events": msgspec.to_builtins(events), "at": clock.real_now()}
    if tx.is_postgresql:
        tx.run(_INSERT_NUMBERED, **values)
    else:
        tx.run(_INSERT, writer=0, **values)


def read_after(read: Read, place: Place) -> list[Stored]:
    """What is committed behind a place, in the order of places; at most READ_ROWS_MAX rows.

    No row appears later before one that was answered: on PostgreSQL a row waits until every
    transaction that began before its own has ended.
    """
    statement = _READ_SETTLED if read.is_postgresql else _READ
    return [
        Stored(Place(row.writer, row.id), msgspec.convert(row.events, list[Event]))
        for row in read.all(statement, writer=place.writer, row=place.id)
    ]


def newest_place(read: Read) -> Place:
    """The place behind everything that read_after() would answer now."""
    row = read.one(_NEWEST_SETTLED if read.is_postgresql else _NEWEST)
    return Place() if row is None else Place(row.writer, row.id)


def forget_foreign(tx: Tx, _: None) -> int:
    """Drop rows of a server with higher numbers, whose database was brought here; answers how many.

    They would never be settled here, and readers behind them would miss what is new.
    """
    return tx.run(_DELETE_FOREIGN) if tx.is_postgresql else 0


def delete_older_than(tx: Tx, before: datetime, most: int) -> int:
    """Drop the oldest events that every reader has had time to fetch, at most so many; answers how
    many.
    """
    return tx.run(_DELETE_OLD, before=before, most=most)
