"""A list as a CSV file: part by part, each a look of its own, so that no snapshot is held."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Sequence
from typing import Generic, TypeVar

import msgspec

from lanhouse.kit.sheets import BOM, csv_text
from lanhouse.web.replies import Stream

_DISPOSITION = b"content-disposition"

C = TypeVar("C")
"""Where an export goes on."""


class CsvPart(msgspec.Struct, Generic[C], frozen=True):
    """Some lines of an export, and where it goes on; None at its end."""

    lines: bytes
    after: C | None


def csv_part(lines: Iterable[Sequence[str]], after: C | None) -> CsvPart[C]:
    """Made in the reader's thread, so that other calls need not wait for it."""
    return CsvPart(csv_text(lines).encode(), after)


async def csv_file(
    name: str, columns: Sequence[str], look: Callable[[C | None], Awaitable[CsvPart[C]]]
) -> Stream:
    """The file `name`: the columns' names, and the lines of every look from the first (None) on.

    The first look is taken before anything is sent, so that its refusal is an answer. A caller
    that goes away ends the export.
    """
    first = await look(None)
    disposition = f'attachment; filename="{name}"'.encode()
    head = (BOM + csv_text([columns])).encode()
    return Stream(
        _parts(head, first, look), "text/csv; charset=utf-8", [(_DISPOSITION, disposition)]
    )


async def _parts(
    head: bytes, part: CsvPart[C], look: Callable[[C | None], Awaitable[CsvPart[C]]]
) -> AsyncGenerator[bytes, None]:
    yield head
    yield part.lines
    while part.after is not None:
        part = await look(part.after)
        yield part.lines
