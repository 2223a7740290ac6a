"""Promo codes and their uses; the coins of a top-up that its refund takes back; cash-back of
member groups.

Revision: 0058, after: 0049.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lanhouse.db.types import BigId, Money, UtcTime

revision = "0058"
down_revision = "0049"
branch_labels = None
depends_on = None

_TOPUPS = 2
_backlog = sa.table(
    "digest_backlog",
    sa.column("table_number", sa.Integer),
    sa.column("after_id", sa.BigInteger),
    sa.column("after_part", sa.Text),
)


def upgrade() -> None:
    """Coins of old top-ups are not taken back; their digests are made anew in the background."""
    _make_promos()
    op.add_column(
        "topups",
        sa.Column("refundable_coin_micros", sa.BigInteger(), nullable=False, server_default="0"),
    )
    op.add_column(
        "member_groups", sa.Column("cashback", sa.Integer(), nullable=False, server_default="0")
    )
    op.execute(sa.delete(_backlog).where(_backlog.c.table_number == _TOPUPS))
    has_rows = sa.exists(sa.select(sa.literal(1)).select_from(sa.table("topups")))
    op.execute(
        sa.insert(_backlog).from_select(
            ["table_number", "after_id", "after_part"],
            sa.select(sa.literal(_TOPUPS), sa.literal(0), sa.literal("")).where(has_rows),
        )
    )


def _make_promos() -> None:
    is_there = sa.column("deleted_at").is_(None)
    op.create_table(
        "promo_codes",
        sa.Column("id", BigId, primary_key=True),
        sa.Column("center_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.Column("gift", sa.Text(), nullable=False),
        sa.Column("amount_micros", Money, nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("expires_at", UtcTime),
        sa.Column("created_at", UtcTime, nullable=False),
        sa.Column("updated_at", UtcTime, nullable=False),
        sa.Column("deleted_at", UtcTime),
        sa.CheckConstraint("used BETWEEN 0 AND quantity", name="used"),
        sa.CheckConstraint("amount_micros > 0", name="amount"),
    )
    op.create_index(
        "promo_codes_name_ix",
        "promo_codes",
        ["center_id", "name_key"],
        unique=True,
        sqlite_where=is_there,
        postgresql_where=is_there,
    )
    op.create_table(
        "promo_uses",
        sa.Column("id", BigId, primary_key=True),
        sa.Column("center_id", sa.BigInteger(), nullable=False),
        sa.Column("promo_id", sa.BigInteger(), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("at", UtcTime, nullable=False),
        sa.Column("bonus_micros", Money, nullable=False),
        sa.Column("coin_micros", Money, nullable=False),
        sa.Column("transfer_id", sa.BigInteger(), nullable=False),
    )
    op.create_index(
        "promo_uses_member_ix", "promo_uses", ["center_id", "promo_id", "member_id"], unique=True
    )


def downgrade() -> None:
    """Digests of top-ups read as those of changed rows."""
    op.execute(sa.delete(_backlog).where(_backlog.c.table_number == _TOPUPS))
    op.drop_column("member_groups", "cashback")
    op.drop_column("topups", "refundable_coin_micros")
    op.drop_table("promo_uses")
    op.drop_table("promo_codes")
