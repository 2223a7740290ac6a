"""Jobs in steps: resumed where they were, in turn, tried again, canceled between two steps."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from lanhouse.db.outbox import outbox
from lanhouse.db.statements import Row
from lanhouse.db.store import Read, Store, Tx
from lanhouse.jobs.queue import (
    ATTEMPTS_MAX,
    LATE,
    Failure,
    JobFailed,
    Turn,
    cancel,
    enqueue,
    note_failure,
    run_step,
)
from lanhouse.jobs.runner import Runner
from lanhouse.jobs.schemas import Done, Job, Progress, Steps
from lanhouse.jobs.tables import queue
from lanhouse.kit import clock

Step = Callable[[Tx, Job], Progress | Done]


def ask(store: Store, kind: str, key: str, center_id: int = 0, payload: object = "") -> bool:
    return store.run_sync(
        lambda tx, _: enqueue(tx, kind, payload, key=key, center_id=center_id), None
    )


def turn_of(last_center: int = -1, **steps: Step) -> Turn:
    return Turn({name: Steps(name, step) for name, step in steps.items()}, (), last_center)


def rows(store: Store) -> list[Row]:
    return store.read_sync(lambda read: read.all(sa.select(queue).order_by(queue.c.id)))


def topics(store: Store) -> list[str]:
    statement = sa.select(outbox.c.events).order_by(outbox.c.id)
    found = store.read_sync(lambda read: read.all(statement))
    told = [event["topic"] for row in found for event in row.events]
    return [topic for topic in told if topic != LATE]


def count_to_three(tx: Tx, job: Job) -> Progress | Done:
    at = job.cursor or 0
    tx.emit(f"{job.payload} {at + 1}", {})
    return Done({"counted": 3}, 3) if at == 2 else Progress(at + 1, at + 1, 3)


def test_a_job_goes_on_where_its_last_step_left_it(store: Store) -> None:
    ask(store, "count", "c", payload="a")
    turn = turn_of(count=count_to_three)
    [row] = rows(store)
    assert (row.status, row.done, row.total, row.started_at) == ("waiting", 0, None, None)
    assert store.run_sync(run_step, turn) is not None
    [row] = rows(store)
    assert (row.status, row.cursor, row.done, row.total) == ("running", 1, 1, 3)
    began = row.started_at
    # Whoever goes on has nothing but the row.
    for _ in range(2):
        assert store.run_sync(run_step, turn_of(count=count_to_three)) is not None
    assert store.run_sync(run_step, turn) is None
    [row] = rows(store)
    assert (row.status, row.done, row.total, row.result) == ("done", 3, 3, {"counted": 3})
    assert (row.started_at, row.key) == (began, None)
    assert row.finished_at >= began
    assert topics(store) == ["a 1", "a 2", "a 3"]


def test_what_a_step_did_and_where_it_stands_are_committed_together(store: Store) -> None:
    """A process that dies inside a step has done nothing of it."""

    class Died(BaseException):
        pass

    def die(tx: Tx, job: Job) -> Progress:
        if job.cursor == 1:
            tx.emit("never", {})
            raise Died
        tx.emit("once", {})
        return Progress(1, 1)

    ask(store, "die", "d")
    store.run_sync(run_step, turn_of(die=die))
    with pytest.raises(Died):
        store.run_sync(run_step, turn_of(die=die))
    [row] = rows(store)
    assert (row.cursor, row.done, row.attempts) == (1, 1, 0)
    assert topics(store) == ["once"]


def test_a_key_is_taken_until_its_job_has_ended(store: Store) -> None:
    assert ask(store, "count", "c", payload="a") is True
    assert ask(store, "count", "c", payload="b") is False
    turn = turn_of(count=count_to_three)
    while store.run_sync(run_step, turn):
        pass
    assert ask(store, "count", "c", payload="b") is True
    assert [row.status for row in rows(store)] == ["done", "waiting"]


def test_a_failing_step_leaves_no_effect_and_waits(store: Store) -> None:
    def fail(tx: Tx, job: Job) -> Done:
        enqueue(tx, "done", {}, key="the effect")
        raise ValueError("no paper")

    ask(store, "work", "w")
    with pytest.raises(JobFailed) as failed:
        store.run_sync(run_step, turn_of(work=fail))
    store.run_sync(note_failure, failed.value.failure)
    [row] = rows(store)
    assert (row.key, row.attempts, row.error) == ("w", 1, "ValueError('no paper')")
    assert row.status == "waiting"
    assert store.run_sync(run_step, turn_of(work=fail)) is None


def test_a_step_that_succeeds_forgets_the_failures_before_it(store: Store) -> None:
    ask(store, "count", "c", payload="a")
    [row] = rows(store)
    store.run_sync(note_failure, Failure(0, row.id, ATTEMPTS_MAX - 1, "no paper"))
    make_due(store)
    store.run_sync(run_step, turn_of(count=count_to_three))
    [row] = rows(store)
    assert (row.attempts, row.error, row.done) == (0, "", 1)


def make_due(store: Store) -> None:
    past = clock.real_now() - timedelta(seconds=1)
    store.run_sync(lambda tx, _: tx.run(sa.update(queue).values(run_at=past)), None)


def test_after_its_last_try_a_job_has_failed_and_gives_its_key_back(store: Store) -> None:
    """Else housekeeping, whose key never changes, would never run again."""
    ask(store, "work", "w")
    [job] = rows(store)
    for attempt in range(1, ATTEMPTS_MAX + 1):
        assert ask(store, "work", "w") is False
        store.run_sync(note_failure, Failure(0, job.id, attempt, f"no paper {attempt}"))
    [row] = rows(store)
    assert (row.status, row.error) == ("failed", f"no paper {ATTEMPTS_MAX}")
    make_due(store)
    assert store.run_sync(run_step, turn_of(work=count_to_three)) is None
    assert ask(store, "work", "w", payload="a") is True
    assert store.run_sync(run_step, turn_of(work=count_to_three)) is not None
    assert topics(store) == ["a 1"]


def test_a_kind_that_nobody_knows_is_told_and_not_left_waiting(store: Store) -> None:
    ask(store, "of a later release", "w")
    with pytest.raises(JobFailed, match="nothing here does jobs of the kind of a later release"):
        store.run_sync(run_step, turn_of())


def test_a_canceled_job_keeps_what_it_did_and_does_no_more(store: Store) -> None:
    ask(store, "count", "c", payload="a")
    turn = turn_of(count=count_to_three)
    store.run_sync(run_step, turn)
    [row] = rows(store)
    assert store.run_sync(cancel, row.id) is True
    assert store.run_sync(cancel, row.id) is False
    assert store.run_sync(run_step, turn) is None
    # The failure of a step that ran meanwhile does not wake it.
    store.run_sync(note_failure, Failure(0, row.id, 1, "late"))
    [row] = rows(store)
    assert (row.status, row.done, row.error, row.key) == ("canceled", 1, "", None)
    assert topics(store) == ["a 1"]


def test_pages_hear_of_what_is_late_and_of_nothing_else(store: Store) -> None:
    def late() -> list[int]:
        found = store.read_sync(lambda read: read.all(sa.select(outbox.c.events)))
        events = [event for row in found for event in row.events if event["topic"] == LATE]
        return [event["payload"]["center_id"] for event in events]

    work = turn_of(work=lambda tx, job: Done())
    ask(store, "work", "w", 7)
    store.run_sync(run_step, work)
    assert late() == []
    ask(store, "work", "w", 7)
    store.run_sync(note_failure, Failure(7, rows(store)[-1].id, 1, "no paper"))
    assert late() == [7]
    make_due(store)
    store.run_sync(run_step, work)
    assert late() == [7, 7]
    ask(store, "work", "w", 8)
    assert store.run_sync(cancel, rows(store)[-1].id) is True
    assert late() == [7, 7, 8]


def test_long_jobs_take_turns_and_a_centre_with_many_starves_nobody(store: Store) -> None:
    served: list[tuple[int, Any]] = []

    def endless(tx: Tx, job: Job) -> Progress:
        served.append((job.center_id, job.payload))
        return Progress(job.done, job.done + 1)

    for number in range(5):
        ask(store, "endless", f"many {number}", 1, number)
    ask(store, "endless", "one", 2, "alone")
    ask(store, "endless", "house", 0, "house")
    turn = turn_of(endless=endless)
    for _ in range(12):
        job = store.run_sync(run_step, turn)
        assert job is not None
        turn = turn_of(job.center_id, endless=endless)
    assert served[:6] == [(0, "house"), (1, 0), (2, "alone"), (0, "house"), (1, 1), (2, "alone")]
    assert [number for center, number in served if center == 1] == [0, 1, 2, 3]


def test_two_processes_never_do_one_step_twice(postgres_store: Store) -> None:
    """The lease has just passed on, and the old leader has not noticed."""
    store = postgres_store

    async def work() -> None:
        store.start()
        for number in range(4):
            await store.write(lambda tx, n: enqueue(tx, "count", f"job {n}", key=f"{n}"), number)
        runners = [Runner(store, [Steps("count", count_to_three)], lambda: True) for _ in range(4)]

        async def until_idle(runner: Runner) -> None:
            while await runner.step():
                pass

        # Whoever finds every row taken gives up, so they are asked until nothing is open.
        while await store.read(open_jobs):
            await asyncio.gather(*(until_idle(runner) for runner in runners))
        await store.stop()

    asyncio.run(work())
    assert sorted(topics(store)) == [f"job {job} {at}" for job in range(4) for at in (1, 2, 3)]


def open_jobs(read: Read) -> int:
    count = sa.select(sa.func.count()).select_from(queue)
    return read.scalar(count.where(queue.c.finished_at.is_(None)))


def test_the_runner_works_while_it_leads_and_goes_on_after_a_failure(store: Store) -> None:
    leads = [False]
    tries: list[int] = []

    def second_time(tx: Tx, job: Job) -> Done:
        tries.append(job.attempts)
        if not job.attempts:
            raise ValueError("no paper")
        return Done("here")

    async def work() -> None:
        store.start()
        await store.write(lambda tx, _: enqueue(tx, "work", {}, key="w"), None)
        runner = Runner(store, [Steps("work", second_time)], lambda: leads[0])
        runner.start()
        await asyncio.sleep(0.05)
        assert tries == []
        leads[0] = True
        async with asyncio.timeout(30):
            while await store.read(open_jobs):
                await asyncio.sleep(0.05)
        await runner.stop()
        await store.stop()

    asyncio.run(work())
    assert tries == [0, 1]
    assert [(row.status, row.result) for row in rows(store)] == [("done", "here")]
