"""How an ended session is counted: the quarters of an hour it lasted in, and its bill by name."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec

from lanhouse.cafe.metering.rules import PAUSED, UNPLAYED, Bill, BillLine
from lanhouse.cafe.sessions.schemas import Session
from lanhouse.kit import clock

QUARTER_MICROS = 900_000_000
_QUARTERS_OF_DAY = 96
_SECOND_MICROS = 1_000_000
_NAMELESS = (
    "free_session",
    "free_minutes",
    "start_fee",
    "daily_cap",
    "minimum_charge",
    "tax",
    "tax_included",
    "card_price",
    "rounding",
)
"""Kinds of lines whose words are ours, not the house's."""


class Share(msgspec.Struct):
    """What one price rule or package has of a bill."""

    seconds: int = 0
    micros: int = 0
    discount_micros: int = 0


def quarter_of(at: datetime) -> int:
    """The quarter of an hour, counted from 1970, in which an instant lies."""
    return clock.to_micros(at) // QUARTER_MICROS


def quarter_after(end_at: datetime) -> int:
    """The first quarter of an hour that begins at `end_at` or later."""
    return -(-clock.to_micros(end_at) // QUARTER_MICROS)


def cells_of(first: int, last: int, zone: ZoneInfo) -> dict[int, tuple[int, int]]:
    """Quarter of an hour, from `first` up to `last`, -> (weekday, Monday is 0; hour) in a zone."""
    found: dict[int, tuple[int, int]] = {}
    for begin in range(first, last, _QUARTERS_OF_DAY):
        end = min(begin + _QUARTERS_OF_DAY, last)
        ahead, then = _ahead(begin, zone), _ahead(end, zone)
        for quarter in range(begin, end):
            # A zone is asked once a day, and for each quarter of a day on which its clock changes.
            local = quarter + (ahead if ahead == then else _ahead(quarter, zone))
            # The first of January 1970 was a Thursday.
            day, part = divmod(local, _QUARTERS_OF_DAY)
            found[quarter] = (day + 3) % 7, part // 4
    return found


def _ahead(quarter: int, zone: ZoneInfo) -> int:
    """How many quarters of an hour a zone is ahead of UTC then."""
    offset = clock.from_micros(quarter * QUARTER_MICROS).astimezone(zone).utcoffset()
    assert offset is not None
    return offset // timedelta(minutes=15)


def seated(from_at: datetime, to_at: datetime) -> Iterator[tuple[int, int]]:
    """(quarter, whole seconds of it) of a stretch whose ends are whole seconds."""
    at, end = clock.to_micros(from_at), clock.to_micros(to_at)
    while at < end:
        quarter = at // QUARTER_MICROS
        until = min((quarter + 1) * QUARTER_MICROS, end)
        yield quarter, (until - at) // _SECOND_MICROS
        at = until


def shares(session: Session) -> dict[tuple[str, str], Share]:
    """What each (kind, name) has of an ended session's bill; together they are the bill.

    The discount is what the same bill would be without that of the member group.
    """
    assert session.billed_to_at is not None
    found: dict[tuple[str, str], Share] = {}
    for line in _counted(session.bill(session.billed_to_at)):
        share = found.setdefault(_key(line.kind, line.what), Share())
        if line.kind not in UNPLAYED:
            share.seconds += line.seconds
        share.micros += line.amount_micros
    if any(segment.tariff.discount for segment in session.segments):
        for line in _counted(session.full_bill(session.billed_to_at)):
            share = found.setdefault(_key(line.kind, line.what), Share())
            share.discount_micros += line.amount_micros
        for share in found.values():
            share.discount_micros -= share.micros
    return found


def _counted(its_bill: Bill) -> Iterator[BillLine]:
    """The lines that are time or money; a pause is neither."""
    return (line for line in its_bill.lines if line.kind != PAUSED)


def _key(kind: str, what: str) -> tuple[str, str]:
    if kind in UNPLAYED:
        kind = "time"  # of the same price, though nobody played it
    return kind, "" if kind in _NAMELESS else what
