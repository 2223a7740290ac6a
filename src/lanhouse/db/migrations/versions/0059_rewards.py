"""What sales gave members, bonus that ends, and who brought whom.

Revision: 0059, after: 0058.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lanhouse.db.types import BigId, Money, UtcTime

revision = "0059"
down_revision = "0058"
branch_labels = None
depends_on = None

_IS_LEFT = sa.column("left_micros") > sa.literal_column("0")
_IS_BACKABLE = sa.column("left_paid_micros") > sa.literal_column("0")


def upgrade() -> None:
    """What was sold before has given nothing; bonus of before gets its day when it next moves."""
    _make_rewards()
    _make_lots()
    op.create_table(
        "referral_codes",
        sa.Column("center_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("member_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("center_id", "member_id", name=op.f("referral_codes_pkey")),
        sqlite_with_rowid=False,
    )
    op.create_index("referral_codes_code_ix", "referral_codes", ["center_id", "code"], unique=True)
    op.create_table(
        "referrals",
        sa.Column("id", BigId, primary_key=True),
        sa.Column("center_id", sa.BigInteger(), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("referrer_id", sa.BigInteger(), nullable=False),
        sa.Column("at", UtcTime, nullable=False),
        sa.Column("spent_micros", Money, nullable=False),
        sa.Column("counted_at", UtcTime),
        sa.Column("first_micros", Money, nullable=False),
        sa.Column("given_micros", Money, nullable=False),
        sa.Column("friend_given_micros", Money, nullable=False),
    )
    op.create_index("referrals_member_ix", "referrals", ["center_id", "member_id"], unique=True)
    columns = ["center_id", "referrer_id", "counted_at"]
    op.create_index("referrals_referrer_ix", "referrals", columns)


def _make_rewards() -> None:
    op.create_table(
        "rewards",
        sa.Column("id", BigId, primary_key=True),
        sa.Column("center_id", sa.BigInteger(), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("at", UtcTime, nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("sale_transfer_id", sa.BigInteger(), nullable=False),
        sa.Column("paid_micros", Money, nullable=False),
        sa.Column("point_micros", Money, nullable=False),
        sa.Column("bonus_micros", Money, nullable=False),
        sa.Column("left_paid_micros", Money, nullable=False),
        sa.Column("left_point_micros", Money, nullable=False),
        sa.Column("left_bonus_micros", Money, nullable=False),
    )
    op.create_index("rewards_sale_ix", "rewards", ["center_id", "sale_transfer_id"], unique=True)
    op.create_index(
        "rewards_member_ix",
        "rewards",
        ["center_id", "member_id", "id"],
        sqlite_where=_IS_BACKABLE,
        postgresql_where=_IS_BACKABLE,
    )


def _make_lots() -> None:
    op.create_table(
        "bonus_lots",
        sa.Column("id", BigId, primary_key=True),
        sa.Column("center_id", sa.BigInteger(), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("given_at", UtcTime, nullable=False),
        sa.Column("expires_at", UtcTime),
        sa.Column("amount_micros", Money, nullable=False),
        sa.Column("left_micros", Money, nullable=False),
        sa.Column("expired_micros", Money, nullable=False),
        sa.CheckConstraint("left_micros BETWEEN 0 AND amount_micros", name="left"),
    )
    for name, columns in (
        ("bonus_lots_member_ix", ["center_id", "member_id", "expires_at"]),
        ("bonus_lots_due_ix", ["expires_at"]),
    ):
        op.create_index(
            name, "bonus_lots", columns, sqlite_where=_IS_LEFT, postgresql_where=_IS_LEFT
        )


def downgrade() -> None:
    """The tables go; points and bonus that were given stay."""
    for table in ("referrals", "referral_codes", "bonus_lots", "rewards"):
        op.drop_table(table)
