"""Pausing at the desk: one session in the side panel, all of them in the page's menu."""

from __future__ import annotations

from typing import Literal

import msgspec

from lanhouse.cafe.centers.call import CafeCall, PanelRoutes
from lanhouse.cafe.sessions.commands import (
    PauseAll,
    Paused,
    PauseOne,
    pause_all,
    pause_session,
    resume_all,
    resume_session,
)
from lanhouse.cafe.sessions.queries.pauses import pause_counts
from lanhouse.cafe.sessions.schemas import Session
from lanhouse.kit import clock
from lanhouse.kit.errors import AppError
from lanhouse.kit.limits import MAX_PAUSE
from lanhouse.web.pages.refusals import refusal_text
from lanhouse.web.replies import Reply

routes = PanelRoutes("Pauses")
_FOLDER = "cafe/desk/templates/sessions"
Act = Literal["pause", "resume"]


class PauseForm(msgspec.Struct):
    """One session, by its number, and what shall become of it."""

    session: int
    act: Act
    key: str = ""


class PauseAllForm(msgspec.Struct):
    """What shall become of all sessions."""

    act: Act = "pause"
    key: str = ""


class PauseDone(msgspec.Struct, frozen=True, kw_only=True):
    """What the toast tells: of one PC, or of how many sessions."""

    is_paused: bool
    pc_name: str = ""
    count: int = 0
    not_paused: list[str] = []


@routes.post("/panel/computers/pause", right="sessions.pause", summary="Pause or resume a session")
async def pause_one(call: CafeCall, data: PauseForm) -> Reply:
    """The session of the side panel stands still, or goes on; a refusal says why."""
    command = pause_session if data.act == "pause" else resume_session
    cmd = PauseOne(call.center, call.actor, data.session)
    try:
        done = await call.do(command, cmd, _of_one, PauseDone, key=data.key)
    except AppError as error:
        problem = refusal_text(error, call.view.language)
        return call.html(f"{_FOLDER}/pause_refused.html", status=error.status, problem=problem)
    return call.html(f"{_FOLDER}/paused.html", done=done)


def _of_one(session: Session) -> PauseDone:
    return PauseDone(is_paused=session.paused_at is not None, pc_name=session.pc_name)


@routes.get("/panel/computers/pause-all", right="sessions.pause", summary="Dialog: pause all")
async def pause_all_dialog(call: CafeCall) -> Reply:
    """How many sessions run and how many are paused."""
    return await _dialog(call)


@routes.post("/panel/computers/pause-all", right="sessions.pause", summary="Pause or resume all")
async def pause_every(call: CafeCall, data: PauseAllForm) -> Reply:
    """All sessions stand still, or go on; those that run on above the limit are named."""
    command = pause_all if data.act == "pause" else resume_all
    is_pause = data.act == "pause"

    def shape(made: Paused) -> PauseDone:
        return PauseDone(is_paused=is_pause, count=len(made.sessions), not_paused=made.not_paused)

    cmd = PauseAll(call.center, call.actor)
    try:
        done = await call.do(command, cmd, shape, PauseDone, key=data.key)
    except AppError as error:
        return await _dialog(call, error=error)
    if done.not_paused:
        return await _dialog(call, not_paused=done.not_paused)
    return call.html(f"{_FOLDER}/paused.html", done=done)


async def _dialog(
    call: CafeCall, *, not_paused: list[str] | None = None, error: AppError | None = None
) -> Reply:
    counts = await call.read(pause_counts, call.center.id, clock.now())
    return call.html(
        f"{_FOLDER}/pause_all.html",
        status=200 if error is None else error.status,
        counts=counts,
        not_paused=not_paused or [],
        most=MAX_PAUSE,
        problem="" if error is None else refusal_text(error, call.view.language),
    )
