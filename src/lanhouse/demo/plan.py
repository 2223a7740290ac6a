"""What stands in the demo centre: plain values, so that the builder reads like a list of orders."""

from __future__ import annotations

import msgspec

from lanhouse.cafe.centers.schemas import BonusTier, Settings
from lanhouse.cafe.groups.commands import MemberGroupValues, PcGroupValues
from lanhouse.cafe.offers.schemas import OfferValues
from lanhouse.cafe.pcs.commands.layout import RoomPlan
from lanhouse.cafe.pricing.rules import Window
from lanhouse.kit.money import MICROS

CENT = MICROS // 100

SETTINGS = Settings(
    price_bonus=[
        BonusTier(amount_micros=20 * MICROS, bonus_micros=2 * MICROS),
        BonusTier(amount_micros=50 * MICROS, bonus_micros=6 * MICROS),
    ],
)


class Zone(msgspec.Struct, frozen=True):
    """A room with its PC group and its PCs, `prefix` and two digits each."""

    room: RoomPlan
    group: PcGroupValues
    prefix: str
    count: int
    columns: int


def _room(name: str, x: int, y: int, width: int, height: int) -> RoomPlan:
    return RoomPlan(
        name=name,
        frame_x=x,
        frame_y=y,
        frame_width=width,
        frame_height=height,
        allows_booking=True,
    )


ZONES = (
    Zone(_room("Main hall", 20, 20, 760, 360), PcGroupValues("Standard", "24 inch"), "PC", 18, 6),
    Zone(_room("Arena", 800, 20, 520, 360), PcGroupValues("Premium", "240 Hz"), "AR", 8, 4),
    Zone(_room("VIP lounge", 20, 400, 520, 200), PcGroupValues("VIP", "Sofa, 4K"), "VIP", 4, 4),
)
SEAT_PIXELS = 110
OUT_OF_ORDER = ("PC17", "Mouse is with the repair shop")

MEMBER_GROUPS = (
    MemberGroupValues(name="Silver", description="5 % off PC time", pc_time_discount=500),
    MemberGroupValues(name="Gold", description="10 % off PC time", pc_time_discount=1000),
)

WEEKEND = (6, 7)
EVENING = Window(from_minute=17 * 60, to_minute=23 * 60)
NIGHT = Window(from_minute=23 * 60, to_minute=8 * 60)

# Of the rule "Default": what an hour costs where none of the others holds.
DEFAULT_PRICE_MICROS = 250 * CENT

# name, PC group, member group, window, cents an hour
PRICES = (
    ("Standard", "Standard", None, Window(), 250),
    ("Standard evening", "Standard", None, EVENING, 300),
    ("Standard weekend", "Standard", None, Window(weekdays=WEEKEND), 320),
    ("Standard night", "Standard", None, NIGHT, 180),
    ("Gold standard", "Standard", "Gold", Window(), 220),
    ("Premium", "Premium", None, Window(), 350),
    ("Premium evening", "Premium", None, EVENING, 420),
    ("VIP", "VIP", None, Window(), 500),
)

OFFERS = (
    OfferValues(name="3 hours", description="Any day", price_micros=6 * MICROS, minutes=180),
    OfferValues(
        name="Night pass",
        description="22:00 to 08:00",
        price_micros=9 * MICROS,
        minutes=480,
        priority=2,
        window=Window(from_minute=22 * 60, to_minute=8 * 60),
    ),
    OfferValues(
        name="10 hours",
        description="Good for 30 days",
        price_micros=18 * MICROS,
        minutes=600,
        priority=1,
        expires_after_days=30,
    ),
)

FIRST_NAMES = (
    *("Alice", "Bruno", "Carla", "Duarte", "Elisa", "Filipe", "Graça", "Hugo", "Inês", "João"),
    *("Katia", "Luís", "Marta", "Nuno", "Olga", "Paulo", "Quim", "Rita", "Sara", "Tiago"),
)
LAST_NAMES = ("Almeida", "Barros", "Costa", "Duarte", "Esteves", "Fonseca", "Gomes")
MEMBERS = 60
HISTORY_DAYS = 21
