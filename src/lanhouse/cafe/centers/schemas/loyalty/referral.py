"""The object of the setting referral_settings (decision 0156)."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from lanhouse.cafe.centers.schemas.values import Flag

Cents = Annotated[int, Meta(ge=0, le=100_000_000)]
"""Hundredths of the unit: money, coins or points."""


class ReferralLevel(Struct, frozen=True):
    """When the friend has paid `spend` for his time, `reward`; both in hundredths."""

    spend: Cents
    reward: Cents


class ReferralCount(Struct, frozen=True):
    """For the `count`-th friend, `reward` in hundredths."""

    count: Annotated[int, Meta(ge=1, le=100_000)]
    reward: Cents


class ReferralSettings(Struct, frozen=True):
    """What who brings a friend gets, and the friend; all amounts in hundredths.

    Paid when the friend has paid `min_spend` for time that he played.
    """

    enable: Flag = 0
    currency: Literal[0, 1, 2] = 0
    """0 bonus, 1 coins, 2 points."""
    fixed: Cents = 0
    friend: Cents = 0
    min_spend: Cents = 0
    levels: Annotated[tuple[ReferralLevel, ...], Meta(max_length=50)] = ()
    counts: Annotated[tuple[ReferralCount, ...], Meta(max_length=50)] = ()
