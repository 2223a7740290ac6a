"""What settings look up in the tables of other nouns: whether a group exists, what a price is."""

from __future__ import annotations

import msgspec
import sqlalchemy as sa

from lanhouse.cafe.centers.queries.pictures import ShownPicture, shown_pictures
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.groups.tables import member_groups, pc_groups
from lanhouse.cafe.offers.tables import offers
from lanhouse.cafe.pcs.tables import rooms
from lanhouse.cafe.pricing.tables import prices
from lanhouse.db.statements import Static, static
from lanhouse.db.store import Read

DEFAULT_HOURS = 500
"""Without a sum of its own a centre is asked above this many hours of the price "Default"."""


def _one_of(table: sa.Table) -> Static:
    """The row `one` of a `center`, if it has it."""
    mine = table.c.center_id == sa.bindparam("center")
    return static(sa.select(table.c.id).where(mine, table.c.id == sa.bindparam("one")))


def _all_of(table: sa.Table, order: str = "name") -> Static:
    """Number and name of all rows of a `center`."""
    mine = table.c.center_id == sa.bindparam("center")
    columns = sa.select(table.c.id, table.c.name)
    return static(columns.where(mine).order_by(table.c[order], table.c.id))


_GROUP = _one_of(member_groups)
_PC_GROUP = _one_of(pc_groups)
_OFFER = _one_of(offers)
_NAMES = (
    *(_all_of(member_groups), _all_of(pc_groups)),
    *(_all_of(rooms, "position"), _all_of(offers)),
)
_DEFAULT_PRICE = static(
    sa.select(prices.c.price_per_hour_micros).where(
        prices.c.center_id == sa.bindparam("center"), prices.c.is_default
    )
)


def is_member_group(read: Read, center_id: int, group_id: int) -> bool:
    """Whether members of the centre can be in this group; 0 always exists."""
    return group_id == 0 or read.scalar(_GROUP, center=center_id, one=group_id) is not None


def is_pc_group(read: Read, center_id: int, group_id: int) -> bool:
    """Whether PCs of the centre can be in this group; 0 always exists."""
    return group_id == 0 or read.scalar(_PC_GROUP, center=center_id, one=group_id) is not None


def is_offer(read: Read, center_id: int, offer_id: int) -> bool:
    """Whether the centre has this package; 0 stands for none."""
    return offer_id == 0 or read.scalar(_OFFER, center=center_id, one=offer_id) is not None


class Names(msgspec.Struct, frozen=True):
    """What the settings of a centre may name: (id as text, name) of its own groups, rooms
    and packages."""

    member_groups: list[tuple[str, str]]
    pc_groups: list[tuple[str, str]]
    rooms: list[tuple[str, str]]
    packages: list[tuple[str, str]]


def names_of_center(read: Read, center_id: int) -> Names:
    """Groups by name and rooms in their order; the groups 0, which always exist, are not told."""
    found = (read.all(each, center=center_id) for each in _NAMES)
    return Names(*([(str(row.id), row.name) for row in rows] for rows in found))


def default_above_micros(read: Read, center_id: int) -> int:
    """DEFAULT_HOURS of the price "Default" in micros; 0 while it has none."""
    return DEFAULT_HOURS * (read.scalar(_DEFAULT_PRICE, center=center_id) or 0)


def shown_center(read: Read, center: Center) -> Center:
    """The centre with the value that holds where a key is not set and follows something else."""
    payment = center.settings.payment
    if payment.desk_confirm_above_micros is not None:
        return center
    above = default_above_micros(read, center.id) or None
    payment = msgspec.structs.replace(payment, desk_confirm_above_micros=above)
    settings = msgspec.structs.replace(center.settings, payment=payment)
    return msgspec.structs.replace(center, settings=settings)


class Shown(msgspec.Struct, frozen=True):
    """The settings of a centre as its Admin reads them: shown_center(), and its pictures."""

    center: Center
    pictures: dict[str, ShownPicture]


def shown_settings(read: Read, center: Center) -> Shown:
    """The centre with what holds in place of what is not set, and the pictures that it shows."""
    return Shown(shown_center(read, center), shown_pictures(read, center.id))
