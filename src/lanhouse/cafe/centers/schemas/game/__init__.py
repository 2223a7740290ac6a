"""Games and boot (gameSettings)."""

from __future__ import annotations

from typing import ClassVar

from lanhouse.cafe.centers.schemas.game.boot import BootKeys
from lanhouse.kit.texts import N_


class GameSettings(BootKeys, frozen=True, kw_only=True):
    """Games and boot; each class below is a part of the page."""

    label: ClassVar[str] = N_("Games")
    about: ClassVar[str] = N_("Games, and how PCs without a disk start.")
