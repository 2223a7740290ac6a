"""One row per top-up, refund or loan; its id is the order number of the wire."""

from __future__ import annotations

import sqlalchemy as sa

from lanhouse.db.digested import digested
from lanhouse.db.tables import metadata
from lanhouse.db.types import BigId, Money, UtcTime

topups = sa.Table(
    "topups",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    # No foreign keys to centre and member: the command has locked the member's row, and members
    # are never removed (billing_logs.tables tells why the centre has none).
    sa.Column("center_id", sa.BigInteger, nullable=False),
    sa.Column("member_id", sa.BigInteger, nullable=False),
    sa.Column("at", UtcTime, nullable=False),
    # schemas.Kind.
    sa.Column("kind", sa.Text, nullable=False),
    # cash, card, qr, mixed (a refund by several tenders); empty for a loan.
    sa.Column("payment", sa.Text, nullable=False),
    # Money put on the balance; negative for a refund or a repayment.
    sa.Column("value_micros", Money, nullable=False),
    # Given positive, taken back negative; what had been spent and came from the balance counts.
    sa.Column("bonus_micros", Money, nullable=False),
    sa.Column("coin_micros", Money, nullable=False),
    sa.Column("point_micros", Money, nullable=False),
    # What a later refund may still undo of this top-up: money, and the bonus that went with it.
    sa.Column("refundable_micros", Money, nullable=False),
    sa.Column("refundable_bonus_micros", Money, nullable=False),
    # The coins that went with it, likewise; server default for what is older (decision 0155).
    sa.Column("refundable_coin_micros", Money, nullable=False, server_default="0"),
    sa.Column("comment", sa.Text, nullable=False),
    sa.Column("staff_id", sa.BigInteger, nullable=False),
    sa.Column("staff_name", sa.Text, nullable=False),
    sa.Column("transfer_id", sa.BigInteger, nullable=False),
    sa.Index("topups_member_ix", "center_id", "member_id", "id"),
    # What members have topped up in a month (own_limits).
    sa.Index("topups_member_at_ix", "center_id", "member_id", "at"),
)

digested(
    topups,
    2,
    "center_id",
    "member_id",
    "at",
    "kind",
    "payment",
    "value_micros",
    "bonus_micros",
    "coin_micros",
    "point_micros",
    "refundable_micros",
    "refundable_bonus_micros",
    "staff_id",
    "transfer_id",
    later=(("refundable_coin_micros",),),
)
