"""What a centre has of what it needs to open."""

from __future__ import annotations

import msgspec
import sqlalchemy as sa

from lanhouse.auth.tables import api_keys
from lanhouse.cafe.centers.queries import center_by_id
from lanhouse.cafe.centers.queries.pictures import LOGO, shown_key
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.groups.schemas import DEFAULT_GROUP
from lanhouse.cafe.groups.tables import member_groups, pc_groups
from lanhouse.cafe.members.tables import members
from lanhouse.cafe.offers.queries import offers_of_center
from lanhouse.cafe.offers.tables import offers
from lanhouse.cafe.pcs.queries import pc_rows, rooms_of
from lanhouse.cafe.pcs.tables import pcs, rooms
from lanhouse.cafe.pricing.queries import prices_of_center
from lanhouse.cafe.pricing.rules import Window
from lanhouse.cafe.pricing.schemas import Price
from lanhouse.cafe.products.queries import active_products
from lanhouse.cafe.products.schemas import PRINT_ID
from lanhouse.cafe.sessions.tables import pc_sessions as sessions
from lanhouse.cafe.shifts.tables import shifts
from lanhouse.cafe.staff.queries import staff_of_center
from lanhouse.db.statements import static
from lanhouse.db.store import Read
from lanhouse.kit.errors import Refused
from lanhouse.kit.money import currency_decimals
from lanhouse.kit.said import say
from lanhouse.ledger import book_of_center, has_moved

_REAL = (
    (say("There are rooms or PCs already."), (rooms, pcs)),
    (say("There are groups already."), (pc_groups, member_groups)),
    (say("There are packages already."), (offers,)),
    (say("There are members already."), (members,)),
    (say("A shift was opened already."), (shifts,)),
    (say("A session was started already."), (sessions,)),
    (say("There is an API key: a program may rely on what is there."), (api_keys,)),
)
"""What a centre has that somebody made: why, and the tables of it."""
_HAS = {
    table.name: static(
        sa.select(sa.literal(1)).where(table.c.center_id == sa.bindparam("center")).limit(1)
    )
    for _, tables in _REAL
    for table in tables
}


class Room(msgspec.Struct, frozen=True, kw_only=True):
    """A room whose time is priced as one; rooms that share a PC group of their own are one."""

    id: int
    name: str
    pc_names: list[str]
    pc_group_id: int
    own_price: Price | None
    """The price of its PC group at all times; None = "Default" holds."""
    price_micros: int | None
    """Of an hour now; None = there is none yet."""


class Task(msgspec.Struct, frozen=True):
    """Something that a new centre needs, and whether it is there."""

    name: str
    is_done: bool


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """How far a centre is."""

    pcs_count: int
    rooms: list[Room]
    has_price: bool
    offers_count: int
    people: list[str]
    """Accounts of those who may sign in."""
    has_logo: bool
    has_session: bool

    @property
    def step(self) -> int:
        """The first of the four steps that is not done; 0 = all are."""
        if not self.pcs_count:
            return 1
        if not self.has_price:
            return 3
        return 4 if len(self.people) < 2 and not self.has_session else 0

    @property
    def tasks(self) -> list[Task]:
        """What stands on the list of the page of the computers; a line is done when it is true."""
        return [
            Task("rooms", self.pcs_count > 0),
            Task("prices", self.has_price),
            Task("packages", self.offers_count > 0),
            Task("people", len(self.people) > 1),
            Task("logo", self.has_logo),
            Task("session", self.has_session),
        ]

    @property
    def is_done(self) -> bool:
        """Whether nothing is left on that list."""
        return all(task.is_done for task in self.tasks)

    @property
    def from_micros(self) -> int | None:
        """What an hour costs at least."""
        return min(
            (one.price_micros for one in self.rooms if one.price_micros is not None), default=None
        )


def check_may_be_demo(read: Read, center_id: int) -> None:
    """Raise Refused with the reason when a centre cannot be filled as a demo hall: there is
    something in it that somebody made, or its currency has no cents (decision 0137)."""
    center = center_by_id(read, center_id)
    assert center is not None
    reason = _why_no_demo(read, center)
    if reason:
        raise Refused(say("%(reason)s It cannot become a demo hall.", reason=reason))


def _why_no_demo(read: Read, center: Center) -> str:
    for reason, tables in _REAL:
        if any(read.scalar(_HAS[table.name], center=center.id) for table in tables):
            return reason
    if any(product.id != PRINT_ID for product in active_products(read, center.id)):
        return say("There are goods already.")
    if has_moved(read, book_of_center(center.id)):
        return say("Money has moved already.")
    if currency_decimals(center.currency) < 2:
        return say(
            "The prices of the demo have cents, and %(code)s has none.", code=center.currency
        )
    return ""


def progress_of(read: Read, center: Center) -> Progress:
    """What there is, and what is still to do."""
    rooms = rooms_with_prices(read, center)
    return Progress(
        pcs_count=len(pc_rows(read, center.id)),
        rooms=rooms,
        has_price=any(price.rule for price in prices_of_center(read, center.id)),
        offers_count=len(offers_of_center(read, center.id)),
        people=[one.account for one in staff_of_center(read, center.id) if one.is_active],
        has_logo=shown_key(read, (center.id, LOGO)) is not None,
        has_session=read.scalar(_HAS[sessions.name], center=center.id) is not None,
    )


def rooms_with_prices(read: Read, center: Center) -> list[Room]:
    """The rooms that have PCs, in their order, with what an hour costs there at all times.

    A room whose PCs are of several groups is left out: its prices are not one.
    """
    prices = prices_of_center(read, center.id)
    default = next(price for price in prices if price.is_default)
    own = {
        price.pc_group_id: price
        for price in prices
        if price.pc_group_id and price.member_group_id is None and price.window == Window()
    }
    pcs = pc_rows(read, center.id)
    found: dict[int, Room] = {}
    for room in rooms_of(read, center.id):
        inside = [pc for pc in pcs if pc.room_id == room.id]
        groups = {pc.pc_group_id for pc in inside}
        if len(groups) != 1:
            continue
        group_id = groups.pop()
        key = -room.id if group_id == DEFAULT_GROUP else group_id
        names = [pc.name for pc in inside]
        if key in found:
            first = found[key]
            joined = msgspec.structs.replace(
                first, name=f"{first.name}, {room.name}", pc_names=first.pc_names + names
            )
            found[key] = joined
            continue
        price = own.get(group_id)
        found[key] = Room(
            id=room.id,
            name=room.name,
            pc_names=names,
            pc_group_id=group_id,
            own_price=price,
            price_micros=(price or default).price_per_hour_micros,
        )
    return list(found.values())
