"""The page about a member's data: handed out, and forgotten."""

from __future__ import annotations

import msgspec

from lanhouse.cafe.centers.call import CafeCall, PanelRoutes
from lanhouse.cafe.members.errors import MemberNotFound
from lanhouse.cafe.members.queries import member_by_id, purse_of
from lanhouse.cafe.own_data.commands import Forget, forget_member
from lanhouse.cafe.own_data.wire import own_file
from lanhouse.kit.errors import AppError
from lanhouse.kit.inputs import id_in_path
from lanhouse.kit.said import say
from lanhouse.web.pages.refusals import errors_in_form
from lanhouse.web.replies import Reply

routes = PanelRoutes("Members pages")
_PATH = "/panel/members/{member_id}/data"
_FOLDER = "cafe/own_data/templates"


class ForgetForm(msgspec.Struct):
    """Whether what is left on the account goes to the house."""

    forfeits: bool = False


@routes.get(_PATH, right="members.delete", summary="A member's data: take it away, forget it")
async def data_page(call: CafeCall) -> Reply:
    """What there is to do, and what is left on the account."""
    return await _page(call, ForgetForm())


@routes.get(f"{_PATH}.zip", right="members.export", summary="All that is known of a member")
async def data_file(call: CafeCall) -> Reply:
    """As JSON and CSV, in a ZIP."""
    return await own_file(call, _member_id(call))


@routes.post(f"{_PATH}/forget", right="members.delete", summary="Forget a member")
async def forget(call: CafeCall, data: ForgetForm) -> Reply:
    """Back to the members, or the page with the reasons."""
    cmd = Forget(
        center=call.center,
        actor=call.actor,
        member_id=_member_id(call),
        forfeits=data.forfeits,
    )
    try:
        await call.run(forget_member, cmd)
    except MemberNotFound:
        raise
    except AppError as error:
        return await _page(call, data, error)
    return Reply().with_header("hx-redirect", "/panel/members")


def _member_id(call: CafeCall) -> int:
    return id_in_path(call.path["member_id"], say("Member not found"))


async def _page(call: CafeCall, form: ForgetForm, error: AppError | None = None) -> Reply:
    row = await call.read(member_by_id, call.center.id, _member_id(call))
    if row is None:
        raise MemberNotFound
    errors, problem = errors_in_form(error, call.view.language, ("forfeits",))
    return call.html(
        f"{_FOLDER}/member_data.html",
        status=200 if error is None else error.status,
        member_id=row.id,
        account=row.account,
        purse=await call.read(purse_of, call.center, row.id),
        form=form,
        errors=errors,
        problem=problem,
    )
