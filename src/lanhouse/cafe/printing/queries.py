"""Finding printers, and what waits for them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
import sqlalchemy as sa

from lanhouse.cafe.printing.schemas import Printer, PrinterValues
from lanhouse.cafe.printing.tables import printers
from lanhouse.cafe.shifts.tables import shifts, tills
from lanhouse.db.statements import Row, among, static
from lanhouse.db.store import Read
from lanhouse.jobs.schemas import FAILED
from lanhouse.jobs.tables import queue

TEST, DRAWER, RECEIPT = "printing.test", "printing.drawer", "receipts.print"
KINDS = (TEST, DRAWER, RECEIPT)
"""The kinds of job that go to a printer."""
_SHOWN_MAX = 50

_THERE = (printers.c.center_id == sa.bindparam("center")) & printers.c.deleted_at.is_(None)
_OF_CENTER = static(sa.select(printers).where(_THERE).order_by(printers.c.name_key))
_BY_ID = static(sa.select(printers).where(_THERE, printers.c.id == sa.bindparam("printer")))
_ANY = static(
    sa.select(printers.c.id)
    .where(among(printers.c.center_id, "centers"), printers.c.deleted_at.is_(None))
    .limit(1)
)
# That of the till at which the person works, else that of everybody.
_OF_PERSON = static(
    sa.select(printers)
    .where(
        _THERE,
        sa.or_(
            printers.c.till_id == 0,
            printers.c.till_id.in_(
                sa.select(shifts.c.till_id).where(
                    shifts.c.center_id == sa.bindparam("center"),
                    shifts.c.staff_id == sa.bindparam("person"),
                    shifts.c.closed_at.is_(None),
                )
            ),
        ),
    )
    .order_by(printers.c.till_id.desc())
    .limit(1)
)
_TILLS = static(
    sa.select(tills.c.id, tills.c.name)
    .where(tills.c.center_id == sa.bindparam("center"), tills.c.is_used)
    .order_by(tills.c.name_key)
)
_PRINT = sa.select(
    queue.c.id, queue.c.kind, queue.c.status, queue.c.payload, queue.c.error, queue.c.run_at
).where(queue.c.center_id == sa.bindparam("center"), among(queue.c.kind, "kinds"))
_WAITING = static(
    _PRINT.where(queue.c.finished_at.is_(None)).order_by(queue.c.id.desc()).limit(_SHOWN_MAX)
)
_GIVEN_UP = static(
    _PRINT.where(
        queue.c.status == FAILED,
        queue.c.finished_at > sa.bindparam("since", type_=queue.c.finished_at.type),
    )
    .order_by(queue.c.finished_at.desc())
    .limit(_SHOWN_MAX)
)
_ONE_PRINT = static(
    sa.select(queue.c.kind, queue.c.status, queue.c.error, queue.c.result).where(
        queue.c.center_id == sa.bindparam("center"),
        queue.c.id == sa.bindparam("job"),
        among(queue.c.kind, "kinds"),
    )
)
_BY_KEY = static(
    sa.select(queue.c.id).where(
        queue.c.center_id == sa.bindparam("center"), queue.c.key == sa.bindparam("key")
    )
)


class Print(msgspec.Struct, frozen=True, kw_only=True):
    """A print that waits, was tried in vain, or was given up."""

    job_id: int
    kind: str
    status: str
    payload: dict[str, Any]
    error: str

    @property
    def is_late(self) -> bool:
        """Whether it was tried and did not arrive."""
        return bool(self.error) or self.status == FAILED


def printers_of(read: Read, center_id: int) -> list[Printer]:
    """The printers of a centre, by name."""
    return [_printer(row) for row in read.all(_OF_CENTER, center=center_id)]


def printer_by_id(read: Read, center_id: int, printer_id: int) -> Printer | None:
    """A printer of this centre that is there, or None."""
    row = read.one(_BY_ID, center=center_id, printer=printer_id)
    return None if row is None else _printer(row)


def have_printers(read: Read, center_ids: list[int]) -> bool:
    """Whether any of these centres has a printer."""
    return read.scalar(_ANY, centers=center_ids) is not None


def printer_of_person(read: Read, center_id: int, staff_id: int) -> Printer | None:
    """Where a person's prints go: to the printer of the till of his shift, else to the one for
    everybody, else nowhere."""
    row = read.one(_OF_PERSON, center=center_id, person=staff_id)
    return None if row is None else _printer(row)


def tills_named(read: Read, center_id: int) -> list[Row]:
    """The tills that are in use (id, name), by name."""
    return read.all(_TILLS, center=center_id)


def not_printed(read: Read, center_id: int, since: datetime) -> list[Print]:
    """What waits for a printer, and what was given up since then (real time); newest first."""
    waiting = read.all(_WAITING, center=center_id, kinds=list(KINDS))
    given_up = read.all(_GIVEN_UP, center=center_id, kinds=list(KINDS), since=since)
    return [
        Print(
            job_id=row.id,
            kind=row.kind,
            status=row.status,
            payload=row.payload,
            error=row.error,
        )
        for row in (*waiting, *given_up)
    ]


def print_by_id(read: Read, center_id: int, job_id: int) -> Row | None:
    """Kind, state, last failure and result of a print of this centre, or None."""
    return read.one(_ONE_PRINT, center=center_id, job=job_id, kinds=list(KINDS))


def print_of_key(read: Read, center_id: int, key: str) -> int:
    """The job that has the key; there is one."""
    return int(read.scalar(_BY_KEY, center=center_id, key=key))


def _printer(row: Row) -> Printer:
    values = {name: getattr(row, name) for name in PrinterValues.__struct_fields__}
    return Printer(id=row.id, center_id=row.center_id, values=PrinterValues(**values))
