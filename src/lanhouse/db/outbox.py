"""Events on their way out: stored in the command's transaction, published after the commit."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from lanhouse.db.statements import static
from lanhouse.db.store import Event, Tx
from lanhouse.db.tables import metadata
from lanhouse.db.types import BigId, Json, UtcTime
from lanhouse.kit import clock

outbox = sa.Table(
    "outbox",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("topic", sa.Text, nullable=False),
    sa.Column("payload", Json, nullable=False),
    sa.Column("at", UtcTime, nullable=False),
)

_INSERT = static(sa.insert(outbox))
_DELETE_OLD = static(sa.delete(outbox).where(outbox.c.at < sa.bindparam("before")))


def store_events(tx: Tx, events: list[Event]) -> None:
    """Write the events of a transaction (or of a whole group of commands) in one statement."""
    at = clock.real_now()
    tx.run_many(_INSERT, [{"topic": e.topic, "payload": e.payload, "at": at} for e in events])


def delete_older_than(tx: Tx, hours: int) -> int:
    """Drop events that every reader has had time to fetch; answers how many."""
    return tx.run(_DELETE_OLD, before=clock.real_now() - timedelta(hours=hours))
