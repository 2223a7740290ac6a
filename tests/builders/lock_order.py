"""Watches on PostgreSQL in which order each command locks rows, and keeps what broke the order.

The order of the house: the centre, PCs, members, sessions, orders, products, the shift, ledger
accounts.
What belongs to one member (his session, its segments, his packages, his orders) is safe under the
member's lock, so it may also be touched later by whoever holds that.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from lanhouse.db import postgres
from lanhouse.db.statements import Compiled, Static
from lanhouse.db.store import Tx

RANKS = {
    "centers": 0,
    "pcs": 1,
    "members": 2,
    "pc_sessions": 3,
    "orders": 4,
    "products": 5,
    "shifts": 6,
    "ledger_accounts": 7,
}
UNDER_A_MEMBER = ("pc_sessions", "orders")

_KIND = r"FOR (?:NO KEY UPDATE|UPDATE|SHARE|KEY SHARE)"
# The table is the one after OF, else the first of the statement; locks stand in no sub-select.
_LOCK = re.compile(rf"^\s*SELECT\b.*?\bFROM (?P<first>\w+).*\b{_KIND}(?: OF (?P<of>\w+))?", re.S)
_WRITE = re.compile(r"^\s*(?:UPDATE|DELETE FROM) (?P<first>\w+)")


class LockOrder:
    """What the commands of one store locked; `broken` names each step against the order."""

    def __init__(self) -> None:
        self.broken: list[str] = []
        self.commands = 0

    def watch(self, tx: Tx) -> Callable[[str, Any], None]:
        """A listener for the statements of one command."""
        self.commands += 1
        held: list[str] = []
        members: set[int] = set()

        def listen(sql: str, params: Any) -> None:
            found = _LOCK.search(sql) or _WRITE.search(sql)
            table = "" if found is None else found.groupdict().get("of") or found["first"]
            if table not in RANKS or (table in ("centers", "shifts") and table in held):
                return
            if table == "members":
                named = _members_of(params)
                if named and named <= members:
                    return  # locked already
                members.update(named)
            highest = max((RANKS[each] for each in held), default=-1)
            is_covered = table in UNDER_A_MEMBER and "members" in held
            if RANKS[table] < highest and not is_covered:
                self.broken.append(f"{table} after {', '.join(dict.fromkeys(held))}")
            held.append(table)

        return listen


def _members_of(params: Any) -> set[int]:
    if not isinstance(params, dict):
        return set()
    one, many = params.get("member"), params.get("members")
    return {one} if isinstance(one, int) else set(many or ())


def watched(order: LockOrder) -> type[Tx]:
    """A Tx whose statements are listened to; Core's own go through its connection."""

    class WatchedTx(Tx):
        def __init__(self, connection: sa.Connection) -> None:
            super().__init__(connection)
            self._of_command = order.watch(self)

        def begin_command(self) -> None:
            """A step of the demo is many commands, each of which keeps the order for itself."""
            super().begin_command()
            self._of_command = order.watch(self)

        def _execute(self, statement: Static, params: dict[str, Any]) -> Compiled:
            self._of_command(statement.compiled(self._dialect, params).sql, params)
            return super()._execute(statement, params)

        def _execute_set(self, statement: Static, rows: list[dict[str, Any]]) -> None:
            self._of_command(statement.set_based(self._dialect, rows[0]).sql, None)
            super()._execute_set(statement, rows)

        def one(self, statement: Any, /, **params: Any) -> Any:
            self._hear(statement)
            return super().one(statement, **params)

        def all(self, statement: Any, /, **params: Any) -> Any:
            self._hear(statement)
            return super().all(statement, **params)

        def run(self, statement: Any, /, **params: Any) -> int:
            self._hear(statement)
            return super().run(statement, **params)

        def _hear(self, statement: Any) -> None:
            if isinstance(statement, sa.ClauseElement):
                self._of_command(str(statement.compile(dialect=self._dialect)), None)

    return WatchedTx


def install(order: LockOrder) -> None:
    """Let every PostgreSQL store of this process be watched."""
    postgres.Tx = watched(order)  # type: ignore[misc]
