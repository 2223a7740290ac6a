"""Ending sessions: check-out at the desk, and the end of time or money."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec
import sqlalchemy as sa

from lanhouse.auth.actors import Actor
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.facts import SessionEnded
from lanhouse.cafe.money.movements import Movement, hold_tills, move_many
from lanhouse.cafe.money.schemas import Event, Told
from lanhouse.cafe.money.sharing import LATER
from lanhouse.cafe.offers.commands import take_from_package
from lanhouse.cafe.sessions.commands.base import close_running, tell, tell_seats
from lanhouse.cafe.sessions.commands.bills import (
    Checkout,
    must_take_from,
    sessions_to_settle,
    store_bill,
)
from lanhouse.cafe.sessions.commands.debts import payments_of_debts
from lanhouse.cafe.sessions.commands.ended_marks import mark_ended
from lanhouse.cafe.sessions.commands.free_minutes import note_free_use
from lanhouse.cafe.sessions.errors import QuoteRefused, ShortCash
from lanhouse.cafe.sessions.plans.bills import BillPlan, plan_bill
from lanhouse.cafe.sessions.plans.ending import Settlement, plan_end, plan_ends
from lanhouse.cafe.sessions.queries.quotes import quote_sign
from lanhouse.cafe.sessions.schemas import Session
from lanhouse.cafe.sessions.tables import pc_sessions as sessions
from lanhouse.cafe.topups.commands.paid_in import log_other, mark_undone, must_be_allowed
from lanhouse.db.statements import static
from lanhouse.db.store import Tx
from lanhouse.kit import clock, ids
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
                sessions.c.paused_seconds,
            )
        }
        | {
            sessions.c.guest_login: sa.null(),
            sessions.c.access_mark: sa.null(),
            sessions.c.access_sealed: sa.null(),
            sessions.c.paused_at: sa.null(),
        }
    )
)


class Settled(msgspec.Struct, frozen=True):
    """What a check-out came to, and the bill that was stored of it; None where a session tells it
    alone."""

    plan: BillPlan
    bill_id: int | None


def check_out(tx: Tx, cmd: Checkout) -> list[Settlement]:
    """As settle(); answers the sessions that were ended."""
    return settle(tx, cmd).plan.ends


def settle(tx: Tx, cmd: Checkout) -> Settled:
    """End the sessions and settle them, all or none. A second check-out is refused.

    With a valid quote not older than 5 minutes the cost is that of the quote's time; an altered or
    older one raises QuoteRefused, and so does another sum to pay than was shown. Cash received
    that does not cover it raises ShortCash, and a tender that the centre does not take
    InvalidInput of `payment`.
    """
    wanted = sessions_to_settle(tx, cmd)
    found = wanted.sessions
    at = whole_second(tx.now)
    quoted_at = None
    if cmd.quote_time is not None or cmd.quote_sign is not None:
        quoted_at = _honoured_time(cmd, found, at)
    ends = plan_ends(
        tx,
        cmd.center,
        found,
        at,
        payment_of=cmd.tender_of,
        quoted_at=quoted_at,
        at_desk=cmd.at_desk,
        keeps_rest=cmd.is_at_shutdown,
    )
    plan = plan_bill(
        cmd.center,
        ends,
        wanted.debts,
        payment=cmd.payment,
        payers=cmd.payers,
        ways=cmd.ways,
        debtor_id=cmd.debtor_id,
        bundle_id=wanted.bundle_id,
    )
    due = plan.due_micros
    if cmd.due_micros is not None and due != max(cmd.due_micros, 0):
        # A top-up came in between.
        raise QuoteRefused(say("the sum to pay has changed; ask for it again"))
    if not cmd.is_at_shutdown:
        must_take_from(tx, cmd.center, cmd.actor, plan, cmd.comment, goes_on=wanted.goes_on)
    for end in plan.ends:
        must_be_allowed(cmd.actor, end.back, cmd.comment)
    received = cmd.received_micros if cmd.payment in ("", "cash") else None
    if received is not None and received < due:
        raise ShortCash
    return Settled(plan, _carry_out(tx, cmd.center, cmd.actor, plan, cmd.comment))


def check_out_at_shutdown(tx: Tx, cmd: Checkout) -> list[Settlement]:
    """What a seat that shuts down ends: nothing unless the setting auto_checkout_when_shutdown says
    so; then the session goes on after the next start (cafe-domain 1).

    Nobody stands at the desk: no money is taken or handed out. What a postpaid guest owes stays
    open, and the rest of a prepaid one stays on the account.
    """
    if not cmd.center.settings.client.auto_checkout_when_shutdown:
        tx.did_nothing()
        return []
    return settle(tx, msgspec.structs.replace(cmd, payment=LATER, is_at_shutdown=True)).plan.ends


def check_out_as_later(tx: Tx, center: Center, actor: Actor, session: Session) -> list[Settlement]:
    """End a session, locked with its PC, with nobody at the desk: what is due stays open, what is
    left of its money stays on its account (decision 0120)."""
    cmd = Checkout(
        center=center,
        actor=actor,
        member_id=session.member_id,
        session_id=session.id,
        payment=LATER,
        is_at_shutdown=True,
    )
    return settle(tx, cmd).plan.ends


def end_if_due(tx: Tx, center: Center, session: Session) -> bool:
    """End a locked session whose time is over but which the clock has not swept yet."""
    if not session.is_due(tx.now):
        return False
    plan = plan_end(tx, center, session, tx.now)
    _carry_out(tx, center, CLOCK, BillPlan(ends=[plan]))
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
    tx: Tx, center: Center, actor: Actor, plan: BillPlan, comment: str = ""
) -> int | None:
    """Settle and close locked sessions, and pay what was left open before; the bill's id."""
    movements = [
        Movement(
            center=center,
            actor=actor,
            event=Event.CHECKOUT,
            member_id=end.session.member_id,
            pc_name=end.session.pc_name,
            kind="checkout",
            amounts=end.amounts,
            used_seconds=end.bill.seconds,
            details=end.details(center),
            at=end.ended_at if end.ended_by == "time" else None,
            is_settled=True,
            told=Told(discount_micros=end.discount_micros),
        )
        for end in plan.ends
    ]
    movements += payments_of_debts(center, actor, plan)
    moved = move_many(tx, movements)
    for end, its in zip(plan.ends, moved, strict=False):
        _close(tx, center, end, its.transfer_id)
        log_other(tx, its.entry, end.back, comment)
    return store_bill(tx, center, actor, plan, comment) if plan.is_one_act else None


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
        new_paused_seconds=session.paused_seconds(plan.billed_to_at),
    )
    for member_offer_id, seconds in session.package_use(plan.billed_to_at).items():
        take_from_package(tx, member_offer_id, seconds)
    tx.tell(SessionEnded(center.id, session.id))
    tell_seats(tx, session)
    tell(tx, "session.ended", session)


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
