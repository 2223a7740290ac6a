"""Putting printers up, and asking them for something."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
import sqlalchemy as sa
from msgspec.structs import asdict

from lanhouse.auth.actors import Actor
from lanhouse.auth.addresses import normal_address
from lanhouse.cafe.centers.locks import lock_center
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.printing.queries import (
    DRAWER,
    TEST,
    print_by_id,
    print_of_key,
    printer_by_id,
    printer_of_person,
    printers_of,
)
from lanhouse.cafe.printing.rules import clean
from lanhouse.cafe.printing.rules.network import refusal_of
from lanhouse.cafe.printing.schemas import CODE_PAGES, PAPERS, PORTS, Printer, PrinterValues
from lanhouse.cafe.printing.tables import printers
from lanhouse.cafe.shifts.tables import tills
from lanhouse.db.statements import static
from lanhouse.db.store import Tx
from lanhouse.jobs import queue
from lanhouse.kit import clock, ids
from lanhouse.kit.errors import InvalidInput, NotFound, Refused
from lanhouse.kit.limits import MAX_PRINTER
from lanhouse.kit.said import Said, say

NAME_CHARS_MAX = 40
_NOT_THERE = say("Printer not found")
_INSERT = static(sa.insert(printers).returning(printers.c.id))
_CHANGE = static(
    sa.update(printers)
    .where(printers.c.id == sa.bindparam("the_printer"))
    .values(
        {
            name: sa.bindparam(f"new_{name}", type_=printers.c[name].type)
            for name in (*PrinterValues.__struct_fields__, "name_key")
        }
    )
)
_DELETE = static(
    sa.update(printers)
    .where(printers.c.id == sa.bindparam("the_printer"))
    .values(deleted_at=sa.bindparam("at", type_=printers.c.deleted_at.type))
)
_FOLLOW_TILL = static(
    sa.update(printers)
    .where(
        printers.c.center_id == sa.bindparam("of_center"),
        printers.c.till_id == sa.bindparam("old_till"),
    )
    .values(till_id=sa.bindparam("new_till"))
)
_TILL = static(
    sa.select(tills.c.id).where(
        tills.c.center_id == sa.bindparam("center"), tills.c.id == sa.bindparam("till")
    )
)


class NewPrinter(msgspec.Struct, frozen=True, kw_only=True):
    """A printer to put up; `allowed` are the networks that this server may reach."""

    center: Center
    values: PrinterValues
    allowed: str


class PrinterChange(msgspec.Struct, frozen=True, kw_only=True):
    """New values for a printer."""

    center: Center
    printer_id: int
    values: PrinterValues
    allowed: str


class PrinterWanted(msgspec.Struct, frozen=True, kw_only=True):
    """A printer that something is asked of."""

    center: Center
    actor: Actor
    printer_id: int


class DrawerWanted(msgspec.Struct, frozen=True, kw_only=True):
    """The drawer of the till at which the caller works."""

    center: Center
    actor: Actor


class PrintWanted(msgspec.Struct, frozen=True, kw_only=True):
    """A print that waits, by its job."""

    center: Center
    job_id: int


def add_printer(tx: Tx, new: NewPrinter) -> Printer:
    """Put a printer up. Raises InvalidInput by field, Refused above MAX_PRINTER."""
    center_id = new.center.id
    lock_center(tx, center_id)
    if len(printers_of(tx, center_id)) >= MAX_PRINTER:
        raise Refused(say("A centre can have at most %(count)s printers.", count=MAX_PRINTER))
    values = _checked(tx, center_id, 0, new.values, new.allowed)
    printer_id = tx.scalar(
        _INSERT,
        center_id=center_id,
        name_key=values.name.casefold(),
        deleted_at=None,
        **asdict(values),
    )
    tx.audit("printer", printer_id, after=asdict(values))
    return Printer(id=printer_id, center_id=center_id, values=values)


def change_printer(tx: Tx, change: PrinterChange) -> Printer:
    """Change a printer; what waits for it is sent there. Raises InvalidInput by field, NotFound."""
    center_id = change.center.id
    lock_center(tx, center_id)
    before = _found(tx, center_id, change.printer_id)
    values = _checked(tx, center_id, before.id, change.values, change.allowed)
    new = {f"new_{name}": value for name, value in asdict(values).items()}
    tx.run(_CHANGE, the_printer=before.id, new_name_key=values.name.casefold(), **new)
    tx.audit("printer", before.id, before=asdict(before.values), after=asdict(values))
    return Printer(id=before.id, center_id=center_id, values=values)


def follow_tills(tx: Tx, center_id: int, tills: Mapping[int, int]) -> None:
    """Give printers of a till to the till that took its place; `tills` is old id -> new id."""
    for old, new in tills.items():
        tx.run(_FOLLOW_TILL, of_center=center_id, old_till=old, new_till=new)


def remove_printer(tx: Tx, wanted: PrinterWanted) -> int:
    """Take a printer away; what waits for it is not printed. Raises NotFound."""
    lock_center(tx, wanted.center.id)
    printer = _found(tx, wanted.center.id, wanted.printer_id)
    tx.run(_DELETE, the_printer=printer.id, at=tx.now)
    tx.audit("printer", printer.id, before=asdict(printer.values))
    return printer.id


def print_test(tx: Tx, wanted: PrinterWanted) -> int:
    """Ask a printer for a strip that shows what it can do; answers the job. Raises NotFound."""
    printer = _found(tx, wanted.center.id, wanted.printer_id)
    tx.audit("printer", printer.id)
    return ask(tx, TEST, printer, wanted.actor, {})


def open_drawer(tx: Tx, wanted: DrawerWanted) -> int:
    """Open the drawer of the till at which the caller works, without a sale; answers the job.

    It is written to the audit log. Raises Refused where there is none.
    """
    printer = printer_of_person(tx, wanted.center.id, wanted.actor.staff_id)
    if printer is None or not printer.values.has_drawer:
        raise Refused(say("No cash drawer hangs on a printer of your till."))
    tx.audit("printer", printer.id, after={"drawer": "opened"})
    return ask(tx, DRAWER, printer, wanted.actor, {})


def cancel_print(tx: Tx, wanted: PrintWanted) -> int:
    """Do not print what waits; answers its job. Raises NotFound for what is no print of the
    centre."""
    if print_by_id(tx, wanted.center.id, wanted.job_id) is None:
        raise NotFound(say("Print not found"))
    if queue.cancel(tx, wanted.job_id):
        tx.audit("job", wanted.job_id)
    else:
        tx.did_nothing()
    return wanted.job_id


def ask(tx: Tx, kind: str, printer: Printer, actor: Actor, payload: dict[str, Any]) -> int:
    """Queue something for a printer, in the transaction that asks; answers the job's id.

    It says when it was asked for: a drawer must not open when nobody stands there any more.
    """
    key = f"{kind} {ids.wire_id()}"
    asked = {"printer_id": printer.id, "asked_at": clock.to_micros(clock.real_now())}
    queue.enqueue(
        tx,
        kind,
        {**asked, **payload},
        key=key,
        center_id=printer.center_id,
        started_by=actor.staff_id,
    )
    return print_of_key(tx, printer.center_id, key)


def _found(tx: Tx, center_id: int, printer_id: int) -> Printer:
    printer = printer_by_id(tx, center_id, printer_id)
    if printer is None:
        raise NotFound(_NOT_THERE)
    return printer


def _checked(
    tx: Tx, center_id: int, own_id: int, values: PrinterValues, allowed: str
) -> PrinterValues:
    """The values as they are kept. Raises InvalidInput by field."""
    name = clean(values.name)
    wrong: dict[str, str | Said] = {}
    others = [one for one in printers_of(tx, center_id) if one.id != own_id]
    if not name:
        wrong["name"] = say("is required")
    elif len(name) > NAME_CHARS_MAX:
        wrong["name"] = say("must be at most %(count)s characters", count=NAME_CHARS_MAX)
    elif name.casefold() in {one.values.name.casefold() for one in others}:
        wrong["name"] = say("already exists")
    refusal = refusal_of(values.address.strip(), allowed)
    if refusal is not None:
        wrong["address"] = refusal
    if values.port not in PORTS:
        wrong["port"] = say("must be between %(low)s and %(high)s", low=PORTS[0], high=PORTS[-1])
    if values.columns not in PAPERS:
        wrong["columns"] = say("must be one of %(names)s", names=", ".join(map(str, PAPERS)))
    if values.code_page not in CODE_PAGES:
        wrong["code_page"] = say("must be one of %(names)s", names=", ".join(CODE_PAGES))
    if values.till_id and tx.scalar(_TILL, center=center_id, till=values.till_id) is None:
        wrong["till_id"] = say("is not a till of this centre")
    elif values.till_id in {one.values.till_id for one in others}:
        wrong["till_id"] = (
            say("has a printer already") if values.till_id else say("is taken by another printer")
        )
    if wrong:
        raise InvalidInput(wrong)
    address = normal_address(values.address.strip())
    return msgspec.structs.replace(values, name=name, address=address)
