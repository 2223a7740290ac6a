"""Ending sessions: check-out at the desk, and the end of time or money."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import msgspec
import sqlalchemy as sa

from lanhouse.auth.actors import Actor
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.facts import SessionEnded
from lanhouse.cafe.money.movements import Movement, hold_tills, move_many
from lanhouse.cafe.money.schemas import Event
from lanhouse.cafe.money.tenders import must_take
from lanhouse.cafe.offers.commands import take_from_package
from lanhouse.cafe.pcs.queries import PcRefused
from lanhouse.cafe.sessions.commands.base import (
    close_running,
    lock_pcs,
    lock_sessions,
    lock_sessions_on,
    tell,
)
from lanhouse.cafe.sessions.commands.ended_marks import mark_ended
from lanhouse.cafe.sessions.commands.free_minutes import note_free_use
from lanhouse.cafe.sessions.errors import QuoteRefused, ShortCash
from lanhouse.cafe.sessions.plans.ending import Settlement, plan_end
from lanhouse.cafe.sessions.queries import open_session_of_member
from lanhouse.cafe.sessions.queries.quotes import quote_sign
from lanhouse.cafe.sessions.schemas import Session
from lanhouse.cafe.sessions.tables import pc_sessions as sessions
from lanhouse.cafe.topups.commands.paid_in import log_other, mark_undone, must_be_allowed
from lanhouse.db.statements import static
from lanhouse.db.store import Tx
from lanhouse.kit import clock, ids
from lanhouse.kit.errors import InvalidInput, Refused
from lanhouse.kit.local_time import whole_second
from lanhouse.kit.said import say

QUOTE_SECONDS_MAX = 300
_QUOTE_AHEAD_MAX = timedelta(seconds=5)
CLOCK = Actor(kind="system")
"""Who ends a session when its time or money is over."""

_END = static(
    sa.update(sessions)
    .where(sessions.c.id == sa.bindparam("session"), sessions.c.ended_at.is_(None))
    .values(
        {
            column: sa.bindparam(f"new_{column.name}", type_=column.type)
            for column in (
                sessions.c.ended_at,
                sessions.c.billed_to_at,
                sessions.c.played_seconds,
                sessions.c.cost_micros,
                sessions.c.from_balance_micros,
                sessions.c.from_bonus_micros,
                sessions.c.refund_micros,
                sessions.c.payment,
                sessions.c.ended_by,
                sessions.c.transfer_id,
            )
        }
        | {
            sessions.c.guest_login: sa.null(),
            sessions.c.access_mark: sa.null(),
            sessions.c.access_sealed: sa.null(),
        }
    )
)


class Checkout(msgspec.Struct, frozen=True, kw_only=True):
    """Check out the sessions on some PCs, or the one of a member.

    `payment` (cash, card, qr, balance) is how postpaid guests pay, and how the rest of prepaid
    ones goes back; empty: cash for the first, the way it came for the second. Another way than it
    came needs the right and, from a person, `comment` (decision 0078). `quote_time` (Unix seconds)
    and `quote_sign` are those of payment info; `quoted_micros`, when given with them, must be the
    quoted sum.
    `received_micros` is the cash that was handed over, when the desk counted it; `due_micros` the
    sum to pay that it was shown. `at_desk`: a postpaid guest's own money is handed out too.
    """

    center: Center
    actor: Actor
    pc_names: list[str] = []
    member_id: int | None = None
    payment: str = ""
    comment: str = ""
    quote_time: int | None = None
    quote_sign: str | None = None
    quoted_micros: int | None = None
    received_micros: int | None = None
    due_micros: int | None = None
    at_desk: bool = False


def check_out(tx: Tx, cmd: Checkout) -> list[Settlement]:
    """End the sessions and settle them, all or none. A second check-out is refused.

    With a valid quote not older than 5 minutes the cost is that of the quote's time; an altered or
    older one raises QuoteRefused, and so does another sum to pay than was shown. Cash received
    that does not cover it raises ShortCash, and a tender that the centre does not take
    InvalidInput of `payment`.
    """
    found = _sessions_of(tx, cmd)
    at = whole_second(tx.now)
    quoted_at = None
    if cmd.quote_time is not None or cmd.quote_sign is not None:
        quoted_at = _honoured_time(cmd, found, at)
    plans = [
        plan_end(
            tx,
            cmd.center,
            session,
            at,
            payment=cmd.payment,
            quoted_at=quoted_at,
            at_desk=cmd.at_desk,
        )
        for session in found
    ]
    due = sum(plan.paid_micros for plan in plans)
    if cmd.due_micros is not None and due != max(cmd.due_micros, 0):
        # A top-up came in between.
        raise QuoteRefused(say("the sum to pay has changed; ask for it again"))
    for plan in plans:
        if plan.paid_micros:
            must_take(cmd.center, plan.payment)
        must_be_allowed(cmd.actor, plan.back, cmd.comment)
    received = cmd.received_micros if cmd.payment in ("", "cash") else None
    if received is not None and received < due:
        raise ShortCash
    _carry_out(tx, cmd.center, cmd.actor, plans, cmd.comment)
    return plans


def end_if_due(tx: Tx, center: Center, session: Session) -> bool:
    """End a locked session whose time is over but which the clock has not swept yet."""
    if not session.is_due(tx.now):
        return False
    plan = plan_end(tx, center, session, tx.now)
    _carry_out(tx, center, CLOCK, [plan])
    mark_ended(tx, center.id, session, plan.ended_at)
    return True


def make_way(tx: Tx, center: Center, session: Session, actor: Actor) -> bool:
    """end_if_due() in a command that may take money afterwards.

    A check-out at another desk locks a till and then the revenue; this command would do it the
    other way round, so it holds them all first, and the shift of who takes the money before them.
    """
    if not session.is_due(tx.now):
        return False
    hold_tills(tx, center, actor)
    return end_if_due(tx, center, session)


def _carry_out(
    tx: Tx, center: Center, actor: Actor, plans: Sequence[Settlement], comment: str = ""
) -> None:
    """Settle and close locked sessions."""
    movements = [
        Movement(
            center=center,
            actor=actor,
            event=Event.CHECKOUT,
            member_id=plan.session.member_id,
            pc_name=plan.session.pc_name,
            kind="checkout",
            amounts=plan.amounts,
            used_seconds=plan.bill.seconds,
            details=plan.details(center),
            at=plan.ended_at if plan.ended_by == "time" else None,
            is_settled=True,
        )
        for plan in plans
    ]
    for plan, moved in zip(plans, move_many(tx, movements), strict=True):
        _close(tx, center, plan, moved.transfer_id)
        log_other(tx, moved.entry, plan.back, comment)


def _close(tx: Tx, center: Center, plan: Settlement, transfer_id: int | None) -> None:
    session = plan.session
    mark_undone(tx, plan.undone)
    note_free_use(tx, center, session, plan.billed_to_at)
    close_running(tx, session, plan.billed_to_at)
    tx.run(
        _END,
        session=session.id,
        new_ended_at=plan.ended_at,
        new_billed_to_at=plan.billed_to_at,
        new_played_seconds=plan.bill.seconds,
        new_cost_micros=plan.bill.total_micros,
        new_from_balance_micros=plan.from_balance_micros,
        new_from_bonus_micros=plan.from_bonus_micros,
        new_refund_micros=plan.refund_micros,
        new_payment=plan.payment,
        new_ended_by=plan.ended_by,
        new_transfer_id=transfer_id,
    )
    for member_offer_id, seconds in session.package_use(plan.billed_to_at).items():
        take_from_package(tx, member_offer_id, seconds)
    tx.tell(SessionEnded(center.id, session.id))
    tell(tx, "session.ended", session)


def _sessions_of(tx: Tx, cmd: Checkout) -> list[Session]:
    if cmd.pc_names:
        rows = lock_pcs(tx, cmd.center.id, cmd.pc_names)
        on_pc = lock_sessions_on(tx, cmd.center.id, [row.id for row in rows])
        for row in rows:
            if row.id not in on_pc:
                raise PcRefused(row.name, say("the PC is not in use"))
        return sorted(on_pc.values(), key=lambda session: session.id)
    if cmd.member_id is None:
        raise InvalidInput({"pc_names": say("is required")})
    session = open_session_of_member(tx, cmd.center.id, cmd.member_id)
    found = lock_sessions(tx, cmd.center.id, [session.id]) if session else []
    if not found:
        raise Refused(say("the member has no session"))
    return found


def _honoured_time(cmd: Checkout, found: list[Session], now: datetime) -> datetime:
    """The time of the quote, when it is ours, unaltered, about these sessions, and fresh."""
    altered = QuoteRefused(
        say("the quoted cost does not belong to these sessions; ask for it again")
    )
    if cmd.quote_time is None or cmd.quote_sign is None or not 0 < cmd.quote_time < 2**33:
        raise altered
    quoted_at = datetime.fromtimestamp(cmd.quote_time, UTC)
    if not ids.same(quote_sign(cmd.center, found, quoted_at), cmd.quote_sign):
        raise altered
    # The clock was put back since: nothing is charged for a time that has not come.
    if quoted_at - now > _QUOTE_AHEAD_MAX:
        raise altered
    total = sum(session.cost_micros(quoted_at) for session in found)
    if cmd.quoted_micros is not None and cmd.quoted_micros != total:
        raise altered
    # Five minutes of the desk's time, however fast the demo's business time runs.
    if now - quoted_at > timedelta(seconds=QUOTE_SECONDS_MAX) * max(clock.scale(), 1):
        raise QuoteRefused(say("the quoted cost is older than 5 minutes; ask for it again"))
    return quoted_at
