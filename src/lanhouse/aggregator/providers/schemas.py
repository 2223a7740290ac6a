"""A provider as this house keeps it, and what a provider elsewhere tells of itself."""

from __future__ import annotations

from datetime import datetime

import msgspec


class ProviderData(msgspec.Struct, frozen=True, kw_only=True):
    """Who a provider is and whether it may be played; `logo_url` is a path of ours or a whole
    address, countries are ISO 3166 codes. `url` is where its calls are; None: in this program. One
    of a demo may be called in private networks."""

    id: str
    name: str
    logo_url: str
    url: str | None = None
    is_demo: bool = False
    is_active: bool
    is_online: bool
    maintenance_until: datetime | None
    restricted_countries: tuple[str, ...]
    prohibited_countries: tuple[str, ...]


class Unit(msgspec.Struct, frozen=True):
    """In what a provider counts: player amount = its amount x `scale` (an exact decimal)."""

    currency: str
    scale: str


class SetProvider(msgspec.Struct, frozen=True, kw_only=True):
    """What to change about a provider; None = as it is. `ends_maintenance` takes its time away."""

    provider_id: str
    is_active: bool | None = None
    is_online: bool | None = None
    maintenance_until: datetime | None = None
    ends_maintenance: bool = False
    restricted_countries: tuple[str, ...] | None = None
    prohibited_countries: tuple[str, ...] | None = None
    url: str | None = None


class AddProvider(msgspec.Struct, frozen=True, kw_only=True):
    """A provider elsewhere to enter; `url` is where its calls are."""

    provider_id: str
    name: str
    url: str
    is_demo: bool = False


class SealedKey(msgspec.Struct, frozen=True, kw_only=True):
    """A provider's new key as it is kept, and which server secret it is sealed under."""

    provider_id: str
    sealed: bytes
    fingerprint: str


class LimitSet(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A set of bet limits in the provider's unit `currency`, micros; `info` is its JSON as told."""

    id: str
    label: str
    currency: str
    info: str
    is_default: bool
    min_micros: int
    max_micros: int


class ToldGame(msgspec.Struct, frozen=True, kw_only=True):
    """A game as a provider elsewhere tells it; `code` is its own id."""

    code: str
    name: str
    category_id: str
    category_label: str
    logo_url: str
    rtp: str
    has_free_round: bool
    bet_limits: tuple[LimitSet, ...]


class Catalogue(msgspec.Struct, frozen=True, kw_only=True):
    """All that a provider elsewhere tells of itself; `units` by the player's currency."""

    provider_id: str
    name: str
    logo_url: str
    restricted_countries: tuple[str, ...]
    prohibited_countries: tuple[str, ...]
    units: dict[str, Unit]
    games: tuple[ToldGame, ...]
