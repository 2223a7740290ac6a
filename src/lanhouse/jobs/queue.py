"""The queue of jobs for later: stored with the transaction that asks, done step by step, tried
again (decision 0068).

A step runs in the same transaction that writes how far the job is, so after a crash it goes on
exactly where it was. Between two steps anybody may cancel it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
import sqlalchemy as sa

from lanhouse.db.statements import Row, among, insert_ignore, static
from lanhouse.db.store import Retry, Tx
from lanhouse.jobs.schemas import (
    CANCELED,
    DONE,
    FAILED,
    HOUSE,
    RUNNING,
    WAITING,
    Done,
    Job,
    Progress,
    Steps,
)
from lanhouse.jobs.tables import queue
from lanhouse.kit import clock

ATTEMPTS_MAX = 10
_RETRY_SECONDS_MAX = 3600
LATE = "jobs.late"
"""The event by which pages hear that jobs of a centre were tried in vain, or are so no longer."""
ON_ITS_WAY = "canceled while it was on its way: it may have arrived"

_TIME = queue.c.run_at.type
_IS_OPEN = queue.c.finished_at.is_(None)
_THIS = (queue.c.id == sa.bindparam("job_id"), _IS_OPEN)
_AT = sa.bindparam("at", type_=_TIME)
_INSERT = static(insert_ignore(queue).returning(queue.c.id))
IN_TURN = (queue.c.center_id <= sa.bindparam("last_center"), queue.c.center_id, queue.c.served_at)
"""The next centre after the one that was served last, and of its jobs the one that waited longest:
neither a long job nor a centre with many keeps the others waiting."""
_DUE = static(
    sa.select(queue)
    .where(_IS_OPEN, queue.c.run_at <= _AT, sa.not_(among(queue.c.kind, "deliveries")))
    .order_by(*IN_TURN, queue.c.id)
    .limit(1)
    .with_for_update(skip_locked=True)
)
_STEPPED = static(
    sa.update(queue)
    .where(*_THIS)
    .values(
        status=RUNNING,
        cursor=sa.bindparam("next_cursor", type_=queue.c.cursor.type),
        done=sa.bindparam("so_far"),
        total=sa.bindparam("of_total"),
        run_at=sa.bindparam("again_at", type_=_TIME),
        attempts=0,
        error="",
        started_at=sa.func.coalesce(queue.c.started_at, _AT),
        served_at=_AT,
    )
)
_FINISH = (
    sa.update(queue)
    .where(*_THIS)
    .values(
        status=sa.bindparam("as_status"),
        result=sa.bindparam("with_result", type_=queue.c.result.type),
        done=sa.func.coalesce(sa.bindparam("so_far", type_=sa.BigInteger), queue.c.done),
        error=sa.bindparam("reason"),
        key=None,
        courier=None,
        leased_until=None,
        started_at=sa.func.coalesce(queue.c.started_at, _AT),
        served_at=_AT,
        finished_at=_AT,
    )
)
_FINISHED = static(_FINISH)
_FINISHED_BY = static(_FINISH.where(queue.c.courier == sa.bindparam("by_courier")))
_FAIL = static(
    sa.update(queue)
    .where(*_THIS)
    .values(
        attempts=sa.bindparam("tried"),
        error=sa.bindparam("reason"),
        run_at=sa.bindparam("again_at", type_=_TIME),
        courier=None,
        leased_until=None,
        served_at=_AT,
    )
)
_HURRY = static(
    sa.update(queue)
    .where(
        queue.c.center_id == sa.bindparam("center"),
        among(queue.c.kind, "kinds"),
        _IS_OPEN,
        queue.c.courier.is_(None),
        queue.c.run_at > _AT,
    )
    .values(run_at=_AT)
)
_EMPTIED = static(sa.update(queue).where(queue.c.id == sa.bindparam("job_id")).values(payload={}))
_LOCK = static(sa.select(queue.c.courier, queue.c.center_id).where(*_THIS).with_for_update())


class Failure(msgspec.Struct, frozen=True):
    """A job that failed: whose and which, how often in a row so far, and why."""

    center_id: int
    job_id: int
    attempts: int
    reason: str


class JobFailed(Exception):
    """Carries the failed job out of the rolled-back transaction."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.reason)
        self.failure = failure


class Turn(msgspec.Struct, frozen=True):
    """What a process can do, by kind, and which centre it served last."""

    steps: Mapping[str, Steps]
    deliveries: tuple[str, ...] = ()
    last_center: int = -1


