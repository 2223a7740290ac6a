"""Goods of a centre and their stock."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from lanhouse.cafe.products.commands import NewProduct, create_product
from lanhouse.cafe.products.commands.groups import NewGroup, create_group
from lanhouse.cafe.products.queries import product_by_id
from lanhouse.cafe.products.queries.checks import check_all_stocks
from lanhouse.cafe.products.schemas import GroupValues, Product, ProductValues
from lanhouse.cafe.products.tables import stock_movements
from tests.builders.nouns.ground import DESK, EURO, Ground


@dataclass
class ProductBuilder(Ground):
    """What is on the shelves."""

    def add_product(
        self, name: str, quantity: int = 0, *, price_micros: int = EURO, **values: Any
    ) -> int:
        """A product with so many pieces; answers its id."""
        new = NewProduct(
            center=self.center,
            actor=DESK,
            values=ProductValues(name=name, price_micros=price_micros, **values),
            quantity=quantity,
        )
        return self.run(create_product, new).id

    def add_product_group(self, name: str, **values: Any) -> int:
        """A product group; answers its id."""
        return self.run(create_group, NewGroup(self.center, GroupValues(name=name, **values))).id

    def product(self, product_id: int) -> Product:
        """A product as it is now."""
        found = self.store.read_sync(product_by_id, self.hall.center_id, product_id)
        assert found is not None
        return found

    def pieces(self, product_id: int) -> int:
        """How many pieces of a product are there."""
        return self.product(product_id).quantity

    def stock_moves(self, product_id: int) -> list[tuple[str, int, int]]:
        """The movements of a product, oldest first: kind, pieces, after."""
        statement = (
            sa.select(stock_movements)
            .where(
                stock_movements.c.center_id == self.hall.center_id,
                stock_movements.c.product_id == product_id,
            )
            .order_by(stock_movements.c.id)
        )
        rows = self.store.read_sync(lambda read: read.all(statement))
        return [(row.kind, row.pieces, row.after) for row in rows]

    def verify_stock(self) -> None:
        """Every stock must be what its movements leave."""
        problem = self.store.read_sync(check_all_stocks)
        assert problem is None, problem
