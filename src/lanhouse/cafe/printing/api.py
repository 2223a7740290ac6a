"""Printers on the native API: which there are, what waits for them, and the cash drawer."""

from __future__ import annotations

from datetime import timedelta

from lanhouse.cafe.centers.call import CafeCall, NativeRoutes
from lanhouse.cafe.printing.commands import (
    DrawerWanted,
    NewPrinter,
    PrinterChange,
    PrinterWanted,
    PrintWanted,
    add_printer,
    cancel_print,
    change_printer,
    open_drawer,
    print_test,
    remove_printer,
)
from lanhouse.cafe.printing.queries import not_printed, print_by_id, printers_of
from lanhouse.cafe.printing.wire import (
    AskedPrintOut,
    PrinterIn,
    PrinterOut,
    PrintStateOut,
    WaitingPrintOut,
    asked_out,
    print_out,
    printer_out,
    values_of,
    waiting_out,
)
from lanhouse.kit import clock
from lanhouse.kit.errors import NotFound
from lanhouse.kit.inputs import id_in_path
from lanhouse.kit.said import say
from lanhouse.web.replies import Nothing, Written, nothing

native = NativeRoutes("Printers")
_NO_PRINTER = say("Printer not found")
_NO_PRINT = say("Print not found")
_KEPT = timedelta(days=1)


@native.get("/printers", right="settings.view", summary="The printers of the centre")
async def list_printers(call: CafeCall) -> list[PrinterOut]:
    """By name."""
    return [printer_out(one) for one in await call.read(printers_of, call.center.id)]


@native.post("/printers", right="settings.edit", summary="Add a printer")
async def new_printer(call: CafeCall, data: PrinterIn) -> Written[PrinterOut]:
    """Its address is one of the hall's own network that LANHOUSE_OUTBOUND_PRIVATE names."""
    allowed = call.settings.outbound_private
    new = NewPrinter(center=call.center, values=values_of(data), allowed=allowed)
    return await call.write(add_printer, new, printer_out)


@native.put("/printers/{printer_id}", right="settings.edit", summary="Change a printer")
async def put_printer(call: CafeCall, data: PrinterIn) -> Written[PrinterOut]:
    """All its values."""
    change = PrinterChange(
        center=call.center,
        printer_id=id_in_path(call.path["printer_id"], _NO_PRINTER),
        values=values_of(data),
        allowed=call.settings.outbound_private,
    )
    return await call.write(change_printer, change, printer_out)


@native.delete("/printers/{printer_id}", right="settings.edit", summary="Remove a printer")
async def delete_printer(call: CafeCall) -> Written[Nothing]:
    """What waits for it is not printed."""
    return await call.write(remove_printer, _wanted(call), nothing)


@native.post("/printers/{printer_id}/test", right="settings.edit", summary="Print a test strip")
async def test_printer(call: CafeCall) -> Written[AskedPrintOut]:
    """It shows width, signs and a code."""
    return await call.write(print_test, _wanted(call), asked_out)


@native.get("/prints", right="settings.view", summary="What waits for a printer")
async def list_prints(call: CafeCall) -> list[WaitingPrintOut]:
    """And what was given up in the last day; newest first."""
    found = await call.read(not_printed, call.center.id, clock.real_now() - _KEPT)
    return [waiting_out(one) for one in found]


@native.get("/prints/{print_id}", right="receipts.print", summary="What became of a print")
async def one_print(call: CafeCall) -> PrintStateOut:
    """Printed, waiting, or given up."""
    job_id = id_in_path(call.path["print_id"], _NO_PRINT)
    row = await call.read(print_by_id, call.center.id, job_id)
    if row is None:
        raise NotFound(_NO_PRINT)
    return print_out(job_id, row)


@native.delete("/prints/{print_id}", right="settings.edit", summary="Do not print what waits")
async def delete_print(call: CafeCall) -> Written[Nothing]:
    """What is on its way may still arrive."""
    job_id = id_in_path(call.path["print_id"], _NO_PRINT)
    return await call.write(cancel_print, PrintWanted(center=call.center, job_id=job_id), nothing)


@native.post("/drawer", right="till.drawer", summary="Open the cash drawer")
async def drawer(call: CafeCall) -> Written[AskedPrintOut]:
    """That of the caller's shift, without a sale; it is written to the audit log."""
    cmd = DrawerWanted(center=call.center, actor=call.actor)
    return await call.write(open_drawer, cmd, asked_out)


def _wanted(call: CafeCall) -> PrinterWanted:
    printer_id = id_in_path(call.path["printer_id"], _NO_PRINTER)
    return PrinterWanted(center=call.center, actor=call.actor, printer_id=printer_id)
