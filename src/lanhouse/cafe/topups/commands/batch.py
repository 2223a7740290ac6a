"""Many top-ups of one centre in one transaction (architecture section 2).

All of them lock the centre's till, so that on PostgreSQL they would wait for each other's commit
one by one.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any

from lanhouse.cafe.money.log import write_logs
from lanhouse.cafe.money.movements import Accounts, transfer_of
from lanhouse.cafe.topups.commands.moves import (
    INSERT,
    Move,
    check,
    gift,
    log_of,
    row_of,
    tell_moved,
)
from lanhouse.cafe.topups.errors import MemberNotFound
from lanhouse.cafe.topups.locks import accounts_of_many, lock_many
from lanhouse.cafe.topups.schemas import TopUp, TopUpDone
from lanhouse.db.statements import Row
from lanhouse.db.store import ALONE, Tx
from lanhouse.kit.errors import AppError
from lanhouse.ledger.batch import post_many
from lanhouse.ledger.posting import Posted


class TopUpMany:
    """The batched form of top_up: plain top-ups of one member each."""

    def key_of(self, cmd: TopUp) -> Hashable | None:
        """Top-ups of one centre share a batch; refunds, calls for several members and money for
        the time on a PC do not."""
        if cmd.is_refund or len(cmd.member_ids) != 1 or cmd.pc_name:
            return None
        return cmd.center.id

    def run(self, tx: Tx, cmds: Sequence[TopUp]) -> list[Any]:
        """TopUpDone or the refusal of each; ALONE where an account must be opened first."""
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
            move = gift(cmd, member)
            if not _has_accounts(move, known):
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
        transfer_of(
            tx,
            cmds[index].center,
            cmds[index].actor,
            move.kind,
            move.amounts,
            known=known,
            reverses_id=move.reverses_id,
        )
        for index, move in moves.items()
    ]
    done: dict[int, Posted] = {}
    for index, outcome in zip(moves, post_many(tx, wanted), strict=True):
        if isinstance(outcome, Posted):
            done[index] = outcome
        else:
            outcomes[index] = outcome
    rows, logs = [], []
    for index, posted in done.items():
        cmd = cmds[index]
        about = (cmd.center, cmd.actor, locked[cmd.member_ids[0]], moves[index], posted.transfer_id)
        rows.append(row_of(*about, tx.now))
        logs.append(log_of(*about))
    for index, order_id in zip(done, tx.insert_many(INSERT, rows), strict=True):
        outcomes[index] = TopUpDone([order_id])
    write_logs(tx, logs)
    for index in done:
        cmd = cmds[index]
        tell_moved(tx, cmd.center, cmd.actor, cmd.member_ids[0], moves[index])
    return outcomes


def _has_accounts(move: Move, known: Accounts) -> bool:
    return all(owner in known for owner, amount in move.amounts.items() if amount)
