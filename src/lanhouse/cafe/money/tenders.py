"""The ways to pay, and which way money goes back. Pure, in micros (decision 0078)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from lanhouse.cafe.centers.schemas import Center
from lanhouse.kit.errors import InvalidInput
from lanhouse.kit.said import Said, say

BALANCE = "balance"
"""Money that stays on the account instead of being handed out."""


class Tender(NamedTuple):
    """A way to pay, and its numbers on the wire (cafe-domain 0, constants)."""

    name: str
    number: int
    """`payment_method` of top-ups and orders."""
    time_numbers: tuple[int, ...]
    """`payment_method` of PC time: n and n + 20 are the same."""
    offer_numbers: tuple[int, ...]
    """`offer_payment_method`: n and n + 10 are the same."""
    pays_out_as: str
    """The tender by which it is given back."""
    switch: str
    """The setting of paymentSettings that says whether the centre takes it."""
    off: Said
    """What is said of a payment by it while that is off."""
    comes_in: bool = True
    """Whether money comes in at the desk by it."""


ALL_TENDERS = (
    Tender(
        *("cash", 0, (0, 20), (0, 10), "cash", "payment_method_cash"),
        off=say("is cash, which the settings of the centre do not take"),
    ),
    Tender(
        *(BALANCE, 1, (1, 21), (1, 11), BALANCE, "payment_method_balance"),
        off=say("is the balance, which the settings of the centre do not take"),
        comes_in=False,
    ),
    Tender(
        *("card", 2, (2, 22), (2, 12), "card", "payment_method_credit_card"),
        off=say("is a card, which the settings of the centre do not take"),
    ),
    # QR money cannot be sent back without a gateway that refunds, and this release has none.
    Tender(
        *("qr", 4, (4, 23, 24), (4, 14), "cash", "payment_method_qr"),
        off=say("is a QR payment, which the settings of the centre do not take"),
    ),
)
"""A new way to pay is a line here, and one in kinds.py for its account."""

TENDERS = tuple(tender.name for tender in ALL_TENDERS if tender.comes_in)
"""The ways in which money comes in at the desk."""
_BY_NAME = {tender.name: tender for tender in ALL_TENDERS}
_PAID_OUT_AS = {tender.name: tender.pays_out_as for tender in ALL_TENDERS}


def takes(center: Center, tender: str) -> bool:
    """Whether the centre takes payments by a tender (cash, card, qr, balance)."""
    return bool(getattr(center.settings.payment, _BY_NAME[tender].switch))


def taken_at_desk(center: Center) -> tuple[str, ...]:
    """The ways in which the centre takes money at its desk, cash first."""
    return tuple(name for name in TENDERS if takes(center, name))


def tender_named(payment: str) -> str:
    """The name of a tender as a form sends it. Raises InvalidInput for `payment`."""
    if payment not in TENDERS:
        raise InvalidInput({"payment": say("must be one of %(names)s", names=", ".join(TENDERS))})
    return payment


def must_take(center: Center, tender: str) -> None:
    """Refuse a payment by a tender that is switched off: InvalidInput of `payment`."""
    if not takes(center, tender):
        raise InvalidInput({"payment": _BY_NAME[tender].off})


class CameBy(NamedTuple):
    """An amount above 0 and the tender that it was paid by."""

    tender: str
    micros: int


class WayBack(NamedTuple):
    """An amount above 0: the tender that it came by, and the one that it goes back by."""

    came_by: str
    goes_by: str
    micros: int

    @property
    def is_other(self) -> bool:
        """Whether it goes back another way than it came."""
        return self.goes_by != _PAID_OUT_AS[self.came_by]


class PayBack(msgspec.Struct, frozen=True):
    """How an amount goes back, part by part."""

    ways: tuple[WayBack, ...] = ()

    @property
    def by_tender(self) -> dict[str, int]:
        """Micros by the tender that they go back by: cash, card, or balance for what stays."""
        found: dict[str, int] = {}
        for way in self.ways:
            found[way.goes_by] = found.get(way.goes_by, 0) + way.micros
        return found

    @property
    def handed_out(self) -> dict[str, int]:
        """Micros by tender of what leaves the till: cash, card."""
        return {tender: micros for tender, micros in self.by_tender.items() if tender != BALANCE}

    @property
    def handed_out_micros(self) -> int:
        """What leaves the till in all."""
        return sum(self.handed_out.values())

    @property
    def other(self) -> list[WayBack]:
        """What goes back another way than it came."""
        return [way for way in self.ways if way.is_other]

    @property
    def other_micros(self) -> int:
        """How much that is."""
        return sum(way.micros for way in self.other)


def pay_back(came: Sequence[CameBy], amount_micros: int, named: str = "") -> PayBack:
    """The ways back of `amount_micros`, which is taken from `came` in that order.

    `named` (cash, card, qr, balance) is the tender for all of it; empty: the one that each part
    came by. What cannot be paid out counts as cash, and so does what exceeds `came`, of which
    nobody knows how it came.
    """
    ways: dict[tuple[str, str], int] = {}
    left = amount_micros
    for came_by, micros in (*came, CameBy("cash", amount_micros)):
        part = min(left, micros)
        if part > 0:
            way = (came_by, _PAID_OUT_AS[named or came_by])
            ways[way] = ways.get(way, 0) + part
            left -= part
    return PayBack(tuple(WayBack(*way, micros) for way, micros in ways.items()))
