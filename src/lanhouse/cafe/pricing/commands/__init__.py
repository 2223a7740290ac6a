"""Setting prices. Running sessions go on under the new ones from now; the past keeps its price."""

from __future__ import annotations

import msgspec
import sqlalchemy as sa

from lanhouse.cafe.centers.locks import lock_center
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.facts import PricesChanged
from lanhouse.cafe.groups.queries import member_group_exists, pc_group_exists
from lanhouse.cafe.pricing.queries import price_by_id, prices_of_center
from lanhouse.cafe.pricing.rules import DEFAULT_NAME, PriceRule, Window, format_weekdays
from lanhouse.cafe.pricing.rules.painting import overlap
from lanhouse.cafe.pricing.schemas import Price
from lanhouse.cafe.pricing.tables import prices
from lanhouse.db.statements import static
from lanhouse.db.store import Tx
from lanhouse.kit.errors import InvalidInput, NotFound, Refused
from lanhouse.kit.limits import MAX_PRICE
from lanhouse.kit.said import say

_COUNT = static(
    sa.select(sa.func.count())
    .select_from(prices)
    .where(prices.c.center_id == sa.bindparam("center"), ~prices.c.is_default)
)
_INSERT = static(sa.insert(prices).returning(prices.c.id))


class DefaultStays(Refused):
    """The rule "Default" is neither renamed nor deleted."""

    status = 409


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


def create_price(tx: Tx, change: PriceChange) -> Price:
    """Add a rule. Raises InvalidInput by field, Refused at MAX_PRICE rules beside "Default"."""
    center_id = change.center.id
    lock_center(tx, center_id)
    values = _checked(tx, change)
    if tx.scalar(_COUNT, center=center_id) >= MAX_PRICE:
        raise Refused(
            say(
                "There are %(count)s prices already, which is the most a centre may have.",
                count=MAX_PRICE,
            )
        )
    price_id = tx.scalar(
        _INSERT, center_id=center_id, created_at=tx.now, is_default=False, **columns_of(values)
    )
    return _done(tx, change.center, price_id, None)


def change_price(tx: Tx, change: PriceChange) -> Price:
    """Replace a rule's values. Raises NotFound, and InvalidInput by field.

    "Default" has a price and nothing else to change: its name raises DefaultStays.
    """
    lock_center(tx, change.center.id)
    found = _found(tx, change)
    assert change.values is not None
    if found.is_default:
        _must_stay_default(change.values)
    values = _checked(tx, change)
    of_center = (prices.c.center_id == change.center.id) & (prices.c.id == found.price_id)
    tx.run(sa.update(prices).where(of_center).values(**columns_of(values)))
    return _done(tx, change.center, found.price_id, found)


def delete_price(tx: Tx, change: PriceChange) -> None:
    """Remove a rule. A running session for which no other rule holds keeps its price.

    Raises NotFound, and DefaultStays for "Default".
    """
    lock_center(tx, change.center.id)
    found = _found(tx, change)
    if found.is_default:
        raise DefaultStays(
            say('The price "%(name)s" cannot be deleted: every centre has it.', name=DEFAULT_NAME)
        )
    of_center = (prices.c.center_id == change.center.id) & (prices.c.id == change.price_id)
    tx.run(sa.delete(prices).where(of_center))
    tx.audit("price", found.price_id, before=found)
    tx.tell(PricesChanged(change.center.id))


def _found(tx: Tx, change: PriceChange) -> Price:
    """The rule that is meant, read under the centre's lock. Raises NotFound."""
    assert change.price_id is not None
    price = price_by_id(tx, change.center.id, change.price_id)
    if price is None:
        raise NotFound(say("Price not found"))
    return price


def _must_stay_default(values: PriceValues) -> None:
    if values.name != DEFAULT_NAME:
        raise DefaultStays(
            say('The price "%(name)s" cannot be renamed: every centre has it.', name=DEFAULT_NAME)
        )
    errors: dict[str, str] = {}
    for field, group_id in (
        ("pc_group_id", values.pc_group_id),
        ("member_group_id", values.member_group_id),
    ):
        if group_id is not None:
            errors[field] = say('must be any (null) for "%(name)s"', name=DEFAULT_NAME)
    if values.window.weekdays != Window().weekdays:
        errors["weekdays"] = say('must be all seven for "%(name)s"', name=DEFAULT_NAME)
    if values.window.length_minutes != Window().length_minutes:
        errors["window"] = say('must be 00:00-24:00 for "%(name)s"', name=DEFAULT_NAME)
    if errors:
        raise InvalidInput(errors)


def _done(tx: Tx, center: Center, price_id: int, before: Price | None) -> Price:
    tx.tell(PricesChanged(center.id))
    price = price_by_id(tx, center.id, price_id)
    assert price is not None
    tx.audit("price", price_id, before=before, after=price)
    return price


def _checked(tx: Tx, change: PriceChange) -> PriceValues:
    """The values, everything found wrong named at once; the centre is locked already."""
    center_id, values = change.center.id, change.values
    assert values is not None
    errors: dict[str, str] = {}
    if taken := _taken(prices_of_center(tx, center_id), change.price_id, values):
        errors["name"] = taken
    if values.pc_group_id is not None and not pc_group_exists(tx, center_id, values.pc_group_id):
        errors["pc_group_id"] = say("is not a PC group of this centre")
    group_id = values.member_group_id
    if group_id is not None and not member_group_exists(tx, center_id, group_id):
        errors["member_group_id"] = say("is not a member group of this centre")
    if errors:
        raise InvalidInput(errors)
    return values


def _taken(found: list[Price], price_id: int | None, values: PriceValues) -> str:
    """Why the name cannot be given; empty when it can.

    A name is one price, at one or more windows and groups (decision 0099).
    """
    for price in found:
        if price.price_id == price_id or price.name != values.name:
            continue
        groups = (price.pc_group_id, price.member_group_id)
        is_same_place = groups == (values.pc_group_id, values.member_group_id)
        if price.is_default or (is_same_place and overlap(price.window, values.window)):
            return say("is in use already")
        if price.price_per_hour_micros != values.price_per_hour_micros:
            return say("is in use already, at another price")
    return ""


def columns_of(values: PriceValues | PriceRule) -> dict[str, object]:
    """What a rule says, by the columns of its table."""
    return {
        "name": values.name,
        "pc_group_id": values.pc_group_id,
        "member_group_id": values.member_group_id,
        "weekdays": format_weekdays(values.window.weekdays),
        "from_minute": values.window.from_minute,
        "to_minute": values.window.to_minute,
        "price_per_hour_micros": values.price_per_hour_micros,
    }
