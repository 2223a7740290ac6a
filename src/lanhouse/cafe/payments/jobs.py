"""Telling gateways what was cancelled and what goes back, and ending what nobody paid in time."""

from __future__ import annotations

from lanhouse.cafe.centers.queries import center_by_id
from lanhouse.cafe.payments.commands.base import CALL_OFF
from lanhouse.cafe.payments.commands.expiring import expire_payments
from lanhouse.cafe.payments.commands.reconciling import REFUND, Refunded, note_refunded
from lanhouse.cafe.payments.gateways import gateway_named
from lanhouse.cafe.payments.gateways.port import Way
from lanhouse.cafe.payments.queries import payment_by_id
from lanhouse.cafe.payments.queries.listing import notice_by_id
from lanhouse.cafe.payments.schemas import State, Status
from lanhouse.jobs.outbound import Means
from lanhouse.jobs.schemas import Delivery, Done, Job, Kind
from lanhouse.jobs.ticker import Task
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
        """Ask until the gateway has given it back. Raises GatewayFailed."""
        center = await means.store.read(center_by_id, job.center_id)
        notice = await means.store.read(notice_by_id, job.center_id, job.payload["notice_id"])
        assert center is not None
        assert notice is not None
        if notice.state == State.REFUNDING:
            # Another key for each try: what Stripe refused once it would repeat under the same key
            # for a day. It gives the whole of a payment back once, whatever the keys.
            key = f"lanhouse-refund-{center.id}-{notice.external_id}-{job.id}-{job.attempts}"
            gateway = gateway_named(notice.gateway)
            await gateway.refund(way, center, notice.external_id, key)
            await means.store.write(note_refunded, Refunded(center.id, notice.id))
        return Done({"notice_id": notice.id})

    async def call_off(job: Job) -> Done:
        """Tell the gateway of a payment that is cancelled. Raises GatewayFailed."""
        center = await means.store.read(center_by_id, job.center_id)
        payment = await means.store.read(payment_by_id, job.center_id, job.payload["payment_id"])
        assert center is not None
        assert payment is not None
        if payment.status is Status.CANCELLED:
            await gateway_named(payment.gateway).call_off(way, center, payment.external_id)
        return Done({"payment_id": payment.id})

    return [
        Delivery(
            CALL_OFF,
            call_off,
            label=N_("Cancelling a QR payment"),
            about=N_("The service that would have taken it is told, so that nobody pays it."),
        ),
        Delivery(
            REFUND,
            deliver,
            label=N_("Giving a QR payment back"),
            about=N_("What fitted no order goes back by the service that took it."),
        ),
    ]


TASKS = [Task("end payments by QR code that nobody made in time", 30, expire_payments)]
