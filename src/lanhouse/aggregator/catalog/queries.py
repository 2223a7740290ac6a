"""Reads of the catalogue: what the providers in this house offer."""

from __future__ import annotations

from collections.abc import Iterator

from lanhouse.aggregator.agents.schemas import Agent
from lanhouse.aggregator.errors import AgentProviderNotFound, GameNotFound
from lanhouse.aggregator.providers.port import Game, Provider
from lanhouse.aggregator.providers.queries import providers_by_id
from lanhouse.aggregator.providers.registry import offered_game, provider_of
from lanhouse.aggregator.providers.schemas import ProviderData
from lanhouse.db.store import Read


def providers_of(read: Read, agent: Agent) -> list[Provider]:
    """The providers that are configured for the agent, in their order."""
    found = (provider_of(read, name) for name in agent.provider_ids)
    return [provider for provider in found if provider is not None]


def provider_data_of(read: Read, agent: Agent) -> list[tuple[Provider, ProviderData]]:
    """The agent's providers with what the house keeps of them, in the agent's order."""
    kept = providers_by_id(read)
    return [(provider, kept[provider.id]) for provider in providers_of(read, agent)]


def games_of(
    read: Read, agent: Agent, query: str, provider_id: str
) -> Iterator[tuple[Provider, Game]]:
    """The agent's games whose id or name contains `query`; empty filters match everything."""
    wanted = query.casefold()
    for provider in providers_of(read, agent):
        if provider_id in ("", provider.id):
            for game in provider.games:
                if wanted in game.id.casefold() or wanted in game.name.casefold():
                    yield provider, game


def find_game(read: Read, game_id: str) -> tuple[Provider, Game]:
    """The game of any provider. Raises GameNotFound."""
    found = offered_game(read, game_id)
    if found is None:
        raise GameNotFound
    return found


def launchable_game(read: Read, agent: Agent, game_id: str) -> tuple[Provider, Game]:
    """The game for this agent. Raises GameNotFound and AgentProviderNotFound."""
    provider, game = find_game(read, game_id)
    if provider.id not in agent.provider_ids:
        raise AgentProviderNotFound
    return provider, game
