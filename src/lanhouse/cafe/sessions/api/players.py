"""Changing the number of players of a running session, ours: the café API has no call for it."""

from __future__ import annotations

from lanhouse.cafe.centers.call import CafeCall, NativeRoutes
from lanhouse.cafe.sessions import wire
from lanhouse.cafe.sessions.commands.players import ChangePlayers, change_players
from lanhouse.cafe.sessions.wire.inputs import PlayersIn
from lanhouse.cafe.sessions.wire.outputs import PlayersOut
from lanhouse.kit.inputs import id_in_path
from lanhouse.kit.said import say
from lanhouse.web.replies import Written

native = NativeRoutes("Sessions")


@native.post(
    "/sessions/{session_id}/players",
    right="sessions.start",
    summary="Let another number of players go on",
)
async def players(call: CafeCall, data: PlayersIn) -> Written[PlayersOut]:
    """The session as it goes on: from now on at the price for so many players at its console; what
    was played keeps its price.

    402 where the money does not cover a second more; refused for a session that has ended or that
    nobody pays, and for more than one player at a PC.
    """
    session_id = id_in_path(call.path["session_id"], say("Session not found"))
    cmd = ChangePlayers(call.center, call.actor, session_id, data.players)
    return await call.write(change_players, cmd, wire.players_of)
