"""The port between the platform and a provider of games; House uses it like anybody else would.

Towards the platform a provider says who it is and what its games are (`Provider`). Towards the
provider the platform offers exactly three things: the session of a launched game
(`launch.schemas.GameSession`), `place_bet` and `settle` (rounds.commands), which move money through
the ledger and write the history. A provider never sees an agent's wallet or another player.
Source: aggregator-domain 5.3.
"""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

import msgspec

from lanhouse.aggregator.launch.schemas import GameSession
from lanhouse.db.store import Read


class Category(msgspec.Struct, frozen=True):
    """A kind of games."""

    id: str
    label: str


class Game(msgspec.Struct, frozen=True, kw_only=True):
    """A game as the catalogue tells it. `rtp_percent` is exact; `max_multiplier` is of the bet."""

    id: str
    name: str
    category: Category
    logo_path: str
    rtp_percent: str
    volatility: str
    max_multiplier: str
    features: tuple[str, ...]
    is_active: bool = True
    has_free_round: bool = False


class BetLimit(msgspec.Struct, frozen=True, kw_only=True):
    """A range of bets per round, in micros of the currency it was asked for."""

    id: str
    label: str
    min_micros: int
    max_micros: int
    is_default: bool


class RoundLog(msgspec.Struct, frozen=True):
    """What a provider tells of one round: a page about it, a sentence, and rows for a table."""

    page_path: str
    result: str
    rows: tuple[tuple[str, str], ...]


class Provider(Protocol):
    """What the platform asks of a provider."""

    id: str
    name: str
    logo_path: str
    games: tuple[Game, ...]

    def bet_limits(self, category_id: str, currency: str) -> list[BetLimit]:
        """The limits that can be set for games of this category, in this currency."""
        ...

    def round_log(self, read: Read, round_id: int) -> RoundLog | None:
        """What happened in a round, or None when the provider knows nothing of it."""
        ...


class PlaceBet(msgspec.Struct, frozen=True, kw_only=True):
    """A bet of a player in a session: opens a round and takes the money.

    `provider_tx_id` is the provider's own id of the round's money; bet and settlement share it.
    `amount_micros` is in the player's currency and positive.
    """

    session_id: int
    provider_tx_id: str
    amount_micros: int


class Seat(msgspec.Struct, frozen=True, kw_only=True):
    """Who plays, and the ledger accounts between which his money moves."""

    session: GameSession
    player_account_id: int
    house_account_id: int


class BetPlaced(msgspec.Struct, frozen=True, kw_only=True):
    """The open round, the wallet's balance after the bet and what the session has won less staked,
    in micros.
    """

    round_id: int
    round_code: str
    balance_micros: int
    net_micros: int
    at: datetime
    seat: Seat


class Settle(msgspec.Struct, frozen=True, kw_only=True):
    """The end of a round: what it pays (micros, 0 for a lost bet). A round closes once.

    `bet`: what place_bet answered in this very transaction, whose locks keep it true; None: what
    it says is looked up.
    """

    round_id: int
    amount_micros: int
    bet: BetPlaced | None = None


class Settled(msgspec.Struct, frozen=True, kw_only=True):
    """The wallet's balance after the settlement and the session's net, in micros."""

    balance_micros: int
    net_micros: int
    at: datetime
