"""Points and cash-back for sales, booked after them and taken back with them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from lanhouse.auth.actors import Actor
from lanhouse.cafe.centers.queries import center_by_id
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.facts import Sold
from lanhouse.cafe.groups.queries import member_group_by_id
from lanhouse.cafe.loyalty.commands.referrals import note_spending
from lanhouse.cafe.loyalty.plans import plan_take_back
from lanhouse.cafe.loyalty.rules import SALE_EVENTS, reward_for
from lanhouse.cafe.loyalty.tables import rewards
from lanhouse.cafe.money.movements import Amounts, Movement, move
from lanhouse.cafe.money.schemas import Event
from lanhouse.cafe.money.tables import billing_logs
from lanhouse.db.statements import Row, static
from lanhouse.db.store import Tx
from lanhouse.kit.errors import BalanceTooLow
from lanhouse.kit.money import paid_decimals

_l = billing_logs.c
_HOUSE = Actor(kind="system")
# The newest rows of a member hold the sale that was just made.
_ROW = static(
    sa.select(billing_logs)
    .where(
        _l.center_id == sa.bindparam("center"),
        _l.member_id == sa.bindparam("member"),
        _l.transfer_id == sa.bindparam("transfer"),
    )
    .order_by(_l.id.desc())
    .limit(1)
)
_INSERT = static(sa.insert(rewards))
_TAKE = static(
    sa.update(rewards)
    .where(rewards.c.id == sa.bindparam("reward"))
    .values(
        left_paid_micros=rewards.c.left_paid_micros - sa.bindparam("paid"),
        left_point_micros=rewards.c.left_point_micros - sa.bindparam("point"),
        left_bonus_micros=rewards.c.left_bonus_micros - sa.bindparam("bonus"),
    )
)


def follow_sales(tx: Tx, facts: Sequence[Sold]) -> None:
    """Give what sales to members earn, and take back what refunds undo; follows Sold.

    The members are locked by who sold.
    """
    centers: dict[int, Center] = {}
    for fact in facts:
        if fact.center_id not in centers:
            found = center_by_id(tx, fact.center_id)
            assert found is not None
            centers[fact.center_id] = found
        row = tx.one(_ROW, center=fact.center_id, member=fact.member_id, transfer=fact.transfer_id)
        if row is None or row.member_group_id < 0 or row.event not in SALE_EVENTS:
            continue
        if paid_of(row) > 0:
            _give(tx, centers[fact.center_id], row)
        elif paid_of(row) < 0:
            _take_back(tx, centers[fact.center_id], row)


def paid_of(row: Any) -> int:
    """What a sale was paid in money, in micros: not in bonus and not on loan; negative for what
    goes back."""
    return row.cost_micros + row.bonus_micros + row.loan_micros


def _give(tx: Tx, center: Center, row: Row) -> None:
    group = member_group_by_id(tx, center.id, row.member_group_id)
    paid = paid_of(row)
    reward = reward_for(
        center.settings.loyalty,
        row.event,
        paid_micros=paid,
        came_in_micros=row.cash_micros + row.card_micros + row.qr_micros,
        cashback=group.cashback if group else 0,
        decimals=paid_decimals(center.currency),
    )
    if row.event == Event.CHECKOUT:
        note_spending(tx, center, row.member_id, paid)
    if not any(reward):
        return
    tx.run(
        _INSERT,
        center_id=center.id,
        member_id=row.member_id,
        at=tx.now,
        event=row.event,
        sale_transfer_id=row.transfer_id,
        paid_micros=paid,
        left_paid_micros=paid,
        point_micros=reward.point_micros,
        left_point_micros=reward.point_micros,
        bonus_micros=reward.bonus_micros,
        left_bonus_micros=reward.bonus_micros,
    )
    _book(tx, center, row, points=reward.point_micros, bonus=reward.bonus_micros)


def _take_back(tx: Tx, center: Center, row: Row) -> None:
    back = -paid_of(row)
    try:
        plan = plan_take_back(tx, center, row.member_id, row.event, back, tx.now)
    except BalanceTooLow:
        raise AssertionError("the guard of GivingBack has refused this") from None
    if plan is None:
        return
    for part in plan.parts:
        tx.run(
            _TAKE,
            reward=part.id,
            paid=part.paid_micros,
            point=part.point_micros,
            bonus=part.bonus_micros,
        )
    _book(
        *(tx, center, row),
        points=-plan.from_point_micros,
        bonus=-plan.from_bonus_micros,
        balance=-plan.from_balance_micros,
    )


def _book(tx: Tx, center: Center, row: Row, *, points: int, bonus: int, balance: int = 0) -> None:
    amounts: Amounts = {
        ("center", center.id, "bonus_given"): -bonus - balance,
        ("member", row.member_id, "bonus"): bonus,
        ("member", row.member_id, "balance"): balance,
        ("center", center.id, "point_issued"): -points,
        ("member", row.member_id, "point"): points,
    }
    if not any(amounts.values()):
        return
    move(
        tx,
        Movement(
            center=center,
            actor=_HOUSE,
            event=Event.REWARD,
            member_id=row.member_id,
            holder=(row.member_account, row.member_group_id),
            kind="reward",
            amounts=amounts,
            details="Cash-back and points" if points >= 0 and bonus >= 0 else "Taken back",
            shift_id=row.shift_id,
        ),
    )
