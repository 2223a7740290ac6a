"""External API: launchGame."""

from __future__ import annotations

import msgspec

from lanhouse.aggregator.agents.call import AgentCall, ExternalRoutes
from lanhouse.aggregator.errors import CallbackMissing
from lanhouse.aggregator.launch.commands import launch_game
from lanhouse.aggregator.launch.rules import check_launch, language_of
from lanhouse.aggregator.launch.schemas import Launch, Launched, LaunchIn, LaunchOut
from lanhouse.aggregator.operators.queries import has_callback
from lanhouse.aggregator.protection.queries.geo import geo_of
from lanhouse.aggregator.wire import check_texts, wire_time
from lanhouse.ledger.answers import HIDDEN
from lanhouse.web.i18n import LANGUAGES
from lanhouse.web.replies import Written

routes = ExternalRoutes("Games")


@routes.post("/launchGame", right="agent.call", source="seed: External API, 5")
async def launch(call: AgentCall, data: LaunchIn) -> Written[LaunchOut]:
    """The address of a game for one player, good once and for a minute."""
    check_texts(call, data)
    with call.naming():
        check_launch(data)
    if not call.agent.holds_wallets and not await call.point(has_callback, call.agent.id):
        raise CallbackMissing
    cmd = Launch(
        agent=call.agent,
        username=data.username,
        game_id=data.game_id,
        currency=data.currency,
        language=language_of(data.lang, tuple(LANGUAGES)),
        is_mobile=data.is_mobile,
        player_address=data.player_ip,
        lobby_url=data.lobby_url,
        cashier_url=data.cashier_url,
        place=geo_of(call.settings.geo_file).place_of(data.player_ip),
        allows_unknown=call.settings.geo_unknown == "allow",
    )
    base_url = call.settings.base_url

    def shape(launched: Launched) -> LaunchOut:
        return LaunchOut(
            type="url",
            url=f"{base_url}/play/launch/{launched.token}",
            session_id=launched.code,
            expires_at=wire_time(launched.token_ends_at),
        )

    return await call.write(launch_game, cmd, shape, hide=_without_token)


def _without_token(launched: Launched) -> Launched:
    return msgspec.structs.replace(launched, token=HIDDEN)
