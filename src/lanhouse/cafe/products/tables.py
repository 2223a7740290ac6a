"""Product groups, products, what combos are made of, and every movement of a stock."""

from __future__ import annotations

import sqlalchemy as sa

from lanhouse.db.carried import carried
from lanhouse.db.digested import digested
from lanhouse.db.tables import metadata
from lanhouse.db.types import BigId, Json, Money, UtcTime

# Groups and products are numbered in their centre, because 1 and -3 are the system's in each one.
product_groups = sa.Table(
    "product_groups",
    metadata,
    sa.Column(
        "center_id",
        sa.BigInteger,
        sa.ForeignKey("centers.id"),
        primary_key=True,
        autoincrement=False,
    ),
    # 1 is "Default", which every centre has; those of people follow.
    sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("name", sa.Text, nullable=False),
    # The name without difference of case; unique per centre.
    sa.Column("name_key", sa.Text, nullable=False),
    sa.Column("description", sa.Text, nullable=False),
    # The group that it stands in; 0 = at the top.
    sa.Column("parent_id", sa.BigInteger, nullable=False),
    # How its goods may be paid, {"guest": […], "member": […]} of rules.PAYMENTS.
    sa.Column("payments", Json, nullable=False),
    sa.Column("updated_at", UtcTime, nullable=False),
    sa.UniqueConstraint("center_id", "name_key"),
)

_IS_THERE = sa.column("deleted_at", UtcTime).is_(None)
_HAS_BARCODE = _IS_THERE & (sa.column("barcode", sa.Text) != sa.literal_column("''"))

products = sa.Table(
    "products",
    metadata,
    sa.Column(
        "center_id",
        sa.BigInteger,
        sa.ForeignKey("centers.id"),
        primary_key=True,
        autoincrement=False,
    ),
    # -3 is the print, which every centre has; those of people count from 1 and never come again.
    sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("name", sa.Text, nullable=False),
    # The name without difference of case; unique among the products that are there.
    sa.Column("name_key", sa.Text, nullable=False),
    sa.Column("description", sa.Text, nullable=False),
    sa.Column("group_id", sa.BigInteger, nullable=False),
    # What one piece is sold for, with up to 6 decimals; and what it cost the house.
    sa.Column("price_micros", Money, nullable=False),
    sa.Column("cost_micros", Money, nullable=False),
    # What one piece costs who pays with coins; 0 = it is not for coins.
    sa.Column("coin_price_micros", Money, nullable=False),
    # Which tax of the centre: 1 to 3, 0 = none.
    sa.Column("tax_id", sa.Integer, nullable=False),
    # Empty: none.
    sa.Column("barcode", sa.Text, nullable=False),
    # When it is sold, by the centre's wall clock; as in prices.
    sa.Column("weekdays", sa.Text, nullable=False),
    sa.Column("from_minute", sa.Integer, nullable=False),
    sa.Column("to_minute", sa.Integer, nullable=False),
    # Only for these groups, as `|3|5|`; empty = for all.
    sa.Column("pc_groups", sa.Text, nullable=False),
    sa.Column("member_groups", sa.Text, nullable=False),
    sa.Column("is_active", sa.Boolean, nullable=False),
    sa.Column("is_promoted", sa.Boolean, nullable=False),
    # Whether the product discount of a member's group is taken off.
    sa.Column("allows_discount", sa.Boolean, nullable=False),
    # Whether players may order it at their seats.
    sa.Column("is_sold_at_seats", sa.Boolean, nullable=False),
    sa.Column("is_adults_only", sa.Boolean, nullable=False),
    # Nothing is counted: what is made here, and combos, of which the parts are counted.
    sa.Column("is_unlimited", sa.Boolean, nullable=False),
    # Pieces that are there; kept and not obeyed while nothing is counted.
    sa.Column("quantity", sa.BigInteger, nullable=False),
    # Falling to so many pieces is told; 0 = only the last one.
    sa.Column("low_stock_at", sa.BigInteger, nullable=False),
    sa.Column("created_at", UtcTime, nullable=False),
    sa.Column("updated_at", UtcTime, nullable=False),
    # What was sold stays known by its number.
    sa.Column("deleted_at", UtcTime),
    sa.CheckConstraint("quantity >= 0", name="quantity"),
    sa.CheckConstraint("price_micros >= 0", name="price"),
    sa.CheckConstraint("cost_micros >= 0", name="cost"),
    sa.CheckConstraint("coin_price_micros >= 0", name="coin_price"),
    sa.CheckConstraint("tax_id BETWEEN 0 AND 3", name="tax"),
    sa.Index(
        "products_name_key",
        "center_id",
        "name_key",
        unique=True,
        sqlite_where=_IS_THERE,
        postgresql_where=_IS_THERE,
    ),
    sa.Index(
        "products_barcode_key",
        "center_id",
        "barcode",
        unique=True,
        sqlite_where=_HAS_BARCODE,
        postgresql_where=_HAS_BARCODE,
    ),
)

