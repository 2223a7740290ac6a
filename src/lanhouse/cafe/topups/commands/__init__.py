"""Writes: top-up, refund and loan (seed: Members, Topup and Add loan; cafe-domain 6)."""

from __future__ import annotations

from collections.abc import Sequence

from lanhouse.auth.actors import Actor
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.money.movements import Accounts, move_many
from lanhouse.cafe.promo.commands import lock_promo, use_promo
from lanhouse.cafe.topups.commands.batch import TopUpMany
from lanhouse.cafe.topups.commands.moves import (
    INSERT,
    check,
    movement_of,
    must_give_by_hand,
    row_of,
)
from lanhouse.cafe.topups.commands.paid_in import log_other, mark_undone, must_be_allowed
from lanhouse.cafe.topups.locks import lock_for_top_up
from lanhouse.cafe.topups.plans import Move, plan_loan, plan_top_up
from lanhouse.cafe.topups.schemas import Loan, TopUp, TopUpDone
from lanhouse.db.statements import Row
from lanhouse.db.store import Tx


def top_up(tx: Tx, cmd: TopUp) -> TopUpDone:
    """Put money, bonus and coins on accounts, or take them back: all of them or none.

    A refund goes back the way the money came, or by the tender that the call names (decision 0078).
    Raises InvalidInput by field, Forbidden, MemberNotFound, NotRefundable when a refund wants
    more than is left unplayed, and the ledger's refusals.
    """
    check(cmd, tx.now)
    # All members are locked before any money moves, by rising id (sessions.commands.base).
    locked = {
        member_id: lock_for_top_up(tx, cmd.center, member_id, cmd.till)
        for member_id in sorted(cmd.member_ids)
    }
    known = {owner: id_ for _, found in locked.values() for owner, id_ in found.items()}
    if cmd.promo_code:
        lock_promo(tx, cmd.center.id, cmd.promo_code)
    moves: list[tuple[Row, Move]] = []
    for member, _ in (locked[member_id] for member_id in cmd.member_ids):
        move = plan_top_up(tx, cmd, member.id, member.group_id, tx.now)
        if move.by_hand_micros:
            must_give_by_hand(cmd)
        must_be_allowed(cmd.actor, move.back, cmd.comment)
        mark_undone(tx, move.undone)
        moves.append((member, move))
    order_ids = _carry_out(tx, cmd.center, cmd.actor, moves, known, pc_name=cmd.pc_name)
    paid_back = [move.back.by_tender for _, move in moves] if cmd.is_refund else []
    return TopUpDone(order_ids, paid_back)


top_up.batch = TopUpMany()  # type: ignore[attr-defined]


def add_loan(tx: Tx, cmd: Loan) -> TopUpDone:
    """Add to a member's balance and to what he owes; a negative value repays from the balance.

    Raises InvalidInput by field, also above the setting loan_max_per_member, MemberNotFound,
    NotRefundable when the balance does not cover a repayment. Nothing but this repays a loan
    (decision 0073).
    """
    member, known = lock_for_top_up(tx, cmd.center, cmd.member_id, "")
    moves = [(member, plan_loan(tx, cmd, tx.now))]
    return TopUpDone(_carry_out(tx, cmd.center, cmd.actor, moves, known))


def _carry_out(
    tx: Tx,
    center: Center,
    actor: Actor,
    moves: Sequence[tuple[Row, Move]],
    known: Accounts,
    *,
    pc_name: str = "",
) -> list[int]:
    """Carry out moves of locked members and store them; answers the order numbers."""
    order_ids: list[int] = []
    movements = [movement_of(move, center, actor, member, pc_name) for member, move in moves]
    for (_, move), moved in zip(moves, move_many(tx, movements, known), strict=True):
        order_ids.append(tx.scalar(INSERT.returning_id, **row_of(move, moved, tx.now)))
        log_other(tx, moved.entry, move.back, move.comment)
        if move.promo is not None:
            assert moved.transfer_id is not None, "a top-up moves money"
            use_promo(tx, center, move.promo, moved.entry.member_id, moved.transfer_id)
    return order_ids
