"""Telling a provider elsewhere of a campaign, between two transactions.

The campaign is written first, so that a bet under its code is counted from the first moment; a
provider that was not reached is told again by the same call, under the same code.
"""

from __future__ import annotations

from msgspec.structs import replace

from lanhouse.aggregator.agents.call import AgentCall
from lanhouse.aggregator.bonuses.commands.create import (
    cancel_campaign,
    check_cancelable,
    create_campaign,
    drop_campaign,
    name_campaign,
)
from lanhouse.aggregator.bonuses.queries import campaign_by_code
from lanhouse.aggregator.bonuses.rules import in_unit
from lanhouse.aggregator.bonuses.schemas import Campaign, CampaignKey, NewCampaign, Told
from lanhouse.aggregator.errors import ProviderOffline
from lanhouse.aggregator.providers.port import FreeRoundAsk, Provider
from lanhouse.aggregator.providers.queries import unit_of
from lanhouse.aggregator.providers.registry import provider_of
from lanhouse.aggregator.providers.remote.studios import StudioRefused
from lanhouse.db.store import Read
from lanhouse.kit.errors import InvalidInput


async def created(call: AgentCall, new: NewCampaign) -> Campaign:
    """A campaign that its provider knows of. Raises what create_campaign() raises, and
    ProviderOffline; what a studio refuses is InvalidInput, and nothing is kept of it."""
    made = await call.do(create_campaign, new, lambda found: found, Campaign)
    if made.provider_ref:
        return made
    key = CampaignKey(agent=call.agent, kind=made.kind, code=made.code)
    now = await call.read(campaign_by_code, key)
    if now.provider_ref:  # told by an earlier try of this very call
        return replace(made, provider_ref=now.provider_ref)
    provider, asked = await call.read(_asked, made)
    try:
        ref = await provider.free_round(call.reach, asked)
    except StudioRefused as refused:
        await call.run(drop_campaign, made.id)
        raise InvalidInput({"game_id": f"the provider refused: {refused.code}"}) from None
    named = await call.run(name_campaign, Told(made.id, ref))
    return replace(made, provider_ref=named)


async def canceled(call: AgentCall, key: CampaignKey) -> Campaign:
    """A campaign that is over, at its provider too: that is told first, so that a campaign which
    is canceled here is canceled there. Raises what cancel_campaign() raises, and ProviderOffline.
    """
    now = await call.read(campaign_by_code, key)
    check_cancelable(now)
    provider = await call.read(provider_of, now.provider_id, with_games=False)
    if provider is None:
        raise ProviderOffline
    try:
        await provider.cancel_free_round(call.reach, now.provider_ref)
    except StudioRefused:
        raise ProviderOffline from None
    return await call.do(cancel_campaign, key, lambda found: found, Campaign)


def _asked(read: Read, made: Campaign) -> tuple[Provider, FreeRoundAsk]:
    provider = provider_of(read, made.provider_id, with_games=False)
    if provider is None:
        raise ProviderOffline
    unit = unit_of(read, made.provider_id, made.currency)
    bet_micros = in_unit(made.bet_micros, unit.scale)
    assert bet_micros is not None, "it was looked at before it was written"
    return provider, FreeRoundAsk(
        code=made.play_code,
        players=tuple(each.code for each in made.players),
        currency=unit.currency,
        game_id=made.game_id,
        rounds=made.rounds,
        bet_micros=bet_micros,
        from_at=made.starts_at,
        to_at=made.ends_at,
    )
