"""Prices, sessions, top-ups and logs of a centre.

Revision: 0003, after: 0002.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lanhouse.db.types import Json, UtcTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables, those that others refer to first."""
    _billing_logs()
    _topups()
    _member_offers()
    _offers()
    _pc_sessions()
    _prices()
    _pc_session_segments()


def downgrade() -> None:
    """Drop the tables."""
    for name in (
        "pc_session_segments",
        "prices",
        "pc_sessions",
        "offers",
        "member_offers",
        "topups",
        "billing_logs",
    ):
        op.drop_table(name)


def _billing_logs() -> None:
    op.create_table(
        "billing_logs",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("center_id", sa.BigInteger(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("member_account", sa.Text(), nullable=False),
        sa.Column("member_group_id", sa.BigInteger(), nullable=False),
        sa.Column("pc_id", sa.BigInteger(), nullable=True),
        sa.Column("pc_name", sa.Text(), nullable=False),
        sa.Column("pc_group_id", sa.BigInteger(), nullable=True),
        sa.Column("cash_micros", sa.BigInteger(), nullable=False),
        sa.Column("card_micros", sa.BigInteger(), nullable=False),
        sa.Column("qr_micros", sa.BigInteger(), nullable=False),
        sa.Column("spend_micros", sa.BigInteger(), nullable=False),
        sa.Column("balance_micros", sa.BigInteger(), nullable=False),
        sa.Column("bonus_micros", sa.BigInteger(), nullable=False),
        sa.Column("coin_micros", sa.BigInteger(), nullable=False),
        sa.Column("loan_micros", sa.BigInteger(), nullable=False),
        sa.Column("cost_micros", sa.BigInteger(), nullable=False),
        sa.Column("used_seconds", sa.BigInteger(), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=False),
        sa.Column("staff_name", sa.Text(), nullable=False),
        sa.Column("details", sa.Text(), nullable=False),
        sa.Column("transfer_id", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("billing_logs_pkey")),
    )
    op.create_index(
        "billing_logs_center_at_ix", "billing_logs", ["center_id", "at", "id"], unique=False
    )
    op.create_index(
        "billing_logs_member_ix", "billing_logs", ["center_id", "member_id", "id"], unique=False
    )


def _topups() -> None:
    op.create_table(
        "topups",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("center_id", sa.BigInteger(), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("payment", sa.Text(), nullable=False),
        sa.Column("value_micros", sa.BigInteger(), nullable=False),
        sa.Column("bonus_micros", sa.BigInteger(), nullable=False),
        sa.Column("coin_micros", sa.BigInteger(), nullable=False),
        sa.Column("point_micros", sa.BigInteger(), nullable=False),
        sa.Column("refundable_micros", sa.BigInteger(), nullable=False),
        sa.Column("refundable_bonus_micros", sa.BigInteger(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=False),
        sa.Column("staff_name", sa.Text(), nullable=False),
        sa.Column("transfer_id", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("topups_pkey")),
    )
    op.create_index("topups_member_ix", "topups", ["center_id", "member_id", "id"], unique=False)


def _member_offers() -> None:
    op.create_table(
        "member_offers",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("center_id", sa.BigInteger(), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("offer_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("price_micros", sa.BigInteger(), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("seconds_left", sa.Integer(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("weekdays", sa.Text(), nullable=False),
        sa.Column("from_minute", sa.Integer(), nullable=False),
        sa.Column("to_minute", sa.Integer(), nullable=False),
        sa.Column("bought_at", UtcTime(), nullable=False),
        sa.Column("expires_at", UtcTime(), nullable=True),
        sa.CheckConstraint(
            "seconds_left BETWEEN 0 AND seconds", name=op.f("member_offers_left_check")
        ),
        sa.ForeignKeyConstraint(
            ["center_id"], ["centers.id"], name=op.f("member_offers_center_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("member_offers_pkey")),
    )
    op.create_index(
        "member_offers_member_ix", "member_offers", ["center_id", "member_id", "id"], unique=False
    )


def _offers() -> None:
    op.create_table(
        "offers",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("center_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("price_micros", sa.BigInteger(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("weekdays", sa.Text(), nullable=False),
        sa.Column("from_minute", sa.Integer(), nullable=False),
        sa.Column("to_minute", sa.Integer(), nullable=False),
        sa.Column("expires_after_days", sa.Integer(), nullable=False),
        sa.Column("expires_after_hours", sa.Integer(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("updated_at", UtcTime(), nullable=False),
        sa.CheckConstraint("minutes > 0", name=op.f("offers_minutes_check")),
        sa.CheckConstraint("price_micros >= 0", name=op.f("offers_price_check")),
        sa.ForeignKeyConstraint(["center_id"], ["centers.id"], name=op.f("offers_center_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("offers_pkey")),
        sa.UniqueConstraint("center_id", "name", name=op.f("offers_center_id_name_key")),
    )


def _pc_sessions() -> None:
    op.create_table(
        "pc_sessions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("center_id", sa.BigInteger(), nullable=False),
        sa.Column("pc_id", sa.BigInteger(), nullable=False),
        sa.Column("pc_name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("started_at", UtcTime(), nullable=False),
        sa.Column("expires_at", UtcTime(), nullable=True),
        sa.Column("ended_at", UtcTime(), nullable=True),
        sa.Column("free_seconds", sa.Integer(), nullable=False),
        sa.Column("minimum_charge_micros", sa.BigInteger(), nullable=False),
        sa.Column("limit_micros", sa.BigInteger(), nullable=True),
        sa.Column("billed_to_at", UtcTime(), nullable=True),
        sa.Column("played_seconds", sa.Integer(), nullable=True),
        sa.Column("cost_micros", sa.BigInteger(), nullable=True),
        sa.Column("from_balance_micros", sa.BigInteger(), nullable=True),
        sa.Column("from_bonus_micros", sa.BigInteger(), nullable=True),
        sa.Column("refund_micros", sa.BigInteger(), nullable=True),
        sa.Column("payment", sa.Text(), nullable=True),
        sa.Column("ended_by", sa.Text(), nullable=True),
        sa.Column("transfer_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["center_id"], ["centers.id"], name=op.f("pc_sessions_center_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pc_sessions_pkey")),
    )
    op.create_index(
        "pc_sessions_due_ix",
        "pc_sessions",
        ["expires_at"],
        unique=False,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index(
        "pc_sessions_member_ix", "pc_sessions", ["center_id", "member_id", "id"], unique=False
    )
    op.create_index(
        "pc_sessions_open_member_key",
        "pc_sessions",
        ["center_id", "member_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index(
        "pc_sessions_open_pc_key",
        "pc_sessions",
        ["center_id", "pc_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )


def _prices() -> None:
    op.create_table(
        "prices",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("center_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("pc_group_id", sa.BigInteger(), nullable=True),
        sa.Column("member_group_id", sa.BigInteger(), nullable=True),
        sa.Column("weekdays", sa.Text(), nullable=False),
        sa.Column("from_minute", sa.Integer(), nullable=False),
        sa.Column("to_minute", sa.Integer(), nullable=False),
        sa.Column("price_per_hour_micros", sa.BigInteger(), nullable=False),
        sa.Column("created_at", UtcTime(), nullable=False),
        sa.CheckConstraint("from_minute BETWEEN 0 AND 1439", name=op.f("prices_from_check")),
        sa.CheckConstraint("price_per_hour_micros >= 0", name=op.f("prices_price_check")),
        sa.CheckConstraint("to_minute BETWEEN 1 AND 1440", name=op.f("prices_to_check")),
        sa.ForeignKeyConstraint(["center_id"], ["centers.id"], name=op.f("prices_center_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("prices_pkey")),
        sa.UniqueConstraint("center_id", "name", name=op.f("prices_center_id_name_key")),
    )


def _pc_session_segments() -> None:
    op.create_table(
        "pc_session_segments",
        sa.Column("session_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("center_id", sa.BigInteger(), nullable=False),
        sa.Column("pc_name", sa.Text(), nullable=False),
        sa.Column("from_at", UtcTime(), nullable=False),
        sa.Column("to_at", UtcTime(), nullable=True),
        sa.Column("tariff", sa.Text(), nullable=False),
        sa.Column("packages", Json(), nullable=False),
        sa.Column("is_free", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"], ["pc_sessions.id"], name=op.f("pc_session_segments_session_id_fkey")
        ),
        sa.PrimaryKeyConstraint("session_id", "number", name=op.f("pc_session_segments_pkey")),
    )
