"""Until when young people may play; off until hours are chosen."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from msgspec import Meta, Struct

from lanhouse.cafe.centers.schemas.keys import key
from lanhouse.cafe.centers.schemas.member.booking import AccountKeys
from lanhouse.cafe.centers.schemas.values import Clock, JsonText
from lanhouse.kit.inputs import Line
from lanhouse.kit.texts import N_

BANDS_MAX = 20
AGE_MAX = 30

_Age = Annotated[
    str,
    Meta(
        pattern=r"^([12]?\d|30)?$",
        extra={"reason": N_("must be whole years up to 30")},
    ),
]


class BandValue(Struct, frozen=True, kw_only=True):
    """Hours in which people of some ages may not play. Ages and weekdays are texts, as forms send
    them: `under` 16 is everybody until the 16th birthday; `days` 1 = Monday ... 7 = Sunday, on
    which the hours begin, empty = every day."""

    name: Annotated[Line, Meta(max_length=60)] = ""
    age: _Age = ""
    """From this age on; empty = from birth."""
    under: Annotated[_Age, Meta(min_length=1, extra={"reason": N_("is required")})]
    days: Annotated[
        str, Meta(pattern=r"^[1-7]{0,7}$", extra={"reason": N_("must be weekdays such as 67")})
    ] = ""
    on: Annotated[
        str,
        Meta(
            pattern=r"^(any|workday|holiday|before_workday|before_holiday)?$",
            extra={"reason": N_("must be any, workday, holiday, before_workday or before_holiday")},
        ),
    ] = ""
    start: Clock
    end: Clock
    """At or before `start`: on the next day."""
    consent: Annotated[
        str, Meta(pattern=r"^[01]?$", extra={"reason": N_("must be 1 or empty")})
    ] = ""
    """1: not for whose guardian has consented."""


class MinorKeys(AccountKeys, frozen=True, kw_only=True):
    """Until when young people may play; nothing holds until hours are there."""

    part: ClassVar[str] = N_("Minors")

    minors_bands: Annotated[
        JsonText,
        key(
            N_("Hours without minors"),
            N_(
                "In these hours nobody of these ages starts or goes on, and what runs ends. They"
                " begin on the weekdays (1 = Monday to 7 = Sunday, empty = every day) and may go"
                " past midnight; holidays are those of the payment settings. Where a guardian may"
                " consent, they do not hold for whose guardian has. Without rows nothing holds."
            ),
            json=tuple[BandValue, ...],
            form="bands",
            words={
                "name": N_("Name"),
                "age": N_("From age"),
                "under": N_("Under age"),
                "days": N_("Weekdays"),
                "on": N_("Day"),
                "start": N_("From"),
                "end": N_("Until"),
                "consent": N_("Guardian"),
            },
            is_ours=True,
        ),
    ] = "[]"
    minors_unknown: Annotated[
        Literal["adult", "minor"],
        key(
            N_("Members without a birthday"),
            N_("As a minor, all hours above hold for them."),
            words={"adult": N_("count as adults"), "minor": N_("count as minors")},
            is_ours=True,
        ),
    ] = "adult"
    minors_guests: Annotated[
        Literal["adult", "minor"],
        key(
            N_("Guests"),
            N_(
                "Guests have no birthday. As a minor, all hours above hold for them, until the desk"
                " has seen a proof of age of one and notes it at the start."
            ),
            words={"adult": N_("count as adults"), "minor": N_("count as minors")},
            is_ours=True,
        ),
    ] = "adult"
    minors_need_proof: Annotated[
        bool,
        key(
            N_("Proof of age"),
            N_(
                "On: a birthday counts once somebody has seen a proof of age of it; until then the"
                " member counts as a minor, for goods for adults too."
            ),
            is_ours=True,
        ),
    ] = False
    minors_adult_age: Annotated[
        Annotated[int, Meta(ge=10, le=AGE_MAX)],
        key(
            N_("Adult from"),
            N_("Goods for adults are sold from this age on."),
            unit=N_("years"),
            is_ours=True,
        ),
    ] = 18
    minors_notice_minutes: Annotated[
        Annotated[int, Meta(ge=0, le=240)],
        key(
            N_("Say it before"),
            N_("So long before their hours are over members and staff are told. 0 = never."),
            unit=N_("min"),
            is_ours=True,
        ),
    ] = 15
