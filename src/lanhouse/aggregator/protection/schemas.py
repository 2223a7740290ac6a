"""What goes into and comes out of limits and exclusion; amounts in micros, times in UTC."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from lanhouse.aggregator.agents.schemas import Agent
from lanhouse.aggregator.players.schemas import Currency, Username
from lanhouse.kit.inputs import means

Kind = Literal["deposit", "loss", "wager", "session"]
Period = Literal["day", "week", "month"]
LIMITS_MAX = 100
"""How many limits one call may name."""
MINUTES_MAX = 1440


class LimitIn(msgspec.Struct):
    """A limit to set: `amount` in `currency`, or `minutes` of session time a day; null: none."""

    kind: Kind
    period: Period
    amount: Annotated[str | None, Meta(description="A plain decimal number as text.")] = None
    minutes: Annotated[int | None, Meta(description=f"0 to {MINUTES_MAX}")] = None
    currency: Currency | None = None


class SetPlayerLimitsIn(msgspec.Struct):
    """Body of setPlayerLimits."""

    username: Username
    limits: Annotated[list[LimitIn], Meta(max_length=LIMITS_MAX)]


class GetPlayerLimitsIn(msgspec.Struct):
    """Body of getPlayerLimits."""

    username: Username


class ExcludePlayerIn(msgspec.Struct):
    """Body of excludePlayer."""

    username: Username
    until: Annotated[str, Meta(max_length=40, description="RFC 3339")]


class PendingOut(msgspec.Struct, omit_defaults=True):
    """What counts instead of a limit later; null: no limit then."""

    # Both spellings are absent where they do not belong, and null where the limit goes.
    from_at: Annotated[str, means("from")] = msgspec.field(name="from")
    amount: str | UnsetType | None = UNSET
    minutes: int | UnsetType | None = UNSET


class LimitOut(msgspec.Struct):
    """A limit as it stands; `currency` is null for session time."""

    kind: str
    period: str
    currency: str | None
    amount: str | UnsetType = UNSET
    minutes: int | UnsetType = UNSET
    pending: PendingOut | None = None


class PlayerLimitsOut(msgspec.Struct):
    """Result of setPlayerLimits and getPlayerLimits."""

    limits: list[LimitOut]


class ExcludedOut(msgspec.Struct):
    """Result of excludePlayer."""

    username: str
    until: str


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """A limit to set; `most` in micros or minutes, None takes it away. `currency` is empty for
    session time."""

    kind: str
    period: str
    currency: str
    most: int | None


class SetLimits(msgspec.Struct, frozen=True, kw_only=True):
    """Limits of a player to set; those that are not named stay."""

    agent: Agent
    username: str
    limits: tuple[Wanted, ...]


class Exclude(msgspec.Struct, frozen=True, kw_only=True):
    """A player to exclude until then."""

    agent: Agent
    username: str
    until: datetime


class Limit(msgspec.Struct, frozen=True, kw_only=True):
    """A limit in force; `pending_most` counts from `pending_from` on, None: no limit any more."""

    kind: str
    period: str
    currency: str
    most: int
    pending_most: int | None = None
    pending_from: datetime | None = None


class Sums(msgspec.Struct, frozen=True):
    """What was staked in the rounds begun in a period, and what they paid, in micros."""

    staked_micros: int
    paid_micros: int

    @property
    def loss_micros(self) -> int:
        """Stakes less payments; below zero for somebody who is lucky."""
        return self.staked_micros - self.paid_micros
