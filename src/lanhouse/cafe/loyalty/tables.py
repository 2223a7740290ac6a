"""What sales gave members, when their bonus ends, and who brought whom."""

from __future__ import annotations

import sqlalchemy as sa

from lanhouse.db.digested import digested
from lanhouse.db.tables import metadata
from lanhouse.db.types import BigId, Money, UtcTime

_IS_LEFT = sa.column("left_micros") > sa.literal_column("0")
_IS_BACKABLE = sa.column("left_paid_micros") > sa.literal_column("0")

# No foreign keys to centre and member, as in topups. One row for each sale that gave something.
rewards = sa.Table(
    "rewards",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("center_id", sa.BigInteger, nullable=False),
    sa.Column("member_id", sa.BigInteger, nullable=False),
    sa.Column("at", UtcTime, nullable=False),
    # money.schemas.Event of the sale, and the ledger's transfer of it.
    sa.Column("event", sa.Text, nullable=False),
    sa.Column("sale_transfer_id", sa.BigInteger, nullable=False),
    # What was paid in money (not in bonus, coins or on loan), and what was given for it.
    sa.Column("paid_micros", Money, nullable=False),
    sa.Column("point_micros", Money, nullable=False),
    sa.Column("bonus_micros", Money, nullable=False),
    # What of these three a refund may still take back.
    sa.Column("left_paid_micros", Money, nullable=False),
    sa.Column("left_point_micros", Money, nullable=False),
    sa.Column("left_bonus_micros", Money, nullable=False),
    sa.Index("rewards_sale_ix", "center_id", "sale_transfer_id", unique=True),
    sa.Index(
        "rewards_member_ix",
        *("center_id", "member_id", "id"),
        sqlite_where=_IS_BACKABLE,
        postgresql_where=_IS_BACKABLE,
    ),
)

# Bonus by the day on which it ends; what is left in all lots of a member is his bonus, where the
# setting bonus_expiration_time is on.
bonus_lots = sa.Table(
    "bonus_lots",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("center_id", sa.BigInteger, nullable=False),
    sa.Column("member_id", sa.BigInteger, nullable=False),
    sa.Column("given_at", UtcTime, nullable=False),
    # NULL: it does not end (a session had used it by then, and has not been paid yet).
    sa.Column("expires_at", UtcTime),
    sa.Column("amount_micros", Money, nullable=False),
    sa.Column("left_micros", Money, nullable=False),
    # What of it went back to the house.
    sa.Column("expired_micros", Money, nullable=False),
    sa.CheckConstraint("left_micros BETWEEN 0 AND amount_micros", name="left"),
    sa.Index(
        "bonus_lots_member_ix",
        *("center_id", "member_id", "expires_at"),
        sqlite_where=_IS_LEFT,
        postgresql_where=_IS_LEFT,
    ),
    sa.Index("bonus_lots_due_ix", "expires_at", sqlite_where=_IS_LEFT, postgresql_where=_IS_LEFT),
)

# The code by which a member brings friends; made when it is first asked for.
referral_codes = sa.Table(
    "referral_codes",
    metadata,
    sa.Column("center_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("member_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("code", sa.Text, nullable=False),
    sa.Index("referral_codes_code_ix", "center_id", "code", unique=True),
    sqlite_with_rowid=False,
)

# One row per member who came by a code.
referrals = sa.Table(
    "referrals",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("center_id", sa.BigInteger, nullable=False),
    # The friend, and who brought him.
    sa.Column("member_id", sa.BigInteger, nullable=False),
    sa.Column("referrer_id", sa.BigInteger, nullable=False),
    sa.Column("at", UtcTime, nullable=False),
    # What the friend has paid for time that he played.
    sa.Column("spent_micros", Money, nullable=False),
    # When he had spent enough to count; NULL = not yet.
    sa.Column("counted_at", UtcTime),
    # What the referrer got for that alone; all that he got; and what the friend got.
    sa.Column("first_micros", Money, nullable=False),
    sa.Column("given_micros", Money, nullable=False),
    sa.Column("friend_given_micros", Money, nullable=False),
    sa.Index("referrals_member_ix", "center_id", "member_id", unique=True),
    sa.Index("referrals_referrer_ix", "center_id", "referrer_id", "counted_at"),
)

digested(
    bonus_lots,
    155,
    *("center_id", "member_id", "given_at", "expires_at"),
    *("amount_micros", "left_micros", "expired_micros"),
)
digested(
    rewards,
    156,
    *("center_id", "member_id", "at", "event", "sale_transfer_id"),
    *("paid_micros", "point_micros", "bonus_micros"),
    *("left_paid_micros", "left_point_micros", "left_bonus_micros"),
)
digested(
    referrals,
    157,
    *("center_id", "member_id", "referrer_id", "at", "spent_micros", "counted_at"),
    *("first_micros", "given_micros", "friend_given_micros"),
)
