"""The top-ups of a member."""

from __future__ import annotations

import sqlalchemy as sa

from lanhouse.cafe.topups.tables import topups
from lanhouse.db.listing import Condition, Listing, Wanted, by
from lanhouse.db.statements import Row, static
from lanhouse.db.store import Read


class MemberOrders(Wanted, frozen=True, kw_only=True):
    """A member's top-ups, refunds and loans."""

    center_id: int
    member_id: int


def _conditions(wanted: MemberOrders) -> list[Condition]:
    return [topups.c.center_id == wanted.center_id, topups.c.member_id == wanted.member_id]


ORDER_LIST: Listing[MemberOrders] = Listing(
    topups.c.id, conditions=_conditions, usual=by(topups.c.id)
)

_NEWEST = static(
    sa.select(topups)
    .where(
        topups.c.center_id == sa.bindparam("center"),
        topups.c.member_id == sa.bindparam("member"),
    )
    .order_by(topups.c.id.desc())
    .limit(sa.bindparam("most"))
)
_GIVEN = static(
    sa.select(topups.c.bonus_micros, topups.c.coin_micros).where(
        topups.c.center_id == sa.bindparam("center"), topups.c.id == sa.bindparam("order")
    )
)


def newest_orders(read: Read, center_id: int, member_id: int, most: int) -> list[Row]:
    """The newest of ORDER_LIST, for a page that is looked at all the time."""
    return read.all(_NEWEST, center=center_id, member=member_id, most=most)


def given_by(read: Read, center_id: int, order_id: int) -> tuple[int, int]:
    """Bonus and coins that went with a top-up (its order number), in micros; taken back: below
    0."""
    row = read.one(_GIVEN, center=center_id, order=order_id)
    return (0, 0) if row is None else (row.bonus_micros, row.coin_micros)
