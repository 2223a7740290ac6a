"""What goes into and comes out of the calls about games and providers."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from lanhouse.aggregator.bet_limits.schemas import BetLimitOut
from lanhouse.aggregator.players.schemas import Currency


class GamesIn(msgspec.Struct, rename="camel"):
    """Body of games; both filters are optional, empty means all."""

    query: Annotated[str, Meta(max_length=100)] | None = None
    provider_id: Annotated[str, Meta(max_length=100)] | None = None


class CategoryOut(msgspec.Struct):
    """A game's category."""

    id: str
    label: str


class GameProviderOut(msgspec.Struct, rename="camel"):
    """A game's provider; country lists are empty when nothing is excluded."""

    id: str
    name: str
    restricted_countries: list[str]
    prohibited_countries: list[str]


class GameOut(msgspec.Struct, rename="camel"):
    """A game; all behind `activePlayers` are additions of ours (row 25). `betLimits` are the sets
    of its category in the agent's base currency.
    """

    id: str
    name: str
    logo_url: str
    category: CategoryOut
    has_free_round: bool
    rtp: str
    provider: GameProviderOut
    active_players: int
    has_demo: bool
    volatility: str
    max_multiplier: str
    features: list[str]
    has_free_chip: bool
    bet_limits: list[BetLimitOut]


class GamesOut(msgspec.Struct):
    """Result of games."""

    items: list[GameOut]


class ProvidersIn(msgspec.Struct, rename="camel"):
    """Body of providers; without a currency the agent's base currency counts."""

    agent_system_currency: Currency | None = None


class ProviderCategoryOut(msgspec.Struct, rename="camel"):
    """A category of a provider with its bet limits."""

    id: str
    label: str
    bet_limits: list[BetLimitOut]


class TermsOut(msgspec.Struct):
    """The caller's own terms with a provider, decimals from 0 to 1."""

    share: str
    commission: str
    contribution: str


class ProviderOut(msgspec.Struct, rename="camel"):
    """A provider; `terms` is an addition of ours."""

    id: str
    name: str
    logo_url: str
    active: bool
    online: bool
    terms: TermsOut
    categories: list[ProviderCategoryOut]


class ProvidersOut(msgspec.Struct):
    """Result of providers."""

    items: list[ProviderOut]
