"""A guest's log-in at the desk: shown when it is asked for, set anew when it is gone."""

from __future__ import annotations

import msgspec

from lanhouse.cafe.centers.call import CafeCall, PanelRoutes
from lanhouse.cafe.members.commands.guest_secret import new_guest_secret
from lanhouse.cafe.sessions.commands import (
    KeptLogin,
    LoginGone,
    LoginWanted,
    NewLogin,
    read_guest_login,
    renew_guest_login,
    without_secret,
)
from lanhouse.kit.errors import AppError
from lanhouse.kit.vault import Unreadable
from lanhouse.web.pages.refusals import refusal_text
from lanhouse.web.replies import Reply

routes = PanelRoutes("Sessions pages")
_TEMPLATE = "cafe/desk/templates/sessions/login.html"


class LoginForm(msgspec.Struct):
    """A session by its number."""

    session: int
    key: str = ""
    """Of the button that sets a new password: pressed twice it sets one."""


class Login(msgspec.Struct, frozen=True):
    """What the guest signs in with."""

    account: str
    password: str
    access_code: str = ""


@routes.post(
    "/panel/computers/login", right="sessions.guest_login", summary="Show a guest's log-in"
)
async def show_login(call: CafeCall, data: LoginForm) -> Reply:
    """Account and password of a guest who plays; each showing is written to the audit log."""
    wanted = LoginWanted(center=call.center, session_id=data.session)
    try:
        kept = await call.run(read_guest_login, wanted)
        code = "" if kept.access_code is None else kept.access_code.opened(call.vault)
        shown = Login(kept.account, kept.secret.opened(call.vault), code)
    except AppError as error:
        return _part(call, data, problem=error)
    return _part(call, data, shown)


@routes.post(
    "/panel/computers/login/new",
    right="sessions.guest_login",
    summary="Set a new password for a guest",
)
async def new_login(call: CafeCall, data: LoginForm) -> Reply:
    """A new password, shown in the place of the button; the old one and its sign-ins end."""
    cmd = NewLogin(
        center=call.center,
        actor=call.actor,
        session_id=data.session,
        secret=await new_guest_secret(call.vault),
    )

    def shape(kept: KeptLogin) -> Login:
        return Login(kept.account, kept.secret.opened(call.vault))

    try:
        made = await call.do(
            renew_guest_login, cmd, shape, Login, key=data.key or None, hide=without_secret
        )
    except AppError as error:
        return _part(call, data, problem=error)
    return _part(call, data, made)


def _part(
    call: CafeCall, data: LoginForm, login: Login | None = None, *, problem: AppError | None = None
) -> Reply:
    # Status 200: the page shows refusals in dialogs only, and this stands outside of one.
    return call.html(
        _TEMPLATE,
        login=login,
        session_id=data.session,
        problem="" if problem is None else refusal_text(problem, call.view.language),
        may_renew=isinstance(problem, LoginGone | Unreadable),
    )
