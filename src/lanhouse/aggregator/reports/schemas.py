"""What goes into and comes out of playerDailyReport and reconcile."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from lanhouse.aggregator.agents.schemas import Agent
from lanhouse.aggregator.players.schemas import Currency, Username
from lanhouse.aggregator.rounds.rules import PAGE_MAX, PER_PAGE_DEFAULT
from lanhouse.aggregator.rounds.schemas import Id, PaginateOut, TimeText
from lanhouse.aggregator.wire import OfAgent, SignedAmountText
from lanhouse.kit.inputs import means

COMPARED_MAX = 10_000
"""So many transactions a caller may name, and so many of ours that he did not are told."""
COMPARED_BYTES_MAX = 4_194_304
"""So many transactions fit in however they are indented."""


class ReportPageIn(msgspec.Struct, rename="camel"):
    """Which page; `perPage` above 1000 counts as 1000."""

    page: Annotated[int, Meta(ge=1, le=PAGE_MAX)] = 1
    per_page: Annotated[int, Meta(ge=1)] = PER_PAGE_DEFAULT


class ReportIn(OfAgent, rename="camel", kw_only=True):
    """Body of playerDailyReport. `granularity` and `timezone` are additions of ours (row 14): a row
    per day of that zone (an IANA name or an offset such as +07:00) instead of one per UTC hour.
    """

    username: Username
    game_id: Id | None = None
    round_id: Id | None = None
    start: TimeText = msgspec.field(name="from")
    to: Annotated[TimeText, means("end")]
    paginate: ReportPageIn | None = None
    granularity: Literal["hour", "day"] = "hour"
    timezone: Annotated[str, Meta(max_length=64)] | None = None


class ReportItemOut(msgspec.Struct, rename="camel"):
    """What rounds that closed in one hour or day come to, in the agent's base currency.

    `agentFreeRound` is an addition of ours; `timestamp` is when the hour or day begins.
    """

    player_win_loss: str
    valid_turn_over: str
    agent_win_loss: str
    agent_commission: str
    agent_contribution: str
    player_free_round: str
    agent_free_round: str
    free_round_count: int
    timestamp: str


class ReportOut(msgspec.Struct):
    """Result of playerDailyReport, newest first."""

    items: list[ReportItemOut]
    paginate: PaginateOut


class ReportQuery(msgspec.Struct, frozen=True, kw_only=True):
    """A checked question to the report: hours since 1970, `last` is no more among them."""

    agent_id: int
    username: str
    game_id: str | None
    round_code: str | None
    first_hour: int
    last_hour: int


class ComparedIn(msgspec.Struct, rename="camel"):
    """A transaction as the caller has it: our id of it, the amount from the player's side."""

    tx_id: Id
    amount: SignedAmountText


class ReconcileIn(OfAgent, rename="camel"):
    """Body of reconcile: a window of at most 31 days, and what the caller has in it."""

    start: TimeText = msgspec.field(name="from")
    to: Annotated[TimeText, means("end")]
    currency: Currency
    transactions: Annotated[list[ComparedIn], Meta(max_length=COMPARED_MAX)] | None = None


class TypeSumOut(msgspec.Struct):
    """All transactions of one type in the window, the sum from the player's side."""

    type: str
    count: int
    sum: str


class DifferingOut(msgspec.Struct, rename="camel"):
    """A transaction that both have, with other amounts."""

    tx_id: str
    here: str
    there: str


class ReconcileOut(msgspec.Struct, rename="camel"):
    """Result of reconcile. `more`: `missingThere` was cut at 10 000; a shorter window tells all."""

    count: int
    sum: str
    types: list[TypeSumOut]
    missing_here: list[str]
    missing_there: list[str]
    differing: list[DifferingOut]
    more: bool


class ReconcileQuery(msgspec.Struct, frozen=True, kw_only=True):
    """A checked question to reconcile; `there`: micros by our transaction id, None = no list."""

    agent: Agent
    currency: str
    from_at: datetime
    to_at: datetime
    there: Mapping[str, int] | None


class TypeSum(msgspec.Struct, frozen=True):
    """How many transactions of a type there are, and their sum in micros."""

    type: str
    count: int
    sum_micros: int


class Reconciled(msgspec.Struct, frozen=True, kw_only=True):
    """What we have and where it differs from the caller's list; `differing`: id, micros here."""

    types: list[TypeSum]
    missing_here: list[str]
    missing_there: list[str]
    differing: list[tuple[str, int]]
    is_cut: bool
