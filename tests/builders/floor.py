"""A centre with PCs, prices and members, for tests of what happens on the floor."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from lanhouse.cafe.centers.schemas import Settings
from lanhouse.cafe.pcs.commands import NewPcs
from lanhouse.cafe.pricing.commands import change_price
from lanhouse.db.store import Store, Tx
from tests.builders import databases
from tests.builders.centers import Hall, open_hall
from tests.builders.nouns.bookings import BookingBuilder
from tests.builders.nouns.ground import CENT, DESK, EURO, later
from tests.builders.nouns.groups import GroupBuilder
from tests.builders.nouns.members import MemberBuilder
from tests.builders.nouns.money import MoneyReader
from tests.builders.nouns.offers import OfferBuilder
from tests.builders.nouns.pricing import PriceBuilder
from tests.builders.nouns.products import ProductBuilder
from tests.builders.nouns.sessions import SessionBuilder
from tests.builders.nouns.shifts import ShiftKeeper

__all__ = ["CENT", "DESK", "EURO", "Floor", "furnish", "later", "open_floor"]


@dataclass
class Floor(
    BookingBuilder,
    SessionBuilder,
    OfferBuilder,
    GroupBuilder,
    MemberBuilder,
    PriceBuilder,
    ShiftKeeper,
    ProductBuilder,
    MoneyReader,
):
    """The centre 7777 with PCs PC01, PC02, … in the default group, and one price.

    A new noun's builder is one more part.
    """


def open_floor(
    store: Store,
    *,
    pcs_count: int = 3,
    price_cents: int = 200,
    zone: str = "UTC",
    settings: Settings | None = None,
    currency: str = "EUR",
) -> Floor:
    """A hall with PCs and the price of "Default" (which has none when `price_cents` is 0)."""

    def build() -> tuple[str, dict[str, str], dict[str, int]]:
        hall = open_hall(store, zone=zone, settings=settings, currency=currency)
        floor = Floor(store, hall)
        store.run_sync(furnish, (floor, pcs_count, price_cents))
        return hall.api_key, hall.staff, floor.pc_ids

    key = ("floor", pcs_count, price_cents, zone, currency, msgspec.json.encode(settings))
    api_key, staff, pc_ids = databases.copied(store, key, build)
    return Floor(store, Hall(store, 7777, api_key, dict(staff)), dict(pc_ids))


def furnish(tx: Tx, wanted: tuple[Floor, int, int]) -> None:
    """Put so many PCs into the floor and set the price of "Default" in cents (0: none)."""
    floor, pcs_count, price_cents = wanted
    names = [f"PC{number:02d}" for number in range(1, pcs_count + 1)]
    if names:
        floor.put_pcs(tx, NewPcs(center=floor.center_in(tx), names=names))
    if price_cents:
        change_price(tx, floor.new_price(tx, price_cents))
