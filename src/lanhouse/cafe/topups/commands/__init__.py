"""Writes: top-up, refund and loan (seed: Members, Topup and Add loan; cafe-domain 6)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import msgspec

from lanhouse.auth.actors import Actor
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.money.movements import Accounts, move_many
from lanhouse.cafe.own_limits.plans import must_let_top_up
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
from lanhouse.cafe.topups.plans import Move, plan_code, plan_gift, plan_loan, plan_top_up
from lanhouse.cafe.topups.rules import quoted_bonus
from lanhouse.cafe.topups.schemas import Loan, TopUp, TopUpDone
from lanhouse.db.statements import Row
from lanhouse.db.store import Tx
from lanhouse.kit.errors import InvalidInput
from lanhouse.kit.limits import COMMENT_CHARS_MAX


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
        if member.is_limited:
            must_let_top_up(tx, cmd.center, member.id, cmd.value_micros, tx.now)
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


class Paid(msgspec.Struct, frozen=True, kw_only=True):
    """Money that a gateway, or whoever looked at its account, says has come for a member."""

    center: Center
    actor: Actor
    member_id: int
    value_micros: int
    tender: str
    comment: str = ""
    promo_code: str = ""
    """The code that the payment was begun with."""
    code_at: datetime | None = None
    """The moment at which the code must not have been over; None = now."""


class Credited(NamedTuple):
    """The ledger's transfer, and why a promo code gave nothing ("": it gave its part, or none was
    named)."""

    transfer_id: int
    code_refused: str = ""


def credit_paid(tx: Tx, cmd: Paid) -> Credited:
    """Put money on an account that has come already, with what it earns as at the desk.

    No switch of the settings keeps it off, and no promo code that gives nothing any more: it is
    paid (decision 0175). Raises MemberNotFound, NeedsShift.
    """
    member, known = lock_for_top_up(tx, cmd.center, cmd.member_id, cmd.tender)
    plan = TopUp(
        center=cmd.center,
        actor=cmd.actor,
        member_ids=[cmd.member_id],
        value_micros=cmd.value_micros,
        bonus_micros=quoted_bonus(cmd.center, cmd.value_micros, tx.now),
        payment=cmd.tender,
        comment=cmd.comment,
        promo_code=cmd.promo_code,
    )
    promo, refused = None, ""
    if cmd.promo_code:
        lock_promo(tx, cmd.center.id, cmd.promo_code)
        try:
            promo = plan_code(tx, plan, member.id, cmd.code_at or tx.now)
        except InvalidInput as reason:
            refused = f"Promo code {cmd.promo_code}: {reason.fields['promo_code']}"
            comment = f"{cmd.comment}. {refused}"[:COMMENT_CHARS_MAX]
            plan = msgspec.structs.replace(plan, comment=comment)
    move = plan_gift(plan, member.id, member.group_id, tx.now, promo)
    movement = movement_of(move, cmd.center, cmd.actor, member)
    [moved] = move_many(tx, [movement], known)
    tx.scalar(INSERT.returning_id, **row_of(move, moved, tx.now))
    assert moved.transfer_id is not None
    if promo is not None:
        use_promo(tx, cmd.center, promo, member.id, moved.transfer_id)
    return Credited(moved.transfer_id, refused)


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
