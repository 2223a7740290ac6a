"""Sweeping files that nobody refers to any more."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from functools import cache
from typing import Any

import sqlalchemy as sa

from lanhouse.cafe.files.tables import file_chunks, files
from lanhouse.db.statements import Static, static
from lanhouse.db.store import Tx
from lanhouse.db.tables import metadata
from lanhouse.jobs.queue import enqueue
from lanhouse.jobs.schemas import Done, Job, Progress, Steps
from lanhouse.jobs.ticker import Task
from lanhouse.kit import clock
from lanhouse.kit.texts import N_

KIND = "files.sweep"
SLICE_MAX = 20
"""Files that one step looks at; each may be megabytes."""
_KEPT = timedelta(hours=1)

_KEY = files.c.key
_NEXT = static(
    sa.select(_KEY).where(sa.bindparam("after_key") < _KEY).order_by(_KEY).limit(SLICE_MAX)
)


def references() -> Iterator[sa.Column[Any]]:
    """Every column of the house that refers to a file; a new one needs nothing but its foreign
    key, and an index.
    """
    for table in metadata.tables.values():
        if table is not file_chunks:
            for foreign in table.foreign_keys:
                if foreign.column is _KEY:
                    yield foreign.parent


@cache
def _sweep() -> Static:
    unused = [~sa.exists().where(column == _KEY) for column in references()]
    return static(
        sa.delete(files).where(
            sa.bindparam("after_key") < _KEY,
            sa.bindparam("last_key") >= _KEY,
            files.c.stored_at < sa.bindparam("before", type_=files.c.stored_at.type),
            *unused,
        )
    )


def plan_sweep(tx: Tx, _: None = None) -> bool:
    """Queue the next sweep unless one has not ended yet."""
    enqueue(tx, KIND, {}, key=KIND)
    return False


def sweep(tx: Tx, job: Job) -> Progress | Done:
    """Delete what nobody refers to among the next files; `cursor` is the last one looked at.

    Its chunks go with a file. What was stored in the last hour stays: an upload may be under way.
    """
    cursor = job.cursor or {"after": "", "deleted": 0}
    keys = [row.key for row in tx.all(_NEXT, after_key=cursor["after"])]
    deleted = cursor["deleted"]
    if keys:
        before = clock.real_now() - _KEPT
        after = cursor["after"]
        deleted += tx.run(_sweep(), after_key=after, last_key=keys[-1], before=before)
    done = job.done + len(keys)
    if len(keys) < SLICE_MAX:
        return Done({"deleted": deleted}, done)
    return Progress({"after": keys[-1], "deleted": deleted}, done)


TASKS = [Task("plan the sweep of files", 3600, plan_sweep)]
JOBS = [Steps(KIND, sweep, label=N_("Delete pictures that nobody uses any more"))]
