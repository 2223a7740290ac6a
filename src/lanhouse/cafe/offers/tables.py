"""Offers (time packages) and those that members own."""

from __future__ import annotations

import sqlalchemy as sa

from lanhouse.db.digested import digested
from lanhouse.db.tables import metadata
from lanhouse.db.types import BigId, Money, UtcTime

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
    # How long it lives after it was bought; 0 days and 0 hours = for ever.
    sa.Column("expires_after_days", sa.Integer, nullable=False),
    sa.Column("expires_after_hours", sa.Integer, nullable=False),
    # Only active offers are sold; those sold before stay usable.
    sa.Column("is_active", sa.Boolean, nullable=False),
    sa.Column("updated_at", UtcTime, nullable=False),
    sa.UniqueConstraint("center_id", "name"),
    sa.CheckConstraint("price_micros >= 0", name="price"),
    sa.CheckConstraint("minutes > 0", name="minutes"),
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
    sa.CheckConstraint("seconds_left BETWEEN 0 AND seconds", name="left"),
    sa.Index("member_offers_member_ix", "center_id", "member_id", "id"),
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
)
