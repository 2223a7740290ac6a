"""The sets of limits that were chosen for a player; whoever has no row plays by the defaults."""

from __future__ import annotations

import sqlalchemy as sa

from lanhouse.db.tables import metadata
from lanhouse.db.types import Json, UtcTime

player_bet_limits = sa.Table(
    "player_bet_limits",
    metadata,
    sa.Column("agent_id", sa.BigInteger, sa.ForeignKey("agents.id"), primary_key=True),
    sa.Column("player_id", sa.BigInteger, sa.ForeignKey("players.id"), primary_key=True),
    sa.Column("provider_id", sa.Text, sa.ForeignKey("providers.id"), primary_key=True),
    sa.Column("category", sa.Text, primary_key=True),
    # The provider's ids of the sets, at least one; a bet that one of them allows is allowed.
    sa.Column("ids", Json, nullable=False),
    sa.Column("changed_at", UtcTime, nullable=False),
)
