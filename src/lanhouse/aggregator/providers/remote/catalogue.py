"""What a studio tells of itself, checked before anything of it is kept."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Annotated, Any
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta

from lanhouse.aggregator.providers.schemas import Catalogue, LimitSet, ToldGame, Unit
from lanhouse.kit.errors import InvalidInput
from lanhouse.kit.money import parse_micros

GAMES_MAX = 10_000
INFO_CHARS_MAX = 2_000
_TEXT = r"^[^\x00-\x1f\x7f-\x9f]+\Z"
_SCALE = re.compile(r"\d{1,12}(\.\d{1,12})?", re.ASCII)

Name = Annotated[str, Meta(min_length=1, max_length=100, pattern=_TEXT)]
Code = Annotated[str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}\Z")]
Word = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}\Z")]
Country = Annotated[str, Meta(pattern=r"^[A-Z]{2}(-[A-Z0-9]{1,3})?\Z")]
UnitCode = Annotated[str, Meta(pattern=r"^[A-Z0-9]{2,10}\Z")]
Address = Annotated[str, Meta(max_length=2000)]


class BadCatalogue(ValueError):
    """What a studio told of itself is not what the port says; nothing of it is kept."""


class StudioCategory(msgspec.Struct):
    """A kind of games."""

    id: Word
    label: Name


class StudioLimit(msgspec.Struct, rename="camel"):
    """A set of bet limits; `info` has `min` and `max` and whatever else the studio needs."""

    id: Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{1,40}\Z")]
    label: Name
    currency: UnitCode
    info: msgspec.Raw
    is_default: bool


class StudioGame(msgspec.Struct, rename="camel"):
    """A game."""

    id: Code
    name: Name
    category: StudioCategory
    logo_url: Address
    rtp: Annotated[str, Meta(pattern=r"^\d{1,3}(\.\d{1,4})?\Z")]
    has_free_round: bool
    bet_limits: Annotated[list[StudioLimit], Meta(max_length=1000)]


class StudioCurrency(msgspec.Struct, rename="camel"):
    """The studio's unit for players of a currency."""

    code: UnitCode
    player_currency: Annotated[str, Meta(pattern=r"^[A-Z]{3,4}\Z")]
    scale: str


class StudioSelf(msgspec.Struct, rename="camel"):
    """The studio."""

    name: Name
    logo_url: Address
    restricted_countries: Annotated[list[Country], Meta(max_length=300)]
    prohibited_countries: Annotated[list[Country], Meta(max_length=300)]
    currencies: Annotated[list[StudioCurrency], Meta(max_length=300)]


class StudioGames(msgspec.Struct):
    """Result of `/games`."""

    provider: StudioSelf
    games: Annotated[list[StudioGame], Meta(max_length=GAMES_MAX)]


_decoder = msgspec.json.Decoder(StudioGames)


def _exact(text: str) -> Decimal | str:
    return text if "e" in text.lower() else Decimal(text)


_info = msgspec.json.Decoder(float_hook=_exact)


def catalogue_of(provider_id: str, result: bytes) -> Catalogue:
    """The catalogue that the JSON of a `/games` result tells. Raises BadCatalogue, saying why."""
    try:
        told = _decoder.decode(result)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise BadCatalogue(str(error)) from None
    if len({game.id for game in told.games}) != len(told.games):
        raise BadCatalogue("a game is told twice")
    _check_address("provider.logoUrl", told.provider.logo_url)
    units = _units(told.provider.currencies)
    return Catalogue(
        provider_id=provider_id,
        name=told.provider.name,
        logo_url=told.provider.logo_url,
        restricted_countries=tuple(told.provider.restricted_countries),
        prohibited_countries=tuple(told.provider.prohibited_countries),
        units=units,
        games=tuple(_game(game) for game in told.games),
    )


def _units(currencies: list[StudioCurrency]) -> dict[str, Unit]:
    units: dict[str, Unit] = {}
    for each in currencies:
        if _SCALE.fullmatch(each.scale) is None or not Decimal(each.scale):
            raise BadCatalogue(f"the scale of {each.code} is no positive plain decimal number")
        if each.player_currency in units:
            raise BadCatalogue(f"{each.player_currency} has two units")
        scale = each.scale.rstrip("0").rstrip(".") if "." in each.scale else each.scale
        units[each.player_currency] = Unit(each.code, scale)
    return units


def _game(game: StudioGame) -> ToldGame:
    _check_address(f"the logo of {game.id}", game.logo_url)
    if len({(each.id, each.currency) for each in game.bet_limits}) != len(game.bet_limits):
        raise BadCatalogue(f"a set of limits of {game.id} is told twice")
    return ToldGame(
        code=game.id,
        name=game.name,
        category_id=game.category.id,
        category_label=game.category.label,
        logo_url=game.logo_url,
        rtp=game.rtp,
        has_free_round=game.has_free_round,
        bet_limits=tuple(_limit(game, each) for each in game.bet_limits),
    )


def _limit(game: StudioGame, told: StudioLimit) -> LimitSet:
    info = bytes(told.info)
    try:
        # Compact and valid UTF-8 before it is kept as text.
        text = msgspec.json.format(info, indent=-1).decode()
        values: Any = _info.decode(info)
        least, most = (_micros(values, name) for name in ("min", "max"))
    except (msgspec.MsgspecError, UnicodeError, RecursionError, InvalidInput):
        where = f"set {told.id} of {game.id}"
        raise BadCatalogue(f"{where}: info needs min and max, plain decimal numbers") from None
    if len(text) > INFO_CHARS_MAX or least > most:
        raise BadCatalogue(f"set {told.id} of {game.id}: info is too long, or min above max")
    return LimitSet(
        id=told.id,
        label=told.label,
        currency=told.currency,
        info=text,
        is_default=told.is_default,
        min_micros=least,
        max_micros=most,
    )


def _micros(info: Any, name: str) -> int:
    value = info.get(name) if isinstance(info, dict) else None
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        raise InvalidInput({name: "is required"})
    return parse_micros(value, decimals=6, field=name)


def _check_address(what: str, url: str) -> None:
    if url and not is_web_address(url):
        raise BadCatalogue(f"{what} is no http or https address")


def is_web_address(url: str) -> bool:
    """Whether a browser may be sent to an address: http or https, in one piece."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and _is_plain(url)


def _is_plain(url: str) -> bool:
    return url.isprintable() and not url.split()[1:] and "\\" not in url
