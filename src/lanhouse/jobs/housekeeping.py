"""Rows that nobody needs any more: ended tokens, old log-in failures, published events, old jobs.

A part at a time: a busy month leaves millions of rows, and whoever sells waits for each statement.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from lanhouse.auth.tables import login_failures, tokens
from lanhouse.db.outbox import delete_older_than
from lanhouse.db.statements import static
from lanhouse.db.store import Tx
from lanhouse.jobs.queue import enqueue
from lanhouse.jobs.schemas import Done, Job, Progress, Steps
from lanhouse.jobs.tables import queue
from lanhouse.kit import clock
from lanhouse.kit.texts import N_

KIND = "housekeeping"
SLICE_MAX = 500
"""Rows that one step deletes."""
_KEPT = timedelta(days=1)
_JOBS_KEPT = timedelta(days=30)

_Delete = Callable[[Tx, datetime], int]


def _slices(ended_at: sa.Column[Any], kept: timedelta) -> _Delete:
    """Deletes rows that ended longer ago, found by the index of that column, a slice at a time."""
    table = ended_at.table
    keys: Any = sa.tuple_(*table.primary_key)
    old = sa.select(*table.primary_key).where(
        ended_at < sa.bindparam("before", type_=ended_at.type)
    )
    statement = static(sa.delete(table).where(keys.in_(old.limit(SLICE_MAX))))
    return lambda tx, now: tx.run(statement, before=now - kept)


def _old_events(tx: Tx, now: datetime) -> int:
    return delete_older_than(tx, now - _KEPT, SLICE_MAX)


_PARTS: tuple[_Delete, ...] = (
    _slices(tokens.c.expires_at, _KEPT),
    _slices(login_failures.c.last_at, _KEPT),
    _old_events,
    _slices(queue.c.finished_at, _JOBS_KEPT),
)


def plan_housekeeping(tx: Tx, _: None) -> bool:
    """Queue the next clean-up unless one has not ended yet."""
    enqueue(tx, KIND, {}, key=KIND)
    return False


def clean_up(tx: Tx, job: Job) -> Progress | Done:
    """Delete a slice of what ended long enough ago; `cursor` is the part that is cleaned."""
    part = job.cursor or 0
    deleted = _PARTS[part](tx, clock.real_now())
    done = job.done + deleted
    if not deleted:
        part += 1
    if part == len(_PARTS):
        return Done({"deleted": done}, done)
    return Progress(part, done)


JOBS = [Steps(KIND, clean_up, label=N_("Delete what has ended long ago"))]
