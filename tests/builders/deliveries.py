"""What the courier does, by hand: deliveries that are due, one after the other, on any store."""

from __future__ import annotations

from lanhouse.cafe.printing import jobs as printing
from lanhouse.cafe.receipts import jobs as receipts
from lanhouse.db.store import Store
from lanhouse.jobs.deliveries import Claim, Outcome, claim_next, note_outcome
from lanhouse.jobs.outbound import Means, Outbound
from lanhouse.jobs.queue import failure_of
from lanhouse.jobs.schemas import Done
from lanhouse.settings import AppSettings
from tests.builders.secrets import VAULT

LOOPBACK = "127.0.0.0/8"
_COURIER = "courier of the tests"


async def deliver_due(store: Store, allowed: str = LOOPBACK) -> list[str]:
    """Try everything that is due once on a started store; answers what became of each: printed,
    why it was not, or the trouble."""
    means = Means(store=store, vault=VAULT, outbound=Outbound(allowed), settings=AppSettings())
    kinds = {kind.kind: kind for module in (printing, receipts) for kind in module.jobs_of(means)}
    seconds = dict.fromkeys(kinds, 50.0)
    told: list[str] = []
    while claimed := await store.write(claim_next, Claim(_COURIER, seconds, -1)):
        assert claimed.job is not None
        job, done, failure = claimed.job, None, None
        try:
            done = await kinds[job.kind].deliver(job)
        except Exception as error:  # noqa: BLE001 - as the courier does
            failure = failure_of(job, error)
        assert await store.write(note_outcome, Outcome(_COURIER, job, done, failure))
        told.append(_word(done, "" if failure is None else failure.reason))
    return told


def _word(done: Done | None, reason: str) -> str:
    if done is None:
        return reason
    return "printed" if done.result["printed"] else done.result["why"]
