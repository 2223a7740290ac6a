"""PCs that are started together, bills of several sessions or payers, and what is paid later.

Revision: 0043, after: 0042.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from lanhouse.db.types import Json, UtcTime

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None

_centers = sa.table("centers", sa.column("id", sa.BigInteger), sa.column("settings", Json))
_SUMS = ("cost_micros", "carried_micros", "own_micros", "paid_micros")
_SUMS += ("later_micros", "refund_micros")
_BALANCED = "cost_micros + carried_micros = own_micros + paid_micros + later_micros"


def upgrade() -> None:
    """Empty tables. `pay_later` was a switch that nothing obeyed; now it names member groups."""
    _create_bundles()
    _create_bills()
    at = op.get_bind()
    for row in at.execute(sa.select(_centers.c.id, _centers.c.settings)).all():
        payment = row.settings.get("payment", {})
        if isinstance(payment.get("pay_later"), bool | int):
            rest = {name: value for name, value in payment.items() if name != "pay_later"}
            settings = {**row.settings, "payment": rest}
            at.execute(sa.update(_centers).where(_centers.c.id == row.id).values(settings=settings))


def _create_bundles() -> None:
    op.create_table(
        "session_bundles",
        _id(),
        _number("center_id"),
        sa.Column("kind", sa.Text(), nullable=False),
        _number("room_id", nullable=True),
        sa.Column("room_name", sa.Text(), nullable=False),
        sa.Column("started_at", UtcTime(), nullable=False),
        _number("staff_id"),
        sa.PrimaryKeyConstraint("id", name=op.f("session_bundles_pkey")),
    )
    op.create_table(
        "session_bundle_seats",
        _key("bundle_id"),
        _key("session_id"),
        _number("center_id"),
        sa.Column("joined_at", UtcTime(), nullable=False),
        sa.Column("left_at", UtcTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["bundle_id"], ["session_bundles.id"], name=op.f("session_bundle_seats_bundle_id_fkey")
        ),
        sa.PrimaryKeyConstraint("bundle_id", "session_id", name=op.f("session_bundle_seats_pkey")),
    )
    op.create_index(
        "session_bundle_seats_session_key",
        "session_bundle_seats",
        ["center_id", "session_id"],
        unique=True,
        sqlite_where=sa.text("left_at IS NULL"),
        postgresql_where=sa.text("left_at IS NULL"),
    )


def _create_bills() -> None:
    op.create_table(
        "session_bills",
        _id(),
        _number("center_id"),
        _number("bundle_id", nullable=True),
        sa.Column("at", UtcTime(), nullable=False),
        *map(_number, _SUMS),
        _number("staff_id"),
        sa.Column("staff_name", sa.Text(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.CheckConstraint(_BALANCED, name=op.f("session_bills_sum_check")),
        sa.PrimaryKeyConstraint("id", name=op.f("session_bills_pkey")),
    )
    op.create_index("session_bills_bundle_ix", "session_bills", ["center_id", "bundle_id"])
    op.create_table(
        "session_bill_sessions",
        _key("bill_id"),
        _key("session_id"),
        _number("center_id"),
        *map(_number, _SUMS),
        sa.CheckConstraint(_BALANCED, name=op.f("session_bill_sessions_sum_check")),
        sa.ForeignKeyConstraint(
            ["bill_id"], ["session_bills.id"], name=op.f("session_bill_sessions_bill_id_fkey")
        ),
        sa.PrimaryKeyConstraint("bill_id", "session_id", name=op.f("session_bill_sessions_pkey")),
    )
    op.create_index(
        "session_bill_sessions_session_ix", "session_bill_sessions", ["center_id", "session_id"]
    )
    op.create_table(
        "session_bill_payers",
        _key("bill_id"),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        _number("center_id"),
        sa.Column("tender", sa.Text(), nullable=False),
        _number("amount_micros"),
        _number("member_id"),
        sa.CheckConstraint("amount_micros > 0", name=op.f("session_bill_payers_amount_check")),
        sa.ForeignKeyConstraint(
            ["bill_id"], ["session_bills.id"], name=op.f("session_bill_payers_bill_id_fkey")
        ),
        sa.PrimaryKeyConstraint("bill_id", "number", name=op.f("session_bill_payers_pkey")),
    )
    op.create_table(
        "session_debts",
        _key("session_id"),
        _number("center_id"),
        _number("member_id"),
        sa.Column("pc_name", sa.Text(), nullable=False),
        _number("bill_id"),
        sa.Column("since", UtcTime(), nullable=False),
        _number("amount_micros"),
        _number("paid_bill_id", nullable=True),
        sa.PrimaryKeyConstraint("session_id", name=op.f("session_debts_pkey")),
    )
    op.create_index(
        "session_debts_open_ix",
        "session_debts",
        ["center_id", "since"],
        sqlite_where=sa.text("paid_bill_id IS NULL"),
        postgresql_where=sa.text("paid_bill_id IS NULL"),
    )


def _id() -> sa.Column[Any]:
    return sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False)


def _key(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.BigInteger(), autoincrement=False, nullable=False)


def _number(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.BigInteger(), nullable=nullable)


def downgrade() -> None:
    """Drop the tables; what is owed stays in the ledger as the guests' loans."""
    op.execute("DELETE FROM digest_backlog WHERE table_number IN (70, 71, 72, 73, 74, 75)")
    for table in (
        "session_debts",
        "session_bill_payers",
        "session_bill_sessions",
        "session_bills",
        "session_bundle_seats",
        "session_bundles",
    ):
        op.drop_table(table)
