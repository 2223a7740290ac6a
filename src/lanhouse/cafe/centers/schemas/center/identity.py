"""What identifies a centre."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from lanhouse.cafe.centers.schemas.keys import key
from lanhouse.kit.inputs import Line
from lanhouse.kit.texts import N_


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
