"""Settings on the wires, made from the groups' Structs (cafe-domain 15, decisions 0056 and 0063).

The café API shows switches as 0/1, money as numbers and lists as JSON text; the native API shows
booleans, money as text and lists as lists.
"""

from __future__ import annotations

import functools
import typing
from base64 import b64decode, b64encode
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Annotated, Any, cast

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from lanhouse.auth.passwords import make_hash
from lanhouse.cafe.centers.call import CafeCall
from lanhouse.cafe.centers.queries.pictures import shown_pictures
from lanhouse.cafe.centers.schemas import GROUPS, BonusTier, Center, Group
from lanhouse.cafe.centers.schemas.keys import HASHED, SEALED, Key
from lanhouse.cafe.centers.schemas.loyalty.topups import TIERS_MAX
from lanhouse.cafe.centers.wire import (
    PICTURE_FIELDS,
    PICTURE_OUTPUTS,
    pictures_wire,
    sent_pictures,
)
from lanhouse.cafe.settings.commands import SettingsInput, value_of
from lanhouse.cafe.settings.queries import Shown
from lanhouse.cafe.settings.rules import offset_text, tier_of
from lanhouse.kit.errors import InvalidInput
from lanhouse.kit.inputs import Amount, Percentage, also
from lanhouse.kit.money import format_fixed, json_number
from lanhouse.kit.pictures import Picture
from lanhouse.kit.said import say
from lanhouse.kit.vault import Unreadable, Vault
from lanhouse.web.format import currency_sign


class TierIn(Struct):
    """From this amount on: this bonus, as money or in whole percent by bonus_unit."""

    amount: Annotated[Amount, Meta(gt=0), also("price", "topup_value")]
    bonus: Annotated[Percentage, also("percent")]


class TierOut(Struct):
    """From this amount on: this bonus, as money or in whole percent by bonus_unit."""

    amount: str
    bonus: str


Values = dict[str, dict[str, Any]]
"""Values by group and field name of their keys."""
SETTING = "setting"
"""What secrets of the settings are sealed for."""
_TIERS = tuple[BonusTier, ...]
_JSON = msgspec.json.Encoder(decimal_format="number")
_TIERS_IN = Annotated[list[TierIn], Meta(max_length=TIERS_MAX)]


# --- what comes in -----------------------------------------------------------------------------


@functools.cache
def input_of(*groups: Group) -> type[Struct]:
    """The In Struct of groups: every key under its wire name, absent or null where it stays.

    Of several groups it is that of the café API, where any key is taken by any PUT.
    """
    keys = [key for group in groups for key in group.keys]
    fields = [(key.name, _in_type(key), UNSET) for key in keys]
    fields += PICTURE_FIELDS if len(groups) > 1 else []
    rename = {key.name: key.wire for key in keys}
    name = _struct_name(groups[0], "In") if len(groups) == 1 else "SettingsIn"
    made = msgspec.defstruct(name, fields, rename=rename, kw_only=True, module=__name__)
    about = groups[0].about if len(groups) == 1 else "Keys of any group."
    made.__doc__ = f"{about} What is left out stays."
    return made


def _struct_name(group: Group, ends: str) -> str:
    return group.wire[0].upper() + group.wire[1:] + ends


def _in_type(key: Key) -> Any:
    kind: Any = _TIERS_IN if key.plain == _TIERS else key.mark.json or key.kind
    return _said(key, kind) | None | UnsetType


def given_values(
    groups: Iterable[Group], data: Struct, *, clears: bool, inputs: Mapping[str, Any]
) -> Values:
    """The values that a call names, by group and field name. Null is kept as None if it `clears`,
    else it leaves the value as it is (cafe-wire 0).

    A secret is read as "", so a client that sends back what it read leaves it as it is: of one,
    only null in the `inputs` clears. Raises InvalidInput for a JSON text that is too long.
    """
    values: Values = {}
    errors: dict[str, str] = {}
    for group in groups:
        for key in group.keys:
            value = getattr(data, key.name)
            is_blank = not value and inputs.get(key.wire) is not None
            if value is UNSET or (value is None and not clears) or (key.mark.secret and is_blank):
                continue
            stored = value if value is None else _stored(key, value)
            if key.mark.json and stored and len(stored) > _longest(key):
                errors[key.wire] = say(
                    "must be at most %(count)s characters of JSON", count=_longest(key)
                )
            values.setdefault(group.name, {})[key.name] = stored
    if errors:
        raise InvalidInput(errors)
    return values


