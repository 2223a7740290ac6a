"""What goes into and comes out of the calls about players."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from lanhouse.aggregator.agents.schemas import Agent
from lanhouse.aggregator.bet_limits.schemas import LimitsOut

USERNAME_PATTERN = "^[a-z0-9]{4,30}\\Z"

NewUsername = Annotated[
    str,
    Meta(
        pattern=USERNAME_PATTERN,
        extra={"reason": "must be 4 to 30 lower-case letters or digits"},
    ),
]
"""A name that a player may have (aggregator-domain 1.2 row 32)."""

Username = Annotated[str, Meta(max_length=100)]
"""A name to look for; one that no player can have is simply not found."""

Currency = Annotated[str, Meta(max_length=10)]
"""An ISO 4217 code as the caller wrote it."""


class CreatePlayerIn(msgspec.Struct):
    """Body of createPlayer."""

    username: NewUsername


class PlayerStatusIn(msgspec.Struct, rename="camel"):
    """Body of getPlayerStatus."""

    username: Username
    agent_system_currency: Currency


class PlayerStatusOut(msgspec.Struct, rename="camel"):
    """Result of getPlayerStatus: every field of the document's table and examples (row 7)."""

    id: str
    username: str
    currency: str
    active: bool
    bet_limits: LimitsOut | None
    created_at: str


class NewPlayer(msgspec.Struct, frozen=True):
    """A player to make."""

    agent: Agent
    username: str


class ActivatePlayer(msgspec.Struct, frozen=True):
    """Switch a player on or off."""

    agent_id: int
    username: str
    is_active: bool
