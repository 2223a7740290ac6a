"""Rules for minors as calls have them. Times are ISO 8601 in UTC."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta, tzinfo
from typing import Annotated

from msgspec import Meta, Struct

from lanhouse.cafe.minors.schemas import Band, Consent, Limits, Proof
from lanhouse.kit.errors import InvalidInput
from lanhouse.kit.inputs import Line
from lanhouse.kit.local_time import utc_text
from lanhouse.kit.said import say

_Text = Annotated[str, Meta(max_length=4000)]


class GuardianConsentIn(Struct):
    """Who consents, why, and until when (an ISO date, whose whole day counts, or a moment with its
    offset)."""

    guardian: _Text
    reason: _Text
    until: Annotated[Line, Meta(max_length=40)]


class AgeProofIn(Struct):
    """The birthday that the paper has, and its kind: id_card, passport, licence, student, other."""

    birthday: date
    document: Annotated[Line, Meta(max_length=20)]


class MinorBandOut(Struct):
    """Hours without play: weekdays on which they begin (1 = Monday), and from when until when."""

    name: str
    from_age: int
    under_age: int
    weekdays: list[int]
    day: str
    start: str
    end: str
    is_lifted_by_consent: bool


class GuardianConsentOut(Struct):
    """A guardian's consent."""

    id: int
    guardian: str
    reason: str
    given_at: str
    until: str
    staff_name: str
    withdrawn_at: str | None


class AgeProofOut(Struct):
    """A proof of age that somebody has seen."""

    id: int
    document: str
    seen_at: str
    staff_name: str


class PlayLimitsOut(Struct):
    """Whether a member may play now: until when (null: nothing ends it), or from when on again.
    `rules` are the hours that hold at his age of today."""

    may_play: bool
    until: str | None
    again_at: str | None
    consent_until: str | None
    rules: list[MinorBandOut]
    consents: list[GuardianConsentOut]
    proofs: list[AgeProofOut]


class NotedOut(Struct):
    """What was noted or withdrawn, by id."""

    id: int


def limits_out(
    limits: Limits | None, consents: list[Consent], proofs: list[Proof]
) -> PlayLimitsOut:
    """What holds for a member."""
    verdict = None if limits is None else limits.verdict
    return PlayLimitsOut(
        may_play=verdict is None or not verdict.is_barred,
        until=_text(None if verdict is None else verdict.until),
        again_at=_text(None if verdict is None else verdict.again_at),
        consent_until=_text(None if limits is None else limits.consent_until),
        rules=[] if limits is None else [_band_out(band) for band in limits.bands],
        consents=[
            GuardianConsentOut(
                id=each.id,
                guardian=each.guardian,
                reason=each.reason,
                given_at=utc_text(each.given_at),
                until=utc_text(each.until_at),
                staff_name=each.staff_name,
                withdrawn_at=_text(each.withdrawn_at),
            )
            for each in consents
        ],
        proofs=[
            AgeProofOut(each.id, each.document, utc_text(each.seen_at), each.staff_name)
            for each in proofs
        ],
    )


def moment_of(text: str, zone: tzinfo, field: str = "until") -> datetime:
    """A date, whose whole day counts in that zone, or a moment (without offset: there). Raises
    InvalidInput of the field."""
    try:
        found = datetime.fromisoformat(text)
        if len(text) == len("2026-01-01"):
            found += timedelta(days=1)
        return found if found.tzinfo else found.replace(tzinfo=zone)
    except (ValueError, OverflowError):
        reason = say("must be a date such as 2026-12-31, or a moment")
        raise InvalidInput({field: reason}) from None


def day_of(text: str, field: str) -> date:
    """A date. Raises InvalidInput of the field."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InvalidInput({field: say("must be a date such as 2026-12-31")}) from None


def _band_out(band: Band) -> MinorBandOut:
    return MinorBandOut(
        name=band.name,
        from_age=band.from_age,
        under_age=band.under_age,
        weekdays=sorted(band.days),
        day=band.on,
        start=f"{band.start:%H:%M}",
        end=f"{band.end:%H:%M}",
        is_lifted_by_consent=band.is_lifted_by_consent,
    )


def _text(at: datetime | None) -> str | None:
    return None if at is None else utc_text(at)


class BandWords(Struct, frozen=True):
    """Hours as pages show them: weekdays by name, none where it is every day."""

    name: str
    from_age: int
    under_age: int
    weekdays: str
    day: str
    start: str
    end: str
    is_lifted_by_consent: bool


def band_words(band: Band, weekdays: Sequence[str]) -> BandWords:
    """The same in words; `weekdays` are the names from Monday on."""
    names = ", ".join(weekdays[day - 1] for day in sorted(band.days))
    return BandWords(
        name=band.name,
        from_age=band.from_age,
        under_age=band.under_age,
        weekdays="" if len(band.days) == len(weekdays) else names,
        day=band.on,
        start=f"{band.start:%H:%M}",
        end=f"{band.end:%H:%M}",
        is_lifted_by_consent=band.is_lifted_by_consent,
    )
