"""Looking at jobs."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import sqlalchemy as sa

from lanhouse.auth.actors import Actor
from lanhouse.db.listing import Condition, Listing, Wanted, by
from lanhouse.db.statements import Row, static
from lanhouse.db.store import Read
from lanhouse.jobs.schemas import FAILED, JobView
from lanhouse.jobs.tables import queue
from lanhouse.kit import clock
from lanhouse.kit.errors import NotFound
from lanhouse.kit.said import say

LISTED_MAX = 100
_VIEWED_DAYS = 7

_COUNTS = static(
    sa.select(queue.c.kind, queue.c.status, sa.func.count().label("number"))
    .group_by(queue.c.kind, queue.c.status)
    .order_by(queue.c.kind, queue.c.status)
)
_ONE = static(
    sa.select(queue).where(
        queue.c.center_id == sa.bindparam("center"), queue.c.id == sa.bindparam("job_id")
    )
)
_OF_KEY = static(sa.select(queue).where(queue.c.key == sa.bindparam("key")))
_LAST_OF_KIND = static(
    sa.select(queue)
    .where(queue.c.center_id == sa.bindparam("center"), queue.c.kind == sa.bindparam("the_kind"))
    .order_by(queue.c.id.desc())
    .limit(1)
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


def counts(read: Read) -> list[Count]:
    """All jobs that are kept, by kind and state."""
    return [Count(*row) for row in read.all(_COUNTS)]


def failed_lately(read: Read) -> list[JobView]:
    """Jobs that were given up in the last week, newest first, at most LISTED_MAX."""
    since = clock.real_now() - timedelta(days=_VIEWED_DAYS)
    return [view_of(row) for row in read.all(_FAILED_SINCE, since=since)]


def view_of(row: Row) -> JobView:
    """A row as people see it."""
    return JobView(
        **{field: getattr(row, field) for field in JobView.__struct_fields__},
    )


class Scope(Wanted, frozen=True, kw_only=True):
    """Whose jobs: those of a centre, of one employee or (None) of everybody."""

    center_id: int
    staff_id: int | None
    without: tuple[str, ...] = ()
    """Kinds that a list leaves out."""


def scope_of(actor: Actor) -> Scope:
    """What a caller sees: a Manager and a key all jobs of the centre, others their own."""
    staff_id = None if actor.may("jobs.manage") else actor.staff_id
    return Scope(center_id=actor.center_id, staff_id=staff_id)


def _conditions(scope: Scope) -> list[Condition]:
    found: list[Condition] = [queue.c.center_id == scope.center_id]
    found += [queue.c.kind != kind for kind in scope.without]
    return found if scope.staff_id is None else [*found, queue.c.started_by == scope.staff_id]


JOB_LIST: Listing[Scope] = Listing(queue.c.id, conditions=_conditions, usual=by(queue.c.id))


def job_in(read: Read, scope: Scope, job_id: int) -> JobView:
    """One job (scope, id). Raises NotFound for what the scope does not hold."""
    row = read.one(_ONE, center=scope.center_id, job_id=job_id)
    if row is None or scope.staff_id not in (None, row.started_by):
        raise NotFound(say("Job not found"))
    return view_of(row)


def open_job_of_key(read: Read, key: str) -> JobView:
    """The job that has the key; there is one."""
    row = read.one(_OF_KEY, key=key)
    assert row is not None
    return view_of(row)


def last_of_kind(read: Read, center_id: int, kind: str) -> JobView | None:
    """The newest job of a kind of a centre, whether it has ended or not; None when none is kept."""
    row = read.one(_LAST_OF_KIND, center=center_id, the_kind=kind)
    return None if row is None else view_of(row)
