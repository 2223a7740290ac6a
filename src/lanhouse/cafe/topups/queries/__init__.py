"""Reads on top-ups: what one would earn, and the orders of a member."""

from __future__ import annotations

import msgspec
import sqlalchemy as sa

from lanhouse.cafe.members.queries import must_be_member
from lanhouse.cafe.topups.rules import quoted_bonus
from lanhouse.cafe.topups.schemas import Quote
from lanhouse.cafe.topups.tables import topups
from lanhouse.db.statements import Row, static
from lanhouse.db.store import Read
from lanhouse.kit import clock
from lanhouse.kit.limits import LOGS_PER_PAGE
from lanhouse.kit.pages import offset_of

_OF_MEMBER = (topups.c.center_id == sa.bindparam("center")) & (
    topups.c.member_id == sa.bindparam("member")
)
_COUNT = static(sa.select(sa.func.count()).where(_OF_MEMBER))
_PAGE = static(
    sa.select(topups)
    .where(_OF_MEMBER)
    .order_by(topups.c.id.desc())
    .limit(LOGS_PER_PAGE)
    .offset(sa.bindparam("rows_before"))
)


class MemberPage(msgspec.Struct, frozen=True):
    """One page of a member's list."""

    center_id: int
    member_id: int
    page: int = 1


class OrderPage(msgspec.Struct, frozen=True):
    """Rows of `topups`, newest first, and how many there are in all."""

    rows: list[Row]
    total: int


def bonus_quote(read: Read, quote: Quote) -> int:
    """The bonus in micros that the money would earn now. Raises MemberNotFound."""
    for member_id in quote.member_ids:
        must_be_member(read, quote.center.id, member_id)
    return quoted_bonus(quote.center, quote.value_micros, clock.now())


def orders_of_member(read: Read, wanted: MemberPage) -> OrderPage:
    """A member's top-ups, refunds and loans. Raises MemberNotFound."""
    must_be_member(read, wanted.center_id, wanted.member_id)
    of = {"center": wanted.center_id, "member": wanted.member_id}
    rows = read.all(_PAGE, rows_before=offset_of(wanted.page, LOGS_PER_PAGE), **of)
    return OrderPage(rows, read.scalar(_COUNT, **of))
