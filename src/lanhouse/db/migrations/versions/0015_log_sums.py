"""Sums over the billing log by hour, day and 30 days of UTC, made from the rows that there are.

Revision: 0015, after: 0014.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_KEYS = ("center_id", "hours", "start_hour", "event", "subject", "who", "is_refund")
_KEYS += ("staff_name", "member_group_id", "pc_group_id")
_AMOUNTS = ("cash_micros", "card_micros", "qr_micros", "spend_micros", "bonus_micros")
_AMOUNTS += ("coin_micros", "loan_micros", "cost_micros", "other_tender_micros", "used_seconds")
_COUNTED = ("cash", "card", "qr", "spend", "bonus")


def upgrade() -> None:
    """Add the indexes and the table, and fill it: hours from the rows, the rest from them."""
    op.create_index("billing_logs_account_ix", "billing_logs", ["center_id", "member_account"])
    op.create_index("billing_logs_pc_ix", "billing_logs", ["center_id", "pc_name", "at", "id"])
    op.create_index("billing_logs_event_ix", "billing_logs", ["center_id", "event", "at"])
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
        sa.PrimaryKeyConstraint(*_KEYS),
        sqlite_with_rowid=False,
    )
    op.execute(_hours())
    for hours, finer in ((24, 1), (720, 24)):
        op.execute(_coarser(hours, finer))


def downgrade() -> None:
    """Drop them."""
    op.drop_table("billing_log_sums")
    for name in ("event", "pc", "account"):
        op.drop_index(f"billing_logs_{name}_ix", "billing_logs")


def _hours() -> str:
    micros = "at"
    if op.get_bind().dialect.name == "postgresql":
        micros = "CAST(EXTRACT(epoch FROM at) * 1000000 AS BIGINT)"
    money = "(cash_micros + card_micros + qr_micros)"
    refund = (
        f"{money} < 0 OR (event = 'TOPUP' AND (bonus_micros < 0 OR coin_micros < 0))"
        " OR (event = 'OFFER' AND cost_micros < 0)"
    )
    numbers = ", ".join(f"SUM(CASE WHEN {name}_micros <> 0 THEN 1 ELSE 0 END)" for name in _COUNTED)
    return f"""
        INSERT INTO billing_log_sums
        SELECT center_id, 1, {micros} / 3600000000, event, subject,
            CASE WHEN member_id = 0 THEN 0 WHEN member_group_id >= 0 THEN 1 ELSE -1 END,
            CASE WHEN {refund} THEN 1 ELSE 0 END,
            staff_name, member_group_id, COALESCE(pc_group_id, -1),
            COUNT(*), SUM(CASE WHEN {money} <> 0 THEN 1 ELSE 0 END), {numbers},
            {", ".join(f"SUM({name})" for name in _AMOUNTS)}
        FROM billing_logs
        GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
    """  # noqa: S608 (no text from outside)


def _coarser(hours: int, finer: int) -> str:
    columns = ["number", "money_number", *(f"{name}_number" for name in _COUNTED), *_AMOUNTS]
    return f"""
        INSERT INTO billing_log_sums
        SELECT center_id, {hours}, start_hour - start_hour % {hours},
            {", ".join(_KEYS[3:])}, {", ".join(f"SUM({name})" for name in columns)}
        FROM billing_log_sums WHERE hours = {finer}
        GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
    """  # noqa: S608 (no text from outside)
