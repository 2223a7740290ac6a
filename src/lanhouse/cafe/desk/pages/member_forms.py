"""The forms of the panel that open an account, change one, and make a member of a guest."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from lanhouse.auth.passwords import make_hash
from lanhouse.cafe.centers.call import CafeCall, PanelRoutes
from lanhouse.cafe.desk.pages.member_card import CARD, FOLDER, Kept, member_id_of, to_card
from lanhouse.cafe.groups.queries import member_groups_of
from lanhouse.cafe.groups.schemas import DEFAULT_GROUP
from lanhouse.cafe.members.commands.changing import MemberChange, change_members
from lanhouse.cafe.members.errors import MemberNotFound
from lanhouse.cafe.members.queries import member_by_id
from lanhouse.cafe.members.rules import (
    birthday_text,
    default_expiry,
    expiry_of,
    expiry_text,
    masked,
    masked_birthday,
    required_columns,
)
from lanhouse.cafe.registration.commands import (
    ConvertGuest,
    Deposit,
    NewMember,
    Opened,
    Personal,
    convert_to_member,
    create_member,
)
from lanhouse.db.statements import Row
from lanhouse.db.store import Tx
from lanhouse.kit import clock
from lanhouse.kit.errors import AppError, InvalidInput, NotFound
from lanhouse.kit.inputs import Amount, Line, Secret, decode
from lanhouse.kit.said import say
from lanhouse.web.pages.refusals import errors_in_form
from lanhouse.web.replies import Reply

routes = PanelRoutes("Member forms")
_TEXTS = ("first_name", "last_name", "phone", "email", "address", "comments")
_FIELDS = (
    *("account", "password", "group_id", "expires", "birthday", "id_card", "sex", "balance"),
    *_TEXTS,
)


class MemberForm(msgspec.Struct):
    """The fields as a browser sends them; `identity` says that birthday and identity number were
    among them. `version` is the row's when the form was made."""

    account: Annotated[Line, Meta(max_length=50)] = ""
    password: Annotated[Secret, Meta(max_length=128)] = ""
    group_id: int = DEFAULT_GROUP
    expires: Annotated[Line, Meta(max_length=10)] = ""
    is_active: bool = False
    first_name: Annotated[Line, Meta(max_length=50)] = ""
    last_name: Annotated[Line, Meta(max_length=50)] = ""
    phone: Annotated[Line, Meta(max_length=30)] = ""
    email: Annotated[Line, Meta(max_length=100)] = ""
    birthday: Annotated[Line, Meta(max_length=10)] = ""
    id_card: Annotated[Line, Meta(max_length=50)] = ""
    address: Annotated[str, Meta(max_length=200)] = ""
    sex: Literal[0, 1, 2] = 0
    comments: Annotated[str, Meta(max_length=1000)] = ""
    balance: Annotated[str, Meta(max_length=20)] = ""
    payment: Literal["cash", "card", "qr"] = "cash"
    identity: bool = False
    version: int = 0
    key: str = ""


class IdentityIn(msgspec.Struct):
    """Whether the form shall show what is masked."""

    identity: bool = False


class _Sum(msgspec.Struct):
    balance: Amount = 0


class _Day(msgspec.Struct):
    birthday: date | None = None
    expires: date | None = None


@routes.get("/panel/members/add", right="members.edit", summary="Form: a new member")
async def add_page(call: CafeCall) -> Reply:
    """The empty form, with the usual end and group."""
    today = clock.now().astimezone(call.center.zone).date()
    form = MemberForm(
        group_id=call.center.settings.member.default_member_group,
        expires=default_expiry(today).date().isoformat(),
        is_active=True,
        identity=True,
    )
    return await _form(call, "add", form, None)


@routes.post("/panel/members/add", right="members.edit", summary="Open a member's account")
async def add(call: CafeCall, data: MemberForm) -> Reply:
    """Open it once per form, or show the form again with the reasons."""
    try:
        new = NewMember(
            center=call.center,
            actor=call.actor,
            account=data.account,
            password_hash=await _new_password(data),
            personal=_personal(data),
            group_id=data.group_id,
            is_active=data.is_active,
            expires_at=_expires(call, data),
            deposit=Deposit(
                decode(_Sum, {"balance": data.balance or "0"}).balance, 0, data.payment
            ),
        )
        made = await call.do(create_member, new, _kept, Kept, key=data.key or None)
    except AppError as error:
        return await _form(call, "add", data, None, error)
    return Reply().with_header("hx-redirect", f"{CARD.format(member_id=made.id)}?done=added")


@routes.get(f"{CARD}/edit", right="members.edit", summary="Form: change a member")
async def edit_page(call: CafeCall, data: IdentityIn) -> Reply:
    """The fields as they are; what is masked only for who may look at it, and written down."""
    row = await _row(call)
    if data.identity:
        call.actor.require("members.identity")
        await call.run(_note_form, row)
    return await _form(call, "edit", _form_of(call, row, identity=data.identity), row)


def _note_form(tx: Tx, row: Row) -> None:
    """Say in the audit log that somebody looks at what is masked, to change it."""
    tx.audit("member", row.id, after={"identity": "looked at"})


