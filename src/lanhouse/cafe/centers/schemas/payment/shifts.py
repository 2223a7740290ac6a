"""Shifts at the tills."""

from __future__ import annotations

from typing import Annotated, ClassVar

from lanhouse.cafe.centers.schemas.keys import key
from lanhouse.cafe.centers.schemas.payment.desk import DeskKeys
from lanhouse.kit.texts import N_


class ShiftKeys(DeskKeys, frozen=True, kw_only=True):
    """Who answers for the cash of a till. Keys of ours: the wire of before has none."""

    part: ClassVar[str] = N_("Shifts")

    shift_required: Annotated[
        bool,
        key(
            N_("Money needs a shift"),
            N_(
                "On: whoever takes or gives money at the desk opens a shift first. Programs with an"
                " API key need none."
            ),
        ),
    ] = False
    shift_blind_count: Annotated[
        bool,
        key(
            N_("Count without seeing the sum"),
            N_(
                "On: how much cash should be there is shown only when the drawer is counted, except"
                " to those who may see it."
            ),
        ),
    ] = False
