"""The program at the seats (clientSettings)."""

from __future__ import annotations

from typing import ClassVar

from lanhouse.cafe.centers.schemas.client.look import ChannelKeys
from lanhouse.kit.texts import N_


class ClientSettings(ChannelKeys, frozen=True, kw_only=True):
    """The program at the seats; each class below is a part of the page."""

    label: ClassVar[str] = N_("Seats")
    about: ClassVar[str] = N_("What the program at the seats does and shows.")
