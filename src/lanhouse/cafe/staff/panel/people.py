"""The panel's pages of the staff: who works here, what each may do, and from where and when."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from lanhouse.auth.passwords import check_chosen, made_password, make_hash
from lanhouse.cafe.centers.call import CafeCall, PanelRoutes
from lanhouse.cafe.staff.commands.passwords import NewPassword, give_password, without_password
from lanhouse.cafe.staff.commands.people import change_person, hire, is_self
from lanhouse.cafe.staff.commands.second_factor import FactorReset, reset_second_factor
from lanhouse.cafe.staff.commands.sign_ins import EndSignIns, end_sign_ins
from lanhouse.cafe.staff.panel.sections import SECTIONS, SHOWN
from lanhouse.cafe.staff.queries import everybody, find_person, signed_in
from lanhouse.cafe.staff.schemas import NewPerson, Person, PersonChange
from lanhouse.cafe.staff.wire import Account, Addresses, HiredOut, Hours, Password, Role, hired_out
from lanhouse.kit.errors import AppError, InvalidInput, NotFound
from lanhouse.kit.inputs import id_in_path
from lanhouse.kit.said import say
from lanhouse.web import i18n
from lanhouse.web.i18n import N_
from lanhouse.web.pages.refusals import errors_in_form
from lanhouse.web.replies import Reply

routes = PanelRoutes("Settings pages")
_PATH = "/panel/settings/staff"
_FOLDER = "cafe/staff/templates"
_FIELDS = ("account", "role", "is_active", "allowed_ips", "hours", "password")
ROLES = {"staff": N_("Staff"), "manager": N_("Manager"), "admin": N_("Admin")}
"""What people call a role."""
_SAVED = {
    "person": N_("Saved."),
    "ended": N_("Signed out there."),
    "factor": N_("The second factor is gone. The person sets up a new one on “My account”."),
    "rights": N_("Saved. It holds from the next click of this person on."),
}


class PageIn(msgspec.Struct):
    """`saved` tells which form was just stored."""

    saved: str = ""


class HireForm(msgspec.Struct):
    """A person to add; an empty password is made by the server."""

    account: Account = ""
    role: Role = "staff"
    password: Password = ""
    allowed_ips: Addresses = ""
    hours: Hours = ""
    key: str = ""


class PersonForm(msgspec.Struct):
    """A person as the form has him. `shown` is what it showed, as JSON: what still stands there is
    not written, so that who changes one field undoes nobody's change of another."""

    account: Account = ""
    role: Role = "staff"
    is_active: bool = False
    allowed_ips: Addresses = ""
    hours: Hours = ""
    shown: Annotated[str, Meta(max_length=5000)] = "{}"


class RightsForm(msgspec.Struct):
    """The rights that are ticked, and those that were when the form was shown."""

    right: list[str] = []
    was: list[str] = []


class EndForm(msgspec.Struct):
    """The sign-in to end; empty = all."""

    sign_in: Annotated[str, Meta(max_length=40)] = ""


class KeyIn(msgspec.Struct):
    """The key of a form."""

    key: str = ""


@routes.get(_PATH, right="staff.view", summary="Who works here")
async def people(call: CafeCall) -> Reply:
    """Everybody who works or has worked here."""
    found = await call.read(everybody, call.center.id)
    return call.html(f"{_FOLDER}/people.html", people=found, roles=ROLES)


@routes.get(f"{_PATH}/new", right="staff.edit", summary="Form: add a person")
async def hire_page(call: CafeCall) -> Reply:
    """The empty form."""
    return _hire_form(call, HireForm())


@routes.post(f"{_PATH}/new", right="staff.edit", summary="Add a person")
async def hire_person(call: CafeCall, data: HireForm) -> Reply:
    """Add him once per form and show his password this once, or the form with the reasons."""
    chosen, made = data.password, ""
    if not chosen:
        chosen = made = made_password()
    try:
        check_chosen(chosen)
        new = NewPerson(
            center_id=call.center.id,
            actor=call.actor,
            account=data.account,
            role=data.role,
            password_hash=await make_hash(chosen),
            password=made,
            allowed_ips=data.allowed_ips,
            hours=data.hours,
        )
        hired = await call.do(
            hire, new, hired_out, HiredOut, key=data.key or None, hide=without_password
        )
    except AppError as error:
        return _hire_form(call, data, error)
    return _password_shown(call, hired, is_new=True)


@routes.get(f"{_PATH}/{{staff_id}}", right="staff.view", summary="A person")
async def person_page(call: CafeCall, data: PageIn) -> Reply:
    """What he is and may do; what differs from the role says so."""
    return await _shown(call, await _person(call), saved=data.saved)


@routes.post(f"{_PATH}/{{staff_id}}", right="staff.edit", summary="Change a person")
async def save_person(call: CafeCall, data: PersonForm) -> Reply:
    """Lead to the page of what holds now, or show the form with the reasons."""
    person = await _person(call)
    try:
        shown = msgspec.json.decode(data.shown, type=dict[str, Any])
    except msgspec.DecodeError:
        shown = {}
    given = {name: getattr(data, name) for name in _FIELDS[:-1]}
    changed = {name: value for name, value in given.items() if shown.get(name) != value}
    change = PersonChange(
        center_id=call.center.id, staff_id=person.staff_id, actor=call.actor, **changed
    )
    try:
        await call.run(change_person, change)
    except AppError as error:
        return await _shown(call, person, form=data, error=error)
    return _saved(person.staff_id, "person")


