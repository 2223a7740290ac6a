"""What members get beside the bonus on top-ups."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from msgspec import Meta

from lanhouse.cafe.centers.schemas.keys import key
from lanhouse.cafe.centers.schemas.loyalty.topups import TopupKeys
from lanhouse.cafe.centers.schemas.values import Count, JsonText, Way
from lanhouse.kit.texts import N_


class RewardKeys(TopupKeys, frozen=True, kw_only=True):
    """What is done with bonus and points."""

    part: ClassVar[str] = N_("Bonus and points")

    show_member_points: Annotated[
        bool, key(N_("Show points"), N_("On: members see their points."), is_honoured=False)
    ] = False
    shop_earn_point: Annotated[
        bool,
        key(N_("Points for goods"), N_("On: goods earn points as top-ups do."), is_honoured=False),
    ] = False
    topup_bonus_field_type: Annotated[
        Way,
        key(
            N_("Bonus on top-ups goes to"),
            N_("A number of the clients: which purse the bonus of a top-up is kept in."),
            is_honoured=False,
        ),
    ] = 1
    promo_bonus_field_type: Annotated[
        Way,
        key(
            N_("Bonus of promo codes goes to"),
            N_("A number of the clients: which purse the bonus of a promo code is kept in."),
            is_honoured=False,
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
        Count, key(N_("Bonus expires after"), N_("0 = it does not expire."), is_honoured=False)
    ] = 0
    bonus_available_time: Annotated[
        Count, key(N_("Bonus counts after"), N_("0 = it counts at once."), is_honoured=False)
    ] = 0
    bonus_cashback_enable: Annotated[
        bool,
        key(
            N_("Cashback"), N_("On: part of what was spent comes back as bonus."), is_honoured=False
        ),
    ] = False
    bonus_cashback_default: Annotated[
        Annotated[int, Meta(ge=0, le=100)],
        key(
            N_("Cashback of a new product"),
            N_("How much of its price comes back unless the product says otherwise."),
            unit="%",
            is_honoured=False,
        ),
    ] = 0
    delete_promocode_after_use: Annotated[
        bool,
        key(
            N_("Delete used promo codes"),
            N_("On: a promo code is gone once it was used."),
            is_honoured=False,
        ),
    ] = False


class PlayKeys(RewardKeys, frozen=True, kw_only=True):
    """What is earned by bringing friends and by playing."""

    part: ClassVar[str] = N_("Friends and games")

    referral_settings: Annotated[
        JsonText,
        key(
            N_("Bringing friends"),
            N_("What who brings a friend gets, and the friend."),
            json=dict[str, Any],
            is_honoured=False,
        ),
    ] = "{}"
    reward_coin_from_games: Annotated[
        bool, key(N_("Coins for games"), N_("On: playing earns coins."), is_honoured=False)
    ] = False
    reward_coin_from_events: Annotated[
        bool, key(N_("Coins for events"), N_("On: events earn coins."), is_honoured=False)
    ] = False
    supported_games: Annotated[
        JsonText,
        key(
            N_("Games that earn coins"),
            N_("The games by name or number."),
            json=list[Any],
            is_honoured=False,
        ),
    ] = "[]"
    rank_last_days: Annotated[
        Annotated[int, Meta(ge=1, le=366)],
        key(
            N_("Ranking over"),
            N_("How many days the ranking of members counts."),
            is_honoured=False,
        ),
    ] = 30
