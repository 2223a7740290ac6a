"""The panel's pages of the product groups."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from lanhouse.cafe.centers.call import CafeCall, PanelRoutes
from lanhouse.cafe.products.commands.groups import (
    GroupChange,
    NewGroup,
    change_group,
    create_group,
    delete_group,
)
from lanhouse.cafe.products.panel import FOLDER, PATH
from lanhouse.cafe.products.queries import groups_of_center
from lanhouse.cafe.products.rules import PAYMENTS, payments_of
from lanhouse.cafe.products.schemas import DEFAULT_GROUP, GroupValues, ProductGroup
from lanhouse.cafe.products.wire.native import LevelOut
from lanhouse.kit.errors import AppError, InvalidInput, NotFound
from lanhouse.kit.inputs import Line, id_in_path
from lanhouse.kit.said import say
from lanhouse.web.i18n import N_
from lanhouse.web.pages.refusals import errors_in_form
from lanhouse.web.replies import Reply

routes = PanelRoutes("Goods pages")
_GROUPS = f"{PATH}/groups"
_FIELDS = ("name", "description", "parent_id")
WAYS = {
    "cash": N_("Cash"),
    "credit_card": N_("Card"),
    "balance": N_("Balance"),
    "qr": N_("QR"),
}
"""What people call a way to pay."""


class GroupForm(msgspec.Struct):
    """A group as the form has it."""

    name: Annotated[Line, Meta(max_length=50)] = ""
    description: Annotated[str, Meta(max_length=500)] = ""
    parent_id: int = 0
    guest: list[str] = []
    member: list[str] = []
    key: str = ""


@routes.get(_GROUPS, right="products.edit", summary="Product groups")
async def groups(call: CafeCall) -> Reply:
    """Every group; each is a link to its form."""
    found = await call.read(groups_of_center, call.center.id)
    return call.html(f"{FOLDER}/groups.html", groups=found, ways=WAYS)


@routes.get(f"{_GROUPS}/add", right="products.edit", summary="Form: add a product group")
async def add_page(call: CafeCall) -> Reply:
    """The empty form: its goods may be paid every way."""
    return await _form(call, None, GroupForm(guest=[*PAYMENTS], member=[*PAYMENTS]))


@routes.post(f"{_GROUPS}/add", right="products.edit", summary="Add a product group")
async def add(call: CafeCall, data: GroupForm) -> Reply:
    """Add it once per form, or show the form again with the reasons."""
    try:
        new = NewGroup(call.center, GroupValues(**_values(data)))
        await call.do(create_group, new, _made, LevelOut, key=data.key or None)
    except AppError as error:
        return await _form(call, None, data, error)
    return _to_list()


@routes.get(f"{_GROUPS}/{{group_id}}", right="products.edit", summary="Form: a product group")
async def group_page(call: CafeCall) -> Reply:
    """What it says now."""
    group = await _group(call)
    return await _form(call, group, _form_of(group))


@routes.post(f"{_GROUPS}/{{group_id}}", right="products.edit", summary="Change a product group")
async def edit(call: CafeCall, data: GroupForm) -> Reply:
    """Write it, or show the form again with the reasons."""
    group = await _group(call)
    try:
        change = GroupChange(center=call.center, group_id=group.id, changes=_values(data))
        await call.run(change_group, change)
    except AppError as error:
        return await _form(call, group, data, error)
    return _to_list()


@routes.post(
    f"{_GROUPS}/{{group_id}}/delete", right="products.edit", summary="Delete a product group"
)
async def delete(call: CafeCall) -> Reply:
    """Only one in which nothing stands."""
    group = await _group(call)
    try:
        await call.run(delete_group, GroupChange(center=call.center, group_id=group.id))
    except AppError as error:
        return await _form(call, group, _form_of(group), error)
    return _to_list()


def _form_of(group: ProductGroup) -> GroupForm:
    values = group.values
    return GroupForm(
        name=values.name,
        description=values.description,
        parent_id=values.parent_id,
        guest=list(values.payments.guest),
        member=list(values.payments.member),
    )


def _values(data: GroupForm) -> dict[str, Any]:
    """Raises InvalidInput for a group without a name."""
    if not data.name:
        raise InvalidInput({"name": say("is required")})
    return {
        "name": data.name,
        "description": data.description,
        "parent_id": data.parent_id,
        "payments": payments_of(data.guest, data.member),
    }


def _made(group: ProductGroup) -> LevelOut:
    return LevelOut(group.id, 0)


def _to_list() -> Reply:
    return Reply().with_header("hx-redirect", _GROUPS)


async def _group(call: CafeCall) -> ProductGroup:
    missing = say("There is no page at this address.")
    group_id = id_in_path(call.path["group_id"], missing)
    groups = await call.read(groups_of_center, call.center.id)
    for group in groups:
        if group.id == group_id:
            return group
    raise NotFound(missing)


async def _form(
    call: CafeCall, group: ProductGroup | None, data: GroupForm, error: AppError | None = None
) -> Reply:
    errors, problem = errors_in_form(error, call.view.language, _FIELDS)
    groups = await call.read(groups_of_center, call.center.id)
    return call.html(
        f"{FOLDER}/group.html",
        status=200 if error is None else error.status,
        group=group,
        is_default=group is not None and group.id == DEFAULT_GROUP,
        form=data,
        parents=[(each.id, each.values.name) for each in groups if each != group],
        ways=WAYS,
        errors=errors,
        problem=problem,
    )
