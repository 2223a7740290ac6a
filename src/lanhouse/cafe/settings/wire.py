"""Settings on the wires, made from the groups' Structs (cafe-domain 15, decisions 0056 and 0063).

The café API shows switches as 0/1, money as numbers and lists as JSON text; the native API shows
booleans, money as text and lists as lists.
"""

from __future__ import annotations

import functools
import typing
from base64 import b64decode, b64encode
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, cast

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from lanhouse.auth.passwords import make_hash
from lanhouse.cafe.centers.schemas import GROUPS, BonusTier, Center, Group
from lanhouse.cafe.centers.schemas.keys import HASHED, SEALED, Key
from lanhouse.cafe.centers.schemas.loyalty import TIERS_MAX
from lanhouse.cafe.settings.commands import value_of
from lanhouse.cafe.settings.rules import offset_text, tier_of
from lanhouse.kit.inputs import Amount, also
from lanhouse.kit.money import format_fixed, json_number
from lanhouse.kit.vault import Unreadable, Vault
from lanhouse.web.format import currency_sign


class TierIn(Struct):
    """From this amount on: this bonus, as money or in whole percent by bonus_unit."""

    amount: Annotated[Amount, Meta(gt=0), also("price", "topup_value")]
    bonus: Annotated[Amount, also("percent")]


class TierOut(Struct):
    """From this amount on: this bonus, as money or in whole percent by bonus_unit."""

    amount: str
    bonus: str


SETTING = "setting"
"""What secrets of the settings are sealed for."""
_TIERS = tuple[BonusTier, ...]
_TIERS_IN = Annotated[list[TierIn], Meta(max_length=TIERS_MAX)]


# --- what comes in -----------------------------------------------------------------------------


@functools.cache
def input_of(group: Group) -> type[Struct]:
    """The In Struct of a group: every key under its wire name, absent or null where it stays."""
    fields = [(key.name, _in_type(key), UNSET) for key in group.keys]
    rename = {key.name: key.wire for key in group.keys}
    made = msgspec.defstruct(
        f"{group.name.capitalize()}SettingsIn", fields, rename=rename, kw_only=True, module=__name__
    )
    made.__doc__ = f"{group.about} What is left out stays."
    return made


def _in_type(key: Key) -> Any:
    kind: Any = _TIERS_IN if key.plain == _TIERS else key.kind
    return kind | None | UnsetType


def given_values(
    group: Group, data: Struct, *, clears: bool, inputs: Mapping[str, Any]
) -> dict[str, Any]:
    """The values that a call names, by field name. Null is kept as None if it `clears`, else it
    leaves the value as it is (cafe-wire 0).

    A secret is read as "", so a client that sends back what it read leaves it as it is: of one,
    only null in the `inputs` clears.
    """
    named = {key.name: getattr(data, key.name) for key in group.keys}
    values = {name: value for name, value in named.items() if value is not UNSET}
    for key in group.keys:
        is_blank = not values.get(key.name) and inputs.get(key.wire) is not None
        if key.mark.secret and is_blank:
            values.pop(key.name, None)
    for name, value in values.items():
        if isinstance(value, list) and value and isinstance(value[0], TierIn):
            tiers = cast("list[TierIn]", value)
            values[name] = tuple(tier_of(one.amount, one.bonus) for one in tiers)
    return {name: value for name, value in values.items() if clears or value is not None}


async def stored_values(
    group: Group, values: dict[str, Any], center_id: int, vault: Vault
) -> dict[str, Any]:
    """The values with each secret as it is kept: hashed (which takes time), or sealed.

    Raises Unreadable when there is no server secret to seal with.
    """
    stored = dict(values)
    for key in group.keys:
        value = stored.get(key.name)
        if value and key.mark.secret == HASHED:
            stored[key.name] = await make_hash(value)
        elif value and key.mark.secret == SEALED:
            sealed = vault.seal(SETTING, _context(center_id, group.name, key.name), value.encode())
            if sealed is None:
                raise Unreadable
            stored[key.name] = b64encode(sealed).decode()
    return stored


def opened_secret(center: Center, group: str, name: str, vault: Vault) -> str:
    """A sealed secret of the settings for who has to use it; "" when there is none. By field names.

    Raises Unreadable when the server secret is missing or another one.
    """
    stored = value_of(center, group, name)
    if not stored:
        return ""
    return vault.open(SETTING, _context(center.id, group, name), b64decode(stored)).decode()


def _context(center_id: int, group: str, name: str) -> str:
    return f"{center_id}|{group}.{name}"


# --- what goes out -----------------------------------------------------------------------------


def settings_wire(center: Center, at: datetime) -> dict[str, Any]:
    """Every setting of the centre as the café API shows it, in one flat object (decision 0056).

    `center` is that of queries.shown_center.
    """
    identity = {
        "cafe_id": center.id,
        "cafe_name": center.name,
        "license_name": center.license_name,
        "license_using_billing": 1,
        "timezone": offset_text(center.zone, at),
        "timezone_name": center.zone_name,
        "currency": currency_sign(center.currency, "en"),
        "currency_code": center.currency,
    }
    keys: dict[str, Any] = {}
    for group in GROUPS.values():
        for key in group.keys:
            value = value_of(center, group.name, key.name)
            keys[key.wire] = "" if key.mark.secret else _cafe_value(key, value, center)
            if key.mark.secret:
                keys[key.wire_set] = int(bool(value))
    return {**keys, **identity}


def _cafe_value(key: Key, value: Any, center: Center) -> Any:
    if isinstance(value, bool):
        return int(value)
    if key.is_amount:
        return None if value is None else json_number(value)
    shown = _plain_value(key, value, center)
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
    return _output(group.name.capitalize() + "SettingsOut", group.keys, _native_type)


@functools.cache
def cafe_output() -> type[Struct]:
    """The Out Struct of `configs`: every key of every group."""
    keys = tuple(key for group in GROUPS.values() for key in group.keys)
    more = [("cafe_id", int), ("license_name", str), ("license_using_billing", int)]
    return _output(
        "ConfigsOut", keys, _cafe_type, [*more, ("timezone_name", str), ("currency_code", str)]
    )


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
    return key.plain


def _cafe_type(key: Key) -> Any:
    if key.is_amount:
        return float | None if key.is_optional else float
    if key.plain is bool:
        return int
    if typing.get_origin(key.plain) is tuple:
        return str if key.mark.is_json_text else key.plain
    return key.plain
