"""Writing the billing log."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
import sqlalchemy as sa

from lanhouse.cafe.money.schemas import Event, LogEntry, Subject
from lanhouse.cafe.money.tables import billing_logs
from lanhouse.db.statements import static
from lanhouse.db.store import Tx

_INSERT = static(sa.insert(billing_logs))
_EVENTS = frozenset(Event)
_SUBJECTS = frozenset(Subject)


def write_log(tx: Tx, entry: LogEntry) -> None:
    """Write one event's row in the transaction of the event itself, at its time or else now."""
    tx.run(_INSERT, **_values(tx, entry))


def write_logs(tx: Tx, entries: Sequence[LogEntry]) -> None:
    """Write the rows of several events at once."""
    tx.run_many(_INSERT, [_values(tx, entry) for entry in entries])


def _values(tx: Tx, entry: LogEntry) -> dict[str, Any]:
    assert entry.event in _EVENTS, f"unknown event {entry.event!r}"
    assert entry.subject in _SUBJECTS, f"unknown subject {entry.subject!r}"
    return {**msgspec.structs.asdict(entry), "at": entry.at or tx.now}
