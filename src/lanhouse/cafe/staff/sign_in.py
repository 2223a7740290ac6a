"""Checking a staff password: counted, checked in a thread, forgiven when right."""

from __future__ import annotations

from lanhouse.auth.addresses import is_allowed
from lanhouse.auth.lockout import Attempt
from lanhouse.auth.passwords import check_password
from lanhouse.auth.tokens import NewToken
from lanhouse.cafe.staff.commands import SignIn, WrongPassword, count_attempt, sign_in
from lanhouse.cafe.staff.queries import staff_by_account
from lanhouse.web.call import Call


def staff_account(account: str) -> str:
    """How a try to sign in counts a person's account, typed in whatever case."""
    return f"staff:{account.strip().lower()}"


async def sign_in_staff(
    call: Call, attempt: Attempt, account: str, password: str, *, use: str
) -> str:
    """The secret of a new token (`use` cookie or bearer).

    Raises WrongPassword, or LockedOut after too many of them.
    """
    services, store = call.services, call.store
    counted = services.budgets.count(attempt)
    await store.write(count_attempt, attempt)
    person = await store.read(staff_by_account, attempt.center_id, account)
    stored_hash = "" if person is None else person.password_hash
    matches = await check_password(stored_hash, password, attempt.subject)
    if person is None or not matches or not person.is_active:
        raise WrongPassword
    if person.allowed_ips and not is_allowed(attempt.address, person.allowed_ips):
        raise WrongPassword
    token = NewToken(attempt.center_id, "staff", use, person.id)
    done = SignIn(attempt, token, person.account, person.password_hash)
    secret = await call.run(sign_in, done)
    services.budgets.forgive(counted)
    return secret
