"""Many top-ups of one centre in one transaction (architecture section 2).

All of them lock the centre's till, so that on PostgreSQL they would wait for each other's commit
one by one.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any

from lanhouse.cafe.members.errors import MemberNotFound
from lanhouse.cafe.money.movements import Accounts, Moved, move_each
from lanhouse.cafe.topups.commands.moves import INSERT, check, movement_of, row_of
from lanhouse.cafe.topups.locks import accounts_of_many, lock_many
from lanhouse.cafe.topups.plans import Move, plan_gift
from lanhouse.cafe.topups.schemas import TopUp, TopUpDone
from lanhouse.db.statements import Row
from lanhouse.db.store import ALONE, Tx
from lanhouse.kit.errors import AppError


class TopUpMany:
    """The batched form of top_up: plain top-ups of one member each."""

    def key_of(self, cmd: TopUp) -> Hashable | None:
        """Top-ups of one centre and caller share a batch, because all of it is booked in one shift;
        refunds, calls for several members, promo codes and money for the time on a PC do not."""
        if cmd.is_refund or len(cmd.member_ids) != 1 or cmd.pc_name or cmd.promo_code:
            return None
        return cmd.center.id, cmd.actor.kind, cmd.actor.staff_id

    def run(self, tx: Tx, cmds: Sequence[TopUp]) -> list[Any]:
        """TopUpDone or the refusal of each; ALONE where an account must be opened
        first, or the member has a limit of his own."""
        outcomes: list[Any] = [_refusal(tx, cmd) for cmd in cmds]
        open_calls = [index for index, outcome in enumerate(outcomes) if outcome is None]
        if not open_calls:
            return outcomes
        center = cmds[0].center
        member_ids = sorted({cmds[index].member_ids[0] for index in open_calls})
        locked = lock_many(tx, center.id, member_ids)
        known = accounts_of_many(tx, center, member_ids)
        moves: dict[int, Move] = {}
        for index in open_calls:
            cmd = cmds[index]
            member = locked.get(cmd.member_ids[0])
            if member is None or member.deleted_at is not None:
                outcomes[index] = MemberNotFound()
                continue
            move = plan_gift(cmd, member.id, member.group_id, tx.now)
            if member.is_limited or not _has_accounts(move, known):
                outcomes[index] = ALONE
            else:
                moves[index] = move
        return _carry_out(tx, cmds, moves, locked, known, outcomes)


def _refusal(tx: Tx, cmd: TopUp) -> AppError | None:
    try:
        check(cmd, tx.now)
    except AppError as refused:
        return refused
    return None


def _carry_out(
    tx: Tx,
    cmds: Sequence[TopUp],
    moves: dict[int, Move],
    locked: dict[int, Row],
    known: Accounts,
    outcomes: list[Any],
) -> list[Any]:
    """Post, store and log the moves by index of their command; fills in the outcomes."""
    wanted = [
        movement_of(move, cmds[index].center, cmds[index].actor, locked[cmds[index].member_ids[0]])
        for index, move in moves.items()
    ]
    done: list[int] = []
    rows: list[dict[str, Any]] = []
    for index, moved in zip(moves, move_each(tx, wanted, known), strict=True):
        if not isinstance(moved, Moved):
            outcomes[index] = moved
            continue
        rows.append(row_of(moves[index], moved, tx.now))
        done.append(index)
    for index, order_id in zip(done, tx.insert_many(INSERT, rows), strict=True):
        outcomes[index] = TopUpDone([order_id])
    return outcomes


def _has_accounts(move: Move, known: Accounts) -> bool:
    return all(owner in known for owner, amount in move.amounts.items() if amount)
