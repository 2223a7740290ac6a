"""Settings of the centre itself (centerSettings)."""

from __future__ import annotations

from typing import Annotated, ClassVar

import msgspec
from msgspec import Meta

from lanhouse.cafe.centers.schemas.keys import HASHED, key
from lanhouse.kit.inputs import Line
from lanhouse.kit.texts import N_

Origin = Annotated[
    Line,
    Meta(
        max_length=200,
        pattern=r"^https?://[^/\s]+$",
        extra={"reason": "must be an origin such as https://booking.example"},
    ),
]


class Identity(msgspec.Struct, frozen=True, kw_only=True):
    """Keys of centerSettings that stand in columns of the centre, because statements need them."""

    cafe_name: Annotated[
        Line,
        Meta(max_length=100),
        key(
            N_("Name of the centre"),
            N_("As guests and members read it: on the portal, on receipts and on the guest card."),
            is_ours=True,
        ),
    ] = ""
    timezone: Annotated[
        Line,
        Meta(max_length=50),
        key(
            N_("Time zone"),
            N_(
                "A name such as Europe/Lisbon, or an offset such as +08:00. A name knows about"
                " summer time, an offset does not. Running sessions go on under the prices of the"
                " new hours."
            ),
        ),
    ] = ""
    currency: Annotated[
        Line,
        Meta(max_length=10),
        key(
            N_("Currency"),
            N_("Cannot be changed: every amount of the centre is booked in it."),
            form="fixed",
        ),
    ] = ""


class CenterSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Settings of the centre itself."""

    label: ClassVar[str] = N_("Centre")
    about: ClassVar[str] = N_("The centre itself: its name, its clock, and who may use its API.")

    cors_origins: Annotated[
        tuple[Origin, ...],
        Meta(max_length=20),
        key(
            N_("Web pages that may call the API"),
            N_(
                "Origins such as https://booking.example, one a line. A browser lets only pages of"
                " these sites read the café API; programs outside a browser need no entry."
            ),
            is_ours=True,
            is_json_text=False,
        ),
    ] = ()
    licence_password: Annotated[
        str,
        Meta(
            max_length=200,
            pattern=r"^(.{8,})?$",
            extra={"reason": "must have at least 8 characters"},
        ),
        key(
            N_("Licence password"),
            N_(
                "Whoever wants to take members of this centre over into another centre of this"
                " server must know it. Without one nobody can. Kept as a hash and never shown."
            ),
            wire="license_password",
            is_ours=True,
            secret=HASHED,
        ),
    ] = ""
