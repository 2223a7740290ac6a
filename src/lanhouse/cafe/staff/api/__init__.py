"""Staff on the wire: signing in for a bearer token, and who works in the centre."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import UNSET, UnsetType

from lanhouse.auth.passwords import check_chosen, made_password, make_hash
from lanhouse.auth.tokens import end_token
from lanhouse.cafe.centers.call import CafeCall, CafeRoutes, NativeRoutes
from lanhouse.cafe.staff.commands import CodeNeeded
from lanhouse.cafe.staff.commands.passwords import NewPassword, give_password, without_password
from lanhouse.cafe.staff.commands.people import change_person, hire, must_reach
from lanhouse.cafe.staff.commands.second_factor import FactorReset, reset_second_factor
from lanhouse.cafe.staff.commands.sign_ins import EndSignIns, end_sign_ins
from lanhouse.cafe.staff.queries import everybody, find_person, signed_in, staff_of_center
from lanhouse.cafe.staff.schemas import NewPerson, PersonChange
from lanhouse.cafe.staff.sign_in import finish_sign_in, staff_account, start_sign_in
from lanhouse.cafe.staff.wire import (
    Account,
    Addresses,
    EndedOut,
    HiredOut,
    Hours,
    Password,
    PersonOut,
    Role,
    SignedOutOut,
    SignInOut,
    StaffRow,
    TokenOut,
    hired_out,
    person_out,
    sign_in_out,
    staff_row,
)
from lanhouse.kit.errors import NotFound
from lanhouse.kit.inputs import id_in_path
from lanhouse.kit.limits import WEB_SESSION_SECONDS
from lanhouse.kit.said import say
from lanhouse.web.call import Call
from lanhouse.web.replies import Nothing, Written, nothing
from lanhouse.web.sign_in import attempt_of

routes = CafeRoutes("Staffs")
native = NativeRoutes("Staff")


class SignInIn(msgspec.Struct):
    """`cafe_id` is the centre's number; `code` is for accounts that have a second factor: one of
    the app or, once each, a recovery code."""

    cafe_id: int
    account: str
    password: Password
    code: Annotated[str, msgspec.Meta(max_length=40)] = ""


@native.post("/auth/staff-login", public=True, summary="A bearer token for a staff account")
async def staff_login(call: Call, data: SignInIn) -> TokenOut:
    """The token is shown this once; it ends after expires_in_seconds or at sign-out.

    401 CODE_NEEDED when the password is right and the account has a second factor.
    """
    attempt = attempt_of(call, data.cafe_id, staff_account(data.account))
    started = await start_sign_in(call, attempt, data.account, data.password, use="bearer")
    if not started.needs_code:
        return TokenOut(started.secret, WEB_SESSION_SECONDS)
    if not data.code:
        raise CodeNeeded
    finished = await finish_sign_in(call, started.secret, data.code, use="bearer")
    return TokenOut(finished.secret, WEB_SESSION_SECONDS)


@native.post("/auth/logout", right="account.self", summary="End this bearer token")
async def logout(call: CafeCall) -> SignedOutOut:
    """The token counts no longer. An API key is not ended this way."""
    await call.run(end_token, call.actor.token_hash)
    return SignedOutOut(ended=call.actor.kind == "staff")


@routes.get("/staffs", right="staff.view", summary="Who works here", source="seed: Staffs")
async def staffs(call: CafeCall) -> list[StaffRow]:
    """By id; never anything about passwords."""
    return [staff_row(row) for row in await call.read(staff_of_center, call.center.id)]


@native.get("/staff", right="staff.view", summary="Staff and their rights")
async def native_staff(call: CafeCall) -> list[PersonOut]:
    """Everybody who works or has worked in the centre, by id; never anything about passwords."""
    return [person_out(person) for person in await call.read(everybody, call.center.id)]


class HireIn(msgspec.Struct):
    """A person to add. Without a password one is made and answered; rights are named as those that
    the role does not have and he gets, and those that it has and he does not."""

    account: Account
    role: Role
    password: Password | None = None
    granted: list[str] = []
    withheld: list[str] = []
    allowed_ips: Addresses = ""
    hours: Hours = ""


@native.post("/staff", right="staff.edit", summary="Add a person")
async def hire_person(call: CafeCall, data: HireIn) -> Written[HiredOut]:
    """403 for a right that the caller has not: nobody hires somebody who may do more than he."""
    chosen, made = data.password, ""
    if chosen is None:
        chosen = made = made_password()
    check_chosen(chosen)
    new = NewPerson(
        center_id=call.center.id,
        actor=call.actor,
        account=data.account,
        role=data.role,
        password_hash=await make_hash(chosen),
        password=made,
        granted=data.granted,
        withheld=data.withheld,
        allowed_ips=data.allowed_ips,
        hours=data.hours,
    )
    return await call.write(hire, new, hired_out, hide=without_password)


@native.get("/staff/{staff_id}", right="staff.view", summary="A person")
async def native_person(call: CafeCall) -> PersonOut:
    """The person, or 404."""
    person = await call.point(find_person, (call.center.id, _staff_id(call)))
    if person is None:
        raise NotFound(say("Staff not found"))
    return person_out(person)


class PersonIn(msgspec.Struct):
    """New values; what is not sent stays. Empty `allowed_ips` and `hours` take the limit away."""

    account: Account | None = None
    role: Role | None = None
    is_active: bool | None = None
    allowed_ips: Addresses | UnsetType | None = UNSET
    hours: Hours | UnsetType | None = UNSET


@native.put("/staff/{staff_id}", right="staff.edit", summary="Change a person")
async def put_person(call: CafeCall, data: PersonIn) -> Written[PersonOut]:
    """Holds from the next call on; who is switched off is signed out everywhere.

    403 for a person who has rights that the caller has not. The last Admin stays one and keeps a
    way in from everywhere at any time: 400 by field.
    """
    change = PersonChange(
        center_id=call.center.id,
        staff_id=_staff_id(call),
        actor=call.actor,
        account=data.account,
        role=data.role,
        is_active=data.is_active,
        allowed_ips=_cleared(data.allowed_ips),
        hours=_cleared(data.hours),
    )
    return await call.write(change_person, change, person_out)


class GivePasswordIn(msgspec.Struct):
    """The new password; without one it is made and answered."""

    password: Password | None = None


@native.post("/staff/{staff_id}/password", right="staff.edit", summary="Give a new password")
async def post_password(call: CafeCall, data: GivePasswordIn) -> Written[HiredOut]:
    """The person is signed out everywhere. 403 for one who has rights that the caller has not."""
    chosen, made = data.password, ""
    if chosen is None:
        chosen = made = made_password()
    check_chosen(chosen)
    new = NewPassword(
        center_id=call.center.id,
        staff_id=_staff_id(call),
        actor=call.actor,
        password_hash=await make_hash(chosen),
        password=made,
    )
    return await call.write(give_password, new, hired_out, hide=without_password)


@native.get("/staff/{staff_id}/sign-ins", right="staff.edit", summary="Where a person is signed in")
async def get_sign_ins(call: CafeCall) -> list[SignInOut]:
    """The newest first. 403 for a person who has rights that the caller has not."""
    wanted = (call.center.id, _staff_id(call))
    person = await call.read(find_person, wanted)
    if person is None:
        raise NotFound(say("Staff not found"))
    must_reach(call.actor, person)
    found = await call.read(signed_in, wanted, call.actor.token_hash)
    return [sign_in_out(each, call.center.zone) for each in found]


@native.delete("/staff/{staff_id}/sign-ins", right="staff.edit", summary="Sign a person out")
async def delete_sign_ins(call: CafeCall) -> Written[EndedOut]:
    """Everywhere. 403 for a person who has rights that the caller has not."""
    return await call.write(end_sign_ins, _ending(call), EndedOut)


@native.delete(
    "/staff/{staff_id}/sign-ins/{sign_in_id}", right="staff.edit", summary="End one sign-in"
)
async def delete_sign_in(call: CafeCall) -> Written[EndedOut]:
    """As above; 404 when it has ended already."""
    return await call.write(end_sign_ins, _ending(call, call.path["sign_in_id"]), EndedOut)


@native.delete(
    "/staff/{staff_id}/second-factor", right="staff.edit", summary="Take a second factor away"
)
async def delete_second_factor(call: CafeCall) -> Written[Nothing]:
    """From somebody who lost it. 403 for a person who has rights that the caller has not."""
    reset = FactorReset(call.center.id, _staff_id(call), call.actor)
    return await call.write(reset_second_factor, reset, nothing)


class RightsIn(msgspec.Struct):
    """All that is granted beyond the role, and all that is withheld of it; empty = as the role."""

    granted: list[str] = []
    withheld: list[str] = []


@native.get("/staff/{staff_id}/rights", right="staff.view", summary="A person's rights")
async def native_rights(call: CafeCall) -> PersonOut:
    """The person, or 404."""
    return await native_person(call)


@native.put("/staff/{staff_id}/rights", right="staff.edit", summary="Set a person's rights")
async def put_rights(call: CafeCall, data: RightsIn) -> Written[PersonOut]:
    """Answers the person as above; it holds from the next call on.

    403 for giving or taking a right that the caller has not. One's own stay as they are, and so do
    those of the last active Admin who has every right (422).
    """
    change = PersonChange(
        center_id=call.center.id,
        staff_id=_staff_id(call),
        actor=call.actor,
        granted=data.granted,
        withheld=data.withheld,
    )
    return await call.write(change_person, change, person_out)


def _staff_id(call: CafeCall) -> int:
    return id_in_path(call.path["staff_id"], say("Staff not found"))


def _ending(call: CafeCall, sign_in_id: str = "") -> EndSignIns:
    return EndSignIns(
        center_id=call.center.id,
        staff_id=_staff_id(call),
        actor=call.actor,
        sign_in_id=sign_in_id,
    )


def _cleared(value: str | UnsetType | None) -> str | None:
    """None for what was not sent, "" for what was sent empty."""
    return None if value is UNSET else value or ""
