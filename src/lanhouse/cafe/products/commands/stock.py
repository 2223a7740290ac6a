"""Every way in which a stock changes: goods come in or go, are counted, sold or given back.

A stock never falls below zero: whoever changes it holds the product's row (locks.lock_products).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
import sqlalchemy as sa

from lanhouse.auth.actors import Actor
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.money.log import write_log
from lanhouse.cafe.money.schemas import Event, LogEntry
from lanhouse.cafe.products.commands.shelf import MOVE, SET_LEFT, book_taken, lock_shelf
from lanhouse.cafe.products.errors import SoldOut
from lanhouse.cafe.products.locks import lock_products
from lanhouse.cafe.products.rules import STOCK_MAX, runs_low
from lanhouse.cafe.products.schemas import StockKind, StockLevel, StockLine
from lanhouse.cafe.products.tables import stock_movements
from lanhouse.db.statements import Row, static
from lanhouse.db.store import Tx
from lanhouse.kit.errors import InvalidInput, NotFound, Refused
from lanhouse.kit.limits import COMMENT_CHARS_MAX
from lanhouse.kit.said import say

LINES_MAX = 500
_NOT_THERE = say("Product not found")
_TAKEN = static(
    sa.select(
        stock_movements.c.product_id,
        stock_movements.c.sold_id,
        sa.func.sum(stock_movements.c.pieces).label("pieces"),
        sa.func.sum(stock_movements.c.sold_quantity).label("sold"),
    )
    .where(
        stock_movements.c.center_id == sa.bindparam("center"),
        stock_movements.c.order_id == sa.bindparam("order"),
    )
    .group_by(stock_movements.c.product_id, stock_movements.c.sold_id)
)


class Restock(msgspec.Struct, frozen=True, kw_only=True):
    """Goods that came in, or with a `pieces` below zero goods that went without a sale."""

    center: Center
    actor: Actor
    product_id: int
    pieces: int
    reason: str = ""


class Counted(msgspec.Struct, frozen=True):
    """What a stock-take found of a product, and what the books said when it was counted (None:
    what they say now)."""

    product_id: int
    counted: int
    expected: int | None = None


class StockTake(msgspec.Struct, frozen=True, kw_only=True):
    """What was counted, each product once."""

    center: Center
    actor: Actor
    lines: Sequence[Counted]
    reason: str = ""


class GoodsMove(msgspec.Struct, frozen=True, kw_only=True):
    """Goods that an order takes or gives back; combos stand in it as they are sold."""

    center: Center
    actor: Actor
    order_id: int
    lines: Sequence[StockLine]


def restock(tx: Tx, cmd: Restock) -> StockLevel:
    """Put goods into stock, or take some out with a reason.

    Raises NotFound, SoldOut, Refused where nothing is counted, InvalidInput by field.
    """
    errors: dict[str, str] = {}
    if cmd.pieces == 0:
        errors["pieces"] = say("must not be 0")
    elif abs(cmd.pieces) > STOCK_MAX:
        errors["pieces"] = say("must be at most %(most)s", most=STOCK_MAX)
    _check_reason(errors, cmd.reason, is_needed=cmd.pieces < 0 and cmd.actor.kind == "staff")
    if errors:
        raise InvalidInput(errors)
    cmd.actor.require("products.restock" if cmd.pieces > 0 else "products.correct_stock")
    row = _counted_row(lock_products(tx, cmd.center.id, [cmd.product_id]), cmd.product_id)
    kind = StockKind.RESTOCK if cmd.pieces > 0 else StockKind.DESTOCK
    level = _move(tx, cmd.center, cmd.actor, row, kind, cmd.pieces, reason=cmd.reason)
    tx.audit("product", row.id, before={"quantity": row.quantity}, after={"quantity": level})
    return StockLevel(row.id, level)


def take_stock_count(tx: Tx, cmd: StockTake) -> list[StockLevel]:
    """Correct stocks by what was counted: by the difference to what the books said then, so that
    what was sold since the counting stays sold. All or none.

    Raises NotFound, Refused where nothing is counted, InvalidInput by field.
    """
    errors: dict[str, str] = {}
    if not cmd.lines:
        errors["lines"] = say("is required")
    elif len(cmd.lines) > LINES_MAX:
        errors["lines"] = say("must have at most %(count)s entries", count=LINES_MAX)
    elif len({line.product_id for line in cmd.lines}) < len(cmd.lines):
        errors["lines"] = say("names a product twice")
    elif not all(0 <= line.counted <= STOCK_MAX for line in cmd.lines):
        errors["lines"] = say("must be between 0 and %(most)s pieces", most=STOCK_MAX)
    _check_reason(errors, cmd.reason)
    if errors:
        raise InvalidInput(errors)
    rows = lock_products(tx, cmd.center.id, [line.product_id for line in cmd.lines])
    levels: list[StockLevel] = []
    for line in cmd.lines:
        row = _counted_row(rows, line.product_id)
        pieces = line.counted - (row.quantity if line.expected is None else line.expected)
        if row.quantity + pieces < 0:
            raise Refused(say("%(name)s changed meanwhile: count it again", name=row.name))
        if pieces:
            _move(tx, cmd.center, cmd.actor, row, StockKind.COUNT, pieces, reason=cmd.reason)
            tx.audit(
                "product",
                row.id,
                before={"quantity": row.quantity},
                after={"quantity": row.quantity + pieces},
            )
        levels.append(StockLevel(row.id, row.quantity + pieces))
    if not tx.trail.has_touched:
        # All was as the books said.
        tx.did_nothing()
    return levels


def put_first_stock(tx: Tx, center: Center, actor: Actor, product_id: int, quantity: int) -> None:
    """What is there of a product that is being made."""
    row = lock_products(tx, center.id, [product_id])[product_id]
    _move(tx, center, actor, row, StockKind.OPENING, quantity)


def take_stock(tx: Tx, cmd: GoodsMove) -> list[StockLevel]:
    """Take what an order sells, of a combo its parts; answers the stocks that changed.

    All or none. Call it with the members' locks held and before money moves. Raises SoldOut for
    the first product of which too little is there, NotFound for one that is not there.
    """
    sold = _merged(cmd.lines)
    shelf = lock_shelf(tx, cmd.center.id, sold)
    taken = shelf.take(sold)
    book_taken(tx, cmd.center, cmd.actor, shelf, [(cmd.order_id, taken)])
    return _levels(shelf.rows, shelf.left)


def give_back_stock(tx: Tx, cmd: GoodsMove) -> list[StockLevel]:
    """Put back what an order had taken for these lines, of a combo the parts that it had then;
    answers the stocks that changed. What was not counted when it was sold is not put back.

    Raises Refused for more than the order has taken and not given back.
    """
    wanted = _merged(cmd.lines)
    center_id = cmd.center.id
    taken = tx.all(_TAKEN, center=center_id, order=cmd.order_id)
    rows = lock_products(tx, center_id, [row.product_id for row in taken])
    # Once more under the lock: another desk may have given some of it back.
    taken = tx.all(_TAKEN, center=center_id, order=cmd.order_id)
    left = {product_id: row.quantity for product_id, row in rows.items()}
    for took in sorted(taken, key=lambda row: (row.product_id, row.sold_id)):
        quantity = wanted.get(took.sold_id, 0)
        if not quantity:
            continue
        row, sold = rows[took.product_id], int(took.sold)
        if quantity > sold:
            raise Refused(
                say("%(name)s: only %(left)s can be given back", name=row.name, left=sold)
            )
        pieces = -int(took.pieces) * quantity // sold
        left[row.id] = _move(
            *(tx, cmd.center, cmd.actor, row, StockKind.RETURN, pieces),
            before=left[row.id],
            order=(cmd.order_id, took.sold_id, -quantity),
        )
    return _levels(rows, left)


def _merged(lines: Sequence[StockLine]) -> dict[int, int]:
    """Quantities by product, in the order of the lines."""
    sums: dict[int, int] = {}
    for line in lines:
        if not 1 <= line.quantity <= STOCK_MAX:
            raise InvalidInput(
                {"lines": say("must be between 1 and %(most)s pieces", most=STOCK_MAX)}
            )
        sums[line.product_id] = sums.get(line.product_id, 0) + line.quantity
    return sums


def _counted_row(rows: dict[int, Row], product_id: int) -> Row:
    row = rows.get(product_id)
    if row is None or row.deleted_at is not None:
        raise NotFound(_NOT_THERE)
    if row.is_unlimited:
        raise Refused(say("%(name)s: its pieces are not counted", name=row.name))
    return row


def _move(
    tx: Tx,
    center: Center,
    actor: Actor,
    row: Row,
    kind: StockKind,
    pieces: int,
    *,
    before: int | None = None,
    order: tuple[int, int, int] | None = None,
    reason: str = "",
) -> int:
    """Book a movement of a locked product; answers how many are there after it."""
    there: int = row.quantity if before is None else before
    after = there + pieces
    if after < 0:
        raise SoldOut(row.id, row.name, there)
    if after > STOCK_MAX:
        raise InvalidInput({"pieces": say("must be at most %(most)s", most=STOCK_MAX - there)})
    order_id, sold_id, sold_quantity = order or (None, None, None)
    tx.run(SET_LEFT, center=center.id, product=row.id, left=after)
    tx.run(
        MOVE,
        center_id=center.id,
        product_id=row.id,
        at=tx.now,
        kind=kind,
        pieces=pieces,
        before=there,
        after=after,
        order_id=order_id,
        sold_id=sold_id,
        sold_quantity=sold_quantity,
        reason=reason,
        staff_id=actor.staff_id,
        staff_name=actor.staff_name,
    )
    if runs_low(there, after, row.low_stock_at):
        write_log(
            tx,
            LogEntry(
                center_id=center.id,
                event=Event.RESTOCKNOTIFY,
                staff_id=actor.staff_id,
                staff_name=actor.staff_name,
                details=f"{row.name}: {after}",
            ),
        )
    return after


def _levels(rows: Mapping[int, Row], left: Mapping[int, int]) -> list[StockLevel]:
    return [
        StockLevel(product_id, left[product_id])
        for product_id, row in rows.items()
        if left[product_id] != row.quantity
    ]


def _check_reason(errors: dict[str, str], reason: str, *, is_needed: bool = False) -> None:
    if len(reason) > COMMENT_CHARS_MAX:
        errors["reason"] = say("must be at most %(count)s characters", count=COMMENT_CHARS_MAX)
    elif is_needed and not reason:
        errors["reason"] = say("is required")
