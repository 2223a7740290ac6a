"""A provider as this house keeps it."""

from __future__ import annotations

from datetime import datetime

import msgspec


class ProviderData(msgspec.Struct, frozen=True, kw_only=True):
    """Who a provider is and whether it may be played; `logo_url` is a path of ours or a whole
    address, countries are ISO 3166 codes."""

    id: str
    name: str
    logo_url: str
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
