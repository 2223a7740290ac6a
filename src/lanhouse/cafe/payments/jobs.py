"""Asking a gateway to give a payment back that fitted no order."""

from __future__ import annotations

from lanhouse.cafe.centers.queries import center_by_id
from lanhouse.cafe.payments.commands.reconciling import REFUND, Refunded, note_refunded
from lanhouse.cafe.payments.gateways import gateway_named
from lanhouse.cafe.payments.gateways.port import Way
from lanhouse.cafe.payments.queries.listing import notice_by_id
from lanhouse.cafe.payments.schemas import State
from lanhouse.jobs.outbound import Means
from lanhouse.jobs.schemas import Delivery, Done, Job, Kind
from lanhouse.kit.texts import N_


def jobs_of(means: Means) -> list[Kind]:
    """The deliveries of this process."""
    way = Way(
        outbound=means.outbound,
        vault=means.vault,
        base_url=means.settings.base_url,
        stripe_url=means.settings.stripe_url,
    )

    async def deliver(job: Job) -> Done:
        """Ask once per notice, however often it is sent. Raises GatewayFailed."""
        center = await means.store.read(center_by_id, job.center_id)
        notice = await means.store.read(notice_by_id, job.center_id, job.payload["notice_id"])
        assert center is not None
        assert notice is not None
        if notice.state == State.REFUNDING:
            key = f"lanhouse-refund-{center.id}-{notice.external_id}"
            gateway = gateway_named(notice.gateway)
            await gateway.refund(way, center, notice.external_id, key)
            await means.store.write(note_refunded, Refunded(center.id, notice.id))
        return Done({"notice_id": notice.id})

    return [
        Delivery(
            REFUND,
            deliver,
            label=N_("Giving a QR payment back"),
            about=N_("What fitted no order goes back by the service that took it."),
        )
    ]
