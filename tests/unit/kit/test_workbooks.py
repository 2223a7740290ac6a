"""A workbook that nobody waits for any more leaves nothing behind."""

from __future__ import annotations

import asyncio
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from lanhouse.kit.workbooks import Xlsx
from lanhouse.web import exports


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


class Rows:
    """Rows of which the second comes when the test says so."""

    def __init__(self) -> None:
        self.begun, self.go_on = threading.Event(), threading.Event()

    def __iter__(self) -> Iterator[list[str]]:
        yield ["first"]
        self.begun.set()
        assert self.go_on.wait(10)
        for number in range(3000):
            yield [f"row {number}"]


def test_files_are_taken_away_once_the_writer_has_stopped(temporary: Path) -> None:
    book, rows = Xlsx(["a"]), Rows()
    writer = threading.Thread(target=book.add, args=(rows,))
    writer.start()
    assert rows.begun.wait(10)
    book.close()
    assert list(temporary.iterdir())  # they are still written to
    rows.go_on.set()
    writer.join(10)
    assert list(temporary.iterdir()) == []
    book.add([["late"]])
    book.close()
    assert list(temporary.iterdir()) == []


def test_a_finished_workbook_is_there_until_it_is_closed(temporary: Path) -> None:
    book = Xlsx(["a"])
    book.add([["one"]])
    with book.finish() as file:
        assert file.read(2) == b"PK"
    book.close()
    assert list(temporary.iterdir()) == []


def test_a_download_that_is_broken_off_leaves_no_files(temporary: Path) -> None:
    asyncio.run(_break_off(temporary))


async def _break_off(temporary: Path) -> None:
    rows = Rows()

    async def read(look: Any, after: int) -> Any:
        return await asyncio.to_thread(look, None, after)

    def look(_: Any, __: int) -> Any:
        return SimpleNamespace(cells=rows, after=None)

    first = SimpleNamespace(cells=[["zero"]], after=1)
    call: Any = SimpleNamespace(read=read)
    parts: Any = exports._xlsx_parts(call, ["a"], look, first)  # pyright: ignore
    asked = asyncio.ensure_future(anext(parts))
    assert await asyncio.to_thread(rows.begun.wait, 10)
    asked.cancel()  # the browser is gone
    with pytest.raises(asyncio.CancelledError):
        await asked
    await parts.aclose()
    rows.go_on.set()
    for _ in range(1000):
        if not list(temporary.iterdir()):
            break
        await asyncio.sleep(0.01)
    assert list(temporary.iterdir()) == []
