"""Price rules of PC time."""

from __future__ import annotations

import sqlalchemy as sa

from lanhouse.db.carried import carried
from lanhouse.db.tables import metadata
from lanhouse.db.types import BigId, Money, UtcTime

_IS_DEFAULT = sa.column("is_default", sa.Boolean)

prices = sa.Table(
    "prices",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("center_id", sa.BigInteger, sa.ForeignKey("centers.id"), nullable=False),
    # Rules of one name cost the same; a name may stand at several windows and groups.
    sa.Column("name", sa.Text, nullable=False),
    # Empty = any PC group. 0 is a real group: the default one.
    sa.Column("pc_group_id", sa.BigInteger),
    # Empty = any customer. Negative groups are guests: -1 guest, -2 prepaid, -3 postpaid, …
    sa.Column("member_group_id", sa.BigInteger),
    # As on the wire: `7|1|2|3|4|5|6|`, 7 = Sunday.
    sa.Column("weekdays", sa.Text, nullable=False),
    # Minutes of the day on the centre's wall clock; an end not after the begin crosses midnight.
    sa.Column("from_minute", sa.Integer, nullable=False),
    sa.Column("to_minute", sa.Integer, nullable=False),
    # Empty only on "Default", until somebody has set its price.
    sa.Column("price_per_hour_micros", Money),
    # The rule "Default", which every centre has once and which ranks behind all others.
    sa.Column("is_default", sa.Boolean, nullable=False),
    sa.Column("created_at", UtcTime, nullable=False),
    sa.CheckConstraint("from_minute BETWEEN 0 AND 1439", name="from"),
    sa.CheckConstraint("to_minute BETWEEN 1 AND 1440", name="to"),
    sa.CheckConstraint("price_per_hour_micros >= 0", name="price"),
    sa.CheckConstraint("is_default OR price_per_hour_micros IS NOT NULL", name="priced"),
    sa.CheckConstraint(
        "NOT is_default OR (pc_group_id IS NULL AND member_group_id IS NULL"
        " AND weekdays = '7|1|2|3|4|5|6|' AND from_minute = 0 AND to_minute = 1440)",
        name="default",
    ),
    sa.Index("prices_center_id_name_ix", "center_id", "name"),
    sa.Index(
        "prices_default_key",
        "center_id",
        unique=True,
        sqlite_where=_IS_DEFAULT,
        postgresql_where=_IS_DEFAULT,
    ),
)

carried(prices)
