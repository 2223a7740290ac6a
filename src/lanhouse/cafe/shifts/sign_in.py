"""Whoever receives a drawer proves who he is at the giver's screen; it signs nobody in."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

import msgspec

from lanhouse.auth.lockout import forgive
from lanhouse.auth.passwords import check_password
from lanhouse.cafe.centers.call import CafeCall
from lanhouse.cafe.staff.commands import CodeNeeded, WrongPassword, count_attempt
from lanhouse.cafe.staff.commands.limits import check_limits
from lanhouse.cafe.staff.commands.second_factor import CodeUse
from lanhouse.cafe.staff.queries import staff_by_account
from lanhouse.cafe.staff.sign_in import counted_code, staff_account
from lanhouse.db.statements import Row
from lanhouse.kit import clock
from lanhouse.web.sign_in import attempt_of

Done = TypeVar("Done")


class Receiver(msgspec.Struct, frozen=True):
    """Who receives a drawer, and the code that the hand-over has to find right; None: his account
    has no second factor."""

    staff_id: int
    code: CodeUse | None


NOBODY = Receiver(0, None)
"""A shift that is closed and handed to nobody."""


async def with_receiver(
    call: CafeCall,
    account: str,
    password: str,
    code: str,
    act: Callable[[Receiver], Awaitable[Done]],
) -> Done:
    """Do `act` with the person who could sign in here and now with these.

    Counted as every other try. Raises WrongPassword, OutsideHours, CodeNeeded without a code that
    he needs, LockedOut after too many wrong ones, and what `act` does.
    """
    row = await _confirmed(call, account, password)
    if not row.has_second_factor:
        return await act(Receiver(row.id, None))
    if not code.strip():
        raise CodeNeeded
    use, counted = await counted_code(call, call.center.id, row, code)
    done = await act(Receiver(row.id, use))
    call.services.budgets.forgive(counted)
    return done


async def _confirmed(call: CafeCall, account: str, password: str) -> Row:
    center, store, budgets = call.center, call.store, call.services.budgets
    attempt = attempt_of(call, center.id, staff_account(account))
    counted = budgets.count(attempt)
    await store.write(count_attempt, attempt)
    row = await store.read(staff_by_account, center.id, account)
    matches = await check_password(
        "" if row is None else row.password_hash, password, attempt.subject
    )
    if row is None or not matches or not row.is_active:
        raise WrongPassword
    check_limits(center, row, attempt.address, clock.now())
    await store.write(forgive, attempt)
    budgets.forgive(counted)
    return row
