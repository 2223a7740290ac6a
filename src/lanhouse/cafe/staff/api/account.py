"""One's own account on the native API."""

from __future__ import annotations

from msgspec import Struct

from lanhouse.auth.passwords import check_chosen
from lanhouse.cafe.centers.call import CafeCall, NativeRoutes
from lanhouse.cafe.staff.queries import find_person
from lanhouse.cafe.staff.sign_in import change_password
from lanhouse.cafe.staff.wire import Password, PersonOut, person_out
from lanhouse.kit.errors import NotFound
from lanhouse.kit.said import say
from lanhouse.web.replies import Nothing

native = NativeRoutes("Own account")


@native.get("/account", right="account.self", summary="Who I am and what I may do")
async def account(call: CafeCall) -> PersonOut:
    """The person whose token calls; 404 for an API key, which is nobody."""
    person = await call.point(find_person, (call.center.id, call.actor.staff_id))
    if person is None:
        raise NotFound(say("Staff not found"))
    return person_out(person)


class OwnPasswordIn(Struct):
    """The password that one has, and the one that is to be."""

    old_password: Password
    password: Password


@native.put("/account/password", right="account.self", summary="Change my password")
async def put_password(call: CafeCall, data: OwnPasswordIn) -> Nothing:
    """Every other sign-in of this person ends. Wrong old passwords count as those of a sign-in."""
    check_chosen(data.password)
    await change_password(call, data.old_password, data.password)
    return Nothing()
