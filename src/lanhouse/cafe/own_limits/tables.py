"""What members allow themselves. How much of it is used is summed up, never stored."""

from __future__ import annotations

import sqlalchemy as sa

from lanhouse.db.digested import digested
from lanhouse.db.tables import metadata
from lanhouse.db.types import UtcTime

own_limits = sa.Table(
    "own_limits",
    metadata,
    # No foreign key, as in topups.
    sa.Column("member_id", sa.BigInteger, primary_key=True, autoincrement=False),
    # schemas.Kind.
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("center_id", sa.BigInteger, nullable=False),
    # Seconds, micros, or minutes after the day's begin at 06:00, by kind; empty = no limit.
    sa.Column("value", sa.BigInteger),
    # What holds from `next_at` on, where something looser was asked for.
    sa.Column("next_value", sa.BigInteger),
    sa.Column("next_at", UtcTime),
    sa.Column("changed_at", UtcTime, nullable=False),
    sa.Index("own_limits_center_ix", "center_id", "member_id"),
)

digested(own_limits, 146, "center_id", "value", "next_value", "next_at", "changed_at")
