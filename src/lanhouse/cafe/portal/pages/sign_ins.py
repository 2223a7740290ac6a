"""Where a member is signed in, each to be ended from elsewhere."""

from __future__ import annotations

from typing import Annotated

import msgspec

from lanhouse.cafe.centers.call import CafeCall, PortalRoutes
from lanhouse.cafe.members.commands.sign_ins import EndOwnSignIns, end_own_sign_ins
from lanhouse.cafe.members.queries.sign_ins import signed_in
from lanhouse.cafe.portal.pages import home_of, led_home, own_call
from lanhouse.kit.errors import NotFound
from lanhouse.kit.inputs import Line
from lanhouse.web.call import Call
from lanhouse.web.replies import Reply, redirect

routes = PortalRoutes("Portal pages")
_PATH = "/portal/{license_name}/sign-ins"
_PAGE = "cafe/portal/templates/portal_sign_ins.html"


class EndForm(msgspec.Struct):
    """Which sign-in ends; none is named: all but this one."""

    sign_in: Annotated[Line, msgspec.Meta(max_length=64)] = ""


@routes.get(_PATH, right="member.self", summary="Where I am signed in")
async def sign_ins_page(call: CafeCall) -> Reply:
    """Every place, the newest first, and this one among them."""
    home = led_home(call, "sign-ins")
    if home is not None:
        return home
    wanted = (call.center.id, call.actor.member_id, call.actor.token_hash)
    return call.html(_PAGE, sign_ins=await call.read(signed_in, *wanted))


@routes.post(f"{_PATH}/end", public=True, summary="End sign-ins of mine")
async def end(call: Call, data: EndForm) -> Reply:
    """Back to the page; one that has ended meanwhile is no matter."""
    mine = own_call(call)
    cmd = EndOwnSignIns(center=mine.center, actor=mine.actor, sign_in_id=data.sign_in)
    try:
        await mine.run(end_own_sign_ins, cmd)
    except NotFound:
        return redirect(f"{home_of(mine.center)}/sign-ins")
    return redirect(f"{home_of(mine.center)}/sign-ins")
