"""A list as a file, CSV or XLSX: part by part, each a look of its own, so that no snapshot is held.

Cells are made in the reader's thread, so that other calls need not wait for them. A caller that
goes away ends the export.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import closing
from typing import Generic, TypeVar

import msgspec

from lanhouse.db.store import Read
from lanhouse.kit.sheets import BOM, csv_text
from lanhouse.web.call import Call
from lanhouse.web.replies import Stream

C = TypeVar("C")
"""Where an export goes on."""

_CSV = "text/csv; charset=utf-8"
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_CHUNK_BYTES = 64 * 1024


class Lines(msgspec.Struct, Generic[C], frozen=True):
    """Some lines of an export, and where it goes on; None at its end."""

    cells: Sequence[Sequence[str]]
    after: C | None


Look = Callable[[Read, C | None], Lines[C]]


async def sheet_file(
    call: Call, name: str, columns: Sequence[str], look: Look[C], form: str = ""
) -> Stream:
    """The file `name` with the ending `form` (csv, xlsx; "" = that of the route): the columns'
    names, and the lines of every look from the first (None) on.

    The first look is taken before anything is sent, so that its refusal is an answer.
    """
    form = form or call.route.path.rpartition(".")[2]
    if form == "xlsx":
        parts, kind = _xlsx_parts(call, columns, look, await call.read(look, None)), _XLSX
    else:
        read = _csv_look(call, look)
        parts, kind = _csv_parts(columns, read, await read(None)), _CSV
    disposition = f'attachment; filename="{name}.{form}"'.encode()
    return Stream(parts, kind, [(b"content-disposition", disposition)])


class _CsvPart(msgspec.Struct, Generic[C], frozen=True):
    lines: bytes
    after: C | None


def _csv_look(call: Call, look: Look[C]) -> Callable[[C | None], Awaitable[_CsvPart[C]]]:
    def made(read: Read, after: C | None) -> _CsvPart[C]:
        found = look(read, after)
        return _CsvPart(csv_text(found.cells).encode(), found.after)

    return lambda after: call.read(made, after)


async def _csv_parts(
    columns: Sequence[str], look: Callable[[C | None], Awaitable[_CsvPart[C]]], part: _CsvPart[C]
) -> AsyncGenerator[bytes, None]:
    yield (BOM + csv_text([columns])).encode()
    yield part.lines
    while part.after is not None:
        part = await look(part.after)
        yield part.lines


async def _xlsx_parts(
    call: Call, columns: Sequence[str], look: Look[C], first: Lines[C]
) -> AsyncGenerator[bytes, None]:
    """A workbook is put together at its end, so all of it is made before its first byte."""
    from lanhouse.kit.workbooks import Xlsx

    def fill(read: Read, after: C) -> C | None:
        found = look(read, after)
        book.add(found.cells)
        return found.after

    with closing(await asyncio.to_thread(Xlsx, columns)) as book:
        await asyncio.to_thread(book.add, first.cells)
        after = first.after
        while after is not None:
            after = await call.read(fill, after)
        with await asyncio.to_thread(book.finish) as file:
            while chunk := await asyncio.to_thread(file.read, _CHUNK_BYTES):
                yield chunk
