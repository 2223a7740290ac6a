"""Deliveries: leased, at least once, outside any transaction, given back at a stop."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa

from lanhouse.db.statements import Row
from lanhouse.db.store import Read, Store
from lanhouse.jobs.deliveries import (
    AT_ONCE_MAX,
    LEASE_SECONDS,
    Claim,
    Courier,
    Lease,
    Outcome,
    claim_next,
    note_outcome,
    renew,
)
from lanhouse.jobs.queue import ATTEMPTS_MAX, ON_ITS_WAY, cancel, enqueue, failure_of
from lanhouse.jobs.runner import Runner
from lanhouse.jobs.schemas import Delivery, Done, Job, Steps
from lanhouse.jobs.tables import queue
from lanhouse.kit import clock

Deliver = Callable[[Job], Awaitable[Done]]


def ask(store: Store, key: str = "m", center_id: int = 0) -> None:
    store.run_sync(
        lambda tx, _: enqueue(tx, "mail", {"to": "x"}, key=key, center_id=center_id), None
    )


def rows(store: Store) -> list[Row]:
    return store.read_sync(_rows)


def _rows(read: Read) -> list[Row]:
    return read.all(sa.select(queue).order_by(queue.c.id))


def claim(name: str, last_center: int = -1) -> Claim:
    return Claim(name, {"mail": 50.0}, last_center)


def claimed(store: Store, name: str) -> Job:
    found = store.run_sync(claim_next, claim(name))
    assert found is not None
    assert found.job is not None
    return found.job


def test_a_leased_delivery_is_nobody_elses_until_the_lease_ends(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(store)
    job = claimed(store, "a")
    assert store.run_sync(claim_next, claim("b")) is None
    later = clock.real_now() + timedelta(seconds=51)
    monkeypatch.setattr(clock, "real_now", lambda: later)
    again = claimed(store, "b")
    assert (again.id, again.attempts) == (job.id, 1)
    # The first one comes back too late: the second one's outcome counts.
    assert store.run_sync(note_outcome, Outcome("a", job, Done("from a"))) is False
    late = Outcome("a", job, None, failure_of(job, ValueError("a")))
    assert store.run_sync(note_outcome, late) is False
    assert store.run_sync(note_outcome, Outcome("b", again, Done("from b"))) is True
    [row] = rows(store)
    assert (row.status, row.result, row.courier) == ("done", "from b", None)


def test_a_delivery_that_takes_its_process_down_is_given_up(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(store)
    now = clock.real_now()
    for number in range(ATTEMPTS_MAX):
        at = now + timedelta(minutes=number)
        monkeypatch.setattr(clock, "real_now", lambda at=at: at)
        claimed(store, f"courier {number}")
    monkeypatch.setattr(clock, "real_now", lambda: now + timedelta(days=1))
    found = store.run_sync(claim_next, claim("last"))
    assert found is not None
    assert found.job is None
    [row] = rows(store)
    assert (row.status, row.error) == ("failed", "it was on its way when the server ended")


def test_a_message_that_is_on_its_way_may_have_arrived(store: Store) -> None:
    ask(store)
    job = claimed(store, "a")
    assert store.run_sync(cancel, job.id) is True
    assert store.run_sync(note_outcome, Outcome("a", job, Done("sent"))) is False
    [row] = rows(store)
    assert (row.status, row.error, row.result) == ("canceled", ON_ITS_WAY, None)


def _run(store: Store, deliver: Deliver, until: Callable[[list[Row]], bool]) -> None:
    async def work() -> None:
        store.start()
        runner = Runner(store, [Delivery("mail", deliver)], lambda: True)
        runner.start()
        async with asyncio.timeout(30):
            while not until(await store.read(_rows)):
                await asyncio.sleep(0.02)
        await runner.stop()
        await store.stop()

    asyncio.run(work())


def test_what_is_due_is_sent_several_at_once_but_not_all(store: Store) -> None:
    for number in range(AT_ONCE_MAX + 4):
        ask(store, f"mail {number}", number % 3)
    now: list[int] = []
    most: list[int] = []
    is_full = asyncio.Event()

    async def deliver(job: Job) -> Done:
        now.append(job.id)
        most.append(len(now))
        if len(now) == AT_ONCE_MAX:
            is_full.set()
        # Nobody is done before all places are taken, however slowly they are; then there is time
        # for one too many.
        await is_full.wait()
        await asyncio.sleep(0.2)
        now.remove(job.id)
        return Done({"sent": job.payload["to"]})

    _run(store, deliver, lambda found: all(row.status == "done" for row in found))
    assert max(most) == AT_ONCE_MAX
    assert len(most) == AT_ONCE_MAX + 4
    assert [row.result for row in rows(store)] == [{"sent": "x"}] * (AT_ONCE_MAX + 4)


def test_a_failed_delivery_is_tried_again(store: Store) -> None:
    ask(store)
    tries: list[int] = []

    async def deliver(job: Job) -> Done:
        tries.append(job.attempts)
        if not job.attempts:
            raise OSError("nobody at home")
        return Done()

    _run(store, deliver, lambda found: found[0].status == "done")
    assert tries == [0, 1]


def test_a_long_delivery_is_kept_by_renewing_a_short_lease(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A courier that is killed leaves no lease of five minutes behind."""
    ask(store)
    monkeypatch.setattr("lanhouse.jobs.deliveries._RENEW_SECONDS", 0.01)
    leases: list[timedelta] = []

    async def deliver(job: Job) -> Done:
        while len(set(leases)) < 3:
            [row] = await store.read(_rows)
            leases.append(row.leased_until)
            assert row.leased_until - clock.real_now() <= timedelta(seconds=LEASE_SECONDS)
            await asyncio.sleep(0.01)
        return Done()

    async def work() -> None:
        store.start()
        courier = Courier(store, [Delivery("mail", deliver, seconds_max=300)], lambda: True)
        await courier.send_due()
        await courier.wait(20)
        await courier.stop()
        await store.stop()

    asyncio.run(work())
    assert leases == sorted(leases)
    assert rows(store)[0].status == "done"


def test_a_courier_stops_renewing_what_is_not_its_own_any_more(store: Store) -> None:
    ask(store)
    job = claimed(store, "a")
    assert not store.run_sync(renew, Lease("b", job.id))
    assert store.run_sync(renew, Lease("a", job.id))
    store.run_sync(note_outcome, Outcome("a", job, Done()))
    assert not store.run_sync(renew, Lease("a", job.id))


def test_a_stop_gives_back_what_has_not_arrived(store: Store) -> None:
    ask(store)
    is_sent = asyncio.Event()

    async def deliver(job: Job) -> Done:
        is_sent.set()
        await asyncio.sleep(3600)
        return Done()

    async def work() -> None:
        store.start()
        courier = Courier(store, [Delivery("mail", deliver)], lambda: True)
        await courier.send_due()
        await is_sent.wait()
        await courier.stop()
        await store.stop()

    asyncio.run(work())
    [row] = rows(store)
    assert (row.courier, row.leased_until, row.attempts) == (None, None, 0)
    assert row.finished_at is None
    assert claimed(store, "the next process").id == row.id


def test_two_kinds_of_one_name_are_refused(store: Store) -> None:
    async def deliver(job: Job) -> Done:
        return Done()

    with pytest.raises(ValueError, match="two kinds of job"):
        Runner(
            store, [Delivery("mail", deliver), Steps("mail", lambda tx, job: Done())], lambda: True
        )
