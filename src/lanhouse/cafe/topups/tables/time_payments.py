"""Money that was paid in at the desk for a guest's time, one row per payment.

What is topped up stands in `topups`, with the same meaning of `refundable_micros`.
"""

from __future__ import annotations

import sqlalchemy as sa

from lanhouse.db.digested import digested
from lanhouse.db.tables import metadata
from lanhouse.db.types import BigId, Money, UtcTime

time_payments = sa.Table(
    "time_payments",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    # No foreign keys, as in topups.
    sa.Column("center_id", sa.BigInteger, nullable=False),
    sa.Column("member_id", sa.BigInteger, nullable=False),
    sa.Column("at", UtcTime, nullable=False),
    # cash, card, qr.
    sa.Column("payment", sa.Text, nullable=False),
    sa.Column("value_micros", Money, nullable=False),
    # What of it may still be given back: less what was. What was played does not count here, the
    # balance does.
    sa.Column("refundable_micros", Money, nullable=False),
    sa.Column("transfer_id", sa.BigInteger, nullable=False),
    sa.Index("time_payments_member_ix", "center_id", "member_id", "id"),
)

digested(
    time_payments,
    3,
    "center_id",
    "member_id",
    "at",
    "payment",
    "value_micros",
    "refundable_micros",
    "transfer_id",
)
