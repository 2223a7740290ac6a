"""The settings page of the printers: put up, change, test, and what waits for them."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from lanhouse.cafe.centers.call import CafeCall, PanelRoutes
from lanhouse.cafe.printing.commands import (
    NewPrinter,
    PrinterChange,
    PrinterWanted,
    PrintWanted,
    add_printer,
    cancel_print,
    change_printer,
    print_test,
    remove_printer,
)
from lanhouse.cafe.printing.queries import not_printed, printers_of, tills_named
from lanhouse.cafe.printing.rules.network import refusal_of
from lanhouse.cafe.printing.schemas import CODE_PAGES, PAPERS, PORT, Printer, PrinterValues
from lanhouse.db.store import Read
from lanhouse.kit import clock
from lanhouse.kit.errors import AppError
from lanhouse.kit.inputs import Line, id_in_path
from lanhouse.kit.said import say
from lanhouse.kit.texts import N_
from lanhouse.web import i18n
from lanhouse.web.pages.refusals import errors_in_form
from lanhouse.web.replies import Reply

routes = PanelRoutes("Settings pages")
_PAGE = "cafe/printing/templates/printers.html"
_PATH = "/panel/settings/printers"
_FIELDS = ("name", "address", "port", "columns", "code_page", "till_id")
_NOT_THERE = say("Printer not found")
_LATE = timedelta(days=1)
_NEW = 0
_NO_FORM = -1
_DONE = {"saved": N_("Saved. It holds from now on."), "canceled": N_("It is not printed.")}


class PageIn(msgspec.Struct):
    """What a form has just done, and whose form is shown: a printer's by id, 0 = a new one."""

    done: str = ""
    open: int = _NO_FORM


class PrinterForm(msgspec.Struct):
    """A printer as it was typed."""

    name: Annotated[Line, Meta(max_length=200)] = ""
    address: Annotated[Line, Meta(max_length=100)] = ""
    port: Annotated[Line, Meta(max_length=20)] = str(PORT)
    columns: Annotated[Line, Meta(max_length=20)] = "48"
    code_page: Annotated[Line, Meta(max_length=20)] = "cp858"
    till_id: Annotated[Line, Meta(max_length=20)] = "0"
    has_drawer: bool = False
    remove: bool = False
    """Take it away instead of changing it."""
    key: str = ""


class KeyForm(msgspec.Struct):
    """The key of a button."""

    key: str = ""


class Asked(msgspec.Struct, frozen=True):
    """The job that was asked for; stored under the button's key."""

    job_id: int


class Stored(msgspec.Struct, frozen=True):
    """The printer that a form was about."""

    printer_id: int


@routes.get(_PATH, right="settings.view", summary="The printers, and what waits for them")
async def printers(call: CafeCall, data: PageIn) -> Reply:
    """One form at a time; who may not change settings reads."""
    may_change = call.actor.may("settings.edit")
    return await _page(call, None, data.open if may_change else _NO_FORM, done=data.done)


@routes.post(_PATH, right="settings.edit", summary="Add a printer")
async def add(call: CafeCall, data: PrinterForm) -> Reply:
    """Once per form, or show the form again with the reasons."""
    allowed = call.settings.outbound_private
    new = NewPrinter(center=call.center, values=_values(data), allowed=allowed)
    try:
        await call.do(add_printer, new, _stored, Stored, key=data.key or None)
    except AppError as error:
        return await _page(call, data, _NEW, error)
    return _to("saved")


@routes.post(f"{_PATH}/{{printer_id}}", right="settings.edit", summary="Change or remove a printer")
async def change(call: CafeCall, data: PrinterForm) -> Reply:
    """Once per form, or show the form again with the reasons."""
    printer_id = id_in_path(call.path["printer_id"], _NOT_THERE)
    try:
        if data.remove:
            gone = PrinterWanted(center=call.center, actor=call.actor, printer_id=printer_id)
            await call.do(remove_printer, gone, Stored, Stored, key=data.key or None)
        else:
            cmd = PrinterChange(
                center=call.center,
                printer_id=printer_id,
                values=_values(data),
                allowed=call.settings.outbound_private,
            )
            await call.do(change_printer, cmd, _stored, Stored, key=data.key or None)
    except AppError as error:
        return await _page(call, data, printer_id, error)
    return _to("saved")


@routes.post(f"{_PATH}/{{printer_id}}/test", right="settings.edit", summary="Print a test strip")
async def test(call: CafeCall, data: KeyForm) -> Reply:
    """The toast says when it has arrived."""
    printer_id = id_in_path(call.path["printer_id"], _NOT_THERE)
    wanted = PrinterWanted(center=call.center, actor=call.actor, printer_id=printer_id)
    asked = await call.do(print_test, wanted, Asked, Asked, key=data.key or None)
    template = "cafe/printing/templates/asked.html"
    return call.html(template, job_id=asked.job_id, what="paper")


@routes.post(
    f"{_PATH}/prints/{{job_id}}/cancel", right="settings.edit", summary="Do not print what waits"
)
async def cancel(call: CafeCall) -> Reply:
    """What is on its way may still arrive."""
    job_id = id_in_path(call.path["job_id"], say("Print not found"))
    await call.run(cancel_print, PrintWanted(center=call.center, job_id=job_id))
    return _to("canceled")


def _to(word: str) -> Reply:
    return Reply().with_header("hx-redirect", f"{_PATH}?done={word}")


def _stored(printer: Printer) -> Stored:
    return Stored(printer.id)


def _values(form: PrinterForm) -> PrinterValues:
    """What was typed; what is no number is one that no printer has."""
    return PrinterValues(
        name=form.name,
        address=form.address,
        port=_number(form.port),
        columns=_number(form.columns),
        code_page=form.code_page,
        has_drawer=form.has_drawer,
        till_id=_number(form.till_id),
    )


def _number(text: str) -> int:
    digits = text.strip()
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 19 else -1


async def _page(
    call: CafeCall,
    form: PrinterForm | None,
    open_id: int,
    error: AppError | None = None,
    *,
    done: str = "",
) -> Reply:
    errors, problem = errors_in_form(error, call.view.language, _FIELDS)
    values = await call.read(_page_values, call)
    if form is None:
        opened = (one.values for one in values["printers"] if one.id == open_id)
        form = next(opened, PrinterForm())
    return call.html(
        _PAGE,
        status=200 if error is None else error.status,
        form=form,
        open_id=open_id,
        errors=errors,
        problem=problem,
        papers=PAPERS,
        code_pages=CODE_PAGES,
        allowed=call.settings.outbound_private,
        toast=i18n.translations(call.view.language).gettext(_DONE[done]) if done in _DONE else "",
        **values,
    )


def _page_values(read: Read, call: CafeCall) -> dict[str, Any]:
    found = printers_of(read, call.center.id)
    allowed = call.settings.outbound_private
    return {
        "printers": found,
        "shut_out": {one.id for one in found if refusal_of(one.values.address, allowed)},
        "tills": tills_named(read, call.center.id),
        "late": not_printed(read, call.center.id, clock.real_now() - _LATE),
    }
