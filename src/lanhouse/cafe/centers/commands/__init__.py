"""Opening a centre and changing its settings."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import msgspec
import sqlalchemy as sa
from babel.numbers import list_currencies

from lanhouse.cafe.centers.locks import lock_center
from lanhouse.cafe.centers.queries import center_by_id
from lanhouse.cafe.centers.schemas import GROUPS, Center, Settings
from lanhouse.cafe.centers.tables import centers
from lanhouse.cafe.facts import CenterOpened
from lanhouse.db.statements import insert_ignore, static
from lanhouse.db.store import Tx
from lanhouse.kit import ids
from lanhouse.kit.errors import InvalidInput, Refused
from lanhouse.kit.limits import PRICE_MICROS_MAX
from lanhouse.kit.local_time import zone_names
from lanhouse.kit.money import MICROS
from lanhouse.kit.said import say
from lanhouse.ledger import book_of_center, redenominate

_NO_CURRENCY = say("must be an ISO 4217 code such as EUR")
_CURRENCY = static(
    sa.update(centers)
    .where(centers.c.id == sa.bindparam("center"))
    .values(currency=sa.bindparam("new_currency"))
)
_INSERT = static(insert_ignore(centers).returning(centers.c.id))
_STORED = static(sa.select(centers.c.settings).where(centers.c.id == sa.bindparam("center")))
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
    """A centre to open: `zone_name` is an IANA name, `currency` an ISO code."""

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
        settings=_stored(new.settings),
        quote_secret=ids.new_secret("quote"),
        created_at=tx.now,
    )
    if made is None:
        raise Refused(say("a centre with this number or licence name already exists"))
    tx.tell(CenterOpened(new.id, new.currency, new.price_per_hour_micros))
    center = center_by_id(tx, new.id)
    assert center is not None
    return center


class SettingsChange(msgspec.Struct, frozen=True):
    """New values by group and field name of their keys; None clears a key to its default.

    `name` and `zone_name` are those of the centre; None = they stay.
    """

    center_id: int
    values: dict[str, dict[str, Any]]
    name: str | None = None
    zone_name: str | None = None


def change_settings(tx: Tx, change: SettingsChange) -> Center:
    """Change settings of a centre; they hold from the next call on. Answers the centre.

    What another release has stored and this one does not know stays as it is.
    """
    center = center_by_id(tx, change.center_id)
    assert center is not None
    stored: dict[str, Any] = tx.scalar(_STORED, center=change.center_id)
    groups = {
        name: _kept(name, {**stored.get(name, {}), **values})
        for name, values in change.values.items()
    }
    tx.run(
        _SETTINGS,
        center=change.center_id,
        new_settings={**stored, **groups},
        new_name=change.name or center.name,
        new_zone=change.zone_name or center.zone_name,
    )
    tx.emit("access.changed", {"center_id": change.center_id})
    changed = center_by_id(tx, change.center_id)
    assert changed is not None
    before, after = (_told(one, change.values) for one in (center, changed))
    secrets = [key.name for name in groups for key in GROUPS[name].keys if key.mark.secret]
    tx.audit("settings", center.id, before=before, after=after, hidden=secrets)
    return changed


class CurrencyChoice(msgspec.Struct, frozen=True):
    """The currency (ISO code) that a centre is to have."""

    center_id: int
    currency: str


def choose_currency(tx: Tx, choice: CurrencyChoice) -> None:
    """Give a centre another currency. Raises InvalidInput of `currency`: for what is
    none, and once money has moved, because what was booked keeps its currency for ever."""
    lock_center(tx, choice.center_id)
    center = center_by_id(tx, choice.center_id)
    assert center is not None
    if not is_currency(choice.currency):
        raise InvalidInput({"currency": _NO_CURRENCY})
    if choice.currency == center.currency:
        return
    book_id = book_of_center(center.id)
    if not redenominate(tx, book_id, center.currency, choice.currency):
        raise InvalidInput({"currency": say("cannot be changed any more: money has moved")})
    tx.run(_CURRENCY, center=center.id, new_currency=choice.currency)
    tx.emit("access.changed", {"center_id": center.id})
    before, after = {"currency": center.currency}, {"currency": choice.currency}
    tx.audit("settings", center.id, before=before, after=after)


def is_currency(code: str) -> bool:
    """Whether a centre can have this currency: an ISO code, whatever its decimals (0118)."""
    return code in list_currencies()


def _kept(name: str, group: dict[str, Any]) -> dict[str, Any]:
    """What the column keeps of a group: what is set and differs from the default."""
    defaults: dict[str, Any] = msgspec.to_builtins(getattr(Settings(), name))
    return {
        key: value
        for key, value in msgspec.to_builtins(group).items()
        if value is not None and (key not in defaults or value != defaults[key])
    }


def _told(center: Center, groups: Iterable[str]) -> dict[str, Any]:
    """What the audit log compares."""
    told: dict[str, Any] = {"name": center.name, "timezone": center.zone_name}
    for group in groups:
        told |= msgspec.to_builtins(getattr(center.settings, group))
    return told


def _stored(settings: Settings) -> dict[str, Any]:
    """What a column keeps of settings: what differs from the defaults."""
    groups: dict[str, dict[str, Any]] = msgspec.to_builtins(settings)
    kept = {name: _kept(name, group) for name, group in groups.items()}
    return {name: group for name, group in kept.items() if group}


def _check(new: NewCenter) -> None:
    errors: dict[str, str] = {}
    if not 1 <= new.id <= 9999:
        errors["id"] = say("must be between 1 and 9999")
    if not new.name.strip():
        errors["name"] = say("is required")
    if not re.fullmatch(r"[A-Za-z0-9_-]{3,40}", new.license_name):
        errors["license_name"] = say("must be 3 to 40 letters, digits, _ or -")
    if new.zone_name not in zone_names():
        errors["zone_name"] = say("must be an IANA time zone such as Europe/Lisbon")
    if not is_currency(new.currency):
        errors["currency"] = _NO_CURRENCY
    if not 0 <= (new.price_per_hour_micros or 0) <= PRICE_MICROS_MAX:
        errors["price_per_hour"] = say(
            "must be between 0 and %(most)s", most=PRICE_MICROS_MAX // MICROS
        )
    if errors:
        raise InvalidInput(errors)