def _stored(key: Key, value: Any) -> Any:
    """A value as it is kept."""
    if key.mark.json:
        return _JSON.encode(value).decode()
    if key.plain == _TIERS:
        tiers = cast("list[TierIn]", value)
        return tuple(tier_of(one.amount, one.bonus) for one in tiers)
    return value


def _longest(key: Key) -> int:
    (longest,) = (meta.max_length for meta in key.kind.__metadata__ if meta.max_length)
    return longest


async def stored_values(
    groups: Iterable[Group], values: Values, center_id: int, vault: Vault
) -> Values:
    """The values with each secret as it is kept: hashed (which takes time), or sealed.

    Raises Unreadable when there is no server secret to seal with.
    """
    stored = {name: dict(group) for name, group in values.items()}
    for group in groups:
        of_group = stored.get(group.name, {})
        for key in group.keys:
            value = of_group.get(key.name)
            if value and key.mark.secret == HASHED:
                of_group[key.name] = await make_hash(value)
            elif value and key.mark.secret == SEALED:
                context = _context(center_id, group.name, key.name)
                sealed = vault.seal(SETTING, context, value.encode())
                if sealed is None:
                    raise Unreadable
                of_group[key.name] = b64encode(sealed).decode()
    return stored


async def given_change(
    call: CafeCall, groups: tuple[Group, ...], data: Struct, *, clears: bool
) -> SettingsInput:
    """What a call asks to change of these groups; null clears a key if it `clears`."""
    values = given_values(groups, data, clears=clears, inputs=call.inputs)
    if not clears:
        _as_read(values.get("center", {}), call.center)
    values = await stored_values(groups, values, call.center.id, call.vault)
    pictures: dict[str, Picture] = {}
    if len(groups) > 1:
        shown = await call.read(shown_pictures, call.center.id)
        pictures = await sent_pictures(data, shown)
    return SettingsInput(center=call.center, values=values, pictures=pictures)


def _as_read(values: dict[str, Any], center: Center) -> None:
    """Clients of the café API send back the sign of the currency that they read."""
    if values.get("currency") == currency_sign(center.currency, "en"):
        values["currency"] = center.currency


def opened_secret(center: Center, group: str, name: str, vault: Vault) -> str:
    """A sealed secret of the settings for who has to use it; "" when there is none. By field names.

    Raises Unreadable when the server secret is missing or another one.
    """
    stored = value_of(center, group, name)
    if not stored:
        return ""
    return vault.open(SETTING, _context(center.id, group, name), b64decode(stored)).decode()


def resealed_secrets(old: Center, new_id: int, vault: Vault) -> Values:
    """The sealed secrets of a centre, sealed for another one that takes its settings over.

    Raises Unreadable when the server secret is missing or another one.
    """
    found: Values = {}
    for group in GROUPS.values():
        for key in group.keys:
            if key.mark.secret != SEALED:
                continue
            plain = opened_secret(old, group.name, key.name, vault)
            if plain:
                sealed = vault.seal(SETTING, _context(new_id, group.name, key.name), plain.encode())
                if sealed is None:
                    raise Unreadable
                found.setdefault(group.name, {})[key.name] = b64encode(sealed).decode()
    return found


def _context(center_id: int, group: str, name: str) -> str:
    return f"{center_id}|{group}.{name}"


# --- what goes out -----------------------------------------------------------------------------


def settings_wire(shown: Shown, at: datetime) -> dict[str, Any]:
    """Every setting of the centre as the café API shows it, in one flat object (decision 0056)."""
    center = shown.center
    identity = {
        "cafe_id": center.id,
        "cafe_name": center.name,
        "license_name": center.license_name,
        "timezone": offset_text(center.zone, at),
        "timezone_name": center.zone_name,
        "currency": currency_sign(center.currency, "en"),
        "currency_code": center.currency,
    }
    keys = [cafe_values(group, center) for group in GROUPS.values()]
    groups = (*keys, pictures_wire(shown.pictures), identity)
    return {name: value for group in groups for name, value in group.items()}


