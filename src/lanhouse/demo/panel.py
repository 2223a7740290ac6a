"""Clearing the demo from the panel: the settings stay, the books begin anew (decision 0127)."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import msgspec

from lanhouse.cafe.centers.call import CafeCall, PanelRoutes
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.staff.sign_in import must_know_own_password
from lanhouse.cafe.staff.wire import Password
from lanhouse.cli.backup import write_backup
from lanhouse.demo.clearing import Clearing, backup_file, check_may_clear, clear_demo
from lanhouse.kit.errors import AppError, Refused
from lanhouse.kit.inputs import means
from lanhouse.kit.said import say
from lanhouse.web.pages.refusals import errors_in_form
from lanhouse.web.replies import Reply

routes = PanelRoutes("Demo hall")
_PATH = "/panel/demo/clear"
_FOLDER = "demo/templates"
_RIGHT = "settings.edit"
_being_cleared: set[int] = set()


class ClearForm(msgspec.Struct):
    """The password of who clears."""

    own_password: Annotated[Password, means("old_password")] = ""


@routes.get(_PATH, right=_RIGHT, summary="Dialog: clear the demo data")
async def ask(call: CafeCall) -> Reply:
    """What goes and what stays, or why the demo cannot be cleared."""
    try:
        await call.read(check_may_clear, call.center.id)
    except AppError as refused:
        return _dialog(call, refused, may_clear=False)
    return _dialog(call)


@routes.post(_PATH, right=_RIGHT, summary="Clear the demo data, keep the settings")
async def clear(call: CafeCall, data: ClearForm) -> Reply:
    """Make a backup, then clear; who is signed in goes on in the new centre.

    A second press is refused while the first one works, and finds no demo hall after it.
    """
    try:
        await call.read(check_may_clear, call.center.id)
    except AppError as refused:
        return _dialog(call, refused, may_clear=False)
    try:
        with call.naming():
            await must_know_own_password(call, data.own_password)
        file, new = await _cleared(call)
    except AppError as refused:
        return _dialog(call, refused)
    return call.html(f"{_FOLDER}/cleared.html", file=file.name, new=new)


async def _cleared(call: CafeCall) -> tuple[Path, Center]:
    """The backup's file, and the centre that has the settings now."""
    center_id = call.center.id
    if center_id in _being_cleared:
        raise Refused(say("Somebody is clearing it right now. Look at the page again in a moment."))
    _being_cleared.add(center_id)
    try:
        file = backup_file(call.settings.data_dir)
        try:
            await asyncio.to_thread(write_backup, call.settings, call.store, file)
        except OSError as error:
            reason = error.strerror or str(error)
            raise Refused(
                say(
                    "The backup could not be made (%(reason)s): nothing was changed.", reason=reason
                )
            ) from error
        assert call.origin is not None
        clearing = Clearing(center_id, call.vault, call.origin)
        return file, await call.run(clear_demo, clearing)
    finally:
        _being_cleared.discard(center_id)


def _dialog(call: CafeCall, error: AppError | None = None, *, may_clear: bool = True) -> Reply:
    errors, problem = errors_in_form(error, call.view.language, ["own_password"])
    return call.html(
        f"{_FOLDER}/clear.html",
        status=200 if error is None else error.status,
        may_clear=may_clear,
        errors=errors,
        problem=problem,
    )
