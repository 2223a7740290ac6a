"""Payments by QR code, and what gateways told.

Revision: 0051, after: 0050.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lanhouse.db.types import BigId, Money, UtcTime

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None

_IS_PENDING = sa.column("status", sa.Text) == sa.literal_column("'pending'")
_IS_OPEN = sa.column("state", sa.Text).in_(
    [sa.literal_column("'open'"), sa.literal_column("'refunding'")]
)


def upgrade() -> None:
    """Nobody has paid by a gateway yet."""
    op.create_table(
        "payment_orders",
        sa.Column("id", BigId, primary_key=True),
        sa.Column("center_id", sa.BigInteger, sa.ForeignKey("centers.id"), nullable=False),
        sa.Column("at", UtcTime, nullable=False),
        sa.Column("purpose", sa.Text, nullable=False),
        sa.Column("member_id", sa.BigInteger, nullable=False),
        sa.Column("order_id", sa.BigInteger),
        sa.Column("gateway", sa.Text, nullable=False),
        sa.Column("amount_micros", Money, nullable=False),
        sa.Column("promo_code", sa.Text, nullable=False),
        sa.Column("pc_name", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("expires_at", UtcTime, nullable=False),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("external_id", sa.Text, nullable=False),
        sa.Column("paid_at", UtcTime),
        sa.Column("is_late", sa.Boolean, nullable=False),
        sa.Column("went_to", sa.Text, nullable=False),
        sa.Column("transfer_id", sa.BigInteger),
        sa.Column("staff_id", sa.BigInteger, nullable=False),
        sa.Column("staff_name", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
    )
    op.create_index("payment_orders_center_ix", "payment_orders", ["center_id", "id"])
    op.create_index("payment_orders_member_ix", "payment_orders", ["center_id", "member_id", "id"])
    op.create_index(
        "payment_orders_pending_ix",
        "payment_orders",
        ["center_id", "id"],
        sqlite_where=_IS_PENDING,
        postgresql_where=_IS_PENDING,
    )
    op.create_table(
        "payment_notices",
        sa.Column("id", BigId, primary_key=True),
        sa.Column("center_id", sa.BigInteger, sa.ForeignKey("centers.id"), nullable=False),
        sa.Column("at", UtcTime, nullable=False),
        sa.Column("gateway", sa.Text, nullable=False),
        sa.Column("external_id", sa.Text, nullable=False),
        sa.Column("order_text", sa.Text, nullable=False),
        sa.Column("payment_order_id", sa.BigInteger),
        sa.Column("amount_micros", Money, nullable=False),
        sa.Column("currency", sa.Text, nullable=False),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("member_id", sa.BigInteger, nullable=False),
        sa.Column("transfer_id", sa.BigInteger),
        sa.Column("resolved_at", UtcTime),
        sa.Column("staff_id", sa.BigInteger, nullable=False),
        sa.Column("staff_name", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.UniqueConstraint("center_id", "gateway", "external_id"),
    )
    op.create_index(
        "payment_notices_order_ix", "payment_notices", ["center_id", "payment_order_id"]
    )
    op.create_index(
        "payment_notices_open_ix",
        "payment_notices",
        ["center_id", "id"],
        sqlite_where=_IS_OPEN,
        postgresql_where=_IS_OPEN,
    )


def downgrade() -> None:
    """What was paid stays in ledger and log."""
    op.drop_table("payment_notices")
    op.drop_table("payment_orders")
