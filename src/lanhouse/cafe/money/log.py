"""Writing the billing log."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy.dialects import postgresql

from lanhouse.cafe.facts import LogWritten
from lanhouse.cafe.money.queries import AMOUNTS, LEVELS, summed
from lanhouse.cafe.money.schemas import Event, LogEntry, Subject
from lanhouse.cafe.money.tables import billing_log_sums, billing_logs
from lanhouse.db.statements import Static, among, numbered, static
from lanhouse.db.store import Tx

_INTO = numbered(billing_logs)


def _adding() -> Static:
    """The statement that adds the rows named by `ids` to all the sums that they belong to."""
    rows = summed(LEVELS, among(billing_logs.c.id, "ids"))
    insert = postgresql.insert(billing_log_sums).from_select(
        [column.name for column in billing_log_sums.c], rows, include_defaults=False
    )
    added = {name: billing_log_sums.c[name] + insert.excluded[name] for name in AMOUNTS}
    keys = [column.name for column in billing_log_sums.primary_key]
    return static(insert.on_conflict_do_update(index_elements=keys, set_=added))


_ADD = _adding()
_EVENTS = frozenset(Event)
_SUBJECTS = frozenset(Subject)


def write_log(tx: Tx, entry: LogEntry) -> int:
    """Write one event's row in the transaction of the event itself, at its time or else now;
    answers its id."""
    return write_logs(tx, [entry])[0]


def write_logs(tx: Tx, entries: Sequence[LogEntry]) -> list[int]:
    """Write the rows of several events at once; each says from where and by which call it came.
    Answers their ids."""
    tx.trail.note_log_row()
    written = tx.insert_many(_INTO, [_values(tx, entry) for entry in entries])
    for entry, log_id in zip(entries, written, strict=True):
        tx.tell(LogWritten(entry.center_id, log_id))
    return written


def add_to_sums(tx: Tx, written: list[LogWritten]) -> None:
    """Add rows to the log's sums: once for a command or batch, after everything else, so that
    nobody waits for another with a sum locked."""
    tx.run(_ADD, ids=[fact.log_id for fact in written])


def _values(tx: Tx, entry: LogEntry) -> dict[str, Any]:
    assert entry.event in _EVENTS, f"unknown event {entry.event!r}"
    assert entry.subject in _SUBJECTS, f"unknown subject {entry.subject!r}"
    origin = tx.trail.origin
    return {
        **msgspec.structs.asdict(entry),
        "at": entry.at or tx.now,
        "address": None if origin is None else origin.address,
        "call": None if origin is None else origin.call,
    }
