"""Proves, in every test that calls the application, that what a call writes is audited.

Installed for the whole run. A write of a request that does not go through the single door
(ledger.answers.run_once), or goes through it without saying who calls though its route is not one
of web/unaudited.py, fails the test that made the call; and so does one whose row, in the audit log
or in the billing log, names no id of what it touched.
"""

from __future__ import annotations

from contextvars import ContextVar
from datetime import datetime
from typing import Any

from lanhouse.aggregator.agents.commands import note_key_used
from lanhouse.aggregator.rounds.commands.begin import begin, refuse_for_good
from lanhouse.aggregator.rounds.commands.conclude import conclude, take
from lanhouse.auth.keys import note_use
from lanhouse.auth.lockout import begin_attempt, forgive, take_back
from lanhouse.cafe.members.commands.staged import keep_hash
from lanhouse.cafe.money import log
from lanhouse.cafe.money.schemas import Event, LogEntry
from lanhouse.cafe.staff.commands import count_attempt
from lanhouse.cafe.staff.commands.pins import count_pin_try
from lanhouse.db.audit import Trail
from lanhouse.db.postgres import PostgresStore
from lanhouse.db.sqlite import SqliteStore
from lanhouse.db.store import Tx
from lanhouse.ledger.answers import run_once
from lanhouse.web.dispatch import Endpoint, Receive
from lanhouse.web.replies import Reply
from lanhouse.web.request import Request
from lanhouse.web.routes import Route
from lanhouse.web.unaudited import UNAUDITED

_NOTICES = frozenset({Event.RESTOCKNOTIFY})
"""Rows of the billing log beside the row of what brought them about."""
_IDS = ("subject_id", "member_id", "pc_id", "transfer_id", "shift_id")

HOUSEKEEPING = frozenset(
    {
        note_use,
        note_key_used,
        begin_attempt,
        count_attempt,
        count_pin_try,
        forgive,
        take_back,
        keep_hash,
    }
)
"""The counts of tries to sign in, the last use of a key, and the hash of a password that waited for
one: no acts of anybody."""

MONEY_OF_GAMES = frozenset({begin, refuse_for_good, take, conclude})
"""What a game moves in several steps: rows that name the session, the player and the time."""

_route: ContextVar[Route | None] = ContextVar("route", default=None)


_SIGN_IN = "touches only who signs in: the row names that one as the person who acts"
_EXPORTS = (
    *("/api/native/v1/members", "/panel/members"),
    *("/api/native/v1/audit", "/panel/settings/audit"),
    *("/api/native/v1/products", "/api/native/v1/stock-movements", "/panel/products"),
)
WITHOUT_ID: dict[str, str] = {
    "POST /api/v2/cafe/{cafe_id}/customerFeedback": "of who has no account; the audit row names it",
    "POST /panel/members/bulk": "all whom the list finds: the job that follows changes them",
    "POST /panel/sign-in": _SIGN_IN,
    "POST /panel/sign-in/code": _SIGN_IN,
    "POST /panel/switch": _SIGN_IN,
    "POST /api/native/v1/auth/staff-login": _SIGN_IN,
    "GET /api/v2/cafe/{cafe_id}/members/action/export": "takes a whole list away",
    "POST /panel/clock/accept": "steps the one clock of the server: every centre's log says so",
    **{
        f"GET {path}.{form}": "takes a whole list away: the row says which"
        for path in _EXPORTS
        for form in ("csv", "xlsx")
    },
}
"""Route -> why there is no id that its row could name."""


class PastTheDoor(AssertionError):
    """A call has written without being audited."""


def check(route: Route | None, command: Any, arg: Any) -> None:
    """Raise PastTheDoor for a write of a request that leaves no trace and is not known for it."""
    if route is None or command in HOUSEKEEPING:
        return
    if command in MONEY_OF_GAMES and route.id in UNAUDITED:
        return
    if command is not run_once:
        raise PastTheDoor(f"{route.id} writes with {command}, not by call.write, do or run")
    if (arg.origin is None) is not (route.id in UNAUDITED):
        raise PastTheDoor(f"{route.id} writes without saying who calls")


def check_row(row: dict[str, Any]) -> None:
    """Raise PastTheDoor for a row of the audit log or of the billing log that was made by a call
    and names no id of what that touched.
    """
    if row.get("event") in _NOTICES:
        return
    ids = [*row.get("ids", {}).values(), *map(row.get, _IDS)]
    if row["call"] is not None and row["call"] not in WITHOUT_ID and not any(ids):
        raise PastTheDoor(f"{row['call']} names no id of what it touched: {row}")


def install() -> None:
    """Watch every application of this process from now on."""
    run = Endpoint._run

    async def watched(self: Endpoint, route: Route, request: Request, receive: Receive) -> Reply:
        token = _route.set(route)
        try:
            return await run(self, route, request, receive)
        finally:
            _route.reset(token)

    Endpoint._run = watched
    _watch_rows()
    for store in (SqliteStore, PostgresStore):
        _watch(store)


def _watch_rows() -> None:
    rows, values = Trail.rows, log._values

    def audited(self: Trail, at: datetime) -> list[dict[str, Any]]:
        made = rows(self, at)
        for row in made:
            check_row(row)
        return made

    def logged(tx: Tx, entry: LogEntry) -> dict[str, Any]:
        row = values(tx, entry)
        check_row(row)
        return row

    Trail.rows = audited
    log._values = logged


def _watch(store: Any) -> None:
    write = store.write

    async def watched(self: Any, command: Any, arg: Any) -> Any:
        check(_route.get(), command, arg)
        return await write(self, command, arg)

    store.write = watched
