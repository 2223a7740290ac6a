"""Bonus and points (loyaltySettings)."""

from __future__ import annotations

from typing import ClassVar

from lanhouse.cafe.centers.schemas.loyalty.rewards import PlayKeys
from lanhouse.kit.texts import N_


class LoyaltySettings(PlayKeys, frozen=True, kw_only=True):
    """Bonus and points; one class a part of the page, each on top of the one before."""

    label: ClassVar[str] = N_("Loyalty")
    about: ClassVar[str] = N_("What members get for coming back: bonus and points.")
