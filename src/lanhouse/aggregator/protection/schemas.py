"""What goes into and comes out of limits and exclusion; amounts in micros, times in UTC."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from lanhouse.aggregator.agents.schemas import Agent
from lanhouse.aggregator.players.schemas import Currency, Username
from lanhouse.aggregator.wire import OfAgent, SignedAmountText
from lanhouse.kit.inputs import means

Kind = Literal["deposit", "loss", "wager", "session"]
Period = Literal["day", "week", "month"]
LIMITS_MAX = 100
"""How many limits one call may name."""
MINUTES_MAX = 1440


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where a player is: ISO 3166 codes, empty where not known, and who says so."""

    country: str = ""
    subdivision: str = ""
    source: str = ""

    @property
    def code(self) -> str:
        """The most exact code that is known, or empty."""
        return self.subdivision or self.country

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes by which rules may name it, the most exact one first."""
        return tuple(code for code in (self.subdivision, self.country) if code)


NOWHERE = Place()
"""Nobody knows."""


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """What an agent must obey in a country (empty: in all others); 0 and False ask for nothing.

    `round_millis`: from the begin of a round of House to the next. `reality_check_minutes`: how
    often the page tells how long somebody has played. `shows_net`: it always shows the net.
    """

    country: str = ""
    round_millis: int = 0
    reality_check_minutes: int = 0
    shows_net: bool = False


class PlayLaunch(msgspec.Struct, frozen=True, kw_only=True):
    """A centre's member who plays with tokens, on a day of the centre (YYYY-MM-DD)."""

    center_id: int
    member_id: int
    day: str
    language: str
    address: str
    back_url: str
    place: Place = NOWHERE


class SetProfile(msgspec.Struct, frozen=True, kw_only=True):
    """A rule profile of an agent to write; None takes that of the country away."""

    agent_id: int
    country: str
    profile: Profile | None


class LimitIn(msgspec.Struct):
    """A limit to set: `amount` in `currency`, or `minutes` of session time a day; null: none."""

    kind: Kind
    period: Period
    amount: SignedAmountText | None = None
    minutes: Annotated[int | None, Meta(description=f"0 to {MINUTES_MAX}")] = None
    currency: Currency | None = None


class SetPlayerLimitsIn(OfAgent):
    """Body of setPlayerLimits."""

    username: Username
    limits: Annotated[list[LimitIn], Meta(max_length=LIMITS_MAX)]


class GetPlayerLimitsIn(OfAgent):
    """Body of getPlayerLimits."""

    username: Username


class ExcludePlayerIn(OfAgent):
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
