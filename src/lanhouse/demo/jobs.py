"""Filling a centre as a demo hall, in a process of its own whose clock is moved by hand (0137)."""

from __future__ import annotations

import asyncio
import os
import sys
from functools import partial

from lanhouse.cafe.centers.queries.demo_hall import FILL
from lanhouse.jobs.outbound import Means
from lanhouse.jobs.schemas import Delivery, Done, Job, Kind
from lanhouse.kit.texts import N_
from lanhouse.settings import AppSettings

SECONDS_MAX = 300
_TOLD_MAX = 400


class FillingFailed(Exception):
    """The process ended without a whole demo hall."""

    def __repr__(self) -> str:
        # The queue keeps this text of a failed try, and people read it.
        return str(self)


def jobs_of(means: Means) -> list[Kind]:
    """The kind of job that starts the process and watches it."""
    label = N_("Fill the demo hall")
    about = N_("Makes the rooms, members and weeks of history of a demo hall in an empty centre.")
    deliver = partial(fill, means.settings)
    return [Delivery(FILL, deliver, seconds_max=SECONDS_MAX, label=label, about=about)]


async def fill(settings: AppSettings, job: Job) -> Done:
    """Let the process fill the job's centre; payload `until_micros`. Raises FillingFailed with its
    last words. What it has done stays, and the next try goes on behind it."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "lanhouse", "fill-demo"),
        *("--data-dir", str(settings.data_dir)),
        *("--center-id", str(job.center_id)),
        *("--until-micros", str(job.payload["until_micros"])),
        # An address with a password is nothing for a list of processes.
        env={**os.environ, "LANHOUSE_DATABASE_URL": settings.database_url or ""},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        _, told = await process.communicate()
    finally:
        if process.returncode is None:
            # The server stops, or it took too long: nothing of it may run on unwatched.
            process.kill()
            await process.wait()
    if process.returncode:
        lines = told.decode(errors="replace").strip().splitlines()
        reason = lines[-1].removeprefix("lanhouse: ") if lines else ""
        raise FillingFailed(reason[:_TOLD_MAX] or f"exit code {process.returncode}")
    return Done()
