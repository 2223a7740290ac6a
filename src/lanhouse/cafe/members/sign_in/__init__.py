"""Checking a member's password: counted, checked in a thread, forgiven when right."""

from __future__ import annotations

import msgspec

from lanhouse.auth.actors import Actor
from lanhouse.auth.budgets import Counted
from lanhouse.auth.lockout import Attempt, begin_attempt, forgive
from lanhouse.auth.passwords import check_password, make_hash
from lanhouse.auth.tokens import NewToken, issue_token
from lanhouse.cafe.centers.call import CafeCall
from lanhouse.cafe.members.commands.own_password import OwnPassword, check_own
from lanhouse.cafe.members.commands.staged import (
    HashMade,
    Staged,
    keep_hash,
    opened_password,
    staged_password,
)
from lanhouse.cafe.members.errors import MemberNotFound
from lanhouse.cafe.members.locks import lock_member
from lanhouse.cafe.members.queries import member_by_account, member_by_id
from lanhouse.cafe.members.rules import account_key, member_account
from lanhouse.db.statements import Row
from lanhouse.db.store import Read, Tx
from lanhouse.kit import clock
from lanhouse.kit.errors import InvalidInput, Refused
from lanhouse.kit.ids import same
from lanhouse.kit.said import say
from lanhouse.web.call import Services
from lanhouse.web.sign_in import attempt_of


class WrongPassword(Refused):
    """Account or password do not match; which of the two is not told."""

    def __init__(self) -> None:
        super().__init__(say("The account or the password is wrong."))


class PortalSignIn(msgspec.Struct, frozen=True):
    """A member whose password was right, and its hash then; from where and with what he came."""

    center_id: int
    member_id: int
    password_hash: str
    address: str = ""
    program: str = ""
    use: str = "cookie"
    """Of the token: cookie for a browser, bearer for a program."""
    pc_id: int | None = None
    """The PC at whose program he signs in."""


class NotActive(Refused):
    """The password is right, but the account has been switched off."""

    def __init__(self) -> None:
        super().__init__(say("The member is not active."))


class Expired(Refused):
    """The password is right, but the account has come to its end."""

    def __init__(self) -> None:
        super().__init__(say("The member is expired."))


async def counted_try(services: Services, attempt: Attempt) -> Counted:
    """Count a try as wrong before anything is looked at; forgiven() takes it back. Raises
    LockedOut."""
    counted = services.budgets.count(attempt)
    await services.store.write(begin_attempt, attempt)
    return counted


async def forgiven(services: Services, attempt: Attempt, counted: Counted) -> None:
    """What was tried was right."""
    await services.store.write(forgive, attempt)
    services.budgets.forgive(counted)


async def verified_member(services: Services, attempt: Attempt, account: str, password: str) -> Row:
    """The member or guest whose password this is.

    Shares the counts of wrong passwords with every other call that checks one. Raises
    WrongPassword, NotActive, or LockedOut after too many tries.
    """
    store, vault = services.store, services.vault
    counted = await counted_try(services, attempt)
    row, staged = await store.read(_known, attempt.center_id, account)
    new_hash = ""
    if row is not None and staged is not None and same(opened_password(vault, staged), password):
        new_hash = await make_hash(password)
        row = await store.write(keep_hash, HashMade(attempt.center_id, row.id, new_hash))
    stored_hash = "" if row is None or is_over(row) else row.password_hash
    # Somebody else may have hashed it in the same moment, with other salt.
    matches = bool(new_hash) and stored_hash == new_hash
    if not matches:
        matches = await check_password(stored_hash, password, attempt.subject)
    if row is None or not matches:
        raise WrongPassword
    await forgiven(services, attempt, counted)
    if not row.is_active:
        raise NotActive
    return row


def must_not_be_over(row: Row) -> None:
    """Raise Expired when the account has come to its end: nobody signs in with it."""
    if row.expires_at is not None and row.expires_at <= clock.now():
        raise Expired


def _known(read: Read, center_id: int, account: str) -> tuple[Row | None, Staged | None]:
    """The member, and the password that waits to be hashed, if he has none yet."""
    row = member_by_account(read, center_id, account)
    if row is None or row.password_hash:
        return row, None
    return row, staged_password(read, center_id, row.id)


def is_over(row: Row) -> bool:
    """Whether the password was set by somebody else, and not changed in time (decision 0158)."""
    return row.password_until is not None and row.password_until <= clock.real_now()


def sign_in_member(tx: Tx, done: PortalSignIn) -> str:
    """Issue the token of a member's browser or program; answers its secret. What it may do is
    decided when it is used: while the password must be changed, nothing else (cafe/surfaces).

    Raises WrongPassword when the password was changed, or the member switched off or deleted,
    after it was checked: no token of an old password may outlive the change.
    """
    row = lock_member(tx, done.center_id, done.member_id)
    if row is None or not row.is_active or row.password_hash != done.password_hash:
        raise WrongPassword
    tx.audit("member", row.id, after={"signed_in": done.use})
    new = NewToken(
        *(done.center_id, "member", done.use, done.member_id),
        address=done.address,
        program=done.program,
        pc_id=done.pc_id,
    )
    return issue_token(tx, new)


def must_be_own(actor: Actor, member_id: int) -> None:
    """Raise MemberNotFound when a member's token names another member."""
    if actor.kind == "member" and actor.member_id != member_id:
        raise MemberNotFound


def himself(read: Read, actor: Actor, account: str = "", member_id: int | None = None) -> Row:
    """The row of the member whose token calls. Raises MemberNotFound when he names another one, by
    account or id, or is none any more."""
    row = member_by_id(read, actor.center_id, actor.member_id)
    if row is None or (member_id is not None and member_id != row.id):
        raise MemberNotFound
    if account.strip() and account_key(account.strip()) != row.account_key:
        raise MemberNotFound
    return row


async def own_password(
    call: CafeCall, row: Row, old_password: str, new_password: str
) -> OwnPassword:
    """The change of a member's password (change_own_password) by who types the old one, which
    counts as a try to sign in.

    Raises InvalidInput of `old_password` and `new_password`, and what verified_member() raises.
    """
    check_own(old_password, new_password)
    attempt = attempt_of(call, call.center.id, member_account(row.account))
    try:
        row = await verified_member(call.services, attempt, row.account, old_password)
    except WrongPassword as wrong:
        raise InvalidInput({"old_password": wrong.said}) from None
    return OwnPassword(
        center=call.center,
        actor=call.actor,
        member_id=row.id,
        old_hash=row.password_hash,
        new_hash=await make_hash(new_password),
    )
