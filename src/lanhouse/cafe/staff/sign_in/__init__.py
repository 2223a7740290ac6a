"""Checking a staff password, and a code after it: counted, checked, forgiven when right."""

from __future__ import annotations

import msgspec

from lanhouse.auth.budgets import Counted
from lanhouse.auth.lockout import Attempt, forgive
from lanhouse.auth.passwords import check_password, make_hash
from lanhouse.auth.programs import program_of
from lanhouse.auth.tokens import SECOND_STEP, NewToken, find_token
from lanhouse.auth.totp import recovery_hash
from lanhouse.cafe.centers.call import CafeCall
from lanhouse.cafe.centers.queries import center_by_id
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.staff.commands import (
    SignIn,
    TooLate,
    WrongOldPassword,
    WrongPassword,
    count_attempt,
    sign_in,
)
from lanhouse.cafe.staff.commands.limits import check_limits
from lanhouse.cafe.staff.commands.passwords import OwnPassword, change_own_password
from lanhouse.cafe.staff.commands.second_factor import CodeUse
from lanhouse.cafe.staff.commands.second_step import LastStep, pass_first_step, pass_last_step
from lanhouse.cafe.staff.queries import (
    second_factor_of,
    staff_by_account,
    staff_by_id,
)
from lanhouse.db.statements import Row
from lanhouse.db.store import Read
from lanhouse.kit import clock
from lanhouse.kit.errors import Forbidden
from lanhouse.kit.limits import SECOND_STEP_SECONDS
from lanhouse.kit.said import say
from lanhouse.kit.vault import Unreadable
from lanhouse.web.call import Call
from lanhouse.web.sign_in import attempt_of

FACTOR_PURPOSE = "second factor"


class Started(msgspec.Struct, frozen=True):
    """A right password: the secret of the token that it earned or, with `needs_code`, of the proof
    with which finish_sign_in() goes on."""

    secret: str
    needs_code: bool


class Finished(msgspec.Struct, frozen=True):
    """A whole sign-in: the token's secret, and whose it is."""

    secret: str
    center_id: int
    account: str


def staff_account(account: str) -> str:
    """How a try to sign in counts a person's account, typed in whatever case."""
    return f"staff:{account.strip().lower()}"


async def start_sign_in(
    call: Call, attempt: Attempt, account: str, password: str, *, use: str
) -> Started:
    """Check the password; it earns a token (`use` cookie or bearer), or the next step.

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
    check_limits(center, person, attempt.address, clock.now())
    token = _token(call, center.id, person.id, use)
    needs_code: bool = person.has_second_factor
    if needs_code:
        token = msgspec.structs.replace(token, use=SECOND_STEP, valid_seconds=SECOND_STEP_SECONDS)
    done = SignIn(attempt, token, person.account, person.password_hash)
    secret = await call.run(pass_first_step if needs_code else sign_in, done)
    services.budgets.forgive(counted)
    return Started(secret, needs_code)


async def finish_sign_in(call: Call, step_secret: str, code: str, *, use: str) -> Finished:
    """Check the code after a right password, counted like one.

    Raises WrongCode, LockedOut, and TooLate when the first step is over.
    """
    step = await call.store.read(find_token, step_secret, SECOND_STEP)
    person = None
    if step is not None:
        person = await call.store.read(staff_by_id, step.center_id, step.subject_id)
    if step is None or person is None or not person.is_active:
        raise TooLate
    use_of_code, counted = await counted_code(call, step.center_id, person, code)
    last = LastStep(
        step_hash=step.token_hash,
        token=_token(call, step.center_id, person.id, use),
        staff_name=person.account,
        use=use_of_code,
    )
    secret = await call.run(pass_last_step, last)
    call.services.budgets.forgive(counted)
    return Finished(secret, step.center_id, person.account)


async def counted_code(
    call: Call, center_id: int, person: Row, code: str
) -> tuple[CodeUse, Counted]:
    """A code to be compared, counted as wrong until it is found right. Raises LockedOut, and
    TooLate when the second factor was taken away meanwhile."""
    attempt = attempt_of(call, center_id, f"staff-code:{person.account.lower()}")
    counted = call.services.budgets.count(attempt)
    await call.store.write(count_attempt, attempt)
    factor = await call.store.read(second_factor_of, center_id, person.id)
    if factor is None:
        raise TooLate
    try:
        secret = call.vault.open(
            FACTOR_PURPOSE, factor_context(center_id, person.id), factor.sealed
        )
    except Unreadable:
        if not recovery_hash(code):
            raise
        secret = None  # recovery codes are hashes, and count without the server secret
    found = CodeUse(
        center_id=center_id,
        staff_id=person.id,
        attempt=attempt,
        code=code,
        sealed=factor.sealed,
        secret=secret,
    )
    return found, counted


def factor_context(center_id: int, staff_id: int) -> str:
    """Whose second factor a sealed secret is; it opens for no other."""
    return f"{center_id}:{staff_id}"


def _token(call: Call, center_id: int, staff_id: int, use: str) -> NewToken:
    program = program_of(call.request.headers.get("user-agent", ""))
    return NewToken(center_id, "staff", use, staff_id, address=call.address, program=program)


def _center_and_person(
    read: Read, center_id: int, account: str
) -> tuple[Center | None, Row | None]:
    return center_by_id(read, center_id), staff_by_account(read, center_id, account)


async def must_know_own_password(call: CafeCall, password: str) -> None:
    """Refuse who does not know the password of the account that he is signed in with.

    Wrong ones are counted as those of a sign-in are. Raises WrongOldPassword and LockedOut.
    """
    attempt, counted, _ = await own_password(call, password)
    await call.store.write(forgive, attempt)
    call.services.budgets.forgive(counted)


async def change_password(call: CafeCall, old: str, new: str) -> None:
    """Change one's own password from `old` to `new`, which is of a fit length. Raises what
    must_know_own_password() does."""
    attempt, counted, old_hash = await own_password(call, old)
    change = OwnPassword(
        center_id=call.center.id,
        actor=call.actor,
        attempt=attempt,
        old_hash=old_hash,
        password_hash=await make_hash(new),
    )
    await call.run(change_own_password, change)
    call.services.budgets.forgive(counted)


async def own_password(call: CafeCall, password: str) -> tuple[Attempt, Counted, str]:
    """Check the password of who calls, counted as wrong until it is forgiven; answers what counts
    it, and its hash. Raises WrongOldPassword and LockedOut."""
    actor = call.actor
    if actor.kind != "staff":
        raise Forbidden(say("Only a person has a password; an API key has none."))
    attempt = attempt_of(call, call.center.id, staff_account(actor.staff_name))
    counted = call.services.budgets.count(attempt)
    await call.store.write(count_attempt, attempt)
    row = await call.read(staff_by_id, call.center.id, actor.staff_id)
    stored_hash = "" if row is None else row.password_hash
    if not await check_password(stored_hash, password, attempt.subject):
        raise WrongOldPassword
    return attempt, counted, stored_hash
