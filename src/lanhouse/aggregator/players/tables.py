"""Players: one row per name and agent."""

from __future__ import annotations

import sqlalchemy as sa

from lanhouse.db.tables import metadata
from lanhouse.db.types import BigId, UtcTime

players = sa.Table(
    "players",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("agent_id", sa.BigInteger, sa.ForeignKey("agents.id"), nullable=False),
    sa.Column("username", sa.Text, nullable=False),
    # The id on the wire: the agent's prefix and 11 random characters (aggregator-domain 1.1).
    sa.Column("code", sa.Text, nullable=False, unique=True),
    sa.Column("is_active", sa.Boolean, nullable=False, server_default=sa.true()),
    sa.Column("created_at", UtcTime, nullable=False),
    sa.UniqueConstraint("agent_id", "username"),
)
