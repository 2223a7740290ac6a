"""Receipts and reports as the native API shows them."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from msgspec import Struct

from lanhouse.cafe.receipts.wire.documents import Shown
from lanhouse.cafe.receipts.wire.files import plain_text
from lanhouse.kit.local_time import local_text
from lanhouse.kit.money import format_fixed, format_plain


class IncludedTaxOut(Struct):
    """A tax that is in the total; the rate in percent."""

    name: str
    rate: str
    amount: str


class ReceiptPaperOut(Struct):
    """A receipt; amounts with 2 decimals. `paid` is by tender, what was given back is negative."""

    number: int
    at: str
    printed: int
    """How often it was printed so far."""
    pc_name: str
    member_account: str
    staff_name: str
    total: str
    taxes: list[IncludedTaxOut]
    paid: dict[str, str]
    text: str


class ShiftPaperOut(Struct):
    """A report of a shift as it is printed, 48 signs in a line."""

    shift_id: int
    printed: int
    text: str


class QueuedPrintOut(Struct):
    """What was queued: see /prints/{print_id}."""

    print_id: int


def receipt_out(found: Shown, zone: ZoneInfo) -> ReceiptPaperOut:
    """A receipt with its text."""
    receipt = found.receipt
    assert receipt is not None
    return ReceiptPaperOut(
        number=found.document.subject_id,
        at=local_text(receipt.at, zone),
        printed=found.printed,
        pc_name=receipt.pc_name,
        member_account=receipt.member_account,
        staff_name=receipt.staff_name,
        total=format_fixed(receipt.total_micros),
        taxes=[
            IncludedTaxOut(tax.name, format_plain(tax.rate_micros), format_fixed(tax.amount_micros))
            for tax in receipt.taxes
        ],
        paid={tender: format_fixed(micros) for tender, micros in receipt.paid.items()},
        text=plain_text(found.lines),
    )


def report_out(found: Shown) -> ShiftPaperOut:
    """A report as text."""
    return ShiftPaperOut(found.document.subject_id, found.printed, plain_text(found.lines))


def printed_out(job_id: int) -> QueuedPrintOut:
    """A print that was queued."""
    return QueuedPrintOut(job_id)
