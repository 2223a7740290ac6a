"""Prices of time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lanhouse.cafe.pricing.commands import PriceChange, PriceValues, change_price, create_price
from lanhouse.cafe.pricing.queries import default_price
from lanhouse.cafe.pricing.rules import WEEKDAYS, Window, parse_window
from lanhouse.cafe.pricing.schemas import Price
from lanhouse.db.store import Tx
from tests.builders.nouns.ground import CENT, Ground


@dataclass
class PriceBuilder(Ground):
    """Price rules."""

    def add_price(self, name: str, euros_cents: int, **more: Any) -> Price:
        """A price per hour in cents; `time` is HH:MM-HH:MM, `weekdays` 1 to 7."""
        weekdays = more.pop("weekdays", WEEKDAYS)
        window = Window(weekdays, *parse_window(more.pop("time", "00:00-24:00")))
        values = PriceValues(
            name=name, price_per_hour_micros=euros_cents * CENT, window=window, **more
        )
        return self.run(create_price, PriceChange(self.center, None, values))

    def set_price(self, euros_cents: int) -> Price:
        """Set the price per hour of the centre's rule "Default", in cents."""
        return self.run(lambda tx, _: change_price(tx, self.new_price(tx, euros_cents)), None)

    def new_price(self, tx: Tx, euros_cents: int) -> PriceChange:
        """The change that sets the price of "Default"."""
        default = default_price(tx, self.hall.center_id)
        values = PriceValues(name=default.name, price_per_hour_micros=euros_cents * CENT)
        return PriceChange(self.center_in(tx), default.price_id, values)
