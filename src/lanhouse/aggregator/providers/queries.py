"""Reads of providers."""

from __future__ import annotations

from collections.abc import Container

import msgspec
import sqlalchemy as sa

from lanhouse.aggregator.errors import (
    CurrencyNotSupported,
    ProviderMaintenance,
    ProviderNotActive,
    ProviderOffline,
)
from lanhouse.aggregator.providers.schemas import LimitSet, ProviderData, ToldGame, Unit
from lanhouse.aggregator.providers.tables import (
    provider_currencies,
    provider_games,
    provider_keys,
    providers,
)
from lanhouse.db.statements import Row, static
from lanhouse.db.store import Read
from lanhouse.kit import clock
from lanhouse.kit.vault import Unreadable, Vault

KEY_PURPOSE = "provider key"
"""What the vault seals a provider's keys for; the context is the provider's id."""

_ALL = static(sa.select(providers).order_by(providers.c.id))
_UNITS = static(
    sa.select(provider_currencies).where(
        provider_currencies.c.provider_id == sa.bindparam("provider")
    )
)
_LIVE_KEYS = static(
    sa.select(provider_keys)
    .where(
        provider_keys.c.provider_id == sa.bindparam("provider"),
        provider_keys.c.ended_at.is_(None),
    )
    .order_by(provider_keys.c.id.desc())
)
_SEALED_OTHERWISE = static(
    sa.select(provider_keys.c.provider_id)
    .where(
        provider_keys.c.ended_at.is_(None),
        provider_keys.c.fingerprint != sa.bindparam("fingerprint"),
    )
    .distinct()
    .order_by(provider_keys.c.provider_id)
)
_games = provider_games.c
_GAMES = static(
    sa.select(provider_games)
    .where(_games.provider_id == sa.bindparam("provider"))
    .order_by(_games.place, _games.code)
)
_GAME = static(
    sa.select(provider_games).where(
        _games.provider_id == sa.bindparam("provider"), _games.code == sa.bindparam("game")
    )
)


def providers_by_id(read: Read) -> dict[str, ProviderData]:
    """Every provider of the house by its id."""
    return {
        row.id: ProviderData(
            id=row.id,
            name=row.name,
            logo_url=row.logo_url,
            url=row.url,
            is_demo=bool(row.is_demo),
            is_active=bool(row.is_active),
            is_online=bool(row.is_online),
            maintenance_until=row.maintenance_until,
            restricted_countries=tuple(row.restricted_countries),
            prohibited_countries=tuple(row.prohibited_countries),
        )
        for row in read.all(_ALL)
    }


def check_playable(read: Read, provider_id: str, unreachable: Container[str] = ()) -> ProviderData:
    """What the house keeps of a provider that may be played now.

    `unreachable` are the providers that do not answer this process. Raises ProviderNotActive,
    ProviderOffline or ProviderMaintenance (until then, real time).
    """
    found = providers_by_id(read).get(provider_id)
    if found is None or not found.is_active:
        raise ProviderNotActive
    if not found.is_online or provider_id in unreachable:
        raise ProviderOffline
    if found.maintenance_until is not None and found.maintenance_until > clock.real_now():
        raise ProviderMaintenance
    return found


def units_of(read: Read, provider_id: str) -> dict[str, Unit]:
    """In what a provider counts, by the player's currency; empty: in that one itself."""
    rows = read.all(_UNITS, provider=provider_id)
    return {row.player_currency: Unit(row.currency, row.scale) for row in rows}


def unit_of(read: Read, provider_id: str, player_currency: str) -> Unit:
    """In what the provider counts for players of this currency. Raises CurrencyNotSupported."""
    units = units_of(read, provider_id)
    if not units:
        return Unit(player_currency, "1")
    if player_currency not in units:
        raise CurrencyNotSupported
    return units[player_currency]


def keys_of(read: Read, provider_id: str, vault: Vault) -> list[str]:
    """The provider's live keys, the newest first; none for one that is not there or has none.

    Raises Unreadable when the server secret is not the one that any of them is sealed with.
    """
    rows = read.all(_LIVE_KEYS, provider=provider_id)
    mine = [row for row in rows if row.fingerprint == vault.fingerprint]
    if rows and not mine:
        raise Unreadable
    return [vault.open(KEY_PURPOSE, provider_id, row.sealed).decode() for row in mine]


def keys_sealed_otherwise(read: Read, fingerprint: str) -> list[str]:
    """The providers that have a live key which this server secret does not open, by id."""
    rows = read.all(_SEALED_OTHERWISE, fingerprint=fingerprint)
    return [row.provider_id for row in rows]


def told_games(read: Read, provider_id: str) -> list[tuple[ToldGame, bool]]:
    """The games that a provider elsewhere has ever told, in its order, and which it still tells."""
    rows = read.all(_GAMES, provider=provider_id)
    return [(told_game_of(row), bool(row.is_listed)) for row in rows]


def told_game(read: Read, provider_id: str, code: str) -> tuple[ToldGame, bool] | None:
    """One game of a provider elsewhere by its own id, and whether it is still told; or None."""
    row = read.one(_GAME, provider=provider_id, game=code)
    return None if row is None else (told_game_of(row), bool(row.is_listed))


def told_game_of(row: Row) -> ToldGame:
    """The game that a row of its table tells."""
    return ToldGame(
        code=row.code,
        name=row.name,
        category_id=row.category_id,
        category_label=row.category_label,
        logo_url=row.logo_url,
        rtp=row.rtp,
        has_free_round=bool(row.has_free_round),
        bet_limits=tuple(msgspec.convert(row.bet_limits, list[LimitSet])),
    )
