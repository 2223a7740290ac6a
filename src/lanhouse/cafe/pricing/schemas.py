"""Price rules as they are kept and edited; how they are chosen stands in rules.py."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

import msgspec

from lanhouse.cafe.pricing.rules import DEFAULT_NAME, PriceRule, Window
from lanhouse.cafe.pricing.rules.painting import Canvas


class Price(msgspec.Struct, frozen=True, kw_only=True):
    """A rule of the centre's list. None as a group means any group."""

    price_id: int
    name: str
    price_per_hour_micros: int | None
    """None only for "Default", until its price is set; such a rule holds nowhere."""
    pc_group_id: int | None = None
    member_group_id: int | None = None
    window: Window = Window()
    is_default: bool = False

    @property
    def rule(self) -> PriceRule | None:
        """The rule that prices time by it; None while it has no price."""
        if self.price_per_hour_micros is None:
            return None
        return PriceRule(
            self.price_id,
            self.name,
            self.price_per_hour_micros,
            self.pc_group_id,
            self.member_group_id,
            self.window,
        )


def canvas_of(found: Sequence[Price]) -> Canvas:
    """A centre's prices as they are painted on."""
    rules = [price for price in found if not price.is_default]
    default = next((price for price in found if price.is_default), None)
    return Canvas(
        tuple(price.rule for price in rules if price.rule is not None),
        None if default is None else default.price_per_hour_micros,
        first_id=max((price.price_id + 1 for price in found), default=1),
    )


def mark_of(found: Sequence[Price]) -> str:
    """A short name of these prices as they stand; another one when any of them is another."""
    ordered = sorted(found, key=lambda price: price.price_id)
    return sha256(msgspec.json.encode(ordered)).hexdigest()[:16]


def default_rule(price_per_hour_micros: int) -> PriceRule:
    """ "Default" with this price, before it is stored; its number is 0."""
    return PriceRule(0, DEFAULT_NAME, price_per_hour_micros)
