"""Does the jobs of the queue while its process leads: steps in turn, deliveries beside them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable

import structlog

from lanhouse.db.store import Store
from lanhouse.jobs.deliveries import Courier
from lanhouse.jobs.queue import JobFailed, Turn, note_failure, run_step
from lanhouse.jobs.schemas import Delivery, Kind, Steps
from lanhouse.kit import clock

log = structlog.get_logger("lanhouse.jobs")
_IDLE_SECONDS = 1.0
# A step that takes longer has too much in it.
_STEP_SECONDS_MAX = 0.25
_SHORT_REST = 4


class Runner:
    """Does what is queued until it is stopped. Raises ValueError for a kind named twice."""

    def __init__(self, store: Store, kinds: Iterable[Kind], leads: Callable[[], bool]) -> None:
        self._store = store
        self._leads = leads
        steps: dict[str, Steps] = {}
        deliveries: dict[str, Delivery] = {}
        for kind in kinds:
            if kind.kind in steps or kind.kind in deliveries:
                raise ValueError(f"{kind.kind}: two kinds of job with one name")
            if isinstance(kind, Steps):
                steps[kind.kind] = kind
            else:
                deliveries[kind.kind] = kind
        self._turn = Turn(steps, tuple(sorted(deliveries)))
        self._courier = Courier(store, list(deliveries.values()), leads)
        self._running: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Begin on the running loop."""
        self._running = [
            asyncio.create_task(self._step_on(), name="steps"),
            asyncio.create_task(self._send_on(), name="deliveries"),
        ]

    async def stop(self) -> None:
        """Stop between two steps; what is on its way outside gets half a second."""
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        self._running = []
        await self._courier.stop()

    async def step(self) -> bool:
        """Do one step of the job whose turn it is; False when there is none to do."""
        try:
            job = await self._store.write(run_step, self._turn)
        except JobFailed as failed:
            log.warning("a step of a job failed", reason=failed.failure.reason)
            await self._store.write(note_failure, failed.failure)
            return True
        if job is None:
            return False
        self._turn = Turn(self._turn.steps, self._turn.deliveries, job.center_id)
        return True

    async def _step_on(self) -> None:
        while True:
            began = clock.monotonic()
            has_stepped = False
            try:
                has_stepped = self._leads() and await self.step()
            except Exception:
                log.exception("a step could not be done; it is tried again")
            took = clock.monotonic() - began
            if took > _STEP_SECONDS_MAX and has_stepped:
                log.info("a step took long", seconds=round(took, 3))
            # As long as it took the store belongs to everybody else, or less if nobody asks for it.
            rest = took if self._store.waiting else took / _SHORT_REST
            await asyncio.sleep(rest if has_stepped else _IDLE_SECONDS)

    async def _send_on(self) -> None:
        while True:
            try:
                await self._courier.send_due()
            except Exception:
                log.exception("deliveries could not be taken; they are tried again")
            await self._courier.wait(_IDLE_SECONDS)
