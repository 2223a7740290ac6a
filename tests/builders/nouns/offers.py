"""Packages that are sold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lanhouse.cafe.offers.commands import OfferChange, create_offer
from lanhouse.cafe.offers.schemas import OfferValues
from tests.builders.nouns.ground import CENT, Ground


@dataclass
class OfferBuilder(Ground):
    """Offers."""

    def add_offer(self, name: str, euros_cents: int, minutes: int = 180, **more: Any) -> int:
        """An active offer at a price in cents; answers its id."""
        values = OfferValues(name=name, price_micros=euros_cents * CENT, minutes=minutes, **more)
        return self.run(create_offer, OfferChange(self.center, None, values)).id
