"""Writing off what a guest has left open: nobody will pay it any more."""

from __future__ import annotations

import msgspec
import sqlalchemy as sa

from lanhouse.auth.actors import Actor
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.money.movements import Movement, move
from lanhouse.cafe.money.schemas import Event
from lanhouse.cafe.sessions.commands.base import lock_sessions
from lanhouse.cafe.sessions.queries.bundles import debts_of
from lanhouse.cafe.sessions.tables import session_debts
from lanhouse.db.statements import static
from lanhouse.db.store import Tx
from lanhouse.kit.errors import InvalidInput, Refused
from lanhouse.kit.said import say

RIGHT = "sessions.write_off"
# No bill paid it: the one that left it open closes it.
_CLOSE = static(
    sa.update(session_debts)
    .where(
        session_debts.c.session_id == sa.bindparam("session"),
        session_debts.c.paid_bill_id.is_(None),
    )
    .values(paid_bill_id=session_debts.c.bill_id)
)


class WriteOff(msgspec.Struct, frozen=True, kw_only=True):
    """Write off what the guest of a session has left open; `reason` says why."""

    center: Center
    actor: Actor
    session_id: int
    reason: str


class WrittenOff(msgspec.Struct, frozen=True):
    """How much was written off, in micros."""

    session_id: int
    amount_micros: int


def write_off(tx: Tx, cmd: WriteOff) -> WrittenOff:
    """The guest owes it no more; it is an expense of the house, and no tender moves.

    Raises InvalidInput without a reason, and Refused where nothing is open (any more).
    """
    reason = cmd.reason.strip()
    if not reason:
        raise InvalidInput({"reason": say("is required")})
    wanted = [cmd.session_id]
    players = [debt.member_id for debt in debts_of(tx, cmd.center, wanted)]
    lock_sessions(tx, cmd.center.id, [], and_members=players)
    # Read again under the lock: another desk may have taken the money while this one waited.
    debts = debts_of(tx, cmd.center, wanted)
    if not debts:
        raise Refused(say("nothing is left open of it any more"))
    (debt,) = debts
    center_id = cmd.center.id
    move(
        tx,
        Movement(
            center=cmd.center,
            actor=cmd.actor,
            event=Event.LOAN,
            member_id=debt.member_id,
            pc_name=debt.pc_name,
            kind="write_off",
            amounts={
                ("member", debt.member_id, "loan"): debt.amount_micros,
                ("center", center_id, "expense"): -debt.amount_micros,
            },
            details=f"written off: {reason}",
            is_settled=True,
        ),
    )
    tx.run(_CLOSE, session=debt.session_id)
    tx.audit("session_debt", debt.session_id, written_off_micros=debt.amount_micros)
    return WrittenOff(debt.session_id, debt.amount_micros)
