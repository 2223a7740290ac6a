"""What SQLite's own errors mean for a transaction and for those who wait for it."""

from __future__ import annotations

import sqlite3
from typing import Any

import structlog

from lanhouse.kit.errors import Busy, CommitUnknown

log = structlog.get_logger("lanhouse.db")

# The low byte of SQLite's error codes when it is the disk or another program, not the statement.
_DISK_CODES = frozenset(
    (
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
    )
)


def commit(raw: Any) -> None:
    """COMMIT. Raises CommitUnknown when the disk failed meanwhile.

    What could not be brought to safety may stand in the log all the same, and after a crash SQLite
    finds it there and keeps it.
    """
    try:
        raw.execute("COMMIT")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_IOERR:
            raise CommitUnknown from error
        raise


def back_to_savepoint(raw: Any) -> None:
    """Undo what failed, for the rest of the group to go on; called while its error is handled.

    Raises that error when there is nothing to go back to: SQLite ends the whole transaction by
    itself when the disk is full or broken (its documentation, "Response To Errors Within A
    Transaction").
    """
    if not raw.in_transaction:
        raise  # noqa: PLE0704 - the error that is being handled
    raw.execute("ROLLBACK TO command")


def told(error: Any) -> Any:
    """Busy in place of an error of the disk or of a lock, which ends by itself or by the host."""
    cause = getattr(error, "orig", None) or error
    code = getattr(cause, "sqlite_errorcode", None)
    if code is None or code & 0xFF not in _DISK_CODES:
        return error
    log.error("the database cannot be written", reason=str(cause))
    busy = Busy("The database cannot be written now. Try again.")
    busy.__cause__ = error
    return busy