def enqueue(
    tx: Tx,
    kind: str,
    payload: Any,
    *,
    key: str,
    run_at: datetime | None = None,
    center_id: int = HOUSE,
    started_by: int = 0,
) -> bool:
    """Ask for a job; False when one with this key has not ended yet. `run_at` is real time."""
    now = clock.real_now()
    made = tx.scalar(
        _INSERT,
        center_id=center_id,
        kind=kind,
        payload=payload,
        key=key,
        status=WAITING,
        started_by=started_by,
        run_at=run_at or now,
        attempts=0,
        error="",
        done=0,
        served_at=now,
    )
    return made is not None


def run_step(tx: Tx, turn: Turn) -> Job | None:
    """Run one step of the job whose turn it is; None when none is due.

    Raises JobFailed when its step failed, or what follows from it (its facts are settled here).
    """
    row = tx.one(
        _DUE,
        at=clock.real_now(),
        deliveries=list(turn.deliveries),
        last_center=turn.last_center,
    )
    if row is None:
        return None
    job = job_of(row)
    try:
        found = turn.steps[job.kind].step(tx, job)
        tx.settle()
    except Retry:
        raise
    except Exception as error:
        raise JobFailed(failure_of(job, error)) from error
    if isinstance(found, Done):
        finish(tx, job, found)
    else:
        _go_on(tx, job, found)
    return job


def job_of(row: Row) -> Job:
    """A row as its kind is handed it."""
    return Job(
        id=row.id,
        center_id=row.center_id,
        kind=row.kind,
        payload=row.payload,
        cursor=row.cursor,
        done=row.done,
        total=row.total,
        attempts=row.attempts,
        started_by=row.started_by,
    )


def _go_on(tx: Tx, job: Job, progress: Progress) -> None:
    tx.run(
        _STEPPED,
        job_id=job.id,
        next_cursor=progress.cursor,
        so_far=progress.done,
        of_total=progress.total,
        again_at=clock.real_now() + timedelta(seconds=progress.again_in_seconds),
        at=clock.real_now(),
    )


def finish(tx: Tx, job: Job, done: Done, courier: str = "") -> bool:
    """Write down that a job is done; False when it had ended before, or another courier has it."""
    if job.attempts:
        tx.emit(LATE, {"center_id": job.center_id})
    values = {"so_far": done.done, "with_result": done.result, "reason": "", "as_status": DONE}
    if courier:
        values["by_courier"] = courier
    statement = _FINISHED_BY if courier else _FINISHED
    return tx.run(statement, job_id=job.id, at=clock.real_now(), **values) == 1


def empty_payload(tx: Tx, job_id: int) -> None:
    """Forget what a job was asked to do, for one whose payload must not be kept when it is done."""
    tx.run(_EMPTIED, job_id=job_id)


def failure_of(job: Job, error: BaseException) -> Failure:
    """One more failed try of a job."""
    is_unknown = isinstance(error, KeyError) and error.args == (job.kind,)
    reason = f"nothing here does jobs of the kind {job.kind}" if is_unknown else repr(error)
    return Failure(job.center_id, job.id, job.attempts + 1, reason[:500])


def note_failure(tx: Tx, failure: Failure) -> None:
    """Keep the reason and wait longer before each new try; after ATTEMPTS_MAX it has failed for
    good and stays to be seen.
    """
    now = clock.real_now()
    tx.emit(LATE, {"center_id": failure.center_id})
    if failure.attempts >= ATTEMPTS_MAX:
        end_unfinished(tx, failure.job_id, FAILED, failure.reason)
        return
    wait = min(2**failure.attempts, _RETRY_SECONDS_MAX)
    tx.run(
        _FAIL,
        job_id=failure.job_id,
        tried=failure.attempts,
        reason=failure.reason,
        again_at=now + timedelta(seconds=wait),
        at=now,
    )


def hurry(tx: Tx, center_id: int, kinds: Sequence[str]) -> int:
    """Try at once what waits for another try: whatever kept these kinds of a centre is over.
    Answers how many there are."""
    return tx.run(_HURRY, center=center_id, kinds=list(kinds), at=clock.real_now())


def end_unfinished(tx: Tx, job_id: int, status: str, reason: str) -> bool:
    """End a job that is not done; False when it has ended already."""
    ended = tx.run(
        _FINISHED,
        job_id=job_id,
        as_status=status,
        so_far=None,
        with_result=None,
        reason=reason,
        at=clock.real_now(),
    )
    return ended == 1


def cancel(tx: Tx, job_id: int) -> bool:
    """End a job between two of its steps: what they did stays. False when it has ended already.

    A message that is under way cannot be called back; the row says so.
    """
    row = tx.one(_LOCK, job_id=job_id)
    if row is None:
        return False
    tx.emit(LATE, {"center_id": row.center_id})
    return end_unfinished(tx, job_id, CANCELED, ON_ITS_WAY if row.courier else "")
