"""Putting all members into the group of their points: after the switch, or a minimum, changed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
import sqlalchemy as sa

from lanhouse.cafe.centers.queries import center_by_id
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.facts import PointsChanged
from lanhouse.cafe.groups.queries import member_groups_of
from lanhouse.cafe.groups.rules import group_for_points
from lanhouse.cafe.groups.schemas import DEFAULT_GROUP
from lanhouse.cafe.loyalty.commands import follow_points
from lanhouse.cafe.loyalty.commands.lots import expire_bonus
from lanhouse.cafe.loyalty.commands.referrals import KIND as KIND_REFERRAL
from lanhouse.cafe.loyalty.commands.referrals import give_for_friend
from lanhouse.cafe.members.locks import lock_member
from lanhouse.cafe.members.tables import members
from lanhouse.cafe.money.kinds import POINT
from lanhouse.db.statements import static
from lanhouse.db.store import Tx
from lanhouse.jobs.schemas import Done, Job, Progress, Steps
from lanhouse.jobs.ticker import Task
from lanhouse.kit import clock
from lanhouse.kit.texts import N_
from lanhouse.ledger import book_of_center
from lanhouse.ledger.tables import accounts

KIND = "members.follow_points"
LOOKED_AT_MAX = 100
"""Members that one step looks at."""
MOVED_MAX = 20
"""Members that it moves at most: each has a row in the log, and perhaps a session to price anew."""

_TIME = members.c.created_at.type
_OF_CENTER = (
    members.c.center_id == sa.bindparam("center"),
    members.c.group_id >= DEFAULT_GROUP,
    members.c.deleted_at.is_(None),
)
_COUNT = static(sa.select(sa.func.count()).select_from(members).where(*_OF_CENTER))
# By their opening, which never changes; who is added meanwhile comes at the end.
_NEXT = static(
    sa.select(
        members.c.id,
        members.c.group_id,
        members.c.created_at,
        sa.func.coalesce(accounts.c.balance_micros, 0).label("point_micros"),
    )
    .outerjoin(
        accounts,
        (accounts.c.book_id == sa.bindparam("book"))
        & (accounts.c.owner_kind == "member")
        & (accounts.c.owner_id == members.c.id)
        & (accounts.c.kind == "point")
        & (accounts.c.currency == POINT),
    )
    .where(
        members.c.center_id == sa.bindparam("center"),
        # Not by the index of groups, which would read all members for each step.
        members.c.group_id + 0 >= DEFAULT_GROUP,
        members.c.deleted_at.is_(None),
        sa.tuple_(members.c.created_at, members.c.id)
        > sa.tuple_(sa.bindparam("after_at", type_=_TIME), sa.bindparam("after_id")),
    )
    .order_by(members.c.created_at, members.c.id)
    .limit(LOOKED_AT_MAX)
)


class _Cursor(msgspec.Struct, frozen=True):
    """The member that was looked at last, and how many were moved so far."""

    created_micros: int = 0
    member_id: int = 0
    moved: int = 0

    @property
    def created_at(self) -> datetime:
        return clock.from_micros(self.created_micros)


def follow_all_points(tx: Tx, job: Job) -> Progress | Done:
    """Look at the next members and move those whose points say so (decision 0057)."""
    center = center_by_id(tx, job.center_id)
    assert center is not None
    if not center.settings.loyalty.point_enable:
        return Done({"moved": 0})
    cursor = msgspec.convert(job.cursor or {}, _Cursor)
    total = tx.scalar(_COUNT, center=center.id) if job.total is None else job.total
    rows = tx.all(
        _NEXT,
        center=center.id,
        book=book_of_center(center.id),
        after_at=cursor.created_at,
        after_id=cursor.member_id,
    )
    looked_at, wrong = _wrong_ones(tx, center, rows)
    _move(tx, center, job, wrong)
    moved = cursor.moved + len(wrong)
    done = job.done + looked_at
    if looked_at == len(rows) < LOOKED_AT_MAX:
        return Done({"moved": moved}, done)
    last = rows[looked_at - 1]
    following = _Cursor(clock.to_micros(last.created_at), last.id, moved)
    return Progress(msgspec.to_builtins(following), done, max(total, done))


def _wrong_ones(tx: Tx, center: Center, rows: list[Any]) -> tuple[int, list[int]]:
    """How many of the rows are looked at in this step, and which of them are in a wrong group."""
    groups = member_groups_of(tx, center.id)
    wrong: list[int] = []
    for number, row in enumerate(rows, 1):
        if group_for_points(groups, row.point_micros, row.group_id) != row.group_id:
            wrong.append(row.id)
            if len(wrong) == MOVED_MAX:
                return number, wrong
    return len(rows), wrong


def _move(tx: Tx, center: Center, job: Job, member_ids: list[int]) -> None:
    """Decided anew under their locks: somebody may have moved points or groups meanwhile."""
    for member_id in sorted(member_ids):
        lock_member(tx, center.id, member_id)
    by = ("staff", job.started_by) if job.started_by else ("api_key", 0)
    follow_points(tx, [PointsChanged(center.id, member_id, *by) for member_id in member_ids])


TASKS = [Task("end bonus whose day has come", 30, expire_bonus)]
JOBS = [
    Steps(KIND_REFERRAL, give_for_friend, label=N_("Give what a brought friend is worth")),
    Steps(
        KIND,
        follow_all_points,
        right="member_groups.edit",
        label=N_("Put all members into the group of their points"),
        about=N_(
            "After points were switched on, or the least points of a group were changed, "
            "members stay in their group until their points move. This moves all of them at "
            "once; running sessions go on under the new discount."
        ),
    ),
]
