"""The Members page: a list to search, and the finder of the desk's dialogs."""

from __future__ import annotations

from typing import Annotated

import msgspec

from lanhouse.cafe.centers.call import CafeCall, PanelRoutes
from lanhouse.cafe.desk.queries.member_list import ListIn, member_page, search_of
from lanhouse.cafe.desk.queries.members import find_members
from lanhouse.cafe.members.commands.exporting import note_export
from lanhouse.cafe.members.wire import EXPORT_COLUMNS, export_part
from lanhouse.kit import clock
from lanhouse.web.exports import sheet_file
from lanhouse.web.replies import Reply, Stream

routes = PanelRoutes("Members pages")
_FOLDER = "cafe/desk/templates/members"


class FindIn(msgspec.Struct):
    """What was typed into a member field."""

    member: Annotated[str, msgspec.Meta(max_length=80)] = ""


@routes.get("/panel/members", right="members.view", summary="The Members page")
async def members_page(call: CafeCall, data: ListIn) -> Reply:
    """Members with their money, fifty a page."""
    page = await call.read(member_page, call.center, data, clock.now())
    return call.html(f"{_FOLDER}/members.html", page=page, wanted=data)


@routes.get("/panel/members.csv", right="members.export", summary="The members of the page as CSV")
@routes.get("/panel/members.xlsx", right="members.export", summary="The same as XLSX")
async def members_file(call: CafeCall, data: ListIn) -> Stream:
    """All members that the search finds, newest first; taking them is written to the audit log."""
    search = msgspec.structs.replace(
        search_of(call.center, data, clock.now()), sort_name="", is_descending=False
    )
    await call.run(note_export, search)
    name = f"members-{call.center.id}"
    return await sheet_file(
        call, name, EXPORT_COLUMNS, lambda read, after: export_part(read, search, after)
    )


@routes.get("/panel/members/find", right="members.view", summary="Members that match a text")
async def find(call: CafeCall, data: FindIn) -> Reply:
    """Buttons that fill the dialog's field in."""
    found = await call.read(find_members, call.center, data.member)
    return call.html(f"{_FOLDER}/found.html", members=found)
