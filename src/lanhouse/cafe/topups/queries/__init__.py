"""Reads on top-ups: what one would earn, and those of a member."""

from __future__ import annotations

from lanhouse.cafe.members.queries import must_be_member
from lanhouse.cafe.topups.rules import quoted_bonus
from lanhouse.cafe.topups.schemas import Quote
from lanhouse.cafe.topups.tables import topups
from lanhouse.db.listing import Condition, Listing, Wanted, by
from lanhouse.db.store import Read
from lanhouse.kit import clock


class MemberOrders(Wanted, frozen=True, kw_only=True):
    """A member's top-ups, refunds and loans."""

    center_id: int
    member_id: int


def _conditions(wanted: MemberOrders) -> list[Condition]:
    return [topups.c.center_id == wanted.center_id, topups.c.member_id == wanted.member_id]


ORDER_LIST: Listing[MemberOrders] = Listing(
    topups.c.id, conditions=_conditions, usual=by(topups.c.id)
)


def bonus_quote(read: Read, quote: Quote) -> int:
    """The bonus in micros that the money would earn now. Raises MemberNotFound."""
    for member_id in quote.member_ids:
        must_be_member(read, quote.center.id, member_id)
    return quoted_bonus(quote.center, quote.value_micros, clock.now())
