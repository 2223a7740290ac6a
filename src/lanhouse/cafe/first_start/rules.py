"""Pure: what is guessed of a new centre, and how its rooms, seats and packages come out."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import msgspec
from babel import Locale
from babel.core import get_global
from babel.numbers import get_territory_currencies

from lanhouse.cafe.offers.schemas import OfferValues
from lanhouse.cafe.pcs.commands.layout import PcPlace, RoomPlan
from lanhouse.cafe.pcs.rules import CONSOLE_TYPES, NAME_CHARS_MAX, seat_pixels
from lanhouse.cafe.pricing.rules import Window
from lanhouse.kit.errors import InvalidInput
from lanhouse.kit.limits import MAX_PC
from lanhouse.kit.local_time import zone_names
from lanhouse.kit.money import MICROS
from lanhouse.kit.said import say

ROOM_NAME_CHARS_MAX = 50
_AREAS = frozenset(
    [
        "Africa",
        "America",
        "Antarctica",
        "Asia",
        "Atlantic",
        "Australia",
        "Europe",
        "Indian",
        "Pacific",
    ]
)
_NOWHERE = "ZZ"
_HALL_PIXELS = 632
"""What a page of 1440 pixels shows of the map without scrolling it aside."""
_GAP_PIXELS, _HEAD_PIXELS, _ROOM_PIXELS_MIN = 8, 24, 112
_COLUMNS, _COLUMNS_LARGE = 8, 12
_FEW_PCS = 40
_USUAL = {
    "EUR": (200, 250, 300, 350, 400),
    "USD": (300, 400, 500, 600, 800),
    "GBP": (200, 300, 400, 500, 600),
    "CHF": (400, 500, 600, 700, 800),
    "BRL": (400, 500, 600, 800, 1000),
    "PLN": (500, 600, 800, 1000, 1200),
    "PHP": (1500, 2000, 2500, 3000, 4000),
    "THB": (1500, 2000, 2500, 3000, 4000),
    "INR": (4000, 5000, 6000, 8000, 10000),
    "TRY": (2500, 3000, 4000, 5000, 6000),
    "MYR": (200, 300, 400, 500, 600),
    "CNY": (400, 500, 600, 800, 1000),
    "RUB": (8000, 10000, 12000, 15000, 20000),
    "MXN": (1500, 2000, 2500, 3000, 4000),
    "AED": (500, 800, 1000, 1200, 1500),
    "SAR": (500, 600, 800, 1000, 1200),
    "JPY": (20000, 30000, 40000, 50000, 60000),
    "KRW": (100000, 120000, 150000, 180000, 200000),
    "VND": (600000, 800000, 1000000, 1200000, 1500000),
    "KWD": (50, 75, 100, 125, 150),
}
"""What an hour usually costs, in hundredths of the currency."""


class Guess(msgspec.Struct, frozen=True):
    """What a time zone or a country tells: ISO codes and an IANA name; "" = nothing."""

    country: str = ""
    currency: str = ""
    zone: str = ""


class RoomWish(msgspec.Struct, frozen=True, kw_only=True):
    """A room to make, with so many PCs whose names begin with `prefix`."""

    name: str
    count: int
    prefix: str
    console_type: int = 0

    @property
    def pc_names(self) -> list[str]:
        """PC01 to PC24; from 100 on with three digits."""
        width = max(len(str(self.count)), 2)
        return [f"{self.prefix}{number:0{width}d}" for number in range(1, self.count + 1)]


class Furnished(msgspec.Struct, frozen=True):
    """Rooms with their rectangles, and where each PC stands in its room, in pixels."""

    rooms: list[RoomPlan]
    places: list[PcPlace]


def guess_from_zone(zone: str) -> Guess:
    """Country and currency of a time zone; nothing for one that belongs to no country."""
    country = get_global("zone_territories").get(zone, "")
    if len(country) != 2 or country == _NOWHERE:
        return Guess(zone=zone)
    return Guess(country, currency_of(country), zone)


def guess_from_country(country: str) -> Guess:
    """Currency and, where the country has but one, the time zone of a country (ISO code)."""
    zones = [zone for zone, where in get_global("zone_territories").items() if where == country]
    return Guess(country, currency_of(country), zones[0] if len(zones) == 1 else "")


def currency_of(country: str) -> str:
    """The ISO code of the currency that a country pays with; "" = none is known."""
    found = get_territory_currencies(country)
    return found[0] if found else ""


@cache
def countries(language: str) -> tuple[tuple[str, str], ...]:
    """(ISO code, name) of every country, by name in the reader's language."""
    names = Locale.parse(language, sep="-").territories
    known = set(get_global("territory_currencies"))
    found = [(code, name) for code, name in names.items() if len(code) == 2 and code in known]
    return tuple(sorted(found, key=lambda pair: pair[1].casefold()))


@cache
def zones() -> tuple[tuple[str, str], ...]:
    """(IANA name, its text) of every time zone that is a place, and UTC."""
    found = sorted(name for name in zone_names() if name.partition("/")[0] in _AREAS)
    return tuple((name, name.replace("_", " ")) for name in ["UTC", *found])


