"""Reads of providers."""

from __future__ import annotations

import sqlalchemy as sa

from lanhouse.aggregator.errors import (
    CurrencyNotSupported,
    ProviderMaintenance,
    ProviderNotActive,
    ProviderOffline,
)
from lanhouse.aggregator.providers.schemas import ProviderData, Unit
from lanhouse.aggregator.providers.tables import provider_currencies, providers
from lanhouse.db.statements import static
from lanhouse.db.store import Read
from lanhouse.kit import clock

_ALL = static(sa.select(providers).order_by(providers.c.id))
_UNITS = static(
    sa.select(provider_currencies).where(
        provider_currencies.c.provider_id == sa.bindparam("provider")
    )
)


def providers_by_id(read: Read) -> dict[str, ProviderData]:
    """Every provider of the house by its id."""
    return {
        row.id: ProviderData(
            id=row.id,
            name=row.name,
            logo_url=row.logo_url,
            is_active=bool(row.is_active),
            is_online=bool(row.is_online),
            maintenance_until=row.maintenance_until,
            restricted_countries=tuple(row.restricted_countries),
            prohibited_countries=tuple(row.prohibited_countries),
        )
        for row in read.all(_ALL)
    }


def check_playable(read: Read, provider_id: str) -> ProviderData:
    """What the house keeps of a provider that may be played now.

    Raises ProviderNotActive, ProviderOffline or ProviderMaintenance (until then, real time).
    """
    found = providers_by_id(read).get(provider_id)
    if found is None or not found.is_active:
        raise ProviderNotActive
    if not found.is_online:
        raise ProviderOffline
    if found.maintenance_until is not None and found.maintenance_until > clock.real_now():
        raise ProviderMaintenance
    return found


def unit_of(read: Read, provider_id: str, player_currency: str) -> Unit:
    """In what the provider counts for players of this currency. Raises CurrencyNotSupported."""
    units = {row.player_currency: row for row in read.all(_UNITS, provider=provider_id)}
    if not units:
        return Unit(player_currency, "1")
    if player_currency not in units:
        raise CurrencyNotSupported
    return Unit(units[player_currency].currency, units[player_currency].scale)
