"""The page of one's own account, for everybody who works here."""

from __future__ import annotations

import msgspec

from lanhouse.auth.passwords import check_chosen
from lanhouse.cafe.centers.call import CafeCall, PanelRoutes
from lanhouse.cafe.staff.sign_in import change_password
from lanhouse.cafe.staff.wire import Password
from lanhouse.kit.errors import AppError
from lanhouse.web import i18n
from lanhouse.web.i18n import N_
from lanhouse.web.pages.refusals import errors_in_form
from lanhouse.web.replies import Reply

routes = PanelRoutes("Own account")
_PATH = "/panel/account"
_PAGE = "cafe/staff/templates/account.html"
_FIELDS = ("old_password", "password")
_SAVED = {"password": N_("Your password is new. You are signed out everywhere else.")}


class PageIn(msgspec.Struct):
    """`saved` tells which form was just stored."""

    saved: str = ""


class PasswordForm(msgspec.Struct):
    """The password that one has, and the one that is to be."""

    old_password: Password = ""
    password: Password = ""


@routes.get(_PATH, right="account.self", summary="My account")
async def account_page(call: CafeCall, data: PageIn) -> Reply:
    """Who one is, and how one signs in."""
    return _shown(call, saved=data.saved)


@routes.post(f"{_PATH}/password", right="account.self", summary="Change my password")
async def save_password(call: CafeCall, data: PasswordForm) -> Reply:
    """Lead to the page again, or show the form with the reason."""
    try:
        check_chosen(data.password)
        await change_password(call, data.old_password, data.password)
    except AppError as error:
        return _shown(call, error=error)
    return Reply().with_header("hx-redirect", f"{_PATH}?saved=password")


def _shown(call: CafeCall, *, error: AppError | None = None, saved: str = "") -> Reply:
    errors, problem = errors_in_form(error, call.view.language, _FIELDS)
    gettext = i18n.translations(call.view.language).gettext
    return call.html(
        _PAGE,
        status=200 if error is None else error.status,
        errors=errors,
        problem=problem,
        toast=gettext(_SAVED[saved]) if saved in _SAVED else "",
    )
