"""Types that keys of several groups share."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from msgspec import Meta, Struct

from lanhouse.kit.inputs import Line, Percentage
from lanhouse.kit.money import MICROS
from lanhouse.kit.texts import N_

Text = Annotated[Line, Meta(max_length=200)]
"""A name, a path or another short text."""

Rules = Annotated[str, Meta(max_length=10_000)]
"""A text that people read, of several lines."""

JsonText = Annotated[str, Meta(max_length=10_000)]
"""A JSON text, as long as it may be when it is written without spaces."""

Address = Annotated[
    Line,
    Meta(
        max_length=500,
        pattern=r"^(https?://[^/\s]+\S*)?$",
        extra={"reason": N_("must be an address such as https://example.com/join")},
    ),
]
"""A page of the web."""

Clock = Annotated[
    Line,
    Meta(
        pattern=r"^([01]\d|2[0-3]):[0-5]\d$",
        extra={"reason": N_("must be a time such as 09:30")},
    ),
]
"""A time of day."""

Way = Annotated[int, Meta(ge=0, le=9)]
"""One of several ways whose numbers the clients know."""

Count = Annotated[int, Meta(ge=0, le=1_000_000)]
Minutes = Annotated[int, Meta(ge=0, le=366 * 1440)]
Seconds = Annotated[int, Meta(ge=0, le=86_400)]
PERCENT_MAX = 1000
Percent = Annotated[int, Meta(ge=0, le=PERCENT_MAX)]

Rate = Annotated[Percentage, Meta(le=100 * MICROS)]
"""A percentage with 2 decimals, in micros."""

Flag = Annotated[int, Meta(ge=0, le=1)]
"""A switch inside an object: 0 or 1."""

Moments = tuple[
    Annotated[str, Meta(pattern=r"^\d{1,4}$", extra={"reason": N_("must be minutes")})], ...
]
"""Minutes before something, as texts: ["5","10"]."""


Level = Annotated[
    str,
    Meta(pattern=r"^(level_)?[0-9]{1,9}$", extra={"reason": "must be a level such as level_2"}),
]
"""How high a PC group stands: "level_2" or its number alone."""


class HolidayValue(Struct, frozen=True):
    """A day of the calendar that counts as another weekday, 1 = Monday ... 7 = Sunday."""

    date: dt.date
    weekday: Annotated[int, Meta(ge=1, le=7)]
    name: Annotated[Line, Meta(max_length=60)] = ""


class QuickSum(Struct, frozen=True):
    """A button of the sale of time: a sum, or the minutes whose price is the sum. Both texts."""

    min: Annotated[
        str, Meta(pattern=r"^\d{0,6}$", extra={"reason": N_("must be whole minutes")})
    ] = ""
    money: Annotated[
        str,
        Meta(
            pattern=r"^(\d{1,9}(\.\d{1,2})?)?$",
            extra={"reason": N_("must be an amount with at most 2 decimals")},
        ),
    ] = ""
