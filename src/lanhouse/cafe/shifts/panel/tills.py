"""The panel's page of tills: adding one, what it is called, and whether it is in use."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from lanhouse.cafe.centers.call import CafeCall, PanelRoutes
from lanhouse.cafe.shifts.commands.tills import (
    NAME_CHARS_MAX,
    NewTill,
    TillChange,
    add_till,
    change_till,
)
from lanhouse.cafe.shifts.errors import TillNotFound
from lanhouse.cafe.shifts.queries import tills_of
from lanhouse.db.statements import Row
from lanhouse.kit.errors import AppError
from lanhouse.kit.inputs import Line, id_in_path
from lanhouse.kit.said import say
from lanhouse.kit.texts import N_
from lanhouse.web import i18n
from lanhouse.web.pages.refusals import errors_in_form
from lanhouse.web.replies import Reply

routes = PanelRoutes("Shift pages")
_PATH = "/panel/shift/tills"
_PAGE = "cafe/shifts/templates/tills.html"
_DONE = {"added": N_("Till added."), "changed": N_("The till is changed.")}


class ListIn(msgspec.Struct):
    """What a form has just done."""

    done: str = ""


class TillForm(msgspec.Struct):
    """A till as it was typed; a new one is in use."""

    name: Annotated[Line, Meta(max_length=NAME_CHARS_MAX)] = ""
    is_used: bool = False
    key: str = ""


class TillDone(msgspec.Struct, frozen=True):
    """Which till a form was about; stored under the form's key."""

    till_id: int


@routes.get(_PATH, right="tills.edit", summary="The tills")
async def tills_page(call: CafeCall, data: ListIn) -> Reply:
    """All of them by name, who works there, and the form to add one."""
    return await _list(call, TillForm(), done=data.done)


@routes.post(_PATH, right="tills.edit", summary="Add a till")
async def new_till(call: CafeCall, data: TillForm) -> Reply:
    """Once per form, or the form again with the reasons."""
    try:
        await call.do(
            add_till, NewTill(call.center, data.name), TillDone, TillDone, key=data.key or None
        )
    except AppError as error:
        return await _list(call, data, error)
    return Reply().with_header("hx-redirect", f"{_PATH}?done=added")


@routes.get(f"{_PATH}/{{till_id}}", right="tills.edit", summary="Form: a till")
async def till_page(call: CafeCall) -> Reply:
    """What it is called, and whether it is in use. 404 when there is none."""
    till = await _till(call)
    return _form(call, till, TillForm(till.name, till.is_used))


@routes.post(f"{_PATH}/{{till_id}}", right="tills.edit", summary="Rename a till, or stop using it")
async def save_till(call: CafeCall, data: TillForm) -> Reply:
    """Once per form, or the form again with the reasons; a till with an open shift stays in use."""
    till = await _till(call)
    try:
        change = TillChange(call.center, till.id, data.name, data.is_used)
        await call.do(change_till, change, TillDone, TillDone, key=data.key or None)
    except AppError as error:
        return _form(call, till, data, error)
    return Reply().with_header("hx-redirect", f"{_PATH}?done=changed")


async def _till(call: CafeCall) -> Row:
    till_id = id_in_path(call.path["till_id"], say("Till not found"))
    for till in await call.read(tills_of, call.center.id):
        if till.id == till_id:
            return till
    raise TillNotFound


async def _list(
    call: CafeCall, form: TillForm, error: AppError | None = None, *, done: str = ""
) -> Reply:
    errors, problem = errors_in_form(error, call.view.language, ("name",))
    gettext = i18n.translations(call.view.language).gettext
    return call.html(
        _PAGE,
        status=200 if error is None else error.status,
        tills=await call.read(tills_of, call.center.id),
        till=None,
        form=form,
        errors=errors,
        problem=problem,
        toast=gettext(_DONE[done]) if done in _DONE else "",
    )


def _form(call: CafeCall, till: Row, form: TillForm, error: AppError | None = None) -> Reply:
    errors, problem = errors_in_form(error, call.view.language, ("name",))
    return call.html(
        _PAGE,
        status=200 if error is None else error.status,
        till=till,
        form=form,
        errors=errors,
        problem=problem,
        toast="",
    )
