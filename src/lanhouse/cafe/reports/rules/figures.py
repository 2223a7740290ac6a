"""What the rows of the log add up to on the page of reports; amounts in micros."""

from __future__ import annotations

import msgspec

from lanhouse.cafe.money.schemas import Event
from lanhouse.db.statements import Row

ADDED = ("number", "money_number", "cash_micros", "card_micros", "qr_micros", "spend_micros")
ADDED += ("bonus_micros", "cost_micros", "used_seconds", "tax_micros", "goods_cost_micros")
ADDED += ("discount_micros", "by_hand_micros", "tax1_micros", "tax2_micros", "tax3_micros")
"""The amounts of a row that are added up."""


class Amounts(msgspec.Struct):
    """What log rows add up to; amounts as in the log."""

    number: int = 0
    money_number: int = 0
    """Rows with cash, card or QR."""
    cash_micros: int = 0
    card_micros: int = 0
    qr_micros: int = 0
    spend_micros: int = 0
    bonus_micros: int = 0
    cost_micros: int = 0
    used_seconds: int = 0
    tax_micros: int = 0
    goods_cost_micros: int = 0
    discount_micros: int = 0
    by_hand_micros: int = 0
    tax1_micros: int = 0
    tax2_micros: int = 0
    tax3_micros: int = 0

    @property
    def money_micros(self) -> int:
        """What came in less what went out, by whichever way."""
        return self.cash_micros + self.card_micros + self.qr_micros

    @property
    def by_group_micros(self) -> int:
        """What the discount of a member group took off."""
        return self.discount_micros - self.by_hand_micros

    def add(self, row: Row | Amounts) -> None:
        """Count more in."""
        for name in ADDED:
            setattr(self, name, getattr(self, name) + getattr(row, name))


class Cashier(msgspec.Struct):
    """What one person took in, refunds taken off, and what of it was given back (below zero)."""

    taken: Amounts = msgspec.field(default_factory=Amounts)
    back: Amounts = msgspec.field(default_factory=Amounts)


class Figures(msgspec.Struct):
    """The cards of a stretch."""

    all: Amounts = msgspec.field(default_factory=Amounts)
    back: Amounts = msgspec.field(default_factory=Amounts)
    """Rows that reports call refunds."""
    by_event: dict[str, Amounts] = msgspec.field(default_factory=dict)
    back_by_event: dict[str, Amounts] = msgspec.field(default_factory=dict)
    """Of `back`."""
    by_staff: dict[str, Cashier] = msgspec.field(default_factory=dict)
    new_members: int = 0
    time_discount_micros: int = 0
    """What the discount of a member group took off the time that was played."""

    def of(self, event: str) -> Amounts:
        """What rows of an event add up to."""
        return self.by_event.get(event, Amounts())

    @property
    def discount_micros(self) -> int:
        """All discounts: on goods, packages and time."""
        told = self.all.discount_micros - self.of(Event.CHECKOUT).discount_micros
        return told + self.time_discount_micros

    @property
    def has_time_rows(self) -> bool:
        """Whether the rows of the log tell all of the discounts on time; those of sessions that
        ended before decision 0142 do not."""
        return self.of(Event.CHECKOUT).discount_micros == self.time_discount_micros

    @property
    def bonus_micros(self) -> int:
        """Bonus given with top-ups, less what was taken back."""
        return self.of(Event.TOPUP).bonus_micros
