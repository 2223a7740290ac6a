"""Housekeeping deletes what ended, a slice at a time, and nothing else."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from lanhouse.auth.tables import login_failures, tokens
from lanhouse.db.outbox import outbox
from lanhouse.db.store import Read, Store, Tx
from lanhouse.jobs import housekeeping
from lanhouse.jobs.queue import Turn, run_step
from lanhouse.jobs.tables import queue
from lanhouse.kit import clock

TURN = Turn({kind.kind: kind for kind in housekeeping.JOBS})
NUMBER = housekeeping.SLICE_MAX + 3


def _fill(tx: Tx, now: datetime) -> None:
    old, young = now - timedelta(days=1, minutes=1), now - timedelta(hours=23)
    # A clock that was set back between them: what is young may have the smallest number.
    tx.run(sa.insert(outbox).values(writer=0, events=[], at=young))
    for at, number in ((old, NUMBER), (young, 2)):
        name = f"{at:%d-%H}"
        for index in range(number):
            tx.run(sa.insert(outbox).values(writer=0, events=[], at=at))
            tx.run(
                sa.insert(login_failures).values(
                    center_id=1, account=f"{name} {index}", address="x", failures=1, last_at=at
                )
            )
            tx.run(
                sa.insert(tokens).values(
                    token_hash=f"{name} {index}",
                    center_id=1,
                    kind="staff",
                    use="cookie",
                    subject_id=1,
                    csrf="",
                    created_at=at,
                    expires_at=at,
                )
            )
    for days, key in ((31, "old"), (29, "young")):
        at = now - timedelta(days=days)
        values = {"center_id": 0, "kind": key, "payload": {}, "status": "done", "started_by": 0}
        values |= {"run_at": at, "attempts": 0, "error": "", "done": 0, "served_at": at}
        tx.run(sa.insert(queue).values(**values, finished_at=at))


def _left(read: Read) -> list[int]:
    return [
        read.scalar(sa.select(sa.func.count()).select_from(table))
        for table in (outbox, login_failures, tokens)
    ]


def test_slices_of_what_ended_long_ago_go_and_the_rest_stays(store: Store) -> None:
    store.run_sync(_fill, clock.real_now())
    store.run_sync(housekeeping.plan_housekeeping, None)
    store.run_sync(housekeeping.plan_housekeeping, None)
    steps = 0
    before = store.read_sync(_left)
    while store.run_sync(run_step, TURN):
        after = store.read_sync(_left)
        assert sum(before) - sum(after) <= housekeeping.SLICE_MAX
        before = after
        steps += 1
    assert before == [3, 2, 2]
    # Two slices of each of three tables, one of jobs, and a look at each that finds no more.
    assert steps == 11
    kept = sa.select(queue.c.kind, queue.c.result).order_by(queue.c.id)
    rows = store.read_sync(lambda read: read.all(kept))
    assert [tuple(row) for row in rows] == [
        ("young", None),
        (housekeeping.KIND, {"deleted": 3 * NUMBER + 1}),
    ]
