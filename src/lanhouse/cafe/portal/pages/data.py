"""The page on which a member takes his data away, or has his account deleted."""

from __future__ import annotations

from typing import Annotated

import msgspec

from lanhouse.cafe.centers.call import CafeCall, PortalRoutes
from lanhouse.cafe.members.queries import purse_of
from lanhouse.cafe.members.rules import member_account
from lanhouse.cafe.members.sign_in import WrongPassword, verified_member
from lanhouse.cafe.own_data.commands import Forget, forget_member
from lanhouse.cafe.own_data.wire import own_file
from lanhouse.cafe.portal.pages import home_of
from lanhouse.cafe.portal.pages.password import himself
from lanhouse.kit.errors import AppError, InvalidInput, Unauthenticated
from lanhouse.kit.inputs import Secret
from lanhouse.web.call import Call
from lanhouse.web.pages.refusals import errors_in_form
from lanhouse.web.replies import Reply, signed_out
from lanhouse.web.sign_in import PORTAL_COOKIE, attempt_of

routes = PortalRoutes("Portal pages")
_FOLDER = "cafe/portal/templates"
_PATH = "/portal/{license_name}/data"
_FIELDS = ("forfeits", "password")


class OwnDataForm(msgspec.Struct):
    """The password, and whether what is left on the account goes to the house."""

    password: Annotated[Secret, msgspec.Meta(max_length=128)] = ""
    forfeits: bool = False


@routes.get(_PATH, right="member.self", summary="The member's own data")
async def data_page(call: CafeCall) -> Reply:
    """What there is to take away, and the form that ends the account."""
    return await _page(call, OwnDataForm())


@routes.get(f"{_PATH}.zip", right="member.self", summary="All that is known of the member")
async def data_file(call: CafeCall) -> Reply:
    """As JSON and CSV, in a ZIP."""
    row = await himself(call)
    return await own_file(call, row.id)


@routes.post(f"{_PATH}/forget", public=True, summary="Delete one's own account")
async def forget(call: Call, data: OwnDataForm) -> Reply:
    """Delete it, and go back to the sign-in; or show the page with the reasons.

    Without a script no form can send the secret of its page; a browser says where it comes from,
    and the password is asked for.
    """
    if not isinstance(call, CafeCall) or not call.actor.may("member.self"):
        raise Unauthenticated
    row = await himself(call)
    try:
        attempt = attempt_of(call, call.center.id, member_account(row.account))
        try:
            await verified_member(call.services, attempt, row.account, data.password)
        except WrongPassword as wrong:
            raise InvalidInput({"password": wrong.said}) from None
        cmd = Forget(center=call.center, actor=call.actor, member_id=row.id, forfeits=data.forfeits)
        await call.run(forget_member, cmd)
    except AppError as error:
        return await _page(call, data, error)
    return signed_out(home_of(call.center), PORTAL_COOKIE, secure=call.settings.secure_cookies)


async def _page(call: CafeCall, form: OwnDataForm, error: AppError | None = None) -> Reply:
    row = await himself(call)
    errors, problem = errors_in_form(error, call.view.language, _FIELDS)
    return call.html(
        f"{_FOLDER}/portal_data.html",
        status=200 if error is None else error.status,
        purse=await call.read(purse_of, call.center, row.id),
        form=form,
        errors=errors,
        problem=problem,
    )
