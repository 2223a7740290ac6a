"""A centre and its settings, one Struct a group of the café API (cafe-domain 15)."""

from __future__ import annotations

from functools import cached_property, lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from lanhouse.cafe.centers.schemas.center import CenterSettings, Identity
from lanhouse.cafe.centers.schemas.client import ClientSettings
from lanhouse.cafe.centers.schemas.game import GameSettings
from lanhouse.cafe.centers.schemas.keys import Key, keys_of
from lanhouse.cafe.centers.schemas.loyalty import LoyaltySettings
from lanhouse.cafe.centers.schemas.loyalty.topups import BonusTier
from lanhouse.cafe.centers.schemas.member import MemberSettings
from lanhouse.cafe.centers.schemas.payment import PaymentSettings
from lanhouse.cafe.centers.schemas.protection import ProtectionSettings
from lanhouse.cafe.centers.schemas.shop import ShopSettings
from lanhouse.cafe.centers.schemas.sms import SmsProviderSettings

__all__ = [
    "GROUPS",
    "BonusTier",
    "Center",
    "CenterSettings",
    "Group",
    "Identity",
    "LoyaltySettings",
    "MemberSettings",
    "PaymentSettings",
    "Settings",
    "settings_of",
]


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """A centre's choices, by group. A new group is a line here."""

    center: CenterSettings = CenterSettings()
    payment: PaymentSettings = PaymentSettings()
    loyalty: LoyaltySettings = LoyaltySettings()
    member: MemberSettings = MemberSettings()
    client: ClientSettings = ClientSettings()
    game: GameSettings = GameSettings()
    protection: ProtectionSettings = ProtectionSettings()
    shop: ShopSettings = ShopSettings()
    sms_provider: SmsProviderSettings = SmsProviderSettings()


@lru_cache(maxsize=1024)
def settings_of(stored: str) -> Settings:
    """The settings that a centre's column holds as JSON; what it does not hold has its default.

    Keys that this release does not know are left aside here, and kept by whoever writes. Remembered
    by text, because every call reads its centre and hardly ever finds it changed.
    """
    return msgspec.json.decode(stored, type=Settings)


class Group(msgspec.Struct, frozen=True):
    """A group of settings: `name` is its field of Settings, the café API calls it `wire`."""

    name: str
    label: str
    about: str
    keys: tuple[Key, ...]

    @property
    def wire(self) -> str:
        """The last part of its path on the café API: "paymentSettings"."""
        first, *rest = self.name.split("_")
        return first + "".join(word.capitalize() for word in rest) + "Settings"


def _group(name: str, struct: Any) -> Group:
    own = keys_of(Identity) if struct is CenterSettings else ()
    return Group(name, struct.label, struct.about, own + keys_of(struct))


GROUPS = {field.name: _group(field.name, field.type) for field in msgspec.structs.fields(Settings)}
"""Every group by name, in the order in which pages show them."""


class Center(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """A centre as every handler sees it."""

    id: int
    name: str
    license_name: str
    zone_name: str
    currency: str
    quote_secret: str
    settings: Settings

    @cached_property
    def zone(self) -> ZoneInfo:
        """The centre's time zone."""
        return ZoneInfo(self.zone_name)

    @property
    def portal_name(self) -> str:
        """What the members' portal calls itself."""
        return self.settings.center.cafe_info_member_portal_name or self.name

    @property
    def identity(self) -> Identity:
        """What stands in columns of its own, under the keys of the settings."""
        return Identity(cafe_name=self.name, timezone=self.zone_name, currency=self.currency)
