"""Product groups, products, combos and the movements of their stock.

Revision: 0033, after: 0032.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lanhouse.db.types import Json, UtcTime
from lanhouse.kit import clock

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

_TEXTS = ("name", "name_key", "description")
_GROUPS = sa.table(
    "product_groups",
    *map(sa.column, ("center_id", "id", *_TEXTS, "parent_id")),
    sa.column("payments", Json()),
    sa.column("updated_at", UtcTime()),
)
_PRODUCTS = sa.table(
    "products",
    *map(sa.column, ("center_id", "id", *_TEXTS, "group_id", "price_micros", "cost_micros")),
    *map(sa.column, ("coin_price_micros", "tax_id", "barcode", "weekdays", "from_minute")),
    *map(sa.column, ("to_minute", "pc_groups", "member_groups", "is_active", "is_promoted")),
    *map(sa.column, ("allows_discount", "is_sold_at_seats", "is_adults_only", "is_unlimited")),
    *map(sa.column, ("quantity", "low_stock_at")),
    sa.column("created_at", UtcTime()),
    sa.column("updated_at", UtcTime()),
)


def upgrade() -> None:
    """Create the tables; every centre gets what its shop begins with."""
    op.create_table(
        "product_groups",
        sa.Column("center_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("parent_id", sa.BigInteger(), nullable=False),
        sa.Column("payments", Json(), nullable=False),
        sa.Column("updated_at", UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["center_id"], ["centers.id"], name=op.f("product_groups_center_id_fkey")
        ),
        sa.PrimaryKeyConstraint("center_id", "id", name=op.f("product_groups_pkey")),
        sa.UniqueConstraint(
            "center_id", "name_key", name=op.f("product_groups_center_id_name_key_key")
        ),
    )
    _create_products()
    op.create_table(
        "product_combo_items",
        sa.Column("center_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("combo_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("item_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("product_combo_items_quantity_check")),
        sa.ForeignKeyConstraint(
            ["center_id", "combo_id"],
            ["products.center_id", "products.id"],
            name=op.f("product_combo_items_center_id_combo_id_fkey"),
        ),
        sa.PrimaryKeyConstraint(
            "center_id", "combo_id", "source", "item_id", name=op.f("product_combo_items_pkey")
        ),
    )
    op.create_index(
        "product_combo_items_item_ix", "product_combo_items", ["center_id", "source", "item_id"]
    )

    _create_movements()
    _give_defaults()


def _create_products() -> None:
    op.create_table(
        "products",
        sa.Column("center_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("group_id", sa.BigInteger(), nullable=False),
        sa.Column("price_micros", sa.BigInteger(), nullable=False),
        sa.Column("cost_micros", sa.BigInteger(), nullable=False),
        sa.Column("coin_price_micros", sa.BigInteger(), nullable=False),
        sa.Column("tax_id", sa.Integer(), nullable=False),
        sa.Column("barcode", sa.Text(), nullable=False),
        sa.Column("weekdays", sa.Text(), nullable=False),
        sa.Column("from_minute", sa.Integer(), nullable=False),
        sa.Column("to_minute", sa.Integer(), nullable=False),
        sa.Column("pc_groups", sa.Text(), nullable=False),
        sa.Column("member_groups", sa.Text(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("is_promoted", sa.Boolean(), nullable=False),
        sa.Column("allows_discount", sa.Boolean(), nullable=False),
        sa.Column("is_sold_at_seats", sa.Boolean(), nullable=False),
        sa.Column("is_adults_only", sa.Boolean(), nullable=False),
        sa.Column("is_unlimited", sa.Boolean(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("low_stock_at", sa.BigInteger(), nullable=False),
        sa.Column("created_at", UtcTime(), nullable=False),
        sa.Column("updated_at", UtcTime(), nullable=False),
        sa.Column("deleted_at", UtcTime(), nullable=True),
        sa.CheckConstraint("coin_price_micros >= 0", name=op.f("products_coin_price_check")),
        sa.CheckConstraint("cost_micros >= 0", name=op.f("products_cost_check")),
        sa.CheckConstraint("price_micros >= 0", name=op.f("products_price_check")),
        sa.CheckConstraint("quantity >= 0", name=op.f("products_quantity_check")),
        sa.CheckConstraint("tax_id BETWEEN 0 AND 3", name=op.f("products_tax_check")),
        sa.ForeignKeyConstraint(
            ["center_id"], ["centers.id"], name=op.f("products_center_id_fkey")
        ),
        sa.PrimaryKeyConstraint("center_id", "id", name=op.f("products_pkey")),
    )
    op.create_index(
        "products_barcode_key",
        "products",
        ["center_id", "barcode"],
        unique=True,
        sqlite_where=sa.text("deleted_at IS NULL AND barcode != ''"),
        postgresql_where=sa.text("deleted_at IS NULL AND barcode != ''"),
    )
    op.create_index(
        "products_name_key",
        "products",
        ["center_id", "name_key"],
        unique=True,
        sqlite_where=sa.text("deleted_at IS NULL"),
        postgresql_where=sa.text("deleted_at IS NULL"),
    )


def _create_movements() -> None:
    op.create_table(
        "stock_movements",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("center_id", sa.BigInteger(), nullable=False),
        sa.Column("product_id", sa.BigInteger(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("pieces", sa.BigInteger(), nullable=False),
        sa.Column("before", sa.BigInteger(), nullable=False),
        sa.Column("after", sa.BigInteger(), nullable=False),
        sa.Column("order_id", sa.BigInteger(), nullable=True),
        sa.Column("sold_id", sa.BigInteger(), nullable=True),
        sa.Column("sold_quantity", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=False),
        sa.Column("staff_name", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "after >= 0 AND before + pieces = after", name=op.f("stock_movements_sum_check")
        ),
        sa.ForeignKeyConstraint(
            ["center_id", "product_id"],
            ["products.center_id", "products.id"],
            name=op.f("stock_movements_center_id_product_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("stock_movements_pkey")),
    )
    op.create_index("stock_movements_order_ix", "stock_movements", ["center_id", "order_id"])
    op.create_index(
        "stock_movements_product_ix", "stock_movements", ["center_id", "product_id", "id"]
    )


def _give_defaults() -> None:
    """Centres of before get what new ones begin with: the group "Default" and the print."""
    centers = sa.table("centers", sa.column("id", sa.BigInteger()))
    connection, now = op.get_bind(), clock.now()
    ways = ["cash", "credit_card", "balance", "qr"]
    for center_id in connection.scalars(sa.select(centers.c.id)).all():
        connection.execute(
            sa.insert(_GROUPS).values(
                center_id=center_id,
                id=1,
                name="Default",
                name_key="default",
                description="",
                parent_id=0,
                payments={"guest": ways, "member": ways},
                updated_at=now,
            )
        )
        connection.execute(
            sa.insert(_PRODUCTS).values(
                center_id=center_id,
                id=-3,
                name="Black-and-white print",
                name_key="black-and-white print",
                description="",
                group_id=1,
                price_micros=0,
                cost_micros=0,
                coin_price_micros=0,
                tax_id=1,
                barcode="",
                weekdays="7|1|2|3|4|5|6|",
                from_minute=0,
                to_minute=1440,
                pc_groups="",
                member_groups="",
                is_active=False,
                is_promoted=False,
                allows_discount=True,
                is_sold_at_seats=True,
                is_adults_only=False,
                is_unlimited=True,
                quantity=0,
                low_stock_at=0,
                created_at=now,
                updated_at=now,
            )
        )


def downgrade() -> None:
    """Drop them, with what is in them."""
    op.drop_table("stock_movements")
    op.drop_table("product_combo_items")
    op.drop_table("products")
    op.drop_table("product_groups")
