"""Handing text messages in at the centre's provider."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from lanhouse.cafe.centers.queries import center_by_id
from lanhouse.cafe.notify.commands import SMS
from lanhouse.cafe.notify.rules import handing
from lanhouse.cafe.settings.wire import opened_secret
from lanhouse.db.statements import static
from lanhouse.db.store import Tx
from lanhouse.jobs.outbound import Means, Outgoing
from lanhouse.jobs.queue import empty_payload
from lanhouse.jobs.schemas import Delivery, Done, Job, Kind
from lanhouse.jobs.tables import queue
from lanhouse.jobs.ticker import Task
from lanhouse.kit import clock
from lanhouse.kit.said import say
from lanhouse.kit.texts import N_

_BATCH = 500
# Most lie in the last minute; after a stop of the server, in the time before it.
_LOOKED_BACK = timedelta(days=7)
_OVER = static(
    sa.select(queue.c.id)
    .where(
        queue.c.kind == sa.literal_column(f"'{SMS}'"),
        queue.c.finished_at >= sa.bindparam("since", type_=queue.c.finished_at.type),
        sa.cast(queue.c.payload, sa.Text) != sa.literal_column("'{}'"),
    )
    .order_by(queue.c.finished_at)
    .limit(_BATCH)
)


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


def forget_texts(tx: Tx, _: None = None) -> bool:
    """Empty messages that were sent or given up, some at a time: the list of jobs is kept for a
    month and stands in backups, and whose number it was is nobody's business any more. Answers
    whether more are there."""
    found = tx.all(_OVER, since=clock.real_now() - _LOOKED_BACK)
    for row in found:
        empty_payload(tx, row.id)
    return len(found) == _BATCH


TASKS = [Task("forget text messages", 60, forget_texts)]
