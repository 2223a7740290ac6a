"""Protection of players: limits and exclusion, licences, countries of launches, rules of a country,
and agents of play tokens.

Revision: 0070, after: 0067.
Every agent of before is a test agent: nobody has named its licence.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from lanhouse.db.types import Json, Money, UtcTime

revision = "0070"
down_revision = "0067"
branch_labels = None
depends_on = None

_IS_PENDING = sa.text("state = 'pending'")
_IS_DEPOSIT = sa.text("kind = 'deposit'")


def _session() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("country", sa.Text(), nullable=False, server_default=""),
        sa.Column("country_source", sa.Text(), nullable=False, server_default=""),
        sa.Column("country_rule", sa.Text(), nullable=False, server_default="unknown"),
        sa.Column("is_test", sa.Boolean(), nullable=False, server_default=sa.true()),
        sa.Column("round_millis", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("reality_check_minutes", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("shows_net", sa.Boolean(), nullable=False, server_default=sa.false()),
    )


def _agent() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("licence_number", sa.Text(), nullable=False, server_default=""),
        sa.Column("countries", Json(), nullable=False, server_default="[]"),
        sa.Column("minimum_age", sa.SmallInteger(), nullable=False, server_default="0"),
        sa.Column("is_play", sa.Boolean(), nullable=False, server_default=sa.false()),
    )


def upgrade() -> None:
    """New tables, columns and indexes; nothing that stands is changed."""
    for column in _agent():
        op.add_column("agents", column)
    for column in _session():
        op.add_column("game_sessions", column)
    op.drop_index("game_sessions_agent_player_ix", "game_sessions")
    op.create_index(
        "game_sessions_agent_player_ix", "game_sessions", ["agent_id", "player_id", "launched_at"]
    )
    op.create_index("game_rounds_player_ix", "game_rounds", ["agent_id", "player_id", "opened_at"])
    op.create_index(
        "game_transactions_pending_ix",
        "game_transactions",
        ["agent_id", "player_id"],
        sqlite_where=_IS_PENDING,
        postgresql_where=_IS_PENDING,
    )
    op.create_index(
        "wallet_moves_deposits_ix",
        "wallet_moves",
        ["agent_id", "player_id", "at"],
        sqlite_where=_IS_DEPOSIT,
        postgresql_where=_IS_DEPOSIT,
    )
    _players()
    op.create_table(
        "rule_profiles",
        _of("agents", "agent_id"),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("round_millis", sa.Integer(), nullable=False),
        sa.Column("reality_check_minutes", sa.Integer(), nullable=False),
        sa.Column("shows_net", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("agent_id", "country"),
    )
    op.create_table(
        "play_agents",
        sa.Column("center_id", sa.BigInteger(), autoincrement=False, primary_key=True),
        sa.Column(
            "agent_id",
            sa.BigInteger(),
            sa.ForeignKey("agents.id"),
            nullable=False,
        ),
        sa.UniqueConstraint("agent_id"),
    )


def _of(table: str, name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), sa.ForeignKey(f"{table}.id"), nullable=False)


def _players() -> None:
    op.create_table(
        "player_guards",
        _of("agents", "agent_id"),
        _of("players", "player_id"),
        sa.Column("excluded_until", UtcTime()),
        sa.Column("has_limits", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.PrimaryKeyConstraint("agent_id", "player_id"),
    )
    op.create_table(
        "player_limits",
        _of("agents", "agent_id"),
        _of("players", "player_id"),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("most", sa.BigInteger(), nullable=False),
        sa.Column("pending_most", sa.BigInteger()),
        sa.Column("pending_from", UtcTime()),
        sa.PrimaryKeyConstraint("agent_id", "player_id", "kind", "period", "currency"),
        sa.CheckConstraint(
            "most >= 0 AND (pending_most IS NULL OR pending_most >= 0)",
            name=op.f("player_limits_most_check"),
        ),
    )
    op.create_table(
        "player_hours",
        _of("agents", "agent_id"),
        _of("players", "player_id"),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("hour", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("staked_micros", Money(), nullable=False),
        sa.Column("paid_micros", Money(), nullable=False),
        sa.PrimaryKeyConstraint("agent_id", "player_id", "currency", "hour"),
    )


def downgrade() -> None:
    """Limits, exclusions, licences and where launches came from are lost."""
    for name in ("play_agents", "rule_profiles", "player_hours", "player_limits", "player_guards"):
        op.drop_table(name)
    op.drop_index("wallet_moves_deposits_ix", "wallet_moves")
    op.drop_index("game_transactions_pending_ix", "game_transactions")
    op.drop_index("game_rounds_player_ix", "game_rounds")
    op.drop_index("game_sessions_agent_player_ix", "game_sessions")
    op.create_index("game_sessions_agent_player_ix", "game_sessions", ["agent_id", "player_id"])
    for table, columns in (("game_sessions", _session()), ("agents", _agent())):
        for column in columns:
            op.drop_column(table, column.name)
