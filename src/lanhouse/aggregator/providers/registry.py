"""The providers of this house by id: House, which is in this program, and those elsewhere."""

from __future__ import annotations

from collections.abc import Iterable

from lanhouse.aggregator.providers.house.provider import HOUSE
from lanhouse.aggregator.providers.port import Game, Provider
from lanhouse.aggregator.providers.queries import (
    providers_by_id,
    told_game,
    told_games,
    units_of,
)
from lanhouse.aggregator.providers.remote.provider import Remote, game_of
from lanhouse.db.store import Read

PROVIDERS: dict[str, Provider] = {HOUSE.id: HOUSE}
"""Those in this program."""


def provider_of(read: Read, provider_id: str, *, with_games: bool = True) -> Provider | None:
    """A provider, with all games that it offers unless these are not wanted, or None."""
    if provider_id in PROVIDERS:
        return PROVIDERS[provider_id]
    data = providers_by_id(read).get(provider_id)
    if data is None or data.url is None:
        return None
    games = told_games(read, provider_id) if with_games else []
    told = tuple(game for game, is_listed in games if is_listed)
    return Remote(data, units_of(read, provider_id), told)


def offered_game(read: Read, game_id: str) -> tuple[Provider, Game] | None:
    """A game that is offered and its provider, or None."""
    provider_id, _, code = game_id.partition("_")
    if provider_id in PROVIDERS:
        provider = PROVIDERS[provider_id]
        game = next((game for game in provider.games if game.id == game_id), None)
        return None if game is None else (provider, game)
    found = told_game(read, provider_id, code)
    data = providers_by_id(read).get(provider_id) if found is not None else None
    if found is None or data is None or data.url is None or not found[1]:
        return None
    remote = Remote(data, units_of(read, provider_id), (found[0],))
    return remote, remote.games[0]


def known_games(read: Read, game_ids: Iterable[str]) -> dict[str, Game]:
    """The games of these ids that are or were offered here, by id."""
    known: dict[str, Game] = {}
    for game_id in set(game_ids):
        provider_id, _, code = game_id.partition("_")
        if provider_id in PROVIDERS:
            games = PROVIDERS[provider_id].games
            known |= {game.id: game for game in games if game.id == game_id}
        elif (found := told_game(read, provider_id, code)) is not None:
            known[game_id] = game_of(provider_id, found[0])
    return known
