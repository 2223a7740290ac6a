"""Printing documents: made from what is stored when the printer takes them, so that the queue
holds no log-in and a strip is never older than its session."""

from __future__ import annotations

from lanhouse.cafe.printing.jobs import hand_on, printer_of
from lanhouse.cafe.printing.queries import RECEIPT
from lanhouse.cafe.printing.rules.escpos import strip
from lanhouse.cafe.receipts.schemas import Document, Kind
from lanhouse.cafe.receipts.wire.documents import printed_lines
from lanhouse.jobs.outbound import Means
from lanhouse.jobs.schemas import Delivery, Done, Job
from lanhouse.kit.errors import NotFound, Refused
from lanhouse.kit.texts import N_


def jobs_of(means: Means) -> list[Delivery]:
    """Receipts, reports and tickets."""

    async def deliver(job: Job) -> Done:
        printer = await printer_of(means, job)
        if printer is None:
            return Done({"printed": False, "why": "removed"})
        document = Document(Kind(job.payload["kind"]), job.payload["subject_id"])
        try:
            lines = await means.store.read(printed_lines, means.vault, job, document)
        except (NotFound, Refused):
            # The session of a ticket has ended meanwhile: there is nothing to sign in to.
            return Done({"printed": False, "why": "gone"})
        await hand_on(
            means, printer, strip(lines, printer.values.columns, printer.values.code_page)
        )
        return Done({"printed": True})

    return [Delivery(RECEIPT, deliver, label=N_("Print a receipt, a report or a ticket"))]
