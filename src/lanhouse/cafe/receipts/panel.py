"""Printing in the panel: a document in a dialog, from there to a printer, the browser or a file."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import msgspec

from lanhouse.cafe.centers.call import CafeCall, PanelRoutes
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.printing.commands import DrawerWanted, open_drawer
from lanhouse.cafe.printing.queries import not_printed, print_by_id, printer_of_person
from lanhouse.cafe.receipts.commands import PrintDocument, issue, print_document
from lanhouse.cafe.receipts.queries import (
    NOT_THERE,
    log_of_end,
    log_of_order,
    log_of_sale,
    log_of_topup,
)
from lanhouse.cafe.receipts.schemas import Document, Issue, Kind
from lanhouse.cafe.receipts.wire.documents import Shown, shown, ticket
from lanhouse.cafe.receipts.wire.files import pdf, shown_rows
from lanhouse.cafe.sessions.commands import LoginWanted, read_guest_login
from lanhouse.db.store import Read
from lanhouse.jobs.schemas import DONE, FAILED
from lanhouse.kit import clock
from lanhouse.kit.errors import AppError, NotFound
from lanhouse.kit.inputs import id_in_path
from lanhouse.kit.said import say
from lanhouse.web.pages.refusals import refusal_text
from lanhouse.web.replies import Reply

routes = PanelRoutes("Receipt pages")
_FOLDER = "cafe/receipts/templates"
_PRINTING = "cafe/printing/templates"
_LATE = timedelta(hours=1)


class KeyForm(msgspec.Struct):
    """The key of a button, so that pressed twice it prints once."""

    key: str = ""


class TicketForm(msgspec.Struct):
    """A session by its number."""

    session: int


class Asked(msgspec.Struct, frozen=True):
    """The job that was asked for; stored under the button's key."""

    job_id: int


class AskedIn(msgspec.Struct):
    """How often it was looked at whether a print has arrived."""

    times: int = 0


def _serve(kind: Kind, right: str, what: str) -> None:
    """Declare what can be done with a kind of document that has a page."""
    path = f"/panel/receipts/{kind}/{{subject_id}}"

    @routes.get(path, right=right, summary=f"Dialog: print {what}")
    async def show(call: CafeCall) -> Reply:
        """The paper as it is going to be, and where it can go."""
        return await _dialog(call, _document(call, kind))

    @routes.get(f"{path}/pdf", right=right, summary=f"The same as PDF: {what}")
    async def as_pdf(call: CafeCall) -> Reply:
        """One page as wide as the paper of a receipt."""
        return await pdf_reply(call, _document(call, kind))

    @routes.post(f"{path}/print", right=right, summary=f"Print {what}")
    async def to_printer(call: CafeCall, data: KeyForm) -> Reply:
        """Queue it for the printer of the caller's till; the toast says when it has arrived."""
        return await _print(call, data, _document(call, kind))

    @routes.post(f"{path}/issue", right=right, summary=f"Count a print by the browser: {what}")
    async def by_browser(call: CafeCall, data: KeyForm) -> Reply:
        """From now on it is a copy; nothing is answered."""
        cmd = _command(call, _document(call, kind))
        await call.do(issue, cmd, lambda made: made, Issue, key=data.key or None)
        return Reply(status=204)


_serve(Kind.LOG, "receipts.print", "a receipt")
_serve(Kind.SHIFT, "shifts.work", "the report of a shift")


@routes.get(
    "/panel/receipts/sale/{subject_id}", right="receipts.print", summary="Receipt of a sale of time"
)
async def of_sale(call: CafeCall) -> Reply:
    """Of what was sold last to a session (by number)."""
    return await _found_dialog(call, log_of_sale)


@routes.get(
    "/panel/receipts/end/{subject_id}", right="receipts.print", summary="Receipt of a check-out"
)
async def of_end(call: CafeCall) -> Reply:
    """Of an ended session (by number)."""
    return await _found_dialog(call, log_of_end)


@routes.get(
    "/panel/receipts/topup/{subject_id}", right="receipts.print", summary="Receipt of a top-up"
)
async def of_topup(call: CafeCall) -> Reply:
    """By its order number."""
    return await _found_dialog(call, log_of_topup)


@routes.get(
    "/panel/receipts/order/{subject_id}", right="receipts.print", summary="Receipt of an order"
)
async def of_order(call: CafeCall) -> Reply:
    """Of an order that was paid (by number)."""
    return await _found_dialog(call, log_of_order)


@routes.post(
    "/panel/receipts/ticket", right="sessions.guest_login", summary="Dialog: a guest's ticket"
)
async def show_ticket(call: CafeCall, data: TicketForm) -> Reply:
    """Account and password, or the code, while the session runs; it is written to the audit log."""
    wanted = LoginWanted(center=call.center, session_id=data.session)
    document = Document(Kind.TICKET, data.session)
    try:
        login = await call.run(read_guest_login, wanted)
        lines = ticket(call.center, login, call.vault)
    except AppError as error:
        return _refused(call, error)
    return await _paper(call, Shown(document=document, lines=lines, printed=0))


