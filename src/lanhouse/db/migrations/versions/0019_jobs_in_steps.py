"""Jobs that are done in steps, belong to a centre, and stay to be seen after their end.

Revision: 0019, after: 0018.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lanhouse.db.types import BigId, Json, UtcTime

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_ATTEMPTS_MAX = 10
_OLD = sa.table(
    "queued_jobs",
    *(sa.column(name) for name in ("id", "kind", "key", "attempts", "error")),
    sa.column("payload", Json()),
    sa.column("run_at", UtcTime()),
)


def upgrade() -> None:
    """Make the table anew with the jobs that wait; those that had given up have failed."""
    rows = op.get_bind().execute(sa.select(_OLD)).mappings().all()
    op.drop_table("queued_jobs")
    table = op.create_table(
        "queued_jobs",
        sa.Column("id", BigId, nullable=False),
        sa.Column("center_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("payload", Json(), nullable=False),
        sa.Column("key", sa.Text()),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("started_by", sa.BigInteger(), nullable=False),
        sa.Column("run_at", UtcTime(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("cursor", Json()),
        sa.Column("done", sa.BigInteger(), nullable=False),
        sa.Column("total", sa.BigInteger()),
        sa.Column("result", Json()),
        sa.Column("served_at", UtcTime(), nullable=False),
        sa.Column("started_at", UtcTime()),
        sa.Column("finished_at", UtcTime()),
        sa.Column("courier", sa.Text()),
        sa.Column("leased_until", UtcTime()),
        sa.PrimaryKeyConstraint("id", name=op.f("queued_jobs_pkey")),
        sa.UniqueConstraint("key", name=op.f("queued_jobs_key_key")),
    )
    op.create_index("queued_jobs_center_ix", "queued_jobs", ["center_id", "id"])
    op.create_index("queued_jobs_finished_ix", "queued_jobs", ["finished_at"])
    is_open = sa.column("finished_at").is_(None)
    op.create_index(
        "queued_jobs_open_ix",
        "queued_jobs",
        ["center_id", "served_at"],
        sqlite_where=is_open,
        postgresql_where=is_open,
    )
    op.bulk_insert(table, [_moved(row) for row in rows])
    op.create_index("auth_tokens_expires_ix", "auth_tokens", ["expires_at"])
    op.create_index("login_failures_last_ix", "login_failures", ["last_at"])


def _moved(row: sa.RowMapping) -> dict[str, object]:
    has_failed = row["attempts"] >= _ATTEMPTS_MAX
    return {
        # A number of its own from the sequence: nobody has kept the old one.
        "center_id": 0,
        "kind": row["kind"],
        "payload": row["payload"],
        "key": None if has_failed else row["key"],
        "status": "failed" if has_failed else "waiting",
        "started_by": 0,
        "run_at": row["run_at"],
        "attempts": row["attempts"],
        "error": row["error"],
        "done": 0,
        "served_at": row["run_at"],
        "finished_at": row["run_at"] if has_failed else None,
    }


def downgrade() -> None:
    """Make the old table with the jobs that have not ended; how far they are is lost."""
    op.drop_index("login_failures_last_ix", "login_failures")
    op.drop_index("auth_tokens_expires_ix", "auth_tokens")
    is_open = sa.column("finished_at").is_(None)
    rows = op.get_bind().execute(sa.select(_OLD).where(is_open)).mappings().all()
    op.drop_table("queued_jobs")
    table = op.create_table(
        "queued_jobs",
        sa.Column("id", BigId, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("payload", Json(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("run_at", UtcTime(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("queued_jobs_pkey")),
        sa.UniqueConstraint("key", name=op.f("queued_jobs_key_key")),
    )
    op.create_index("queued_jobs_run_at_ix", "queued_jobs", ["run_at"])
    op.bulk_insert(table, [{k: v for k, v in row.items() if k != "id"} for row in rows])
