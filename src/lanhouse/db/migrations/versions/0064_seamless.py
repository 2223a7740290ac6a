"""Wallets at operators: where they are called, what is asked about again, and House's acts whose
bet an operator has not answered yet.

Revision: 0064, after: 0063.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lanhouse.db.types import Json, Money, UtcTime

revision = "0064"
down_revision = "0063"
branch_labels = None
depends_on = None

_IS_DUE = sa.column("next_attempt_at").is_not(None)


def upgrade() -> None:
    """Three tables more."""
    op.create_table(
        "agent_callbacks",
        sa.Column("agent_id", sa.BigInteger, sa.ForeignKey("agents.id"), primary_key=True),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("timeout_ms", sa.Integer, nullable=False),
        sa.Column("callback_key", sa.Text, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("sealed_under", sa.Text, nullable=False),
        sa.Column("next_sealed", sa.LargeBinary),
        sa.Column("is_demo", sa.Boolean, nullable=False),
        sa.Column("changed_at", UtcTime, nullable=False),
    )
    op.create_table(
        "rollback_checks",
        sa.Column(
            "transaction_id",
            sa.BigInteger,
            sa.ForeignKey("game_transactions.id"),
            primary_key=True,
            autoincrement=False,
        ),
        sa.Column("agent_id", sa.BigInteger, sa.ForeignKey("agents.id"), nullable=False),
        sa.Column("is_taken", sa.Boolean, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("created_at", UtcTime, nullable=False),
        sa.Column("next_attempt_at", UtcTime),
        sa.Column("parked_at", UtcTime),
    )
    op.create_index(
        "rollback_checks_due_ix",
        "rollback_checks",
        ["agent_id", "next_attempt_at"],
        sqlite_where=_IS_DUE,
        postgresql_where=_IS_DUE,
    )
    op.create_table(
        "house_waiting",
        sa.Column("agent_id", sa.BigInteger, sa.ForeignKey("agents.id"), primary_key=True),
        sa.Column("player_id", sa.BigInteger, sa.ForeignKey("players.id"), primary_key=True),
        sa.Column("game_id", sa.Text, primary_key=True),
        sa.Column("currency", sa.Text, primary_key=True),
        sa.Column(
            "transaction_id",
            sa.BigInteger,
            sa.ForeignKey("game_transactions.id"),
            nullable=False,
            unique=True,
        ),
        sa.Column("round_id", sa.BigInteger, sa.ForeignKey("game_rounds.id"), nullable=False),
        sa.Column("session_id", sa.BigInteger, sa.ForeignKey("game_sessions.id"), nullable=False),
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("provider_tx_id", sa.Text, nullable=False),
        sa.Column("client_key", sa.Text, nullable=False),
        sa.Column("action", Json, nullable=False),
        sa.Column("seed_id", sa.BigInteger, sa.ForeignKey("house_seeds.id"), nullable=False),
        sa.Column("nonce", sa.BigInteger, nullable=False),
        sa.Column("is_new", sa.Boolean, nullable=False),
        sa.Column("bet_micros", Money, nullable=False),
        sa.Column("created_at", UtcTime, nullable=False),
    )


def downgrade() -> None:
    """No operator is called any more."""
    op.drop_table("house_waiting")
    op.drop_table("rollback_checks")
    op.drop_table("agent_callbacks")