@routes.post(
    "/panel/receipts/ticket/{subject_id}/print",
    right="sessions.guest_login",
    summary="Print a guest's ticket",
)
async def print_ticket(call: CafeCall, data: KeyForm) -> Reply:
    """As for receipts. What waits when the session ends is not printed."""
    return await _print(call, data, _document(call, Kind.TICKET))


@routes.post("/panel/receipts/drawer", right="till.drawer", summary="Open the cash drawer")
async def drawer(call: CafeCall, data: KeyForm) -> Reply:
    """That of the caller's till, without a sale; it is written to the audit log."""
    cmd = DrawerWanted(center=call.center, actor=call.actor)
    try:
        asked = await call.do(open_drawer, cmd, Asked, Asked, key=data.key or None)
    except AppError as error:
        return _refused(call, error)
    return call.html(f"{_PRINTING}/asked.html", job_id=asked.job_id, what="drawer")


@routes.get(
    "/panel/receipts/prints/{job_id}", right="account.self", summary="Whether a print has arrived"
)
async def arrived(call: CafeCall, data: AskedIn) -> Reply:
    """The words for the toast, which asks again while there is nothing to tell."""
    job_id = id_in_path(call.path["job_id"], say("Print not found"))
    row = await call.read(print_by_id, call.center.id, job_id)
    if row is None:
        raise NotFound(say("Print not found"))
    result: dict[str, Any] = row.result or {}
    state = "waiting"
    if row.status == DONE:
        state = "done" if result.get("printed") else "gone"
    elif row.status == FAILED or row.error:
        state = "late"
    return call.html(
        f"{_PRINTING}/arrived.html",
        job_id=job_id,
        state=state,
        error=row.error,
        what="drawer" if row.kind.endswith("drawer") else "paper",
        times=data.times + 1,
    )


@routes.get("/panel/receipts/late", right="pcs.view", summary="Prints that do not arrive")
async def late(call: CafeCall) -> Reply:
    """A note for the desk while something waits in vain; empty without."""
    since = clock.real_now() - _LATE
    found = await call.read(not_printed, call.center.id, since)
    return call.html(f"{_FOLDER}/late.html", late=[one for one in found if one.is_late])


async def pdf_reply(call: CafeCall, document: Document) -> Reply:
    """A document as a file that a browser shows."""

    def made(read: Read, center: Center) -> bytes:
        found = shown(read, center, call.actor, document)
        return pdf(found.lines, _title(document))

    body = await call.read(made, call.center)
    name = f"{document.kind}-{document.subject_id}.pdf"
    return Reply(body, content_type="application/pdf").with_header(
        "content-disposition", f'inline; filename="{name}"'
    )


def _title(document: Document) -> str:
    return f"{document.kind.capitalize()} {document.subject_id}"


def _document(call: CafeCall, kind: Kind) -> Document:
    return Document(kind, id_in_path(call.path["subject_id"], NOT_THERE))


def _command(call: CafeCall, document: Document) -> PrintDocument:
    return PrintDocument(center=call.center, actor=call.actor, document=document)


async def _found_dialog(call: CafeCall, find: Callable[[Read, int, int], int]) -> Reply:
    subject_id = id_in_path(call.path["subject_id"], NOT_THERE)
    try:
        log_id = await call.read(find, call.center.id, subject_id)
    except NotFound as error:
        return _refused(call, error)
    return await _dialog(call, Document(Kind.LOG, log_id))


async def _dialog(call: CafeCall, document: Document) -> Reply:
    try:
        found = await call.read(shown, call.center, call.actor, document)
    except NotFound as error:
        return _refused(call, error)
    return await _paper(call, found)


async def _paper(call: CafeCall, found: Shown) -> Reply:
    printer = await call.read(printer_of_person, call.center.id, call.actor.staff_id)
    return call.html(
        f"{_FOLDER}/paper.html",
        rows=shown_rows(found.lines),
        document=found.document,
        printed=found.printed,
        printer=printer,
    )


async def _print(call: CafeCall, data: KeyForm, document: Document) -> Reply:
    cmd = _command(call, document)
    try:
        asked = await call.do(print_document, cmd, Asked, Asked, key=data.key or None)
    except AppError as error:
        return _refused(call, error)
    return call.html(f"{_PRINTING}/asked.html", job_id=asked.job_id, what="paper")


def _refused(call: CafeCall, error: AppError) -> Reply:
    problem = refusal_text(error, call.view.language)
    return call.html(f"{_FOLDER}/refused.html", status=error.status, problem=problem)
