"""What goes into and comes out of history and gameLogs."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import UNSET, Meta, UnsetType

from lanhouse.aggregator.agents.schemas import Agent
from lanhouse.aggregator.players.schemas import Username
from lanhouse.aggregator.rounds.rules import PAGE_MAX, PER_PAGE_DEFAULT
from lanhouse.db.listing import Wanted
from lanhouse.kit.inputs import means

Id = Annotated[str, Meta(max_length=100)]
TimeText = Annotated[str, Meta(max_length=40, description="RFC 3339")]


class TxType(enum.IntEnum):
    """What a record did to the wallet; the numbers are the wire's."""

    BET = 1
    """The stake was taken."""
    SETTLE = 2
    """The round was paid, with 0 for a lost bet."""
    ROLLBACK = 3
    """A bet was given back."""

    @property
    def label(self) -> str:
        """The name on the wire."""
        return self.name.capitalize()


class State(enum.StrEnum):
    """How far a transaction is; decision 0190 says which state may follow which."""

    PENDING = "pending"
    """Begun; the wallet has not answered yet."""
    COMMITTED = "committed"
    """The wallet has taken or paid it."""
    REJECTED = "rejected"
    """The wallet has refused it for good."""
    ROLLED_BACK = "rolled_back"
    """A bet whose rollback was committed, or that came after it."""


class PaginateIn(msgspec.Struct, rename="camel"):
    """Which page; `perPage` above 1000 counts as 1000.

    `after` is the id of a record: the page then begins behind it and `page` does not count, so that
    records that arrive meanwhile shift nothing (an addition of ours, row 12).
    """

    page: Annotated[int, Meta(ge=1, le=PAGE_MAX)] = 1
    per_page: Annotated[int, Meta(ge=1)] = PER_PAGE_DEFAULT
    after: Id | None = None


class HistoryIn(msgspec.Struct, rename="camel"):
    """Body of history; every filter is optional."""

    username: Username | None = None
    game_id: Id | None = None
    round_id: Id | None = None
    start: TimeText | None = msgspec.field(default=None, name="from")
    to: Annotated[TimeText | None, means("end")] = None
    paginate: PaginateIn | None = None


class HistoryProviderOut(msgspec.Struct):
    """A provider by id and name."""

    id: str
    name: str


class UserInGameOut(msgspec.Struct, rename="camel"):
    """The player as the provider and as the agent know him."""

    user_in_game: str
    player_id: str
    agent_id: int
    agent_prefix: str
    currency: str
    username: str


class HistoryGameOut(msgspec.Struct, rename="camel"):
    """A game by id, name and category."""

    game_id: str
    name: str
    category: str


class TxTypeOut(msgspec.Struct):
    """What the record did."""

    id: int
    label: str
    flag: str


class AmountsOut(msgspec.Struct, rename="camel"):
    """One amount in three currencies (row 11)."""

    provider_amount: str
    player_amount: str
    settle_amount: str


class AmountOut(msgspec.Struct, rename="camel"):
    """The amounts with their currencies and the frozen rate."""

    player_currency: str
    settle_currency: str
    player_to_settle_rate: str
    amount: AmountsOut


class HistoryItemOut(msgspec.Struct, rename="camel"):
    """One record."""

    id: str
    provider: HistoryProviderOut
    user_in_game: UserInGameOut
    game: HistoryGameOut
    round_id: str
    wallet_tx_id: str
    provider_tx_id: str
    tx_type: TxTypeOut
    amount: AmountOut
    wallet_before_balance: str
    wallet_after_balance: str
    received_at: str


class HistoryGroupOut(msgspec.Struct):
    """The page's records of one settle currency."""

    items: list[HistoryItemOut]


class PaginateOut(msgspec.Struct, rename="camel"):
    """Which page this is, and whether there is another."""

    page: int
    per_page: int
    next: bool


class HistoryOut(msgspec.Struct, rename="camel"):
    """Result of history."""

    currency_group: dict[str, HistoryGroupOut]
    paginate: PaginateOut
    test: bool | UnsetType = UNSET
    """True of a test agent's records, absent of others and of none (an addition of ours)."""


class GameLogsIn(msgspec.Struct, rename="camel"):
    """Body of gameLogs."""

    game_id: Id
    username: Username
    round_id: Id
    start: TimeText | None = msgspec.field(default=None, name="from")
    to: Annotated[TimeText | None, means("end")] = None


class LogResultOut(msgspec.Struct, rename="camel"):
    """How to show the round: `nodata`, `iframe` with the address of its page, `hand`, `roulette`,
    `dice` or `table`; `url` is empty where it is unknown.
    """

    log_type: str
    url: str
    game_name: str
    game_result: str


class LogTransactionOut(msgspec.Struct, rename="camel"):
    """One money record of the round."""

    id: str
    type: str
    provider_amount: str
    provider_currency: str
    player_amount: str
    player_currency: str
    before_balance: str
    after_balance: str
    created_at: str


class HandOut(msgspec.Struct):
    """A hand of cards."""

    title: str
    cards: list[str]
    result: str


class PocketOut(msgspec.Struct, rename="camel"):
    """A pocket of roulette; `evenOdd` is empty for zero."""

    number: str
    color: str
    even_odd: str


class RowOut(msgspec.Struct):
    """A row of the round's table."""

    key: str
    value: str


class GameLogsOut(msgspec.Struct, rename="camel", omit_defaults=True):
    """Result of gameLogs; `rows` is there when the round is known (row 28), `hands`, `pockets` and
    `dices` when the log type is theirs."""

    provider_id: str
    game_type: str
    game_name: str
    round_id: str
    result: LogResultOut
    transactions: list[LogTransactionOut]
    hands: list[HandOut] | None = None
    pockets: list[PocketOut] | None = None
    dices: list[str] | None = None
    rows: list[RowOut] | None = None


class HistoryQuery(Wanted, frozen=True, kw_only=True):
    """A checked question to history; the query finds `player_id` by the name."""

    agent: Agent
    username: str | None
    player_id: int = 0
    game_id: str | None
    round_code: str | None
    from_at: datetime
    to_at: datetime
    page: int
    per_page: int
    after: str | None


class LogQuery(msgspec.Struct, frozen=True, kw_only=True):
    """A checked question to gameLogs."""

    agent: Agent
    username: str
    game_id: str
    round_code: str
    from_at: datetime
    to_at: datetime
