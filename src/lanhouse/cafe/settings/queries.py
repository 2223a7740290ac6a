"""What settings look up in the tables of other nouns: whether a group exists, what a price is."""

from __future__ import annotations

import msgspec
import sqlalchemy as sa

from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.groups.tables import member_groups
from lanhouse.cafe.offers.tables import offers
from lanhouse.cafe.pricing.tables import prices
from lanhouse.db.statements import static
from lanhouse.db.store import Read

DEFAULT_HOURS = 500
"""Without a sum of its own a centre is asked above this many hours of the price "Default"."""

_GROUP = static(
    sa.select(member_groups.c.id).where(
        member_groups.c.center_id == sa.bindparam("center"),
        member_groups.c.id == sa.bindparam("group"),
    )
)
_GROUPS = static(
    sa.select(member_groups.c.id, member_groups.c.name)
    .where(member_groups.c.center_id == sa.bindparam("center"))
    .order_by(member_groups.c.name, member_groups.c.id)
)
_OFFERS = static(
    sa.select(offers.c.id, offers.c.name)
    .where(offers.c.center_id == sa.bindparam("center"))
    .order_by(offers.c.name, offers.c.id)
)
_DEFAULT_PRICE = static(
    sa.select(prices.c.price_per_hour_micros).where(
        prices.c.center_id == sa.bindparam("center"), prices.c.is_default
    )
)


def is_member_group(read: Read, center_id: int, group_id: int) -> bool:
    """Whether members of the centre can be in this group; 0 always exists."""
    return group_id == 0 or read.scalar(_GROUP, center=center_id, group=group_id) is not None


def member_group_names(read: Read, center_id: int) -> list[tuple[int, str]]:
    """The centre's own member groups, (id, name) by name."""
    return [(row.id, row.name) for row in read.all(_GROUPS, center=center_id)]


def offer_names(read: Read, center_id: int) -> list[tuple[int, str]]:
    """The centre's packages, (id, name) by name."""
    return [(row.id, row.name) for row in read.all(_OFFERS, center=center_id)]


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
