"""Proof that stocks and their movements tell the same story."""

from __future__ import annotations

import sqlalchemy as sa

from lanhouse.cafe.products.tables import products, stock_movements
from lanhouse.db.store import Read


def check_all_stocks(read: Read) -> str | None:
    """The first product of any centre whose pieces are not what its movements leave, or None."""
    moved = (
        sa.select(
            stock_movements.c.center_id,
            stock_movements.c.product_id,
            sa.func.sum(stock_movements.c.pieces).label("pieces"),
        )
        .group_by(stock_movements.c.center_id, stock_movements.c.product_id)
        .subquery()
    )
    pieces = sa.func.coalesce(moved.c.pieces, 0)
    wrong = read.one(
        sa.select(products.c.center_id, products.c.id, products.c.quantity, pieces.label("pieces"))
        .select_from(
            products.outerjoin(
                moved,
                (moved.c.center_id == products.c.center_id) & (moved.c.product_id == products.c.id),
            )
        )
        .where(products.c.quantity != pieces)
        .order_by(products.c.center_id, products.c.id)
        .limit(1)
    )
    if wrong is None:
        return None
    return (
        f"centre {wrong.center_id}, product {wrong.id}: {wrong.quantity} pieces are there, its"
        f" movements leave {wrong.pieces}"
    )
