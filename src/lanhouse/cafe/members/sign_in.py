"""Checking a member's password: counted, checked in a thread, forgiven when right."""

from __future__ import annotations

import msgspec

from lanhouse.auth.lockout import Attempt, begin_attempt, forgive
from lanhouse.auth.passwords import check_password
from lanhouse.auth.tokens import NewToken, issue_token
from lanhouse.cafe.members.locks import lock_member
from lanhouse.cafe.members.queries import member_by_account
from lanhouse.cafe.members.rules import account_key
from lanhouse.db.statements import Row
from lanhouse.db.store import Tx
from lanhouse.kit.errors import Refused
from lanhouse.kit.said import say
from lanhouse.web.call import Services


class WrongPassword(Refused):
    """Account or password do not match; which of the two is not told."""

    def __init__(self) -> None:
        super().__init__(say("The account or the password is wrong."))


class PortalSignIn(msgspec.Struct, frozen=True):
    """A member whose password was right, and its hash then."""

    center_id: int
    member_id: int
    password_hash: str


class NotActive(Refused):
    """The password is right, but the account has been switched off."""

    def __init__(self) -> None:
        super().__init__(say("The member is not active."))


def member_account(account: str) -> str:
    """How a try to sign in counts a member's account, typed in whatever case."""
    return f"member:{account_key(account)}"


async def verified_member(services: Services, attempt: Attempt, account: str, password: str) -> Row:
    """The member or guest whose password this is.

    Shares the counts of wrong passwords with every other call that checks one. Raises
    WrongPassword, NotActive, or LockedOut after too many tries.
    """
    store = services.store
    counted = services.budgets.count(attempt)
    await store.write(begin_attempt, attempt)
    row = await store.read(member_by_account, attempt.center_id, account)
    stored_hash = "" if row is None else row.password_hash
    matches = await check_password(stored_hash, password, attempt.subject)
    if row is None or not matches:
        raise WrongPassword
    await store.write(forgive, attempt)
    services.budgets.forgive(counted)
    if not row.is_active:
        raise NotActive
    return row


def sign_in_member(tx: Tx, done: PortalSignIn) -> str:
    """Issue the token of a member's browser; answers its secret.

    Raises WrongPassword when the password was changed, or the member switched off or deleted,
    after it was checked: no token of an old password may outlive the change.
    """
    row = lock_member(tx, done.center_id, done.member_id)
    if row is None or not row.is_active or row.password_hash != done.password_hash:
        raise WrongPassword
    return issue_token(tx, NewToken(done.center_id, "member", "cookie", done.member_id))
