"""The panel's pages of the groups: PCs priced alike, and members treated alike."""

from __future__ import annotations

from typing import Annotated, Any, TypeVar

import msgspec
from msgspec import Meta

from lanhouse.cafe.centers.call import CafeCall, PanelRoutes
from lanhouse.cafe.groups import commands
from lanhouse.cafe.groups.commands import GroupChange, MemberGroupValues, PcGroupValues
from lanhouse.cafe.groups.queries import (
    group_sizes,
    member_group_by_id,
    member_groups_of,
    pc_group_by_id,
    pc_groups_of,
)
from lanhouse.cafe.groups.schemas import DEFAULT_GROUP, MemberGroup, PcGroup
from lanhouse.cafe.groups.wire import HUNDREDTH, DeletedOut, deleted
from lanhouse.db.store import Command, Read
from lanhouse.kit.errors import AppError, InvalidInput, NotFound
from lanhouse.kit.inputs import Line
from lanhouse.kit.money import format_plain, parse_micros
from lanhouse.kit.said import say
from lanhouse.web import i18n
from lanhouse.web.i18n import N_
from lanhouse.web.pages.refusals import errors_in_form
from lanhouse.web.replies import Reply

Result = TypeVar("Result")
routes = PanelRoutes("Settings pages")
_PATH = "/panel/settings/groups"
_FOLDER = "cafe/groups/templates"
_PERCENT = 100_000_000
_POINTS = 1_000_000_000_000_000
_DISCOUNTS = ("pc_time_discount", "offer_discount", "product_discount", "cashback")
_FIELDS = ("name", "description", *_DISCOUNTS, "min_points")
_DONE = {
    "added": N_("The group is made."),
    "changed": N_("The group is changed."),
    "deleted": N_("The group is deleted."),
}
_Number = Annotated[str, Meta(max_length=30)]


class ListIn(msgspec.Struct):
    """What a form has just done."""

    done: str = ""


class GroupIn(msgspec.Struct):
    """A PC group as it was typed; `id` 0 makes a new one."""

    id: int = 0
    name: Annotated[Line, Meta(max_length=200)] = ""
    description: Annotated[str, Meta(max_length=500)] = ""
    key: str = ""

    def check(self) -> None:
        """Raise InvalidInput for `name`."""
        if not self.name:
            raise InvalidInput({"name": say("is required")})
        if len(self.name) > 50:
            raise InvalidInput({"name": say("must be at most %(count)s characters", count=50)})


