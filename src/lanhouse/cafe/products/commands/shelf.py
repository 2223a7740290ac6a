"""What orders take from the stock: many of them at once, in a few statements.

The products of all orders are locked first (lock_shelf), pieces are taken in memory (Shelf.take,
which may refuse one order without touching another), and what was taken is written in one pass.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from lanhouse.auth.actors import Actor
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.money.log import write_logs
from lanhouse.cafe.money.schemas import Event, LogEntry
from lanhouse.cafe.products.errors import SoldOut
from lanhouse.cafe.products.locks import lock_products
from lanhouse.cafe.products.rules import runs_low, with_packages
from lanhouse.cafe.products.schemas import ComboItem, Sets, Source, StockKind
from lanhouse.cafe.products.tables import product_combo_items, products, stock_movements
from lanhouse.db.statements import Row, among, static
from lanhouse.db.store import Retry, Tx
from lanhouse.kit.errors import NotFound
from lanhouse.kit.said import say

_NOT_THERE = say("Product not found")
SET_LEFT = static(
    sa.update(products)
    .where(products.c.center_id == sa.bindparam("center"), products.c.id == sa.bindparam("product"))
    .values(quantity=sa.bindparam("left"))
)
MOVE = static(sa.insert(stock_movements))
_PARTS = static(
    sa.select(
        product_combo_items.c.combo_id,
        product_combo_items.c.source,
        product_combo_items.c.item_id,
        product_combo_items.c.quantity,
    ).where(
        product_combo_items.c.center_id == sa.bindparam("center"),
        among(product_combo_items.c.combo_id, "ids"),
    )
)


class Taken(NamedTuple):
    """Pieces of one product that an order takes: how many were there before, what is sold by that
    (a part of a combo says the combo) and how many of it."""

    product_id: int
    pieces: int
    before: int
    sold_id: int
    sold_quantity: int


class Shelf:
    """Locked products, and how many pieces of each are left while orders take from them."""

    def __init__(
        self, rows: Mapping[int, Row], parts: Mapping[int, Mapping[int, int]], packaged: Sets
    ) -> None:
        self.rows = rows
        """By id: what orders name, and the parts of the combos among it."""
        self._parts = parts
        self.packaged = packaged
        """The combos that have a package in them, with all their parts."""
        self.left = {product_id: row.quantity for product_id, row in rows.items()}

    def parts_costs_micros(self, wanted: Mapping[int, int]) -> dict[int, int]:
        """What the goods in one of each combo among `wanted` cost the house, by its id."""
        return {
            combo_id: sum(self.rows[item].cost_micros * each for item, each in parts.items())
            for combo_id, parts in self._parts.items()
            if combo_id in wanted
        }

    def take(self, wanted: Mapping[int, int]) -> list[Taken]:
        """Take so many of each product, of a combo its parts: all or none.

        Raises SoldOut for the first product of which too little is there, NotFound for one that is
        not there.
        """
        pieces: list[tuple[int, int, int]] = []
        for product_id, quantity in wanted.items():
            row = self.rows.get(product_id)
            if row is None or row.deleted_at is not None:
                raise NotFound(_NOT_THERE)
            parts = self._parts.get(product_id, {} if row.is_unlimited else {product_id: 1})
            pieces += [(item, product_id, each * quantity) for item, each in parts.items()]
        pieces.sort()
        left = dict(self.left)
        taken: list[Taken] = []
        for item, product_id, number in pieces:
            row = self.rows[item]
            if row.is_unlimited:
                continue
            if number > left[item]:
                raise SoldOut(item, row.name, left[item])
            taken.append(Taken(item, number, left[item], product_id, wanted[product_id]))
            left[item] -= number
        self.left = left
        return taken


def lock_shelf(tx: Tx, center_id: int, ids: Iterable[int]) -> Shelf:
    """These products and the parts of the combos among them, locked by rising id.

    Call it with the members' locks held and before money moves. A combo that gets other parts
    meanwhile begins the command anew: its new parts cannot be locked behind the others.
    """
    wanted = sorted(set(ids))
    parts, packaged = _parts(tx, center_id, wanted)
    items = {item for each in parts.values() for item in each}
    rows = lock_products(tx, center_id, {*wanted, *items})
    if any(row.is_unlimited for row in rows.values()):
        # Combos are never counted, so there may be one; what it is made of counts now.
        parts, packaged = _parts(tx, center_id, wanted)
        if not {item for each in parts.values() for item in each} <= rows.keys():
            raise Retry
    return Shelf(rows, parts, packaged)


def book_taken(
    tx: Tx, center: Center, actor: Actor, shelf: Shelf, taken: Sequence[tuple[int, Sequence[Taken]]]
) -> None:
    """Write what orders took, each by its id, in the order in which they took it."""
    moves: list[dict[str, Any]] = []
    low: list[LogEntry] = []
    touched: set[int] = set()
    for order_id, pieces in taken:
        for each in pieces:
            row, after = shelf.rows[each.product_id], each.before - each.pieces
            touched.add(each.product_id)
            moves.append(_move(tx, center, actor, order_id, each))
            if runs_low(each.before, after, row.low_stock_at):
                low.append(_runs_low(center, actor, row.name, after))
    tx.run_many(
        SET_LEFT,
        [
            {"center": center.id, "product": product_id, "left": shelf.left[product_id]}
            for product_id in sorted(touched)
        ],
    )
    tx.run_many(MOVE, moves)
    if low:
        write_logs(tx, low)


def _parts(tx: Tx, center_id: int, ids: Sequence[int]) -> tuple[dict[int, dict[int, int]], Sets]:
    """Pieces of goods by part of each combo, and the combos that have a package in them."""
    found: dict[int, dict[int, int]] = {}
    combos: dict[int, list[ComboItem]] = {}
    for row in tx.all(_PARTS, center=center_id, ids=list(ids)):
        item = ComboItem(Source(row.source), row.item_id, row.quantity)
        combos.setdefault(row.combo_id, []).append(item)
        if item.source == Source.PRODUCT:
            found.setdefault(row.combo_id, {})[row.item_id] = row.quantity
    return found, with_packages(combos)


def _move(tx: Tx, center: Center, actor: Actor, order_id: int, each: Taken) -> dict[str, Any]:
    return {
        "center_id": center.id,
        "product_id": each.product_id,
        "at": tx.now,
        "kind": StockKind.SALE,
        "pieces": -each.pieces,
        "before": each.before,
        "after": each.before - each.pieces,
        "order_id": order_id,
        "sold_id": each.sold_id,
        "sold_quantity": each.sold_quantity,
        "reason": "",
        "staff_id": actor.staff_id,
        "staff_name": actor.staff_name,
    }


def _runs_low(center: Center, actor: Actor, name: str, left: int) -> LogEntry:
    return LogEntry(
        center_id=center.id,
        event=Event.RESTOCKNOTIFY,
        staff_id=actor.staff_id,
        staff_name=actor.staff_name,
        details=f"{name}: {left}",
    )
