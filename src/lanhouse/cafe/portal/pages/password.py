"""The page on which a member chooses another password; he may have to, before anything else."""

from __future__ import annotations

from typing import Annotated

import msgspec

from lanhouse.auth.rights import MUST_CHANGE
from lanhouse.cafe.centers.call import CafeCall, PortalRoutes
from lanhouse.cafe.members.commands.own_password import change_own_password, check_own
from lanhouse.cafe.members.queries import member_by_id
from lanhouse.cafe.members.sign_in import own_password
from lanhouse.cafe.portal.pages import home_of
from lanhouse.db.statements import Row
from lanhouse.kit.errors import AppError, InvalidInput, Unauthenticated
from lanhouse.kit.inputs import Secret
from lanhouse.kit.said import say
from lanhouse.web.call import Call
from lanhouse.web.pages.refusals import errors_in_form
from lanhouse.web.replies import Reply, redirect

routes = PortalRoutes("Portal pages")
_FOLDER = "cafe/portal/templates"
_PATH = "/portal/{license_name}/password"
_FIELDS = ("old_password", "new_password", "again")
_Typed = Annotated[Secret, msgspec.Meta(max_length=128)]


class PasswordForm(msgspec.Struct):
    """The password as it was, and twice the one that is to be."""

    old_password: _Typed = ""
    new_password: _Typed = ""
    again: _Typed = ""


@routes.get(_PATH, right="member.password", summary="Form: another password")
async def password_page(call: CafeCall) -> Reply:
    """The form; it says so when the password must be changed."""
    await himself(call)
    return _page(call)


@routes.post(_PATH, public=True, summary="Choose another password")
async def change_password(call: Call, data: PasswordForm) -> Reply:
    """Set it and go to the account, or show the form again with the reasons.

    Without a script no form can send the secret of its page; a browser says where it comes from,
    and the old password is asked for.
    """
    if not isinstance(call, CafeCall) or not call.actor.may("member.password"):
        raise Unauthenticated
    row = await himself(call)
    try:
        await _change(call, row, data)
    except AppError as error:
        return _page(call, error)
    return redirect(f"{home_of(call.center)}/account")


async def _change(call: CafeCall, row: Row, data: PasswordForm) -> None:
    # All that the form alone can tell comes before a try is counted.
    check_own(data.old_password, data.new_password)
    if data.again != data.new_password:
        raise InvalidInput({"again": say("is not the same password")})
    cmd = await own_password(call, row, data.old_password, data.new_password)
    await call.run(change_own_password, cmd)


async def himself(call: CafeCall) -> Row:
    """The row of the member who calls, on the page of his own centre. Raises Unauthenticated."""
    row = await call.read(member_by_id, call.center.id, call.actor.member_id)
    if row is None or call.path["license_name"] != call.center.license_name:
        raise Unauthenticated
    return row


def _page(call: CafeCall, error: AppError | None = None) -> Reply:
    errors, problem = errors_in_form(error, call.view.language, _FIELDS)
    return call.html(
        f"{_FOLDER}/portal_password.html",
        status=200 if error is None else error.status,
        errors=errors,
        problem=problem,
        must_change=call.actor.role == MUST_CHANGE,
    )
