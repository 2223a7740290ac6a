"""The dialog that does one thing to several members, or to all whom the list finds."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Annotated, Any, Literal
from urllib.parse import parse_qsl

import msgspec
from msgspec import Meta

from lanhouse.cafe.centers.call import CafeCall, PanelRoutes
from lanhouse.cafe.desk.commands import RIGHTS, Act, Bulk, BulkDone, act_on_many
from lanhouse.cafe.desk.queries.member_list import ListIn, search_of
from lanhouse.cafe.groups.queries import member_groups_of
from lanhouse.cafe.members.queries.listing import MEMBER_LIST
from lanhouse.cafe.members.rules import expiry_of
from lanhouse.cafe.members.schemas import MEMBERS_AT_ONCE_MAX
from lanhouse.db.store import Read
from lanhouse.kit import clock
from lanhouse.kit.errors import AppError, InvalidInput
from lanhouse.kit.inputs import Line, decode
from lanhouse.kit.limits import COMMENT_CHARS_MAX
from lanhouse.kit.said import say
from lanhouse.web.pages.refusals import errors_in_form
from lanhouse.web.replies import Reply

routes = PanelRoutes("Members pages")
_TEMPLATE = "cafe/desk/templates/members/bulk.html"
_FIELDS = ("act", "group", "expires", "text", "count")


class BulkForm(msgspec.Struct):
    """Who (none = all of the list's choices in `query`), what, and how many the reader was told.

    `expires` empty: the account never ends.
    """

    member: Annotated[list[int], Meta(max_length=MEMBERS_AT_ONCE_MAX)] = msgspec.field(
        default_factory=list
    )
    query: Annotated[str, Meta(max_length=2000)] = ""
    act: Literal["", "group", "expiry", "activate", "deactivate", "message", "delete"] = ""
    group: int = 0
    expires: Annotated[Line, Meta(max_length=10)] = ""
    text: Annotated[str, Meta(max_length=4000)] = ""
    count: int = 0
    key: str = ""


class _Day(msgspec.Struct):
    expires: date | None = None


@routes.get("/panel/members/bulk", right="members.edit", summary="Dialog: change many members")
async def bulk_dialog(call: CafeCall, data: BulkForm) -> Reply:
    """How many are meant, and what can be done to them."""
    return await _dialog(call, data)


@routes.post("/panel/members/bulk", right="members.edit", summary="Change many members")
async def bulk(call: CafeCall, data: BulkForm) -> Reply:
    """Some at once, all or none; all that are found as a job. The number must be the one that was
    shown."""
    try:
        count = await call.read(_count, call, data)
        if data.count != count:
            reason = say("There are %(count)s now. Look again, then press.", count=count)
            raise InvalidInput({"count": reason})
        command = Bulk(
            center=call.center,
            actor=call.actor,
            act=_act(call, data),
            member_ids=data.member,
            search=_search(call, data),
        )
        done = await call.do(act_on_many, command, _same, BulkDone, key=data.key or None)
    except AppError as error:
        return await _dialog(call, data, error)
    to = "/panel/jobs" if done.is_job else f"/panel/members?{data.query}&done=changed"
    return Reply().with_header("hx-redirect", to)


def _same(done: BulkDone) -> BulkDone:
    return done


def _act(call: CafeCall, data: BulkForm) -> Act:
    if not data.act:
        raise InvalidInput({"act": say("is required")})
    if data.act in ("activate", "deactivate"):
        return Act(kind="active", is_active=data.act == "activate")
    expires_at = None
    if data.act == "expiry":
        day = decode(_Day, {"expires": data.expires}).expires
        if day is not None:
            expires_at = expiry_of(datetime.combine(day, time()), call.center.zone)
    if data.act == "message" and not 0 < len(data.text.strip()) <= COMMENT_CHARS_MAX:
        most = COMMENT_CHARS_MAX
        raise InvalidInput(
            {"text": say("must be a text of at most %(count)s characters", count=most)}
        )
    return Act(kind=data.act, group_id=data.group, expires_at=expires_at, text=data.text)


def _search(call: CafeCall, data: BulkForm) -> Any:
    choices = decode(ListIn, dict(parse_qsl(data.query)))
    return search_of(call.center, choices, clock.now())


def _count(read: Read, call: CafeCall, data: BulkForm) -> int:
    if data.member:
        return len(set(data.member))
    return MEMBER_LIST.page(read, _search(call, data), 1, 1).total


async def _dialog(call: CafeCall, data: BulkForm, error: AppError | None = None) -> Reply:
    errors, problem = errors_in_form(error, call.view.language, _FIELDS)
    may = {act for act, right in RIGHTS.items() if call.actor.may(right)}
    groups = await call.read(member_groups_of, call.center.id)
    return call.html(
        _TEMPLATE,
        status=200 if error is None else error.status,
        form=data,
        count=await call.read(_count, call, data),
        is_all=not data.member,
        may=may,
        groups=[(group.id, group.name) for group in groups],
        errors=errors,
        problem=problem or errors["count"],
        most=COMMENT_CHARS_MAX,
    )
