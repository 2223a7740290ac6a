"""Offers (time packages) and those that members own."""

from __future__ import annotations

import sqlalchemy as sa

from lanhouse.db.carried import carried
from lanhouse.db.digested import digested
from lanhouse.db.tables import metadata
from lanhouse.db.types import BigId, Money, UtcTime

_EVERY_DAY = "7|1|2|3|4|5|6|"
_DAY_ENDS = "1440"
_HAS_BARCODE = sa.column("barcode", sa.Text) != sa.literal_column("''")

offers = sa.Table(
    "offers",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("center_id", sa.BigInteger, sa.ForeignKey("centers.id"), nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("description", sa.Text, nullable=False),
    sa.Column("price_micros", Money, nullable=False),
    # Minutes of PC time that it gives.
    sa.Column("minutes", sa.Integer, nullable=False),
    # The higher one is used first.
    sa.Column("priority", sa.Integer, nullable=False),
    # When it can be used, by the centre's wall clock; as in prices.
    sa.Column("weekdays", sa.Text, nullable=False),
    sa.Column("from_minute", sa.Integer, nullable=False),
    sa.Column("to_minute", sa.Integer, nullable=False),
    # When it is sold, likewise.
    sa.Column("show_weekdays", sa.Text, nullable=False, server_default=_EVERY_DAY),
    sa.Column("show_from_minute", sa.Integer, nullable=False, server_default="0"),
    sa.Column("show_to_minute", sa.Integer, nullable=False, server_default=_DAY_ENDS),
    # The fixed period in which it can be used; empty = no such bound.
    sa.Column("available_from", UtcTime),
    sa.Column("available_to", UtcTime),
    # How long it lives after it was bought; 0 days and 0 hours = for ever.
    sa.Column("expires_after_days", sa.Integer, nullable=False),
    sa.Column("expires_after_hours", sa.Integer, nullable=False),
    # Only for these groups, as `|3|5|`; empty = for all.
    sa.Column("pc_groups", sa.Text, nullable=False, server_default=""),
    sa.Column("member_groups", sa.Text, nullable=False, server_default=""),
    # It begins at its hour whatever package is in use then.
    sa.Column("is_auto_start", sa.Boolean, nullable=False, server_default=sa.false()),
    # Whether the offer discount of a member's group is taken off.
    sa.Column("allows_discount", sa.Boolean, nullable=False, server_default=sa.false()),
    # What it costs who pays with coins; 0 = it is not for coins.
    sa.Column("coin_price_micros", Money, nullable=False, server_default="0"),
    # What it costs the house.
    sa.Column("cost_micros", Money, nullable=False, server_default="0"),
    # Empty: none.
    sa.Column("barcode", sa.Text, nullable=False, server_default=""),
    sa.Column("is_promoted", sa.Boolean, nullable=False, server_default=sa.false()),
    # Whether players may buy it at their seats.
    sa.Column("is_sold_at_seats", sa.Boolean, nullable=False, server_default=sa.true()),
    # Only active offers are sold; those sold before stay usable.
    sa.Column("is_active", sa.Boolean, nullable=False),
    sa.Column("updated_at", UtcTime, nullable=False),
    sa.UniqueConstraint("center_id", "name"),
    sa.CheckConstraint("price_micros >= 0", name="price"),
    sa.CheckConstraint("minutes > 0", name="minutes"),
    sa.Index(
        "offers_barcode_key",
        "center_id",
        "barcode",
        unique=True,
        sqlite_where=_HAS_BARCODE,
        postgresql_where=_HAS_BARCODE,
    ),
)

member_offers = sa.Table(
    "member_offers",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("center_id", sa.BigInteger, sa.ForeignKey("centers.id"), nullable=False),
    sa.Column("member_id", sa.BigInteger, nullable=False),
    # The offer it was; that one may be changed or deleted, what was bought stays as it was.
    sa.Column("offer_id", sa.BigInteger, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    # What was paid for it in money, the discount of the member's group taken off.
    sa.Column("price_micros", Money, nullable=False),
    sa.Column("seconds", sa.Integer, nullable=False),
    # Without what a running session has used of it: that is taken off when the session ends.
    sa.Column("seconds_left", sa.Integer, nullable=False),
    sa.Column("priority", sa.Integer, nullable=False),
    sa.Column("weekdays", sa.Text, nullable=False),
    sa.Column("from_minute", sa.Integer, nullable=False),
    sa.Column("to_minute", sa.Integer, nullable=False),
    sa.Column("bought_at", UtcTime, nullable=False),
    sa.Column("expires_at", UtcTime),
    # --- what was agreed at the sale beside that; packages of before have none of it ---
    sa.Column("pc_groups", sa.Text, nullable=False, server_default=""),
    sa.Column("member_groups", sa.Text, nullable=False, server_default=""),
    # When its life begins; empty = with its sale.
    sa.Column("usable_from", UtcTime),
    sa.Column("is_auto_start", sa.Boolean, nullable=False, server_default=sa.false()),
    # Booked time of one PC; empty = of every PC that suits.
    sa.Column("pc_id", sa.BigInteger),
    # --- how it was paid ---
    # cash, card, qr, balance or coin, gift where nobody did; empty: sold before this was kept.
    sa.Column("payment", sa.Text, nullable=False, server_default=""),
    # The part of the price that the bonus paid.
    sa.Column("from_bonus_micros", Money, nullable=False, server_default="0"),
    # Paid in coins instead of money, in micros of a coin.
    sa.Column("coin_micros", Money, nullable=False, server_default="0"),
    # The sale in the ledger; empty where nothing was paid.
    sa.Column("transfer_id", sa.BigInteger),
    # The tax in the price.
    sa.Column("tax_micros", Money, nullable=False, server_default="0"),
    # --- written once, when it is given back ---
    sa.Column("refunded_at", UtcTime),
    # In money, or of one paid in coins in micros of a coin.
    sa.Column("refund_micros", Money, nullable=False, server_default="0"),
    sa.Column("refund_transfer_id", sa.BigInteger),
    # Why, in the words of who gave it back.
    sa.Column("comment", sa.Text, nullable=False, server_default=""),
    sa.CheckConstraint("seconds_left BETWEEN 0 AND seconds", name="left"),
    sa.Index("member_offers_center_ix", "center_id", "id"),
    sa.Index("member_offers_member_ix", "center_id", "member_id", "id"),
    sa.Index("member_offers_offer_ix", "center_id", "offer_id", "id"),
)

digested(
    member_offers,
    6,
    "center_id",
    "member_id",
    "offer_id",
    "price_micros",
    "seconds",
    "seconds_left",
    "priority",
    "weekdays",
    "from_minute",
    "to_minute",
    "bought_at",
    "expires_at",
    later=(
        (
            *("pc_groups", "member_groups", "usable_from", "is_auto_start"),
            *("payment", "from_bonus_micros", "coin_micros", "transfer_id"),
            *("refunded_at", "refund_micros", "refund_transfer_id"),
        ),
        ("tax_micros",),
        ("pc_id",),
    ),
)

carried(offers)
