"""Campaigns of free rounds and chips, what players have used of them, and players' bet limits.

Revision: 0067, after: 0068.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lanhouse.db.types import BigId, Json, Money, UtcTime

revision = "0067"
down_revision = "0068"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """New and empty."""
    op.create_table(
        "campaigns",
        sa.Column("id", BigId, primary_key=True),
        sa.Column("agent_id", sa.BigInteger(), sa.ForeignKey("agents.id"), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("bonus_code", sa.Text(), nullable=False),
        sa.Column("play_code", sa.Text(), nullable=False),
        sa.Column("provider_id", sa.Text(), nullable=False),
        sa.Column("provider_ref", sa.Text(), nullable=False),
        sa.Column("game_id", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("provider_currency", sa.Text(), nullable=False),
        sa.Column("bet_micros", Money, nullable=False),
        sa.Column("rounds", sa.Integer(), nullable=False),
        sa.Column("starts_at", UtcTime(), nullable=False),
        sa.Column("ends_at", UtcTime(), nullable=False),
        sa.Column("start_text", sa.Text()),
        sa.Column("end_text", sa.Text()),
        sa.Column("created_at", UtcTime(), nullable=False),
        sa.Column("canceled_at", UtcTime()),
        sa.UniqueConstraint("agent_id", "code"),
        sa.UniqueConstraint("agent_id", "bonus_code"),
        sa.UniqueConstraint("agent_id", "play_code"),
        sa.CheckConstraint("kind IN ('round', 'chip')", name="kind"),
        sa.CheckConstraint("bet_micros > 0 AND rounds > 0 AND starts_at < ends_at", name="terms"),
    )
    _players()
    op.create_table(
        "player_bet_limits",
        sa.Column("agent_id", sa.BigInteger(), sa.ForeignKey("agents.id"), primary_key=True),
        sa.Column("player_id", sa.BigInteger(), sa.ForeignKey("players.id"), primary_key=True),
        sa.Column("provider_id", sa.Text(), sa.ForeignKey("providers.id"), primary_key=True),
        sa.Column("category", sa.Text(), primary_key=True),
        sa.Column("ids", Json(), nullable=False),
        sa.Column("changed_at", UtcTime(), nullable=False),
    )


def _players() -> None:
    op.create_table(
        "campaign_players",
        sa.Column("campaign_id", sa.BigInteger(), sa.ForeignKey("campaigns.id"), primary_key=True),
        sa.Column("player_id", sa.BigInteger(), sa.ForeignKey("players.id"), primary_key=True),
        sa.Column("agent_id", sa.BigInteger(), sa.ForeignKey("agents.id"), nullable=False),
        sa.Column("play_code", sa.Text(), nullable=False),
        sa.Column("game_id", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("bet_micros", Money, nullable=False),
        sa.Column("rounds", sa.Integer(), nullable=False),
        sa.Column("starts_at", UtcTime(), nullable=False),
        sa.Column("ends_at", UtcTime(), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.Column("won_micros", Money, nullable=False),
        sa.CheckConstraint("used >= 0 AND used <= rounds AND won_micros >= 0", name="used"),
    )
    op.create_index(
        "campaign_players_play_key",
        "campaign_players",
        ["agent_id", "player_id", "play_code"],
        unique=True,
    )
    op.create_index(
        "campaign_players_due_ix",
        "campaign_players",
        ["agent_id", "player_id", "game_id", "currency", "ends_at"],
        sqlite_where=sa.text("is_open"),
        postgresql_where=sa.text("is_open"),
    )


def downgrade() -> None:
    """What was promised to players is lost."""
    op.drop_table("player_bet_limits")
    op.drop_table("campaign_players")
    op.drop_table("campaigns")