def cafe_values(group: Group, center: Center) -> dict[str, Any]:
    """A group as the café API shows it; `center` is that of queries.shown_center."""
    shown: dict[str, Any] = {}
    for key in group.keys:
        value = value_of(center, group.name, key.name)
        shown[key.wire] = "" if key.mark.secret else _cafe_value(key, value, center)
        if key.mark.secret:
            shown[key.wire_set] = int(bool(value))
    return shown


def _cafe_value(key: Key, value: Any, center: Center) -> Any:
    if isinstance(value, bool):
        return int(value)
    if key.is_amount:
        return None if value is None else json_number(value)
    shown = value if key.mark.json else _plain_value(key, value, center)
    if isinstance(shown, list) and key.mark.is_json_text:
        return msgspec.json.encode(shown).decode()
    return cast("Any", shown)


def native_values(group: Group, center: Center) -> dict[str, Any]:
    """A group as the native API shows it; `center` is that of queries.shown_center."""
    values: dict[str, Any] = {}
    for key in group.keys:
        value = value_of(center, group.name, key.name)
        values[key.wire] = native_value(key, value, center)
        if key.mark.secret:
            values[key.wire_set] = bool(value)
    return values


def native_value(key: Key, value: Any, center: Center) -> Any:
    """One value as the native API and forms show it: booleans, money as text, lists as lists,
    of a secret nothing.
    """
    if key.mark.secret:
        return ""
    if key.is_amount:
        return None if value is None else format_fixed(value)
    return _plain_value(key, value, center)


def _plain_value(key: Key, value: Any, center: Center) -> Any:
    if key.mark.json:
        return msgspec.json.decode(value)
    if key.plain == _TIERS:
        by_percent = center.settings.loyalty.is_bonus_by_percent
        return [_tier(tier, by_percent=by_percent) for tier in value]
    return list(value) if isinstance(value, tuple) else value


def _tier(tier: BonusTier, *, by_percent: bool) -> TierOut:
    bonus = str(tier.percent) if by_percent else format_fixed(tier.bonus_micros)
    return TierOut(format_fixed(tier.amount_micros), bonus)


@functools.cache
def native_output_of(group: Group) -> type[Struct]:
    """The Out Struct of a group on the native API."""
    return _output(_struct_name(group, "Out"), group.keys, _native_type)


@functools.cache
def cafe_output() -> type[Struct]:
    """The Out Struct of `configs`: every key of every group."""
    keys = tuple(key for group in GROUPS.values() for key in group.keys)
    more = [*PICTURE_OUTPUTS, ("cafe_id", int), ("license_name", str)]
    return _output(
        "ConfigsOut", keys, _cafe_type, [*more, ("timezone_name", str), ("currency_code", str)]
    )


@functools.cache
def cafe_output_of(name: str, keys: tuple[Key, ...]) -> type[Struct]:
    """The Out Struct of a call of the café API that answers some keys."""
    return _output(name, keys, _cafe_type)


def _output(
    name: str, keys: tuple[Key, ...], type_of: Any, more: list[tuple[str, Any]] | None = None
) -> type[Struct]:
    fields = [(key.wire, _said(key, type_of(key))) for key in keys]
    is_set = bool if type_of is _native_type else int
    fields += [(key.wire_set, is_set) for key in keys if key.mark.secret]
    return msgspec.defstruct(name, [*fields, *(more or [])], kw_only=True, module=__name__)


def _said(key: Key, kind: Any) -> Any:
    return Annotated[kind, Meta(title=key.mark.label, description=key.mark.meaning)]


def _native_type(key: Key) -> Any:
    if key.is_amount:
        return str | None if key.is_optional else str
    if key.plain == _TIERS:
        return list[TierOut]
    return key.mark.json or key.plain


def _cafe_type(key: Key) -> Any:
    if key.is_amount:
        return float | None if key.is_optional else float
    if key.plain is bool:
        return int
    if typing.get_origin(key.plain) is tuple:
        return str if key.mark.is_json_text else key.plain
    return key.plain
