"""Pausing sessions, ours: the café API has no call for it."""

from __future__ import annotations

from lanhouse.cafe.centers.call import CafeCall, NativeRoutes
from lanhouse.cafe.sessions import wire
from lanhouse.cafe.sessions.commands import (
    PauseAll,
    PauseOne,
    pause_all,
    pause_session,
    resume_all,
    resume_session,
)
from lanhouse.cafe.sessions.wire.outputs import PausedOut, PausedRow
from lanhouse.kit.inputs import id_in_path
from lanhouse.kit.said import say
from lanhouse.web.replies import Written

native = NativeRoutes("Sessions")


@native.post(
    "/sessions/{session_id}/pause", right="sessions.pause", summary="Let a session stand still"
)
async def pause(call: CafeCall) -> Written[PausedRow]:
    """The session: time, cost and packages stand still; hours and validity of packages do not wait.

    Refused for one that has ended or is paused, and above 100 that are paused at once.
    """
    return await call.write(pause_session, _one(call), wire.paused_row)


@native.post(
    "/sessions/{session_id}/resume", right="sessions.pause", summary="Let a paused session go on"
)
async def resume(call: CafeCall) -> Written[PausedRow]:
    """The session as it goes on: at the prices of the hours that come."""
    return await call.write(resume_session, _one(call), wire.paused_row)


@native.post("/sessions/pause-all", right="sessions.pause", summary="Let all sessions stand still")
async def pause_every(call: CafeCall) -> Written[PausedOut]:
    """The sessions that stand still now, the oldest first. Above 100 the others run on and are
    named in `not_paused`."""
    return await call.write(pause_all, PauseAll(call.center, call.actor), wire.paused)


@native.post(
    "/sessions/resume-all", right="sessions.pause", summary="Let all paused sessions go on"
)
async def resume_every(call: CafeCall) -> Written[PausedOut]:
    """The sessions that go on."""
    return await call.write(resume_all, PauseAll(call.center, call.actor), wire.paused)


def _one(call: CafeCall) -> PauseOne:
    session_id = id_in_path(call.path["session_id"], say("Session not found"))
    return PauseOne(call.center, call.actor, session_id)
