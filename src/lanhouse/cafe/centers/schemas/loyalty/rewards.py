"""What members get beside the bonus on top-ups."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from msgspec import Meta

from lanhouse.cafe.centers.schemas.keys import key
from lanhouse.cafe.centers.schemas.loyalty.referral import ReferralSettings
from lanhouse.cafe.centers.schemas.loyalty.topups import TopupKeys
from lanhouse.cafe.centers.schemas.values import Count, JsonText, Way
from lanhouse.kit.texts import N_


class RewardKeys(TopupKeys, frozen=True, kw_only=True):
    """What is done with bonus and points."""

    part: ClassVar[str] = N_("Bonus and points")

    show_member_points: Annotated[
        bool, key(N_("Show points"), N_("On: members see their points on the portal."))
    ] = False
    shop_earn_point: Annotated[
        bool,
        key(
            N_("Points for goods"),
            N_("On: goods and packages that are paid at the desk earn points as top-ups do."),
        ),
    ] = False
    topup_bonus_field_type: Annotated[
        Way,
        key(
            N_("Bonus on top-ups goes to"),
            N_("Where the bonus of a top-up is kept: 2 = coins, any other number = bonus."),
        ),
    ] = 1
    promo_bonus_field_type: Annotated[
        Way,
        key(
            N_("Bonus of promo codes goes to"),
            N_("Where the bonus of a promo code is kept: 2 = coins, any other number = bonus."),
        ),
    ] = 1
    bonus_buy_offer: Annotated[
        bool,
        key(
            N_("Bonus buys packages"),
            N_("On: where the balance does not cover a package, the bonus pays its part."),
        ),
    ] = False
    max_bonus_percentage: Annotated[
        Annotated[int, Meta(ge=0, le=100)],
        key(
            N_("Part that bonus may pay"),
            N_("At most this part of a package is paid from the bonus."),
            unit="%",
        ),
    ] = 100
    bonus_expiration_time: Annotated[
        Annotated[int, Meta(ge=0, le=3660)],
        key(
            N_("Bonus expires after"),
            N_("What ends first is spent first. 0 = it does not expire."),
            unit=N_("days"),
        ),
    ] = 0
    bonus_available_time: Annotated[
        Count, key(N_("Bonus counts after"), N_("0 = it counts at once."), is_honoured=False)
    ] = 0
    bonus_cashback_enable: Annotated[
        bool,
        key(N_("Cashback"), N_("On: part of what a member spends comes back as bonus.")),
    ] = False
    bonus_cashback_default: Annotated[
        Annotated[int, Meta(ge=0, le=100)],
        key(
            N_("Usual cashback"),
            N_("How much comes back unless the member’s group says otherwise."),
            unit="%",
        ),
    ] = 0
    delete_promocode_after_use: Annotated[
        bool,
        key(
            N_("Delete used promo codes"),
            N_("On: a promo code is gone once it was used as often as it may be."),
        ),
    ] = False


class PlayKeys(RewardKeys, frozen=True, kw_only=True):
    """What is earned by bringing friends and by playing."""

    part: ClassVar[str] = N_("Friends and games")

    referral_settings: Annotated[
        JsonText,
        key(
            N_("Bringing friends"),
            N_("What who brings a friend gets, and the friend; amounts in hundredths."),
            json=ReferralSettings,
        ),
    ] = '{"enable":0,"currency":0,"fixed":0,"friend":0,"min_spend":0,"levels":[],"counts":[]}'
    reward_coin_from_games: Annotated[
        bool,
        key(N_("Coins for games"), N_("On: the matches that are recorded at events earn coins.")),
    ] = False
    reward_coin_from_events: Annotated[
        bool, key(N_("Coins for events"), N_("On: the prizes of events are given as coins."))
    ] = False
    supported_games: Annotated[
        JsonText,
        key(
            N_("Games that earn coins"),
            N_("Their names, such as lol or cs. Empty = all whose formula is known."),
            json=list[Any],
        ),
    ] = "[]"
    rank_last_days: Annotated[
        Annotated[int, Meta(ge=1, le=366)],
        key(
            N_("Ranking over"),
            N_("How many days the ranking of members counts."),
        ),
    ] = 30
