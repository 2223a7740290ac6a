"""Taking all coins or points on the café API (seed: Members, Reset member game coins)."""

from __future__ import annotations

from msgspec import Struct

from lanhouse.cafe.centers.call import CafeCall, CafeRoutes
from lanhouse.cafe.loyalty.jobs.resets import COINS_KIND, POINTS_KIND
from lanhouse.jobs.commands import StartJob, start_job
from lanhouse.jobs.schemas import JobView
from lanhouse.web.replies import Written

routes = CafeRoutes("Members")


class StartedJobOut(Struct):
    """The background job that does it; `GET /api/native/v1/jobs/{job_id}` says how far it is."""

    job_id: int


@routes.post(
    "/members/action/resetGameCoin",
    right="members.reset",
    summary="Take the coins from all members",
    source="seed: Members, Reset member game coins",
)
async def reset_coins(call: CafeCall) -> Written[StartedJobOut]:
    """data {job_id}. Admin only. Asked for again while it runs, it is the same job."""
    return await _start(call, COINS_KIND)


@routes.post(
    "/members/action/resetPoint",
    right="members.reset",
    summary="Take the points from all members",
    source="seed: Members, Reset member game coins (resetPoint)",
)
async def reset_points(call: CafeCall) -> Written[StartedJobOut]:
    """data {job_id}. Admin only. Groups follow the points; sessions that run keep their tariff."""
    return await _start(call, POINTS_KIND)


async def _start(call: CafeCall, kind: str) -> Written[StartedJobOut]:
    return await call.write(start_job, StartJob(kind, call.actor), _started)


def _started(job: JobView) -> StartedJobOut:
    return StartedJobOut(job.id)
