"""A document as lines, whatever it is: for the printer, the page and the API."""

from __future__ import annotations

import msgspec

from lanhouse.auth.actors import Actor
from lanhouse.cafe.centers.queries import center_by_id
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.printing.schemas import Line
from lanhouse.cafe.receipts.queries import (
    NOT_THERE,
    head_at,
    head_of,
    issued,
    original_of,
    paper_of,
    receipt,
)
from lanhouse.cafe.receipts.schemas import Document, Kind, Paper, Receipt
from lanhouse.cafe.receipts.wire import receipt_lines
from lanhouse.cafe.receipts.wire.reports import Ticket, shift_lines, ticket_lines
from lanhouse.cafe.sessions.queries.guest_login import KeptLogin, running_login
from lanhouse.cafe.shifts.errors import ShiftNotFound
from lanhouse.cafe.shifts.queries import report_of, shift_by_id
from lanhouse.cafe.shifts.queries.views import ShiftView, shift_view, view_of
from lanhouse.cafe.staff.queries import staff_of_center
from lanhouse.db.store import Read
from lanhouse.jobs.schemas import Job
from lanhouse.kit import clock
from lanhouse.kit.errors import NotFound
from lanhouse.kit.vault import Vault


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """A document as lines, and how often it was printed before; of a receipt what it is made of."""

    document: Document
    lines: list[Line]
    printed: int
    receipt: Receipt | None = None


def shown(read: Read, center: Center, actor: Actor, document: Document) -> Shown:
    """A receipt or a report as this caller may see it. Raises NotFound.

    One that was printed before says that it is a copy.
    """
    document = original_of(read, center.id, document)
    number = issued(read, center.id, document)
    if document.kind is Kind.SHIFT:
        view = shift_view(read, center, actor, document.subject_id, clock.now())
        lines = _report(read, center, view, is_copy=number > 0)
        return Shown(document=document, lines=lines, printed=number)
    found, head = receipt(read, center, document.subject_id)
    lines = receipt_lines(found, paper_of(read, center, head, is_copy=number > 0))
    return Shown(document=document, lines=lines, printed=number, receipt=found)


def printed_lines(read: Read, vault: Vault, job: Job, document: Document) -> list[Line]:
    """What the printer gets of a job whose caller was allowed to ask for it.

    Raises NotFound and Refused when there is nothing to print any more.
    """
    center = center_by_id(read, job.center_id)
    if center is None:
        raise NotFound(NOT_THERE)
    if document.kind is Kind.TICKET:
        login = running_login(read, center.id, document.subject_id)
        return ticket(center, login, vault)
    is_copy = job.payload["is_copy"]
    if document.kind is Kind.SHIFT:
        view = _view(read, center, document.subject_id, is_shown=job.payload["is_shown"])
        return _report(read, center, view, is_copy=is_copy)
    found, head = receipt(read, center, document.subject_id)
    return receipt_lines(found, paper_of(read, center, head, is_copy=is_copy))


def ticket(center: Center, login: KeptLogin, vault: Vault) -> list[Line]:
    """The ticket of a guest whose log-in was read. Raises Unreadable."""
    found = Ticket(
        session_id=login.session_id,
        pc_name=login.pc_name,
        account=login.account,
        password=login.secret.opened(vault),
        access_code="" if login.access_code is None else login.access_code.opened(vault),
        started_at=login.started_at,
        expires_at=login.expires_at,
    )
    return ticket_lines(found, Paper(head=head_of(center), currency=center.currency))


def _view(read: Read, center: Center, shift_id: int, *, is_shown: bool) -> ShiftView:
    row = shift_by_id(read, center.id, shift_id)
    if row is None:
        raise ShiftNotFound
    report = report_of(read, row, clock.now())
    return view_of(read, row, report, is_shown=is_shown or row.closed_at is not None)


def _report(read: Read, center: Center, view: ShiftView, *, is_copy: bool) -> list[Line]:
    head = head_at(read, center, view.report.at)
    closer = view.row.closed_by_id
    names = {person.id: person.account for person in staff_of_center(read, center.id)}
    closed_by = names.get(closer, "") if closer not in (None, view.row.staff_id) else ""
    # An X report is another one each time.
    paper = Paper(head=head, currency=center.currency, is_copy=is_copy and not view.is_open)
    return shift_lines(view, names, closed_by, paper)
