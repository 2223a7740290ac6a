"""Forgetting a member: his money settled first, then his row emptied, then every copy of his name
(decision 0161)."""

from __future__ import annotations

import msgspec

from lanhouse.auth.actors import Actor
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.groups.schemas import DEFAULT_GROUP
from lanhouse.cafe.members.commands.changing import MembersNamed, delete_locked, lock_members
from lanhouse.cafe.members.queries import Purse, purse_of
from lanhouse.cafe.money.movements import Movement, move
from lanhouse.cafe.money.schemas import Event
from lanhouse.db.statements import Row
from lanhouse.db.store import Tx
from lanhouse.kit.errors import InvalidInput
from lanhouse.kit.money import format_fixed
from lanhouse.kit.said import say


class Forget(msgspec.Struct, frozen=True, kw_only=True):
    """A member to forget. `forfeits`: what is left on the account goes to the house, which whoever
    asks has said in so many words; otherwise the account must be empty."""

    center: Center
    actor: Actor
    member_id: int
    forfeits: bool = False


def note_export(tx: Tx, member_id: int) -> None:
    """Write to the audit log that what is known of a member was handed out."""
    tx.audit("member_data", member_id)


def forget_member(tx: Tx, cmd: Forget) -> None:
    """Settle the money of an account and delete it as delete_members() does.

    The ledger, the amounts of the log, orders and sessions stay, under the member's number. Raises
    MemberNotFound, InvalidInput by `forfeits` while there is money on the account, and what forbids
    deleting: a running session, a loan, an order or a booking that is open.
    """
    (row,) = lock_members(tx, cmd.center.id, [cmd.member_id])
    purse = purse_of(tx, cmd.center, row.id)
    if _has_money(purse) and not cmd.forfeits:
        reason = say(
            "must be agreed to: %(money)s and %(bonus)s bonus are still on the account; pay them"
            " out first",
            money=format_fixed(purse.balance_micros),
            bonus=format_fixed(purse.bonus_micros),
        )
        raise InvalidInput({"forfeits": reason})
    named = MembersNamed(center=cmd.center, actor=cmd.actor, member_ids=[row.id])
    delete_locked(tx, named, [row])
    if cmd.forfeits:
        # Last, because members are locked before accounts.
        _forfeit(tx, cmd, row, purse)
    tx.audit("member", row.id)


def _has_money(purse: Purse) -> bool:
    return purse.balance_micros > 0 or purse.bonus_micros > 0


def _forfeit(tx: Tx, cmd: Forget, row: Row, purse: Purse) -> None:
    """Book what is left to the house: no sale, and no cash moves."""
    held = {
        "balance": (purse.balance_micros, "forfeited"),
        "bonus": (purse.bonus_micros, "bonus_given"),
        "coin": (purse.coin_micros, "coin_issued"),
        "point": (purse.point_micros, "point_issued"),
    }
    amounts: dict[tuple[str, int, str], int] = {}
    for kind, (micros, against) in held.items():
        if micros > 0:
            amounts["member", row.id, kind] = -micros
            amounts["center", cmd.center.id, against] = micros
    if not amounts or (row.group_id < DEFAULT_GROUP and not _has_money(purse)):
        return
    movement = Movement(
        center=cmd.center,
        actor=cmd.actor,
        event=Event.MEMBER,
        member_id=row.id,
        holder=(row.account, row.group_id),
        kind="forfeit",
        amounts=amounts,
        details="Forfeited with the account",
    )
    move(tx, movement)
