"""What closing a shift would do, decided once for the close, the hand-over and the page."""

from __future__ import annotations

from datetime import datetime

from msgspec.structs import replace

from lanhouse.cafe.shifts.errors import CountFirst
from lanhouse.cafe.shifts.queries import adds_up
from lanhouse.cafe.shifts.schemas import Report
from lanhouse.db.statements import Row
from lanhouse.db.store import Read
from lanhouse.kit.errors import InvalidInput
from lanhouse.kit.money import format_fixed
from lanhouse.kit.said import say


def plan_close(
    read: Read, shift: Row, now: datetime, *, left_micros: int, comment: str, closed_by_id: int
) -> Report:
    """The report of a close at `now`, still without a number.

    Raises CountFirst, and InvalidInput when a difference is not explained or more would stay in
    the drawer than is there.
    """
    found = adds_up(read, shift, now)
    if found.count is None:
        raise CountFirst
    errors: dict[str, str] = {}
    if found.difference_micros and not comment:
        errors["comment"] = say("is required: the count differs from the books")
    if left_micros > max(found.cash_end_micros, 0):
        most = format_fixed(max(found.cash_end_micros, 0))
        errors["left"] = say("must be at most %(most)s, the cash in the drawer", most=most)
    if errors:
        raise InvalidInput(errors)
    return replace(found, left_micros=left_micros, closed_by_id=closed_by_id)
