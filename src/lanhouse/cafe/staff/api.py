"""Staff on the wire: signing in for a bearer token, and the list of staff."""

from __future__ import annotations

from typing import Annotated

import msgspec

from lanhouse.auth.tokens import end_token
from lanhouse.cafe.centers.call import CafeCall, CafeRoutes, NativeRoutes
from lanhouse.cafe.staff.commands.rights import RightsChange, change_rights
from lanhouse.cafe.staff.queries import rights_of_everybody, rights_of_staff, staff_of_center
from lanhouse.cafe.staff.sign_in import sign_in_staff, staff_account
from lanhouse.cafe.staff.wire import (
    PersonRightsOut,
    SignedOutOut,
    StaffRow,
    TokenOut,
    person_rights,
    staff_row,
)
from lanhouse.kit.errors import NotFound
from lanhouse.kit.inputs import id_in_path
from lanhouse.kit.limits import WEB_SESSION_SECONDS
from lanhouse.kit.said import say
from lanhouse.web.call import Call
from lanhouse.web.replies import Written
from lanhouse.web.sign_in import attempt_of

routes = CafeRoutes("Staffs")
native = NativeRoutes("Staff")


class SignInIn(msgspec.Struct):
    """`cafe_id` is the centre's number."""

    cafe_id: int
    account: str
    password: Annotated[str, msgspec.Meta(max_length=1024)]


@native.post("/auth/staff-login", public=True, summary="A bearer token for a staff account")
async def staff_login(call: Call, data: SignInIn) -> TokenOut:
    """The token is shown this once; it ends after expires_in_seconds or at sign-out."""
    attempt = attempt_of(call, data.cafe_id, staff_account(data.account))
    token = await sign_in_staff(call, attempt, data.account, data.password, use="bearer")
    return TokenOut(token, WEB_SESSION_SECONDS)


@native.post("/auth/logout", right="account.self", summary="End this bearer token")
async def logout(call: CafeCall) -> SignedOutOut:
    """The token counts no longer. An API key is not ended this way."""
    await call.run(end_token, call.actor.token_hash)
    return SignedOutOut(ended=call.actor.kind == "staff")


@routes.get("/staffs", right="staff.view", summary="Who works here", source="seed: Staffs")
async def staffs(call: CafeCall) -> list[StaffRow]:
    """By id; never anything about passwords."""
    return [staff_row(row) for row in await call.read(staff_of_center, call.center.id)]


class RightsIn(msgspec.Struct):
    """All that is granted beyond the role, and all that is withheld of it; empty = as the role."""

    granted: list[str] = []
    withheld: list[str] = []


@native.get("/staff", right="staff.view", summary="Staff and their rights")
async def native_staff(call: CafeCall) -> list[PersonRightsOut]:
    """Everybody who works in the centre, by id; never anything about passwords."""
    return [
        person_rights(person) for person in await call.read(rights_of_everybody, call.center.id)
    ]


@native.get("/staff/{staff_id}/rights", right="staff.view", summary="A person's rights")
async def native_rights(call: CafeCall) -> PersonRightsOut:
    """The person, or 404."""
    wanted = (call.center.id, id_in_path(call.path["staff_id"], say("Staff not found")))
    person = await call.point(rights_of_staff, wanted)
    if person is None:
        raise NotFound(say("Staff not found"))
    return person_rights(person)


@native.put("/staff/{staff_id}/rights", right="staff.edit", summary="Set a person's rights")
async def put_rights(call: CafeCall, data: RightsIn) -> Written[PersonRightsOut]:
    """Answers the person as above; it holds from the next call on.

    403 for giving or taking a right that the caller has not. One's own stay as they are, and so do
    those of the last active Admin who has every right (422).
    """
    change = RightsChange(
        center_id=call.center.id,
        staff_id=id_in_path(call.path["staff_id"], say("Staff not found")),
        actor=call.actor,
        granted=data.granted,
        withheld=data.withheld,
    )
    return await call.write(change_rights, change, person_rights)
