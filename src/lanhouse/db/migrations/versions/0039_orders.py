"""Orders of the shop, their lines and payments; the log tells tax and cost of goods.

Revision: 0039, after: 0038.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lanhouse.db.types import UtcTime

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

_LOGS = ("billing_logs", "billing_log_sums")
_TOLD = ("tax_micros", "goods_cost_micros")
_IS_OPEN = sa.text("status IN ('pending', 'preparing')")
_IS_OWED = sa.text("paid_at IS NULL AND status != 'cancelled'")


def _money(*names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.BigInteger(), nullable=False) for name in names]


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text(), nullable=False) for name in names]


def upgrade() -> None:
    """Create the tables; nothing was sold before."""
    _create_orders()
    _create_lines()
    op.create_table(
        "order_payments",
        sa.Column("id", _big_id(), nullable=False),
        *_money("center_id", "order_id"),
        sa.Column("at", UtcTime(), nullable=False),
        *_texts("tender"),
        *_money("amount_micros", "given_micros", "transfer_id", "staff_id"),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("order_payments_order_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("order_payments_pkey")),
    )
    op.create_index("order_payments_order_ix", "order_payments", ["order_id", "id"])
    op.create_index("order_payments_transfer_ix", "order_payments", ["center_id", "transfer_id"])
    op.add_column(
        "shift_handovers", sa.Column("order_ids", sa.Text(), nullable=False, server_default="[]")
    )
    op.execute("DELETE FROM digest_backlog WHERE table_number = 26")
    op.execute(
        "INSERT INTO digest_backlog (table_number, after_id, after_part)"
        " SELECT 26, 0, '' WHERE EXISTS (SELECT 1 FROM shift_handovers)"
    )
    for table in _LOGS:
        for name in _TOLD:
            op.add_column(
                table, sa.Column(name, sa.BigInteger(), nullable=False, server_default="0")
            )


def _create_orders() -> None:
    op.create_table(
        "orders",
        sa.Column("id", _big_id(), nullable=False),
        *_money("center_id"),
        sa.Column("at", UtcTime(), nullable=False),
        *_texts("source", "status", "payment"),
        *_money("member_id"),
        *_texts("member_account"),
        sa.Column("pc_id", sa.BigInteger(), nullable=True),
        *_texts("pc_name"),
        *_money("total_micros", "tax_micros", "coin_micros"),
        sa.Column("discount", sa.Integer(), nullable=False),
        *_texts("discount_reason"),
        sa.Column("paid_at", UtcTime(), nullable=True),
        sa.Column("changed_at", UtcTime(), nullable=False),
        *_money("changed_by_id"),
        *_texts("changed_by_name", "reason"),
        *_money("refunded_micros", "refunded_coin_micros"),
        *_texts("note"),
        *_money("staff_id"),
        *_texts("staff_name"),
        sa.CheckConstraint(
            "refunded_micros BETWEEN 0 AND total_micros", name=op.f("orders_refunded_check")
        ),
        sa.CheckConstraint(
            "refunded_coin_micros BETWEEN 0 AND coin_micros",
            name=op.f("orders_refunded_coin_check"),
        ),
        sa.ForeignKeyConstraint(["center_id"], ["centers.id"], name=op.f("orders_center_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("orders_pkey")),
    )
    op.create_index("orders_center_ix", "orders", ["center_id", "id"])
    op.create_index("orders_at_ix", "orders", ["center_id", "at", "id"])
    op.create_index("orders_member_ix", "orders", ["center_id", "member_id", "id"])
    op.create_index(
        "orders_open_ix",
        "orders",
        ["center_id", "id"],
        sqlite_where=_IS_OPEN,
        postgresql_where=_IS_OPEN,
    )
    op.create_index(
        "orders_owed_ix",
        "orders",
        ["center_id", "member_id", "id"],
        sqlite_where=_IS_OWED,
        postgresql_where=_IS_OWED,
    )


def _create_lines() -> None:
    op.create_table(
        "order_lines",
        sa.Column("order_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        *_money("center_id"),
        *_texts("source"),
        *_money("item_id"),
        *_texts("name"),
        *_money("quantity", "price_micros", "coin_price_micros", "cost_micros"),
        sa.Column("tax_id", sa.Integer(), nullable=False),
        *_money("tax_rate_micros"),
        sa.Column("is_tax_included", sa.Boolean(), nullable=False),
        sa.Column("discount", sa.Integer(), nullable=False),
        *_money("net_micros", "tax_micros", "coin_micros", "refunded_quantity"),
        *_money("refunded_net_micros", "refunded_tax_micros", "refunded_coin_micros"),
        sa.CheckConstraint("quantity > 0", name=op.f("order_lines_quantity_check")),
        sa.CheckConstraint(
            "refunded_quantity BETWEEN 0 AND quantity", name=op.f("order_lines_refunded_check")
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("order_lines_order_id_fkey")
        ),
        sa.PrimaryKeyConstraint("order_id", "number", name=op.f("order_lines_pkey")),
    )
    op.create_index(
        "order_lines_item_ix", "order_lines", ["center_id", "source", "item_id", "order_id"]
    )


def downgrade() -> None:
    """Orders are lost; what they moved stays in the ledger and the log."""
    for name in ("order_payments", "order_lines", "orders"):
        op.drop_table(name)
    op.execute("DELETE FROM digest_backlog WHERE table_number IN (26, 391, 392, 393)")
    op.drop_column("shift_handovers", "order_ids")
    for table in _LOGS:
        with op.batch_alter_table(table) as logs:
            for name in _TOLD:
                logs.drop_column(name)


def _big_id() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")
