"""The Members page: a list to search, and the finder of the desk's dialogs."""

from __future__ import annotations

from typing import Annotated

import msgspec

from lanhouse.cafe.centers.call import CafeCall, PanelRoutes
from lanhouse.cafe.desk.queries.member_list import ListIn, member_page
from lanhouse.cafe.desk.queries.members import find_members
from lanhouse.web.replies import Reply

routes = PanelRoutes("Members pages")
_FOLDER = "cafe/desk/templates/members"


class FindIn(msgspec.Struct):
    """What was typed into a member field."""

    member: Annotated[str, msgspec.Meta(max_length=80)] = ""


@routes.get("/panel/members", right="members.view", summary="The Members page")
async def members_page(call: CafeCall, data: ListIn) -> Reply:
    """Members with their money, fifty a page."""
    page = await call.read(member_page, call.center, data)
    return call.html(f"{_FOLDER}/members.html", page=page, wanted=data)


@routes.get("/panel/members/find", right="members.view", summary="Members that match a text")
async def find(call: CafeCall, data: FindIn) -> Reply:
    """Buttons that fill the dialog's field in."""
    found = await call.read(find_members, call.center, data.member)
    return call.html(f"{_FOLDER}/found.html", members=found)
