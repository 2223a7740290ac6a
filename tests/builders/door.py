"""Proves, in every test that calls the application, that what a call writes is audited.

Installed for the whole run. A write of a request that does not go through the single door
(ledger.answers.run_once), or goes through it without saying who calls though its route is not one
of web/unaudited.py, fails the test that made the call.
"""

from __future__ import annotations

from contextvars import ContextVar
from typing import Any

from lanhouse.auth.keys import note_use
from lanhouse.auth.lockout import begin_attempt, forgive
from lanhouse.cafe.staff.commands import count_attempt
from lanhouse.db.postgres import PostgresStore
from lanhouse.db.sqlite import SqliteStore
from lanhouse.ledger.answers import run_once
from lanhouse.web.dispatch import Endpoint, Receive
from lanhouse.web.replies import Reply
from lanhouse.web.request import Request
from lanhouse.web.routes import Route
from lanhouse.web.unaudited import UNAUDITED

HOUSEKEEPING = frozenset({note_use, begin_attempt, count_attempt, forgive})
"""The counts of tries to sign in and the last use of a key: no acts of anybody."""

_route: ContextVar[Route | None] = ContextVar("route", default=None)


class PastTheDoor(AssertionError):
    """A call has written without being audited."""


def check(route: Route | None, command: Any, arg: Any) -> None:
    """Raise PastTheDoor for a write of a request that leaves no trace and is not known for it."""
    if route is None or command in HOUSEKEEPING:
        return
    if command is not run_once:
        raise PastTheDoor(f"{route.id} writes with {command}, not by call.write, do or run")
    if (arg.origin is None) is not (route.id in UNAUDITED):
        raise PastTheDoor(f"{route.id} writes without saying who calls")


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
    for store in (SqliteStore, PostgresStore):
        _watch(store)


def _watch(store: Any) -> None:
    write = store.write

    async def watched(self: Any, command: Any, arg: Any) -> Any:
        check(_route.get(), command, arg)
        return await write(self, command, arg)

    store.write = watched
