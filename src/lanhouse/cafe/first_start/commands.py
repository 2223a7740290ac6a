"""The writes of the four steps, by the commands of the nouns whose things they make."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from lanhouse.cafe.centers.commands import CurrencyChoice, choose_currency
from lanhouse.cafe.centers.locks import lock_center
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.first_start.queries import Room, rooms_with_prices
from lanhouse.cafe.first_start.rules import RoomWish, check_rooms, furnish
from lanhouse.cafe.groups.commands import GroupChange, PcGroupValues, create_pc_group
from lanhouse.cafe.groups.schemas import DEFAULT_GROUP
from lanhouse.cafe.offers.commands import OfferChange, create_offer
from lanhouse.cafe.offers.schemas import OfferValues
from lanhouse.cafe.pcs.commands import NewPcs, PcChange, add_pcs, change_pcs
from lanhouse.cafe.pcs.commands.layout import Layout, save_layout
from lanhouse.cafe.pcs.queries import rooms_of
from lanhouse.cafe.pricing.commands import PriceChange, PriceValues, change_price, create_price
from lanhouse.cafe.pricing.queries import default_price
from lanhouse.cafe.settings.commands import SettingsInput, save_settings
from lanhouse.db.store import Tx
from lanhouse.kit.errors import InvalidInput, Refused
from lanhouse.kit.said import say


class AboutCenter(msgspec.Struct, frozen=True, kw_only=True):
    """Step 1: name, ISO currency, IANA zone."""

    center: Center
    name: str
    currency: str
    zone: str


class Furnishing(msgspec.Struct, frozen=True):
    """Step 2: the rooms and their PCs."""

    center: Center
    rooms: list[RoomWish]


class FirstPrices(msgspec.Struct, frozen=True, kw_only=True):
    """Step 3: what an hour costs in each room (micros by room id), and packages to sell."""

    center: Center
    by_room: Mapping[int, int]
    packages: Sequence[OfferValues] = ()


def name_center(tx: Tx, about: AboutCenter) -> None:
    """Name, currency and time zone. Raises InvalidInput by `name`, `currency` and `zone`."""
    values = {"center": {"cafe_name": about.name, "timezone": about.zone}}
    choose_currency(tx, CurrencyChoice(about.center.id, about.currency))
    try:
        save_settings(tx, SettingsInput(center=about.center, values=values))
    except InvalidInput as wrong:
        fields = {"cafe_name": "name", "timezone": "zone"}
        raise InvalidInput({fields[name]: why for name, why in wrong.fields.items()}) from None


def make_rooms(tx: Tx, furnishing: Furnishing) -> int:
    """Rooms, PCs and their first map, all or nothing; answers how many PCs there are.

    Raises InvalidInput by row, and Refused where the hall has rooms already: the map is not drawn
    over.
    """
    center = furnishing.center
    check_rooms(furnishing.rooms)
    lock_center(tx, center.id)
    if rooms_of(tx, center.id):
        raise Refused(say("The rooms are made already; change them under Settings, PCs."))
    made = furnish(furnishing.rooms)
    for room in furnishing.rooms:
        add_pcs(tx, NewPcs(center=center, names=room.pc_names, console_type=room.console_type))
    save_layout(tx, Layout(center, made.rooms, made.places))
    return len(made.places)


def set_first_prices(tx: Tx, wanted: FirstPrices) -> None:
    """The first room's price is that of the rule "Default"; a room with another one gets a PC group
    and a price of its own, both with its name. Said again, the same rules get the new prices.

    Raises InvalidInput by `price_<room id>`, and what the nouns refuse.
    """
    center = wanted.center
    lock_center(tx, center.id)
    rooms = rooms_with_prices(tx, center)
    if not rooms:
        raise Refused(say("There is no room yet."))
    missing = [room.id for room in rooms if room.id not in wanted.by_room]
    if missing:
        raise InvalidInput({f"price_{room_id}": say("is required") for room_id in missing})
    first = wanted.by_room[rooms[0].id]
    default = default_price(tx, center.id)
    values = PriceValues(name=default.name, price_per_hour_micros=first)
    change_price(tx, PriceChange(center, default.price_id, values))
    for room in rooms:
        _price_room(tx, center, room, wanted.by_room[room.id], first)
    for package in wanted.packages:
        create_offer(tx, OfferChange(center, None, package))


def _price_room(tx: Tx, center: Center, room: Room, micros: int, default_micros: int) -> None:
    if room.own_price is not None:
        values = PriceValues(
            name=room.own_price.name, price_per_hour_micros=micros, pc_group_id=room.pc_group_id
        )
        change_price(tx, PriceChange(center, room.own_price.price_id, values))
        return
    if micros == default_micros:
        return
    group_id = room.pc_group_id
    if group_id == DEFAULT_GROUP:
        group_id = create_pc_group(tx, GroupChange(center, None, PcGroupValues(room.name))).id
        change_pcs(tx, PcChange(center=center, names=room.pc_names, pc_group_id=group_id))
    values = PriceValues(name=room.name, price_per_hour_micros=micros, pc_group_id=group_id)
    create_price(tx, PriceChange(center, None, values))
