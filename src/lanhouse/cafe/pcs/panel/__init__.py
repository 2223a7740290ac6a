"""The panel's pages of the PCs: their list, adding by range, and changing several together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, TypeVar

import msgspec
from msgspec import Meta

from lanhouse.cafe.centers.call import CafeCall, PanelRoutes
from lanhouse.cafe.groups.queries import pc_groups_of
from lanhouse.cafe.groups.schemas import DEFAULT_GROUP
from lanhouse.cafe.pcs import commands
from lanhouse.cafe.pcs.commands import NewPcs, OutOfOrder, PcChange, PcsNamed
from lanhouse.cafe.pcs.queries import pc_rows, rooms_of
from lanhouse.cafe.pcs.rules import KINDS, NAME_CHARS_MAX, is_match, names_in
from lanhouse.cafe.pcs.wire import ConsoleType, PcNames, PcNamesOut
from lanhouse.db.statements import Row
from lanhouse.db.store import Command, Read
from lanhouse.kit.errors import AppError
from lanhouse.kit.inputs import Line
from lanhouse.web import i18n
from lanhouse.web.i18n import N_
from lanhouse.web.pages.refusals import errors_in_form
from lanhouse.web.replies import Reply

Arg = TypeVar("Arg")
routes = PanelRoutes("Settings pages")
_PATH = "/panel/settings/pcs"
_FOLDER = "cafe/pcs/templates"
_DONE = {
    "added": (N_("%(num)s PC added."), N_("%(num)s PCs added.")),
    "changed": (N_("%(num)s PC changed."), N_("%(num)s PCs changed.")),
    "broken": (N_("%(num)s PC is out of order."), N_("%(num)s PCs are out of order.")),
    "mended": (N_("%(num)s PC is in order again."), N_("%(num)s PCs are in order again.")),
    "deleted": (N_("%(num)s PC deleted."), N_("%(num)s PCs deleted.")),
}
_FIELDS = ("names", "new_name", "pc_group_id", "console_type", "room_id", "comment", "reason")
_Comment = Annotated[str, Meta(max_length=200)]
_Search = Annotated[str, Meta(max_length=80)]


class ListIn(msgspec.Struct):
    """What to look for; and what a form has just done, to how many."""

    search: _Search = ""
    done: str = ""
    count: int = 0


class AddIn(msgspec.Struct):
    """PCs to add; `names` as people write them (rules.names_in)."""

    names: Annotated[Line, Meta(max_length=1000)] = ""
    console_type: ConsoleType = 0
    pc_group_id: int = 0
    room_id: int | None = None
    comment: _Comment = ""
    key: str = ""


class ChosenIn(msgspec.Struct):
    """The PCs that are ticked."""

    names: PcNames = []
    key: str = ""


class EditIn(ChosenIn):
    """Which PCs to change: the ticked ones, or with `all` every one that matches `search`."""

    all: bool = False
    search: _Search = ""


class ChangeIn(ChosenIn):
    """New values for the ticked PCs; empty leaves what they have."""

    new_name: Annotated[Line, Meta(max_length=NAME_CHARS_MAX)] | None = None
    pc_group_id: int | None = None
    console_type: ConsoleType | None = None
    comment: _Comment = ""
    shown_comment: _Comment = ""
    """What the form showed; a comment that still stands there is not written."""


class OrderIn(ChosenIn):
    """Take the ticked PCs out of order, or back."""

    is_out_of_order: bool = True
    reason: _Comment = ""


class Common(msgspec.Struct, frozen=True):
    """What PCs have in common, as a form shows it; empty where they differ."""

    new_name: str
    pc_group_id: int | str
    console_type: int | str
    comment: str
    reason: str
    """Why they are out of order."""


class Choices(msgspec.Struct, frozen=True):
    """What the fields of a form offer: value and text, in the reader's language."""

    kinds: list[tuple[int, str]]
    groups: list[tuple[int, str]]
    rooms: list[tuple[int, str]]


@routes.get(_PATH, right="pcs.edit", summary="The list of PCs")
async def pcs_page(call: CafeCall, data: ListIn) -> Reply:
    """Every PC that matches, to be ticked and changed."""
    return await _list(call, data)


@routes.get(f"{_PATH}/add", right="pcs.edit", summary="Form: add PCs")
async def add_page(call: CafeCall) -> Reply:
    """The empty form."""
    return await _add_form(call, AddIn())


@routes.post(f"{_PATH}/add", right="pcs.edit", summary="Add PCs by range")
async def add(call: CafeCall, data: AddIn) -> Reply:
    """Add them once per form, or show the form again with the reasons."""
    try:
        new = NewPcs(
            center=call.center,
            names=names_in(data.names),
            console_type=data.console_type,
            pc_group_id=data.pc_group_id,
            room_id=data.room_id,
            comment=data.comment,
        )
        return await _done(call, commands.add_pcs, new, "added", data.key)
    except AppError as error:
        return await _add_form(call, data, error)


@routes.get(f"{_PATH}/edit", right="pcs.edit", summary="Form: change the chosen PCs")
async def edit_page(call: CafeCall, data: EditIn) -> Reply:
    """What they have in common; without a PC that there is, the list again."""
    if data.all:
        found = _matching(await call.read(pc_rows, call.center.id), data.search)
        return await _edit_form(call, ChosenIn(names=[row.name for row in found]))
    return await _edit_form(call, data)


