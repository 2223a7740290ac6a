"""Members (memberSettings)."""

from __future__ import annotations

from typing import ClassVar

from lanhouse.cafe.centers.schemas.member.play import PlayKeys
from lanhouse.kit.texts import N_


class MemberSettings(PlayKeys, frozen=True, kw_only=True):
    """Members; one class a part of the page, each on top of the one before."""

    label: ClassVar[str] = N_("Members")
    about: ClassVar[str] = N_("What holds for everybody who has an account.")
