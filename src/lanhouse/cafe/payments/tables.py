"""Orders for payments, and what the gateways told that was paid."""

from __future__ import annotations

import sqlalchemy as sa

from lanhouse.db.digested import digested
from lanhouse.db.tables import metadata
from lanhouse.db.types import BigId, Money, UtcTime

_IS_PENDING = sa.column("status", sa.Text) == sa.literal_column("'pending'")
_IS_OPEN = sa.column("state", sa.Text).in_(
    [sa.literal_column("'open'"), sa.literal_column("'refunding'")]
)

# No foreign keys to members and orders: what was paid outlives both.
payment_orders = sa.Table(
    "payment_orders",
    metadata,
    # The order number of the wire.
    sa.Column("id", BigId, primary_key=True),
    sa.Column("center_id", sa.BigInteger, sa.ForeignKey("centers.id"), nullable=False),
    sa.Column("at", UtcTime, nullable=False),
    # schemas.Purpose: what the money is for.
    sa.Column("purpose", sa.Text, nullable=False),
    # Whose account; 0 = an order of goods of somebody without one.
    sa.Column("member_id", sa.BigInteger, nullable=False),
    # The order of goods that it pays.
    sa.Column("order_id", sa.BigInteger),
    # schemas.GATEWAYS: which one was asked. Its notices alone count.
    sa.Column("gateway", sa.Text, nullable=False),
    sa.Column("amount_micros", Money, nullable=False),
    # The promo code that a top-up was begun with.
    sa.Column("promo_code", sa.Text, nullable=False),
    sa.Column("pc_name", sa.Text, nullable=False),
    # schemas.Status. What is pending past its time counts as cancelled for whoever asks.
    sa.Column("status", sa.Text, nullable=False),
    # Until when one should pay; what comes later is credited all the same, and flagged.
    sa.Column("expires_at", UtcTime, nullable=False),
    # Where one pays, and what the gateway calls the payment; empty until it has answered.
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("external_id", sa.Text, nullable=False),
    sa.Column("paid_at", UtcTime),
    # It came after its time, or after it was cancelled.
    sa.Column("is_late", sa.Boolean, nullable=False),
    # schemas.WentTo: where the money went; empty while nothing came.
    sa.Column("went_to", sa.Text, nullable=False),
    # The ledger's transfer of the money.
    sa.Column("transfer_id", sa.BigInteger),
    # Who confirmed or cancelled it; 0 and empty: a notice, or nobody yet.
    sa.Column("staff_id", sa.BigInteger, nullable=False),
    sa.Column("staff_name", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Index("payment_orders_center_ix", "center_id", "id"),
    sa.Index("payment_orders_member_ix", "center_id", "member_id", "id"),
    sa.Index(
        "payment_orders_pending_ix",
        *("center_id", "id"),
        sqlite_where=_IS_PENDING,
        postgresql_where=_IS_PENDING,
    ),
)

# Notices whose signature was right, each once: a second one of the same payment finds its row.
payment_notices = sa.Table(
    "payment_notices",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("center_id", sa.BigInteger, sa.ForeignKey("centers.id"), nullable=False),
    sa.Column("at", UtcTime, nullable=False),
    sa.Column("gateway", sa.Text, nullable=False),
    # What the gateway calls the payment.
    sa.Column("external_id", sa.Text, nullable=False),
    # The number that it named, as it was written; and the order of ours that it is.
    sa.Column("order_text", sa.Text, nullable=False),
    sa.Column("payment_order_id", sa.BigInteger),
    sa.Column("amount_micros", Money, nullable=False),
    sa.Column("currency", sa.Text, nullable=False),
    # schemas.Outcome: what it was found to be.
    sa.Column("outcome", sa.Text, nullable=False),
    # schemas.State: whether somebody still has to look at it.
    sa.Column("state", sa.Text, nullable=False),
    # Whom it was credited to by hand, and the transfer of that.
    sa.Column("member_id", sa.BigInteger, nullable=False),
    sa.Column("transfer_id", sa.BigInteger),
    sa.Column("resolved_at", UtcTime),
    sa.Column("staff_id", sa.BigInteger, nullable=False),
    sa.Column("staff_name", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.UniqueConstraint("center_id", "gateway", "external_id"),
    sa.Index("payment_notices_order_ix", "center_id", "payment_order_id"),
    sa.Index(
        "payment_notices_open_ix",
        *("center_id", "id"),
        sqlite_where=_IS_OPEN,
        postgresql_where=_IS_OPEN,
    ),
)

digested(
    payment_orders,
    560,
    *("center_id", "at", "purpose", "member_id", "order_id", "gateway", "amount_micros"),
    *("promo_code", "status", "expires_at", "external_id", "paid_at", "is_late", "went_to"),
    *("transfer_id", "staff_id"),
)
digested(
    payment_notices,
    561,
    *("center_id", "at", "gateway", "external_id", "order_text", "payment_order_id"),
    *("amount_micros", "currency", "outcome", "state", "member_id", "transfer_id"),
    *("resolved_at", "staff_id"),
)
