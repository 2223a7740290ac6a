"""How many play at a console, changed while the session runs."""

from __future__ import annotations

import msgspec

from lanhouse.cafe.centers.call import CafeCall, PanelRoutes
from lanhouse.cafe.desk.pages.sessions import Done
from lanhouse.cafe.desk.queries.players import players_choice
from lanhouse.cafe.sessions.commands.players import ChangePlayers, change_players
from lanhouse.cafe.sessions.schemas import Session
from lanhouse.kit import clock
from lanhouse.kit.errors import AppError
from lanhouse.kit.limits import PLAYERS_MAX
from lanhouse.web.pages.refusals import refusal_text
from lanhouse.web.replies import Reply

routes = PanelRoutes("Players")
_FOLDER = "cafe/desk/templates/sessions"


class PlayersForm(msgspec.Struct):
    """The PC whose session is meant, that session, and how many shall play; 0 = as many as now."""

    pc: str
    players: int = 0
    session: int = 0
    key: str = ""


@routes.get("/panel/computers/players", right="sessions.start", summary="Dialog: number of players")
async def players_dialog(call: CafeCall, data: PlayersForm) -> Reply:
    """How many play, and until when the session would go on with the chosen number."""
    return await _dialog(call, data)


@routes.post("/panel/computers/players", right="sessions.start", summary="Change the players")
async def players_change(call: CafeCall, data: PlayersForm) -> Reply:
    """The session that was shown goes on with so many players, or the form says why not."""
    cmd = ChangePlayers(call.center, call.actor, data.session, data.players)
    try:
        done = await call.do(change_players, cmd, _changed, Done, key=data.key)
    except AppError as error:
        return await _dialog(call, data, error)
    return call.html(f"{_FOLDER}/done.html", done=done)


def _changed(session: Session) -> Done:
    players = session.segments[-1].tariff.players
    return Done(what="players", pc_name=session.pc_name, session_id=session.id, players=players)


async def _dialog(call: CafeCall, data: PlayersForm, error: AppError | None = None) -> Reply:
    choice = await call.read(players_choice, call.center, data.pc, data.players, clock.now())
    told = error or choice.why_not
    return call.html(
        f"{_FOLDER}/players.html",
        status=200 if error is None else error.status,
        form=data,
        choice=choice,
        most=PLAYERS_MAX,
        problem="" if told is None else refusal_text(told, call.view.language),
    )
