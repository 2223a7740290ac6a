"""The port between the platform and a provider of games; House uses it like anybody else would.

Towards the platform a provider says who it is and what its games are (`Provider`). Towards the
provider the platform offers the session of a launched game (`launch.schemas.GameSession`) and
answers what it asks (`Ask`): rounds.commands moves the money, writes the history and counts the
report. A provider never sees an agent's wallet or another player.
Source: aggregator-domain 5.3, decision 0190.
"""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

import msgspec

from lanhouse.aggregator.launch.schemas import GameSession
from lanhouse.aggregator.rounds.schemas import State, TxType
from lanhouse.db.store import Read
from lanhouse.kit.errors import AppError


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
    has_free_chip: bool = False


class BetLimit(msgspec.Struct, frozen=True, kw_only=True):
    """A set of limits in micros of the currency it was asked for: `min_micros` of each field,
    `max_micros` of a round's whole first stake.
    """

    id: str
    label: str
    min_micros: int
    max_micros: int
    is_default: bool


class HandLog(msgspec.Struct, frozen=True):
    """A hand of cards of a round."""

    title: str
    cards: tuple[str, ...]
    result: str


class PocketLog(msgspec.Struct, frozen=True):
    """A pocket of roulette: `color` red, black or green, `even_odd` odd, even or "" for zero."""

    number: str
    color: str
    even_odd: str


class RoundLog(msgspec.Struct, frozen=True, kw_only=True):
    """What a provider tells of one round.

    `log_type` is nodata, iframe, hand, roulette, dice or table (seed: External API, 10), and
    `hands`, `pockets`, `dices` or `rows` belong to it; other rows prove the round. `page_path` is a
    page about it, a path of ours.
    """

    log_type: str
    page_path: str
    result: str
    hands: tuple[HandLog, ...] = ()
    pockets: tuple[PocketLog, ...] = ()
    dices: tuple[str, ...] = ()
    rows: tuple[tuple[str, str], ...] = ()


class Provider(Protocol):
    """What the platform asks of a provider."""

    id: str
    name: str
    logo_path: str
    games: tuple[Game, ...]

    def bet_limits(self, category_id: str, currency: str) -> list[BetLimit]:
        """The limits that can be set for games of this category, in this currency."""
        ...

    def free_amounts_micros(self, game_id: str, currency: str) -> tuple[int, ...] | None:
        """The bets that a campaign may give in a game: of a whole round, or one chip of a table, in
        micros of the player's currency. None: any bet that the player's limits allow."""
        ...

    def takes_currency(self, game_id: str, currency: str, scale: str) -> bool:
        """Whether a game can be played in a currency, `scale` of which is one of its units."""
        ...

    def round_log(self, read: Read, round_id: int) -> RoundLog | None:
        """What happened in a round, or None when the provider knows nothing of it."""
        ...


class Ask(msgspec.Struct, frozen=True, kw_only=True):
    """What a provider asks for a player: a bet, a settlement, or the rollback of a bet.

    `provider_tx_id` is unique per agent, provider and type: bet and settlement may share one.
    `round_code` is the provider's id of the round. `amount_micros` is in the provider's unit and
    not negative; 0 for a rollback, for a lost bet's settlement and for the bet of a free round.
    `reverses_tx_id` names the bet that a rollback takes back. `closes_round`: nothing more comes.
    """

    session_id: int
    tx_type: TxType
    provider_tx_id: str
    round_code: str
    amount_micros: int = 0
    reverses_tx_id: str | None = None
    closes_round: bool = False
    free_round_code: str | None = None


class Terms(msgspec.Struct, frozen=True):
    """An agent's terms with a provider, exact decimals from 0 to 1 as text."""

    share: str = "0"
    commission: str = "0"
    contribution: str = "0"


class Seat(msgspec.Struct, frozen=True, kw_only=True):
    """Who plays, the ledger accounts between which his money moves, and what forbids a bet.

    `is_here`: the player's wallet is with us; else `player_account_id` is the agent's clearing
    account. `refusal` is why no bet is taken now; a settlement and a rollback never ask.
    `has_limits`: a bet is held to the player's limits first.
    """

    session: GameSession
    is_here: bool
    player_account_id: int
    provider_account_id: int
    terms: Terms
    refusal: AppError | None = None
    has_limits: bool = False


class Record(msgspec.Struct, frozen=True):
    """What reports need of a committed transaction that was not rolled back."""

    tx_type: TxType
    settle_amount: str
    terms: Terms
    is_free: bool


class RoundNow(msgspec.Struct, frozen=True, kw_only=True):
    """A round as it stands, amounts in micros; `paid_micros` is None before the first settlement.

    `records` are all its records of history where they are known, which they are for a round that
    this transaction of the database opened; else None.
    """

    id: int
    code: str
    game_id: str
    opened_at: datetime
    staked_micros: int
    paid_micros: int | None
    closed_at: datetime | None = None
    is_new: bool = False
    records: tuple[Record, ...] | None = None


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """How a transaction stands. `balance_micros` is the wallet's after it, None where the wallet
    has not answered; `net_micros` what the session has won less staked, None where that was not
    asked. `refusal` is the wallet's code for a rejected one, and of a bet that is given back
    because nobody knows what became of it OPERATOR_TIMEOUT or OPERATOR_ERROR.
    """

    id: int
    tx_id: str
    state: State
    balance_micros: int | None
    at: datetime
    refusal: str | None = None
    net_micros: int | None = None
    round: RoundNow | None = None
