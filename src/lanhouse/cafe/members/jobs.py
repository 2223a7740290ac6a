"""Forgetting members who do not come any more: announced first, done 30 days later."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from lanhouse.auth.actors import NOBODY
from lanhouse.cafe.centers.queries import center_by_id, open_centers
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.members.commands.changing import MembersNamed, delete_members
from lanhouse.cafe.members.queries.leaving import NOTICE, away_since, has_something, is_away
from lanhouse.cafe.members.tables import members
from lanhouse.db.store import Tx
from lanhouse.jobs.queue import enqueue
from lanhouse.jobs.schemas import Done, Job, Progress, Steps
from lanhouse.jobs.ticker import Task
from lanhouse.kit.errors import AppError
from lanhouse.kit.texts import N_

KIND = "members.retention"
SLICE_MAX = 50
"""Members that one step announces or forgets."""
_EVERY_SECONDS = 6 * 3600
_m = members.c


def plan_retention(tx: Tx, _: None = None) -> bool:
    """Queue a look at each centre that forgets members, or has some announced."""
    for center in open_centers(tx):
        is_waiting = sa.select(_m.id).where(_m.center_id == center.id, _m.leaves_at.is_not(None))
        if center.settings.member.member_retention_months or tx.one(is_waiting.limit(1)):
            enqueue(tx, KIND, {}, key=f"{KIND} of {center.id}", center_id=center.id)
    return False


def retain(tx: Tx, job: Job) -> Progress | Done:
    """First those announced are forgotten whose day has come, then others are announced.

    Who came meanwhile has no day any more (visits); who has money, a package or a loan by now is
    kept. Each step looks at the next members by id, so that nobody is looked at twice in a job.
    """
    center = center_by_id(tx, job.center_id)
    cursor = job.cursor or {"act": "forget", "after": 0, "forgotten": 0, "announced": 0}
    if center is None:
        return Done(None, job.done)
    since = away_since(center, tx.now)
    if since is None:
        _keep_all(tx, center)
        return Done({"deleted": 0}, job.done)
    found = [*is_away(center.id, since), _m.id > cursor["after"]]
    if cursor["act"] == "forget":
        found.append(_m.leaves_at <= tx.now)
        act = _forget
    else:
        found += [_m.leaves_at.is_(None), sa.not_(has_something(center, tx.now))]
        act = _announce
    query = sa.select(_m.id).where(*found).order_by(_m.id).limit(SLICE_MAX)
    ids = [row.id for row in tx.all(query)]
    name = "forgotten" if act is _forget else "announced"
    cursor = cursor | {name: cursor[name] + act(tx, center, ids)}
    done = job.done + len(ids)
    if len(ids) == SLICE_MAX:
        return Progress(cursor | {"after": ids[-1]}, done)
    if act is _forget:
        return Progress(cursor | {"act": "announce", "after": 0}, done)
    return Done({"deleted": cursor["forgotten"]}, done)


def _keep_all(tx: Tx, center: Center) -> None:
    waiting = (_m.center_id == center.id) & _m.leaves_at.is_not(None)
    tx.run(sa.update(members).where(waiting).values(leaves_at=None))


def _forget(tx: Tx, center: Center, ids: list[int]) -> int:
    number = 0
    for member_id in ids:
        # Decided anew: money may have come since the announcement.
        rich: Any = sa.select(_m.id).where(_m.id == member_id, has_something(center, tx.now))
        if tx.one(rich) is None:
            named = MembersNamed(center=center, actor=NOBODY, member_ids=[member_id])
            try:
                delete_members(tx, named)
                number += 1
                continue
            except AppError:
                # He plays or owes for an order after all: refused before anything was written.
                pass
        tx.run(sa.update(members).where(_m.id == member_id).values(leaves_at=None))
    return number


def _announce(tx: Tx, center: Center, ids: list[int]) -> int:
    if not ids:
        return 0
    his = (_m.center_id == center.id) & _m.id.in_(ids)
    return tx.run(sa.update(members).where(his).values(leaves_at=tx.now + NOTICE))


TASKS = [Task("plan what becomes of old accounts", _EVERY_SECONDS, plan_retention)]
JOBS = [Steps(KIND, retain, label=N_("Forget members who do not come any more"))]
