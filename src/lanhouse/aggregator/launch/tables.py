"""Game sessions: from the launch to the last spin."""

from __future__ import annotations

import sqlalchemy as sa

from lanhouse.db.tables import metadata
from lanhouse.db.types import BigId, Money, UtcTime

game_sessions = sa.Table(
    "game_sessions",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("agent_id", sa.BigInteger, sa.ForeignKey("agents.id"), nullable=False),
    sa.Column("player_id", sa.BigInteger, sa.ForeignKey("players.id"), nullable=False),
    # The id on the wire and in the address of the game page.
    sa.Column("code", sa.Text, nullable=False, unique=True),
    sa.Column("provider_id", sa.Text, nullable=False),
    sa.Column("game_id", sa.Text, nullable=False),
    sa.Column("currency", sa.Text, nullable=False),
    # Frozen at launch: the agent's base currency and the rate to it.
    sa.Column("settle_currency", sa.Text, nullable=False),
    sa.Column("settle_rate", sa.Text, nullable=False),
    # The provider's unit, and how many of the player's currency one of it is.
    sa.Column("provider_currency", sa.Text, nullable=False, server_default=""),
    sa.Column("scale", sa.Text, nullable=False, server_default="1"),
    sa.Column("language", sa.Text, nullable=False),
    sa.Column("is_mobile", sa.Boolean, nullable=False),
    # Where the player is, as the operator told it.
    sa.Column("player_address", sa.Text, nullable=False),
    # Where that is: ISO 3166 or empty, who says so (empty, "file"), and what let it in: "open",
    # "licensed" (restricted or limited to the agent's licence), "unknown".
    sa.Column("country", sa.Text, nullable=False, server_default=""),
    sa.Column("country_source", sa.Text, nullable=False, server_default=""),
    sa.Column("country_rule", sa.Text, nullable=False, server_default="unknown"),
    # Whether it is played at a test agent; then the rules of the agent and country at the launch
    # (protection.tables.rule_profiles).
    sa.Column("is_test", sa.Boolean, nullable=False, server_default=sa.true()),
    sa.Column("round_millis", sa.Integer, nullable=False, server_default="0"),
    sa.Column("reality_check_minutes", sa.Integer, nullable=False, server_default="0"),
    sa.Column("shows_net", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("lobby_url", sa.Text),
    sa.Column("cashier_url", sa.Text),
    # SHA-256 of the one-time token in the launch address; null once it was used.
    sa.Column("token_hash", sa.Text, unique=True),
    sa.Column("token_ends_at", UtcTime, nullable=False),
    # SHA-256 of the session's secret; null until the token is exchanged.
    sa.Column("secret_hash", sa.Text),
    sa.Column("launched_at", UtcTime, nullable=False),
    sa.Column("started_at", UtcTime),
    sa.Column("last_seen_at", UtcTime),
    sa.Column("ends_at", UtcTime, nullable=False),
    # What was bet and won in this session, for "since you came"; never a balance.
    sa.Column("staked_micros", Money, nullable=False, server_default="0"),
    sa.Column("won_micros", Money, nullable=False, server_default="0"),
    sa.Column("round_count", sa.Integer, nullable=False, server_default="0"),
    sa.Index("game_sessions_agent_player_ix", "agent_id", "player_id", "launched_at"),
    sa.Index("game_sessions_seen_ix", "last_seen_at"),
)
