"""Writing off at the desk what a guest has left open."""

from __future__ import annotations

from typing import Annotated

import msgspec

from lanhouse.cafe.centers.call import CafeCall, PanelRoutes
from lanhouse.cafe.desk.pages.settle import SettleDone
from lanhouse.cafe.sessions.commands.writing_off import RIGHT, WriteOff, WrittenOff, write_off
from lanhouse.cafe.sessions.queries.bundles import debts_of
from lanhouse.kit.errors import AppError, NotFound
from lanhouse.kit.inputs import Line
from lanhouse.kit.said import say
from lanhouse.web.pages.refusals import errors_in_form, refusal_text
from lanhouse.web.replies import Reply

routes = PanelRoutes("Write-off pages")
_FOLDER = "cafe/desk/templates/together"


class WriteOffForm(msgspec.Struct):
    """The session whose guest has left something open, and why nobody will pay it."""

    session: int
    reason: Annotated[Line, msgspec.Meta(max_length=200)] = ""
    key: str = ""


@routes.get("/panel/computers/write-off", right=RIGHT, summary="Dialog: write off what is open")
async def write_off_dialog(call: CafeCall, data: WriteOffForm) -> Reply:
    """How much it is, and the question why."""
    return await _form(call, data)


@routes.post("/panel/computers/write-off", right=RIGHT, summary="Write off what is open")
async def write_it_off(call: CafeCall, data: WriteOffForm) -> Reply:
    """Do it once per form, or show the form again with the reason against it."""
    cmd = WriteOff(
        center=call.center, actor=call.actor, session_id=data.session, reason=data.reason
    )

    def shape(done: WrittenOff) -> SettleDone:
        return SettleDone(pc_names=[], paid_micros=0, later_micros=0, off_micros=done.amount_micros)

    try:
        done = await call.do(write_off, cmd, shape, SettleDone, key=data.key)
    except AppError as error:
        return await _form(call, data, error)
    return call.html(f"{_FOLDER}/settled.html", done=done)


async def _form(call: CafeCall, data: WriteOffForm, error: AppError | None = None) -> Reply:
    debts = await call.read(debts_of, call.center, [data.session])
    if not debts:
        if error is None:
            raise NotFound(say("nothing is left open of it any more"))
        problem = refusal_text(error, call.view.language)
        return call.html(f"{_FOLDER}/gone.html", status=409, problem=problem)
    errors, problem = errors_in_form(error, call.view.language, ("reason",))
    return call.html(
        f"{_FOLDER}/write_off.html",
        status=200 if error is None else error.status,
        form=data,
        debt=debts[0],
        errors=errors,
        problem=problem,
    )
