"""What the calls about offers take in, and what of it changes."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from msgspec import UNSET, Meta, Struct, UnsetType

from lanhouse.cafe.pricing.rules import parse_weekdays, parse_window
from lanhouse.kit.errors import InvalidInput
from lanhouse.kit.inputs import Amount, Coins, DayOrSecond, Line, also, means
from lanhouse.kit.limits import COMMENT_CHARS_MAX
from lanhouse.kit.pages import PageNumber
from lanhouse.kit.said import say

EVERYBODY = 0
"""What groups are called that mean all of them: `["0"]` (cafe-domain 0)."""
BY_PERIOD, BY_LIFETIME = 0, 1
"""`product_expired_type`: whether packages have a lifetime after their sale."""

Name = Annotated[Line, Meta(min_length=1, max_length=100)]
Weekdays = Annotated[str, Meta(max_length=40)]
Hours = Annotated[str, Meta(max_length=11)]
GroupIds = Annotated[list[int], Meta(max_length=200)]


class OffersIn(Struct):
    """`page` counts from 1."""

    page: PageNumber | None = None


class OfferChangeIn(Struct, kw_only=True):
    """New values of an offer, `product_mins` minutes for `product_price`; what is not sent stays.

    It is used on the weekdays and in the hours of `product_enable_…`, sold in those of
    `product_show_…`, and lives for `product_expired_days` and `…_hours` after its sale (both 0: for
    ever), never outside of `product_available_date_local_…`.
    """

    product_name: Annotated[Name | None, means("name")] = None
    product_price: Annotated[Amount | None, means("price")] = None
    product_mins: Annotated[Annotated[int, Meta(ge=1, le=527_040)] | None, means("minutes")] = None
    product_description: Annotated[
        Annotated[str, Meta(max_length=1000)] | UnsetType | None, means("description")
    ] = UNSET
    product_cost: Annotated[Amount | None, means("cost")] = None
    product_coin_price: Annotated[Coins | None, means("coin_price")] = None
    """0 = it is not sold for coins."""
    product_tax_id: Annotated[int, Meta(ge=4, le=4)] | None = None
    """4, the tax of PC time: packages have no other."""
    product_priority: Annotated[Annotated[int, Meta(ge=0, le=1000)] | None, means("priority")] = (
        None
    )
    product_auto_start: bool | None = None
    """1: it begins at its hour whatever package is in use then. Ours."""
    product_enable_weekday: Weekdays | None = None
    product_enable_time: Hours | None = None
    product_show_weekday: Weekdays | None = None
    product_show_time: Hours | None = None
    product_available_date_local_from: Annotated[
        DayOrSecond | UnsetType | None, means("available_from")
    ] = UNSET
    product_available_date_local_to: Annotated[
        DayOrSecond | UnsetType | None, means("available_to")
    ] = UNSET
    """A day means its end; null = no such bound."""
    product_expired_type: Annotated[int, Meta(ge=0, le=1)] | None = None
    """1: it lives for days and hours; 0: as long as its period, they are set to 0."""
    product_expired_days: Annotated[int, Meta(ge=0, le=3660)] | None = None
    product_expired_hours: Annotated[int, Meta(ge=0, le=87_840)] | None = None
    product_pc_name: Annotated[str, Meta(max_length=100)] | None = None
    """Empty: only bookings are for one PC, offers are for groups."""
    product_pc_groups: Annotated[
        GroupIds | None, also("product_pc_group"), means("pc_group_ids")
    ] = None
    """A list or its JSON text; `["0"]` = everywhere."""
    product_member_groups: Annotated[
        GroupIds | None, also("product_member_group"), means("member_group_ids")
    ] = None
    """A list or its JSON text; `["0"]` = everybody."""
    product_enable_discount: bool | None = None
    """1: the offer discount of the member's group is taken off."""
    product_barcode: Annotated[
        Annotated[Line, Meta(max_length=50)] | UnsetType | None, means("barcode")
    ] = UNSET
    product_is_promoted: bool | None = None
    product_enable_client: bool | None = None
    product_is_active: bool | None = None


