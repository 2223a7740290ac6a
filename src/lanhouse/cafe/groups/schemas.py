"""Groups as commands and queries see them."""

from __future__ import annotations

import msgspec

DEFAULT_GROUP = 0
"""The group of PCs and of members that always exists."""

SYSTEM_MEMBER_GROUPS = {
    0: "Default",
    -1: "Guest",
    -2: "Prepaid",
    -3: "Postpaid",
    -4: "Offer",
    -5: "Free",
}
"""Member groups without a row (cafe-domain 0, constants). A member's group is above -1."""

GUEST = -1
"""Accounts made by addGuest."""


class PcGroup(msgspec.Struct, frozen=True):
    """A group of PCs; `id` 0 is the default one."""

    id: int
    name: str
    description: str = ""


class MemberGroup(msgspec.Struct, frozen=True, kw_only=True):
    """A group of members. Discounts are hundredths of a percent (1250 = 12.50 %)."""

    id: int
    name: str
    description: str = ""
    product_discount: int = 0
    offer_discount: int = 0
    pc_time_discount: int = 0
    cashback: int = 0
    """0: the setting bonus_cashback_default."""
    min_points_micros: int = 0
    updated_unix: int = 0
    """When it was last changed, in seconds since 1970."""


DEFAULT_PC_GROUP = PcGroup(DEFAULT_GROUP, "Default")
DEFAULT_MEMBER_GROUP = MemberGroup(id=DEFAULT_GROUP, name=SYSTEM_MEMBER_GROUPS[0])
