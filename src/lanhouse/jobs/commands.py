"""Starting and canceling jobs by hand, each with a line in the audit log."""

from __future__ import annotations

import msgspec

from lanhouse.auth.actors import Actor
from lanhouse.db.store import Tx
from lanhouse.jobs import queue
from lanhouse.jobs.queries import Scope, job_in, open_job_of_key
from lanhouse.jobs.schemas import JobView


class StartJob(msgspec.Struct, frozen=True):
    """A job of this kind for the caller's centre."""

    kind: str
    actor: Actor


def start_job(tx: Tx, start: StartJob) -> JobView:
    """Queue a job for the caller's centre; one that has not ended yet is answered as it is."""
    center_id, staff_id = start.actor.center_id, start.actor.staff_id
    key = f"{start.kind} of {center_id}"
    is_new = queue.enqueue(tx, start.kind, {}, key=key, center_id=center_id, started_by=staff_id)
    job = open_job_of_key(tx, key)
    if is_new:
        tx.audit("job", job.id)
    else:
        tx.did_nothing()
    return job


class CancelJob(msgspec.Struct, frozen=True):
    """A job that the caller may see."""

    scope: Scope
    job_id: int


def cancel_job(tx: Tx, wanted: CancelJob) -> JobView:
    """End a job between two of its steps; one that has ended already is answered as it is.

    Raises NotFound for a job that the caller does not see.
    """
    job_in(tx, wanted.scope, wanted.job_id)
    if queue.cancel(tx, wanted.job_id):
        tx.audit("job", wanted.job_id)
    else:
        tx.did_nothing()
    return job_in(tx, wanted.scope, wanted.job_id)
