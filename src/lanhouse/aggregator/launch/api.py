"""External API: launchGame."""

from __future__ import annotations

import msgspec

from lanhouse.aggregator.agents.call import AgentCall, ExternalRoutes
from lanhouse.aggregator.errors import CallbackMissing, ProviderOffline
from lanhouse.aggregator.launch.commands import end_session, launch_game
from lanhouse.aggregator.launch.rules import check_launch, language_of
from lanhouse.aggregator.launch.schemas import (
    EndSession,
    EndSessionIn,
    EndSessionOut,
    Launch,
    Launched,
    LaunchIn,
    LaunchOut,
)
from lanhouse.aggregator.operators.queries import has_callback
from lanhouse.aggregator.protection.queries.geo import geo_of
from lanhouse.aggregator.providers.port import Opened, OpenGame
from lanhouse.aggregator.providers.registry import provider_of
from lanhouse.aggregator.wire import wire_time
from lanhouse.db.store import Tx
from lanhouse.ledger.answers import HIDDEN
from lanhouse.web.i18n import LANGUAGES
from lanhouse.web.replies import Written

routes = ExternalRoutes("Games")

_SECOND = "\x1fopened"
"""Behind a caller's key, in which no such sign can stand."""


@routes.post("/launchGame", right="agent.call", source="seed: External API, 5")
async def launch(call: AgentCall, data: LaunchIn) -> Written[LaunchOut]:
    """The address of a game for one player, good once and for a minute."""
    with call.naming():
        check_launch(data)
    if not call.agent.holds_wallets and not await call.point(has_callback, call.agent.id):
        raise CallbackMissing
    # Two steps, because a provider elsewhere is asked between them: the session, and its address.
    key = call.idempotency_key
    second = None if key is None else f"{key}{_SECOND}"
    if second is not None and await call.is_done(second):
        return await call.write(_kept, LaunchOut("", "", ""), key=second, hide=_without_address)
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
        unreachable=call.reach.studios.unreachable,
        place=geo_of(call.settings.geo_file).place_of(data.player_ip),
        allows_unknown=call.settings.geo_unknown == "allow",
    )
    launched = await call.do(launch_game, cmd, lambda made: made, Launched, hide=_without_token)
    opened = await _open(call, data, cmd, launched)
    shown = LaunchOut(
        type=opened.type,
        url=opened.url,
        html=opened.html,
        session_id=launched.code,
        expires_at=wire_time(launched.token_ends_at),
    )
    if second is None:
        return Written(call.encode(shown))
    return await call.write(_kept, shown, key=second, hide=_without_address)


async def _open(call: AgentCall, data: LaunchIn, cmd: Launch, launched: Launched) -> Opened:
    provider = await call.read(provider_of, launched.provider_id, with_games=False)
    if provider is None:
        raise ProviderOffline
    asked = OpenGame(
        token=launched.token,
        player=launched.player,
        username=data.username,
        currency=launched.currency,
        game_id=data.game_id,
        language=cmd.language,
        country=cmd.place.code or None,
        is_mobile=data.is_mobile,
        player_address=data.player_ip,
        lobby_url=data.lobby_url,
        cashier_url=data.cashier_url,
    )
    return await provider.open_game(call.reach, asked)


def _kept(tx: Tx, shown: LaunchOut) -> LaunchOut:
    """Keep the answer of a keyed call; the launch itself is noted already."""
    tx.did_nothing()
    return shown


def _without_token(launched: Launched) -> Launched:
    return msgspec.structs.replace(launched, token=HIDDEN)


def _without_address(shown: LaunchOut) -> LaunchOut:
    return msgspec.structs.replace(
        shown,
        url=None if shown.url is None else HIDDEN,
        html=None if shown.html is None else HIDDEN,
    )


@routes.post("/endSession", right="agent.call", source="aggregator-domain 3")
async def end(call: AgentCall, data: EndSessionIn) -> Written[EndSessionOut]:
    """End a game session at once (an addition of ours); its open rounds go on in the next one."""
    cmd = EndSession(call.agent.id, data.session_id)
    return await call.write(
        end_session, cmd, lambda at: EndSessionOut(data.session_id, wire_time(at))
    )
