"""Events and ranks as commands and queries see them; coins in micros."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import msgspec


class EventStatus(StrEnum):
    """Where an event stands at a moment."""

    UPCOMING = "upcoming"
    ACTIVE = "active"
    """It has begun and its results are not settled."""
    ENDED = "ended"
    """Its results are settled."""


class EventValues(msgspec.Struct, frozen=True, kw_only=True):
    """What an event says. `places` 0: as many as come; `prizes` are micros of a coin for the first
    place, the second and so on."""

    name: str
    description: str = ""
    game_code: str
    starts_at: datetime
    ends_at: datetime
    places: int = 0
    prizes: tuple[int, ...] = ()


class GameEvent(EventValues, frozen=True, kw_only=True):
    """An event, and how many take part."""

    id: int
    players_count: int
    created_at: datetime
    closed_at: datetime | None

    def status(self, at: datetime) -> EventStatus:
        """Where it stands at `at`."""
        if self.closed_at is not None:
            return EventStatus.ENDED
        return EventStatus.UPCOMING if at < self.starts_at else EventStatus.ACTIVE


class Tally(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody's matches come to. Ranks go by score, then wins, then kills."""

    matches: int = 0
    wins: int = 0
    kills: int = 0
    assists: int = 0
    deaths: int = 0
    score_micros: int = 0


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """A member in a ranking. `rank` counts from 1; equal ones share it."""

    rank: int
    member_id: int
    account: str
    is_shown: bool
    """Whether he lets everybody read his account."""
    tally: Tally
    place: int | None = None
    """The place that he was given when the event was closed."""
    prize_micros: int = 0


class GameRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A match that was recorded."""

    id: int
    event_id: int
    member_id: int
    account: str
    game_code: str
    at: datetime
    wins: int
    kills: int
    assists: int
    deaths: int
    score_micros: int
    coin_micros: int
    transfer_id: int | None
    staff_name: str
    voided_at: datetime | None
