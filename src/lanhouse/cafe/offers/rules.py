"""When, where and by whom a package may be used, what it costs, and what is given back for it.

Pure. One set of limits for sale, use, quote and page (cafe-domain 3; decision 0090).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import msgspec
from msgspec.structs import replace

from lanhouse.cafe.money.taxes import NO_TAX, LineTotal, Tax, line_total
from lanhouse.cafe.offers.schemas import Limits, OfferValues, Package, Place
from lanhouse.cafe.pricing.rules import (
    PriceRule,
    Tariff,
    Window,
    timeline,
)
from lanhouse.cafe.settings.rules import level_numbers
from lanhouse.kit.errors import Refused
from lanhouse.kit.said import Said, say

ALWAYS = Window()
USE_DAYS_MAX = 366
"""A package that opens no sooner than this is one that can never be used."""
CENT = 10_000


# --- hours ------------------------------------------------------------------------------------


@lru_cache(maxsize=4096)
def _hours(window: Window, zone: str, ahead_micros: int) -> Tariff:
    """A window as a tariff without money, so that the line of time is laid out in one place."""
    rule = PriceRule(0, "", 0, window=window)
    return Tariff(zone, rules=(rule,), ahead_micros=ahead_micros)


def open_spans(
    package: Package, tariff: Tariff, from_at: datetime, until: datetime
) -> Iterator[tuple[datetime, datetime]]:
    """The stretches of (`from_at`, `until`) in which a package is open, one after the other.

    By the wall clock of the tariff's zone, as prices are: a step of the clock that was accepted
    moves both alike.
    """
    begin = from_at if package.from_at is None else max(from_at, package.from_at)
    end = until if package.until_at is None else min(until, package.until_at)
    if begin >= end:
        return
    if package.window is None or package.window == ALWAYS:
        yield begin, end
        return
    for piece in timeline(_hours(package.window, tariff.zone, tariff.ahead_micros), begin, end):
        if piece.rule is not None:
            yield piece.from_at, piece.to_at


def opens_at(package: Package, zone: ZoneInfo, at: datetime) -> datetime | None:
    """When a package is open first, from `at` on; None: never within USE_DAYS_MAX."""
    until = at + timedelta(days=USE_DAYS_MAX)
    span = next(open_spans(package, Tariff(str(zone)), at, until), None)
    return None if span is None else span[0]


def expiry_of(bought_at: datetime, days: int, hours: int) -> datetime | None:
    """When a package bought at `bought_at` stops being usable; 0 days and 0 hours = never."""
    if not days and not hours:
        return None
    return bought_at + timedelta(days=days, hours=hours)


def limits_of(values: OfferValues, bought_at: datetime) -> Limits:
    """The limits of a package bought at `bought_at`: of period and lifetime what ends sooner."""
    lifetime = expiry_of(bought_at, values.expires_after_days, values.expires_after_hours)
    ends = [end for end in (values.available_to, lifetime) if end is not None]
    begin = values.available_from
    return Limits(
        window=values.window,
        pc_group_ids=values.pc_group_ids,
        member_group_ids=values.member_group_ids,
        usable_from=begin if begin is not None and begin > bought_at else None,
        expires_at=min(ends, default=None),
    )


# --- who and where ----------------------------------------------------------------------------


class Levels(NamedTuple):
    """Which PC group is how high (setting pc_group_levels), where the centre lets a package of a
    higher one play in a lower one (allow_offer_cross_pc_group)."""

    by_group: Mapping[int, int] = {}

    def covers(self, bought_for: tuple[int, ...], pc_group_id: int) -> bool:
        """Whether one of these groups stands at least as high as the PC's. Groups without a level
        stand nowhere."""
        level = self.by_group.get(pc_group_id)
        if level is None:
            return False
        return any(self.by_group.get(group, level - 1) >= level for group in bought_for)


def levels_by(text: str) -> Levels:
    """The setting pc_group_levels, as it is kept: the higher number stands higher."""
    return Levels(level_numbers(msgspec.json.decode(text)))


def suits(limits: Limits | OfferValues, place: Place, levels: Levels) -> bool:
    """Whether a package may be used by this group on this PC, whatever the hour."""
    if isinstance(limits, Limits) and limits.pc_id not in (None, place.pc_id):
        return False
    return is_for_member(limits, place) and is_for_pc(limits, place, levels)


def is_for_member(limits: Limits | OfferValues, place: Place) -> bool:
    """Whether the group of who plays is one that it is for."""
    groups, group = limits.member_group_ids, place.member_group_id
    return not groups or group is None or group in groups


def is_for_pc(limits: Limits | OfferValues, place: Place, levels: Levels) -> bool:
    """Whether the group of the PC is one that it is for, or a lower one where that is allowed."""
    groups, group = limits.pc_group_ids, place.pc_group_id
    return not groups or group is None or group in groups or levels.covers(groups, group)


def why_not_sold(
    values: OfferValues, place: Place, levels: Levels, at: datetime, zone: ZoneInfo
) -> Said | None:
    """Why an offer is not sold now to this buyer, for this PC; None: it is."""
    name = values.name
    if not values.is_active:
        return say("Product not found")
    if not values.show_window.holds(at, zone):
        return say("%(name)s is not sold at this time", name=name)
    if not is_for_member(values, place):
        return say("%(name)s is not sold to this group of customers", name=name)
    if not is_for_pc(values, place, levels):
        return say("%(name)s cannot be used on a PC of this group", name=name)
    if opens_at(package_of(values, at), zone, at) is None:
        return say("%(name)s can never be used any more", name=name)
    return None


def package_of(values: OfferValues, bought_at: datetime, member_offer_id: int = 0) -> Package:
    """The package that a sale at `bought_at` gives."""
    limits = limits_of(values, bought_at)
    return Package(
        values.minutes * 60,
        values.name,
        member_offer_id,
        limits.expires_at,
        window=limits.window,
        from_at=limits.usable_from,
        priority=values.priority,
        is_auto_start=values.is_auto_start,
    )


def with_changes(values: OfferValues, changes: Mapping[str, Any]) -> OfferValues:
    """The values with some of them changed; those of the windows are named `window.from_minute`."""
    plain = {name: value for name, value in changes.items() if "." not in name}
    for name in ("window", "show_window"):
        parts = {
            key.partition(".")[2]: value
            for key, value in changes.items()
            if key.startswith(f"{name}.")
        }
        if parts:
            plain[name] = replace(getattr(values, name), **parts)
    return replace(values, **plain)


def is_open_at_once(values: OfferValues, at: datetime, zone: ZoneInfo) -> bool:
    """Whether a package that is bought at the whole second `at` pays for that second."""
    return opens_at(package_of(values, at), zone, at) == at


# --- money ------------------------------------------------------------------------------------


def price_for(
    values: OfferValues, discount: int, tax: Tax = NO_TAX, currency: str = ""
) -> LineTotal:
    """What an offer costs a member whose group has this offer discount (hundredths of a percent),
    and the tax in it; rounded as a line of goods is (cafe-domain 5; decision 0128)."""
    taken_off = discount if values.allows_discount else 0
    return line_total(values.price_micros, 1, tax, taken_off, currency)


def bonus_share(
    price_micros: int,
    balance_micros: int,
    bonus_micros: int,
    *,
    percentage: int,
    is_bonus_first: bool,
    step_micros: int = CENT,
) -> int:
    """How much of a price the bonus pays: at most `percentage` of it, whole steps of the currency.

    Where the balance covers the price the bonus pays nothing, unless it comes first (cafe-domain
    3); what it does not cover otherwise is all that the bonus pays.
    """
    most = price_micros * percentage // (100 * step_micros) * step_micros
    usable = min(most, max(bonus_micros, 0))
    if is_bonus_first:
        return usable
    return min(usable, max(price_micros - max(balance_micros, 0), 0))


class Back(NamedTuple):
    """What is given back of a package: the whole price, or the part that was not used."""

    micros: int
    is_whole: bool


def honoured(shown_micros: int, now: Back | None, earlier: Back) -> Back | None:
    """What is given where a person was shown another sum than is due `now` (None: nothing is any
    more): that one, if it was due at some moment since `earlier`. None: it was not."""
    if earlier.is_whole and shown_micros == earlier.micros:
        return earlier
    if now is None and earlier.is_whole:  # the limit was passed: all was due, then nothing
        return None
    least = 0 if now is None else now.micros
    if least <= shown_micros <= earlier.micros:
        return Back(shown_micros, is_whole=False)
    return None


def given_back(
    paid_micros: int,
    seconds: int,
    used_seconds: int,
    *,
    free_minutes: int,
    within_minutes: int,
    step_micros: int = CENT,
) -> Back:
    """What of a price is given back after so many seconds of use.

    The whole price while one of the two limits is not passed: the free minutes, and
    `within_minutes` (setting refund_within_minutes). After that nothing (Refused); where that
    setting is 0 there is no limit, and the part of the price that was not used goes back, whole
    steps of the currency, never more than that part (cafe-domain 3; decision 0111).
    """
    if used_seconds <= 60 * max(free_minutes, within_minutes):
        return Back(paid_micros, is_whole=True)
    if within_minutes:
        raise Refused(
            say(
                "the package was used for more than %(count)s minutes and is not given back",
                count=max(free_minutes, within_minutes),
            )
        )
    left = max(seconds - used_seconds, 0)
    if not left:
        raise Refused(say("nothing is left of the package"))
    return Back(paid_micros * left // (seconds * step_micros) * step_micros, is_whole=False)
