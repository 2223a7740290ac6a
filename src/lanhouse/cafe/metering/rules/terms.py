"""What is agreed when a session begins, and kept on it (decisions 0022, 0104 and 0117)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal

import msgspec

from lanhouse.cafe.pricing.rules import PERCENT_PARTS

CENT = 10_000
"""Lines of a bill are whole cents, whatever the total is rounded to."""
FIRST_HOUR_SECONDS = 3600


class Terms(msgspec.Struct, frozen=True, omit_defaults=True):
    """What was agreed when the session began; later changes of the settings do not touch it."""

    free_seconds: int = 0
    """The first seconds of the session that are not billed (setting free_time_minutes)."""
    minimum_charge_micros: int = 0
    """The least that a session costs once a second with a price has been begun."""
    step_micros: int = CENT
    """Totals are multiples of this (setting bill_rounding)."""
    rounding: Literal["nearest", "up", "down"] = "nearest"
    """Which multiple (setting bill_rounding_mode); the nearest one is half-up."""
    least_seconds: int = 0
    """Priced time is charged for at least so long once it has been begun (minimum_minutes)."""
    block_seconds: int = 0
    """Priced time is charged in whole blocks of this length (time_block_minutes); 0 = to the
    second."""
    closes_at: datetime | None = None
    """When the house closes: the session ends by then (setting end_sessions_at_closing)."""
    start_fee_micros: int = 0
    """Added to the cost once a second with a price has been begun (setting start_fee)."""
    first_hour_percent: int = 100
    """Percent of the price in the first hour of charged time (first_hour_price_factor)."""
    daily_cap_micros: int = 0
    """The most that time and fee cost on one day of the centre (daily_cap); 0 = no cap."""
    day_before_micros: int = 0
    """What sessions of the account that had ended by the begin of this one cost on its first
    day."""
    tax_parts: int = 0
    """The tax of PC time in hundredths of a percent (tax4_percentage)."""
    is_tax_included: bool = False
    """Whether prices hold it (tax_included_in_price); otherwise it comes on top."""
    tax_name: str = ""
    card_percent: int = 100
    """What who pays by card pays of the price (credit_card_price_rate)."""
    is_by_card: bool = False
    """Whether the session is paid by card: a prepaid one from its begin, a postpaid one at its
    check-out."""
    unit_micros: int = CENT
    """The smallest amount of the centre's currency that is paid: lines of a bill are multiples."""

    @property
    def for_more(self) -> Terms:
        """What holds for time that is added to a session that runs: nothing of its beginning."""
        return msgspec.structs.replace(
            self,
            free_seconds=0,
            minimum_charge_micros=0,
            least_seconds=0,
            closes_at=None,
            start_fee_micros=0,
            first_hour_percent=100,
            daily_cap_micros=0,
            day_before_micros=0,
        )

    def paid_by(self, payment: str) -> Terms:
        """The same for a guest who pays first by that tender: a card has the card price."""
        is_by_card = payment == "card" and self.card_percent != 100
        return msgspec.structs.replace(self, is_by_card=True) if is_by_card else self

    @property
    def without_free(self) -> Terms:
        """The same without the free minutes."""
        return msgspec.structs.replace(self, free_seconds=0)

    @property
    def minimum_micros(self) -> int:
        """The least that is owed once it is billed at all: nothing where the cap of its first day
        had been reached before it began."""
        is_reached = self.daily_cap_micros and self.day_before_micros >= self.daily_cap_micros
        return 0 if is_reached else self.minimum_charge_micros

    @property
    def on_top(self) -> tuple[int, int]:
        """By which fraction (numerator, denominator) what is owed grows by tax and card price."""
        tax = 0 if self.is_tax_included else self.tax_parts
        card = self.card_percent if self.is_by_card else 100
        return (PERCENT_PARTS + tax) * card, PERCENT_PARTS * 100

    def unit_end(self, from_at: datetime, until: datetime, *, is_begun: bool) -> datetime:
        """Until when priced time from `from_at` is charged when it is played until `until`."""
        end = from_at
        if not is_begun and self.least_seconds:
            block = self.block_seconds or 1
            end += timedelta(seconds=-(-self.least_seconds // block) * block)
        if end >= until:
            return end
        if not self.block_seconds:
            return until
        length = timedelta(seconds=self.block_seconds)
        return end - (end - until) // length * length
