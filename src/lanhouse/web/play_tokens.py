"""What the half that knows members asks of the one that has games: nothing but an address."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec


class PlayingMember(msgspec.Struct, frozen=True, kw_only=True):
    """A member who plays with tokens. `day` is the centre's day (YYYY-MM-DD), `language` that of
    the page, `address` where he is, `back_path` where the game leads back to."""

    center_id: int
    member_id: int
    day: str
    language: str
    address: str
    back_path: str


Run = Callable[[Any, Any], Awaitable[Any]]
"""How a call writes (Call.run): command and argument."""
LaunchPlay = Callable[[PlayingMember, Run], Awaitable[str]]
"""Answers the address of a game, good once and for a minute. Raises what forbids to play."""
