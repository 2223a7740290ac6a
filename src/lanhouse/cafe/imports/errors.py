"""Refusals of imports."""

from __future__ import annotations

from collections.abc import Sequence

from lanhouse.cafe.imports.schemas import WrongCell
from lanhouse.kit.errors import Conflict, InvalidInput
from lanhouse.kit.said import say

TOLD_MAX = 100
"""Wrong cells that are told; the others are counted."""


class WrongRows(InvalidInput):
    """What is wrong with which rows of a file, column by column; nothing was taken in."""

    def __init__(self, wrong: Sequence[WrongCell]) -> None:
        self.wrong = sorted(wrong, key=lambda each: each.number)
        told = {f"row {each.number}, {each.column}": each.reason for each in self.wrong[:TOLD_MAX]}
        more = len(self.wrong) - TOLD_MAX
        if more > 0:
            told["file"] = say("has %(count)s more mistakes", count=more)
        super().__init__(told)


class ImportRuns(Conflict):
    """One import at a time in a centre."""

    def __init__(self) -> None:
        super().__init__(say("Another import is on its way. Wait until it has ended."))
