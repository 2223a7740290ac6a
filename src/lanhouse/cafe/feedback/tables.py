"""What customers wrote, and whether somebody has read it."""

from __future__ import annotations

import sqlalchemy as sa

from lanhouse.db.tables import metadata
from lanhouse.db.types import BigId, UtcTime

# The words of persons: the billing log has the event, and only here is what was written.
feedback = sa.Table(
    "feedback",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("center_id", sa.BigInteger, nullable=False),
    # The row of the billing log.
    sa.Column("log_id", sa.BigInteger, nullable=False),
    # 0 = nobody who has an account.
    sa.Column("member_id", sa.BigInteger, nullable=False),
    # Empty: not written at a PC.
    sa.Column("pc_name", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("message", sa.Text, nullable=False),
    sa.Column("at", UtcTime, nullable=False),
    sa.Column("read_at", UtcTime),
    # Who read it first, as the person was called then.
    sa.Column("read_by", sa.Text, nullable=False),
    sa.Column("answered_at", UtcTime),
    sa.Index("feedback_center_ix", "center_id", "id"),
    sa.Index("feedback_member_ix", "center_id", "member_id"),
    sa.Index(
        "feedback_unread_ix",
        *("center_id", "id"),
        sqlite_where=sa.column("read_at").is_(None),
        postgresql_where=sa.column("read_at").is_(None),
    ),
)
