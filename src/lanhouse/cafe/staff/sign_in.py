"""Checking a staff password: counted, checked in a thread, forgiven when right."""

from __future__ import annotations

from lanhouse.auth.lockout import Attempt
from lanhouse.auth.passwords import check_password, make_hash
from lanhouse.auth.programs import program_of
from lanhouse.auth.tokens import NewToken
from lanhouse.cafe.centers.call import CafeCall
from lanhouse.cafe.centers.queries import center_by_id
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.staff.commands import (
    OutsideHours,
    SignIn,
    WrongOldPassword,
    WrongPassword,
    count_attempt,
    sign_in,
)
from lanhouse.cafe.staff.commands.passwords import OwnPassword, change_own_password
from lanhouse.cafe.staff.queries import may_come_from, person_of, staff_by_account, staff_by_id
from lanhouse.cafe.staff.rules import closed_hours
from lanhouse.db.statements import Row
from lanhouse.db.store import Read
from lanhouse.kit import clock
from lanhouse.kit.errors import Forbidden
from lanhouse.kit.said import say
from lanhouse.web.call import Call
from lanhouse.web.sign_in import attempt_of


def staff_account(account: str) -> str:
    """How a try to sign in counts a person's account, typed in whatever case."""
    return f"staff:{account.strip().lower()}"


async def sign_in_staff(
    call: Call, attempt: Attempt, account: str, password: str, *, use: str
) -> str:
    """The secret of a new token (`use` cookie or bearer).

    Raises WrongPassword, also for an address that may not (which is not told); OutsideHours when
    the password is right; LockedOut after too many wrong ones.
    """
    services, store = call.services, call.store
    counted = services.budgets.count(attempt)
    await store.write(count_attempt, attempt)
    center, person = await store.read(_center_and_person, attempt.center_id, account)
    stored_hash = "" if person is None else person.password_hash
    matches = await check_password(stored_hash, password, attempt.subject)
    if center is None or person is None or not matches or not person.is_active:
        raise WrongPassword
    _check_limits(center, person, attempt.address)
    token = NewToken(
        center.id,
        "staff",
        use,
        person.id,
        address=attempt.address,
        program=program_of(call.request.headers.get("user-agent", "")),
    )
    done = SignIn(attempt, token, person.account, person.password_hash)
    secret = await call.run(sign_in, done)
    services.budgets.forgive(counted)
    return secret


def _center_and_person(
    read: Read, center_id: int, account: str
) -> tuple[Center | None, Row | None]:
    return center_by_id(read, center_id), staff_by_account(read, center_id, account)


def _check_limits(center: Center, row: Row, address: str) -> None:
    """Raise WrongPassword from an address, and OutsideHours at a time, that is not this person's
    or, of who is no Admin, not the house's."""
    person, house = person_of(row), center.settings.center
    if not may_come_from(person, house.staff_allow_ip, address):
        raise WrongPassword
    now = clock.now().astimezone(center.zone).time()
    hours = closed_hours(person, house.staff_access_range, now)
    if hours:
        raise OutsideHours(hours)


async def change_password(call: CafeCall, old: str, new: str) -> None:
    """Change one's own password from `old` to `new`, which is of a fit length.

    Wrong old ones are counted as those of a sign-in are. Raises WrongOldPassword and LockedOut.
    """
    actor = call.actor
    if actor.kind != "staff":
        raise Forbidden(say("Only a person has a password; an API key has none."))
    attempt = attempt_of(call, call.center.id, staff_account(actor.staff_name))
    counted = call.services.budgets.count(attempt)
    await call.store.write(count_attempt, attempt)
    row = await call.read(staff_by_id, call.center.id, actor.staff_id)
    stored_hash = "" if row is None else row.password_hash
    if not await check_password(stored_hash, old, attempt.subject):
        raise WrongOldPassword
    change = OwnPassword(
        center_id=call.center.id,
        actor=actor,
        attempt=attempt,
        old_hash=stored_hash,
        password_hash=await make_hash(new),
    )
    await call.run(change_own_password, change)
    call.services.budgets.forgive(counted)
