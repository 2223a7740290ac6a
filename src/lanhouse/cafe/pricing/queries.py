"""Finding price rules, and the tariff of a PC and a customer."""

from __future__ import annotations

import sqlalchemy as sa

from lanhouse.cafe.pricing.rules import PriceRule, Window, parse_weekdays
from lanhouse.cafe.pricing.tables import prices
from lanhouse.db.statements import Row, static
from lanhouse.db.store import Read

_OF_CENTER = static(
    sa.select(prices).where(prices.c.center_id == sa.bindparam("center")).order_by(prices.c.id)
)
_BY_ID = static(
    sa.select(prices).where(
        prices.c.center_id == sa.bindparam("center"), prices.c.id == sa.bindparam("price")
    )
)


def rules_of_center(read: Read, center_id: int) -> list[PriceRule]:
    """Every price rule of a centre, by id (at most MAX_PRICE)."""
    return [_rule(row) for row in read.all(_OF_CENTER, center=center_id)]


def rule_by_id(read: Read, wanted: tuple[int, int]) -> PriceRule | None:
    """The rule (centre id, price id), or None."""
    row = read.one(_BY_ID, center=wanted[0], price=wanted[1])
    return None if row is None else _rule(row)


def _rule(row: Row) -> PriceRule:
    return PriceRule(
        price_id=row.id,
        name=row.name,
        price_per_hour_micros=row.price_per_hour_micros,
        pc_group_id=row.pc_group_id,
        member_group_id=row.member_group_id,
        window=Window(parse_weekdays(row.weekdays), row.from_minute, row.to_minute),
    )
