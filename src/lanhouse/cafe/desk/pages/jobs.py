"""The page of background work: what runs and ran, how far it is, cancel, and what can be started.

One component shows a job; it asks for itself until the job has ended.
"""

from __future__ import annotations

import msgspec
from msgspec.structs import replace

from lanhouse.cafe.centers.call import CafeCall, PanelRoutes
from lanhouse.cafe.printing.queries import KINDS
from lanhouse.jobs.commands import CancelJob, StartJob, cancel_job, start_job
from lanhouse.jobs.queries import JOB_LIST, job_in, scope_of, view_of
from lanhouse.jobs.schemas import Kind, startable
from lanhouse.kit.errors import NotFound
from lanhouse.kit.inputs import id_in_path
from lanhouse.kit.pages import CursorIn
from lanhouse.kit.said import say
from lanhouse.web.replies import Reply, redirect

routes = PanelRoutes("Background work")
_FOLDER = "cafe/desk/templates/jobs"


class StartForm(msgspec.Struct):
    """The kind of job to start."""

    kind: str


@routes.get("/panel/jobs", right="account.self", summary="Background work")
async def jobs_page(call: CafeCall, data: CursorIn) -> Reply:
    """Jobs of the centre, newest first, and what the reader may start. What goes to a printer has
    its place beside the printers."""
    scope = replace(scope_of(call.actor), without=KINDS)
    after = JOB_LIST.cursor_sent(scope, data.cursor)
    part = await call.read(JOB_LIST.part, scope, after, data.limit)
    kinds = startable(call.services.job_kinds).values()
    mine = [kind.kind for kind in kinds if call.actor.may(kind.right)]
    return call.html(
        f"{_FOLDER}/jobs.html",
        jobs=[view_of(row) for row in part.rows],
        kinds=mine,
        words=_words(call),
        older=JOB_LIST.cursor_text(scope, part.after),
    )


@routes.post("/panel/jobs", right="account.self", summary="Start background work")
async def start(call: CafeCall, data: StartForm) -> Reply:
    """Back to the page, where the job is the first."""
    kind = startable(call.services.job_kinds).get(data.kind)
    if kind is None:
        raise NotFound(say("There is no such work."))
    call.actor.require(kind.right)
    await call.run(start_job, StartJob(kind.kind, call.actor))
    return redirect("/panel/jobs")


@routes.get("/panel/jobs/{job_id}", right="account.self", summary="How far a job is")
async def job_part(call: CafeCall) -> Reply:
    """The component of one job, for polls."""
    job = await call.read(job_in, scope_of(call.actor), _job_id(call))
    return call.html(f"{_FOLDER}/job_part.html", job=job, words=_words(call))


@routes.post("/panel/jobs/{job_id}/cancel", right="account.self", summary="Cancel a job")
async def cancel(call: CafeCall) -> Reply:
    """The component, with the end of the job."""
    wanted = CancelJob(scope_of(call.actor), _job_id(call))
    job = await call.run(cancel_job, wanted)
    return call.html(f"{_FOLDER}/job_part.html", job=job, words=_words(call))


def _words(call: CafeCall) -> dict[str, Kind]:
    return {kind.kind: kind for kind in call.services.job_kinds}


def _job_id(call: CafeCall) -> int:
    return id_in_path(call.path["job_id"], say("Job not found"))
