"""The form of a package: what it shows, and what its texts mean."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Meta

from lanhouse.cafe.centers.call import CafeCall
from lanhouse.cafe.groups.queries import member_groups_of, pc_groups_of
from lanhouse.cafe.groups.schemas import GUEST
from lanhouse.cafe.offers.commands import OfferChange
from lanhouse.cafe.offers.rules import with_changes
from lanhouse.cafe.offers.schemas import OFFER_GUEST, OfferValues
from lanhouse.cafe.offers.wire.inputs import instant_of
from lanhouse.cafe.pricing.rules import WEEKDAYS, Window, format_window, parse_window
from lanhouse.db.store import Read
from lanhouse.kit.amounts import read_amount
from lanhouse.kit.errors import InvalidInput
from lanhouse.kit.inputs import Line
from lanhouse.kit.local_time import local_text
from lanhouse.kit.money import format_fixed, format_plain, parse_micros_rounded
from lanhouse.kit.said import say
from lanhouse.web import i18n
from lanhouse.web.format import weekday_names
from lanhouse.web.i18n import N_

_Text = Annotated[str, Meta(max_length=20)]
_SWITCHES = (*("is_active", "is_promoted", "allows_discount", "is_sold_at_seats", "is_auto_start"),)
_PLAIN = ("name", "description", "barcode", *_SWITCHES)
_WINDOWS = {
    "window": ("weekday", "from_time", "to_time"),
    "show_window": ("show_weekday", "show_from_time", "show_to_time"),
}
_MOMENTS = {
    "available_from": ("begin_date", "begin_time"),
    "available_to": ("end_date", "end_time"),
}
_WHOLE = {
    "minutes": (1, 527_040),
    "priority": (0, 1000),
    "expires_after_days": (0, 3660),
    "expires_after_hours": (0, 87_840),
}
"""Whole numbers: the least and the most."""
FIELDS = (
    *("name", "description", "barcode", "price", "cost", "coin_price", *_WHOLE),
    *("weekdays", "time", "show_weekdays", "show_time", "available_from", "available_to"),
    *("pc_group_ids", "member_group_ids"),
)
"""What has a place for a reason."""
_GUESTS = {
    GUEST: N_("Guests with an account"),
    -2: N_("Prepaid guests"),
    OFFER_GUEST: N_("Guests on a package"),
}
"""The groups of the system that buy packages; the others pay for no time before."""


class OfferForm(msgspec.Struct, kw_only=True):
    """A package as people write it. `shown` is what the form showed, as JSON: what still stands
    there is not written, so that who changes one field undoes nobody's change of another."""

    name: Annotated[Line, Meta(max_length=100)] = ""
    description: Annotated[str, Meta(max_length=1000)] = ""
    barcode: Annotated[Line, Meta(max_length=50)] = ""
    price: _Text = ""
    cost: _Text = ""
    coin_price: _Text = ""
    minutes: _Text = ""
    priority: _Text = ""
    expires_after_days: _Text = ""
    expires_after_hours: _Text = ""
    weekday: list[int] = []
    from_time: _Text = "00:00"
    to_time: _Text = "00:00"
    show_weekday: list[int] = []
    show_from_time: _Text = "00:00"
    show_to_time: _Text = "00:00"
    begin_date: _Text = ""
    begin_time: _Text = ""
    end_date: _Text = ""
    end_time: _Text = ""
    pc_group: list[int] = []
    member_group: list[int] = []
    is_active: bool = False
    is_promoted: bool = False
    allows_discount: bool = False
    is_sold_at_seats: bool = False
    is_auto_start: bool = False
    shown: Annotated[str, Meta(max_length=10_000)] = "{}"
    key: str = ""


_NOT_KEPT = {"shown", "key"}
_KEPT = tuple(name for name in OfferForm.__struct_fields__ if name not in _NOT_KEPT)


class Choices(msgspec.Struct, frozen=True):
    """What the fields of a form offer: value and text, in the reader's language."""

    days: list[tuple[int, str]]
    pc_groups: list[tuple[int, str]]
    member_groups: list[tuple[int, str]]


def choices_of(read: Read, call: CafeCall) -> Choices:
    """What can be ticked."""
    gettext = i18n.translations(call.view.language).gettext
    center_id = call.center.id
    return Choices(
        days=list(enumerate(weekday_names(call.view.language), 1)),
        # Nothing can be for the default groups alone (decision 0096).
        pc_groups=[(each.id, each.name) for each in pc_groups_of(read, center_id) if each.id],
        member_groups=[
            *((each.id, each.name) for each in member_groups_of(read, center_id) if each.id),
            *((number, gettext(name)) for number, name in _GUESTS.items()),
        ],
    )


def empty_form() -> OfferForm:
    """The form of a new package: sold and used at any time."""
    every = [*WEEKDAYS]
    return OfferForm(weekday=every, show_weekday=every, is_active=True, is_sold_at_seats=True)


