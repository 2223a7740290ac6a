"""Setting up one's own second factor, and proving that one has it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

import msgspec

from lanhouse.auth import totp
from lanhouse.cafe.centers.call import CafeCall
from lanhouse.cafe.staff.commands.second_factor import (
    NewFactor,
    OwnFactor,
    begin_second_factor,
)
from lanhouse.cafe.staff.queries import second_factor_of, staff_by_id
from lanhouse.cafe.staff.sign_in import (
    FACTOR_PURPOSE,
    counted_code,
    factor_context,
    must_know_own_password,
)
from lanhouse.kit.errors import Refused
from lanhouse.kit.said import say
from lanhouse.kit.vault import Unreadable

Done = TypeVar("Done")


class Enrolment(msgspec.Struct, frozen=True):
    """What an app on a phone is given: the secret as people type it, and the same as an address."""

    secret: str
    uri: str


async def begin_enrolment(call: CafeCall, password: str) -> Enrolment:
    """Make a secret that counts once a code of it was typed; the password proves who asks.

    Raises Unreadable when the server has no secret to seal it with, WrongOldPassword, LockedOut.
    """
    await must_know_own_password(call, password)
    secret = totp.new_secret()
    owner = (call.center.id, call.actor.staff_id)
    sealed = call.vault.seal(FACTOR_PURPOSE, factor_context(*owner), secret)
    if sealed is None:
        raise Unreadable
    await call.run(begin_second_factor, NewFactor(*owner, sealed))
    return _shown(call, secret)


async def enrolment_again(call: CafeCall) -> Enrolment | None:
    """The same while no code of it was typed; None once it counts, or when there is none."""
    owner = (call.center.id, call.actor.staff_id)
    factor = await call.read(second_factor_of, *owner)
    if factor is None or factor.is_confirmed:
        return None
    return _shown(call, call.vault.open(FACTOR_PURPOSE, factor_context(*owner), factor.sealed))


async def with_own_factor(
    call: CafeCall,
    code: str,
    act: Callable[[OwnFactor], Awaitable[Done]],
    *,
    new_codes: bool = False,
) -> Done:
    """Do something about one's own second factor with a code as the proof; with `new_codes` it
    gets recovery codes that are to count from now on.

    Raises WrongCode, LockedOut after too many of them, and Refused where there is none.
    """
    row = await call.read(staff_by_id, call.center.id, call.actor.staff_id)
    factor = await call.read(second_factor_of, call.center.id, call.actor.staff_id)
    if row is None or factor is None:
        raise Refused(say("You have no second factor."))
    use, counted = await counted_code(call, call.center.id, row, code)
    codes = totp.new_recovery_codes() if new_codes else ()
    done = await act(OwnFactor(actor=call.actor, use=use, recovery_codes=codes))
    call.services.budgets.forgive(counted)
    return done


def picture_of(enrolment: Enrolment) -> str:
    """The address as a QR code, black on white whatever the page looks like: a data URI."""
    import segno

    code = segno.make_qr(enrolment.uri, error="m")
    return code.svg_data_uri(scale=4, border=4, light="#fff", dark="#000")


def _shown(call: CafeCall, secret: bytes) -> Enrolment:
    uri = totp.enrolment_uri(secret, call.actor.staff_name, call.center.name)
    return Enrolment(totp.secret_text(secret), uri)
