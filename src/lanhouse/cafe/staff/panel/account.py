"""The page of one's own account, for everybody who works here."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from lanhouse.auth.passwords import check_chosen
from lanhouse.cafe.centers.call import CafeCall, PanelRoutes
from lanhouse.cafe.staff.commands.second_factor import (
    confirm_second_factor,
    end_second_factor,
    renew_recovery_codes,
    without_codes,
)
from lanhouse.cafe.staff.commands.sign_ins import EndSignIns, end_sign_ins
from lanhouse.cafe.staff.plans import pin_of
from lanhouse.cafe.staff.queries import find_person, second_factor_of, signed_in
from lanhouse.cafe.staff.rules import may_use_pin
from lanhouse.cafe.staff.sign_in import change_password
from lanhouse.cafe.staff.sign_in.factors import (
    Enrolment,
    begin_enrolment,
    enrolment_again,
    picture_of,
    with_own_factor,
)
from lanhouse.cafe.staff.sign_in.switching import change_pin
from lanhouse.cafe.staff.wire import Password, RecoveryCodesOut
from lanhouse.kit.errors import AppError, InvalidInput
from lanhouse.kit.inputs import Secret, means
from lanhouse.kit.limits import PIN_FAILURES_MAX
from lanhouse.kit.said import say
from lanhouse.web import i18n
from lanhouse.web.i18n import N_
from lanhouse.web.pages.refusals import errors_in_form
from lanhouse.web.replies import Reply

routes = PanelRoutes("Own account")
_PATH = "/panel/account"
_PAGE = "cafe/staff/templates/account.html"
_FIELDS = ("old_password", "password", "own_password", "code", "pin", "pin_password")
_SAVED = {
    "password": N_("Your password is new. You are signed out everywhere else."),
    "off": N_("The second factor is off."),
    "ended": N_("Signed out there."),
    "pin": N_("Your PIN is set."),
    "no_pin": N_("You have no PIN any more."),
}


class PageIn(msgspec.Struct):
    """`saved` tells which form was just stored."""

    saved: str = ""


class PasswordForm(msgspec.Struct):
    """The password that one has, and the one that is to be."""

    old_password: Password = ""
    password: Password = ""


class PinForm(msgspec.Struct):
    """A PIN with the password as the proof; `act` "off" takes it away."""

    pin_password: Annotated[Password, means("old_password")] = ""
    pin: Annotated[Secret, Meta(max_length=40)] = ""
    act: str = ""


class EnrolForm(msgspec.Struct):
    """The password of who asks."""

    own_password: Annotated[Password, means("old_password")] = ""


class CodeForm(msgspec.Struct):
    """A code; and of a second factor that is on, what is to be done with it: off or renew."""

    code: Annotated[str, Meta(max_length=40)] = ""
    act: str = ""
    key: str = ""


class EndForm(msgspec.Struct):
    """The sign-in to end; empty = all others."""

    sign_in: Annotated[str, Meta(max_length=40)] = ""


@routes.get(_PATH, right="account.self", summary="My account")
async def account_page(call: CafeCall, data: PageIn) -> Reply:
    """Who one is, how one signs in, and where one is signed in."""
    return await _shown(call, saved=data.saved)


@routes.post(f"{_PATH}/password", right="account.self", summary="Change my password")
async def save_password(call: CafeCall, data: PasswordForm) -> Reply:
    """Lead to the page again, or show the form with the reason."""
    try:
        check_chosen(data.password)
        await change_password(call, data.old_password, data.password)
    except AppError as error:
        return await _shown(call, error=error)
    return _done("password")


@routes.post(f"{_PATH}/pin", right="account.self", summary="Set my PIN, or take it away")
async def save_pin(call: CafeCall, data: PinForm) -> Reply:
    """Lead to the page again, or show the form with the reason."""
    is_off = data.act == "off"
    try:
        with call.naming():
            if not data.pin and not is_off:
                raise InvalidInput({"pin": say("is required")})
            await change_pin(call, data.pin_password, "" if is_off else data.pin)
    except AppError as error:
        return await _shown(call, error=error)
    return _done("no_pin" if is_off else "pin")


@routes.post(f"{_PATH}/sign-ins/end", right="account.self", summary="End sign-ins of mine")
async def end(call: CafeCall, data: EndForm) -> Reply:
    """Lead to the page again; a sign-in that has ended meanwhile is no matter."""
    cmd = EndSignIns(
        center_id=call.center.id,
        staff_id=call.actor.staff_id,
        actor=call.actor,
        sign_in_id=data.sign_in,
    )
    try:
        await call.run(end_sign_ins, cmd)
    except AppError as error:
        return await _shown(call, error=error)
    return _done("ended")


@routes.post(
    f"{_PATH}/second-factor/begin", right="account.self", summary="Set up my second factor"
)
async def begin(call: CafeCall, data: EnrolForm) -> Reply:
    """Show the secret for the app, or the form with the reason."""
    try:
        with call.naming():
            made = await begin_enrolment(call, data.own_password)
    except AppError as error:
        return await _shown(call, error=error)
    return await _shown(call, enrolment=made)


@routes.post(
    f"{_PATH}/second-factor/confirm", right="account.self", summary="Switch my second factor on"
)
async def confirm(call: CafeCall, data: CodeForm) -> Reply:
    """Show the recovery codes this once, or the secret again with the reason."""
    try:
        made = await with_own_factor(
            call,
            data.code,
            lambda cmd: call.do(
                confirm_second_factor,
                cmd,
                RecoveryCodesOut,
                RecoveryCodesOut,
                key=data.key or None,
                hide=without_codes,
            ),
            new_codes=True,
        )
    except AppError as error:
        return await _shown(call, error=error, enrolment=await enrolment_again(call))
    return await _shown(call, new_codes=made.recovery_codes)


@routes.post(
    f"{_PATH}/second-factor", right="account.self", summary="Switch my second factor off, or renew"
)
async def change(call: CafeCall, data: CodeForm) -> Reply:
    """With a code as the proof: switch it off, or show new recovery codes this once."""
    try:
        if data.act == "off":
            await with_own_factor(call, data.code, lambda cmd: call.run(end_second_factor, cmd))
            return _done("off")
        made = await with_own_factor(
            call,
            data.code,
            lambda cmd: call.do(
                renew_recovery_codes,
                cmd,
                RecoveryCodesOut,
                RecoveryCodesOut,
                key=data.key or None,
                hide=without_codes,
            ),
            new_codes=True,
        )
    except AppError as error:
        return await _shown(call, error=error)
    return await _shown(call, new_codes=made.recovery_codes)


def _done(what: str) -> Reply:
    return Reply().with_header("hx-redirect", f"{_PATH}?saved={what}")


async def _shown(
    call: CafeCall,
    *,
    error: AppError | None = None,
    saved: str = "",
    enrolment: Enrolment | None = None,
    new_codes: list[str] | None = None,
) -> Reply:
    errors, problem = errors_in_form(error, call.view.language, _FIELDS)
    gettext = i18n.translations(call.view.language).gettext
    wanted = (call.center.id, call.actor.staff_id)
    factor = await call.read(second_factor_of, *wanted)
    person = await call.read(find_person, wanted)
    pin = await call.read(pin_of, *wanted)
    return call.html(
        _PAGE,
        status=200 if error is None else error.status,
        person=person,
        may_use_pin=person is not None and may_use_pin(person),
        pin=pin,
        is_pin_locked=pin is not None and pin.failures >= PIN_FAILURES_MAX,
        codes_left=len(factor.recovery_hashes) if factor is not None else 0,
        sign_ins=await call.read(signed_in, wanted, call.actor.token_hash),
        enrolment=enrolment,
        picture=picture_of(enrolment) if enrolment else "",
        new_codes=new_codes or [],
        errors=errors,
        problem=problem,
        toast=gettext(_SAVED[saved]) if saved in _SAVED else "",
    )
