"""The small JSON of all games: how a player stands, what he does, his client seed.

The secret of the session comes as `Authorization: Bearer`; a cookie counts for nothing here. What
is wrong with a body is told before its sender is looked up (issue: input, then session), which is
why the routes are public: every handler asks _seated().
"""

from __future__ import annotations

from msgspec.structs import replace

from lanhouse.aggregator.launch.call import GameCall, GameRoutes
from lanhouse.aggregator.providers.house.commands import rotate_seed
from lanhouse.aggregator.providers.house.play_input import read_act, read_client_seed
from lanhouse.aggregator.providers.house.play_json import (
    PlayFair,
    PlayState,
    check_house,
    fair_of,
    prepared_state,
    state_after,
    state_now,
)
from lanhouse.aggregator.providers.house.playing import balance_elsewhere, play_act
from lanhouse.aggregator.providers.house.schemas import ActCmd, RotateCmd, SeedsCmd
from lanhouse.aggregator.surfaces import player_of
from lanhouse.kit.errors import InvalidInput
from lanhouse.web.call import Call

routes = GameRoutes("Small JSON of the games")
_SOURCE = "docs/house-games.md, The small JSON"


async def _seated(call: Call) -> GameCall:
    """The call of a player of House. Raises SessionExpired."""
    player = await player_of(call)
    check_house(player.session)
    return player


@routes.get("/play/{session}/state", public=True, source=_SOURCE)
async def play_state(call: Call) -> PlayState:
    """How the player stands: balance, what he may do, the round, the seeds."""
    player = await _seated(call)
    balance = await balance_elsewhere(player)
    found = await player.read(state_now, player.session, balance)
    if found is not None:
        return found
    seeds = SeedsCmd(session=player.session, vault=call.vault, balance_micros=balance)
    return await player.run(prepared_state, seeds)


@routes.post("/play/{session}/act", public=True, source=_SOURCE)
async def play(call: Call) -> PlayState:
    """Do one thing in a game; the same key gets the same answer."""
    key, action = read_act(call.request.body)
    player = await _seated(call)
    cmd = ActCmd(session=player.session, vault=call.vault, client_key=key, action=action)
    acted = await play_act(player, cmd)
    if acted.balance_micros is None:
        acted = replace(acted, balance_micros=await balance_elsewhere(player))
    return await player.read(state_after, player.session, acted)


@routes.post("/play/{session}/seed", public=True, source=_SOURCE)
async def play_seed(call: Call) -> PlayFair:
    """Take a client seed that the player's browser has made."""
    client_seed = read_client_seed(call.request.body)
    player = await _seated(call)
    cmd = RotateCmd(session=player.session, vault=call.vault, client_seed=client_seed)
    try:
        return fair_of(await player.run(rotate_seed, cmd))
    except InvalidInput as refused:
        raise refused.renamed({"client_seed": "clientSeed"}) from None
