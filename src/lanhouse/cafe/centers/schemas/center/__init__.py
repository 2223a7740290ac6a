"""Settings of the centre itself (centerSettings)."""

from __future__ import annotations

from typing import ClassVar

from lanhouse.cafe.centers.schemas.center.house import LayoutKeys
from lanhouse.cafe.centers.schemas.center.identity import Identity
from lanhouse.kit.texts import N_

__all__ = ["CenterSettings", "Identity"]


class CenterSettings(LayoutKeys, frozen=True, kw_only=True):
    """Settings of the centre itself; each class below is a part of the page."""

    label: ClassVar[str] = N_("Centre")
    about: ClassVar[str] = N_("The centre itself: its name, its clock, and who may use its API.")
