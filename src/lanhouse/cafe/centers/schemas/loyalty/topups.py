"""What top-ups earn."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

import msgspec
from msgspec import Meta

from lanhouse.cafe.centers.schemas.keys import key
from lanhouse.cafe.centers.schemas.values import Percent
from lanhouse.kit.texts import N_

TIERS_MAX = 50


class BonusTier(msgspec.Struct, frozen=True):
    """From `amount_micros` topped up: `bonus_micros`, or `percent` of the amount."""

    amount_micros: int
    bonus_micros: int = 0
    percent: int = 0


class TopupKeys(msgspec.Struct, frozen=True, kw_only=True):
    """What top-ups earn."""

    part: ClassVar[str] = N_("Top-ups")

    point_enable: Annotated[
        bool,
        key(
            N_("Points"),
            N_("On: a member earns one point for each whole unit of the currency topped up."),
        ),
    ] = False
    use_bonus_first: Annotated[
        bool,
        key(
            N_("Bonus pays first"),
            N_("On: time is paid from the bonus before the balance. Off: the balance pays first."),
        ),
    ] = False
    price_bonus: Annotated[
        tuple[BonusTier, ...],
        Meta(max_length=TIERS_MAX),
        key(
            N_("Bonus on top-ups"),
            N_("From an amount on a top-up earns this bonus. Empty rows do not count."),
            form="tiers",
        ),
    ] = ()
    bonus_unit: Annotated[
        Literal[0, 1],
        key(
            N_("The bonus is"),
            N_(
                "Money adds up over all tiers that a top-up reaches. A percentage is that of the"
                " highest tier it reaches, in whole percent."
            ),
            words={0: N_("money"), 1: N_("a percentage of the amount")},
        ),
    ] = 0
    topup_reward_percent: Annotated[
        tuple[Percent, ...],
        Meta(min_length=7, max_length=7),
        key(
            N_("Bonus by weekday"),
            N_(
                "What part of the bonus a top-up of that day earns: 100 = all of it, 0 = none,"
                " 200 = twice as much."
            ),
            form="weekdays",
            unit="%",
        ),
    ] = (100,) * 7

    @property
    def is_bonus_by_percent(self) -> bool:
        """Tiers give a percentage of the amount instead of the sum of the tiers' bonuses."""
        return self.bonus_unit == 1
