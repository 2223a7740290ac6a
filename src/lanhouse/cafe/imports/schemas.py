"""An import of members as commands and pages see it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

import msgspec

from lanhouse.auth.actors import Actor
from lanhouse.cafe.centers.schemas import Center


class Source(StrEnum):
    """Where the members come from."""

    FILE = "file"
    CENTER = "center"


class Stage(StrEnum):
    """How far an import is. Until SHOWN nobody sees anything of it (decision 0160)."""

    ADDING = "adding"
    """Rows are written that nobody sees; it can still be taken back."""
    PAYING = "paying"
    """Their money is booked; from here it only goes on."""
    SHOWING = "showing"
    """All of it is written and booked, and is shown next."""
    SHOWN = "shown"
    """All of it is there."""
    UNDOING = "undoing"
    """The rows are taken away again."""
    UNDONE = "undone"
    """Nothing is left of it."""


class NewLine(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A member to bring in. `values` are columns of members as JSON has them (times in micros);
    the amounts, in micros, are what he has from the start."""

    number: int
    """Of the row in the file, the heading being 1; 0 where there is none."""
    member_id: int = 0
    values: dict[str, Any]
    balance_micros: int = 0
    bonus_micros: int = 0
    coin_micros: int = 0
    point_micros: int = 0

    @property
    def has_money(self) -> bool:
        """Whether any of it is to be booked."""
        return any((self.balance_micros, self.bonus_micros, self.coin_micros, self.point_micros))


class WrongCell(msgspec.Struct, frozen=True):
    """What is wrong in a column of a row; `column` is as the file calls it."""

    number: int
    column: str
    reason: str


class TurnedAway(msgspec.Struct, frozen=True):
    """Whom a rule of the centre keeps out: his account, the field, and what is wrong with it."""

    account: str
    field: str
    reason: str


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """A member who may come in: his line, and what only the centre can tell: the group by its
    name ("" = the usual one), and a password that is still to be hashed."""

    line: NewLine
    group_name: str = ""
    password: str = ""


class Coming(msgspec.Struct, frozen=True, kw_only=True):
    """Who comes in, who is left out because an account is called so already, and who does not
    tell what the centre asks of every member."""

    candidates: Sequence[Candidate]
    skipped: Sequence[str] = ()
    turned_away: Sequence[TurnedAway] = ()


class NewImport(msgspec.Struct, frozen=True, kw_only=True):
    """An import to begin, or with `is_trial` only to be checked."""

    center: Center
    actor: Actor
    candidates: Sequence[Candidate]
    skips_existing: bool = False
    is_trial: bool = False
    other: Center | None = None


class Begun(msgspec.Struct, frozen=True, kw_only=True):
    """An import that was begun: its job, how many members come, and the accounts left out, those
    of a rule with their reasons. After a trial the ids are 0."""

    import_id: int = 0
    job_id: int = 0
    count: int
    skipped: Sequence[str] = ()
    turned_away: Sequence[TurnedAway] = ()


class ImportView(msgspec.Struct, frozen=True, kw_only=True):
    """An import as pages show it."""

    id: int
    source: str
    stage: Stage
    rows: int
    problem: str
    started_at: datetime
    ended_at: datetime | None
