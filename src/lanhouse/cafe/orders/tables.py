"""Orders, their lines, and every payment and refund of one."""

from __future__ import annotations

import sqlalchemy as sa

from lanhouse.db.digested import digested
from lanhouse.db.tables import metadata
from lanhouse.db.types import BigId, Money, UtcTime

_IS_OPEN = sa.column("status", sa.Text).in_(
    [sa.literal_column("'pending'"), sa.literal_column("'preparing'")]
)
_IS_OWED = sa.column("paid_at", UtcTime).is_(None) & (
    sa.column("status", sa.Text) != sa.literal_column("'cancelled'")
)
_IS_PACKAGE = sa.column("member_offer_id", sa.BigInteger).is_not(None)

# No foreign keys to members and PCs: an order outlives both.
orders = sa.Table(
    "orders",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("center_id", sa.BigInteger, sa.ForeignKey("centers.id"), nullable=False),
    # When it was placed.
    sa.Column("at", UtcTime, nullable=False),
    # schemas.Source: desk, seat or api.
    sa.Column("source", sa.Text, nullable=False),
    # schemas.Status: where the goods are. Whether they are paid is another matter (paid_at).
    sa.Column("status", sa.Text, nullable=False),
    # How it is or will be paid: a tender, coin, later, seat (cash when it is served) or mixed.
    sa.Column("payment", sa.Text, nullable=False),
    # Who pays, as he was called then; 0 and empty for somebody at the desk.
    sa.Column("member_id", sa.BigInteger, nullable=False),
    sa.Column("member_account", sa.Text, nullable=False),
    # Where it is brought to; NULL and empty: it is handed over at the desk.
    sa.Column("pc_id", sa.BigInteger),
    sa.Column("pc_name", sa.Text, nullable=False),
    # The sums of its lines, tax included; 0 when it is paid in coins.
    sa.Column("total_micros", Money, nullable=False),
    sa.Column("tax_micros", Money, nullable=False),
    sa.Column("coin_micros", Money, nullable=False),
    # Taken off by hand, in hundredths of a percent, and why.
    sa.Column("discount", sa.Integer, nullable=False),
    sa.Column("discount_reason", sa.Text, nullable=False),
    sa.Column("paid_at", UtcTime),
    # When its status changed last, by whom, and why it was cancelled.
    sa.Column("changed_at", UtcTime, nullable=False),
    sa.Column("changed_by_id", sa.BigInteger, nullable=False),
    sa.Column("changed_by_name", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    # Of the total and the coins, what was given back.
    sa.Column("refunded_micros", Money, nullable=False),
    sa.Column("refunded_coin_micros", Money, nullable=False),
    # What the guest wants: "no sugar".
    sa.Column("note", sa.Text, nullable=False),
    # Who placed it, as in billing_logs: 0 and "API" for an API key, 0 and "" for a seat.
    sa.Column("staff_id", sa.BigInteger, nullable=False),
    sa.Column("staff_name", sa.Text, nullable=False),
    sa.CheckConstraint("refunded_micros BETWEEN 0 AND total_micros", name="refunded"),
    sa.CheckConstraint("refunded_coin_micros BETWEEN 0 AND coin_micros", name="refunded_coin"),
    sa.Index("orders_center_ix", "center_id", "id"),
    sa.Index("orders_at_ix", "center_id", "at", "id"),
    sa.Index("orders_member_ix", "center_id", "member_id", "id"),
    sa.Index("orders_status_ix", "center_id", "status", "id"),
    # What still has to be brought, in the order in which it came.
    sa.Index(
        "orders_open_ix",
        "center_id",
        "id",
        sqlite_where=_IS_OPEN,
        postgresql_where=_IS_OPEN,
    ),
    sa.Index(
        "orders_owed_ix",
        "center_id",
        "member_id",
        "id",
        sqlite_where=_IS_OWED,
        postgresql_where=_IS_OWED,
    ),
)

order_lines = sa.Table(
    "order_lines",
    metadata,
    sa.Column(
        "order_id",
        sa.BigInteger,
        sa.ForeignKey("orders.id"),
        primary_key=True,
        autoincrement=False,
    ),
    # 1, 2, 3 … within the order.
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("center_id", sa.BigInteger, nullable=False),
    # products.schemas.Source, and the id of the product or the offer.
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("item_id", sa.BigInteger, nullable=False),
    # Everything as it was when it was ordered: a price that is changed later changes nothing here.
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("quantity", sa.BigInteger, nullable=False),
    # Of one piece: what it is sold for, in money and in coins, and what it cost the house.
    sa.Column("price_micros", Money, nullable=False),
    sa.Column("coin_price_micros", Money, nullable=False),
    sa.Column("cost_micros", Money, nullable=False),
    # 1 to 3, 0 = none; its rate in micros of one percent.
    sa.Column("tax_id", sa.Integer, nullable=False),
    sa.Column("tax_rate_micros", Money, nullable=False),
    sa.Column("is_tax_included", sa.Boolean, nullable=False),
    # What was taken off, in hundredths of a percent.
    sa.Column("discount", sa.Integer, nullable=False),
    # Net and tax make what is paid for the line; both 0 when it is paid in coins.
    sa.Column("net_micros", Money, nullable=False),
    sa.Column("tax_micros", Money, nullable=False),
    sa.Column("coin_micros", Money, nullable=False),
    # Pieces that were given back, and what was paid back for them.
    sa.Column("refunded_quantity", sa.BigInteger, nullable=False),
    sa.Column("refunded_net_micros", Money, nullable=False),
    sa.Column("refunded_tax_micros", Money, nullable=False),
    sa.Column("refunded_coin_micros", Money, nullable=False),
    # Of a line of a package the package that was bought: each is a line of its own.
    sa.Column("member_offer_id", sa.BigInteger),
    sa.CheckConstraint("quantity > 0", name="quantity"),
    sa.CheckConstraint("refunded_quantity BETWEEN 0 AND quantity", name="refunded"),
    sa.Index("order_lines_item_ix", "center_id", "source", "item_id", "order_id"),
    sa.Index(
        "order_lines_package_ix",
        "center_id",
        "member_offer_id",
        sqlite_where=_IS_PACKAGE,
        postgresql_where=_IS_PACKAGE,
    ),
)

order_payments = sa.Table(
    "order_payments",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("center_id", sa.BigInteger, nullable=False),
    sa.Column("order_id", sa.BigInteger, sa.ForeignKey("orders.id"), nullable=False),
    sa.Column("at", UtcTime, nullable=False),
    # The tender of money/tenders, or coin. QR money that goes back goes back as cash.
    sa.Column("tender", sa.Text, nullable=False),
    # Paid positive, given back negative; coins where the tender is coin.
    sa.Column("amount_micros", Money, nullable=False),
    # The cash that was handed over for it; the rest was change. 0: not told.
    sa.Column("given_micros", Money, nullable=False),
    sa.Column("transfer_id", sa.BigInteger, nullable=False),
    sa.Column("staff_id", sa.BigInteger, nullable=False),
    sa.Index("order_payments_order_ix", "order_id", "id"),
    sa.Index("order_payments_transfer_ix", "center_id", "transfer_id"),
)

digested(
    orders,
    391,
    *("center_id", "at", "source", "status", "payment", "member_id", "pc_id", "total_micros"),
    *("tax_micros", "coin_micros", "discount", "paid_at", "changed_at", "changed_by_id"),
    *("refunded_micros", "refunded_coin_micros", "staff_id"),
)
digested(
    order_lines,
    392,
    *("center_id", "source", "item_id", "quantity", "price_micros", "coin_price_micros"),
    *("cost_micros", "tax_id", "tax_rate_micros", "is_tax_included", "discount", "net_micros"),
    *("tax_micros", "coin_micros", "refunded_quantity", "refunded_net_micros"),
    *("refunded_tax_micros", "refunded_coin_micros"),
    later=(("member_offer_id",),),
)
digested(
    order_payments,
    393,
    *("center_id", "order_id", "at", "tender", "amount_micros", "given_micros", "transfer_id"),
    "staff_id",
)
