"""Messages to the outside: leased by one courier, sent outside any transaction, at least once."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import msgspec
import sqlalchemy as sa
import structlog

from lanhouse.db.statements import among, static
from lanhouse.db.store import Store, Tx
from lanhouse.jobs.queue import (
    ATTEMPTS_MAX,
    IN_TURN,
    Failure,
    end_unfinished,
    failure_of,
    finish,
    job_of,
    note_failure,
)
from lanhouse.jobs.schemas import FAILED, RUNNING, Delivery, Done, Job
from lanhouse.jobs.tables import queue
from lanhouse.kit import clock
from lanhouse.kit.errors import AppError

log = structlog.get_logger("lanhouse.jobs")

AT_ONCE_MAX = 8
# A courier renews the leases of what is on its way, so that a long delivery of one that was killed
# is begun anew after this, and not after all the time that it might have taken.
LEASE_SECONDS = 30.0
_RENEW_SECONDS = LEASE_SECONDS / 3
# What is on its way at a stop gets so long to arrive; the whole stop may take 5 s.
_STOP_SECONDS_MAX = 0.5
_RELEASE_SECONDS_MAX = 0.3

_TIME = queue.c.run_at.type
_AT = sa.bindparam("at", type_=_TIME)
_DUE = static(
    sa.select(queue)
    .where(
        queue.c.finished_at.is_(None),
        queue.c.run_at <= _AT,
        among(queue.c.kind, "deliveries"),
        queue.c.leased_until.is_(None) | (queue.c.leased_until < _AT),
    )
    .order_by(*IN_TURN, queue.c.id)
    .limit(1)
    .with_for_update(skip_locked=True)
)
_LEASE = static(
    sa.update(queue)
    .where(queue.c.id == sa.bindparam("job_id"))
    .values(
        status=RUNNING,
        # Counted before it is sent: what takes the process down with it does not do so for ever.
        attempts=queue.c.attempts + sa.literal(1),
        courier=sa.bindparam("by_courier"),
        leased_until=sa.bindparam("until", type_=_TIME),
        started_at=sa.func.coalesce(queue.c.started_at, _AT),
        served_at=_AT,
    )
)
_RENEW = static(
    sa.update(queue)
    .where(
        queue.c.id == sa.bindparam("job_id"),
        queue.c.courier == sa.bindparam("by_courier"),
        queue.c.finished_at.is_(None),
    )
    .values(leased_until=sa.bindparam("until", type_=_TIME))
)
_HELD = static(
    sa.select(queue.c.id).where(
        queue.c.id == sa.bindparam("job_id"), queue.c.courier == sa.bindparam("by_courier")
    )
)
_RELEASE = static(
    sa.update(queue)
    .where(queue.c.courier == sa.bindparam("by_courier"), queue.c.finished_at.is_(None))
    .values(courier=None, leased_until=None, attempts=queue.c.attempts - sa.literal(1))
)


class Claim(msgspec.Struct, frozen=True):
    """Who asks for the next delivery, of which kinds (kind -> lease in seconds)."""

    courier: str
    seconds: dict[str, float]
    last_center: int


class Claimed(msgspec.Struct, frozen=True):
    """A delivery that is leased; None as job: one was found that has failed for good."""

    job: Job | None
    center_id: int


def claim_next(tx: Tx, claim: Claim) -> Claimed | None:
    """Lease the delivery whose turn it is; None when none is due."""
    now = clock.real_now()
    row = tx.one(_DUE, at=now, deliveries=sorted(claim.seconds), last_center=claim.last_center)
    if row is None:
        return None
    if row.attempts >= ATTEMPTS_MAX:
        # Each of its couriers was lost with its process.
        end_unfinished(tx, row.id, FAILED, row.error or "it was on its way when the server ended")
        return Claimed(None, row.center_id)
    until = now + timedelta(seconds=claim.seconds[row.kind])
    tx.run(_LEASE, job_id=row.id, by_courier=claim.courier, until=until, at=now)
    return Claimed(job_of(row), row.center_id)


class Lease(msgspec.Struct, frozen=True):
    """Which courier has which delivery."""

    courier: str
    job_id: int


class Outcome(msgspec.Struct, frozen=True):
    """How a delivery went; None as `done` is a failure."""

    courier: str
    job: Job
    done: Done | None
    failure: Failure | None = None


def note_outcome(tx: Tx, outcome: Outcome) -> bool:
    """Write down how it went; False when this courier's lease was given to another meanwhile, or
    the job was canceled.
    """
    if outcome.done is not None:
        return finish(tx, outcome.job, outcome.done, outcome.courier)
    assert outcome.failure is not None
    if tx.scalar(_HELD, job_id=outcome.job.id, by_courier=outcome.courier) is None:
        return False
    note_failure(tx, outcome.failure)
    return True


def renew(tx: Tx, lease: Lease) -> bool:
    """Keep a delivery that is on its way; False when it is this courier's no more."""
    until = clock.real_now() + timedelta(seconds=LEASE_SECONDS)
    return bool(tx.run(_RENEW, job_id=lease.job_id, by_courier=lease.courier, until=until))