class MemberGroupIn(GroupIn):
    """A member group as it was typed: percentages, and points from which members belong to it."""

    pc_time_discount: _Number = "0"
    offer_discount: _Number = "0"
    product_discount: _Number = "0"
    cashback: _Number = "0"
    min_points: _Number = "0"

    def values(self) -> MemberGroupValues:
        """For the commands. Raises InvalidInput, everything wrong named at once."""
        wrong: dict[str, str] = {}
        read: dict[str, int] = {}
        for field in (*_DISCOUNTS, "min_points"):
            most = _POINTS if field == "min_points" else _PERCENT
            text = getattr(self, field).replace(",", ".").replace("%", "").strip() or "0"
            try:
                read[field] = parse_micros(text, decimals=2, field=field, most_micros=most)
            except InvalidInput as refused:
                wrong |= refused.fields
        try:
            self.check()
        except InvalidInput as refused:
            wrong |= refused.fields
        if wrong:
            raise InvalidInput(wrong)
        return MemberGroupValues(
            name=self.name,
            description=self.description,
            min_points_micros=read["min_points"],
            **{field: read[field] // HUNDREDTH for field in _DISCOUNTS},
        )


class IdIn(msgspec.Struct):
    """Which group; 0 = a new one."""

    id: int = 0


class Made(msgspec.Struct):
    """The group that was written; stored under the form's key."""

    id: int


@routes.get(_PATH, right="groups.view", summary="The groups of PCs and of members")
async def groups_page(call: CafeCall, data: ListIn) -> Reply:
    """Both lists, with how many each group has."""
    return await call.page(f"{_FOLDER}/groups.html", _lists, call, data)


@routes.get(f"{_PATH}/pc", right="pc_groups.edit", summary="Form: a PC group")
async def pc_group_page(call: CafeCall, data: IdIn) -> Reply:
    """A new group, or one as it is. 404 when there is none."""
    form = GroupIn()
    if data.id:
        group = await call.point(pc_group_by_id, call.center.id, data.id)
        if group is None:
            raise NotFound(say("PC group not found"))
        form = GroupIn(id=group.id, name=group.name, description=group.description)
    return _form(call, "pc", form)


@routes.post(f"{_PATH}/pc", right="pc_groups.edit", summary="Make or change a PC group")
async def save_pc_group(call: CafeCall, data: GroupIn) -> Reply:
    """Once per form, or the form again with the reasons."""
    try:
        data.check()
        values = PcGroupValues(data.name, data.description)
        change = GroupChange(call.center, data.id or None, values)
        command = commands.change_pc_group if data.id else commands.create_pc_group
        return await _saved(call, command, change, data)
    except AppError as error:
        return _form(call, "pc", data, error)


@routes.post(f"{_PATH}/pc/delete", right="pc_groups.edit", summary="Delete a PC group")
async def delete_pc_group(call: CafeCall, data: GroupIn) -> Reply:
    """A group that no PC and no price is in."""
    return await _deleted(call, "pc", commands.delete_pc_group, data)


@routes.get(f"{_PATH}/member", right="member_groups.edit", summary="Form: a member group")
async def member_group_page(call: CafeCall, data: IdIn) -> Reply:
    """A new group, or one as it is. 404 when there is none."""
    form = MemberGroupIn()
    if data.id:
        group = await call.point(member_group_by_id, call.center.id, data.id)
        if group is None or group.id <= DEFAULT_GROUP:
            raise NotFound(say("Member group not found"))
        form = _typed(group)
    return _form(call, "member", form)


@routes.post(f"{_PATH}/member", right="member_groups.edit", summary="Make or change a member group")
async def save_member_group(call: CafeCall, data: MemberGroupIn) -> Reply:
    """Once per form, or the form again with the reasons."""
    try:
        change = GroupChange(call.center, data.id or None, data.values())
        command = commands.change_member_group if data.id else commands.create_member_group
        return await _saved(call, command, change, data)
    except AppError as error:
        return _form(call, "member", data, error)


@routes.post(f"{_PATH}/member/delete", right="member_groups.edit", summary="Delete a member group")
async def delete_member_group(call: CafeCall, data: MemberGroupIn) -> Reply:
    """A group that no member, no price and no setting names."""
    return await _deleted(call, "member", commands.delete_member_group, data)


async def _saved(
    call: CafeCall,
    command: Command[GroupChange, PcGroup] | Command[GroupChange, MemberGroup],
    change: GroupChange,
    data: GroupIn,
) -> Reply:
    await call.do(command, change, lambda group: Made(group.id), Made, key=data.key)
    word = "changed" if data.id else "added"
    return Reply().with_header("hx-redirect", f"{_PATH}?done={word}")


async def _deleted(
    call: CafeCall, kind: str, command: Command[GroupChange, None], data: GroupIn
) -> Reply:
    change = GroupChange(call.center, data.id, None)
    try:
        await call.do(command, change, deleted, DeletedOut, key=data.key)
    except AppError as error:
        return _form(call, kind, data, error)
    return Reply().with_header("hx-redirect", f"{_PATH}?done=deleted")


def _form(call: CafeCall, kind: str, data: GroupIn, error: AppError | None = None) -> Reply:
    errors, problem = errors_in_form(error, call.view.language, _FIELDS)
    return call.html(
        f"{_FOLDER}/group.html",
        status=200 if error is None else error.status,
        kind=kind,
        form=data,
        errors=errors,
        problem=problem,
    )


def _typed(group: MemberGroup) -> MemberGroupIn:
    return MemberGroupIn(
        id=group.id,
        name=group.name,
        description=group.description,
        pc_time_discount=format_plain(group.pc_time_discount * HUNDREDTH),
        offer_discount=format_plain(group.offer_discount * HUNDREDTH),
        product_discount=format_plain(group.product_discount * HUNDREDTH),
        cashback=format_plain(group.cashback * HUNDREDTH),
        min_points=format_plain(group.min_points_micros),
    )


def _lists(read: Read, call: CafeCall, data: ListIn) -> dict[str, Any]:
    center_id = call.center.id
    pcs_in, members_in = group_sizes(read, center_id)
    gettext = i18n.translations(call.view.language).gettext
    return {
        "pc_groups": pc_groups_of(read, center_id),
        "member_groups": member_groups_of(read, center_id),
        "pcs_in": pcs_in,
        "members_in": members_in,
        "toast": gettext(_DONE[data.done]) if data.done in _DONE else "",
    }
