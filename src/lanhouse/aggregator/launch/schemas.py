"""What goes into and comes out of launchGame, and a session as the game sees it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from lanhouse.aggregator.agents.schemas import Agent
from lanhouse.aggregator.players.schemas import Currency, Username

Url = Annotated[str, Meta(max_length=2000)]


class LaunchIn(msgspec.Struct, rename="camel"):
    """Body of launchGame."""

    username: Username
    is_mobile: bool
    game_id: Annotated[str, Meta(max_length=100)]
    lang: Annotated[str, Meta(max_length=35)]
    player_ip: Annotated[str, Meta(max_length=45)]
    currency: Currency
    lobby_url: Url | None = None
    cashier_url: Url | None = None


class LaunchOut(msgspec.Struct, rename="camel"):
    """Result of launchGame; `sessionId` and `expiresAt` (of the address) are additions of ours."""

    type: str
    url: str
    session_id: str
    expires_at: str


class Launch(msgspec.Struct, frozen=True, kw_only=True):
    """A game to start, checked for form."""

    agent: Agent
    username: str
    game_id: str
    currency: str
    language: str
    is_mobile: bool
    player_address: str
    lobby_url: str | None
    cashier_url: str | None


class Launched(msgspec.Struct, frozen=True):
    """A session that waits for its player: the secret goes into the launch address."""

    code: str
    token: str
    token_ends_at: datetime


class Started(msgspec.Struct, frozen=True):
    """A session that has begun: `cookie` is its secret, which the player's page holds (0207)."""

    code: str
    cookie: str


class GameSession(msgspec.Struct, frozen=True, kw_only=True):
    """A player in a game; amounts in micros of `currency`."""

    id: int
    agent_id: int
    player_id: int
    code: str
    provider_id: str
    game_id: str
    currency: str
    settle_currency: str
    settle_rate: str
    provider_currency: str
    scale: str
    language: str
    csrf: str
    lobby_url: str | None
    cashier_url: str | None
    started_at: datetime
    ends_at: datetime
    staked_micros: int
    won_micros: int
    round_count: int

    @property
    def net_micros(self) -> int:
        """Won minus staked since the session began."""
        return self.won_micros - self.staked_micros
