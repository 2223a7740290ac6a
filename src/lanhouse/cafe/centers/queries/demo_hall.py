"""Which centre was made as a demo hall."""

from __future__ import annotations

from datetime import datetime

from lanhouse.cafe.centers.queries import open_centers
from lanhouse.db.store import Read
from lanhouse.jobs.queries import last_of_kind
from lanhouse.ledger import book_of_center
from lanhouse.ledger.answers import answered_at, count_answered

_MARK = "demo:"
FIRST, WHOLE = "cafe.centers", "whole"
"""The steps that are done first and last."""
FILL = "demo_hall.fill"
"""The kind of job that fills a centre that is there already (decision 0137)."""


def mark_of(step: str) -> str:
    """The idempotency key under which a step of filling the demo is done (decision 0080)."""
    return f"{_MARK}{step}"


def demo_since(read: Read, center_id: int) -> datetime | None:
    """When the filling of a demo hall came to its end; None for every other centre."""
    return answered_at(read, book_of_center(center_id), mark_of(WHOLE))


def begun_at(read: Read, center_id: int) -> datetime | None:
    """When the invented history of a demo hall begins; None while nothing of it is made."""
    return answered_at(read, book_of_center(center_id), mark_of(FIRST))


def is_half_made(read: Read, center_id: int) -> bool:
    """Whether filling a demo hall was begun and has not come to its end."""
    return begun_at(read, center_id) is not None and demo_since(read, center_id) is None


def steps_done(read: Read, center_id: int) -> int:
    """How many steps of filling a demo hall are done."""
    return count_answered(read, book_of_center(center_id), _MARK)


def is_being_filled(read: Read, center_id: int) -> bool:
    """Whether a demo hall is on its way here: half made, or asked for."""
    if demo_since(read, center_id) is not None:
        return False
    job = last_of_kind(read, center_id, FILL)
    return is_half_made(read, center_id) or (job is not None and job.is_open)


def demo_hall_id(read: Read) -> int | None:
    """The open centre that is a whole demo hall, the first one of several; None when there is
    none."""
    return next(
        (center.id for center in open_centers(read) if demo_since(read, center.id) is not None),
        None,
    )
