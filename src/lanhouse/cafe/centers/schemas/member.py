"""Members (memberSettings)."""

from __future__ import annotations

from typing import Annotated, ClassVar

import msgspec

from lanhouse.cafe.centers.schemas.keys import key
from lanhouse.kit.texts import N_


class MemberSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Members."""

    label: ClassVar[str] = N_("Members")
    about: ClassVar[str] = N_("What holds for everybody who has an account.")

    default_member_group: Annotated[
        int,
        key(
            N_("Group of a new member"),
            N_("The group of a new member for whom none is named."),
            form="member_group",
        ),
    ] = 0
