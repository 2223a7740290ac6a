"""Setting prices. Running sessions go on under the new ones from now; the past keeps its price."""

from __future__ import annotations

import msgspec
import sqlalchemy as sa

from lanhouse.cafe.centers.locks import lock_center
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.groups.queries import member_group_exists, pc_group_exists
from lanhouse.cafe.pricing.queries import rule_by_id
from lanhouse.cafe.pricing.rules import PriceRule, Window, format_weekdays
from lanhouse.cafe.pricing.tables import prices
from lanhouse.cafe.sessions.commands import refresh_tariffs
from lanhouse.db.statements import insert_ignore, static
from lanhouse.db.store import Tx
from lanhouse.kit.errors import InvalidInput, NotFound, Refused
from lanhouse.kit.limits import MAX_PRICE

_COUNT = static(
    sa.select(sa.func.count())
    .select_from(prices)
    .where(prices.c.center_id == sa.bindparam("center"))
)
_NAMED = static(
    sa.select(prices.c.id).where(
        prices.c.center_id == sa.bindparam("center"), prices.c.name == sa.bindparam("new_name")
    )
)
_INSERT = static(insert_ignore(prices).returning(prices.c.id))


class PriceValues(msgspec.Struct, frozen=True, kw_only=True):
    """What a price rule says; `price_per_hour_micros` is micros of the centre's currency."""

    name: str
    price_per_hour_micros: int
    pc_group_id: int | None = None
    member_group_id: int | None = None
    window: Window = Window()


class PriceChange(msgspec.Struct, frozen=True):
    """New values for a price rule, or none to delete it. `price_id` is None for a new one."""

    center: Center
    price_id: int | None
    values: PriceValues | None


def create_price(tx: Tx, change: PriceChange) -> PriceRule:
    """Add a rule. Raises InvalidInput by field, Refused at MAX_PRICE rules or a name in use."""
    values = _checked(tx, change)
    center_id = change.center.id
    if tx.scalar(_COUNT, center=center_id) >= MAX_PRICE:
        raise Refused(f"There are {MAX_PRICE} prices already, which is the most a centre may have.")
    price_id = tx.scalar(_INSERT, center_id=center_id, created_at=tx.now, **_columns(values))
    if price_id is None:
        raise InvalidInput({"name": "is in use already"})
    return _done(tx, change.center, price_id)


def change_price(tx: Tx, change: PriceChange) -> PriceRule:
    """Replace a rule's values. Raises NotFound, and InvalidInput by field."""
    values = _checked(tx, change)
    assert change.price_id is not None
    of_center = (prices.c.center_id == change.center.id) & (prices.c.id == change.price_id)
    if not tx.run(sa.update(prices).where(of_center).values(**_columns(values))):
        raise NotFound("Price not found")
    return _done(tx, change.center, change.price_id)


def delete_price(tx: Tx, change: PriceChange) -> None:
    """Remove a rule. A running session for which no other rule holds keeps its price."""
    of_center = (prices.c.center_id == change.center.id) & (prices.c.id == change.price_id)
    if not tx.run(sa.delete(prices).where(of_center)):
        raise NotFound("Price not found")
    refresh_tariffs(tx, change.center)


def _done(tx: Tx, center: Center, price_id: int) -> PriceRule:
    refresh_tariffs(tx, center)
    rule = rule_by_id(tx, (center.id, price_id))
    assert rule is not None
    return rule


def _checked(tx: Tx, change: PriceChange) -> PriceValues:
    """The values, with the centre locked and everything found wrong named at once."""
    center_id, values = change.center.id, change.values
    assert values is not None
    lock_center(tx, center_id)
    errors: dict[str, str] = {}
    same_name = tx.scalar(_NAMED, center=center_id, new_name=values.name)
    if same_name is not None and same_name != change.price_id:
        errors["name"] = "is in use already"
    if values.pc_group_id is not None and not pc_group_exists(tx, center_id, values.pc_group_id):
        errors["pc_group_id"] = "is not a PC group of this centre"
    group_id = values.member_group_id
    if group_id is not None and not member_group_exists(tx, center_id, group_id):
        errors["member_group_id"] = "is not a member group of this centre"
    if errors:
        raise InvalidInput(errors)
    return values


def _columns(values: PriceValues) -> dict[str, object]:
    return {
        "name": values.name,
        "pc_group_id": values.pc_group_id,
        "member_group_id": values.member_group_id,
        "weekdays": format_weekdays(values.window.weekdays),
        "from_minute": values.window.from_minute,
        "to_minute": values.window.to_minute,
        "price_per_hour_micros": values.price_per_hour_micros,
    }
