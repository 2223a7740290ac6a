"""Changing who works at a browser by PIN, and one's own PIN."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from lanhouse.cafe.centers.call import CafeCall, PanelRoutes
from lanhouse.cafe.staff.plans import switch_choices
from lanhouse.cafe.staff.sign_in.switching import switch_by_pin
from lanhouse.kit import clock
from lanhouse.kit.errors import AppError, InvalidInput
from lanhouse.kit.inputs import Secret
from lanhouse.kit.said import say
from lanhouse.web.pages.refusals import errors_in_form
from lanhouse.web.replies import Reply
from lanhouse.web.sign_in import PANEL_COOKIE

routes = PanelRoutes("Switching")
_PATH = "/panel/switch"
_DIALOG = "cafe/staff/templates/switch.html"
_HOME = "/panel/computers"


class SwitchForm(msgspec.Struct):
    """Who takes over, and the PIN."""

    person: int = 0
    pin: Annotated[Secret, Meta(max_length=40)] = ""


@routes.get(_PATH, right="account.self", summary="Switch the person: who may take over")
async def dialog(call: CafeCall) -> Reply:
    """Everybody whose PIN counts today; the others sign in with the password."""
    return await _shown(call, SwitchForm())


@routes.post(_PATH, right="account.self", summary="Switch the person by PIN")
async def switch(call: CafeCall, data: SwitchForm) -> Reply:
    """A new session in place of the one that ends, on the first page; or the dialog again."""
    try:
        if not data.person:
            raise InvalidInput({"person": say("is required")})
        done = await switch_by_pin(call, data.person, data.pin)
    except AppError as error:
        return await _shown(call, data, error)
    secure = call.settings.secure_cookies
    return (
        Reply()
        .with_cookie(PANEL_COOKIE, done.secret, seconds=done.seconds, secure=secure)
        .with_header("clear-site-data", '"cache"')
        .with_header("hx-redirect", _HOME)
    )


async def _shown(call: CafeCall, form: SwitchForm, error: AppError | None = None) -> Reply:
    errors, problem = errors_in_form(error, call.view.language, ("person", "pin"))
    choices = await call.read(switch_choices, call.center, call.actor.staff_id, clock.now())
    return call.html(
        _DIALOG,
        status=200 if error is None else error.status,
        form=form,
        choices=choices,
        errors=errors,
        problem=problem,
    )
