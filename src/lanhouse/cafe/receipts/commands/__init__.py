"""Handing documents out: by a printer, by itself or when asked; and keeping what they say."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import msgspec
import sqlalchemy as sa

from lanhouse.auth.actors import Actor
from lanhouse.cafe.centers.queries import center_by_id
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.facts import CenterOpened, LogWritten, SettingsChanged
from lanhouse.cafe.money.schemas import Event
from lanhouse.cafe.money.tables import billing_logs
from lanhouse.cafe.printing.commands import ask
from lanhouse.cafe.printing.queries import DRAWER, RECEIPT, have_printers, printer_of_person
from lanhouse.cafe.printing.schemas import Printer
from lanhouse.cafe.receipts.queries import head_of, is_receipt, original_of
from lanhouse.cafe.receipts.queries import receipt as receipt_by_id
from lanhouse.cafe.receipts.rules import HEAD_KEYS
from lanhouse.cafe.receipts.schemas import Document, Issue, Kind
from lanhouse.cafe.receipts.tables import receipt_heads, receipt_issues
from lanhouse.cafe.sessions.commands import LoginWanted, read_guest_login
from lanhouse.cafe.shifts.queries.views import shift_view
from lanhouse.db.statements import Row, among, insert_ignore, static
from lanhouse.db.store import Tx
from lanhouse.kit.errors import Refused
from lanhouse.kit.said import say

_KEEP_HEAD = static(sa.insert(receipt_heads))
_FIRST = static(insert_ignore(receipt_issues).returning(receipt_issues.c.number))
_AGAIN = static(
    sa.update(receipt_issues)
    .where(
        receipt_issues.c.center_id == sa.bindparam("center"),
        receipt_issues.c.kind == sa.bindparam("of_kind"),
        receipt_issues.c.subject_id == sa.bindparam("subject"),
    )
    .values(number=receipt_issues.c.number + sa.literal(1))
    .returning(receipt_issues.c.number)
)
_ROWS = static(
    sa.select(billing_logs).where(among(billing_logs.c.id, "ids")).order_by(billing_logs.c.id)
)
_BY_ITSELF = frozenset(
    {Event.TOPUP, Event.ADDTIME, Event.OFFER, Event.SALE, Event.CHECKOUT, Event.LOAN}
)
"""What prints a receipt by itself."""


class PrintDocument(msgspec.Struct, frozen=True, kw_only=True):
    """A document to be handed out by a printer of the centre."""

    center: Center
    actor: Actor
    document: Document


def keep_heads(tx: Tx, facts: Sequence[CenterOpened | SettingsChanged]) -> None:
    """Write down what stands on receipts from now on, where that changed; follows CenterOpened and
    SettingsChanged."""
    for fact in facts:
        if isinstance(fact, SettingsChanged) and not fact.names & HEAD_KEYS:
            continue
        center = center_by_id(tx, fact.center_id)
        assert center is not None
        head = msgspec.json.encode(head_of(center)).decode()
        tx.run(_KEEP_HEAD, center_id=center.id, from_at=tx.now, head=head)


def issue(tx: Tx, cmd: PrintDocument) -> Issue:
    """Count a print of a document that the caller may see: the first one is the original.

    Raises NotFound for what is no document of the centre, or not of this caller.
    """
    _must_be_seen(tx, cmd)
    document = original_of(tx, cmd.center.id, cmd.document)
    number = _count(tx, cmd.center.id, document, cmd.actor.staff_id)
    _note(tx, document, number)
    return Issue(number)


def print_document(tx: Tx, cmd: PrintDocument) -> int:
    """Hand a document to the printer of the caller's till; answers the job.

    Whatever the printer does, it is queued with this transaction. The reading of a guest's log-in
    is written to the audit log. Raises NotFound, Refused without a printer, and for a ticket what
    read_guest_login() does.
    """
    printer = printer_of_person(tx, cmd.center.id, cmd.actor.staff_id)
    if printer is None:
        raise Refused(say("No printer is set up for your till."))
    is_shown = _must_be_seen(tx, cmd)
    center_id = cmd.center.id
    document = original_of(tx, center_id, cmd.document)
    if document.kind is Kind.TICKET:
        wanted = LoginWanted(center=cmd.center, session_id=document.subject_id)
        read_guest_login(tx, wanted)
        return ask(tx, RECEIPT, printer, cmd.actor, _payload(document))
    number = _count(tx, center_id, document, cmd.actor.staff_id)
    _note(tx, document, number)
    more = {"is_copy": number > 1, "is_shown": is_shown}
    return ask(tx, RECEIPT, printer, cmd.actor, _payload(document, **more))


def print_by_itself(tx: Tx, written: Sequence[LogWritten]) -> None:
    """Print receipts and open drawers where a centre wants it; follows LogWritten.

    For people at the desk only: what a program, the portal or the clock does prints nothing.
    """
    ids: dict[int, list[int]] = defaultdict(list)
    for fact in written:
        ids[fact.center_id].append(fact.log_id)
    if not have_printers(tx, sorted(ids)):
        return
    for center_id, log_ids in sorted(ids.items()):
        center = center_by_id(tx, center_id)
        assert center is not None
        payment = center.settings.payment
        if payment.print_receipts or payment.print_order_after_topup or payment.open_drawer_on_cash:
            for row in tx.all(_ROWS, ids=log_ids):
                _follow(tx, center, row)


def _follow(tx: Tx, center: Center, row: Row) -> None:
    payment = center.settings.payment
    if not row.staff_id:
        return
    printer = printer_of_person(tx, center.id, row.staff_id)
    if printer is None:
        return
    prints = row.event in _BY_ITSELF and is_receipt(row) and payment.print_receipts
    prints = prints or (row.event == Event.TOPUP and payment.print_order_after_topup)
    opens = row.cash_micros != 0 and payment.open_drawer_on_cash and printer.values.has_drawer
    if opens:
        _ask_for(tx, row, printer, DRAWER, {})
    if prints:
        document = Document(Kind.LOG, row.id)
        if original_of(tx, center.id, document) != document:
            return
        number = _count(tx, center.id, document, row.staff_id)
        payload = _payload(document, is_copy=number > 1, is_shown=True)
        _ask_for(tx, row, printer, RECEIPT, payload)


def _ask_for(tx: Tx, row: Row, printer: Printer, kind: str, payload: dict[str, Any]) -> None:
    person = Actor(kind="staff", center_id=row.center_id, staff_id=row.staff_id)
    ask(tx, kind, printer, person, payload)


def _note(tx: Tx, document: Document, number: int) -> None:
    subject = "shift" if document.kind is Kind.SHIFT else "receipt"
    tx.audit(subject, document.subject_id, after={"printed": number})


def _payload(document: Document, **more: Any) -> dict[str, Any]:
    """What the job keeps: which document, never what stands on it."""
    return {"kind": document.kind.value, "subject_id": document.subject_id, **more}


def _must_be_seen(tx: Tx, cmd: PrintDocument) -> bool:
    """Raise NotFound for what the caller has no right to; answers whether a report may tell what
    should be in the drawer."""
    document = cmd.document
    if document.kind is Kind.LOG:
        receipt_by_id(tx, cmd.center, document.subject_id)
    elif document.kind is Kind.SHIFT:
        view = shift_view(tx, cmd.center, cmd.actor, document.subject_id, tx.now)
        return view.is_shown
    return True


def _count(tx: Tx, center_id: int, document: Document, staff_id: int) -> int:
    """The number of this print; rows of one document are locked by it."""
    first = tx.scalar(
        _FIRST,
        center_id=center_id,
        kind=document.kind.value,
        subject_id=document.subject_id,
        first_at=tx.now,
        first_by_id=staff_id,
        number=1,
    )
    if first is not None:
        return 1
    return int(
        tx.scalar(
            _AGAIN,
            center=center_id,
            of_kind=document.kind.value,
            subject=document.subject_id,
        )
    )
