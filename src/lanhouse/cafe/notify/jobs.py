"""Handing text messages in at the centre's provider."""

from __future__ import annotations

from lanhouse.cafe.centers.queries import center_by_id
from lanhouse.cafe.notify.commands import SMS
from lanhouse.cafe.notify.rules import handing
from lanhouse.cafe.settings.wire import opened_secret
from lanhouse.jobs.outbound import Means, Outgoing
from lanhouse.jobs.schemas import Delivery, Done, Job, Kind
from lanhouse.kit.said import say
from lanhouse.kit.texts import N_


class NotTaken(Exception):
    """The provider answered that it did not take the message."""


def jobs_of(means: Means) -> list[Kind]:
    """The deliveries of this process."""

    async def deliver(job: Job) -> Done:
        """Hand a message in. Raises what keeps it from arriving, without address and content."""
        center = await means.store.read(center_by_id, job.center_id)
        assert center is not None
        settings = center.settings.sms_provider
        secret = opened_secret(center, "sms_provider", "sms_provider_secret", means.vault)
        call = handing(settings, job.payload["phone"], job.payload["text"], secret)
        headers = {"Content-Type": call.content_type} if call.content_type else {}
        wanted = Outgoing(url=call.url, method=call.method, headers=headers, body=call.body)
        answer = await means.outbound.send(wanted)
        if not 200 <= answer.status < 300:
            raise NotTaken(say("the provider answered %(status)s", status=answer.status))
        return Done({"status": answer.status})

    return [Delivery(SMS, deliver, label=N_("Text message"))]
