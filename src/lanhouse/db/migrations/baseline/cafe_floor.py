"""Tables of the café: centre, people, PCs, prices, as of revision 0017."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lanhouse.db.types import BigId, Json, UtcTime


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
        sa.Column("id", BigId, nullable=False),
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
            "offer_discount BETWEEN 0 AND 10000",
            name=op.f("member_groups_offer_discount_check"),
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


def _member_offers() -> None:
    op.create_table(
        "member_offers",
        sa.Column("id", BigId, nullable=False),
        sa.Column("center_id", sa.BigInteger(), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("offer_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("price_micros", sa.BigInteger(), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("seconds_left", sa.Integer(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("weekdays", sa.Text(), nullable=False),
        sa.Column("from_minute", sa.Integer(), nullable=False),
        sa.Column("to_minute", sa.Integer(), nullable=False),
        sa.Column("bought_at", UtcTime(), nullable=False),
        sa.Column("expires_at", UtcTime(), nullable=True),
        sa.CheckConstraint(
            "seconds_left BETWEEN 0 AND seconds", name=op.f("member_offers_left_check")
        ),
        sa.ForeignKeyConstraint(
            ["center_id"], ["centers.id"], name=op.f("member_offers_center_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("member_offers_pkey")),
    )
    op.create_index("member_offers_member_ix", "member_offers", ["center_id", "member_id", "id"])


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
    op.create_index("members_created_ix", "members", ["center_id", "created_at", "id"])
    op.create_index("members_group_ix", "members", ["center_id", "group_id"])


def _offers() -> None:
    op.create_table(
        "offers",
        sa.Column("id", BigId, nullable=False),
        sa.Column("center_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("price_micros", sa.BigInteger(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("weekdays", sa.Text(), nullable=False),
        sa.Column("from_minute", sa.Integer(), nullable=False),
        sa.Column("to_minute", sa.Integer(), nullable=False),
        sa.Column("expires_after_days", sa.Integer(), nullable=False),
        sa.Column("expires_after_hours", sa.Integer(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("updated_at", UtcTime(), nullable=False),
        sa.CheckConstraint("minutes > 0", name=op.f("offers_minutes_check")),
        sa.CheckConstraint("price_micros >= 0", name=op.f("offers_price_check")),
        sa.ForeignKeyConstraint(["center_id"], ["centers.id"], name=op.f("offers_center_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("offers_pkey")),
        sa.UniqueConstraint("center_id", "name", name=op.f("offers_center_id_name_key")),
    )


def _pc_groups() -> None:
    op.create_table(
        "pc_groups",
        sa.Column("id", BigId, nullable=False),
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


def _prices() -> None:
    op.create_table(
        "prices",
        sa.Column("id", BigId, nullable=False),
        sa.Column("center_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("pc_group_id", sa.BigInteger(), nullable=True),
        sa.Column("member_group_id", sa.BigInteger(), nullable=True),
        sa.Column("weekdays", sa.Text(), nullable=False),
        sa.Column("from_minute", sa.Integer(), nullable=False),
        sa.Column("to_minute", sa.Integer(), nullable=False),
        sa.Column("price_per_hour_micros", sa.BigInteger(), nullable=True),
        sa.Column("created_at", UtcTime(), nullable=False),
        sa.Column("is_default", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.CheckConstraint(
            "NOT is_default OR (pc_group_id IS NULL AND member_group_id IS NULL"
            " AND weekdays = '7|1|2|3|4|5|6|' AND from_minute = 0 AND to_minute = 1440)",
            name=op.f("prices_default_check"),
        ),
        sa.CheckConstraint("from_minute BETWEEN 0 AND 1439", name=op.f("prices_from_check")),
        sa.CheckConstraint(
            "is_default OR price_per_hour_micros IS NOT NULL",
            name=op.f("prices_priced_check"),
        ),
        sa.CheckConstraint("price_per_hour_micros >= 0", name=op.f("prices_price_check")),
        sa.CheckConstraint("to_minute BETWEEN 1 AND 1440", name=op.f("prices_to_check")),
        sa.ForeignKeyConstraint(["center_id"], ["centers.id"], name=op.f("prices_center_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("prices_pkey")),
        sa.UniqueConstraint("center_id", "name", name=op.f("prices_center_id_name_key")),
    )
    op.create_index(
        "prices_default_key",
        "prices",
        ["center_id"],
        unique=True,
        sqlite_where=sa.text("is_default"),
        postgresql_where=sa.text("is_default"),
    )


def _rooms() -> None:
    op.create_table(
        "rooms",
        sa.Column("id", BigId, nullable=False),
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
        sa.Column("id", BigId, nullable=False),
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
        sa.Column("id", BigId, nullable=False),
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
    op.create_index("pcs_group_ix", "pcs", ["center_id", "pc_group_id"])


def create() -> None:
    """Make them, each after those that it refers to."""
    for table in (
        _centers,
        _member_groups,
        _member_offers,
        _members,
        _offers,
        _pc_groups,
        _prices,
        _rooms,
        _staff,
        _pcs,
    ):
        table()
