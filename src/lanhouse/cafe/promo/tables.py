"""Promo codes, and who has used them."""

from __future__ import annotations

import sqlalchemy as sa

from lanhouse.db.carried import carried
from lanhouse.db.digested import digested
from lanhouse.db.tables import metadata
from lanhouse.db.types import BigId, Money, UtcTime

_IS_THERE = sa.column("deleted_at").is_(None)

promo_codes = sa.Table(
    "promo_codes",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("center_id", sa.BigInteger, nullable=False),
    # The code as it is printed, and without difference of case; unique among those that are there.
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("name_key", sa.Text, nullable=False),
    # How often it may be used in all, and how often it was.
    sa.Column("quantity", sa.Integer, nullable=False),
    sa.Column("used", sa.Integer, nullable=False),
    # schemas.Gift: what `amount_micros` is.
    sa.Column("gift", sa.Text, nullable=False),
    # Money or coins, or micros of a percent of what is topped up.
    sa.Column("amount_micros", Money, nullable=False),
    # schemas.Purpose.
    sa.Column("purpose", sa.Text, nullable=False),
    # From then on it is refused; NULL = never.
    sa.Column("expires_at", UtcTime),
    sa.Column("created_at", UtcTime, nullable=False),
    sa.Column("updated_at", UtcTime, nullable=False),
    # A deleted one stays, because uses name it.
    sa.Column("deleted_at", UtcTime),
    sa.Index(
        "promo_codes_name_ix",
        "center_id",
        "name_key",
        unique=True,
        sqlite_where=_IS_THERE,
        postgresql_where=_IS_THERE,
    ),
    sa.CheckConstraint("used BETWEEN 0 AND quantity", name="used"),
    sa.CheckConstraint("amount_micros > 0", name="amount"),
)

# One row per use. A member uses a code once, whatever becomes of the top-up.
promo_uses = sa.Table(
    "promo_uses",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("center_id", sa.BigInteger, nullable=False),
    sa.Column("promo_id", sa.BigInteger, nullable=False),
    sa.Column("member_id", sa.BigInteger, nullable=False),
    sa.Column("at", UtcTime, nullable=False),
    # What it gave.
    sa.Column("bonus_micros", Money, nullable=False),
    sa.Column("coin_micros", Money, nullable=False),
    # The ledger's transfer that gave it.
    sa.Column("transfer_id", sa.BigInteger, nullable=False),
    sa.Index("promo_uses_member_ix", "center_id", "promo_id", "member_id", unique=True),
)

carried(promo_codes)
digested(
    promo_uses,
    154,
    *("center_id", "promo_id", "member_id", "at", "bonus_micros", "coin_micros", "transfer_id"),
)
