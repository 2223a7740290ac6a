"""Sending bytes to a printer: outside the store, in the order in which they came, until it takes
them."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from datetime import timedelta

from lanhouse.cafe.printing.queries import DRAWER, KINDS, TEST, printer_by_id
from lanhouse.cafe.printing.rules.escpos import (
    ASK_STATUS,
    OPEN_DRAWER,
    START,
    strip,
    trouble_in,
)
from lanhouse.cafe.printing.rules.network import refusal_of
from lanhouse.cafe.printing.schemas import CODE_PAGES, Line, Printer
from lanhouse.db.store import Tx
from lanhouse.jobs import queue
from lanhouse.jobs.outbound import Means
from lanhouse.jobs.schemas import Delivery, Done, Job
from lanhouse.kit import clock
from lanhouse.kit.texts import N_

CONNECT_SECONDS_MAX = 3
STATUS_SECONDS_MAX = 0.5
TAKE_SECONDS_MAX = 8
# A printer that keeps the connection open after the last byte has taken it all the same.
CLOSE_SECONDS_MAX = 0.5
DRAWER_SECONDS_MAX = 15
"""A drawer opens for whoever has just asked, not for whoever is there when the printer is back."""

_turns: defaultdict[tuple[str, int], asyncio.Lock] = defaultdict(asyncio.Lock)


class PrinterTrouble(Exception):
    """It was not printed; `why` is unreachable, cut_off, no_paper or not_allowed."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


async def send(printer: Printer, data: bytes, allowed: str) -> None:
    """Have a printer take bytes, one strip after the other. Raises PrinterTrouble.

    The address is looked at each time: what the operator no longer allows gets nothing, also from
    what waited.
    """
    if refusal_of(printer.values.address, allowed) is not None:
        raise PrinterTrouble("not_allowed")
    where = (printer.values.address, printer.values.port)
    async with _turns[where]:
        try:
            async with asyncio.timeout(CONNECT_SECONDS_MAX):
                reader, writer = await asyncio.open_connection(*where)
        except (OSError, TimeoutError) as error:
            raise PrinterTrouble("unreachable") from error
        try:
            await _hand_over(reader, writer, data)
        except (OSError, TimeoutError) as error:
            raise PrinterTrouble("cut_off") from error
        finally:
            writer.close()


async def _hand_over(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, data: bytes
) -> None:
    writer.write(ASK_STATUS)
    try:
        async with asyncio.timeout(STATUS_SECONDS_MAX):
            status = await reader.read(1)
    except TimeoutError:
        status = None  # a simple one that does not know the question
    if status == b"":
        raise PrinterTrouble("cut_off")
    if status is not None and trouble_in(status):
        raise PrinterTrouble("no_paper")
    async with asyncio.timeout(TAKE_SECONDS_MAX):
        writer.write(data)
        await writer.drain()
        writer.write_eof()
    try:
        async with asyncio.timeout(CLOSE_SECONDS_MAX):
            while await reader.read(64):
                pass
    except TimeoutError:
        pass


def is_too_late(job: Job) -> bool:
    """Whether whoever asked for a drawer has gone by now."""
    asked = clock.from_micros(job.payload["asked_at"])
    return clock.real_now() - asked > timedelta(seconds=DRAWER_SECONDS_MAX)


async def printer_of(means: Means, job: Job) -> Printer | None:
    """The printer that a job names; None when it was taken away."""
    return await means.store.read(printer_by_id, job.center_id, job.payload["printer_id"])


async def hand_on(means: Means, printer: Printer, data: bytes) -> None:
    """send(), and what waited for this centre's printers is tried again at once."""
    await send(printer, data, means.outbound.private)
    await means.store.write(_try_again, printer.center_id)


def _try_again(tx: Tx, center_id: int) -> int:
    return queue.hurry(tx, center_id, KINDS)


def test_lines(printer: Printer) -> list[Line]:
    """A strip that shows name, width, code page and a code."""
    page = CODE_PAGES[printer.values.code_page]
    return [
        Line(text="Lanhouse", is_large=True, is_centered=True, is_strong=True),
        Line(text=printer.values.name, is_centered=True),
        Line(kind="rule"),
        Line(text=f"{printer.values.columns} columns, {page.codec}", end="0123456789"),
        Line(text="ÄÖÜäöüß éèê ñç € £", end="1,234.50"),
        Line(text="Привет Ελληνικά Łódź ğış"),
        Line(text="中文 日本語 한국어"),
        Line(kind="rule"),
        Line(kind="code", text=printer.values.name),
    ]


def jobs_of(means: Means) -> list[Delivery]:
    """What printers are asked for by themselves: a test, and to open the drawer."""

    async def test(job: Job) -> Done:
        printer = await printer_of(means, job)
        if printer is None:
            return Done({"printed": False, "why": "removed"})
        values = printer.values
        await hand_on(means, printer, strip(test_lines(printer), values.columns, values.code_page))
        return Done({"printed": True})

    async def drawer(job: Job) -> Done:
        printer = await printer_of(means, job)
        if printer is None or is_too_late(job):
            return Done({"printed": False, "why": "late" if printer else "removed"})
        await hand_on(means, printer, START + OPEN_DRAWER)
        return Done({"printed": True})

    return [
        Delivery(TEST, test, label=N_("Print a test")),
        Delivery(DRAWER, drawer, label=N_("Open the cash drawer")),
    ]
