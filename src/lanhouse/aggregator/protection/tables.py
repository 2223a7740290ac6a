"""What protects a player: whether anything does, his limits, the sums that limits are held to, the
rules of an agent's countries, and the agents of play tokens.
"""

from __future__ import annotations

import sqlalchemy as sa

from lanhouse.db.tables import metadata
from lanhouse.db.types import Money, UtcTime

# One row per player who was ever limited or excluded. Bets and deposits of a limited player lock
# it, so that two of them at once never pass a limit together.
player_guards = sa.Table(
    "player_guards",
    metadata,
    sa.Column("agent_id", sa.BigInteger, sa.ForeignKey("agents.id"), primary_key=True),
    sa.Column("player_id", sa.BigInteger, sa.ForeignKey("players.id"), primary_key=True),
    # Business time; null: never excluded. It is only ever moved into the future.
    sa.Column("excluded_until", UtcTime),
    # Whether there is any row in player_limits; while it is on, player_hours is kept.
    sa.Column("has_limits", sa.Boolean, nullable=False, server_default=sa.false()),
)

player_limits = sa.Table(
    "player_limits",
    metadata,
    sa.Column("agent_id", sa.BigInteger, sa.ForeignKey("agents.id"), primary_key=True),
    sa.Column("player_id", sa.BigInteger, sa.ForeignKey("players.id"), primary_key=True),
    # deposit, loss, wager, session.
    sa.Column("kind", sa.Text, primary_key=True),
    # day, week, month: the last 24 hours, 7 and 30 days.
    sa.Column("period", sa.Text, primary_key=True),
    # Empty for session time, which is one for all currencies.
    sa.Column("currency", sa.Text, primary_key=True),
    # Micros, or minutes of session time.
    sa.Column("most", sa.BigInteger, nullable=False),
    # What counts instead from `pending_from` on; null with a time: no limit from then on.
    sa.Column("pending_most", sa.BigInteger),
    sa.Column("pending_from", UtcTime),
    sa.CheckConstraint("most >= 0 AND (pending_most IS NULL OR pending_most >= 0)", name="most"),
)

# Of limited players: what was staked in the rounds begun in an hour, and what they paid so far.
player_hours = sa.Table(
    "player_hours",
    metadata,
    sa.Column("agent_id", sa.BigInteger, sa.ForeignKey("agents.id"), primary_key=True),
    sa.Column("player_id", sa.BigInteger, sa.ForeignKey("players.id"), primary_key=True),
    sa.Column("currency", sa.Text, primary_key=True),
    # Hours since 1970 (business time).
    sa.Column("hour", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("staked_micros", Money, nullable=False),
    sa.Column("paid_micros", Money, nullable=False),
)

# What an agent must obey in a country; copied to each session at its launch.
rule_profiles = sa.Table(
    "rule_profiles",
    metadata,
    sa.Column("agent_id", sa.BigInteger, sa.ForeignKey("agents.id"), primary_key=True),
    # ISO 3166; empty: every country without a row of its own, and where none is known.
    sa.Column("country", sa.Text, primary_key=True),
    # From the begin of a round of House to the next; 0: none.
    sa.Column("round_millis", sa.Integer, nullable=False),
    # How often a page tells how long somebody has played; 0: never.
    sa.Column("reality_check_minutes", sa.Integer, nullable=False),
    # Whether the page must show the net position all the time.
    sa.Column("shows_net", sa.Boolean, nullable=False),
)

# The agent of a centre's play tokens; a centre is known by its number alone.
play_agents = sa.Table(
    "play_agents",
    metadata,
    sa.Column("center_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("agent_id", sa.BigInteger, sa.ForeignKey("agents.id"), nullable=False, unique=True),
)
