"""Printers, what stood on receipts since when, which were handed out, and codes of guests' tickets.

Revision: 0040, after: 0039.
"""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

from lanhouse.db.types import BigId, Json, UtcTime

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

_IS_THERE = sa.text("deleted_at IS NULL")
_IS_OPEN = sa.text("ended_at IS NULL")


def upgrade() -> None:
    """Empty tables, and of each centre what its receipts begin with, as from its first day."""
    _create_printers()
    op.create_table(
        "receipt_heads",
        sa.Column("id", BigId, nullable=False),
        sa.Column("center_id", sa.BigInteger(), nullable=False),
        sa.Column("from_at", UtcTime(), nullable=False),
        sa.Column("head", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("receipt_heads_pkey")),
    )
    op.create_index("receipt_heads_from_ix", "receipt_heads", ["center_id", "from_at", "id"])
    op.create_table(
        "receipt_issues",
        sa.Column("center_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.BigInteger(), nullable=False),
        sa.Column("first_at", UtcTime(), nullable=False),
        sa.Column("first_by_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "center_id", "kind", "subject_id", name=op.f("receipt_issues_pkey")
        ),
    )
    op.add_column("pc_sessions", sa.Column("access_mark", sa.Text()))
    op.add_column("pc_sessions", sa.Column("access_sealed", sa.LargeBinary()))
    op.create_index(
        "pc_sessions_access_key",
        "pc_sessions",
        ["center_id", "access_mark"],
        unique=True,
        sqlite_where=_IS_OPEN,
        postgresql_where=_IS_OPEN,
    )
    _keep_heads()


def _create_printers() -> None:
    op.create_table(
        "printers",
        sa.Column("id", BigId, nullable=False),
        sa.Column("center_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("port", sa.Integer(), nullable=False),
        sa.Column("columns", sa.Integer(), nullable=False),
        sa.Column("code_page", sa.Text(), nullable=False),
        sa.Column("has_drawer", sa.Boolean(), nullable=False),
        sa.Column("till_id", sa.BigInteger(), nullable=False),
        sa.Column("deleted_at", UtcTime()),
        sa.ForeignKeyConstraint(
            ["center_id"], ["centers.id"], name=op.f("printers_center_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("printers_pkey")),
    )
    for name, column in (("printers_name_key", "name_key"), ("printers_till_key", "till_id")):
        op.create_index(
            name,
            "printers",
            ["center_id", column],
            unique=True,
            sqlite_where=_IS_THERE,
            postgresql_where=_IS_THERE,
        )


def _keep_heads() -> None:
    """What a centre has said about itself and its taxes so far, before somebody changes it."""
    centers = sa.table(
        "centers",
        *(sa.column(name) for name in ("id", "name", "zone")),
        sa.column("settings", Json),
        sa.column("created_at", UtcTime),
    )
    heads = sa.table(
        "receipt_heads",
        *(sa.column(name) for name in ("center_id", "head")),
        sa.column("from_at", UtcTime),
    )
    bind = op.get_bind()
    for row in bind.execute(sa.select(centers).order_by(centers.c.id)).all():
        payment = (row.settings or {}).get("payment", {})
        head = {
            "name": row.name,
            "zone_name": row.zone,
            "taxes": [
                {
                    "name": payment.get(f"tax{number}_name", ""),
                    "rate_micros": payment.get(f"tax{number}_percentage_micros", 0),
                }
                for number in range(1, 5)
            ],
            "is_tax_included": payment.get("tax_included_in_price", False),
        }
        values = {"center_id": row.id, "from_at": row.created_at, "head": json.dumps(head)}
        bind.execute(sa.insert(heads), values)


def downgrade() -> None:
    """Which receipts were handed out, and what stood on them, is lost."""
    op.drop_index("pc_sessions_access_key", "pc_sessions")
    op.drop_column("pc_sessions", "access_sealed")
    op.drop_column("pc_sessions", "access_mark")
    for name in ("receipt_issues", "receipt_heads", "printers"):
        op.drop_table(name)
