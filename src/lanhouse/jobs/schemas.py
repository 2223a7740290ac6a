"""Jobs as kinds, commands and pages see them (decision 0068)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime
from typing import Any

import msgspec

from lanhouse.db.store import Tx

WAITING, RUNNING, DONE, FAILED, CANCELED = "waiting", "running", "done", "failed", "canceled"
OPEN_STATES = (WAITING, RUNNING)
HOUSE = 0
"""The centre of jobs that belong to no centre."""


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """A job as its kind is handed it: `payload` as asked for, `cursor` as the last step left it
    (None at first).
    """

    id: int
    center_id: int
    kind: str
    payload: Any
    cursor: Any
    done: int
    total: int | None
    attempts: int
    started_by: int


class Progress(msgspec.Struct, frozen=True):
    """A step's answer when more is to be done: where the next one goes on, and how far it is.

    `cursor` is whatever JSON can hold; `total` None = not known. `again_in_seconds`: not before,
    because what it waits for is not there yet.
    """

    cursor: Any
    done: int
    total: int | None = None
    again_in_seconds: float = 0


class Done(msgspec.Struct, frozen=True):
    """The answer of the last step, and of a delivery that arrived. `done` None = as before."""

    result: Any = None
    done: int | None = None


class Steps(msgspec.Struct, frozen=True):
    """A kind of job inside the store: `step(tx, job)` is run again and again until it is Done.

    Each step is a transaction of its own and must be short, a few milliseconds: whatever else is
    to be written waits for it. With a `right`, whoever has it may start one for the own centre,
    without a payload. `label` is what people call it, `about` what it does and when one wants it.
    """

    kind: str
    step: Callable[[Tx, Job], Progress | Done]
    right: str = ""
    label: str = ""
    about: str = ""


class Delivery(msgspec.Struct, frozen=True):
    """A kind of job outside the store, a message to somebody else: `await deliver(job)`.

    At least once: after a crash it is sent again, so it carries the job's id for who must know.
    It is outside any transaction and is cut off after `seconds_max`; what it raises is a failed
    try. `label` is what people call it.
    """

    kind: str
    deliver: Callable[[Job], Awaitable[Done]]
    seconds_max: float = 20
    label: str = ""
    about: str = ""


Kind = Steps | Delivery


def startable(kinds: Iterable[Kind]) -> dict[str, Steps]:
    """Those that people may start, by kind."""
    return {kind.kind: kind for kind in kinds if isinstance(kind, Steps) and kind.right}


class JobView(msgspec.Struct, frozen=True, kw_only=True):
    """A job as people see it; times are real times."""

    id: int
    kind: str
    status: str
    done: int
    total: int | None
    result: Any
    error: str
    started_by: int
    started_at: datetime | None
    finished_at: datetime | None

    @property
    def is_open(self) -> bool:
        """Whether it still waits or runs."""
        return self.finished_at is None
