"""Opening a centre and changing its settings."""

from __future__ import annotations

import re
from typing import Any
from zoneinfo import available_timezones

import msgspec
import sqlalchemy as sa
from babel.numbers import list_currencies

from lanhouse.cafe.centers.queries import center_by_id
from lanhouse.cafe.centers.schemas import Center, Settings
from lanhouse.cafe.centers.tables import centers
from lanhouse.cafe.facts import CenterOpened
from lanhouse.db.statements import insert_ignore, static
from lanhouse.db.store import Tx
from lanhouse.kit import ids
from lanhouse.kit.errors import InvalidInput, Refused
from lanhouse.kit.limits import PRICE_MICROS_MAX
from lanhouse.kit.money import MICROS, currency_decimals

_INSERT = static(insert_ignore(centers).returning(centers.c.id))
_SETTINGS = static(
    sa.update(centers)
    .where(centers.c.id == sa.bindparam("center"))
    .values(
        settings=sa.bindparam("new_settings", type_=centers.c.settings.type),
        name=sa.bindparam("new_name"),
        zone=sa.bindparam("new_zone"),
    )
)


class NewCenter(msgspec.Struct, frozen=True, kw_only=True):
    """A centre to open: `zone_name` is an IANA name, `currency` an ISO code with 2 decimals."""

    id: int
    name: str
    license_name: str
    zone_name: str
    currency: str
    settings: Settings = Settings()
    price_per_hour_micros: int | None = None
    """Of the price rule "Default"; None = it has no price yet, and no time is sold by it."""


def create_center(tx: Tx, new: NewCenter) -> Center:
    """Open a centre with its accounts and its price rule "Default".

    Raises InvalidInput by field, Refused when it exists.
    """
    _check(new)
    made = tx.scalar(
        _INSERT,
        id=new.id,
        name=new.name,
        license_name=new.license_name,
        zone=new.zone_name,
        currency=new.currency,
        settings=_changed(new.settings),
        quote_secret=ids.new_secret("quote"),
        created_at=tx.now,
    )
    if made is None:
        raise Refused("a centre with this number or licence name already exists")
    tx.tell(CenterOpened(new.id, new.currency, new.price_per_hour_micros))
    center = center_by_id(tx, new.id)
    assert center is not None
    return center


class SettingsChange(msgspec.Struct, frozen=True):
    """New values for some fields of Settings, by field name; name and zone None = they stay."""

    center_id: int
    values: dict[str, Any]
    name: str | None = None
    zone_name: str | None = None


def change_settings(tx: Tx, change: SettingsChange) -> Settings:
    """Change settings of a centre; they hold from the next call on. Answers all settings."""
    center = center_by_id(tx, change.center_id)
    assert center is not None
    settings = msgspec.structs.replace(center.settings, **change.values)
    tx.run(
        _SETTINGS,
        center=change.center_id,
        new_settings=_changed(settings),
        new_name=change.name or center.name,
        new_zone=change.zone_name or center.zone_name,
    )
    tx.emit("access.changed", {"center_id": change.center_id})
    tx.audit("settings", center.id, before=_told(center), after=_told(center_by_id(tx, center.id)))
    return settings


def _told(center: Center | None) -> dict[str, Any]:
    """What the audit log compares."""
    assert center is not None
    named = {"name": center.name, "timezone": center.zone_name}
    return named | msgspec.to_builtins(center.settings)


def _changed(settings: Settings) -> dict[str, Any]:
    kept = msgspec.to_builtins(settings)
    defaults = msgspec.to_builtins(Settings())
    return {name: value for name, value in kept.items() if value != defaults[name]}


def _check(new: NewCenter) -> None:
    errors: dict[str, str] = {}
    if not 1 <= new.id <= 9999:
        errors["cafe_id"] = "must be between 1 and 9999"
    if not new.name.strip():
        errors["name"] = "is required"
    if not re.fullmatch(r"[A-Za-z0-9_-]{3,40}", new.license_name):
        errors["license_name"] = "must be 3 to 40 letters, digits, _ or -"
    if new.zone_name not in available_timezones():
        errors["timezone"] = "must be an IANA time zone such as Europe/Lisbon"
    if new.currency not in list_currencies() or currency_decimals(new.currency) != 2:
        errors["currency"] = "must be an ISO 4217 code with 2 decimals"
    if not 0 <= (new.price_per_hour_micros or 0) <= PRICE_MICROS_MAX:
        errors["price_per_hour"] = f"must be between 0 and {PRICE_MICROS_MAX // MICROS}"
    if errors:
        raise InvalidInput(errors)
