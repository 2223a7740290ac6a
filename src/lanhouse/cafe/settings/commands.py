"""Changing the settings of a centre."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import msgspec

from lanhouse.auth.addresses import parse_allow_list
from lanhouse.cafe.centers.commands import SettingsChange, change_settings
from lanhouse.cafe.centers.commands.pictures import ShowPicture, show_picture
from lanhouse.cafe.centers.locks import lock_center
from lanhouse.cafe.centers.queries import center_by_id
from lanhouse.cafe.centers.schemas import GROUPS, Center
from lanhouse.cafe.centers.schemas.member.minors import BANDS_MAX, BandValue
from lanhouse.cafe.centers.schemas.payment.tenders import PayLater
from lanhouse.cafe.centers.schemas.values import HolidayValue, QuickSum
from lanhouse.cafe.facts import SettingsChanged
from lanhouse.cafe.settings.queries import (
    Shown,
    default_above_micros,
    is_member_group,
    is_offer,
    is_pc_group,
    shown_center,
    shown_settings,
)
from lanhouse.cafe.settings.rules import (
    WrongTiers,
    names_its_server,
    ordered_tiers,
    pc_group_named,
    zone_name_of,
)
from lanhouse.db.store import Tx
from lanhouse.kit.errors import InvalidInput
from lanhouse.kit.local_time import is_empty_window
from lanhouse.kit.merchant_qr import check_payload
from lanhouse.kit.money import parse_micros, unit_micros
from lanhouse.kit.pictures import Picture
from lanhouse.kit.said import say

MINUTES_MAX = 366 * 1440
"""As long as a session can be."""
_PAY_LATER = msgspec.json.Decoder(PayLater)
_QUICK_SUMS = msgspec.json.Decoder(tuple[QuickSum, ...])
_BANDS = msgspec.json.Decoder(tuple[BandValue, ...])
_HOLIDAYS = msgspec.json.Decoder(tuple[HolidayValue, ...])


class SettingsInput(msgspec.Struct, frozen=True, kw_only=True):
    """What to change: values by group and field name of the keys, None = the default.

    What is not named stays. Of a secret comes what is kept of it.
    """

    center: Center
    values: dict[str, dict[str, Any]]
    pictures: dict[str, Picture] = {}
    """What to put up, by purpose."""


class _Change(msgspec.Struct):
    """What is about to be stored of a group, while its checks look at it."""

    tx: Tx
    center: Center
    values: dict[str, Any]
    errors: dict[str, str]
    """By field name of the keys."""
    name: str | None = None
    zone_name: str | None = None


def save_settings(tx: Tx, given: SettingsInput) -> Center:
    """Change settings, all or none; they hold from the next call on. Answers the centre.

    Raises InvalidInput by field. What a running session agreed at its start stays (decision
    0022); what holds for it at once follows SettingsChanged.
    """
    lock_center(tx, given.center.id)
    center = center_by_id(tx, given.center.id)
    assert center is not None
    changes = {name: _Change(tx, center, dict(one), {}) for name, one in given.values.items()}
    for name, change in changes.items():
        if name in _CHECKS:
            _CHECKS[name](change)
    errors = {name: why for change in changes.values() for name, why in change.errors.items()}
    if errors:
        raise InvalidInput(errors)
    own = changes.get("center")
    stored = SettingsChange(
        center.id,
        {name: change.values for name, change in changes.items()},
        own.name if own else None,
        own.zone_name if own else None,
    )
    changed = change_settings(tx, stored)
    for purpose, picture in given.pictures.items():
        show_picture(tx, ShowPicture(center.id, purpose, picture))
    names = changed_names(center, changed)
    if names:
        tx.tell(SettingsChanged(center.id, names))
    return changed


def saved(tx: Tx, given: SettingsInput) -> Center:
    """Change settings; answers the centre as it is shown then."""
    return shown_center(tx, save_settings(tx, given))


def saved_whole(tx: Tx, given: SettingsInput) -> Shown:
    """Change settings; answers all of them, pictures too, as they are shown then."""
    return shown_settings(tx, save_settings(tx, given))


def changed_names(before: Center, after: Center) -> frozenset[str]:
    """Which keys differ, as `group.key` by field names."""
    names = {
        f"{group}.{key.name}"
        for group, described in GROUPS.items()
        for key in described.keys
        if value_of(before, group, key.name) != value_of(after, group, key.name)
    }
    return frozenset(names)


def value_of(center: Center, group: str, name: str) -> Any:
    """The value of one key, by field name."""
    struct = getattr(center.settings, group)
    return getattr(struct if hasattr(struct, name) else center.identity, name)


# --- what a type cannot say --------------------------------------------------------------------


def _check_center(change: _Change) -> None:
    """Name and zone go to their columns; the currency may only be named."""
    center, values = change.center, change.values
    for name in ("cafe_name", "timezone", "currency"):
        if name in values and not values[name]:
            change.errors[name] = say("must not be empty")
            del values[name]
    change.name = values.pop("cafe_name", None)
    if "timezone" in values:
        change.zone_name = zone_name_of(values.pop("timezone"), center.zone, change.tx.now)
        if change.zone_name is None:
            change.errors["timezone"] = say("must be a time zone such as Europe/Lisbon or +08:00")
    if values.pop("currency", center.currency) != center.currency:
        change.errors["currency"] = say(
            "is %(currency)s and cannot be changed: amounts are booked in it",
            currency=center.currency,
        )
    if values.get("staff_allow_ip"):
        try:
            values["staff_allow_ip"] = parse_allow_list(values["staff_allow_ip"], "staff_allow_ip")
        except InvalidInput as wrong:
            change.errors |= wrong.fields
    hours = values.get("staff_access_range") or ""
    # What stands there already may be sent back with the rest.
    is_new = hours and hours != center.settings.center.staff_access_range
    if is_new and is_empty_window(hours):
        change.errors["staff_access_range"] = say("must be two different times")


def _check_payment(change: _Change) -> None:
    above = change.values.get("desk_confirm_above_micros")
    if above and above == default_above_micros(change.tx, change.center.id):
        # Clients send back what they read: what nobody has set goes on following the price.
        change.values["desk_confirm_above_micros"] = None

    for check in (_check_pay_later, _check_quick_sums, _check_holidays, _check_gateway):
        check(change)


def _check_gateway(change: _Change) -> None:
    """The house's code is one, in its currency; the server where people pay is named."""
    payload = change.values.get("qr_payload")
    try:
        if payload:
            check_payload(payload, change.center.currency, "qr_payload")
    except InvalidInput as wrong:
        change.errors |= wrong.fields
    if not names_its_server(change.values.get("payment_url") or ""):
        change.errors["payment_url"] = say("must name its server without braces")


