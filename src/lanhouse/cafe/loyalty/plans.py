"""What a sale gives and what a refund takes back: decided once for guard and follower."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa

from lanhouse.cafe.centers.queries import center_by_id
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.facts import GivingBack
from lanhouse.cafe.loyalty.rules import Given, taken_back
from lanhouse.cafe.loyalty.tables import rewards
from lanhouse.cafe.money.kinds import POINT
from lanhouse.cafe.money.purses import spendable_micros
from lanhouse.db.statements import static
from lanhouse.db.store import Read
from lanhouse.kit import clock
from lanhouse.kit.errors import BalanceTooLow
from lanhouse.kit.money import format_fixed, paid_decimals
from lanhouse.kit.said import say
from lanhouse.ledger import balances, book_of_center

LOOK_BACK = 500
"""A refund looks among this many sales of the member, newest first."""

_r = rewards.c
_LEFT = static(
    sa.select(_r.id, _r.left_paid_micros, _r.left_point_micros, _r.left_bonus_micros)
    .where(
        _r.center_id == sa.bindparam("center"),
        _r.member_id == sa.bindparam("member"),
        _r.event == sa.bindparam("event"),
        _r.left_paid_micros > 0,
    )
    .order_by(_r.id.desc())
    .limit(LOOK_BACK)
)


class TakeBack(NamedTuple):
    """What goes back of rewards: from points, from the bonus, and for bonus that was spent from the
    balance."""

    parts: list[Given]
    from_point_micros: int
    from_bonus_micros: int
    from_balance_micros: int


def plan_take_back(
    read: Read,
    center: Center,
    member_id: int,
    event: str,
    back_micros: int,
    at: datetime,
    *,
    to_balance_micros: int = 0,
    to_bonus_micros: int = 0,
) -> TakeBack | None:
    """What a refund of `back_micros` takes back; None: nothing was given for it.

    `to_balance_micros` and `to_bonus_micros` come onto the account by the refund itself. Points
    fall to 0 at least. Raises BalanceTooLow where bonus was spent that the balance does not cover.
    """
    rows = read.all(_LEFT, center=center.id, member=member_id, event=event)
    parts = taken_back([Given(*row) for row in rows], back_micros, paid_decimals(center.currency))
    if not parts:
        return None
    bonus = sum(part.bonus_micros for part in parts)
    held = balances(read, book_of_center(center.id), "member", member_id)
    points = min(sum(part.point_micros for part in parts), held.get(("point", POINT), 0))
    left = spendable_micros(read, center, member_id, at)
    from_bonus = min(bonus, left.bonus_micros + to_bonus_micros)
    missing = bonus - from_bonus
    if missing > left.balance_micros + to_balance_micros:
        raise BalanceTooLow(
            say(
                "the bonus of %(bonus)s that this sale gave was spent, and the balance does not"
                " cover it",
                bonus=format_fixed(bonus),
            )
        )
    return TakeBack(parts, points, from_bonus, missing)


def refuse_spent_rewards(read: Read, question: GivingBack) -> None:
    """Guard of GivingBack: refuse a refund whose bonus is gone and not covered."""
    center = center_by_id(read, question.center_id)
    assert center is not None
    plan_take_back(
        *(read, center, question.member_id, question.event, question.back_micros, clock.now()),
        to_balance_micros=question.to_balance_micros,
        to_bonus_micros=question.to_bonus_micros,
    )
