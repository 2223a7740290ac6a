"""What goes into and comes out of setPlayerBetLimits, and a set of limits on the wire."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from lanhouse.aggregator.agents.schemas import Agent
from lanhouse.kit.money import JsonNumber

_Id = Annotated[str, Meta(max_length=100)]


class CategoryLimitsIn(msgspec.Struct):
    """The sets of one category; none puts the player back to the default."""

    category: _Id
    ids: list[_Id]


class SetBetLimitsIn(msgspec.Struct, rename="camel"):
    """Body of setPlayerBetLimits; the currency is the one in which the answer tells the limits,
    the agent's base currency unless another is named.
    """

    username: _Id
    provider_id: _Id
    categories: list[CategoryLimitsIn]
    agent_system_currency: Annotated[str, Meta(max_length=10)] | None = None


class BetRangeOut(msgspec.Struct):
    """The least of a bet and the most of a round's first stake."""

    min: JsonNumber
    max: JsonNumber


class BetLimitOut(msgspec.Struct, rename="camel"):
    """A set of limits."""

    id: str
    label: str
    info: BetRangeOut
    is_default: bool


LimitsOut = dict[str, dict[str, list[BetLimitOut]]]
"""Provider -> category -> the sets that were chosen for the player."""


class BetLimitsOut(msgspec.Struct, rename="camel"):
    """Result of setPlayerBetLimits, an addition of ours: what is set now, as in getPlayerStatus."""

    bet_limits: LimitsOut | None


class SetBetLimits(msgspec.Struct, frozen=True, kw_only=True):
    """Which sets a player gets, by category; an empty tuple is the default again."""

    agent: Agent
    username: str
    provider_id: str
    sets: dict[str, tuple[str, ...]]
