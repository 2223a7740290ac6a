"""PC groups and member groups. The groups 0 and below are part of the system and have no row."""

from __future__ import annotations

import sqlalchemy as sa

from lanhouse.db.carried import carried
from lanhouse.db.tables import metadata
from lanhouse.db.types import BigId, Money, UtcTime

pc_groups = sa.Table(
    "pc_groups",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("center_id", sa.BigInteger, sa.ForeignKey("centers.id"), nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    # The name without difference of case; unique per centre.
    sa.Column("name_key", sa.Text, nullable=False),
    sa.Column("description", sa.Text, nullable=False),
    sa.Column("created_at", UtcTime, nullable=False),
    sa.UniqueConstraint("center_id", "name_key"),
)

_PERCENT = "BETWEEN 0 AND 10000"

member_groups = sa.Table(
    "member_groups",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("center_id", sa.BigInteger, sa.ForeignKey("centers.id"), nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    # The name without difference of case; unique per centre.
    sa.Column("name_key", sa.Text, nullable=False),
    sa.Column("description", sa.Text, nullable=False),
    # Discounts in hundredths of a percent: 1250 is 12.50 %.
    sa.Column("product_discount", sa.Integer, nullable=False),
    sa.Column("offer_discount", sa.Integer, nullable=False),
    sa.Column("pc_time_discount", sa.Integer, nullable=False),
    # What of a sale comes back as bonus, likewise; 0 = the setting bonus_cashback_default.
    sa.Column("cashback", sa.Integer, nullable=False, server_default="0"),
    # Points (in micros) from which on a member belongs here, when the centre uses points.
    sa.Column("min_points_micros", Money, nullable=False),
    sa.Column("created_at", UtcTime, nullable=False),
    sa.Column("updated_at", UtcTime, nullable=False),
    sa.UniqueConstraint("center_id", "name_key"),
    sa.CheckConstraint(f"product_discount {_PERCENT}", name="product_discount"),
    sa.CheckConstraint(f"offer_discount {_PERCENT}", name="offer_discount"),
    sa.CheckConstraint(f"pc_time_discount {_PERCENT}", name="pc_time_discount"),
    sa.CheckConstraint("min_points_micros >= 0", name="min_points"),
)

for _table in (pc_groups, member_groups):
    carried(_table)
