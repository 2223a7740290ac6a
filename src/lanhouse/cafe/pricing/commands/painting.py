"""Putting a painted week in force: all strokes of a draft in one act."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import sqlalchemy as sa

from lanhouse.cafe.centers.locks import lock_center
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.facts import PricesChanged
from lanhouse.cafe.groups.queries import member_group_exists, pc_group_exists
from lanhouse.cafe.pricing.commands import columns_of
from lanhouse.cafe.pricing.queries import prices_of_center
from lanhouse.cafe.pricing.rules import DEFAULT_NAME, PriceRule
from lanhouse.cafe.pricing.rules.painting import Canvas, Paint, Stroke, drawn
from lanhouse.cafe.pricing.schemas import Price, canvas_of, mark_of
from lanhouse.cafe.pricing.tables import prices
from lanhouse.db.statements import static
from lanhouse.db.store import Tx
from lanhouse.kit.errors import InvalidInput, Refused
from lanhouse.kit.limits import MAX_PRICE
from lanhouse.kit.said import say

_INSERT = static(sa.insert(prices).returning(prices.c.id))


class PricesMoved(Refused):
    """Somebody else has changed prices since the draft was shown."""

    status = 409


class Draft(msgspec.Struct, frozen=True):
    """Strokes on the prices of a centre, in their order; `seen` is the mark of what was shown."""

    center: Center
    strokes: tuple[Stroke, ...]
    seen: str


class Put(msgspec.Struct, frozen=True):
    """How many rules were added, changed and removed ("Default" counts as changed)."""

    added: int
    changed: int
    removed: int


def put_in_force(tx: Tx, draft: Draft) -> Put:
    """Make the prices what the draft shows; running sessions go on under them from now.

    Raises PricesMoved when they are no longer those that were shown, InvalidInput by field, and
    Refused when more than MAX_PRICE rules beside "Default" would be needed.
    """
    center_id = draft.center.id
    lock_center(tx, center_id)
    before = prices_of_center(tx, center_id)
    if mark_of(before) != draft.seen:
        raise PricesMoved(say("Somebody else has changed prices meanwhile. Look at them again."))
    _check_groups(tx, draft)
    canvas = drawn(canvas_of(before), draft.strokes, DEFAULT_NAME)
    if len(canvas.rules) > MAX_PRICE:
        raise Refused(
            say(
                "This needs %(needed)s prices, and a centre may have at most %(count)s.",
                needed=len(canvas.rules),
                count=MAX_PRICE,
            )
        )
    put = _store(tx, draft.center, before, canvas)
    if put != Put(0, 0, 0):
        tx.tell(PricesChanged(center_id))
    return put


def _check_groups(tx: Tx, draft: Draft) -> None:
    center_id = draft.center.id
    grids = {stroke.grid for stroke in draft.strokes if isinstance(stroke, Paint)}
    for grid in grids:
        pc_group, member_group = grid.pc_group_id, grid.member_group_id
        if pc_group is not None and not pc_group_exists(tx, center_id, pc_group):
            raise InvalidInput({"pc_group_id": say("is not a PC group of this centre")})
        if member_group is not None and not member_group_exists(tx, center_id, member_group):
            raise InvalidInput({"member_group_id": say("is not a member group of this centre")})


def _store(tx: Tx, center: Center, before: Sequence[Price], canvas: Canvas) -> Put:
    """Write what differs; rules whose number is new are made in their order."""
    kept = {rule.price_id: rule for rule in canvas.rules}
    removed = changed = 0
    for price in before:
        of_rule = (prices.c.center_id == center.id) & (prices.c.id == price.price_id)
        wanted = kept.pop(price.price_id, None)
        if price.is_default:
            if price.price_per_hour_micros == canvas.default_micros:
                continue
            columns: dict[str, object] = {"price_per_hour_micros": canvas.default_micros}
            after = msgspec.structs.replace(price, price_per_hour_micros=canvas.default_micros)
        elif wanted is None:
            removed += 1
            tx.run(sa.delete(prices).where(of_rule))
            tx.audit("price", price.price_id, before=price)
            continue
        elif wanted == price.rule:
            continue
        else:
            columns, after = columns_of(wanted), _as_price(wanted)
        changed += 1
        tx.run(sa.update(prices).where(of_rule).values(**columns))
        tx.audit("price", price.price_id, before=price, after=after)
    for rule in sorted(kept.values(), key=lambda rule: rule.price_id):
        columns = columns_of(rule) | {"center_id": center.id, "created_at": tx.now}
        price_id = tx.scalar(_INSERT, is_default=False, **columns)
        tx.audit("price", price_id, after=_as_price(rule, price_id))
    return Put(added=len(kept), changed=changed, removed=removed)


def _as_price(rule: PriceRule, price_id: int | None = None) -> Price:
    return Price(
        price_id=rule.price_id if price_id is None else price_id,
        name=rule.name,
        price_per_hour_micros=rule.price_per_hour_micros,
        pc_group_id=rule.pc_group_id,
        member_group_id=rule.member_group_id,
        window=rule.window,
    )