def release(tx: Tx, courier: str) -> int:
    """Give back what a courier had not delivered, so that it need not wait for its lease."""
    return tx.run(_RELEASE, by_courier=courier)


class Courier:
    """Sends what is due, several at once, while its process leads."""

    def __init__(self, store: Store, kinds: list[Delivery], leads: Callable[[], bool]) -> None:
        self._store = store
        self._kinds = {kind.kind: kind for kind in kinds}
        self._leads = leads
        self._name = secrets.token_hex(8)
        self._last_center = -1
        self._under_way: set[asyncio.Task[None]] = set()
        self._freed = asyncio.Event()

    async def send_due(self) -> None:
        """Take what is due as far as there is room, and wait for nothing."""
        self._freed.clear()
        leases = dict.fromkeys(self._kinds, LEASE_SECONDS)
        while self._kinds and self._leads() and len(self._under_way) < AT_ONCE_MAX:
            claim = Claim(self._name, leases, self._last_center)
            claimed = await self._store.write(claim_next, claim)
            if claimed is None:
                return
            self._last_center = claimed.center_id
            if claimed.job is not None:
                task = asyncio.create_task(self._deliver(claimed.job))
                self._under_way.add(task)
                task.add_done_callback(self._forget)

    def _forget(self, task: asyncio.Task[None]) -> None:
        self._under_way.discard(task)
        self._freed.set()
        if not task.cancelled() and task.exception() is not None:
            # Its lease runs out, then it is sent again.
            log.error("the outcome of a delivery was lost", reason=repr(task.exception()))

    async def wait(self, seconds: float) -> None:
        """Wait until a delivery has ended or the time is over."""
        try:
            async with asyncio.timeout(seconds):
                await self._freed.wait()
        except TimeoutError:
            pass

    async def _deliver(self, job: Job) -> None:
        kind = self._kinds[job.kind]
        done: Done | None = None
        failure: Failure | None = None
        keeping = asyncio.create_task(self._keep(job))
        try:
            async with asyncio.timeout(kind.seconds_max):
                done = await kind.deliver(job)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is a failed try
            failure = failure_of(job, error)
            log.warning("a delivery failed", kind=job.kind, job=job.id, reason=failure.reason)
        finally:
            keeping.cancel()
        if not await self._store.write(note_outcome, Outcome(self._name, job, done, failure)):
            log.warning("a delivery came too late to count", kind=job.kind, job=job.id)

    async def _keep(self, job: Job) -> None:
        """Renew the lease of a delivery until it has ended or is another courier's."""
        is_ours = True
        while is_ours:
            await asyncio.sleep(_RENEW_SECONDS)
            try:
                is_ours = await self._store.write(renew, Lease(self._name, job.id))
            except AppError as error:
                log.warning("a lease was not renewed", job=job.id, reason=repr(error))

    async def stop(self) -> None:
        """Let what is on its way arrive for a moment, cut the rest off and give it back."""
        waiting: set[Any] = set(self._under_way)
        if not waiting:
            return
        await asyncio.wait(waiting, timeout=_STOP_SECONDS_MAX)
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        try:
            async with asyncio.timeout(_RELEASE_SECONDS_MAX):
                await self._store.write(release, self._name)
        except (AppError, TimeoutError) as error:
            log.warning("deliveries were not given back; their leases run out", reason=repr(error))
