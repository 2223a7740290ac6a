"""Whoever receives a drawer confirms it by password at the giver's screen; it signs nobody in."""

from __future__ import annotations

from lanhouse.auth.lockout import forgive
from lanhouse.auth.passwords import check_password
from lanhouse.cafe.centers.call import CafeCall
from lanhouse.cafe.staff.commands import OutsideHours, WrongPassword, count_attempt
from lanhouse.cafe.staff.queries import may_come_from, person_of, staff_by_account
from lanhouse.cafe.staff.rules import closed_hours
from lanhouse.cafe.staff.sign_in import staff_account
from lanhouse.db.statements import Row
from lanhouse.kit import clock
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
    person, house = person_of(row), center.settings.center
    if not may_come_from(person, house.staff_allow_ip, attempt.address):
        raise WrongPassword
    now = clock.now().astimezone(center.zone).time()
    closed = closed_hours(person, house.staff_access_range, now)
    if closed:
        raise OutsideHours(closed)
    await store.write(forgive, attempt)
    budgets.forgive(counted)
    return row
