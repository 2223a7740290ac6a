"""Settings on the café API (seed: Config; keys and types: cafe-domain 15)."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

from lanhouse.cafe.centers.call import CafeCall, CafeRoutes
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.settings.commands import SettingsInput, save_settings
from lanhouse.cafe.settings.queries import default_above_micros
from lanhouse.cafe.settings.wire import settings_wire
from lanhouse.db.store import Tx
from lanhouse.kit import clock
from lanhouse.kit.inputs import Amount, Line, also
from lanhouse.web.format import currency_sign
from lanhouse.web.replies import Answer

routes = CafeRoutes("Config")

Minutes = Annotated[int, Meta(ge=0, le=1440)]
Percent = Annotated[int, Meta(ge=0, le=1000)]
Origin = Annotated[
    Line,
    Meta(
        max_length=200,
        pattern=r"^https?://[^/\s]+$",
        extra={"reason": "must be an origin such as https://booking.example"},
    ),
]
TIERS_MAX = 50
CONFIRM_MINUTES_MAX = 366 * 1440
"""As long as a session can be."""


@routes.get(
    "/configs",
    right="settings.view",
    summary="All settings of the centre",
    source="seed: Config, Get config lists",
)
async def configs(call: CafeCall) -> dict[str, Any]:
    """All settings that this release honours; switches are 0/1, lists are JSON text."""
    default_above = await call.read(default_above_micros, call.center.id)
    return settings_wire(call.center, clock.now(), default_above)


class CenterSettingsIn(Struct):
    """The centre itself. What is left out, empty or null stays."""

    timezone: Annotated[Line, Meta(max_length=50)] | None = None
    """A name such as Asia/Manila, or an offset such as +08:00."""
    currency: Annotated[Line, Meta(max_length=10)] | None = None
    """May be sent, but cannot be changed: amounts are booked in it."""
    cafe_name: Annotated[Line, Meta(max_length=100)] | None = None
    cors_origins: Annotated[list[Origin], Meta(max_length=20)] | None = None
    """Web origins whose pages may call this API from a browser."""


@routes.put(
    "/configs/centerSettings",
    right="settings.edit",
    summary="Change the centre's name, time zone and web origins",
    source="seed: Config, Center settings",
)
async def center_settings(call: CafeCall, data: CenterSettingsIn) -> Answer:
    """data: all settings as they are now."""
    given = SettingsInput(
        center=call.center,
        values=_given(cors_origins=data.cors_origins),
        name=data.cafe_name,
        timezone=data.timezone,
        currency=_code_of(data.currency, call.center),
    )
    return await _save(call, given)


class PaymentSettingsIn(Struct):
    """How sessions are paid. What is left out, empty or null stays."""

    minimum_charge: Amount | None = None
    free_time_minutes: Minutes | None = None
    free_minutes_once: bool | None = None
    """Ours. 0: every session begins with its free minutes. 1: a member has them once a day, and
    guests once per PC and day until a member has played there. Without it whoever leaves and comes
    back before the minutes are over plays for nothing all day."""
    prepaid_session_change_method: Literal["return", "keep"] | None = None
    disable_prepaid: bool | None = None
    disable_postpaid: bool | None = None
    postpaid_max_balance: Amount | None = None
    allow_balance_for_pc_time: bool | None = None
    loan_max_per_member: Amount | None = None
    """The most that a member may owe; 0 = no cap."""
    default_price_fills_gaps: bool | None = None
    """Ours. 1: the price rule "Default" holds wherever and whenever no other rule does.
    0: only for a PC group and member group that have no other rule at any hour."""
    desk_confirm_above: Amount | None = None
    """Ours. The panel, not the API, asks once more before a larger sum; 0 = never. Until it is set
    it is 500 hours of the price "Default", and sending that back leaves it so."""
    desk_confirm_minutes: Annotated[int, Meta(ge=0, le=CONFIRM_MINUTES_MAX)] | None = None
    """Ours. The panel asks once more before a sum that buys more minutes; 0 = never."""


@routes.put(
    "/configs/paymentSettings",
    right="settings.edit",
    summary="Change how sessions are paid",
    source="seed: Config, Payment settings",
)
async def payment_settings(call: CafeCall, data: PaymentSettingsIn) -> Answer:
    """data: all settings as they are now. Running sessions keep what was agreed at their start.

    Two hold at once: allow_balance_for_pc_time (members who play on their balance stop now) and
    default_price_fills_gaps (sessions go on under the other prices from now).
    """
    values = _given(
        minimum_charge_micros=data.minimum_charge,
        free_time_minutes=data.free_time_minutes,
        free_minutes_once=data.free_minutes_once,
        prepaid_session_change_method=data.prepaid_session_change_method,
        disable_prepaid=data.disable_prepaid,
        disable_postpaid=data.disable_postpaid,
        postpaid_max_balance_micros=data.postpaid_max_balance,
        allow_balance_for_pc_time=data.allow_balance_for_pc_time,
        loan_max_per_member_micros=data.loan_max_per_member,
        default_price_fills_gaps=data.default_price_fills_gaps,
        desk_confirm_above_micros=data.desk_confirm_above,
        desk_confirm_minutes=data.desk_confirm_minutes,
    )
    return await _save(call, SettingsInput(center=call.center, values=values))


class TierIn(Struct):
    """From this amount on: this bonus."""

    amount: Annotated[Amount, Meta(gt=0), also("price", "topup_value")]
    bonus: Annotated[Amount, also("percent")]


class LoyaltySettingsIn(Struct):
    """Bonus and points. What is left out, empty or null stays."""

    point_enable: bool | None = None
    use_bonus_first: bool | None = None
    price_bonus: Annotated[list[TierIn], Meta(max_length=TIERS_MAX)] | None = None
    """`[{"amount": "100", "bonus": "20"}]`; in percent mode the bonus is a whole percentage."""
    bonus_unit: Literal[0, 1] | None = None
    """0 = the bonus is money and adds up over the tiers, 1 = a percentage of the amount."""
    topup_reward_percent: Annotated[list[Percent], Meta(min_length=7, max_length=7)] | None = None
    """Seven percentages, Monday first."""


@routes.put(
    "/configs/loyaltySettings",
    right="settings.edit",
    summary="Change bonus and points",
    source="seed: Config, Loyalty settings",
)
async def loyalty_settings(call: CafeCall, data: LoyaltySettingsIn) -> Answer:
    """data: all settings as they are now."""
    rewards = data.topup_reward_percent
    values = _given(
        points_enabled=data.point_enable,
        use_bonus_first=data.use_bonus_first,
        bonus_by_percent=None if data.bonus_unit is None else data.bonus_unit == 1,
        topup_reward_percent=None if rewards is None else tuple(rewards),
    )
    tiers = None
    if data.price_bonus is not None:
        tiers = [(tier.amount, tier.bonus) for tier in data.price_bonus]
    return await _save(call, SettingsInput(center=call.center, values=values, tiers=tiers))


class MemberSettingsIn(Struct):
    """Members. What is left out, empty or null stays."""

    default_member_group: int | None = None


@routes.put(
    "/configs/memberSettings",
    right="settings.edit",
    summary="Change the settings of members",
    source="seed: Config, Member settings",
)
async def member_settings(call: CafeCall, data: MemberSettingsIn) -> Answer:
    """data: all settings as they are now."""
    values = _given(default_member_group=data.default_member_group)
    return await _save(call, SettingsInput(center=call.center, values=values))


async def _save(call: CafeCall, given: SettingsInput) -> Answer:
    at = clock.now()

    def shape(saved: tuple[Center, int]) -> dict[str, Any]:
        center, default_above = saved
        return settings_wire(center, at, default_above)

    return await call.write(_saved, given, shape)


def _saved(tx: Tx, given: SettingsInput) -> tuple[Center, int]:
    center = save_settings(tx, given)
    return center, default_above_micros(tx, center.id)


def _given(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _code_of(currency: str | None, center: Center) -> str | None:
    """Clients send back the sign that they read."""
    return center.currency if currency == currency_sign(center.currency, "en") else currency
