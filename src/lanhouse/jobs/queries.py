"""Looking at jobs."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import sqlalchemy as sa

from lanhouse.db.statements import Row, static
from lanhouse.db.store import Read
from lanhouse.jobs.schemas import FAILED, JobView
from lanhouse.jobs.tables import queue
from lanhouse.kit import clock

LISTED_MAX = 100
_VIEWED_DAYS = 7

_COUNTS = static(
    sa.select(queue.c.kind, queue.c.status, sa.func.count().label("number"))
    .group_by(queue.c.kind, queue.c.status)
    .order_by(queue.c.kind, queue.c.status)
)
_FAILED_SINCE = static(
    sa.select(queue)
    .where(
        queue.c.status == FAILED,
        queue.c.finished_at >= sa.bindparam("since", type_=queue.c.finished_at.type),
    )
    .order_by(queue.c.finished_at.desc(), queue.c.id.desc())
    .limit(LISTED_MAX)
)


class Count(msgspec.Struct, frozen=True):
    """How many jobs of a kind there are in a state."""

    kind: str
    status: str
    number: int


def counts(read: Read, _: None = None) -> list[Count]:
    """All jobs that are kept, by kind and state."""
    return [Count(*row) for row in read.all(_COUNTS)]


def failed_lately(read: Read, _: None = None) -> list[JobView]:
    """Jobs that were given up in the last week, newest first, at most LISTED_MAX."""
    since = clock.real_now() - timedelta(days=_VIEWED_DAYS)
    return [view_of(row) for row in read.all(_FAILED_SINCE, since=since)]


def view_of(row: Row) -> JobView:
    """A row as people see it."""
    return JobView(
        **{field: getattr(row, field) for field in JobView.__struct_fields__},
    )
