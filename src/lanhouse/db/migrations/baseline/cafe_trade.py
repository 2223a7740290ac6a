"""Tables of the café: sessions and money, as of revision 0017."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lanhouse.db.types import BigId, Json, UtcTime


def _billing_log_sums() -> None:
    op.create_table(
        "billing_log_sums",
        sa.Column("center_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("hours", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("start_hour", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("who", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("is_refund", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("staff_name", sa.Text(), nullable=False),
        sa.Column("member_group_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("pc_group_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("money_number", sa.BigInteger(), nullable=False),
        sa.Column("cash_number", sa.BigInteger(), nullable=False),
        sa.Column("card_number", sa.BigInteger(), nullable=False),
        sa.Column("qr_number", sa.BigInteger(), nullable=False),
        sa.Column("spend_number", sa.BigInteger(), nullable=False),
        sa.Column("bonus_number", sa.BigInteger(), nullable=False),
        sa.Column("cash_micros", sa.BigInteger(), nullable=False),
        sa.Column("card_micros", sa.BigInteger(), nullable=False),
        sa.Column("qr_micros", sa.BigInteger(), nullable=False),
        sa.Column("spend_micros", sa.BigInteger(), nullable=False),
        sa.Column("bonus_micros", sa.BigInteger(), nullable=False),
        sa.Column("coin_micros", sa.BigInteger(), nullable=False),
        sa.Column("loan_micros", sa.BigInteger(), nullable=False),
        sa.Column("cost_micros", sa.BigInteger(), nullable=False),
        sa.Column("other_tender_micros", sa.BigInteger(), nullable=False),
        sa.Column("used_seconds", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(
            "center_id",
            "hours",
            "start_hour",
            "event",
            "subject",
            "who",
            "is_refund",
            "staff_name",
            "member_group_id",
            "pc_group_id",
            name=op.f("billing_log_sums_pkey"),
        ),
        sqlite_with_rowid=False,
    )


def _billing_logs() -> None:
    op.create_table(
        "billing_logs",
        sa.Column("id", BigId, nullable=False),
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
        sa.Column("other_tender_micros", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("billing_logs_pkey")),
    )
    op.create_index("billing_logs_account_ix", "billing_logs", ["center_id", "member_account"])
    op.create_index("billing_logs_center_at_ix", "billing_logs", ["center_id", "at", "id"])
    op.create_index("billing_logs_event_ix", "billing_logs", ["center_id", "event", "at"])
    op.create_index("billing_logs_member_ix", "billing_logs", ["center_id", "member_id", "id"])
    op.create_index("billing_logs_pc_ix", "billing_logs", ["center_id", "pc_name", "at", "id"])


def _ended_marks() -> None:
    op.create_table(
        "ended_marks",
        sa.Column("center_id", sa.BigInteger(), nullable=False),
        sa.Column("pc_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("session_id", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("center_id", "pc_id", name=op.f("ended_marks_pkey")),
    )


def _free_minutes() -> None:
    op.create_table(
        "free_minutes",
        sa.Column("center_id", sa.BigInteger(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("holder_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("day", sa.Text(), nullable=False),
        sa.Column("used_seconds", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.BigInteger(), nullable=False),
        sa.Column("session_seconds", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("center_id", "holder", "holder_id", name=op.f("free_minutes_pkey")),
    )


def _time_payments() -> None:
    op.create_table(
        "time_payments",
        sa.Column("id", BigId, nullable=False),
        sa.Column("center_id", sa.BigInteger(), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("payment", sa.Text(), nullable=False),
        sa.Column("value_micros", sa.BigInteger(), nullable=False),
        sa.Column("refundable_micros", sa.BigInteger(), nullable=False),
        sa.Column("transfer_id", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("time_payments_pkey")),
    )
    op.create_index("time_payments_member_ix", "time_payments", ["center_id", "member_id", "id"])


def _topups() -> None:
    op.create_table(
        "topups",
        sa.Column("id", BigId, nullable=False),
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
    op.create_index("topups_member_ix", "topups", ["center_id", "member_id", "id"])


def _pc_sessions() -> None:
    op.create_table(
        "pc_sessions",
        sa.Column("id", BigId, nullable=False),
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
        sa.Column("guest_login", sa.LargeBinary(), nullable=True),
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
    op.create_index("pc_sessions_member_ix", "pc_sessions", ["center_id", "member_id", "id"])
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
            ["session_id"],
            ["pc_sessions.id"],
            name=op.f("pc_session_segments_session_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("session_id", "number", name=op.f("pc_session_segments_pkey")),
    )


def create() -> None:
    """Make them, each after those that it refers to."""
    for table in (
        _billing_log_sums,
        _billing_logs,
        _ended_marks,
        _free_minutes,
        _time_payments,
        _topups,
        _pc_sessions,
        _pc_session_segments,
    ):
        table()
