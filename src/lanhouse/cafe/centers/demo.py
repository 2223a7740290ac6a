"""The demo centre itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import msgspec

from lanhouse.cafe.centers.commands import (
    NewCenter,
    SettingsChange,
    change_settings,
    create_center,
)
from lanhouse.cafe.centers.queries import center_by_id
from lanhouse.cafe.centers.schemas import (
    BonusTier,
    Center,
    CenterSettings,
    LoyaltySettings,
    PaymentSettings,
    Settings,
)
from lanhouse.db.store import Read, Tx
from lanhouse.kit.money import MICROS

CAFE_ID = 7777
LICENSE_NAME = "lanhouse-demo"
TIMEZONE = "Europe/Lisbon"
CURRENCY = "EUR"
CENT = MICROS // 100
DEFAULT_PRICE_MICROS = 250 * CENT
"""Of the rule "Default": what an hour costs where none of the others holds."""

Moment = tuple[datetime, Callable[[Tx], None]]
"""When something happens in the demo's weeks, and the command that does it."""

_SETTINGS = Settings(
    center=CenterSettings(pc_area_info_extend='{"VIP lounge":{"allow_pay_by_room":1}}'),
    payment=PaymentSettings(
        shift_required=True,
        payment_method_mixed=True,
        payment_method_pay_later=True,
        pay_later='{"member_groups":["0"]}',
    ),
    loyalty=LoyaltySettings(
        price_bonus=(
            BonusTier(amount_micros=20 * MICROS, bonus_micros=2 * MICROS),
            BonusTier(amount_micros=50 * MICROS, bonus_micros=6 * MICROS),
        ),
    ),
)


_filled = CAFE_ID


def cafe_id() -> int:
    """The centre that is being filled: the demo's own, or the one of `filling`."""
    return _filled


@contextmanager
def filling(center_id: int) -> Iterator[None]:
    """Let the nouns fill another centre than the demo's own, which is there already.

    Of the whole process, as its clock that is moved meanwhile: nothing else may run in it.
    """
    global _filled
    _filled = center_id
    try:
        yield
    finally:
        _filled = CAFE_ID


def opening(tx: Tx) -> None:
    """Open the centre; one that is there keeps its name, currency and zone, and gets the demo's
    settings."""
    if center_by_id(tx, cafe_id()) is not None:
        change_settings(tx, SettingsChange(cafe_id(), _changed_settings()))
        return
    new = NewCenter(
        id=cafe_id(),
        name="Harbour Arena",
        license_name=LICENSE_NAME,
        zone_name=TIMEZONE,
        currency=CURRENCY,
        settings=_SETTINGS,
        price_per_hour_micros=DEFAULT_PRICE_MICROS,
    )
    create_center(tx, new)


def demo_center(read: Read) -> Center:
    """The centre, once it is open."""
    center = center_by_id(read, cafe_id())
    assert center is not None
    return center


def _changed_settings() -> dict[str, dict[str, Any]]:
    """What the demo sets otherwise than the defaults, by group and field."""
    usual, ours = (msgspec.to_builtins(each) for each in (Settings(), _SETTINGS))
    return {
        group: changed
        for group, values in ours.items()
        if (changed := {key: v for key, v in values.items() if v != usual[group][key]})
    }
