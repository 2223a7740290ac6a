"""Changing what the house keeps of a provider."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

import msgspec
import sqlalchemy as sa

from lanhouse.aggregator.providers.queries import told_games, units_of
from lanhouse.aggregator.providers.schemas import (
    AddProvider,
    Catalogue,
    SealedKey,
    SetProvider,
    ToldGame,
)
from lanhouse.aggregator.providers.tables import (
    provider_currencies,
    provider_games,
    provider_keys,
    providers,
)
from lanhouse.db.statements import insert_ignore, static, upsert
from lanhouse.db.store import Tx
from lanhouse.kit import clock
from lanhouse.kit.errors import InvalidInput, NotFound

LIVE_KEYS_MAX = 2
_COUNTRY = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,3})?", re.ASCII)
_ID = re.compile(r"[a-z][a-z0-9]{1,19}", re.ASCII)
_URL_CHARS_MAX = 500
_NAME_CHARS_MAX = 100

_ADD = static(insert_ignore(providers).returning(providers.c.id))
_ADD_KEY = static(sa.insert(provider_keys))
_LIVE_KEYS = static(
    sa.select(provider_keys.c.id)
    .where(
        provider_keys.c.provider_id == sa.bindparam("provider"),
        provider_keys.c.ended_at.is_(None),
    )
    .order_by(provider_keys.c.id)
)
_END_KEY = static(
    sa.update(provider_keys)
    .where(provider_keys.c.id == sa.bindparam("key"))
    .values(ended_at=sa.bindparam("end", type_=provider_keys.c.ended_at.type))
)
_LOCK = static(
    sa.select(providers).where(providers.c.id == sa.bindparam("provider")).with_for_update()
)
_TOLD = ("name", "logo_url", "restricted_countries", "prohibited_countries")
_SET_TOLD = static(
    sa.update(providers)
    .where(providers.c.id == sa.bindparam("provider"))
    .values({name: sa.bindparam(f"to_{name}", type_=providers.c[name].type) for name in _TOLD})
)
_FORGET_UNITS = static(
    sa.delete(provider_currencies).where(
        provider_currencies.c.provider_id == sa.bindparam("provider")
    )
)
_ADD_UNIT = static(sa.insert(provider_currencies))
_KEEP_GAME = static(
    upsert(
        provider_games,
        ["provider_id", "code"],
        [column.name for column in provider_games.columns if not column.primary_key],
    )
)


def add_provider(tx: Tx, cmd: AddProvider) -> None:
    """Enter a provider elsewhere; it has no key and no games yet. Raises InvalidInput."""
    wrong: dict[str, str] = {}
    if _ID.fullmatch(cmd.provider_id) is None:
        wrong["provider_id"] = "must be 2 to 20 lower-case letters and digits, a letter first"
    if not 0 < len(cmd.name.strip()) <= _NAME_CHARS_MAX or not cmd.name.isprintable():
        wrong["name"] = f"must have 1 to {_NAME_CHARS_MAX} characters"
    if not is_base_address(cmd.url):
        wrong["url"] = "must be an http or https address without ? and #"
    if wrong:
        raise InvalidInput(wrong)
    added = tx.scalar(
        _ADD,
        id=cmd.provider_id,
        name=cmd.name.strip(),
        logo_url="",
        url=cmd.url.rstrip("/"),
        is_demo=cmd.is_demo,
        restricted_countries=[],
        prohibited_countries=[],
        created_at=clock.real_now(),
    )
    if added is None:
        raise InvalidInput({"provider_id": "is taken"})


def is_base_address(url: str) -> bool:
    """Whether calls can be made below an address."""
    try:
        parts = urlsplit(url)
        is_whole = parts.scheme in ("http", "https") and bool(parts.hostname)
        is_whole = is_whole and (parts.port or 1) > 0 and parts.username is None
    except ValueError:
        return False
    is_bare = not parts.query and not parts.fragment and not {"?", "#"} & set(url)
    return is_whole and is_bare and url.isprintable() and len(url) <= _URL_CHARS_MAX


def add_provider_key(tx: Tx, key: SealedKey) -> None:
    """Keep a provider's new key; beyond two live ones the oldest ends. Raises NotFound, and
    InvalidInput for a provider of this program, which signs nothing."""
    found = tx.one(_LOCK, provider=key.provider_id)
    if found is None:
        raise NotFound(f"There is no provider {key.provider_id!r}.")
    if found.url is None:
        raise InvalidInput({"provider_id": "runs in this program and needs no key"})
    live = tx.all(_LIVE_KEYS, provider=key.provider_id)
    for row in live[: max(0, len(live) - LIVE_KEYS_MAX + 1)]:
        tx.run(_END_KEY, key=row.id, end=clock.real_now())
    tx.run(
        _ADD_KEY,
        provider_id=key.provider_id,
        sealed=key.sealed,
        fingerprint=key.fingerprint,
        created_at=clock.real_now(),
    )


def set_provider(tx: Tx, cmd: SetProvider) -> None:
    """Switch a provider, or change where it may be played; launches and bets obey from the next one
    on, settlements never ask.

    Raises NotFound, and InvalidInput for what is no country or address, and for countries of a
    provider elsewhere, which tells its own.
    """
    names = ("is_active", "is_online", "maintenance_until")
    values: dict[str, Any] = {
        name: getattr(cmd, name) for name in names if getattr(cmd, name) is not None
    }
    if cmd.ends_maintenance:
        values["maintenance_until"] = None
    for name in ("restricted_countries", "prohibited_countries"):
        countries = getattr(cmd, name)
        if countries is None:
            continue
        for code in countries:
            if _COUNTRY.fullmatch(code) is None:
                raise InvalidInput({name: f"{code[:20]!r} is not an ISO 3166 code"})
        values[name] = list(countries)
    found = tx.one(_LOCK, provider=cmd.provider_id)
    if found is None:
        raise NotFound(f"There is no provider {cmd.provider_id!r}.")
    if cmd.url is not None:
        if found.url is None or not is_base_address(cmd.url):
            raise InvalidInput({"url": "is no address of a provider elsewhere"})
        values["url"] = cmd.url.rstrip("/")
    if found.url is not None and {"restricted_countries", "prohibited_countries"} & set(values):
        name = min({"restricted_countries", "prohibited_countries"} & set(values))
        raise InvalidInput({name: "are told by this provider itself, with its games"})
    if values:
        tx.run(sa.update(providers).where(providers.c.id == cmd.provider_id).values(values))


def keep_catalogue(tx: Tx, told: Catalogue) -> None:
    """Keep what a provider elsewhere has told: what is new or different is written, and a game that
    it tells no longer is marked. Sessions keep the unit they began with."""
    row = tx.one(_LOCK, provider=told.provider_id)
    if row is None or row.url is None:
        raise NotFound(f"There is no provider {told.provider_id!r} elsewhere.")
    as_told = {
        "name": told.name,
        "logo_url": told.logo_url,
        "restricted_countries": list(told.restricted_countries),
        "prohibited_countries": list(told.prohibited_countries),
    }
    if any(getattr(row, name) != value for name, value in as_told.items()):
        given = {f"to_{name}": value for name, value in as_told.items()}
        tx.run(_SET_TOLD, provider=told.provider_id, **given)
    if units_of(tx, told.provider_id) != told.units:
        tx.run(_FORGET_UNITS, provider=told.provider_id)
        for currency, unit in told.units.items():
            tx.run(
                _ADD_UNIT,
                provider_id=told.provider_id,
                player_currency=currency,
                currency=unit.currency,
                scale=unit.scale,
            )
    _keep_games(tx, told)


def _keep_games(tx: Tx, told: Catalogue) -> None:
    listed = [game for game, is_listed in told_games(tx, told.provider_id) if is_listed]
    before = {game.code: (place, game) for place, game in enumerate(listed)}
    now = {game.code for game in told.games}
    for place, game in enumerate(told.games):
        if before.get(game.code) != (place, game):
            _keep_game(tx, told.provider_id, game, place, is_listed=True)
    for place, game in enumerate(listed, start=len(now)):
        if game.code not in now:
            _keep_game(tx, told.provider_id, game, place, is_listed=False)


def _keep_game(tx: Tx, provider_id: str, game: ToldGame, place: int, *, is_listed: bool) -> None:
    values = {name: getattr(game, name) for name in game.__struct_fields__}
    values["bet_limits"] = msgspec.to_builtins(game.bet_limits)
    tx.run(_KEEP_GAME, provider_id=provider_id, place=place, is_listed=is_listed, **values)
