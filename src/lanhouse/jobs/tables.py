"""The lease of the leader and the jobs that wait."""

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
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("payload", Json, nullable=False),
    # A second job with the same key is not queued while the first one waits.
    sa.Column("key", sa.Text, nullable=False, unique=True),
    sa.Column("run_at", UtcTime, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    # The last failure in one line; empty while there was none.
    sa.Column("error", sa.Text, nullable=False),
    sa.Index("queued_jobs_run_at_ix", "run_at"),
)
