"""The centre, its people and its PCs.

Revision: 0002, after: 0001.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lanhouse.db.types import Json, UtcTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables, those that others refer to first."""
    _centers()
    _member_groups()
    _members()
    _pc_groups()
    _rooms()
    _staff()
    _pcs()


def downgrade() -> None:
    """Drop the tables."""
    for name in (
        "pcs",
        "staff",
        "rooms",
        "pc_groups",
        "members",
        "member_groups",
        "centers",
    ):
        op.drop_table(name)


def _centers() -> None:
    op.create_table(
        "centers",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("license_name", sa.Text(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("settings", Json(), nullable=False),
        sa.Column("quote_secret", sa.Text(), nullable=False),
        sa.Column("created_at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("centers_pkey")),
        sa.UniqueConstraint("license_name", name=op.f("centers_license_name_key")),
    )


def _member_groups() -> None:
    op.create_table(
        "member_groups",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("center_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("product_discount", sa.Integer(), nullable=False),
        sa.Column("offer_discount", sa.Integer(), nullable=False),
        sa.Column("pc_time_discount", sa.Integer(), nullable=False),
        sa.Column("min_points_micros", sa.BigInteger(), nullable=False),
        sa.Column("created_at", UtcTime(), nullable=False),
        sa.Column("updated_at", UtcTime(), nullable=False),
        sa.CheckConstraint("min_points_micros >= 0", name=op.f("member_groups_min_points_check")),
        sa.CheckConstraint(
            "offer_discount BETWEEN 0 AND 10000", name=op.f("member_groups_offer_discount_check")
        ),
        sa.CheckConstraint(
            "pc_time_discount BETWEEN 0 AND 10000",
            name=op.f("member_groups_pc_time_discount_check"),
        ),
        sa.CheckConstraint(
            "product_discount BETWEEN 0 AND 10000",
            name=op.f("member_groups_product_discount_check"),
        ),
        sa.ForeignKeyConstraint(
            ["center_id"], ["centers.id"], name=op.f("member_groups_center_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("member_groups_pkey")),
        sa.UniqueConstraint(
            "center_id", "name_key", name=op.f("member_groups_center_id_name_key_key")
        ),
    )


def _members() -> None:
    op.create_table(
        "members",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("center_id", sa.BigInteger(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("account_key", sa.Text(), nullable=True),
        sa.Column("group_id", sa.BigInteger(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("first_name", sa.Text(), nullable=False),
        sa.Column("last_name", sa.Text(), nullable=False),
        sa.Column("birthday", sa.Text(), nullable=True),
        sa.Column("expires_at", UtcTime(), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("id_card", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("sex", sa.Integer(), nullable=False),
        sa.Column("comments", sa.Text(), nullable=False),
        sa.Column("oauth_platform", sa.Text(), nullable=False),
        sa.Column("search_key", sa.Text(), nullable=False),
        sa.Column("created_at", UtcTime(), nullable=False),
        sa.Column("updated_at", UtcTime(), nullable=False),
        sa.Column("deleted_at", UtcTime(), nullable=True),
        sa.CheckConstraint("id BETWEEN 10000000000 AND 99999999999", name=op.f("members_id_check")),
        sa.ForeignKeyConstraint(["center_id"], ["centers.id"], name=op.f("members_center_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("members_pkey")),
        sa.UniqueConstraint(
            "center_id", "account_key", name=op.f("members_center_id_account_key_key")
        ),
    )
    op.create_index(
        "members_created_ix", "members", ["center_id", "created_at", "id"], unique=False
    )
    op.create_index("members_group_ix", "members", ["center_id", "group_id"], unique=False)


def _pc_groups() -> None:
    op.create_table(
        "pc_groups",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("center_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("created_at", UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["center_id"], ["centers.id"], name=op.f("pc_groups_center_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pc_groups_pkey")),
        sa.UniqueConstraint("center_id", "name_key", name=op.f("pc_groups_center_id_name_key_key")),
    )


def _rooms() -> None:
    op.create_table(
        "rooms",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("center_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("frame_x", sa.Integer(), nullable=False),
        sa.Column("frame_y", sa.Integer(), nullable=False),
        sa.Column("frame_width", sa.Integer(), nullable=False),
        sa.Column("frame_height", sa.Integer(), nullable=False),
        sa.Column("allows_booking", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["center_id"], ["centers.id"], name=op.f("rooms_center_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("rooms_pkey")),
        sa.UniqueConstraint("center_id", "name_key", name=op.f("rooms_center_id_name_key_key")),
    )


def _staff() -> None:
    op.create_table(
        "staff",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("center_id", sa.BigInteger(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("account_key", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("allowed_ips", sa.Text(), nullable=False),
        sa.Column("created_at", UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(["center_id"], ["centers.id"], name=op.f("staff_center_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("staff_pkey")),
        sa.UniqueConstraint(
            "center_id", "account_key", name=op.f("staff_center_id_account_key_key")
        ),
    )


def _pcs() -> None:
    op.create_table(
        "pcs",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("center_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("ip", sa.Text(), nullable=False),
        sa.Column("mac", sa.Text(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("console_type", sa.Integer(), nullable=False),
        sa.Column("pc_group_id", sa.BigInteger(), nullable=False),
        sa.Column("room_id", sa.BigInteger(), nullable=True),
        sa.Column("box_top", sa.Integer(), nullable=False),
        sa.Column("box_left", sa.Integer(), nullable=False),
        sa.Column("is_out_of_order", sa.Boolean(), nullable=False),
        sa.Column("out_of_order_reason", sa.Text(), nullable=False),
        sa.Column("created_at", UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(["center_id"], ["centers.id"], name=op.f("pcs_center_id_fkey")),
        sa.ForeignKeyConstraint(["room_id"], ["rooms.id"], name=op.f("pcs_room_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("pcs_pkey")),
        sa.UniqueConstraint("center_id", "name_key", name=op.f("pcs_center_id_name_key_key")),
    )
    op.create_index("pcs_group_ix", "pcs", ["center_id", "pc_group_id"], unique=False)
