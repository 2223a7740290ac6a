"""Offers and bought packages as commands and queries see them."""

from __future__ import annotations

from datetime import datetime

import msgspec

from lanhouse.cafe.pricing.rules import Window

OFFER_GUEST = -4
"""The system's member group of a guest who plays on a package (cafe-domain 0, constants)."""


class OfferValues(msgspec.Struct, frozen=True, kw_only=True):
    """What an offer says. Money in micros of the centre's currency, coins in micros of a coin."""

    name: str
    description: str = ""
    price_micros: int
    cost_micros: int = 0
    """What it costs the house; kept for who asks, no report counts it."""
    coin_price_micros: int = 0
    """0 = it is not sold for coins."""
    minutes: int
    """Of PC time."""
    priority: int = 0
    """The higher one is used first."""
    is_auto_start: bool = False
    """It begins at its hour whatever package is in use then (ours)."""
    window: Window = Window()
    """When it can be used."""
    show_window: Window = Window()
    """When it is sold."""
    available_from: datetime | None = None
    available_to: datetime | None = None
    """The fixed period in which it can be used; not sold after it. None = no such bound."""
    expires_after_days: int = 0
    expires_after_hours: int = 0
    """Lifetime after it was bought; both 0 = for ever."""
    pc_group_ids: tuple[int, ...] = ()
    """Used only on PCs of these groups; empty = on every PC."""
    member_group_ids: tuple[int, ...] = ()
    """Sold to and used by these groups only, the system's included; empty = by everybody."""
    allows_discount: bool = False
    """Whether the offer discount of a member's group is taken off."""
    barcode: str = ""
    is_promoted: bool = False
    is_sold_at_seats: bool = True
    """Whether players may buy it at their seats."""
    is_active: bool = True
    """Only active offers are sold."""


class Offer(msgspec.Struct, frozen=True, kw_only=True):
    """An offer of a centre."""

    id: int
    values: OfferValues
    updated_at: datetime


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """Where, for whom and when a bought package may be used: as it was agreed at its sale."""

    window: Window = Window()
    pc_group_ids: tuple[int, ...] = ()
    member_group_ids: tuple[int, ...] = ()
    usable_from: datetime | None = None
    """None = from its sale on."""
    expires_at: datetime | None = None
    """None = for ever."""
    pc_id: int | None = None
    """The PC whose booked time it is; None = of every PC."""

    @property
    def is_booked(self) -> bool:
        """Whether it is the time of a booking."""
        return self.pc_id is not None


class Place(msgspec.Struct, frozen=True):
    """Who would use a package, and where."""

    member_group_id: int | None
    """None: nobody is named yet."""
    pc_group_id: int | None = None
    """None: no PC is meant, as where it is sold over the counter for another day."""
    pc_id: int | None = None
    """The PC, of which booked time may be; None as before."""


class OwnedPackage(msgspec.Struct, frozen=True, kw_only=True):
    """A package that a member bought."""

    member_offer_id: int
    member_id: int
    offer_id: int
    name: str
    price_micros: int
    """What was paid for it, the group's discount taken off."""
    coin_micros: int
    """What was paid for it in coins instead."""
    payment: str
    """cash, card, qr, balance or coin; empty: sold before that was kept (queries.with_payment)."""
    from_bonus_micros: int
    tax_micros: int
    """The tax in the price."""
    transfer_id: int | None
    """The sale in the ledger; None: nothing was paid, or it was sold before that was kept."""
    seconds: int
    seconds_left: int
    """What the running session has used is taken off already."""
    priority: int
    is_auto_start: bool
    limits: Limits
    bought_at: datetime
    refunded_at: datetime | None
    """When it was given back; None = it was not."""
    refund_micros: int
    """What was given for it then, in money or in coins."""

    @property
    def window(self) -> Window:
        """When it can be used."""
        return self.limits.window

    @property
    def expires_at(self) -> datetime | None:
        """When its life ends; None = never."""
        return self.limits.expires_at

    @property
    def used_seconds(self) -> int:
        """What was played on it."""
        return self.seconds - self.seconds_left

    def is_expired(self, at: datetime) -> bool:
        """Whether its life is over."""
        return self.expires_at is not None and self.expires_at <= at

    def is_live(self, at: datetime) -> bool:
        """Whether something of it can still be used."""
        return self.seconds_left > 0 and self.refunded_at is None and not self.is_expired(at)

    def package(self) -> Package:
        """What a session gets of it."""
        return Package(
            self.seconds_left,
            self.name,
            self.member_offer_id,
            self.limits.expires_at,
            window=self.limits.window,
            from_at=self.limits.usable_from,
            priority=self.priority,
            is_auto_start=self.is_auto_start,
            is_booked=self.limits.is_booked,
        )


class Package(msgspec.Struct, frozen=True, omit_defaults=True):
    """Time that an offer has paid for already: `seconds` of it, in its hours (turns.py says which
    of several is used)."""

    seconds: int
    name: str
    member_offer_id: int = 0
    until_at: datetime | None = None
    """When its life ends; without a `window`, when that closes: what is left then is kept."""
    window: Window | None = None
    """Its hours; None: agreed before hours were looked at while a session runs, always open."""
    from_at: datetime | None = None
    """When its life begins; None = it has."""
    priority: int = 0
    is_auto_start: bool = False
    is_booked: bool = False
    """The time of a booking: used before any other package, and by a further session too."""
