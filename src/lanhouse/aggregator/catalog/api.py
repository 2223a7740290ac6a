"""External API: games, providers."""

from __future__ import annotations

from datetime import timedelta

from lanhouse.aggregator.agents.call import AgentCall, ExternalRoutes
from lanhouse.aggregator.agents.queries import terms_of_agent
from lanhouse.aggregator.bet_limits.queries import limit_out
from lanhouse.aggregator.catalog.queries import games_of, provider_data_of
from lanhouse.aggregator.catalog.schemas import (
    CategoryOut,
    GameOut,
    GameProviderOut,
    GamesIn,
    GamesOut,
    ProviderCategoryOut,
    ProviderOut,
    ProvidersIn,
    ProvidersOut,
    TermsOut,
)
from lanhouse.aggregator.launch.queries import active_players
from lanhouse.aggregator.launch.rules import ACTIVE_SECONDS
from lanhouse.aggregator.providers.port import BetLimit, Category, Game, Provider
from lanhouse.aggregator.providers.queries import providers_by_id
from lanhouse.aggregator.providers.schemas import ProviderData
from lanhouse.aggregator.wire import check_currency, check_texts
from lanhouse.db.store import Read
from lanhouse.kit import clock

routes = ExternalRoutes("Games")


@routes.post("/games", right="agent.call", source="seed: External API, 4")
async def games(call: AgentCall, data: GamesIn) -> GamesOut:
    """The games that the agent can launch, with their exact return and who plays right now."""
    check_texts(call, data)
    found = list(games_of(call.agent, data.query or "", data.provider_id or ""))
    playing, kept = await call.read(_now, [game.id for _, game in found])
    base_url, currency = call.settings.base_url, call.agent.base_currency
    return GamesOut(
        [
            _game_out(
                kept[provider.id],
                game,
                playing.get(game.id, 0),
                base_url,
                provider.bet_limits(game.category.id, currency),
            )
            for provider, game in found
        ]
    )


def _now(read: Read, game_ids: list[str]) -> tuple[dict[str, int], dict[str, ProviderData]]:
    since = clock.real_now() - timedelta(seconds=ACTIVE_SECONDS)
    return active_players(read, game_ids, since), providers_by_id(read)


def _game_out(
    kept: ProviderData, game: Game, playing: int, base_url: str, limits: list[BetLimit]
) -> GameOut:
    return GameOut(
        id=game.id,
        name=game.name,
        logo_url=base_url + game.logo_path,
        category=CategoryOut(game.category.id, game.category.label),
        has_free_round=game.has_free_round,
        rtp=game.rtp_percent,
        provider=GameProviderOut(
            kept.id, kept.name, list(kept.restricted_countries), list(kept.prohibited_countries)
        ),
        active_players=playing,
        has_demo=False,
        volatility=game.volatility,
        max_multiplier=game.max_multiplier,
        features=list(game.features),
        has_free_chip=game.has_free_chip,
        bet_limits=[limit_out(limit) for limit in limits],
    )


@routes.post("/providers", right="agent.call", source="seed: External API, 11")
async def providers(call: AgentCall, data: ProvidersIn) -> ProvidersOut:
    """The agent's providers with the bet limits of a currency."""
    check_texts(call, data)
    currency = data.agent_system_currency or call.agent.base_currency
    check_currency(call.agent, currency)
    found = await call.read(provider_data_of, call.agent)
    terms = {each.provider_id: each for each in await call.read(terms_of_agent, call.agent.id)}
    return ProvidersOut(
        [
            ProviderOut(
                id=kept.id,
                name=kept.name,
                logo_url=whole_address(call.settings.base_url, kept.logo_url),
                active=kept.is_active,
                online=kept.is_online,
                terms=TermsOut(
                    terms[kept.id].share, terms[kept.id].commission, terms[kept.id].contribution
                ),
                categories=[
                    _category_out(provider, category, currency)
                    for category in _categories(provider)
                ],
            )
            for provider, kept in found
        ]
    )


def whole_address(base_url: str, url: str) -> str:
    """An address of ours is kept as a path."""
    return base_url + url if url.startswith("/") else url


def _categories(provider: Provider) -> list[Category]:
    return list(dict.fromkeys(game.category for game in provider.games))


def _category_out(provider: Provider, category: Category, currency: str) -> ProviderCategoryOut:
    limits = [limit_out(limit) for limit in provider.bet_limits(category.id, currency)]
    return ProviderCategoryOut(category.id, category.label, limits)
