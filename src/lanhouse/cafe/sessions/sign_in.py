"""Signing a guest in by the code of the ticket, while the session runs (decision 0114)."""

from __future__ import annotations

from collections.abc import Sequence

from lanhouse.auth.lockout import Attempt, begin_attempt, take_back
from lanhouse.cafe.centers.call import CafeCall
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.members.commands.access_codes import mark_of
from lanhouse.cafe.members.commands.guest_secret import GuestSecret, new_guest_secrets
from lanhouse.cafe.sessions.queries.guest_login import guest_of_code
from lanhouse.cafe.sessions.queries.quotes import free_pc_flags
from lanhouse.kit import clock
from lanhouse.kit.errors import Refused
from lanhouse.kit.said import say
from lanhouse.web.call import Services

CODE_ACCOUNT = "access code"
"""How tries are counted: a code belongs to no account that could be named, so all that come from
one address count together."""


class WrongCode(Refused):
    """No running session has this code; whether one had it is not told."""

    def __init__(self) -> None:
        super().__init__(say("No session that runs has this code."))


async def guest_by_code(services: Services, center: Center, attempt: Attempt, typed: str) -> int:
    """The guest (by id) whose running session has the code that was typed.

    Counted before it is looked at, as a password is. One's own code does not forgive the wrong
    ones before it: who has a ticket could else guess those of others without end. Raises WrongCode,
    LockedOut, and Refused where the centre signs nobody in by code.
    """
    if not center.settings.client.access_code_login:
        raise Refused(say("This centre does not sign guests in by code."))
    counted = services.budgets.count(attempt)
    await services.store.write(begin_attempt, attempt)
    mark = mark_of(services.vault, center.id, typed)
    found = None
    if mark:
        found = await services.store.read(guest_of_code, center.id, mark, clock.now())
    if found is None:
        raise WrongCode
    await services.store.write(take_back, attempt)
    services.budgets.forgive(counted)
    return found


async def secrets_where_free(call: CafeCall, names: Sequence[str]) -> list[GuestSecret]:
    """A new password for each PC on which a guest would start; an empty one for those in use."""
    is_free = await call.read(free_pc_flags, call.center.id, names)
    found = iter(await secrets_for(call, sum(is_free)))
    return [next(found) if free else GuestSecret() for free in is_free]


async def secrets_for(call: CafeCall, count: int) -> list[GuestSecret]:
    """New passwords for so many guests, with codes where guests sign in by one."""
    return await new_guest_secrets(call.vault, call.center, count)
