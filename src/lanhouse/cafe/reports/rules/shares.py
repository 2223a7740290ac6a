"""What was taken off prices, what of the takings is tax, and what is left of them for the house."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from lanhouse.cafe.money.schemas import Event
from lanhouse.cafe.money.taxes import GOODS_TAXES, TIME_TAX
from lanhouse.cafe.reports.rules.figures import Amounts, Figures
from lanhouse.kit.money import half_up, unit_micros

MONTH_DAYS = 30
"""Each of them bears the same part of a month's costs (cafe-domain 11)."""


class Discount(msgspec.Struct, frozen=True):
    """What was taken off: `goods_by_hand` by whom, `goods`, `packages` or `time` of a group."""

    kind: str
    staff_name: str
    micros: int


def discounts(figures: Figures) -> list[Discount]:
    """All discounts of a stretch, those by hand first; together they are its discount_micros."""
    found = [
        Discount("goods_by_hand", name, cashier.taken.by_hand_micros)
        for name, cashier in sorted(figures.by_staff.items())
    ]
    found.append(Discount("goods", "", figures.of(Event.SALE).by_group_micros))
    found.append(Discount("packages", "", figures.of(Event.OFFER).discount_micros))
    found.append(Discount("time", "", figures.time_discount_micros))
    return [each for each in found if each.micros]


class TaxShare(msgspec.Struct, frozen=True):
    """The tax of what was sold and given back under an event of the log; `slot` 0: of goods from
    before slots were kept."""

    event: str
    slot: int
    taken_micros: int
    back_micros: int


def taxes(figures: Figures) -> list[TaxShare]:
    """The tax of a stretch by slot (cafe-domain 10: goods 1 to 3, time and packages 4)."""
    found: list[TaxShare] = []
    for event, amounts in sorted(figures.by_event.items(), reverse=True):
        if event == Event.SALE:
            back = figures.back_by_event.get(event, Amounts())
            found += _of_goods(dict(slots_of(amounts)), dict(slots_of(back)))
        elif event == Event.OFFER:
            back = figures.back_by_event.get(event, Amounts())
            taken = amounts.tax_micros - back.tax_micros
            found.append(TaxShare(event, TIME_TAX, taken, -back.tax_micros))
        else:
            # A check-out that gives the rest of a deposit back has the tax of the time as well.
            found.append(TaxShare(event, TIME_TAX, amounts.tax_micros, 0))
    return [each for each in found if each.taken_micros or each.back_micros]


def _of_goods(every: dict[int, int], back: dict[int, int]) -> Iterator[TaxShare]:
    for slot, micros in every.items():
        yield TaxShare(Event.SALE, slot, micros - back[slot], -back[slot])


def slots_of(goods: Amounts) -> Iterator[tuple[int, int]]:
    """(slot, tax) of rows of goods; what is in none of the slots is under 0."""
    taxed = [(slot, getattr(goods, f"tax{slot}_micros")) for slot in GOODS_TAXES]
    yield from taxed
    yield 0, goods.tax_micros - sum([micros for _, micros in taxed])


class Profit(msgspec.Struct, frozen=True, kw_only=True):
    """What is left of the money of a stretch."""

    money_micros: int
    tax_micros: int
    goods_cost_micros: int
    house_micros: int
    """Its days' part of the costs of a month (setting cafe_monthly_expense)."""

    @property
    def left_micros(self) -> int:
        """Money less tax, the cost of goods and that of the house."""
        return self.money_micros - self.tax_micros - self.goods_cost_micros - self.house_micros


def profit_of(every: Amounts, monthly_micros: int, days: int, currency: str) -> Profit:
    """The profit of so many days; a day that is not over bears its whole part
    (cafe-domain 11: expense / 30 x days)."""
    unit = unit_micros(currency)
    return Profit(
        money_micros=every.money_micros,
        tax_micros=every.tax_micros,
        goods_cost_micros=every.goods_cost_micros,
        house_micros=half_up(monthly_micros * days, MONTH_DAYS * unit) * unit,
    )
