"""Who knows the licence password of a centre, and may take its members over into another one."""

from __future__ import annotations

from msgspec.structs import replace

from lanhouse.auth.lockout import begin_attempt, forgive
from lanhouse.auth.passwords import check_password
from lanhouse.cafe.centers.schemas import Center
from lanhouse.kit.errors import Refused
from lanhouse.kit.said import say
from lanhouse.web.call import Call
from lanhouse.web.sign_in import attempt_of

_ACCOUNT = "licence"


class NoLicencePassword(Refused):
    """The centre has not set one, so nobody may take anything over from it."""

    def __init__(self) -> None:
        super().__init__(say("That centre has no licence password; its Admin sets one first."))


class WrongLicencePassword(Refused):
    """Not the licence password of that centre."""

    def __init__(self) -> None:
        super().__init__(say("The licence password is wrong."))


async def must_know_licence_password(call: Call, other: Center, password: str) -> None:
    """Refuse a call that wants something of the centre `other` without its licence password.

    Wrong ones are counted as those of a sign-in are (decision 0015), by the caller's address too,
    whatever key the call has: the key is of another centre. Raises NoLicencePassword,
    WrongLicencePassword, and LockedOut after too many of them.
    """
    stored_hash = other.settings.center.licence_password
    if not stored_hash:
        raise NoLicencePassword
    services = call.services
    attempt = replace(attempt_of(call, other.id, _ACCOUNT), is_vouched_for=False)
    counted = services.budgets.count(attempt)
    await services.store.write(begin_attempt, attempt)
    if not await check_password(stored_hash, password, attempt.subject):
        raise WrongLicencePassword
    await services.store.write(forgive, attempt)
    services.budgets.forgive(counted)
