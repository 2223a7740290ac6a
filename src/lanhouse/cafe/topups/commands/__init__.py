"""Writes: top-up, refund and loan (seed: Members, Topup and Add loan; cafe-domain 6)."""

from __future__ import annotations

from collections.abc import Sequence

from lanhouse.auth.actors import Actor
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.money.movements import Accounts, move_many
from lanhouse.cafe.money.purses import owed_micros, spendable_micros
from lanhouse.cafe.topups.commands.batch import TopUpMany
from lanhouse.cafe.topups.commands.moves import (
    INSERT,
    Move,
    check,
    gift,
    loan,
    row_of,
)
from lanhouse.cafe.topups.commands.paid_in import log_other, mark_undone, must_be_allowed
from lanhouse.cafe.topups.errors import NotRefundable
from lanhouse.cafe.topups.locks import lock_for_top_up
from lanhouse.cafe.topups.queries.paid_in import refund_way_back
from lanhouse.cafe.topups.schemas import MIXED, Kind, Loan, TopUp, TopUpDone
from lanhouse.db.statements import Row
from lanhouse.db.store import Tx
from lanhouse.kit.errors import InvalidInput
from lanhouse.kit.money import format_fixed
from lanhouse.kit.said import say
from lanhouse.ledger import balances, book_of_center


def top_up(tx: Tx, cmd: TopUp) -> TopUpDone:
    """Put money, bonus and coins on accounts, or take them back: all of them or none.

    A refund goes back the way the money came, or by the tender that the call names (decision 0078).
    Raises InvalidInput by wire field, Forbidden, MemberNotFound, NotRefundable when a refund wants
    more than is left unplayed, and the ledger's refusals.
    """
    check(cmd, tx.now)
    # All members are locked before any money moves, by rising id (sessions.commands.base).
    locked = {
        member_id: lock_for_top_up(tx, cmd.center, member_id, cmd.till)
        for member_id in sorted(cmd.member_ids)
    }
    known = {owner: id_ for _, found in locked.values() for owner, id_ in found.items()}
    moves = [
        (member, _refund(tx, cmd, member) if cmd.is_refund else gift(cmd, member))
        for member, _ in (locked[member_id] for member_id in cmd.member_ids)
    ]
    order_ids = _carry_out(tx, cmd.center, cmd.actor, moves, known, pc_name=cmd.pc_name)
    paid_back = [move.back.by_tender for _, move in moves] if cmd.is_refund else []
    return TopUpDone(order_ids, paid_back)


top_up.batch = TopUpMany()  # type: ignore[attr-defined]


def add_loan(tx: Tx, cmd: Loan) -> TopUpDone:
    """Add to a member's balance and to what he owes; a negative value repays from the balance.

    Raises InvalidInput by wire field, also above the setting loan_max_per_member, MemberNotFound,
    NotRefundable when the balance does not cover a repayment. Nothing but this repays a loan
    (decision 0073).
    """
    if not cmd.value_micros:
        raise InvalidInput({"loan_value": say("must not be 0")})
    member, known = lock_for_top_up(tx, cmd.center, cmd.member_id, "")
    owed = owed_micros(tx, cmd.center, member.id)
    most = cmd.center.settings.payment.loan_max_per_member_micros
    if cmd.value_micros > 0 and most and owed + cmd.value_micros > most:
        reason = f"would make the loan {format_fixed(owed + cmd.value_micros)}"
        raise InvalidInput(
            {
                "loan_value": say(
                    "%(reason)s; %(most)s is allowed", reason=reason, most=format_fixed(most)
                )
            }
        )
    if cmd.value_micros < 0:
        if -cmd.value_micros > owed:
            raise InvalidInput(
                {"loan_value": say("is more than the loan of %(owed)s", owed=format_fixed(owed))}
            )
        _must_be_left(tx, cmd.center, member.id, -cmd.value_micros)
    return TopUpDone(_carry_out(tx, cmd.center, cmd.actor, [(member, loan(cmd))], known))


def _held(tx: Tx, center: Center, member_id: int, kind: str, currency: str) -> int:
    held = balances(tx, book_of_center(center.id), "member", member_id)
    return held.get((kind, currency), 0)


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
    movements = [move.movement(center, actor, member, pc_name) for member, move in moves]
    for (_, move), moved in zip(moves, move_many(tx, movements, known), strict=True):
        order_ids.append(tx.scalar(INSERT.returning_id, **row_of(move, moved, tx.now)))
        log_other(tx, moved.entry, move.back, move.comment)
    return order_ids


def _must_be_left(tx: Tx, center: Center, member_id: int, balance_micros: int) -> None:
    left = spendable_micros(tx, center, member_id, tx.now).balance_micros
    if balance_micros > left:
        raise NotRefundable(say("not enough balance: %(left)s is left", left=format_fixed(left)))


def _refund(tx: Tx, cmd: TopUp, member: Row) -> Move:
    """What a refund takes from a member, and what it pays out; marks the top-ups it undoes.

    The bonus that belongs to the money goes back with it; what of it has been spent is taken from
    the balance. Money that a running session has used is not there any more.
    """
    center_id, value = cmd.center.id, -cmd.value_micros
    back, undone = refund_way_back(tx, center_id, member.id, value, cmd.payment)
    must_be_allowed(cmd.actor, back, cmd.comment)
    bonus = -cmd.bonus_micros or sum(each.bonus_micros for each in undone)
    left = spendable_micros(tx, cmd.center, member.id, tx.now)
    from_bonus = min(bonus, left.bonus_micros)
    from_balance = value + bonus - from_bonus
    if from_balance > left.balance_micros:
        raise NotRefundable(
            say(
                "not enough balance: %(balance)s is left, %(from_balance)s would be taken",
                balance=format_fixed(left.balance_micros),
                from_balance=format_fixed(from_balance),
            )
        )
    # Loaned money is the house's own: the balance that covers the loan is not handed out.
    owed = owed_micros(tx, cmd.center, member.id)
    if value and from_balance > left.balance_micros - owed and owed > 0:
        cmd.actor.require("members.pay_out_loan")
    from_points = min(
        sum(each.point_micros for each in undone),
        _held(tx, cmd.center, member.id, "point", "POINT"),
    )
    mark_undone(tx, undone)
    is_whole = len(undone) == 1 and undone[0].value_micros == value
    return Move(
        kind=Kind.REFUND,
        payment=_tender_of(back.by_tender, cmd.till),
        value_micros=-value,
        bonus_micros=-bonus,
        coin_micros=cmd.coin_micros,
        point_micros=-from_points,
        comment=cmd.comment,
        back=back,
        reverses_id=undone[0].transfer_id if is_whole else None,
        amounts={
            **{("center", center_id, tender): micros for tender, micros in back.by_tender.items()},
            ("member", member.id, "balance"): -from_balance,
            ("center", center_id, "bonus_given"): bonus,
            ("member", member.id, "bonus"): -from_bonus,
            ("center", center_id, "coin_issued"): -cmd.coin_micros,
            ("member", member.id, "coin"): cmd.coin_micros,
            ("center", center_id, "point_issued"): from_points,
            ("member", member.id, "point"): -from_points,
        },
    )


def _tender_of(paid_back: dict[str, int], otherwise: str) -> str:
    """The order's payment: the one tender, or MIXED."""
    if len(paid_back) > 1:
        return MIXED
    return next(iter(paid_back), otherwise)
