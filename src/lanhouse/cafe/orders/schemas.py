"""Orders as commands and queries see them; amounts in micros."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

import msgspec

from lanhouse.cafe.products.schemas import Source as ItemSource
from lanhouse.kit.money import half_up, unit_micros


class Source(StrEnum):
    """Where an order comes from."""

    DESK = "desk"
    SEAT = "seat"
    """A player, through the program on the PC."""
    API = "api"


class Status(StrEnum):
    """Where the goods of an order are."""

    PENDING = "pending"
    PREPARING = "preparing"
    DONE = "done"
    CANCELLED = "cancelled"


OPEN = (Status.PENDING, Status.PREPARING)
"""What still has to be brought."""
COIN = "coin"
"""Paid in coins."""
LATER = "later"
"""On the tab of a member or guest, paid afterwards."""
SEAT_CASH = "seat"
"""Ordered at a seat and paid in cash when it is served."""
BY_CODE = "code"
"""Ordered at a seat and paid by QR code; until that is confirmed it is owed, and the desk may take
its money in another way."""
MIXED = "mixed"
"""Paid by several tenders."""


class Items(NamedTuple):
    """What somebody wants: pieces by product, and packages by offer."""

    goods: dict[int, int]
    packages: dict[int, int]


def items_of(pieces: Iterable[tuple[ItemSource, int, int]]) -> Items:
    """Items from (source, id, number); what is named twice counts together."""
    items = Items({}, {})
    for source, item_id, number in pieces:
        wanted = items.packages if source == ItemSource.OFFER else items.goods
        wanted[item_id] = wanted.get(item_id, 0) + number
    return items


class Tendered(msgspec.Struct, frozen=True):
    """A part of a payment: `micros` None is all that is left; `given_micros` is the cash that was
    handed over, 0 when that is not told."""

    tender: str
    micros: int | None = None
    given_micros: int = 0


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """A line of an order as it was agreed; prices are of one piece."""

    number: int
    source: ItemSource
    item_id: int
    name: str
    quantity: int
    price_micros: int
    coin_price_micros: int = 0
    cost_micros: int = 0
    tax_id: int = 0
    tax_rate_micros: int = 0
    is_tax_included: bool = True
    discount: int = 0
    """Hundredths of a percent."""
    net_micros: int
    tax_micros: int = 0
    coin_micros: int = 0
    refunded_quantity: int = 0
    refunded_net_micros: int = 0
    refunded_tax_micros: int = 0
    refunded_coin_micros: int = 0
    member_offer_id: int | None = None
    """The package that was bought; None for goods, and while it is only planned."""

    @property
    def is_package(self) -> bool:
        """Whether it is one package, which is sold and given back by the rules of packages."""
        return self.source == ItemSource.OFFER

    @property
    def total_micros(self) -> int:
        """What is paid for it."""
        return self.net_micros + self.tax_micros

    def cost_of(self, quantity: int, currency: str) -> int:
        """What so many pieces had cost the house, rounded half-up to what is paid in the currency;
        0 for what is paid in coins, which reports do not count (cafe-domain 11)."""
        if self.coin_micros:
            return 0
        unit = unit_micros(currency)
        return half_up(self.cost_micros * quantity, unit) * unit

    @property
    def left(self) -> int:
        """Pieces that can still be given back."""
        return self.quantity - self.refunded_quantity


class Paid(msgspec.Struct, frozen=True):
    """A payment (positive) or refund (negative) of an order by one tender."""

    tender: str
    amount_micros: int
    given_micros: int = 0
    at: datetime | None = None
    transfer_id: int = 0
    staff_id: int = 0

    @property
    def change_micros(self) -> int:
        """Cash that was given back at once."""
        return max(self.given_micros - self.amount_micros, 0)

    def with_more(self, other: Paid) -> Paid:
        """The two as one payment; of what nobody told the cash of it was exact."""
        is_told = self.given_micros or other.given_micros
        given = [each.given_micros or each.amount_micros for each in (self, other)]
        return msgspec.structs.replace(
            self,
            amount_micros=self.amount_micros + other.amount_micros,
            given_micros=sum(given) if is_told else 0,
        )


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """An order with its lines and payments."""

    id: int
    center_id: int
    at: datetime
    source: Source
    status: Status
    payment: str
    """A tender, coin, later, seat or mixed."""
    member_id: int
    member_account: str
    pc_id: int | None
    pc_name: str
    total_micros: int
    tax_micros: int
    coin_micros: int
    discount: int
    discount_reason: str
    paid_at: datetime | None
    changed_at: datetime
    changed_by_name: str
    reason: str
    refunded_micros: int
    refunded_coin_micros: int
    note: str
    staff_id: int
    staff_name: str
    lines: Sequence[Line] = ()
    payments: Sequence[Paid] = ()

    @property
    def is_open(self) -> bool:
        """Whether it still has to be brought."""
        return self.status in OPEN

    @property
    def is_owed(self) -> bool:
        """Whether somebody still has to pay it."""
        return self.paid_at is None and self.status != Status.CANCELLED

    @property
    def is_refunded(self) -> bool:
        """Whether all of it was given back, and of a package what its rules give."""
        return self.paid_at is not None and all(line.left == 0 for line in self.lines)

    @property
    def has_goods_left(self) -> bool:
        """Whether there are goods on it, packages aside, that can still be given back."""
        return any(line.left > 0 for line in self.lines if not line.is_package)

    @property
    def settled(self) -> list[Paid]:
        """The payments as people made them: packages are booked one by one, but paid together with
        the goods."""
        found: dict[tuple[str, datetime | None, bool], Paid] = {}
        for each in self.payments:
            key = (each.tender, each.at, each.amount_micros > 0)
            first = found.get(key)
            found[key] = each if first is None else first.with_more(each)
        return list(found.values())

    @property
    def tenders(self) -> list[str]:
        """By what it was paid, each once."""
        return list(dict.fromkeys(each.tender for each in self.payments if each.amount_micros > 0))

    @property
    def change_micros(self) -> int:
        """Cash that was given back at once."""
        return sum(each.change_micros for each in self.payments if each.amount_micros > 0)


class Customer(msgspec.Struct, frozen=True):
    """Who pays, as the shop needs to know him; the default is somebody without an account."""

    member_id: int = 0
    account: str = ""
    group_id: int = -1
    birthday: str = ""
    """YYYY-MM-DD; empty when it is not known."""
    discount: int = 0
    """The product discount of his group, in hundredths of a percent."""

    @property
    def is_member(self) -> bool:
        """Whether he pays as a member does, and not as a guest."""
        return self.member_id != 0 and self.group_id >= 0


class Goods(msgspec.Struct, frozen=True, kw_only=True):
    """What the shop needs to know of a product to sell it."""

    id: int
    name: str
    group_id: int
    price_micros: int
    cost_micros: int
    coin_price_micros: int
    tax_id: int
    is_sold_now: bool
    pc_group_ids: tuple[int, ...]
    member_group_ids: tuple[int, ...]
    allows_discount: bool
    is_sold_at_seats: bool
    is_adults_only: bool
