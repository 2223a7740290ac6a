"""The demo centre itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from lanhouse.cafe.centers.commands import NewCenter, create_center
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


def opening(tx: Tx) -> None:
    """Open the centre."""
    new = NewCenter(
        id=CAFE_ID,
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
    center = center_by_id(read, CAFE_ID)
    assert center is not None
    return center
