"""Writes: top-up, refund and loan (seed: Members, Topup and Add loan; cafe-domain 6)."""

from __future__ import annotations

import sqlalchemy as sa

from lanhouse.auth.actors import Actor
from lanhouse.cafe.billing_logs.commands import write_log
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.members.ranks import follow_points
from lanhouse.cafe.sessions.commands import refresh_expiry
from lanhouse.cafe.sessions.queries import spendable_micros
from lanhouse.cafe.topups.batch import TopUpMany
from lanhouse.cafe.topups.errors import NotRefundable
from lanhouse.cafe.topups.locks import lock_for_top_up
from lanhouse.cafe.topups.moves import (
    INSERT,
    Accounts,
    Move,
    check,
    gift,
    loan,
    log_of,
    row_of,
    transfer_of,
)
from lanhouse.cafe.topups.rules import Refundable, Undone, undo
from lanhouse.cafe.topups.schemas import Kind, Loan, TopUp, TopUpDone
from lanhouse.cafe.topups.tables import topups
from lanhouse.db.statements import Row, static
from lanhouse.db.store import Tx
from lanhouse.kit.errors import InvalidInput
from lanhouse.kit.money import format_fixed
from lanhouse.ledger import balances, book_of_center, post

# A refund looks for what it undoes among this many top-ups of the member, newest first.
_LOOK_BACK = 500

_UNDO = static(
    sa.update(topups)
    .where(topups.c.id == sa.bindparam("topup"))
    .values(
        refundable_micros=topups.c.refundable_micros - sa.bindparam("value"),
        refundable_bonus_micros=topups.c.refundable_bonus_micros - sa.bindparam("bonus"),
    )
)
_REFUNDABLE = static(
    sa.select(topups)
    .where(
        topups.c.center_id == sa.bindparam("center"),
        topups.c.member_id == sa.bindparam("member"),
        topups.c.refundable_micros > 0,
    )
    .order_by(topups.c.id.desc())
    .limit(_LOOK_BACK)
)


def top_up(tx: Tx, cmd: TopUp) -> TopUpDone:
    """Put money, bonus and coins on accounts, or take them back: all of them or none.

    Raises InvalidInput by wire field, Forbidden, MemberNotFound, NotRefundable when a refund wants
    more than is left unplayed, and the ledger's refusals.
    """
    check(cmd, tx.now)
    # All members are locked before any money moves, by rising id (sessions.commands.base).
    locked = {
        member_id: lock_for_top_up(tx, cmd.center, member_id, cmd.payment)
        for member_id in sorted(cmd.member_ids)
    }
    order_ids: list[int] = []
    for member_id in cmd.member_ids:
        member, known = locked[member_id]
        move = _refund(tx, cmd, member) if cmd.is_refund else gift(cmd, member)
        order_ids.append(_carry_out(tx, cmd.center, cmd.actor, member, move, known))
    return TopUpDone(order_ids)


top_up.batch = TopUpMany()  # type: ignore[attr-defined]


def add_loan(tx: Tx, cmd: Loan) -> TopUpDone:
    """Add to a member's balance and to what he owes; a negative value repays from the balance.

    Raises InvalidInput by wire field, MemberNotFound, NotRefundable when the balance does not
    cover a repayment. Nothing but this repays a loan (decision 0073).
    """
    if not cmd.value_micros:
        raise InvalidInput({"loan_value": "must not be 0"})
    member, known = lock_for_top_up(tx, cmd.center, cmd.member_id, "")
    if cmd.value_micros < 0:
        owed = -_held(tx, cmd.center, member.id, "loan", cmd.center.currency)
        if -cmd.value_micros > owed:
            raise InvalidInput({"loan_value": f"is more than the loan of {format_fixed(owed)}"})
        _must_be_left(tx, cmd.center, member.id, -cmd.value_micros)
    order_id = _carry_out(tx, cmd.center, cmd.actor, member, loan(cmd), known)
    return TopUpDone([order_id])


def _held(tx: Tx, center: Center, member_id: int, kind: str, currency: str) -> int:
    held = balances(tx, book_of_center(center.id), "member", member_id)
    return held.get((kind, currency), 0)


def _carry_out(
    tx: Tx, center: Center, actor: Actor, member: Row, move: Move, known: Accounts
) -> int:
    """Post a move, store and log it, and let a running session know; answers the order number."""
    posted = post(tx, transfer_of(tx, center, actor, move, known))
    order_id = tx.scalar(
        INSERT.returning_id, **row_of(center, actor, member, move, posted.transfer_id, tx.now)
    )
    write_log(tx, log_of(center, actor, member, move, posted.transfer_id))
    refresh_expiry(tx, center, member.id)
    if move.point_micros:
        follow_points(tx, center, actor, member.id)
    return order_id


def _must_be_left(tx: Tx, center: Center, member_id: int, balance_micros: int) -> None:
    left = spendable_micros(tx, center, member_id, tx.now).balance_micros
    if balance_micros > left:
        raise NotRefundable(f"not enough balance: {format_fixed(left)} is left")


def _refund(tx: Tx, cmd: TopUp, member: Row) -> Move:
    """What a refund takes from a member, and what it pays out; marks the top-ups it undoes.

    The bonus that belongs to the money goes back with it; what of it has been spent is taken from
    the balance. Money that a running session has used is not there any more.
    """
    center_id, value = cmd.center.id, -cmd.value_micros
    undone, reverses_id = _undone(tx, center_id, member.id, value)
    bonus = -cmd.bonus_micros or sum(each.bonus_micros for each in undone)
    left = spendable_micros(tx, cmd.center, member.id, tx.now)
    from_bonus = min(bonus, left.bonus_micros)
    from_balance = value + bonus - from_bonus
    if from_balance > left.balance_micros:
        raise NotRefundable(
            f"not enough balance: {format_fixed(left.balance_micros)} is left,"
            f" {format_fixed(from_balance)} would be taken"
        )
    from_points = min(
        sum(each.point_micros for each in undone),
        _held(tx, cmd.center, member.id, "point", "POINT"),
    )
    return Move(
        kind=Kind.REFUND,
        payment=cmd.payment,
        value_micros=-value,
        bonus_micros=-bonus,
        coin_micros=cmd.coin_micros,
        point_micros=-from_points,
        comment=cmd.comment,
        reverses_id=reverses_id,
        amounts={
            ("center", center_id, cmd.payment): value,
            ("member", member.id, "balance"): -from_balance,
            ("center", center_id, "bonus_given"): bonus,
            ("member", member.id, "bonus"): -from_bonus,
            ("center", center_id, "coin_issued"): -cmd.coin_micros,
            ("member", member.id, "coin"): cmd.coin_micros,
            ("center", center_id, "point_issued"): from_points,
            ("member", member.id, "point"): -from_points,
        },
    )


def _undone(tx: Tx, center_id: int, member_id: int, value: int) -> tuple[list[Undone], int | None]:
    """Mark what a refund of `value` undoes; with the transfer it reverses, if it is just one."""
    if not value:
        return [], None
    rows = tx.all(_REFUNDABLE, center=center_id, member=member_id)
    open_topups = [
        Refundable(row.id, row.refundable_micros, row.refundable_bonus_micros, row.point_micros > 0)
        for row in rows
    ]
    undone = undo(open_topups, value)
    for each in undone:
        tx.run(_UNDO, topup=each.topup_id, value=each.value_micros, bonus=each.bonus_micros)
    if len(undone) != 1 or undone[0].value_micros != value:
        return undone, None
    return undone, next(row.transfer_id for row in rows if row.id == undone[0].topup_id)
