"""What goes into and comes out of the calls about free rounds and free chips."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from lanhouse.aggregator.agents.schemas import Agent
from lanhouse.aggregator.bonuses.rules import ROUNDS_MAX
from lanhouse.aggregator.players.schemas import Currency, Username
from lanhouse.aggregator.wallet.schemas import AmountText
from lanhouse.kit.inputs import means

ROUND = "round"
CHIP = "chip"

_Id = Annotated[str, Meta(max_length=100)]
_TimeText = Annotated[str, Meta(max_length=40, description="RFC 3339")]
_BonusCode = Annotated[str, Meta(max_length=100)]
_Rounds = Annotated[int, Meta(ge=1, le=ROUNDS_MAX)]
_BetAmount = Annotated[AmountText, means("bet_micros")]


class FreeRoundIn(msgspec.Struct, rename="camel"):
    """Body of freeRound; it runs from now for 30 days unless `from` and `to` say otherwise."""

    currency: Currency
    bonus_code: _BonusCode
    username: Username
    game_id: _Id
    rounds: _Rounds
    bet_amount: _BetAmount
    start: _TimeText | None = msgspec.field(default=None, name="from")
    to: Annotated[_TimeText | None, means("end")] = None


class FreeChipIn(msgspec.Struct, rename="camel"):
    """Body of freeChip; `betAmount` is one chip of the table."""

    currency: Currency
    bonus_code: _BonusCode
    usernames: list[Username]
    game_id: _Id
    rounds: _Rounds
    bet_amount: _BetAmount
    start: _TimeText | None = msgspec.field(default=None, name="from")
    to: Annotated[_TimeText | None, means("end")] = None


class CampaignIn(msgspec.Struct, rename="camel"):
    """Body of cancelFreeRound and cancelFreeChip: the campaign."""

    id: _Id


class CampaignOfPlayerIn(msgspec.Struct, rename="camel"):
    """Body of getFreeRound and getFreeChip: the campaign, and one of its players."""

    id: _Id
    username: Username | None = None


class FreeRoundOut(msgspec.Struct, rename="camel", omit_defaults=True, kw_only=True):
    """A campaign of free rounds: both spellings of each field (row 16), the zero time while it was
    not canceled. `bonusCode`, `status`, `remaining` and `won` are additions of ours.
    """

    id: str
    provider_id: str
    game_id: str
    username: str
    agent_id: int
    bonus_code: str
    bet_amount: str
    player_currency: str
    provider_currency: str
    rounds: int
    free_round_code: str
    free_round_id: str
    free_game_code: str
    free_game_id: str
    start_time: str
    end_time: str
    start_at: str
    end_at: str
    created_at: str
    canceled_at: str
    status: str
    remaining: int
    won: str
    info: str | None = None
    """Of getFreeRound only: how each player stands, as JSON text."""


class FreeChipOut(msgspec.Struct, rename="camel", omit_defaults=True, kw_only=True):
    """A campaign of free chips, for one or many players; `remaining` and `won` are the sums of
    those who are named in it.
    """

    id: str
    provider_id: str
    game_id: str
    usernames: list[str]
    agent_id: int
    bonus_code: str
    bet_amount: str
    player_currency: str
    provider_currency: str
    rounds: int
    free_chip_code: str
    free_chip_id: str
    free_game_code: str
    free_game_id: str
    start_time: str
    end_time: str
    start_at: str
    end_at: str
    created_at: str
    canceled_at: str
    status: str
    remaining: int
    won: str
    info: str | None = None
    """Of getFreeChip only: how each player stands, as JSON text."""


class PlayerInfoOut(msgspec.Struct, frozen=True):
    """How one player stands in a campaign, inside `info`."""

    username: str
    remaining: int
    won: str


class NewCampaign(msgspec.Struct, frozen=True, kw_only=True):
    """A campaign to make, checked for form; the bet in micros of the player's currency."""

    agent: Agent
    kind: str
    bonus_code: str
    usernames: tuple[str, ...]
    game_id: str
    currency: str
    rounds: int
    bet_micros: int
    start_text: str | None
    end_text: str | None


class CampaignKey(msgspec.Struct, frozen=True, kw_only=True):
    """Which campaign of which agent; `username` looks at one of its players alone."""

    agent: Agent
    kind: str
    code: str
    username: str | None = None


class InCampaign(msgspec.Struct, frozen=True):
    """How a player stands in a campaign; the sum in micros."""

    username: str
    remaining: int
    won_micros: int


class Campaign(msgspec.Struct, frozen=True, kw_only=True):
    """A campaign as it stands: its status is that of all its players, `players` are those who
    were asked for, by name.
    """

    id: int
    code: str
    kind: str
    agent_id: int
    bonus_code: str
    play_code: str
    provider_id: str
    provider_ref: str
    game_id: str
    currency: str
    provider_currency: str
    bet_micros: int
    rounds: int
    starts_at: datetime
    ends_at: datetime
    start_text: str | None
    end_text: str | None
    created_at: datetime
    canceled_at: datetime | None
    status: str
    players: tuple[InCampaign, ...]


class Gift(msgspec.Struct, frozen=True):
    """A round that a campaign gives a player now: its code, its bet in micros, rounds left."""

    play_code: str
    bet_micros: int
    remaining: int