def usual_prices(currency: str) -> tuple[int, ...]:
    """What an hour usually costs, in micros; empty for a currency that nobody told us about."""
    return tuple(cents * MICROS // 100 for cents in _USUAL.get(currency, ()))


def check_rooms(rooms: Sequence[RoomWish]) -> None:
    """Refuse what cannot be made: InvalidInput by `name_0`, `count_0`, `prefix_0`, ..."""
    errors: dict[str, str] = {}
    names: set[str] = set()
    pcs: set[str] = set()
    for row, room in enumerate(rooms):
        if not room.name or len(room.name) > ROOM_NAME_CHARS_MAX:
            errors[f"name_{row}"] = say(
                "must have 1 to %(count)s characters", count=ROOM_NAME_CHARS_MAX
            )
        elif room.name.casefold() in names:
            errors[f"name_{row}"] = say("is there already")
        names.add(room.name.casefold())
        if not 0 < room.count <= MAX_PC:
            errors[f"count_{row}"] = say("must be 1 to %(count)s", count=MAX_PC)
            continue
        if not room.prefix or len(room.pc_names[-1]) > NAME_CHARS_MAX:
            errors[f"prefix_{row}"] = say("must have a few letters, such as PC")
        elif pcs.intersection(key := {name.casefold() for name in room.pc_names}):
            errors[f"prefix_{row}"] = say("is the beginning of another room already")
        else:
            pcs |= key
        if room.console_type not in CONSOLE_TYPES:
            errors[f"kind_{row}"] = say("is not a kind of PC")
    first = 0
    if not rooms:
        errors[f"name_{first}"] = say("is required")
    elif not errors and sum(room.count for room in rooms) > MAX_PC:
        errors[f"count_{first}"] = say("must be at most %(count)s PCs", count=MAX_PC)
    if errors:
        raise InvalidInput(errors)


def furnish(rooms: Sequence[RoomWish]) -> Furnished:
    """The first map, as narrow as a desk's page shows it whole: rooms beside each other while the
    row has place, seats close to each other in rows.
    """
    made: list[RoomPlan] = []
    places: list[PcPlace] = []
    is_large = sum(room.count for room in rooms) > _FEW_PCS
    left = top = _GAP_PIXELS
    row_height = 0
    for room in rooms:
        block = _block(room, _HALL_PIXELS - 2 * _GAP_PIXELS, is_large)
        if left > _GAP_PIXELS and left + block.width > _HALL_PIXELS - _GAP_PIXELS:
            beside = _block(room, _HALL_PIXELS - _GAP_PIXELS - left, is_large)
            if beside.width <= _HALL_PIXELS - _GAP_PIXELS - left and beside.height <= row_height:
                block = beside
            else:
                left, top, row_height = _GAP_PIXELS, top + row_height + _GAP_PIXELS, 0
        made.append(
            RoomPlan(
                name=room.name,
                frame_x=left,
                frame_y=top,
                frame_width=block.width,
                frame_height=block.height,
                allows_booking=True,
            )
        )
        places += [
            PcPlace(
                pc_name=name,
                room_name=room.name,
                box_top=_HEAD_PIXELS + index // block.columns * block.seat_height,
                box_left=_GAP_PIXELS + index % block.columns * block.seat_width,
            )
            for index, name in enumerate(room.pc_names)
        ]
        left += block.width + _GAP_PIXELS
        row_height = max(row_height, block.height)
    return Furnished(made, places)


class _Block(msgspec.Struct, frozen=True):
    """A room's seats in rows: how many beside each other, and the pixels from one to the next."""

    columns: int
    rows: int
    seat_width: int
    seat_height: int

    @property
    def width(self) -> int:
        return max(_GAP_PIXELS + self.columns * self.seat_width, _ROOM_PIXELS_MIN)

    @property
    def height(self) -> int:
        return _HEAD_PIXELS + self.rows * self.seat_height


def _block(room: RoomWish, width: int, is_large: bool) -> _Block:
    """The room as wide as it may be, in rows of one length, as far as its count allows."""
    seat_width, seat_height = (side + _GAP_PIXELS for side in seat_pixels(room.console_type))
    fitting = (width - _GAP_PIXELS) // seat_width
    columns = max(min(room.count, fitting, _COLUMNS_LARGE if is_large else _COLUMNS), 1)
    rows = -(-room.count // columns)
    return _Block(-(-room.count // rows), rows, seat_width, seat_height)


def _next_step(step: int) -> int:
    """1, 2, 5, 10, 20, 50, ..."""
    return step * 5 // 2 if str(step).startswith("2") else step * 2


def first_packages(price_micros: int) -> dict[str, OfferValues]:
    """Packages to begin with, by their key: cheaper than the hours they hold, rounded down as a
    price list is, to 1, 2 or 5 of a unit that is at most a fifth of an hour's price."""
    step = MICROS // 100
    while (larger := _next_step(step)) <= price_micros // 5:
        step = larger

    def offer(name: str, hours: int, percent: int, **more: object) -> OfferValues:
        exact = price_micros * hours * percent // 100
        return msgspec.convert(
            {"name": name, "price_micros": exact // step * step, "minutes": hours * 60, **more},
            OfferValues,
        )

    return {
        "five": offer("5 h", 5, 87, expires_after_days=30),
        "ten": offer(
            "10 h", 10, 75, expires_after_days=30, window=Window((1, 2, 3, 4, 5), 0, 17 * 60)
        ),
        "night": offer(
            "Night",
            8,
            50,
            expires_after_days=30,
            window=Window(from_minute=22 * 60, to_minute=6 * 60),
        ),
    }
