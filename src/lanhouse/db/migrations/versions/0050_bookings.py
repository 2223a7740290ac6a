"""Bookings, and packages that are the time of one PC.

Revision: 0050, after: 0049.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lanhouse.db.types import BigId, Money, UtcTime

revision = "0050"
down_revision = "0049"
branch_labels = None
depends_on = None

_IS_WAITING = sa.column("state", sa.Text) == sa.literal_column("'waiting'")
_PACKAGES = 6
_backlog = sa.table(
    "digest_backlog",
    sa.column("table_number", sa.Integer),
    sa.column("after_id", sa.BigInteger),
    sa.column("after_part", sa.Text),
)


def upgrade() -> None:
    """Packages of before are of no PC; their digests are made anew in the background."""
    op.create_table(
        "bookings",
        sa.Column("id", BigId, nullable=False),
        sa.Column("center_id", sa.BigInteger(), nullable=False),
        sa.Column("pc_id", sa.BigInteger(), nullable=False),
        sa.Column("pc_name", sa.Text(), nullable=False),
        sa.Column("party_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("starts_at", UtcTime(), nullable=False),
        sa.Column("ends_at", UtcTime(), nullable=False),
        sa.Column("held_until_at", UtcTime(), nullable=False),
        sa.Column("behind_id", sa.BigInteger()),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("player_id", sa.BigInteger(), nullable=False),
        sa.Column("session_id", sa.BigInteger()),
        sa.Column("offer_id", sa.BigInteger(), nullable=False),
        sa.Column("offer_name", sa.Text(), nullable=False),
        sa.Column("member_offer_id", sa.BigInteger()),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("payment", sa.Text(), nullable=False),
        sa.Column("cost_micros", Money, nullable=False),
        sa.Column("from_bonus_micros", Money, nullable=False),
        sa.Column("tax_micros", Money, nullable=False),
        sa.Column("transfer_id", sa.BigInteger()),
        sa.Column("made_at", UtcTime(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=False),
        sa.Column("staff_name", sa.Text(), nullable=False),
        sa.Column("settled_at", UtcTime()),
        sa.Column("refund_micros", Money, nullable=False),
        sa.Column("refund_transfer_id", sa.BigInteger()),
        sa.ForeignKeyConstraint(
            ["center_id"], ["centers.id"], name=op.f("bookings_center_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("bookings_pkey")),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("bookings_period_check")),
        sa.CheckConstraint("cost_micros >= 0", name=op.f("bookings_cost_check")),
        sa.CheckConstraint(
            "from_bonus_micros BETWEEN 0 AND cost_micros", name=op.f("bookings_bonus_check")
        ),
        sa.CheckConstraint(
            "refund_micros BETWEEN 0 AND cost_micros", name=op.f("bookings_refund_check")
        ),
    )
    op.create_index("bookings_pc_ix", "bookings", ["center_id", "pc_id", "ends_at"])
    op.create_index("bookings_center_ix", "bookings", ["center_id", "ends_at"])
    op.create_index("bookings_member_ix", "bookings", ["center_id", "member_id", "ends_at"])
    op.create_index(
        "bookings_waiting_ix",
        "bookings",
        ["starts_at"],
        sqlite_where=_IS_WAITING,
        postgresql_where=_IS_WAITING,
    )
    op.create_index("bookings_party_ix", "bookings", ["center_id", "party_id"])
    op.create_index("bookings_behind_ix", "bookings", ["center_id", "behind_id"])
    op.add_column("member_offers", sa.Column("pc_id", sa.BigInteger()))
    op.execute(sa.delete(_backlog).where(_backlog.c.table_number == _PACKAGES))
    has_rows = sa.exists(sa.select(sa.literal(1)).select_from(sa.table("member_offers")))
    op.execute(
        sa.insert(_backlog).from_select(
            ["table_number", "after_id", "after_part"],
            sa.select(sa.literal(_PACKAGES), sa.literal(0), sa.literal("")).where(has_rows),
        )
    )


def downgrade() -> None:
    """Booked time stays with its owner as a package of every PC; who booked is forgotten."""
    op.execute(sa.delete(_backlog).where(_backlog.c.table_number == _PACKAGES))
    op.drop_column("member_offers", "pc_id")
    op.drop_table("bookings")
