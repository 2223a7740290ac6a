"""The first start's other way: this centre becomes a demo hall (decision 0137)."""

from __future__ import annotations

from lanhouse.cafe.centers.call import CafeCall, PanelRoutes
from lanhouse.cafe.first_start.commands import AboutCenter
from lanhouse.cafe.first_start.panel import PATH as FIRST_START
from lanhouse.cafe.first_start.panel import CenterForm, about_of, center_form
from lanhouse.demo.begin import NewDemo, begin_demo, filling_of, give_up, try_again
from lanhouse.kit.errors import AppError
from lanhouse.web.pages.refusals import errors_in_form
from lanhouse.web.replies import Reply, redirect

routes = PanelRoutes("Demo hall")
_PATH = "/panel/demo/begin"
_FOLDER = "demo/templates"
_RIGHT = "settings.edit"


@routes.post(_PATH, right=_RIGHT, summary="Begin with a demo hall")
async def begin(call: CafeCall, data: CenterForm) -> Reply:
    """Name the centre and fill it; a second press leads to the same page."""
    try:
        await call.run(begin_demo, NewDemo(about_of(call.center, data), call.actor.staff_id))
    except AppError as error:
        return await center_form(call, data, error)
    return _go(_PATH)


@routes.get(_PATH, right=_RIGHT, summary="Demo hall: how far it is")
async def progress(call: CafeCall) -> Reply:
    """The page that waits for the demo hall; without one on its way it leads to the first start."""
    found = await call.read(filling_of, call.center.id)
    if found.is_whole or not (found.is_begun or found.is_open or found.error):
        return redirect(FIRST_START)
    return call.html(f"{_FOLDER}/filling.html", step=1, problem="", filling=found)


@routes.get(f"{_PATH}/part", right=_RIGHT, summary="Demo hall: the part that asks for itself")
async def part(call: CafeCall) -> Reply:
    """How far it is; leads on when it is whole."""
    return await _part(call)


@routes.post(f"{_PATH}/again", right=_RIGHT, summary="Demo hall: try again")
async def again(call: CafeCall) -> Reply:
    """Go on at once with what has failed."""
    center = call.center
    about = AboutCenter(
        center=center, name=center.name, currency=center.currency, zone=center.zone_name
    )
    await call.run(try_again, NewDemo(about, call.actor.staff_id))
    return await _part(call)


@routes.post(f"{_PATH}/stop", right=_RIGHT, summary="Demo hall: an empty hall after all")
async def stop(call: CafeCall) -> Reply:
    """Give the demo hall up as long as nothing of it is there."""
    try:
        await call.run(give_up, call.center)
    except AppError as error:
        return await _part(call, error)
    return _go(f"{FIRST_START}/center")


async def _part(call: CafeCall, error: AppError | None = None) -> Reply:
    found = await call.read(filling_of, call.center.id)
    if found.is_whole:
        return _go("/panel/computers")
    _, problem = errors_in_form(error, call.view.language, [])
    status = 200 if error is None else error.status
    return call.html(f"{_FOLDER}/filling_part.html", status=status, problem=problem, filling=found)


def _go(path: str) -> Reply:
    return Reply().with_header("hx-redirect", path)
