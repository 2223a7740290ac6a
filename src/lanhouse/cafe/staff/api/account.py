"""One's own account on the native API."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from lanhouse.auth.passwords import check_chosen
from lanhouse.cafe.centers.call import CafeCall, NativeRoutes
from lanhouse.cafe.staff.commands.second_factor import (
    confirm_second_factor,
    end_second_factor,
    renew_recovery_codes,
    without_codes,
)
from lanhouse.cafe.staff.commands.sign_ins import EndSignIns, end_sign_ins
from lanhouse.cafe.staff.queries import find_person, signed_in
from lanhouse.cafe.staff.sign_in import change_password
from lanhouse.cafe.staff.sign_in.factors import begin_enrolment, with_own_factor
from lanhouse.cafe.staff.wire import (
    EndedOut,
    EnrolmentOut,
    Password,
    PersonOut,
    RecoveryCodesOut,
    SignInOut,
    person_out,
    sign_in_out,
)
from lanhouse.kit.errors import NotFound
from lanhouse.kit.inputs import means
from lanhouse.kit.said import say
from lanhouse.web.replies import Nothing, Written

native = NativeRoutes("Own account")
Code = Annotated[str, Meta(max_length=40)]


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


@native.get("/account/sign-ins", right="account.self", summary="Where I am signed in")
async def sign_ins(call: CafeCall) -> list[SignInOut]:
    """The newest first; none for an API key."""
    wanted = (call.center.id, call.actor.staff_id)
    found = await call.read(signed_in, wanted, call.actor.token_hash)
    return [sign_in_out(each, call.center.zone) for each in found]


@native.delete("/account/sign-ins", right="account.self", summary="End my other sign-ins")
async def delete_sign_ins(call: CafeCall) -> Written[EndedOut]:
    """All but the one that calls."""
    return await call.write(end_sign_ins, _own(call), EndedOut)


@native.delete(
    "/account/sign-ins/{sign_in_id}", right="account.self", summary="End one of my sign-ins"
)
async def delete_sign_in(call: CafeCall) -> Written[EndedOut]:
    """404 when it has ended already."""
    return await call.write(end_sign_ins, _own(call, call.path["sign_in_id"]), EndedOut)


class EnrolIn(Struct):
    """The password of the person who calls."""

    password: Annotated[Password, means("old_password")]


class CodeIn(Struct):
    """A code of six digits from the app or, where the second factor is on, a recovery code."""

    code: Code


@native.post("/account/second-factor", right="account.self", summary="Set up my second factor")
async def post_second_factor(call: CafeCall, data: EnrolIn) -> EnrolmentOut:
    """The secret for the app, which counts once a code of it is sent (PUT). 422 while it is on."""
    with call.naming():
        made = await begin_enrolment(call, data.password)
    return EnrolmentOut(secret=made.secret, uri=made.uri)


@native.put("/account/second-factor", right="account.self", summary="Switch my second factor on")
async def put_second_factor(call: CafeCall, data: CodeIn) -> Written[RecoveryCodesOut]:
    """The recovery codes, shown this once. All other sign-ins of the person end."""
    return await with_own_factor(
        call,
        data.code,
        lambda cmd: call.write(confirm_second_factor, cmd, RecoveryCodesOut, hide=without_codes),
        new_codes=True,
    )


@native.post(
    "/account/second-factor/recovery-codes",
    right="account.self",
    summary="New recovery codes for me",
)
async def post_recovery_codes(call: CafeCall, data: CodeIn) -> Written[RecoveryCodesOut]:
    """Shown this once; the ones of before count no longer."""
    return await with_own_factor(
        call,
        data.code,
        lambda cmd: call.write(renew_recovery_codes, cmd, RecoveryCodesOut, hide=without_codes),
        new_codes=True,
    )


@native.delete(
    "/account/second-factor", right="account.self", summary="Switch my second factor off"
)
async def delete_second_factor(call: CafeCall, data: CodeIn) -> Nothing:
    """With a code of it as the proof."""
    await with_own_factor(call, data.code, lambda cmd: call.run(end_second_factor, cmd))
    return Nothing()


def _own(call: CafeCall, sign_in_id: str = "") -> EndSignIns:
    return EndSignIns(
        center_id=call.center.id,
        staff_id=call.actor.staff_id,
        actor=call.actor,
        sign_in_id=sign_in_id,
    )