# What a product looks like; no row = it has no picture.
product_pictures = sa.Table(
    "product_pictures",
    metadata,
    sa.Column("center_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("product_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("file_key", sa.Text, sa.ForeignKey("files.key"), nullable=False),
    sa.ForeignKeyConstraint(["center_id", "product_id"], ["products.center_id", "products.id"]),
    sa.Index("product_pictures_file_ix", "file_key"),
)

product_combo_items = sa.Table(
    "product_combo_items",
    metadata,
    sa.Column("center_id", sa.BigInteger, primary_key=True, autoincrement=False),
    # The product that is the combo.
    sa.Column("combo_id", sa.BigInteger, primary_key=True, autoincrement=False),
    # schemas.Source: what `item_id` is an id of.
    sa.Column("source", sa.Text, primary_key=True),
    sa.Column("item_id", sa.BigInteger, primary_key=True, autoincrement=False),
    # Pieces in one combo.
    sa.Column("quantity", sa.BigInteger, nullable=False),
    sa.CheckConstraint("quantity > 0", name="quantity"),
    sa.ForeignKeyConstraint(["center_id", "combo_id"], ["products.center_id", "products.id"]),
    sa.Index("product_combo_items_item_ix", "center_id", "source", "item_id"),
)

_IS_NO_SALE = sa.column("kind", sa.Text) != sa.literal_column("'sale'")

stock_movements = sa.Table(
    "stock_movements",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("center_id", sa.BigInteger, nullable=False),
    sa.Column("product_id", sa.BigInteger, nullable=False),
    sa.Column("at", UtcTime, nullable=False),
    # schemas.StockKind.
    sa.Column("kind", sa.Text, nullable=False),
    # Pieces that came (positive) or went, and how many were there before and after.
    sa.Column("pieces", sa.BigInteger, nullable=False),
    sa.Column("before", sa.BigInteger, nullable=False),
    sa.Column("after", sa.BigInteger, nullable=False),
    # Of a sale and its return: the order, the product as it was sold (a part of a combo says the
    # combo), and how many of that; a return counts below zero.
    sa.Column("order_id", sa.BigInteger),
    sa.Column("sold_id", sa.BigInteger),
    sa.Column("sold_quantity", sa.BigInteger),
    sa.Column("reason", sa.Text, nullable=False),
    # As in billing_logs: 0 and "API" for an API key.
    sa.Column("staff_id", sa.BigInteger, nullable=False),
    sa.Column("staff_name", sa.Text, nullable=False),
    sa.CheckConstraint("after >= 0 AND before + pieces = after", name="sum"),
    sa.ForeignKeyConstraint(["center_id", "product_id"], ["products.center_id", "products.id"]),
    sa.Index("stock_movements_product_ix", "center_id", "product_id", "id"),
    sa.Index("stock_movements_order_ix", "center_id", "order_id"),
    sa.Index("stock_movements_center_ix", "center_id", "id"),
    # Among sales all else is rare.
    sa.Index(
        "stock_movements_kind_ix",
        *("center_id", "kind", "id"),
        sqlite_where=_IS_NO_SALE,
        postgresql_where=_IS_NO_SALE,
    ),
)

digested(
    stock_movements,
    12,
    *("center_id", "product_id", "at", "kind", "pieces", "before", "after"),
    *("order_id", "sold_id", "sold_quantity", "staff_id"),
)

# Movements of stock refer to the products that they moved. The pieces on the shelf are no settings:
# they are counted anew.
for _table in (product_groups, product_combo_items):
    carried(_table, is_copied=True)
carried(products, is_copied=True, quantity=0)
carried(product_pictures)
