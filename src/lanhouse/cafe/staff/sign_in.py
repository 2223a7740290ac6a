"""Checking a staff password: counted, checked in a thread, forgiven when right."""

from __future__ import annotations

from lanhouse.auth.addresses import is_allowed
from lanhouse.auth.lockout import Attempt
from lanhouse.auth.passwords import check_password
from lanhouse.auth.tokens import NewToken
from lanhouse.cafe.staff.commands import SignIn, WrongPassword, count_attempt, sign_in
from lanhouse.cafe.staff.queries import staff_by_account
from lanhouse.db.statements import Row
from lanhouse.db.store import Read, Store


async def sign_in_staff(
    store: Store, center_id: int, account: str, password: str, *, use: str, address: str
) -> str:
    """The secret of a new token (`use` cookie or bearer).

    Raises WrongPassword, or LockedOut after too many of them.
    """
    attempt = Attempt(center_id, f"staff:{account.strip().lower()}", address)
    await store.write(count_attempt, attempt)
    person = await store.read(_person, (center_id, account))
    matches = await check_password("" if person is None else person.password_hash, password)
    if person is None or not matches or not person.is_active:
        raise WrongPassword
    if person.allowed_ips and not is_allowed(address, person.allowed_ips):
        raise WrongPassword
    token = NewToken(center_id, "staff", use, person.id)
    done = SignIn(attempt, token, person.account, person.password_hash)
    return await store.write(sign_in, done)


def _person(read: Read, wanted: tuple[int, str]) -> Row | None:
    return staff_by_account(read, *wanted)