def _check_pay_later(change: _Change) -> None:
    """A group that the centre does not have is refused, but one that stands there already may be
    sent back: it was deleted since."""
    text = change.values.get("pay_later")
    if not text:
        return
    stored = _PAY_LATER.decode(change.center.settings.payment.pay_later).member_groups
    for number in _PAY_LATER.decode(text).member_groups:
        known = is_member_group(change.tx, change.center.id, int(number))
        if not known and number not in stored:
            change.errors["pay_later"] = say(
                "%(number)s is not a member group of this centre", number=number
            )


def _check_quick_sums(change: _Change) -> None:
    """Every button can be sold: minutes that there can be, or a sum that is paid in the currency
    (decision 0118)."""
    text = change.values.get("price_button")
    unit = unit_micros(change.center.currency)
    for number, quick in enumerate(_QUICK_SUMS.decode(text) if text else ()):
        field = f"price_button.{number}"
        if not quick.min and not quick.money:
            change.errors[f"{field}.min"] = say("is required")
        elif quick.min and not 0 < int(quick.min) <= MINUTES_MAX:
            most = say("must be 1 to %(count)s minutes", count=MINUTES_MAX)
            change.errors[f"{field}.min"] = most
        if quick.money:
            micros = parse_micros(quick.money)
            if not micros:
                change.errors[f"{field}.money"] = say("must be more than 0")
            elif micros % unit:
                change.errors[f"{field}.money"] = say("must have no decimals")


def _check_holidays(change: _Change) -> None:
    """A day counts as one weekday."""
    text = change.values.get("holidays")
    days = [one.date for one in _HOLIDAYS.decode(text)] if text else []
    for number, day in enumerate(days):
        if day in days[:number]:
            change.errors[f"holidays.{number}.date"] = say("is named twice")


def _check_game(change: _Change) -> None:
    """As _check_pay_later(), for the levels of PC groups."""
    text = change.values.get("pc_group_levels")
    if not text:
        return
    stored = json.loads(change.center.settings.game.pc_group_levels)
    for name in json.loads(text):
        number = pc_group_named(name)
        if number is None:
            change.errors[f"pc_group_levels.{name}"] = say(
                "must be named by its number, as in pc_group_id_3"
            )
        elif not is_pc_group(change.tx, change.center.id, number) and name not in stored:
            change.errors["pc_group_levels"] = say(
                "%(number)s is not a PC group of this centre", number=number
            )


def _check_loyalty(change: _Change) -> None:
    tiers = change.values.get("price_bonus")
    if tiers is None:
        return
    unit = change.values.get("bonus_unit", change.center.settings.loyalty.bonus_unit)
    try:
        change.values["price_bonus"] = ordered_tiers(tiers, by_percent=unit == 1)
    except WrongTiers as wrong:
        change.errors["price_bonus"] = wrong.reason


def _check_member(change: _Change) -> None:
    group_id = change.values.get("default_member_group")
    if group_id is not None and not is_member_group(change.tx, change.center.id, group_id):
        change.errors["default_member_group"] = say("is not a member group of this centre")
    offer_id = change.values.get("new_member_offer")
    # Clients send back what they read: what was kept before it was obeyed is no error.
    known = (None, change.center.settings.member.new_member_offer)
    if offer_id not in known and not is_offer(change.tx, change.center.id, offer_id):
        change.errors["new_member_offer"] = say("is not a package of this centre")
    _check_bands(change)


def _check_bands(change: _Change) -> None:
    """The hours of minors are for somebody, and are few enough to be read."""
    text = change.values.get("minors_bands")
    bands = _BANDS.decode(text) if text else ()
    if len(bands) > BANDS_MAX:
        change.errors["minors_bands"] = say("may hold at most %(count)s rows", count=BANDS_MAX)
    for number, band in enumerate(bands):
        if int(band.age or 0) >= int(band.under):
            reason = say("must be above the age from which on they hold")
            change.errors[f"minors_bands.{number}.under"] = reason


def _check_sms_provider(change: _Change) -> None:
    """The server that is called is none of the values that are filled in."""
    if not names_its_server(change.values.get("sms_provider_url") or ""):
        change.errors["sms_provider_url"] = say("must name its server without braces")


_CHECKS: dict[str, Callable[[_Change], None]] = {
    "center": _check_center,
    "payment": _check_payment,
    "game": _check_game,
    "loyalty": _check_loyalty,
    "member": _check_member,
    "sms_provider": _check_sms_provider,
}
