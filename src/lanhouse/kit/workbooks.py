"""Workbooks (XLSX) out, with the cells of kit/sheets.

XlsxWriter writes them: of the kept libraries the one that needs no memory for rows and half the
time of the other. A module of its own, because loading it takes a tenth of a start.
"""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Generator, Iterable, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from xlsxwriter import Workbook  # pyright: ignore[reportMissingTypeStubs] - it has none

from lanhouse.kit.sheets import guarded

ROWS_MAX = 1_048_576
"""So many rows, its heading among them, a sheet of a workbook holds."""


class Xlsx:
    """A workbook of texts that grows row by row, in files of its own instead of in memory.

    What one sheet does not hold goes on in the next one, under the same heading. Close it in the
    end, whatever happens, also while another thread still writes.
    """

    def __init__(self, columns: Sequence[str]) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="lanhouse-sheet-")
        self._path = Path(self._folder.name) / "book.xlsx"
        self._book: Any = Workbook(
            str(self._path), {"constant_memory": True, "tmpdir": self._folder.name}
        )
        self._book.use_zip64()
        self._bold = self._book.add_format({"bold": True})
        self._columns = columns
        self._writing = threading.Lock()
        self._is_closed = False
        self._begin_sheet()

    def _begin_sheet(self) -> None:
        self._sheet = self._book.add_worksheet()
        self._sheet.freeze_panes(1, 0)
        for at, name in enumerate(self._columns):
            self._sheet.write_string(0, at, name, self._bold)
        self._filled = 1

    def add(self, rows: Iterable[Sequence[str]]) -> None:
        """Write rows of as many cells as there are columns."""
        with self._held():
            for row in rows:
                if self._is_closed:
                    return
                if self._filled == ROWS_MAX:
                    self._begin_sheet()
                for at, cell in enumerate(row):
                    self._sheet.write_string(self._filled, at, guarded(cell))
                self._filled += 1

    def finish(self) -> IO[bytes]:
        """Put the file together, and open it."""
        with self._held():
            self._book.close()
            return self._path.open("rb")

    def close(self) -> None:
        """Take the files away, finished or not; whoever writes now does so when he stops."""
        self._is_closed = True
        if self._writing.acquire(blocking=False):
            try:
                for sheet in self._book.worksheets():
                    sheet.row_data_fh.close()
                self._folder.cleanup()
            finally:
                self._writing.release()

    @contextmanager
    def _held(self) -> Generator[None]:
        """While something is written the files stay: taken away under a writer, some come back."""
        try:
            with self._writing:
                yield
        finally:
            if self._is_closed:
                self.close()
