"""External API: freeRound, getFreeRound, cancelFreeRound, freeChip, getFreeChip, cancelFreeChip.

Two spellings of one thing, a campaign (aggregator-domain 1.2 rows 16 to 22).
"""

from __future__ import annotations

from typing import Any

import msgspec

from lanhouse.aggregator.agents.call import AgentCall, ExternalRoutes
from lanhouse.aggregator.bonuses.commands.tell import canceled, created
from lanhouse.aggregator.bonuses.queries import campaign_by_code
from lanhouse.aggregator.bonuses.rules import PLAYERS_MAX, check_window
from lanhouse.aggregator.bonuses.schemas import (
    CHIP,
    ROUND,
    Campaign,
    CampaignIn,
    CampaignKey,
    CampaignOfPlayerIn,
    FreeChipIn,
    FreeChipOut,
    FreeRoundIn,
    FreeRoundOut,
    NewCampaign,
    PlayerInfoOut,
)
from lanhouse.aggregator.wallet.rules import amount_of
from lanhouse.aggregator.wire import check_currency, wire_time
from lanhouse.kit.errors import InvalidInput
from lanhouse.kit.money import format_plain
from lanhouse.web.replies import Written

routes = ExternalRoutes("Free rounds")

ZERO_TIME = "0001-01-01T00:00:00Z"
"""What the wire says of a time that has not come (aggregator-domain 1.1)."""


@routes.post("/freeRound", right="agent.call", source="seed: External API, 12")
async def free_round(call: AgentCall, data: FreeRoundIn) -> Written[FreeRoundOut]:
    """Give a player free rounds of a slot at one bet; they are played before paid ones."""
    new = _checked(call, data, ROUND, (data.username,))
    with call.naming():
        made = await created(call, new)
    return Written(call.encode(_round_out(made)))


@routes.post("/getFreeRound", right="agent.call", source="seed: External API, 13")
async def get_free_round(call: AgentCall, data: CampaignOfPlayerIn) -> FreeRoundOut:
    """A campaign of free rounds as it stands."""
    return _round_out(await _found(call, data, ROUND), is_told=True)


@routes.post("/cancelFreeRound", right="agent.call", source="seed: External API, 14")
async def cancel_free_round(call: AgentCall, data: CampaignIn) -> Written[FreeRoundOut]:
    """End a campaign; a round that is open goes on. Twice answers the same."""
    found = await canceled(call, _key(call, data.id, ROUND))
    return Written(call.encode(_round_out(found)))


@routes.post("/freeChip", right="agent.call", source="seed: External API, 16")
async def free_chip(call: AgentCall, data: FreeChipIn) -> Written[FreeChipOut]:
    """Give players chips of a table; each replaces the stake of a round's first field."""
    if not data.usernames:
        raise InvalidInput({"usernames": "is required"})
    if len(data.usernames) > PLAYERS_MAX:
        raise InvalidInput({"usernames": f"must be at most {PLAYERS_MAX}"})
    if len(set(data.usernames)) < len(data.usernames):
        raise InvalidInput({"usernames": "names a player twice"})
    new = _checked(call, data, CHIP, tuple(data.usernames))
    with call.naming():
        made = await created(call, new)
    return Written(call.encode(_chip_out(made)))


@routes.post("/getFreeChip", right="agent.call", source="seed: External API, 17")
async def get_free_chip(call: AgentCall, data: CampaignOfPlayerIn) -> FreeChipOut:
    """A campaign of free chips as it stands, of all its players or of the one who is named."""
    return _chip_out(await _found(call, data, CHIP), is_told=True)


@routes.post("/cancelFreeChip", right="agent.call", source="seed: External API, 18")
async def cancel_free_chip(call: AgentCall, data: CampaignIn) -> Written[FreeChipOut]:
    """End a campaign for all its players; a round that is open goes on."""
    found = await canceled(call, _key(call, data.id, CHIP))
    return Written(call.encode(_chip_out(found)))


def _checked(
    call: AgentCall, data: FreeRoundIn | FreeChipIn, kind: str, usernames: tuple[str, ...]
) -> NewCampaign:
    """What was asked, checked for form: input first, then currency and amount."""
    with call.naming():
        check_window(data.start, data.to)
    check_currency(call.agent, data.currency)
    return NewCampaign(
        agent=call.agent,
        kind=kind,
        bonus_code=data.bonus_code,
        usernames=usernames,
        game_id=data.game_id,
        currency=data.currency,
        rounds=data.rounds,
        bet_micros=amount_of(data.bet_amount, data.currency, "betAmount"),
        start_text=data.start,
        end_text=data.to,
    )


def _key(call: AgentCall, code: str, kind: str, username: str | None = None) -> CampaignKey:
    return CampaignKey(agent=call.agent, kind=kind, code=code, username=username)


async def _found(call: AgentCall, data: CampaignOfPlayerIn, kind: str) -> Campaign:
    key = _key(call, data.id, kind, data.username)
    return await call.read(campaign_by_code, key)


def _round_out(found: Campaign, *, is_told: bool = False) -> FreeRoundOut:
    return FreeRoundOut(
        username=found.players[0].username,
        free_round_code=found.play_code,
        free_round_id=found.provider_ref,
        **_common(found, is_told=is_told),
    )


def _chip_out(found: Campaign, *, is_told: bool = False) -> FreeChipOut:
    return FreeChipOut(
        usernames=[each.username for each in found.players],
        free_chip_code=found.play_code,
        free_chip_id=found.provider_ref,
        **_common(found, is_told=is_told),
    )


def _common(found: Campaign, *, is_told: bool) -> dict[str, Any]:
    start = found.start_text or wire_time(found.starts_at)
    end = found.end_text or wire_time(found.ends_at)
    canceled = found.canceled_at
    return {
        "id": found.code,
        "provider_id": found.provider_id,
        "game_id": found.game_id,
        "agent_id": found.agent_id,
        "bonus_code": found.bonus_code,
        "bet_amount": format_plain(found.bet_micros),
        "player_currency": found.currency,
        "provider_currency": found.provider_currency,
        "rounds": found.rounds,
        "free_game_code": found.play_code,
        "free_game_id": found.provider_ref,
        "start_time": start,
        "end_time": end,
        "start_at": start,
        "end_at": end,
        "created_at": wire_time(found.created_at),
        "canceled_at": ZERO_TIME if canceled is None else wire_time(canceled),
        "status": found.status,
        "remaining": sum(each.remaining for each in found.players),
        "won": format_plain(sum(each.won_micros for each in found.players)),
        "info": _info(found) if is_told else None,
    }


def _info(found: Campaign) -> str:
    players = [
        PlayerInfoOut(each.username, each.remaining, format_plain(each.won_micros))
        for each in found.players
    ]
    return msgspec.json.encode({"players": players}).decode()
