"""Signing staff in to the panel and out of it."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlencode

import msgspec

from lanhouse.auth.tokens import end_token
from lanhouse.cafe.centers.call import PanelRoutes
from lanhouse.cafe.centers.queries import center_by_license, open_center_by_id, open_centers
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.staff.commands import WrongPassword
from lanhouse.cafe.staff.sign_in import finish_sign_in, staff_account, start_sign_in
from lanhouse.cafe.staff.wire import Password
from lanhouse.db.store import Read
from lanhouse.kit.errors import AppError
from lanhouse.kit.limits import SECOND_STEP_SECONDS, WEB_SESSION_SECONDS
from lanhouse.web.call import Call
from lanhouse.web.pages.look import local_path
from lanhouse.web.pages.refusals import refusal_text
from lanhouse.web.replies import Reply, redirect, signed_out
from lanhouse.web.sign_in import PANEL_COOKIE, attempt_of, with_browser

routes = PanelRoutes("Staff pages")
HOME = "/panel/computers"
_TEMPLATE = "cafe/staff/templates/sign_in.html"
_CODE_PATH = "/panel/sign-in/code"
_CODE_TEMPLATE = "cafe/staff/templates/code.html"
STEP_COOKIE = f"{PANEL_COOKIE}_step"


class SignInForm(msgspec.Struct):
    """`center` is a centre's number or its licence name."""

    center: Annotated[str, msgspec.Meta(max_length=80)] = ""
    account: Annotated[str, msgspec.Meta(max_length=80)] = ""
    password: Password = ""
    next: str = ""
    """The page of the panel to go on to; any other address is left aside."""
    out: bool = False
    """True when an open page found that it was signed out."""


@routes.get("/panel", public=True, summary="The panel's first page")
async def panel(_call: Call) -> Reply:
    """Send the reader on to the Computers page."""
    return redirect(HOME)


@routes.get("/panel/sign-in", public=True, summary="Sign-in of staff")
async def sign_in_page(call: Call, data: SignInForm) -> Reply:
    """The form; a browser that is signed in already goes on to the panel."""
    if call.actor.kind == "staff":
        return redirect(_page_after(data))
    was_in = data.out or PANEL_COOKIE in call.request.cookies
    form = SignInForm(center=await _only_center(call), next=_page_after(data))
    return call.html(_TEMPLATE, form=form, problem="", was_in=was_in)


@routes.post("/panel/sign-in", public=True, summary="Sign in with account and password")
async def sign_in(call: Call, data: SignInForm) -> Reply:
    """Set the session cookie and go to the panel, or show the form again with the reason."""
    try:
        center = await call.read(_center_named, data.center.strip())
        if center is None:
            raise WrongPassword
        account = staff_account(data.account)
        attempt = attempt_of(call, center.id, account)
        started = await start_sign_in(call, attempt, data.account, data.password, use="cookie")
    except AppError as error:
        form = SignInForm(center=data.center, account=data.account, next=_page_after(data))
        return call.html(
            _TEMPLATE,
            status=error.status,
            form=form,
            was_in=False,
            problem=refusal_text(error, call.view.language),
        )
    if started.needs_code:
        reply = redirect(f"{_CODE_PATH}?{urlencode({'next': _page_after(data)})}")
        return _with_step(reply, call, started.secret, seconds=SECOND_STEP_SECONDS)
    return _signed_in(call, data.next, started.secret, center.id, account)


class CodeForm(msgspec.Struct):
    """A code of the second factor, and the page to go on to."""

    code: Annotated[str, msgspec.Meta(max_length=40)] = ""
    next: str = ""


@routes.get(_CODE_PATH, public=True, summary="Sign-in of staff: the code")
async def code_page(call: Call, data: CodeForm) -> Reply:
    """The form for the code; without the first step that one."""
    if STEP_COOKIE not in call.request.cookies:
        return redirect("/panel/sign-in")
    return call.html(_CODE_TEMPLATE, form=CodeForm(next=_page_after(data)), problem="")


@routes.post(_CODE_PATH, public=True, summary="Sign in with the code after the password")
async def send_code(call: Call, data: CodeForm) -> Reply:
    """Set the session cookie and go to the panel, or show the form again with the reason."""
    try:
        step = call.request.cookies.get(STEP_COOKIE, "")
        done = await finish_sign_in(call, step, data.code, use="cookie")
    except AppError as error:
        return call.html(
            _CODE_TEMPLATE,
            status=error.status,
            form=CodeForm(next=_page_after(data)),
            problem=refusal_text(error, call.view.language),
        )
    account = staff_account(done.account)
    reply = _signed_in(call, data.next, done.secret, done.center_id, account)
    return _with_step(reply, call, "", seconds=0)


def _signed_in(call: Call, wanted: str, secret: str, center_id: int, account: str) -> Reply:
    secure = call.settings.secure_cookies
    reply = redirect(_page_after(CodeForm(next=wanted))).with_cookie(
        PANEL_COOKIE, secret, seconds=WEB_SESSION_SECONDS, secure=secure
    )
    return with_browser(reply, call, center_id, account)


def _with_step(reply: Reply, call: Call, secret: str, *, seconds: int) -> Reply:
    """Keep the proof of the first step, for the pages of the sign-in only, or drop it."""
    secure = call.settings.secure_cookies
    return reply.with_cookie(
        STEP_COOKIE, secret, seconds=seconds, secure=secure, path="/panel/sign-in"
    )


@routes.post("/panel/sign-out", public=True, summary="End the signed-in session")
async def sign_out(call: Call) -> Reply:
    """The cookie's token counts no longer, also if somebody has copied it."""
    if call.actor.kind == "staff":
        await call.run(end_token, call.actor.token_hash)
    return signed_out("/panel/sign-in", PANEL_COOKIE, secure=call.settings.secure_cookies)


def _page_after(data: SignInForm | CodeForm) -> str:
    """The page of the panel to show after the sign-in; nothing outside of it."""
    page = local_path(data.next)
    is_ours = page.startswith("/panel/") and not page.startswith("/panel/sign-")
    return page if is_ours else HOME


def _center_named(read: Read, name: str) -> Center | None:
    if name.isascii() and name.isdigit() and len(name) <= 4:
        return open_center_by_id(read, int(name))
    return center_by_license(read, name)


async def _only_center(call: Call) -> str:
    """The licence name to fill in when this installation has one centre only."""
    centers = await call.read(open_centers)
    return centers[0].license_name if len(centers) == 1 else ""
