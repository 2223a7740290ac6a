"""External API: games, providers."""

from __future__ import annotations

from datetime import timedelta

from lanhouse.aggregator.agents.call import AgentCall, ExternalRoutes
from lanhouse.aggregator.catalog.queries import games_of, providers_of
from lanhouse.aggregator.catalog.schemas import (
    BetLimitOut,
    BetRangeOut,
    CategoryOut,
    GameOut,
    GameProviderOut,
    GamesIn,
    GamesOut,
    ProviderCategoryOut,
    ProviderOut,
    ProvidersIn,
    ProvidersOut,
)
from lanhouse.aggregator.launch.queries import active_players
from lanhouse.aggregator.launch.rules import ACTIVE_SECONDS
from lanhouse.aggregator.providers.port import Category, Game, Provider
from lanhouse.aggregator.wire import check_currency, check_texts
from lanhouse.db.store import Read
from lanhouse.kit import clock
from lanhouse.kit.money import json_number

routes = ExternalRoutes("Games")


@routes.post("/games", right="agent.call", source="seed: External API, 4")
async def games(call: AgentCall, data: GamesIn) -> GamesOut:
    """The games that the agent can launch, with their exact return and who plays right now."""
    check_texts(call, data)
    found = list(games_of(call.agent, data.query or "", data.provider_id or ""))
    playing = await call.read(_playing, [game.id for _, game in found])
    base_url = call.settings.base_url
    return GamesOut(
        [_game_out(provider, game, playing.get(game.id, 0), base_url) for provider, game in found]
    )


def _playing(read: Read, game_ids: list[str]) -> dict[str, int]:
    return active_players(read, game_ids, clock.real_now() - timedelta(seconds=ACTIVE_SECONDS))


def _game_out(provider: Provider, game: Game, playing: int, base_url: str) -> GameOut:
    return GameOut(
        id=game.id,
        name=game.name,
        logo_url=base_url + game.logo_path,
        category=CategoryOut(game.category.id, game.category.label),
        has_free_round=game.has_free_round,
        rtp=game.rtp_percent,
        provider=GameProviderOut(provider.id, provider.name, [], []),
        active_players=playing,
        has_demo=False,
        volatility=game.volatility,
        max_multiplier=game.max_multiplier,
        features=list(game.features),
    )


@routes.post("/providers", right="agent.call", source="seed: External API, 11")
async def providers(call: AgentCall, data: ProvidersIn) -> ProvidersOut:
    """The agent's providers with the bet limits of a currency."""
    check_texts(call, data)
    currency = data.agent_system_currency or call.agent.base_currency
    check_currency(call.agent, currency)
    base_url = call.settings.base_url
    return ProvidersOut(
        [
            ProviderOut(
                id=provider.id,
                name=provider.name,
                logo_url=base_url + provider.logo_path,
                active=True,
                online=True,
                categories=[
                    _category_out(provider, category, currency)
                    for category in _categories(provider)
                ],
            )
            for provider in providers_of(call.agent)
        ]
    )


def _categories(provider: Provider) -> list[Category]:
    return list(dict.fromkeys(game.category for game in provider.games))


def _category_out(provider: Provider, category: Category, currency: str) -> ProviderCategoryOut:
    limits = [
        BetLimitOut(
            id=limit.id,
            label=limit.label,
            info=BetRangeOut(json_number(limit.min_micros), json_number(limit.max_micros)),
            is_default=limit.is_default,
        )
        for limit in provider.bet_limits(category.id, currency)
    ]
    return ProviderCategoryOut(category.id, category.label, limits)
