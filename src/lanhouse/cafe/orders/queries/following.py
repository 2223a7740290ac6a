"""What orders have to say to the nouns below them: guards and the claim on a balance."""

from __future__ import annotations

import sqlalchemy as sa

from lanhouse.cafe.centers.queries import center_by_id
from lanhouse.cafe.facts import ClosingShift, DeletingMembers, Spending
from lanhouse.cafe.money.queries import int_sum
from lanhouse.cafe.orders.queries import count_open
from lanhouse.cafe.orders.schemas import LATER, Status
from lanhouse.cafe.orders.tables import orders
from lanhouse.db.statements import among, static
from lanhouse.db.store import Read
from lanhouse.kit.errors import Refused
from lanhouse.kit.said import say

_IS_OWED = orders.c.paid_at.is_(None) & (
    orders.c.status != sa.literal_column(f"'{Status.CANCELLED.value}'")
)
_MINE = orders.c.center_id == sa.bindparam("center")
_OWED = static(
    sa.select(int_sum(orders.c.total_micros)).where(
        _MINE,
        orders.c.member_id == sa.bindparam("member"),
        _IS_OWED,
        orders.c.payment == sa.literal_column(f"'{LATER}'"),
    )
)
_OWING = static(
    sa.select(orders.c.member_account)
    .where(_MINE, among(orders.c.member_id, "members"), _IS_OWED)
    .distinct()
    .order_by(orders.c.member_account)
)


def owed_micros(read: Read, question: Spending) -> int:
    """Claim: what a member has on his tab cannot be paid out or spent on anything else.

    What he pays in cash when it is served is none of his balance's.
    """
    return read.scalar(_OWED, center=question.center_id, member=question.member_id) or 0


def refuse_owing_members(read: Read, question: DeletingMembers) -> None:
    """Guard: nobody who owes an order is deleted."""
    rows = read.all(_OWING, center=question.center_id, members=sorted(question.member_ids))
    if rows:
        names = ", ".join(row.member_account for row in rows)
        raise Refused(
            say("A member who still has to pay cannot be deleted: %(names)s", names=names)
        )


def refuse_open_orders(read: Read, question: ClosingShift) -> None:
    """Guard: with the setting clear_orders_before_shift_end no shift ends before its orders."""
    center = center_by_id(read, question.center_id)
    if center is None or not center.settings.shop.clear_orders_before_shift_end:
        return
    count = count_open(read, question.center_id)
    if count:
        raise Refused(say("Orders that still have to be brought: %(count)s", count=count))
