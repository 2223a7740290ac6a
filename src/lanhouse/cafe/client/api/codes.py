"""A lost password, set anew by a code that comes as a text message (cafe-wire, Member side)."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from lanhouse.auth.budgets import Counted
from lanhouse.auth.lockout import Attempt
from lanhouse.auth.passwords import make_hash
from lanhouse.cafe.centers.call import CafeAuthRoutes
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.client.sign_in import (
    as_nobody,
    attempt_at,
    center_named,
    counted_try,
    forgiven,
)
from lanhouse.cafe.client.wire import Name
from lanhouse.cafe.members.commands.codes import (
    AskCode,
    ResetByCode,
    TypedCode,
    WrongSmsCode,
    ask_code,
    check_code,
    code_mark,
    must_send_codes,
    new_code,
    reset_by_code,
)
from lanhouse.cafe.members.commands.own_password import check_own
from lanhouse.cafe.members.wire import check_confirmed
from lanhouse.cafe.notify.rules import checked_phone, must_have_provider
from lanhouse.kit.inputs import Line, Secret, also, means
from lanhouse.web.call import Call
from lanhouse.web.replies import Nothing

auth = CafeAuthRoutes("Member side")
_SOURCE = "cafe-wire: Member side"
_Phone = Annotated[Line, also("member_phone"), means("phone"), Meta(max_length=30)]
_Code = Annotated[Secret, also("code"), Meta(max_length=20)]
_Password = Annotated[Secret, also("new_password"), Meta(max_length=128)]


class SmsCodeIn(Struct, kw_only=True):
    """A telephone number, and whose where several members have it."""

    license_name: Name
    phone: _Phone
    member_account: Name = ""


class CheckSmsCodeIn(Struct, kw_only=True):
    """The number, and the code that came."""

    license_name: Name
    phone: _Phone
    sms_code: _Code


class ResetPasswordIn(CheckSmsCodeIn, kw_only=True):
    """And the password that is to be."""

    member_password: _Password
    member_confirm: Annotated[Secret, Meta(max_length=128)] | None = None


@auth.post("/auth/smsCode", public=True, summary="Have a code sent", source=_SOURCE)
async def sms_code(call: Call, data: SmsCodeIn) -> Nothing:
    """data {}, whether a member has this number or not. The code has six digits and counts for ten
    minutes and five tries."""
    center, phone, _, _ = await _begin(call, data.license_name, data.phone)
    code = new_code()
    known = as_nobody(call, center)
    cmd = AskCode(
        center=center,
        actor=known.actor,
        phone=phone,
        account=data.member_account.strip(),
        code=code,
        mark=code_mark(call.vault, center.id, phone, code),
    )
    await known.run(ask_code, cmd)
    return Nothing()


@auth.post("/auth/checkSmsCode", public=True, summary="Whether a code is right", source=_SOURCE)
async def check_sms_code(call: Call, data: CheckSmsCodeIn) -> Nothing:
    """data {}; it may still be used afterwards. A wrong one is one of the five tries."""
    center, phone, attempt, counted = await _begin(call, data.license_name, data.phone)
    mark = code_mark(call.vault, center.id, phone, data.sms_code)
    if not await as_nobody(call, center).run(check_code, TypedCode(center, phone, mark)):
        raise WrongSmsCode
    await forgiven(call, attempt, counted)
    return Nothing()


@auth.post("/auth/memberResetPwd", public=True, summary="Set a lost password anew", source=_SOURCE)
async def reset_password(call: Call, data: ResetPasswordIn) -> Nothing:
    """data {}. The code is used up, and whatever was signed in ends."""
    check_own("", data.member_password, "member_password")
    check_confirmed(data.member_password, data.member_confirm)
    center, phone, attempt, counted = await _begin(call, data.license_name, data.phone)
    known = as_nobody(call, center)
    mark = code_mark(call.vault, center.id, phone, data.sms_code)
    typed = TypedCode(center, phone, mark)
    # Hashing takes a moment: not for a code that is wrong.
    if not await known.run(check_code, typed):
        raise WrongSmsCode
    new_hash = await make_hash(data.member_password)
    cmd = ResetByCode(typed=typed, actor=known.actor, new_hash=new_hash)
    if not await known.run(reset_by_code, cmd):
        raise WrongSmsCode
    await forgiven(call, attempt, counted)
    return Nothing()


async def _begin(call: Call, license_name: str, typed: str) -> tuple[Center, str, Attempt, Counted]:
    """Centre and number, with the try counted before anything is looked at: who asks and who
    guesses share the count with wrong passwords."""
    center = await center_named(call, license_name)
    must_send_codes(center)
    must_have_provider(center.settings.sms_provider)
    with call.naming():
        phone = checked_phone(typed)
    attempt = attempt_at(call, center, None, f"sms:{phone}")
    return center, phone, attempt, await counted_try(call, attempt)
