"""Price rules as they are kept and edited; how they are chosen stands in rules.py."""

from __future__ import annotations

import msgspec

from lanhouse.cafe.pricing.rules import PriceRule, Window


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
