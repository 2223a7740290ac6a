"""Who may reach the centre from outside."""

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
        extra={"reason": N_("must be an origin such as https://booking.example")},
    ),
]


class AccessKeys(msgspec.Struct, frozen=True, kw_only=True):
    """Who may reach the centre from outside."""

    part: ClassVar[str] = N_("Access")

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
            extra={"reason": N_("must have at least 8 characters")},
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
