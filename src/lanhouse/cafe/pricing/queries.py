"""Finding price rules, and the tariff of a PC and a customer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import lru_cache

import msgspec
import sqlalchemy as sa

from lanhouse.cafe.centers.schemas import Center, Settings
from lanhouse.cafe.centers.schemas.values import HolidayValue
from lanhouse.cafe.pricing.rules import Holiday, PriceList, PriceRule, Window, parse_weekdays
from lanhouse.cafe.pricing.schemas import Price
from lanhouse.cafe.pricing.tables import prices
from lanhouse.db.statements import Row, static
from lanhouse.db.store import Read
from lanhouse.kit import clock

_OVER_AFTER = timedelta(days=3)

_OF_CENTER = static(
    sa.select(prices).where(prices.c.center_id == sa.bindparam("center")).order_by(prices.c.id)
)
_DEFAULT = static(
    sa.select(prices).where(prices.c.center_id == sa.bindparam("center"), prices.c.is_default)
)
_BY_ID = static(
    sa.select(prices).where(
        prices.c.center_id == sa.bindparam("center"), prices.c.id == sa.bindparam("price")
    )
)


def prices_of_center(read: Read, center_id: int) -> list[Price]:
    """Every price rule of a centre, by id: "Default" and at most MAX_PRICE others."""
    return [_price(row) for row in read.all(_OF_CENTER, center=center_id)]


def price_list(read: Read, center: Center) -> PriceList:
    """The rules that price time in a centre, for tariff_for()."""
    return list_of(prices_of_center(read, center.id), center.settings)


def list_of(found: Iterable[Price], settings: Settings) -> PriceList:
    """Set "Default" apart from the other rules; a rule without a price holds nowhere."""
    default: PriceRule | None = None
    rules: list[PriceRule] = []
    for price in found:
        if price.is_default:
            default = price.rule
        elif price.rule is not None:
            rules.append(price.rule)
    payment = settings.payment
    return PriceList(
        tuple(rules),
        default,
        payment.default_price_fills_gaps,
        holidays_to_come(payment.holidays, clock.now()),
        payment.extra_player_price_micros,
    )


def holidays_to_come(text: str, at: datetime) -> tuple[Holiday, ...]:
    """The holidays of a centre's setting that may still hold at `at` or later: every segment keeps
    them, so those of past years are left out."""
    return from_day(_holidays_of(text), at)


def from_day(holidays: Sequence[Holiday], at: datetime) -> tuple[Holiday, ...]:
    """Those that are not over at `at`, in whatever zone: the night after one belongs to it."""
    first = (at - _OVER_AFTER).date().isoformat()
    return tuple(one for one in holidays if one.date >= first)


@lru_cache(maxsize=256)
def _holidays_of(text: str) -> tuple[Holiday, ...]:
    """By date; of two on one date the later line counts."""
    days = {
        one.date.isoformat(): Holiday(one.date.isoformat(), one.weekday, one.name)
        for one in msgspec.json.decode(text, type=tuple[HolidayValue, ...])
    }
    return tuple(days[day] for day in sorted(days))


def price_by_id(read: Read, center_id: int, price_id: int) -> Price | None:
    """The rule (centre id, price id), or None."""
    row = read.one(_BY_ID, center=center_id, price=price_id)
    return None if row is None else _price(row)


def default_price(read: Read, center_id: int) -> Price:
    """The centre's rule "Default"."""
    return _price(read.one(_DEFAULT, center=center_id))


def _price(row: Row) -> Price:
    return Price(
        price_id=row.id,
        name=row.name,
        price_per_hour_micros=row.price_per_hour_micros,
        pc_group_id=row.pc_group_id,
        member_group_id=row.member_group_id,
        window=Window(parse_weekdays(row.weekdays), row.from_minute, row.to_minute),
        is_default=row.is_default,
    )