def form_of(values: OfferValues, zone: ZoneInfo) -> OfferForm:
    """The form that says what a package is."""
    texts: dict[str, Any] = {name: getattr(values, name) for name in _PLAIN}
    texts |= {name: str(getattr(values, name) or "") for name in _WHOLE}
    for name, (days, begin, end) in _WINDOWS.items():
        window: Window = getattr(values, name)
        texts[days] = list(window.weekdays)
        texts[begin], to = format_window(window.from_minute, window.to_minute).split("-")
        texts[end] = "00:00" if to == "24:00" else to
    for name, (day, time) in _MOMENTS.items():
        at = getattr(values, name)
        texts[day], texts[time] = ("", "") if at is None else local_text(at, zone)[:16].split(" ")
    return OfferForm(
        price=format_fixed(values.price_micros),
        cost=format_fixed(values.cost_micros) if values.cost_micros else "",
        coin_price=format_plain(values.coin_price_micros) if values.coin_price_micros else "",
        pc_group=list(values.pc_group_ids),
        member_group=list(values.member_group_ids),
        **texts,
    )


def shown_of(form: OfferForm) -> str:
    """What a form shows, for its field `shown`."""
    return msgspec.json.encode(_kept(form)).decode()


def change_in(call: CafeCall, form: OfferForm, offer_id: int) -> OfferChange:
    """What the form changed of an offer, for the command."""
    try:
        shown = msgspec.json.decode(form.shown, type=dict[str, Any])
    except msgspec.DecodeError:
        shown = {}
    names = {name for name, value in _kept(form).items() if shown.get(name) != value}
    changes, unread = _read(call, form, names)
    return OfferChange(call.center, offer_id, None, changes, unread)


def new_in(call: CafeCall, form: OfferForm) -> OfferChange:
    """A new package, for the command."""
    plain = OfferValues(name=form.name, price_micros=0, minutes=1)
    values, unread = _read(call, form, set(_KEPT))
    return OfferChange(call.center, None, with_changes(plain, values), unread=unread)


def _kept(form: OfferForm) -> dict[str, Any]:
    found = {name: getattr(form, name) for name in _KEPT}
    return {
        name: sorted(set(value)) if isinstance(value, list) else value
        for name, value in found.items()
    }


def _read(
    call: CafeCall, form: OfferForm, names: set[str]
) -> tuple[dict[str, Any], dict[str, str]]:
    """The named fields by the names of OfferChange.changes, and why others cannot be read."""
    errors: dict[str, str] = {}
    found: dict[str, Any] = {name: getattr(form, name) for name in _PLAIN if name in names}
    found |= {
        f"{name}_ids": tuple(sorted(set(getattr(form, name))))
        for name in ("pc_group", "member_group")
        if name in names
    }
    if "name" in names and not form.name:
        errors["name"] = say("is required")
    for name, (least, most) in _WHOLE.items():
        if name in names:
            text = getattr(form, name) or "0"
            is_number = text.isascii() and text.isdigit()
            if is_number and least <= int(text) <= most:
                found[name] = int(text)
            else:
                errors[name] = say("must be between %(least)s and %(most)s", least=least, most=most)
    _read_money(call, form, names, errors, found)
    for window, fields in _WINDOWS.items():
        if names & set(fields):
            _read_window(form, window, fields, errors, found)
    for moment, fields in _MOMENTS.items():
        if names & set(fields):
            _read_moment(call.center.zone, form, moment, errors, found)
    return found, errors


def _read_money(
    call: CafeCall, form: OfferForm, names: set[str], errors: dict[str, str], found: dict[str, Any]
) -> None:
    try:
        if "price" in names:
            found["price_micros"] = read_amount(form.price, call.center.currency, field="price")
    except InvalidInput as wrong:
        errors.update(wrong.fields)
    try:
        if "cost" in names:
            cost = form.cost or "0"
            found["cost_micros"] = read_amount(cost, call.center.currency, field="cost")
    except InvalidInput as wrong:
        errors.update(wrong.fields)
    try:
        if "coin_price" in names:
            coins = parse_micros_rounded(form.coin_price or "0", field="coin_price")
            found["coin_price_micros"] = coins
    except InvalidInput as wrong:
        errors.update(wrong.fields)


def _read_window(
    form: OfferForm,
    window: str,
    fields: tuple[str, str, str],
    errors: dict[str, str],
    found: dict[str, Any],
) -> None:
    prefix = "" if window == "window" else "show_"
    days, begin, end = (getattr(form, name) for name in fields)
    chosen = tuple(sorted({day for day in days if day in WEEKDAYS}))
    if chosen:
        found[f"{window}.weekdays"] = chosen
    else:
        errors[f"{prefix}weekdays"] = say("is required")
    try:
        minutes = parse_window(f"{begin}-{end}", f"{prefix}time")
    except InvalidInput as wrong:
        errors.update(wrong.fields)
    else:
        found[f"{window}.from_minute"], found[f"{window}.to_minute"] = minutes


def _read_moment(
    zone: ZoneInfo, form: OfferForm, moment: str, errors: dict[str, str], found: dict[str, Any]
) -> None:
    """A day alone means its begin, or for the end of the period its end; neither = no bound."""
    day, time = (getattr(form, name) for name in _MOMENTS[moment])
    try:
        if not day:
            sent: date | None = None
        elif time:
            sent = datetime.fromisoformat(f"{day}T{time}")
        else:
            sent = date.fromisoformat(day)
        found[moment] = instant_of(sent, zone, is_end=moment == "available_to")
    except (ValueError, OverflowError):
        errors[moment] = say("must be a date and time")