@routes.post(f"{CARD}/edit", right="members.edit", summary="Change a member")
async def edit(call: CafeCall, data: MemberForm) -> Reply:
    """Write what the form changed; a member whom somebody else changed meanwhile stays as he is."""
    row = await _row(call)
    try:
        values = await _changes(call, data, row)
        change = MemberChange(
            center=call.center,
            actor=call.actor,
            member_ids=[row.id],
            values=values,
            version=data.version,
        )
        await call.run(change_members, change)
    except NotFound:
        raise
    except AppError as error:
        return await _form(call, "edit", data, row, error)
    return to_card(call, "saved")


@routes.get(f"{CARD}/convert", right="members.edit", summary="Form: make a member of a guest")
async def convert_page(call: CafeCall) -> Reply:
    """The fields of a new member; his money is there already."""
    row = await _row(call)
    today = clock.now().astimezone(call.center.zone).date()
    form = MemberForm(
        group_id=call.center.settings.member.default_member_group,
        expires=default_expiry(today).date().isoformat(),
        is_active=True,
        identity=True,
    )
    return await _form(call, "convert", form, row)


@routes.post(f"{CARD}/convert", right="members.edit", summary="Make a member of a guest")
async def convert(call: CafeCall, data: MemberForm) -> Reply:
    """The number stays, and with it money, packages and history."""
    row = await _row(call)
    try:
        cmd = ConvertGuest(
            center=call.center,
            actor=call.actor,
            guest_id=row.id,
            account=data.account,
            password_hash=await _new_password(data),
            personal=_personal(data),
            group_id=data.group_id,
            expires_at=_expires(call, data),
        )
        await call.do(convert_to_member, cmd, _kept, Kept, key=data.key or None)
    except NotFound:
        raise
    except AppError as error:
        return await _form(call, "convert", data, row, error)
    return to_card(call, "converted")


def _kept(opened: Opened) -> Kept:
    return Kept(opened.member_id)


async def _row(call: CafeCall) -> Row:
    row = await call.read(member_by_id, call.center.id, member_id_of(call))
    if row is None:
        raise MemberNotFound
    return row


async def _new_password(data: MemberForm) -> str:
    if not data.password:
        raise InvalidInput({"password": say("is required")})
    return await make_hash(data.password)


def _expires(call: CafeCall, data: MemberForm) -> datetime | None:
    day = decode(_Day, {"expires": data.expires}).expires
    return None if day is None else expiry_of(datetime.combine(day, time()), call.center.zone)


def _birthday(data: MemberForm) -> date | None:
    return decode(_Day, {"birthday": data.birthday}).birthday


def _email(data: MemberForm) -> str:
    if data.email and data.email.count("@") != 1:
        raise InvalidInput({"email": say("must be an e-mail address")})
    return data.email


def _personal(data: MemberForm) -> Personal:
    texts = {name: getattr(data, name) for name in _TEXTS} | {"email": _email(data)}
    return Personal(birthday=_birthday(data), id_card=data.id_card, sex=data.sex, **texts)


def _form_of(call: CafeCall, row: Row, *, identity: bool) -> MemberForm:
    expires = "" if row.expires_at is None else expiry_text(row.expires_at, call.center.zone)
    return MemberForm(
        account=row.account,
        group_id=row.group_id,
        expires=expires[:10],
        is_active=row.is_active,
        birthday=(row.birthday or "") if identity else "",
        id_card=row.id_card if identity else "",
        sex=row.sex,
        identity=identity,
        version=row.version,
        **{name: getattr(row, name) for name in _TEXTS},
    )


async def _changes(call: CafeCall, data: MemberForm, row: Row) -> dict[str, Any]:
    """The columns that the form sets to something else than the row has."""
    shown = _form_of(call, row, identity=True)
    values: dict[str, Any] = {name: getattr(data, name) for name in (*_TEXTS, "sex", "is_active")}
    values |= {"account": data.account, "group_id": data.group_id, "email": _email(data)}
    if data.identity:
        values |= {"birthday": birthday_text(_birthday(data)), "id_card": data.id_card}
    values = {name: value for name, value in values.items() if getattr(row, name) != value}
    if data.expires != shown.expires:
        values["expires_at"] = _expires(call, data)
    if data.password:
        values["password_hash"] = await make_hash(data.password)
    return values


async def _form(
    call: CafeCall, kind: str, form: MemberForm, row: Row | None, error: AppError | None = None
) -> Reply:
    errors, problem = errors_in_form(error, call.view.language, (*_FIELDS, "expires_at"))
    errors["expires"] = errors["expires"] or errors.pop("expires_at")
    groups = await call.read(member_groups_of, call.center.id)
    path = "/panel/members" if row is None else CARD.format(member_id=row.id)
    required = {
        "expires" if name == "expires_at" else name for name in required_columns(call.center)
    }
    return call.html(
        f"{FOLDER}/form.html",
        status=200 if error is None else error.status,
        kind=kind,
        form={name: getattr(form, name) for name in MemberForm.__struct_fields__},
        errors=errors,
        problem=problem,
        groups=[(group.id, group.name) for group in groups],
        required=required,
        whom="" if row is None else row.account,
        to=f"{path}/{kind}",
        back=path,
        is_masked=kind == "edit" and not form.identity,
        masks=""
        if row is None
        else f"{masked_birthday(row.birthday)} {masked(row.id_card)}".strip(),
    )
