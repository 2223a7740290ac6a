"""Receipts, reports and tickets on the native API: to read, as a file, and to be printed."""

from __future__ import annotations

from lanhouse.auth.actors import Actor
from lanhouse.cafe.centers.call import CafeCall, NativeRoutes
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.receipts.commands import PrintDocument, print_document
from lanhouse.cafe.receipts.queries import NOT_THERE
from lanhouse.cafe.receipts.schemas import Document, Kind
from lanhouse.cafe.receipts.wire.documents import shown
from lanhouse.cafe.receipts.wire.files import pdf
from lanhouse.cafe.receipts.wire.native import (
    QueuedPrintOut,
    ReceiptPaperOut,
    ShiftPaperOut,
    printed_out,
    receipt_out,
    report_out,
)
from lanhouse.db.store import Read
from lanhouse.kit.inputs import id_in_path
from lanhouse.web.replies import Reply, Written

native = NativeRoutes("Receipts")


@native.get(
    "/receipts/{subject_id}", right="receipts.print", summary="The receipt of a row of the log"
)
async def one_receipt(call: CafeCall) -> ReceiptPaperOut:
    """As text and as amounts. What was printed before says that it is a copy; 404 for a row that
    sold, took and gave nothing."""
    found = await call.read(shown, call.center, call.actor, _document(call, Kind.LOG))
    return receipt_out(found, call.center.zone)


@native.get("/receipts/{subject_id}/pdf", right="receipts.print", summary="A receipt as PDF")
async def receipt_pdf(call: CafeCall) -> Reply:
    """One page as wide as the paper of a receipt."""
    return await _pdf(call, _document(call, Kind.LOG))


@native.post("/receipts/{subject_id}/print", right="receipts.print", summary="Print a receipt")
async def print_receipt(call: CafeCall) -> Written[QueuedPrintOut]:
    """On the printer of the caller's shift, else on the one for everybody; 422 where there is none.

    Queued: it is printed when the printer takes it.
    """
    return await _print(call, Kind.LOG)


@native.get("/shifts/{subject_id}/paper", right="shifts.work", summary="A shift's report as text")
async def report(call: CafeCall) -> ShiftPaperOut:
    """The X report of an open shift, the frozen Z report of a closed one."""
    return report_out(await call.read(shown, call.center, call.actor, _document(call, Kind.SHIFT)))


@native.get("/shifts/{subject_id}/pdf", right="shifts.work", summary="A shift's report as PDF")
async def report_pdf(call: CafeCall) -> Reply:
    """One page as wide as the paper of a receipt."""
    return await _pdf(call, _document(call, Kind.SHIFT))


@native.post("/shifts/{subject_id}/print", right="shifts.work", summary="Print a shift's report")
async def print_report(call: CafeCall) -> Written[QueuedPrintOut]:
    """As for receipts."""
    return await _print(call, Kind.SHIFT)


@native.post(
    "/sessions/{subject_id}/ticket/print",
    right="sessions.guest_login",
    summary="Print the ticket of a guest who plays",
)
async def print_ticket(call: CafeCall) -> Written[QueuedPrintOut]:
    """Account and password, or the access code; written to the audit log as a reading of them.

    410 when the session has ended or nothing is kept.
    """
    return await _print(call, Kind.TICKET)


def _document(call: CafeCall, kind: Kind) -> Document:
    return Document(kind, id_in_path(call.path["subject_id"], NOT_THERE))


async def _print(call: CafeCall, kind: Kind) -> Written[QueuedPrintOut]:
    cmd = PrintDocument(center=call.center, actor=call.actor, document=_document(call, kind))
    return await call.write(print_document, cmd, printed_out)


async def _pdf(call: CafeCall, document: Document) -> Reply:
    def made(read: Read, center: Center, actor: Actor) -> bytes:
        title = f"{document.kind.capitalize()} {document.subject_id}"
        return pdf(shown(read, center, actor, document).lines, title)

    body = await call.read(made, call.center, call.actor)
    return Reply(body, content_type="application/pdf")
