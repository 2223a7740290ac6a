"""Which PCs stand on the map, how they are turned, and the picture under it.

Revision: 0030, after: 0029.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """PCs of a room that are not in its very corner have been placed there by somebody."""
    false = sa.false()
    op.add_column(
        "pcs", sa.Column("turned_degrees", sa.Integer(), nullable=False, server_default="0")
    )
    op.add_column("pcs", sa.Column("is_placed", sa.Boolean(), nullable=False, server_default=false))
    pcs = sa.table(
        "pcs",
        sa.column("room_id", sa.BigInteger()),
        sa.column("box_top", sa.Integer()),
        sa.column("box_left", sa.Integer()),
        sa.column("is_placed", sa.Boolean()),
    )
    is_placed = pcs.c.room_id.is_not(None) & ((pcs.c.box_top != 0) | (pcs.c.box_left != 0))
    op.execute(sa.update(pcs).where(is_placed).values(is_placed=sa.true()))
    op.create_table(
        "floor_maps",
        sa.Column("center_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("picture_x", sa.Integer(), nullable=False),
        sa.Column("picture_y", sa.Integer(), nullable=False),
        sa.Column("picture_width", sa.Integer(), nullable=False),
        sa.Column("picture_percent", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["center_id"], ["centers.id"], name=op.f("floor_maps_center_id_fkey")
        ),
        sa.PrimaryKeyConstraint("center_id", name=op.f("floor_maps_pkey")),
    )


def downgrade() -> None:
    """PCs keep their rooms and pixels."""
    op.drop_table("floor_maps")
    op.drop_column("pcs", "is_placed")
    op.drop_column("pcs", "turned_degrees")
