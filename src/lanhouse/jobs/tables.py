"""The lease of the leader, and the jobs: those that wait, that run and that have ended."""

from __future__ import annotations

import sqlalchemy as sa

from lanhouse.db.tables import metadata
from lanhouse.db.types import BigId, Json, UtcTime

leases = sa.Table(
    "leases",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("holder", sa.Text, nullable=False),
    sa.Column("until", UtcTime, nullable=False),
)

queue = sa.Table(
    "queued_jobs",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    # Whose it is; 0 is the house's own.
    sa.Column("center_id", sa.BigInteger, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("payload", Json, nullable=False),
    # A second job with the same key is not queued before the first one has ended; empty then.
    sa.Column("key", sa.Text, unique=True),
    # schemas.WAITING, RUNNING, DONE, FAILED or CANCELED.
    sa.Column("status", sa.Text, nullable=False),
    # The employee who asked for it; 0 = a program or the house itself.
    sa.Column("started_by", sa.BigInteger, nullable=False),
    sa.Column("run_at", UtcTime, nullable=False),
    # Tries since the last one that got anywhere.
    sa.Column("attempts", sa.Integer, nullable=False),
    # The last failure in one line; empty while there was none.
    sa.Column("error", sa.Text, nullable=False),
    # Where the next step goes on; written with what the last one did.
    sa.Column("cursor", Json),
    sa.Column("done", sa.BigInteger, nullable=False),
    # How many there are to do; empty = not known.
    sa.Column("total", sa.BigInteger),
    sa.Column("result", Json),
    # Whose turn it is: the one that was served longest ago.
    sa.Column("served_at", UtcTime, nullable=False),
    sa.Column("started_at", UtcTime),
    sa.Column("finished_at", UtcTime),
    # A delivery that is under way: by whom, and until when nobody else takes it.
    sa.Column("courier", sa.Text),
    sa.Column("leased_until", UtcTime),
    sa.Index("queued_jobs_center_ix", "center_id", "id"),
    sa.Index("queued_jobs_finished_ix", "finished_at"),
)
sa.Index(
    "queued_jobs_open_ix",
    queue.c.center_id,
    queue.c.served_at,
    sqlite_where=queue.c.finished_at.is_(None),
    postgresql_where=queue.c.finished_at.is_(None),
)
