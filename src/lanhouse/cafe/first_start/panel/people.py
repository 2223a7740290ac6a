"""Step 4: who works here."""

from __future__ import annotations

from typing import Literal

import msgspec

from lanhouse.auth.passwords import made_password, make_hash
from lanhouse.cafe.centers.call import CafeCall, PanelRoutes
from lanhouse.cafe.first_start.panel import PATH, RIGHT, page
from lanhouse.cafe.staff.commands.passwords import without_password
from lanhouse.cafe.staff.commands.people import hire
from lanhouse.cafe.staff.schemas import NewPerson
from lanhouse.cafe.staff.wire import Account, HiredOut, hired_out
from lanhouse.kit.errors import AppError
from lanhouse.web.replies import Reply

routes = PanelRoutes("First start")


class PersonForm(msgspec.Struct):
    """Somebody who works here. A second Admin is made under Settings, Staff."""

    account: Account = ""
    role: Literal["staff", "manager"] = "staff"
    key: str = ""


@routes.get(f"{PATH}/people", right=RIGHT, summary="First start: who works here")
async def people_step(call: CafeCall) -> Reply:
    """Everybody who may sign in, and a form for one more."""
    return await _people_form(call, PersonForm())


@routes.post(f"{PATH}/people", right="staff.edit", summary="First start: add a person")
async def add_person(call: CafeCall, data: PersonForm) -> Reply:
    """Make an account once per form; its password is shown this once."""
    password = made_password()
    try:
        new = NewPerson(
            center_id=call.center.id,
            actor=call.actor,
            account=data.account,
            role=data.role,
            password_hash=await make_hash(password),
            password=password,
        )
        hired = await call.do(
            hire, new, hired_out, HiredOut, key=data.key or None, hide=without_password
        )
    except AppError as error:
        return await _people_form(call, data, error)
    shown = await _people_form(call, PersonForm(), hired=hired)
    return shown.with_header("cache-control", "no-store")


async def _people_form(
    call: CafeCall,
    form: PersonForm,
    error: AppError | None = None,
    hired: HiredOut | None = None,
) -> Reply:
    return await page(call, "people", error, ("account", "role"), form=form, hired=hired)
