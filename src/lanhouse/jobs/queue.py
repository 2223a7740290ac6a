"""The queue of jobs for later: stored with the transaction that asks, run once, tried again.

A handler is a command `(tx, payload)`; it runs in the same transaction that takes the job off
the queue, so a job's effect and its disappearance commit together.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import msgspec
import sqlalchemy as sa

from lanhouse.db.statements import insert_ignore, static
from lanhouse.db.store import Tx
from lanhouse.jobs.tables import queue
from lanhouse.kit import clock

Handler = Callable[[Tx, Any], None]

ATTEMPTS_MAX = 10
_RETRY_SECONDS_MAX = 3600

_INSERT = static(insert_ignore(queue).returning(queue.c.id))
_DELETE_PARKED = static(
    sa.delete(queue).where(queue.c.key == sa.bindparam("parked"), queue.c.attempts >= ATTEMPTS_MAX)
)
_DUE = static(
    sa.select(queue)
    .where(queue.c.run_at <= sa.bindparam("at"), queue.c.attempts < ATTEMPTS_MAX)
    .order_by(queue.c.run_at, queue.c.id)
    .limit(1)
    .with_for_update(skip_locked=True)
)
_DELETE = static(sa.delete(queue).where(queue.c.id == sa.bindparam("job_id")))
_FAIL = static(
    sa.update(queue)
    .where(queue.c.id == sa.bindparam("job_id"))
    .values(
        attempts=queue.c.attempts + 1,
        error=sa.bindparam("reason"),
        run_at=sa.bindparam("again_at", type_=queue.c.run_at.type),
    )
)


class Failure(msgspec.Struct, frozen=True):
    """A job that failed: which, how often so far, and why."""

    job_id: int
    attempts: int
    reason: str


class JobFailed(Exception):
    """Carries the failed job out of the rolled-back transaction."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.reason)
        self.failure = failure


def enqueue(tx: Tx, kind: str, payload: Any, *, key: str, run_at: datetime | None = None) -> bool:
    """Ask for a job; False when one with this key waits already. `run_at` is real time.

    One that gave up does not count as waiting: the new one takes its place.
    """
    tx.run(_DELETE_PARKED, parked=key)
    made = tx.scalar(
        _INSERT,
        kind=kind,
        payload=payload,
        key=key,
        run_at=run_at or clock.real_now(),
        attempts=0,
        error="",
    )
    return made is not None


def run_next(tx: Tx, handlers: Mapping[str, Handler]) -> bool:
    """Run one due job; False when there is none. Raises JobFailed when its handler failed."""
    job = tx.one(_DUE, at=clock.real_now())
    if job is None:
        return False
    try:
        handlers[job.kind](tx, job.payload)
    except Exception as error:
        raise JobFailed(Failure(job.id, job.attempts + 1, repr(error)[:500])) from error
    tx.run(_DELETE, job_id=job.id)
    return True


def note_failure(tx: Tx, failure: Failure) -> None:
    """Keep the reason and wait longer before each new try; after ATTEMPTS_MAX it stays parked."""
    wait = min(2**failure.attempts, _RETRY_SECONDS_MAX)
    tx.run(
        _FAIL,
        job_id=failure.job_id,
        reason=failure.reason,
        again_at=clock.real_now() + timedelta(seconds=wait),
    )