class OfferIn(OfferChangeIn, kw_only=True):
    """A new offer; without `product_enable_discount` no group has a discount on it."""

    product_name: Annotated[Name, means("name")]  # type: ignore[assignment]
    product_price: Annotated[Amount, means("price")]  # type: ignore[assignment]
    product_mins: Annotated[  # type: ignore[assignment]
        Annotated[int, Meta(ge=1, le=527_040)], means("minutes")
    ]


class RefundIn(Struct):
    """`amount` is the sum that was shown, of a package paid in coins the coins; another one is
    refused. Left out, what goes back now is given."""

    amount: Amount | None = None
    comment: Annotated[str, Meta(max_length=COMMENT_CHARS_MAX)] = ""


def changes_of(data: OfferChangeIn, zone: ZoneInfo) -> tuple[dict[str, Any], dict[str, str]]:
    """What was sent, by the names of OfferChange.changes, and what of it cannot be read, by
    field."""
    unread: dict[str, str] = {}
    if data.product_pc_name:
        unread["product_pc_name"] = say("must be empty; use the groups of PCs")
    named = {
        "name": data.product_name,
        "price_micros": data.product_price,
        "cost_micros": data.product_cost,
        "coin_price_micros": data.product_coin_price,
        "minutes": data.product_mins,
        "priority": data.product_priority,
        "is_auto_start": data.product_auto_start,
        "expires_after_days": data.product_expired_days,
        "expires_after_hours": data.product_expired_hours,
        "pc_group_ids": _group_ids(data.product_pc_groups),
        "member_group_ids": _group_ids(data.product_member_groups),
        "allows_discount": data.product_enable_discount,
        "is_promoted": data.product_is_promoted,
        "is_sold_at_seats": data.product_enable_client,
        "is_active": data.product_is_active,
    }
    changes: dict[str, Any] = {name: value for name, value in named.items() if value is not None}
    if data.product_description is not UNSET:
        changes["description"] = data.product_description or ""
    if data.product_barcode is not UNSET:
        changes["barcode"] = data.product_barcode or ""
    if not isinstance(data.product_available_date_local_from, UnsetType):
        changes["available_from"] = instant_of(data.product_available_date_local_from, zone)
    if not isinstance(data.product_available_date_local_to, UnsetType):
        changes["available_to"] = instant_of(
            data.product_available_date_local_to, zone, is_end=True
        )
    if data.product_expired_type == BY_PERIOD:
        changes |= {"expires_after_days": 0, "expires_after_hours": 0}
    return changes | _windows(data, unread), unread


def _windows(data: OfferChangeIn, unread: dict[str, str]) -> dict[str, Any]:
    """The parts of both windows that were sent; adds to `unread`."""
    found: dict[str, Any] = {}
    for window, part in (("window", "enable"), ("show_window", "show")):
        days, hours = f"product_{part}_weekday", f"product_{part}_time"
        try:
            if getattr(data, days) is not None:
                found[f"{window}.weekdays"] = parse_weekdays(getattr(data, days), days)
        except InvalidInput as wrong:
            unread.update(wrong.fields)
        try:
            if getattr(data, hours) is not None:
                begin, end = parse_window(getattr(data, hours), hours)
                found |= {f"{window}.from_minute": begin, f"{window}.to_minute": end}
        except InvalidInput as wrong:
            unread.update(wrong.fields)
    return found


def _group_ids(sent: list[int] | None) -> tuple[int, ...] | None:
    if sent is None:
        return None
    return () if EVERYBODY in sent else tuple(sorted(set(sent)))


def instant_of(sent: date | None, zone: ZoneInfo, *, is_end: bool = False) -> datetime | None:
    """A second of the centre's wall clock, or the begin (the end) of one of its days."""
    if sent is None:
        return None
    if isinstance(sent, datetime):
        return sent.replace(tzinfo=zone).astimezone(UTC)
    day = sent + timedelta(days=1) if is_end else sent
    return datetime.combine(day, time(), zone).astimezone(UTC)
