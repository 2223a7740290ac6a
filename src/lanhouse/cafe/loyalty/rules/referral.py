"""What a friend who was brought is worth (cafe-domain 8; decision 0156). Pure, in micros."""

from __future__ import annotations

from typing import NamedTuple

from lanhouse.cafe.centers.schemas.loyalty.referral import ReferralSettings
from lanhouse.kit.money import MICROS

PURSES = {0: "bonus", 1: "coin", 2: "point"}
"""`currency` of the settings: where rewards are kept."""


class Worth(NamedTuple):
    """What the referrer and the friend get."""

    referrer_micros: int
    friend_micros: int


def counts(settings: ReferralSettings, spent_micros: int) -> bool:
    """Whether a friend who has paid so much for his time counts."""
    return (
        bool(settings.enable) and spent_micros > 0 and spent_micros >= _micros(settings.min_spend)
    )


def worth_at_first(settings: ReferralSettings, friends_before: int) -> Worth:
    """What is given when a friend begins to count, the referrer's `friends_before` + 1st: the fixed
    reward, and that of the count which is reached by him."""
    reached = [each.reward for each in settings.counts if each.count == friends_before + 1]
    return Worth(_micros(settings.fixed + sum(reached)), _micros(settings.friend))


def worth_of_levels(settings: ReferralSettings, spent_micros: int) -> int:
    """What is given in all for the levels that a friend's spending has reached."""
    return _micros(
        sum(each.reward for each in settings.levels if _micros(each.spend) <= spent_micros)
    )


def _micros(cents: int) -> int:
    return cents * (MICROS // 100)
