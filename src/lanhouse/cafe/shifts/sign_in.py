"""Whoever receives a drawer confirms it by password at the giver's screen; it signs nobody in."""

from __future__ import annotations

from lanhouse.auth.lockout import forgive
from lanhouse.auth.passwords import check_password
from lanhouse.cafe.centers.call import CafeCall
from lanhouse.cafe.staff.commands import WrongPassword, count_attempt
from lanhouse.cafe.staff.queries import staff_by_account
from lanhouse.cafe.staff.sign_in import check_limits, staff_account
from lanhouse.db.statements import Row
from lanhouse.web.sign_in import attempt_of


async def confirmed_person(call: CafeCall, account: str, password: str) -> Row:
    """The person whose account and password these are, who could sign in here and now.

    Counted as every other try. Raises WrongPassword, OutsideHours, or LockedOut after too many.
    """
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
    check_limits(center, row, attempt.address)
    await store.write(forgive, attempt)
    budgets.forgive(counted)
    return row
