"""Printers and prints as the native API takes and shows them."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct
from msgspec.structs import asdict

from lanhouse.cafe.printing.queries import Print
from lanhouse.cafe.printing.schemas import PORT, Printer, PrinterValues
from lanhouse.db.statements import Row
from lanhouse.jobs.schemas import DONE
from lanhouse.kit.inputs import Line


class PrinterIn(Struct, kw_only=True):
    """A printer; `columns` are the signs in a line (32, 42, 48)."""

    name: Annotated[Line, Meta(max_length=200)]
    address: Annotated[Line, Meta(max_length=100)]
    port: int = PORT
    columns: int = 48
    code_page: Annotated[Line, Meta(max_length=20)] = "cp858"
    has_drawer: bool = False
    till_id: int = 0
    """Whose shifts print on it; 0 = whoever has no printer of his own till."""


class PrinterOut(PrinterIn, kw_only=True):
    """A printer of the centre."""

    printer_id: int


class WaitingPrintOut(Struct):
    """A print that waits, or was given up; `error` is why the last try failed."""

    print_id: int
    kind: str
    status: str
    error: str


class PrintStateOut(Struct):
    """What became of a print."""

    print_id: int
    status: str
    is_printed: bool
    error: str


class AskedPrintOut(Struct):
    """What was queued: see /prints/{print_id}."""

    print_id: int


def values_of(data: PrinterIn) -> PrinterValues:
    """What is said of a printer."""
    return PrinterValues(**{name: getattr(data, name) for name in PrinterValues.__struct_fields__})


def printer_out(printer: Printer) -> PrinterOut:
    """A printer with its id."""
    return PrinterOut(printer_id=printer.id, **asdict(printer.values))


def waiting_out(one: Print) -> WaitingPrintOut:
    """A print that has not arrived."""
    return WaitingPrintOut(one.job_id, one.kind, one.status, one.error)


def print_out(job_id: int, row: Row) -> PrintStateOut:
    """A print by its job."""
    result = row.result or {}
    return PrintStateOut(job_id, row.status, row.status == DONE and result["printed"], row.error)


def asked_out(job_id: int) -> AskedPrintOut:
    """Something that was queued for a printer."""
    return AskedPrintOut(job_id)
