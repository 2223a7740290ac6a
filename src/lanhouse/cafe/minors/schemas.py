"""Hours in which some may not play, and what is decided by them."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import NamedTuple
from zoneinfo import ZoneInfo

import msgspec


class Band(msgspec.Struct, frozen=True, kw_only=True):
    """Who is at least `from_age` and under `under_age` may not play from `start` to `end`, on the
    clock of the centre; an `end` at or before `start` is on the next day."""

    name: str
    from_age: int
    under_age: int
    days: frozenset[int]
    """Weekdays on which the hours begin, 1 = Monday ... 7 = Sunday."""
    on: str
    """any, workday, holiday, before_workday or before_holiday: the day on which they begin."""
    start: time
    end: time
    is_lifted_by_consent: bool


class Rules(msgspec.Struct, frozen=True, kw_only=True):
    """All that a centre has chosen."""

    bands: tuple[Band, ...]
    zone: ZoneInfo
    holidays: frozenset[date]


class Span(NamedTuple):
    """Time from a moment on and before another one."""

    from_at: datetime
    until_at: datetime


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """Whether somebody may play at a moment, and until when, or from when on again."""

    until: datetime | None = None
    """Who may play: when he may not any more; None: nothing ends it within a year."""
    band: Band | None = None
    """What bars him now, or from `until` on."""
    is_barred: bool = False
    again_at: datetime | None = None
    """Who may not play: when he may again; None: not within a month."""
    is_own: bool = False
    """By his own limits and not by the rules for minors."""


class Document(msgspec.Struct, frozen=True):
    """A kind of paper that proves an age: how it is kept, and in words."""

    name: str
    label: str


class Consent(msgspec.Struct, frozen=True, kw_only=True):
    """What a guardian has consented to: none of the hours that consent lifts hold until then."""

    id: int
    member_id: int
    guardian: str
    reason: str
    given_at: datetime
    until_at: datetime
    staff_id: int
    staff_name: str
    withdrawn_at: datetime | None
    withdrawn_by_id: int | None

    @property
    def span(self) -> Span:
        """When it holds."""
        ends = self.until_at
        if self.withdrawn_at is not None:
            ends = min(ends, self.withdrawn_at)
        return Span(self.given_at, ends)


class Proof(msgspec.Struct, frozen=True, kw_only=True):
    """Who has seen which kind of paper that proves a birthday; no copy is kept."""

    id: int
    member_id: int
    birthday: str
    document: str
    seen_at: datetime
    staff_id: int
    staff_name: str


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """Of whom is asked. `birthday` None: he counts as a minor of no known age."""

    birthday: date | None
    lifted: tuple[Span, ...] = ()
    """When a guardian's consent holds."""


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody is told about his hours."""

    verdict: Verdict
    is_told: bool
    """Whether it is time to warn: the hours are over soon, or are over."""
    bands: list[Band]
    """The hours that hold for him at his age of today."""
    consent_until: datetime | None = None


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a member: for his card and for calls."""

    limits: Limits | None
    consents: list[Consent]
    proofs: list[Proof]
    is_proven: bool
    """Whether somebody has seen a proof of the birthday that the account has."""
    rules: Rules | None


class SeenProof(msgspec.Struct, frozen=True):
    """A proof of age that the desk was shown by a guest: the birthday, and the kind of paper
    (rules.DOCUMENTS)."""

    birthday: date
    document: str
