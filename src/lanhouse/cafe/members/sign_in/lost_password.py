"""A lost password, set anew by a code that comes as a text message (decisions 0173 and 0181); every
door asks here."""

from __future__ import annotations

import msgspec
from msgspec.structs import replace

from lanhouse.auth.actors import NOBODY
from lanhouse.auth.budgets import Counted
from lanhouse.auth.lockout import Attempt
from lanhouse.auth.passwords import make_hash
from lanhouse.cafe.centers.call import CafeCall
from lanhouse.cafe.centers.schemas import Center
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
from lanhouse.cafe.members.sign_in import counted_try, forgiven
from lanhouse.cafe.notify.rules import checked_phone, must_have_provider
from lanhouse.web.call import Call


class Lost(msgspec.Struct, frozen=True):
    """Somebody of whom only a telephone number is known, and the try that was counted for it."""

    call: CafeCall
    phone: str
    attempt: Attempt
    counted: Counted

    @property
    def center(self) -> Center:
        """Where the number is asked for."""
        return self.call.center


def sends_codes(center: Center) -> bool:
    """Whether a lost password can be set anew by a code; else it is the desk that helps."""
    provider = center.settings.sms_provider
    is_set_up = provider.sms_provider == "http" and bool(provider.sms_provider_url)
    return center.settings.member.sms_enable and is_set_up


async def begin(call: Call, center: Center, typed: str) -> Lost:
    """Count a try before anything is looked at: who asks and who guesses share the count with wrong
    passwords.

    Raises InvalidInput by `phone`, Refused where no codes are sent, and LockedOut.
    """
    must_send_codes(center)
    must_have_provider(center.settings.sms_provider)
    with call.naming():
        phone = checked_phone(typed)
    attempt = Attempt(center.id, f"sms:{phone}", call.address)
    counted = await counted_try(call.services, attempt)
    nobody = CafeCall(call, replace(NOBODY, center_id=center.id), center)
    return Lost(nobody, phone, attempt, counted)


async def send_code(lost: Lost, account: str) -> None:
    """Have a code sent, where somebody has the number; `account` says who, where several have it.
    Raises what ask_code() raises."""
    code = new_code()
    cmd = AskCode(
        center=lost.center,
        actor=lost.call.actor,
        phone=lost.phone,
        account=account.strip(),
        code=code,
        mark=code_mark(lost.call.vault, lost.center.id, lost.phone, code),
    )
    await lost.call.run(ask_code, cmd)


async def must_be_right(lost: Lost, code: str) -> None:
    """Raise WrongSmsCode for another code; that is one of the five tries."""
    if not await lost.call.run(check_code, _typed(lost, code)):
        raise WrongSmsCode
    await forgiven(lost.call.services, lost.attempt, lost.counted)


async def set_by_code(lost: Lost, code: str, new_password: str) -> None:
    """Set the password; the code is used up, and whatever was signed in ends. Raises
    WrongSmsCode."""
    typed = _typed(lost, code)
    # Hashing takes a moment: not for a code that is wrong.
    if not await lost.call.run(check_code, typed):
        raise WrongSmsCode
    new_hash = await make_hash(new_password)
    cmd = ResetByCode(typed=typed, actor=lost.call.actor, new_hash=new_hash)
    if not await lost.call.run(reset_by_code, cmd):
        raise WrongSmsCode
    await forgiven(lost.call.services, lost.attempt, lost.counted)


def _typed(lost: Lost, code: str) -> TypedCode:
    mark = code_mark(lost.call.vault, lost.center.id, lost.phone, code)
    return TypedCode(lost.center, lost.phone, mark)