@routes.post(f"{_PATH}/edit", right="pcs.edit", summary="Change the chosen PCs")
async def change(call: CafeCall, data: ChangeIn) -> Reply:
    """Change all of them or none."""
    wanted = PcChange(
        center=call.center,
        names=data.names,
        new_name=data.new_name,
        pc_group_id=data.pc_group_id,
        console_type=data.console_type,
        comment=None if data.comment == data.shown_comment else data.comment,
    )
    try:
        return await _done(call, commands.change_pcs, wanted, "changed", data.key)
    except AppError as error:
        return await _edit_form(call, data, error)


@routes.post(
    f"{_PATH}/out-of-order", right="pcs.out_of_order", summary="Take PCs out of order, or back"
)
async def set_out_of_order(call: CafeCall, data: OrderIn) -> Reply:
    """All of them or none; a PC in use stays in order."""
    order = OutOfOrder(
        center=call.center,
        names=data.names,
        is_out_of_order=data.is_out_of_order,
        reason=data.reason,
    )
    word = "broken" if data.is_out_of_order else "mended"
    try:
        return await _done(call, commands.set_out_of_order, order, word, data.key)
    except AppError as error:
        return await _edit_form(call, data, error)


@routes.post(f"{_PATH}/delete", right="pcs.edit", summary="Delete the chosen PCs")
async def delete(call: CafeCall, data: ChosenIn) -> Reply:
    """All of them or none; a PC in use stays."""
    named = PcsNamed(call.center, data.names)
    try:
        return await _done(call, commands.delete_pcs, named, "deleted", data.key)
    except AppError as error:
        return await _edit_form(call, data, error)


async def _done(
    call: CafeCall, command: Command[Arg, list[str]], arg: Arg, word: str, key: str
) -> Reply:
    """Run the command once per form and lead to the list, which tells what was done."""
    made = await call.do(command, arg, PcNamesOut, PcNamesOut, key=key)
    address = f"{_PATH}?done={word}&count={len(made.pcs)}"
    return Reply().with_header("hx-redirect", address)


async def _list(call: CafeCall, data: ListIn, *, is_none_chosen: bool = False) -> Reply:
    return await call.page(f"{_FOLDER}/pcs.html", _list_values, call, data, is_none_chosen)


def _list_values(read: Read, call: CafeCall, data: ListIn, is_none_chosen: bool) -> dict[str, Any]:
    rows = pc_rows(read, call.center.id)
    toast = ""
    if data.done in _DONE:
        one, many = _DONE[data.done]
        gettext = i18n.translations(call.view.language).gettext
        toast = gettext(one if data.count == 1 else many) % {"num": data.count}
    return {
        "pcs": _matching(rows, data.search),
        "total": len(rows),
        "wanted": data,
        "kinds": KINDS,
        "is_none_chosen": is_none_chosen,
        "toast": toast,
    }


def _matching(rows: Sequence[Row], search: str) -> list[Row]:
    return [
        row
        for row in rows
        if is_match(search, row.name, row.group_name or "", row.room_name or "", row.comment)
    ]


async def _add_form(call: CafeCall, data: AddIn, error: AppError | None = None) -> Reply:
    errors, problem = errors_in_form(error, call.view.language, _FIELDS)
    return call.html(
        f"{_FOLDER}/add.html",
        status=200 if error is None else error.status,
        form=data,
        choices=await call.read(_choices, call),
        errors=errors,
        problem=problem,
    )


async def _edit_form(call: CafeCall, data: ChosenIn, error: AppError | None = None) -> Reply:
    """The form of the chosen PCs: with what they have, or with what was typed and the reasons."""
    keys = {name.casefold() for name in data.names}
    rows = await call.read(pc_rows, call.center.id)
    chosen = [row for row in rows if row.name_key in keys]
    if not chosen and error is None:
        return await _list(call, ListIn(), is_none_chosen=True)
    errors, problem = errors_in_form(error, call.view.language, _FIELDS)
    common = _common(chosen)
    return call.html(
        f"{_FOLDER}/edit.html",
        status=200 if error is None else error.status,
        chosen=chosen,
        common=common,
        form=data if isinstance(data, ChangeIn) else common,
        reason=data.reason if isinstance(data, OrderIn) else common.reason,
        choices=await call.read(_choices, call),
        errors=errors,
        problem=problem,
    )


def _common(rows: Sequence[Row]) -> Common:
    def shared(column: str) -> Any:
        values = {getattr(row, column) for row in rows}
        return values.pop() if len(values) == 1 else ""

    columns = ("name", "pc_group_id", "console_type", "comment", "out_of_order_reason")
    return Common(*map(shared, columns))


def _choices(read: Read, call: CafeCall) -> Choices:
    gettext = i18n.translations(call.view.language).gettext
    groups = pc_groups_of(read, call.center.id)
    return Choices(
        kinds=[(number, gettext(name)) for number, name in enumerate(KINDS)],
        groups=[
            (group.id, gettext(group.name) if group.id == DEFAULT_GROUP else group.name)
            for group in groups
        ],
        rooms=[(room.id, room.name) for room in rooms_of(read, call.center.id)],
    )
