"""The log-in lock-out, shared by every call that checks a password (architecture section 5).

An attempt is counted before the password is looked at and forgiven when it was right, so that
many attempts at once cannot slip past the limit.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec
import sqlalchemy as sa

from lanhouse.auth.addresses import network_of
from lanhouse.auth.tables import login_failures
from lanhouse.db.statements import insert_ignore, static
from lanhouse.db.store import Retry, Tx
from lanhouse.kit import clock
from lanhouse.kit.errors import TooMany
from lanhouse.kit.limits import LOGIN_FAILURES_MAX, LOGIN_LOCK_SECONDS
from lanhouse.kit.said import say


class Attempt(msgspec.Struct, frozen=True):
    """One try to sign in: whose account (`kind:account`, lower case) from which address.

    An IPv6 address counts by its network: whoever has one of a network has all of them.
    `is_vouched_for` says that an API key, a device or signed-in staff makes the call for others;
    `browser` is the id of a browser in which this account has signed in before (auth/browsers).
    """

    center_id: int
    account: str
    address: str
    is_vouched_for: bool = False
    browser: str = ""

    @property
    def network(self) -> str:
        """What the address counts as."""
        return network_of(self.address)

    @property
    def subject(self) -> str:
        """Who waits for a password check; one subject does not hold another up."""
        if self.browser:
            return f"browser {self.browser}"
        return f"account {self.account}" if self.is_vouched_for else f"address {self.network}"


class LockedOut(TooMany):
    """Too many wrong passwords for this account or from this address."""

    cafe_code = 400

    def __init__(self) -> None:
        super().__init__(
            say(
                "Too many wrong passwords. Try again in %(minutes)s minutes.",
                minutes=LOGIN_LOCK_SECONDS // 60,
            )
        )


_ACCOUNT_CHARS_MAX = 200

_WHERE = (
    (login_failures.c.center_id == sa.bindparam("the_center_id"))
    & (login_failures.c.account == sa.bindparam("the_account"))
    & (login_failures.c.address == sa.bindparam("the_address"))
)
_TIME = login_failures.c.last_at.type
_FIRST = static(insert_ignore(login_failures))
# One statement reads and counts under the row's lock, so that each attempt sees all before it.
_COUNT = static(
    sa.update(login_failures)
    .where(_WHERE)
    .values(
        failures=sa.case(
            (login_failures.c.last_at <= sa.bindparam("forgotten_at", type_=_TIME), 1),
            else_=login_failures.c.failures + 1,
        ),
        last_at=sa.bindparam("counted_at", type_=_TIME),
    )
    .returning(login_failures.c.failures)
)
_TAKE_BACK = static(
    sa.update(login_failures)
    .where(_WHERE, login_failures.c.failures > 0)
    .values(failures=login_failures.c.failures - sa.literal(1))
)
_FORGET = static(
    sa.delete(login_failures).where(
        login_failures.c.center_id == sa.bindparam("the_center_id"),
        login_failures.c.account == sa.bindparam("the_account"),
    )
)
_CLEAR = static(sa.delete(login_failures).where(_WHERE))


def _row(attempt: Attempt) -> dict[str, Any]:
    """Which row counts an attempt. No account is as long as what is cut off here."""
    return {
        "center_id": attempt.center_id,
        "account": attempt.account[:_ACCOUNT_CHARS_MAX],
        # A remembered browser is a place of its own: who guesses beside it does not lock it.
        "address": f"browser {attempt.browser}" if attempt.browser else attempt.network,
    }


def _key(attempt: Attempt) -> dict[str, Any]:
    return {f"the_{column}": value for column, value in _row(attempt).items()}


def begin_attempt(tx: Tx, attempt: Attempt) -> None:
    """Count an attempt; raises LockedOut (nothing is counted then) while the account is locked."""
    now = clock.real_now()
    tx.run(_FIRST, **_row(attempt), failures=0, last_at=now)
    failures = tx.scalar(
        _COUNT,
        **_key(attempt),
        forgotten_at=now - timedelta(seconds=LOGIN_LOCK_SECONDS),
        counted_at=now,
    )
    if failures is None:  # forgiven between the two statements: start over
        raise Retry
    if failures > LOGIN_FAILURES_MAX:
        raise LockedOut


def forgive(tx: Tx, attempt: Attempt) -> None:
    """The password was right: the counted attempts are forgotten."""
    tx.run(_CLEAR, **_key(attempt))


def forget_failures(tx: Tx, center_id: int, account: str) -> None:
    """Forget all tries of an account (Attempt.account), which is none any more."""
    tx.run(_FORGET, the_center_id=center_id, the_account=account[:_ACCOUNT_CHARS_MAX])


def take_back(tx: Tx, attempt: Attempt) -> None:
    """This attempt was right; those before it still count."""
    tx.run(_TAKE_BACK, **_key(attempt))
