"""The Members page: a list to search, and the finder of the desk's dialogs."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import parse_qsl

import msgspec

from lanhouse.cafe.centers.call import CafeCall, PanelRoutes
from lanhouse.cafe.desk.queries.member_list import ListIn, member_page, search_of
from lanhouse.cafe.desk.queries.members import find_members
from lanhouse.cafe.feedback.queries import unread_feedback
from lanhouse.cafe.groups.queries import member_groups_of
from lanhouse.cafe.members.commands.exporting import note_export
from lanhouse.cafe.members.commands.views import (
    NewView,
    ViewNamed,
    delete_view,
    save_view,
    views_of,
)
from lanhouse.cafe.members.queries.leaving import leaving_soon
from lanhouse.cafe.members.wire import EXPORT_COLUMNS, export_part
from lanhouse.db.store import Read
from lanhouse.kit import clock
from lanhouse.kit.errors import AppError
from lanhouse.kit.inputs import decode, id_in_path
from lanhouse.kit.pages import address
from lanhouse.kit.said import say
from lanhouse.web import i18n
from lanhouse.web.exports import sheet_file
from lanhouse.web.i18n import N_
from lanhouse.web.pages.refusals import refusal_text
from lanhouse.web.replies import Reply, Stream

routes = PanelRoutes("Members pages")
_FOLDER = "cafe/desk/templates/members"


_DONE = {
    "deleted": N_("Member deleted."),
    "kept": N_("The view is kept."),
    "forgotten": N_("The view is forgotten."),
    "changed": N_("Done."),
}


class ViewForm(msgspec.Struct):
    """What a person calls the choices of the list, as they stand in its address."""

    name: Annotated[str, msgspec.Meta(max_length=200)] = ""
    query: Annotated[str, msgspec.Meta(max_length=2000)] = ""


class FindIn(msgspec.Struct):
    """What was typed into a member field."""

    member: Annotated[str, msgspec.Meta(max_length=80)] = ""


@routes.get("/panel/members", right="members.view", summary="The Members page")
async def members_page(call: CafeCall, data: ListIn) -> Reply:
    """Members with their money, fifty a page; filters live in the address, and may have a name."""
    toast = ""
    if data.done in _DONE:
        toast = i18n.translations(call.view.language).gettext(_DONE[data.done])
    data = msgspec.structs.replace(data, done="")
    return await call.page(f"{_FOLDER}/members.html", _page_values, call, data, toast)


def _page_values(read: Read, call: CafeCall, data: ListIn, toast: str) -> dict[str, Any]:
    months = call.center.settings.member.member_retention_months
    return {
        "page": member_page(read, call.center, data, clock.now()),
        "wanted": data,
        "groups": [(group.id, group.name) for group in member_groups_of(read, call.center.id)],
        "views": views_of(read, call.actor),
        "query": address("", data, page=1).lstrip("?"),
        "retention": leaving_soon(read, call.center.id) if months else None,
        "months": months,
        "unread": unread_feedback(read, call.center.id) if call.actor.may("feedback.view") else 0,
        "toast": toast,
    }


@routes.post("/panel/members/views", right="members.view", summary="Keep a view of the members")
async def keep_view(call: CafeCall, data: ViewForm) -> Reply:
    """The choices of the list under a name of the reader's own."""
    try:
        await call.run(save_view, NewView(actor=call.actor, name=data.name, query=data.query))
    except AppError as error:
        text = refusal_text(error, call.view.language)
        return call.html(f"{_FOLDER}/refused.html", problem=text)
    return _to_list(data.query, "kept")


@routes.post(
    "/panel/members/views/{view_id}/delete",
    right="members.view",
    summary="Forget a view of the members",
)
async def forget_view(call: CafeCall) -> Reply:
    """Only the reader's own."""
    view_id = id_in_path(call.path["view_id"], say("View not found"))
    await call.run(delete_view, ViewNamed(actor=call.actor, view_id=view_id))
    return _to_list("", "forgotten")


def _to_list(query: str, done: str) -> Reply:
    """The list with the choices of a query; what of it the list does not know does not count."""
    choices = decode(ListIn, dict(parse_qsl(query)))
    to = address("/panel/members", choices, done=done, page=1)
    return Reply().with_header("hx-redirect", to)


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
