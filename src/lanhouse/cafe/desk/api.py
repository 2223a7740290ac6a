"""Background work of a centre on the wire (decision 0068)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from lanhouse.cafe.centers.call import CafeCall, NativeRoutes
from lanhouse.jobs.commands import CancelJob, StartJob, cancel_job, start_job
from lanhouse.jobs.queries import JOB_LIST, job_in, scope_of, view_of
from lanhouse.jobs.schemas import JobView, startable
from lanhouse.kit.errors import InvalidInput
from lanhouse.kit.inputs import id_in_path
from lanhouse.kit.pages import CursorIn
from lanhouse.kit.said import say
from lanhouse.web.replies import Written

native = NativeRoutes("Jobs")


class JobOut(msgspec.Struct):
    """A job. `status` is waiting, running, done, failed or canceled; `total` null = not known.

    `started_by` is the id of an employee, 0 for a program; `error` is why the last try failed.
    """

    id: int
    kind: str
    status: str
    done: int
    total: int | None
    result: Any
    error: str
    started_by: int
    started_at: datetime | None
    finished_at: datetime | None


class JobsOut(msgspec.Struct):
    """Jobs, the newest first; `next_cursor` asks for the next ones, null at the end."""

    jobs: list[JobOut]
    next_cursor: str | None


class StartIn(msgspec.Struct):
    """Which kind of job: `members.follow_points`."""

    kind: str


@native.get("/jobs", right="account.self", summary="Background work, newest first")
async def jobs(call: CafeCall, data: CursorIn) -> JobsOut:
    """Without the right jobs.manage those that the caller started."""
    scope = scope_of(call.actor)
    after = JOB_LIST.cursor_sent(scope, data.cursor)
    part = await call.read(JOB_LIST.part, scope, after, data.limit)
    found = [job_out(view_of(row)) for row in part.rows]
    return JobsOut(found, JOB_LIST.cursor_text(scope, part.after))


@native.post("/jobs", right="account.self", summary="Start background work")
async def start(call: CafeCall, data: StartIn) -> Written[JobOut]:
    """The job, or the one of this kind that has not ended yet.

    `members.follow_points` (right member_groups.edit) puts every member into the group of the
    points, as it is done for each member whose points move.
    """
    kinds = startable(call.services.job_kinds)
    kind = kinds.get(data.kind)
    if kind is None:
        raise InvalidInput(
            {"kind": say("must be one of %(names)s", names=", ".join(sorted(kinds)))}
        )
    call.actor.require(kind.right)
    return await call.write(start_job, StartJob(kind.kind, call.actor), job_out)


@native.get("/jobs/{job_id}", right="account.self", summary="One job: how far it is")
async def job(call: CafeCall) -> JobOut:
    """The job, or 404."""
    return job_out(await call.read(job_in, scope_of(call.actor), _job_id(call)))


@native.post("/jobs/{job_id}/cancel", right="account.self", summary="Cancel a job")
async def cancel(call: CafeCall) -> Written[JobOut]:
    """The job, ended between two of its steps; what it did stays. One that had ended is answered
    as it is. 404 for another centre's, or somebody else's without the right jobs.manage.
    """
    wanted = CancelJob(scope_of(call.actor), _job_id(call))
    return await call.write(cancel_job, wanted, job_out)


def _job_id(call: CafeCall) -> int:
    return id_in_path(call.path["job_id"], say("Job not found"))


def job_out(job: JobView) -> JobOut:
    """A job on the wire."""
    return JobOut(**msgspec.structs.asdict(job))
