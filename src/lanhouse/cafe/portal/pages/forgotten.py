"""Who has forgotten his password sets another one by a code that comes as a text message, where the
centre sends any (decision 0181)."""

from __future__ import annotations

from typing import Annotated

import msgspec

from lanhouse.cafe.centers.call import CafeCall, PortalRoutes
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.members.commands.own_password import check_own
from lanhouse.cafe.members.sign_in.lost_password import begin, send_code, sends_codes, set_by_code
from lanhouse.cafe.portal.pages import center_in_path, home_of
from lanhouse.kit.errors import AppError, InvalidInput
from lanhouse.kit.inputs import Line, Secret
from lanhouse.kit.said import say
from lanhouse.web.call import Call
from lanhouse.web.pages.refusals import errors_in_form
from lanhouse.web.replies import Reply, redirect

routes = PortalRoutes("Portal pages")
_PATH = "/portal/{license_name}/forgotten"
_ASKED = ("phone", "account")
_TYPED = ("phone", "code", "new_password", "again")
_Phone = Annotated[Line, msgspec.Meta(max_length=40)]
_Password = Annotated[Secret, msgspec.Meta(max_length=128)]


class LostForm(msgspec.Struct, kw_only=True):
    """A telephone number, and whose where several members have it."""

    phone: _Phone = ""
    account: Annotated[Line, msgspec.Meta(max_length=80)] = ""


class CodeForm(msgspec.Struct, kw_only=True):
    """The number, the code that came, and twice the password that is to be."""

    phone: _Phone = ""
    code: Annotated[Secret, msgspec.Meta(max_length=20)] = ""
    new_password: _Password = ""
    again: _Password = ""


@routes.get(_PATH, public=True, summary="Form: a forgotten password")
async def forgotten_page(call: Call) -> Reply:
    """Asks for the number; or says that the desk helps, where no codes are sent."""
    return _ask(call, await center_in_path(call), LostForm())


@routes.post(_PATH, public=True, summary="Have a code sent")
async def ask(call: Call, data: LostForm) -> Reply:
    """The form for the code, whether a member has this number or not; or the same form again with
    the reason."""
    center = await center_in_path(call)
    if not sends_codes(center):
        return _ask(call, center, data)
    try:
        lost = await begin(call, center, data.phone)
    except AppError as error:
        return _ask(call, center, data, error)
    form = CodeForm(phone=data.phone)
    try:
        await send_code(lost, data.account)
    except AppError as error:
        # The code of before may have come meanwhile.
        return _code(call, center, form, error)
    return _code(call, center, form, is_sent=True)


@routes.get(f"{_PATH}/code", public=True, summary="Form: the code that came")
async def code_page(call: Call) -> Reply:
    """For who has closed the page meanwhile."""
    center = await center_in_path(call)
    if not sends_codes(center):
        return _ask(call, center, LostForm())
    return _code(call, center, CodeForm())


@routes.post(f"{_PATH}/code", public=True, summary="Set a forgotten password anew")
async def set_anew(call: Call, data: CodeForm) -> Reply:
    """Set it and go to the sign-in, or show the form again with the reasons. Whatever was signed in
    ends; nobody is signed in by a code."""
    center = await center_in_path(call)
    try:
        # All that the form alone can tell comes before a try is counted.
        check_own("", data.new_password)
        if data.again != data.new_password:
            raise InvalidInput({"again": say("is not the same password")})
        lost = await begin(call, center, data.phone)
        await set_by_code(lost, data.code, data.new_password)
    except AppError as error:
        return _code(call, center, data, error)
    return redirect(f"{home_of(center)}?changed=1")


def _ask(call: Call, center: Center, form: LostForm, error: AppError | None = None) -> Reply:
    page = CafeCall(call, call.actor, center)
    errors, problem = errors_in_form(error, page.view.language, _ASKED)
    return page.html(
        "cafe/portal/templates/portal_forgotten.html",
        status=200 if error is None else error.status,
        form=form,
        sends_codes=sends_codes(center),
        phone=center.settings.center.center_phone,
        errors=errors,
        problem=problem,
    )


def _code(
    call: Call,
    center: Center,
    form: CodeForm,
    error: AppError | None = None,
    *,
    is_sent: bool = False,
) -> Reply:
    page = CafeCall(call, call.actor, center)
    errors, problem = errors_in_form(error, page.view.language, _TYPED)
    return page.html(
        "cafe/portal/templates/portal_forgotten_code.html",
        status=200 if error is None else error.status,
        form=form,
        is_sent=is_sent,
        errors=errors,
        problem=problem,
    )
