"""Wrong passwords of the last minute, counted in this process before a password is hashed.

The lock-out (lockout.py) holds back who tries one account from one address; this holds back who
tries many accounts, or comes from many addresses (decision 0015).
"""

from __future__ import annotations

from collections import OrderedDict, deque

import msgspec

from lanhouse.auth.lockout import Attempt, LockedOut
from lanhouse.kit import clock
from lanhouse.kit.limits import SIGN_IN_FAILURES_PER_MINUTE

_WINDOW_SECONDS = 60.0
_KEYS_MAX = 20_000


class Counted(msgspec.Struct, frozen=True):
    """An attempt that has been counted: where, and when (seconds of the monotonic clock)."""

    keys: tuple[str, ...]
    at: float


class Budgets:
    """How many wrong passwords each address, account and remembered browser has left."""

    def __init__(self) -> None:
        # By the newest attempt, oldest first.
        self._tries: OrderedDict[str, deque[float]] = OrderedDict()

    def count(self, attempt: Attempt) -> Counted:
        """Count an attempt as wrong; raises LockedOut (nothing is counted then) when it is one
        too many in any of its budgets."""
        now = clock.monotonic()
        self._forget_old(now)
        keys = _keys(attempt)
        for key in keys:
            tries = self._tries.get(key, ())
            if sum(now - at < _WINDOW_SECONDS for at in tries) >= SIGN_IN_FAILURES_PER_MINUTE:
                raise LockedOut
        for key in keys:
            tries = self._tries.setdefault(key, deque(maxlen=SIGN_IN_FAILURES_PER_MINUTE))
            tries.append(now)
            self._tries.move_to_end(key)
        return Counted(keys, now)

    def forgive(self, counted: Counted) -> None:
        """The password was right: this attempt, and no other, does not count."""
        for key in counted.keys:
            tries = self._tries.get(key)
            if tries is not None and counted.at in tries:
                tries.remove(counted.at)
                if not tries:
                    del self._tries[key]

    def _forget_old(self, now: float) -> None:
        while self._tries:
            tries = next(iter(self._tries.values()))
            if now - tries[-1] < _WINDOW_SECONDS and len(self._tries) < _KEYS_MAX:
                return
            self._tries.popitem(last=False)


def _keys(attempt: Attempt) -> tuple[str, ...]:
    """The budgets that an attempt is counted in."""
    account = f"{attempt.center_id}:{attempt.account}"
    if attempt.browser:
        return (f"browser {attempt.browser} {account}",)
    if attempt.is_vouched_for:
        return (f"vouched {account}",)
    return (f"address {attempt.network}", f"account {account}")
