"""What goes into and comes out of launchGame, and a session as the game sees it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from lanhouse.aggregator.agents.schemas import Agent
from lanhouse.aggregator.players.schemas import Currency, Username
from lanhouse.aggregator.protection.schemas import NOWHERE, Place
from lanhouse.aggregator.wire import OfAgent

Url = Annotated[str, Meta(max_length=2000)]


class LaunchIn(OfAgent, rename="camel"):
    """Body of launchGame."""

    username: Username
    is_mobile: bool
    game_id: Annotated[str, Meta(max_length=100)]
    lang: Annotated[str, Meta(max_length=35)]
    player_ip: Annotated[str, Meta(max_length=45)]
    currency: Currency
    lobby_url: Url | None = None
    cashier_url: Url | None = None


class LaunchOut(msgspec.Struct, rename="camel", omit_defaults=True):
    """Result of launchGame: `url`, or `html` where the type says so. `sessionId` and `expiresAt`
    (of the address) are additions of ours."""

    type: str
    session_id: str
    expires_at: str
    url: str | None = None
    html: str | None = None


class EndSessionIn(OfAgent, rename="camel"):
    """Body of endSession."""

    session_id: Annotated[str, Meta(max_length=100)]


class EndSessionOut(msgspec.Struct, rename="camel"):
    """Result of endSession, the same for a session that was over already."""

    session_id: str
    ended_at: str


class EndSession(msgspec.Struct, frozen=True):
    """A session of an agent to end, by its id on the wire."""

    agent_id: int
    code: str


class Launch(msgspec.Struct, frozen=True, kw_only=True):
    """A game to start, checked for form. `place`: where the player is; `allows_unknown`: also when
    nobody knows."""

    agent: Agent
    username: str
    game_id: str
    currency: str
    language: str
    is_mobile: bool
    player_address: str
    lobby_url: str | None
    cashier_url: str | None
    unreachable: frozenset[str] = frozenset()
    """Providers that do not answer us at the moment."""
    place: Place = NOWHERE
    allows_unknown: bool = True


class Launched(msgspec.Struct, frozen=True):
    """A session that waits for its player: the secret goes into the launch address. `player` is our
    id of him on the wire, `currency` the provider's unit."""

    code: str
    token: str
    token_ends_at: datetime
    provider_id: str
    player: str
    currency: str


class Started(msgspec.Struct, frozen=True):
    """A session that has begun; the player's page holds its `secret` (0207)."""

    code: str
    secret: str


class Counted(msgspec.Struct, frozen=True):
    """A session's net (micros) after a movement, and whether its player is limited now."""

    net_micros: int
    has_limits: bool


class GameSession(msgspec.Struct, frozen=True, kw_only=True):
    """A player in a game; amounts in micros of `currency`.

    `country` is empty when it is not known. `is_test`: no real money is played for, and pages say
    so. `round_millis` is the least time from the begin of a round to the next, enforced in the
    game; every `reality_check_minutes` the page tells how long and with what net somebody has
    played; `shows_net`: it shows the net all the time. 0 and False: no rule asks for it.
    """

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
    lobby_url: str | None
    cashier_url: str | None
    country: str
    is_test: bool
    round_millis: int
    reality_check_minutes: int
    shows_net: bool
    started_at: datetime
    ends_at: datetime
    staked_micros: int
    won_micros: int
    round_count: int

    @property
    def net_micros(self) -> int:
        """Won minus staked since the session began."""
        return self.won_micros - self.staked_micros