@routes.post(f"{_PATH}/{{staff_id}}/rights", right="staff.edit", summary="Set a person's rights")
async def save_rights(call: CafeCall, data: RightsForm) -> Reply:
    """Lead to the page of what holds now, or show the form with the reason and what was ticked."""
    person = await _person(call)
    if not SHOWN.issuperset(data.right):
        raise InvalidInput({"right": say("must be one of the rights of this form")})
    ticked, was = frozenset(data.right), frozenset(data.was) or person.rights & SHOWN
    wanted = (person.rights | (ticked - was)) - (was - ticked)
    change = PersonChange(
        center_id=call.center.id,
        staff_id=person.staff_id,
        actor=call.actor,
        granted=sorted((wanted & SHOWN) - person.template),
        withheld=sorted(SHOWN & person.template - wanted),
    )
    try:
        await call.run(change_person, change)
    except AppError as error:
        return await _shown(call, person, ticked=ticked, error=error)
    return _saved(person.staff_id, "rights")


@routes.post(f"{_PATH}/{{staff_id}}/password", right="staff.edit", summary="Give a new password")
async def new_password(call: CafeCall, data: KeyIn) -> Reply:
    """Make one, once per form, and show it this once."""
    person = await _person(call)
    made = made_password()
    try:
        new = NewPassword(
            center_id=call.center.id,
            staff_id=person.staff_id,
            actor=call.actor,
            password_hash=await make_hash(made),
            password=made,
        )
        given = await call.do(
            give_password, new, hired_out, HiredOut, key=data.key or None, hide=without_password
        )
    except AppError as error:
        return await _shown(call, person, error=error)
    return _password_shown(call, given)


@routes.post(
    f"{_PATH}/{{staff_id}}/sign-ins/end", right="staff.edit", summary="End sign-ins of a person"
)
async def end_sign_ins_of(call: CafeCall, data: EndForm) -> Reply:
    """Lead to the page of what holds now, or show it with the reason."""
    person = await _person(call)
    cmd = EndSignIns(
        center_id=call.center.id,
        staff_id=person.staff_id,
        actor=call.actor,
        sign_in_id=data.sign_in,
    )
    try:
        await call.run(end_sign_ins, cmd)
    except AppError as error:
        return await _shown(call, person, error=error)
    return _saved(person.staff_id, "ended")


@routes.post(
    f"{_PATH}/{{staff_id}}/second-factor", right="staff.edit", summary="Take a second factor away"
)
async def take_second_factor(call: CafeCall) -> Reply:
    """From somebody who lost it."""
    person = await _person(call)
    try:
        reset = FactorReset(call.center.id, person.staff_id, call.actor)
        await call.run(reset_second_factor, reset)
    except AppError as error:
        return await _shown(call, person, error=error)
    return _saved(person.staff_id, "factor")


async def _person(call: CafeCall) -> Person:
    wanted = (call.center.id, id_in_path(call.path["staff_id"], say("Staff not found")))
    person = await call.read(find_person, wanted)
    if person is None:
        raise NotFound(say("There is no page at this address."))
    return person


def _saved(staff_id: int, what: str) -> Reply:
    return Reply().with_header("hx-redirect", f"{_PATH}/{staff_id}?saved={what}")


def _hire_form(call: CafeCall, data: HireForm, error: AppError | None = None) -> Reply:
    errors, problem = errors_in_form(error, call.view.language, _FIELDS)
    return call.html(
        f"{_FOLDER}/new.html",
        status=200 if error is None else error.status,
        form=data,
        roles=_role_choices(call),
        errors=errors,
        problem=problem,
    )


def _password_shown(call: CafeCall, given: HiredOut, *, is_new: bool = False) -> Reply:
    return call.html(f"{_FOLDER}/password_shown.html", given=given, is_new=is_new)


async def _shown(
    call: CafeCall,
    person: Person,
    *,
    form: PersonForm | None = None,
    ticked: frozenset[str] | None = None,
    error: AppError | None = None,
    saved: str = "",
) -> Reply:
    errors, problem = errors_in_form(error, call.view.language, _FIELDS)
    may_edit = call.actor.may("staff.edit")
    is_own = is_self(call.actor, person.staff_id)
    may_edit_person = may_edit and not is_own and person.rights <= call.actor.rights
    sign_ins = (
        await call.read(signed_in, (call.center.id, person.staff_id)) if may_edit_person else []
    )
    kept = {name: getattr(person, name) for name in _FIELDS[:-1]}
    return call.html(
        f"{_FOLDER}/person.html",
        status=200 if error is None else error.status,
        person=person,
        form=form or person,
        shown=form.shown if form else msgspec.json.encode(kept).decode(),
        roles=_role_choices(call),
        role=ROLES[person.role],
        sections=SECTIONS,
        ticked=person.rights if ticked is None else ticked,
        is_own=is_own,
        may_edit_rights=may_edit and not is_own,
        may_edit_person=may_edit_person,
        sign_ins=sign_ins,
        own=call.actor.rights,
        errors=errors,
        problem=problem,
        toast=_in_words(call, _SAVED[saved]) if saved in _SAVED else "",
    )


def _role_choices(call: CafeCall) -> list[tuple[str, str]]:
    return [(role, _in_words(call, name)) for role, name in ROLES.items()]


def _in_words(call: CafeCall, text: str) -> str:
    return i18n.translations(call.view.language).gettext(text)
