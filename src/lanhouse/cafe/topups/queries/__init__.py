"""The top-ups of a member."""

from __future__ import annotations

from lanhouse.cafe.topups.tables import topups
from lanhouse.db.listing import Condition, Listing, Wanted, by


class MemberOrders(Wanted, frozen=True, kw_only=True):
    """A member's top-ups, refunds and loans."""

    center_id: int
    member_id: int


def _conditions(wanted: MemberOrders) -> list[Condition]:
    return [topups.c.center_id == wanted.center_id, topups.c.member_id == wanted.member_id]


ORDER_LIST: Listing[MemberOrders] = Listing(
    topups.c.id, conditions=_conditions, usual=by(topups.c.id)
)
