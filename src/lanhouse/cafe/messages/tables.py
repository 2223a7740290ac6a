"""Messages that wait for a PC's client."""

from __future__ import annotations

import sqlalchemy as sa

from lanhouse.db.tables import metadata
from lanhouse.db.types import BigId, UtcTime

# Free text of a day, no evidence: nothing of it is digested.
admin_messages = sa.Table(
    "admin_messages",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("center_id", sa.BigInteger, sa.ForeignKey("centers.id"), nullable=False),
    sa.Column("pc_id", sa.BigInteger, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    # Who sent it, as the person was called then.
    sa.Column("staff_name", sa.Text, nullable=False),
    sa.Column("sent_at", UtcTime, nullable=False),
    # Not told any more from then on, and deleted soon after.
    sa.Column("expires_at", UtcTime, nullable=False),
    sa.Index("admin_messages_pc_ix", "center_id", "pc_id", "id"),
    sa.Index("admin_messages_expires_ix", "expires_at"),
)

# What the house told a member, until he reads it. Free text, no evidence.
member_messages = sa.Table(
    "member_messages",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("center_id", sa.BigInteger, nullable=False),
    sa.Column("member_id", sa.BigInteger, sa.ForeignKey("members.id"), nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("staff_name", sa.Text, nullable=False),
    sa.Column("sent_at", UtcTime, nullable=False),
    sa.Column("read_at", UtcTime),
    sa.Index("member_messages_member_ix", "center_id", "member_id", "id"),
)
