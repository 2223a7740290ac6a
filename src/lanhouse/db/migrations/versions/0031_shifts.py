"""Tills and shifts; the billing log says in whose shift money moved.

Revision: 0031, after: 0030.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lanhouse.db.types import BigId, Json, Money, UtcTime

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

_IS_OPEN = sa.text("closed_at IS NULL")
_HAS_SHIFT = sa.text("shift_id IS NOT NULL")


def upgrade() -> None:
    """Empty tables; money of before was in no shift. Rows of the log get a digest of the new
    column too, as they are found."""
    _create_shifts()
    _create_beside()
    op.add_column("billing_logs", sa.Column("shift_id", sa.BigInteger()))
    op.create_index(
        "billing_logs_shift_ix",
        "billing_logs",
        ["center_id", "shift_id", "id"],
        sqlite_where=_HAS_SHIFT,
        postgresql_where=_HAS_SHIFT,
    )
    op.execute("DELETE FROM digest_backlog WHERE table_number = 1")
    op.execute(
        "INSERT INTO digest_backlog (table_number, after_id, after_part)"
        " SELECT 1, 0, '' WHERE EXISTS (SELECT 1 FROM billing_logs)"
    )


def _create_shifts() -> None:
    op.create_table(
        "tills",
        sa.Column("id", BigId, nullable=False),
        sa.Column("center_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("is_used", sa.Boolean(), nullable=False),
        sa.Column("left_micros", Money, nullable=False),
        sa.ForeignKeyConstraint(["center_id"], ["centers.id"], name=op.f("tills_center_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("tills_pkey")),
        sa.UniqueConstraint("center_id", "name_key", name=op.f("tills_center_id_name_key_key")),
    )
    op.create_table(
        "shifts",
        sa.Column("id", BigId, nullable=False),
        sa.Column("center_id", sa.BigInteger(), nullable=False),
        sa.Column("till_id", sa.BigInteger(), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=False),
        sa.Column("staff_name", sa.Text(), nullable=False),
        sa.Column("opened_at", UtcTime(), nullable=False),
        sa.Column("float_micros", Money, nullable=False),
        sa.Column("received_from_id", sa.BigInteger()),
        sa.Column("closed_at", UtcTime()),
        sa.Column("closed_by_id", sa.BigInteger()),
        sa.Column("z_number", sa.BigInteger()),
        sa.Column("cash_micros", Money),
        sa.Column("card_micros", Money),
        sa.Column("qr_micros", Money),
        sa.Column("difference_micros", Money),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("left_micros", Money),
        sa.ForeignKeyConstraint(["center_id"], ["centers.id"], name=op.f("shifts_center_id_fkey")),
        sa.ForeignKeyConstraint(["till_id"], ["tills.id"], name=op.f("shifts_till_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("shifts_pkey")),
    )
    for name, column in (
        ("shifts_open_till_key", "till_id"),
        ("shifts_open_staff_key", "staff_id"),
    ):
        op.create_index(
            name,
            "shifts",
            ["center_id", column],
            unique=True,
            sqlite_where=_IS_OPEN,
            postgresql_where=_IS_OPEN,
        )
    op.create_index("shifts_opened_ix", "shifts", ["center_id", "opened_at", "id"])
    op.create_index("shifts_staff_ix", "shifts", ["center_id", "staff_id", "opened_at", "id"])
    op.create_index("shifts_till_ix", "shifts", ["till_id"])


def _create_beside() -> None:
    op.create_table(
        "shift_moves",
        sa.Column("id", BigId, nullable=False),
        sa.Column("center_id", sa.BigInteger(), nullable=False),
        sa.Column("shift_id", sa.BigInteger(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("amount_micros", Money, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=False),
        sa.Column("transfer_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["shift_id"], ["shifts.id"], name=op.f("shift_moves_shift_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("shift_moves_pkey")),
    )
    op.create_index("shift_moves_shift_ix", "shift_moves", ["shift_id", "id"])
    op.create_table(
        "shift_counts",
        sa.Column("id", BigId, nullable=False),
        sa.Column("center_id", sa.BigInteger(), nullable=False),
        sa.Column("shift_id", sa.BigInteger(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("counted_micros", Money, nullable=False),
        sa.Column("expected_micros", Money, nullable=False),
        sa.Column("pieces", Json(), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["shift_id"], ["shifts.id"], name=op.f("shift_counts_shift_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("shift_counts_pkey")),
    )
    op.create_index("shift_counts_shift_ix", "shift_counts", ["shift_id", "id"])
    op.create_table(
        "z_numbers",
        sa.Column("center_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("last_number", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("center_id", name=op.f("z_numbers_pkey")),
    )
    op.create_table(
        "z_reports",
        sa.Column("center_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("shift_id", sa.BigInteger(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("report", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["shift_id"], ["shifts.id"], name=op.f("z_reports_shift_id_fkey")),
        sa.PrimaryKeyConstraint("center_id", "number", name=op.f("z_reports_pkey")),
        sa.UniqueConstraint("shift_id", name=op.f("z_reports_shift_id_key")),
    )
    op.create_table(
        "shift_handovers",
        sa.Column("from_shift_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("center_id", sa.BigInteger(), nullable=False),
        sa.Column("to_shift_id", sa.BigInteger(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("given_by_id", sa.BigInteger(), nullable=False),
        sa.Column("received_by_id", sa.BigInteger(), nullable=False),
        sa.Column("session_ids", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["from_shift_id"], ["shifts.id"], name=op.f("shift_handovers_from_shift_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["to_shift_id"], ["shifts.id"], name=op.f("shift_handovers_to_shift_id_fkey")
        ),
        sa.PrimaryKeyConstraint("from_shift_id", name=op.f("shift_handovers_pkey")),
        sa.UniqueConstraint("to_shift_id", name=op.f("shift_handovers_to_shift_id_key")),
    )


def downgrade() -> None:
    """Drop them; the digests stay: an older release reads them as those of rows that were
    changed."""
    op.execute("DELETE FROM digest_backlog WHERE table_number IN (1, 21, 22, 23, 24, 25, 26)")
    op.drop_index("billing_logs_shift_ix", "billing_logs")
    op.drop_column("billing_logs", "shift_id")
    for name in (
        "shift_handovers",
        "z_reports",
        "z_numbers",
        "shift_counts",
        "shift_moves",
        "shifts",
        "tills",
    ):
        op.drop_table(name)
