"""A lost password, set anew by a code that comes as a text message (cafe-wire, Member side)."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from lanhouse.cafe.centers.call import CafeAuthRoutes
from lanhouse.cafe.client.sign_in import center_named
from lanhouse.cafe.client.wire import Name
from lanhouse.cafe.members.commands.own_password import check_own
from lanhouse.cafe.members.sign_in.lost_password import begin, must_be_right, send_code, set_by_code
from lanhouse.cafe.members.wire import check_confirmed
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
    lost = await begin(call, await center_named(call, data.license_name), data.phone)
    await send_code(lost, data.member_account)
    return Nothing()


@auth.post("/auth/checkSmsCode", public=True, summary="Whether a code is right", source=_SOURCE)
async def check_sms_code(call: Call, data: CheckSmsCodeIn) -> Nothing:
    """data {}; it may still be used afterwards. A wrong one is one of the five tries."""
    lost = await begin(call, await center_named(call, data.license_name), data.phone)
    await must_be_right(lost, data.sms_code)
    return Nothing()


@auth.post("/auth/memberResetPwd", public=True, summary="Set a lost password anew", source=_SOURCE)
async def reset_password(call: Call, data: ResetPasswordIn) -> Nothing:
    """data {}. The code is used up, and whatever was signed in ends."""
    check_own("", data.member_password, "member_password")
    check_confirmed(data.member_password, data.member_confirm)
    lost = await begin(call, await center_named(call, data.license_name), data.phone)
    await set_by_code(lost, data.sms_code, data.member_password)
    return Nothing()
