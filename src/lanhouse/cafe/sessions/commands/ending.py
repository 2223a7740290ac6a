"""Ending sessions: check-out at the desk, and the end of time or money."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec
import sqlalchemy as sa

from lanhouse.auth.actors import Actor
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.metering.rules import Bill
from lanhouse.cafe.money.movements import note, transfer
from lanhouse.cafe.money.purses import own_share
from lanhouse.cafe.money.schemas import Event
from lanhouse.cafe.money.tenders import PayBack
from lanhouse.cafe.offers.commands import take_from_package
from lanhouse.cafe.pcs.queries import PcRefused
from lanhouse.cafe.sessions.commands.base import (
    close_running,
    lock_pcs,
    lock_sessions,
    lock_sessions_on,
    tell,
    wallet,
)
from lanhouse.cafe.sessions.commands.ended_marks import mark_ended
from lanhouse.cafe.sessions.commands.free_minutes import note_free_use
from lanhouse.cafe.sessions.errors import QuoteRefused, ShortCash
from lanhouse.cafe.sessions.plans import NOTHING, change_of
from lanhouse.cafe.sessions.queries import open_session_of_member
from lanhouse.cafe.sessions.queries.quotes import quote_sign
from lanhouse.cafe.sessions.schemas import FREE, POSTPAID, Session
from lanhouse.cafe.sessions.tables import pc_sessions as sessions
from lanhouse.cafe.topups.commands.paid_in import log_other, mark_undone, must_be_allowed
from lanhouse.cafe.topups.rules import Undone
from lanhouse.db.statements import static
from lanhouse.db.store import Tx
from lanhouse.kit import clock, ids
from lanhouse.kit.errors import InvalidInput, Refused
from lanhouse.kit.local_time import local_text, whole_second
from lanhouse.kit.money import format_fixed

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
        | {sessions.c.guest_login: sa.null()}
    )
)


class Ended(msgspec.Struct, frozen=True, kw_only=True):
    """A session that is over: its bill and what was paid. Amounts in micros."""

    session: Session
    bill: Bill
    from_balance_micros: int = 0
    from_bonus_micros: int = 0
    from_loan_micros: int = 0
    paid_micros: int = 0
    """Paid at the desk now (postpaid), by `payment`."""
    back: PayBack = NOTHING
    """How the rest goes back (guests)."""
    undone: list[Undone] = []
    """The payments that this undoes."""
    payment: str

    @property
    def refund_micros(self) -> int:
        """What is handed out at the desk."""
        return self.back.handed_out_micros


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


def check_out(tx: Tx, cmd: Checkout) -> list[Ended]:
    """End the sessions and settle them, all or none. A second check-out is refused.

    With a valid quote not older than 5 minutes the cost is that of the quote's time; an altered or
    older one raises QuoteRefused, and so does another sum to pay than was shown. Cash received
    that does not cover it raises ShortCash.
    """
    found = _sessions_of(tx, cmd)
    at = whole_second(tx.now)
    billed_to = at
    has_quote = cmd.quote_time is not None or cmd.quote_sign is not None
    if has_quote:
        billed_to = _honoured_time(cmd, found, at)
    if cmd.due_micros is not None:
        _must_be_due(tx, cmd, found, billed_to)
    made = [
        end_session(
            tx,
            cmd.center,
            cmd.actor,
            session,
            # What was over before is settled as the clock would have done: late changes nothing.
            billed_to=at if session.is_due(at) else billed_to,
            payment=cmd.payment,
            comment=cmd.comment,
            has_quote=has_quote,
            ended_by="time" if session.is_due(at) else "checkout",
            at_desk=cmd.at_desk,
        )
        for session in found
    ]
    due = sum(ended.paid_micros for ended in made)
    received = cmd.received_micros if cmd.payment in ("", "cash") else None
    if received is not None and received < due:
        raise ShortCash
    return made


def end_session(
    tx: Tx,
    center: Center,
    actor: Actor,
    session: Session,
    *,
    billed_to: datetime,
    payment: str,
    ended_by: str,
    comment: str = "",
    has_quote: bool = False,
    at_desk: bool = False,
) -> Ended:
    """Settle one locked open session and close it; nothing is charged past `billed_to` or its end.

    `ended_by` is checkout or time; only a check-out gives money back. The end by time stands in the
    log at its own moment, however late it was noticed (decision 0077).
    """
    quoted = _quote_told(center, session, billed_to, tx.now) if has_quote else ""
    billed_to = session.until(billed_to)
    bill = session.bill(billed_to)
    ended = _settled(
        tx, center, session, bill, payment, is_refunding=ended_by == "checkout", at_desk=at_desk
    )
    must_be_allowed(actor, ended.back, comment)
    mark_undone(tx, ended.undone)
    amounts = _amounts(center, ended)
    transfer_id = transfer(tx, center, actor, "checkout", amounts)
    note_free_use(tx, center, session, billed_to)
    close_running(tx, session, billed_to)
    ended_at = billed_to if ended_by == "time" else whole_second(tx.now)
    tx.run(
        _END,
        session=session.id,
        new_ended_at=ended_at,
        new_billed_to_at=billed_to,
        new_played_seconds=bill.seconds,
        new_cost_micros=bill.total_micros,
        new_from_balance_micros=ended.from_balance_micros,
        new_from_bonus_micros=ended.from_bonus_micros,
        new_refund_micros=ended.refund_micros,
        new_payment=ended.payment,
        new_ended_by=ended_by,
        new_transfer_id=transfer_id,
    )
    for member_offer_id, seconds in session.package_use(billed_to).items():
        take_from_package(tx, member_offer_id, seconds)
    entry = note(
        tx,
        center,
        actor,
        Event.CHECKOUT,
        session.member_id,
        session.pc_name,
        amounts=amounts,
        transfer_id=transfer_id,
        used_seconds=bill.seconds,
        details=_details(ended) + quoted,
        at=ended_at if ended_by == "time" else None,
    )
    log_other(tx, entry, ended.back, comment)
    tell(tx, "session.ended", session)
    return ended


def end_if_due(tx: Tx, center: Center, session: Session) -> bool:
    """End a session whose time is over but which the clock has not swept yet."""
    if not session.is_due(tx.now) or session.expires_at is None:
        return False
    end_session(
        tx,
        center,
        CLOCK,
        session,
        billed_to=session.expires_at,
        payment="balance",
        ended_by="time",
    )
    mark_ended(tx, center.id, session, session.expires_at)
    return True


def _sessions_of(tx: Tx, cmd: Checkout) -> list[Session]:
    if cmd.pc_names:
        rows = lock_pcs(tx, cmd.center.id, cmd.pc_names)
        on_pc = lock_sessions_on(tx, cmd.center.id, [row.id for row in rows])
        for row in rows:
            if row.id not in on_pc:
                raise PcRefused(row.name, "the PC is not in use")
        return sorted(on_pc.values(), key=lambda session: session.id)
    if cmd.member_id is None:
        raise InvalidInput({"pc_name": "is required"})
    session = open_session_of_member(tx, cmd.center.id, cmd.member_id)
    found = lock_sessions(tx, cmd.center.id, [session.id]) if session else []
    if not found:
        raise Refused("the member has no session")
    return found


def _honoured_time(cmd: Checkout, found: list[Session], now: datetime) -> datetime:
    """The time of the quote, when it is ours, unaltered, about these sessions, and fresh."""
    altered = QuoteRefused("the quoted cost does not belong to these sessions; ask for it again")
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
        raise QuoteRefused("the quoted cost is older than 5 minutes; ask for it again")
    return quoted_at


def _must_be_due(tx: Tx, cmd: Checkout, found: list[Session], billed_to: datetime) -> None:
    """Refuse another sum to pay than the desk was shown: a top-up came in between."""
    due = sum(
        _shares(tx, cmd.center, session, session.cost_micros(billed_to))[2]
        for session in found
        if session.kind == POSTPAID
    )
    if due != max(cmd.due_micros or 0, 0):
        raise QuoteRefused("the sum to pay has changed; ask for it again")


def _shares(tx: Tx, center: Center, session: Session, cost_micros: int) -> tuple[int, int, int]:
    """What balance and bonus pay of a cost, and what they do not cover."""
    balance, bonus = wallet(tx, center, session.member_id)
    from_balance, from_bonus = own_share(
        cost_micros, balance, bonus, is_bonus_first=center.settings.use_bonus_first
    )
    return from_balance, from_bonus, cost_micros - from_balance - from_bonus


def _settled(
    tx: Tx,
    center: Center,
    session: Session,
    bill: Bill,
    payment: str,
    *,
    is_refunding: bool,
    at_desk: bool,
) -> Ended:
    """Who pays what (cafe-domain 1; decision 0031). Changes nothing."""
    if session.kind == FREE:
        return Ended(session=session, bill=bill, payment="free")
    balance, bonus = wallet(tx, center, session.member_id)
    from_balance, from_bonus, missing = _shares(tx, center, session, bill.total_micros)
    paid = missing if session.kind == POSTPAID else 0
    is_covered = not paid and balance + bonus > 0
    if session.kind == POSTPAID and payment == "balance" and not is_covered:
        raise PcRefused(session.pc_name, "a postpaid guest has no balance that covers this")
    is_own = session.kind != POSTPAID or (not paid and from_balance + from_bonus > 0)
    rest = balance - from_balance if is_refunding else 0
    back, undone = change_of(tx, center, session, rest, payment, at_desk=at_desk)
    return Ended(
        session=session,
        bill=bill,
        from_balance_micros=from_balance,
        from_bonus_micros=from_bonus,
        # Everything that takes money from a member leaves what was played, so this is not reached
        # by any command of ours; were it reached, the member owes the difference instead of the
        # house losing it.
        from_loan_micros=missing - paid,
        paid_micros=paid,
        back=back,
        undone=undone,
        payment="balance" if is_own else payment or "cash",
    )


def _amounts(center: Center, ended: Ended) -> dict[tuple[str, int, str], int]:
    """The postings: the account (or the till) pays, the revenue of time receives."""
    member_id = ended.session.member_id
    amounts = {
        ("member", member_id, "balance"): -ended.from_balance_micros - ended.refund_micros,
        ("member", member_id, "bonus"): -ended.from_bonus_micros,
        ("member", member_id, "loan"): -ended.from_loan_micros,
        ("center", center.id, "revenue_time"): ended.bill.total_micros,
        **{
            ("center", center.id, tender): micros
            for tender, micros in ended.back.handed_out.items()
        },
    }
    if ended.paid_micros:
        place = ("center", center.id, ended.payment)
        amounts[place] = amounts.get(place, 0) - ended.paid_micros
    return amounts


def _quote_told(center: Center, session: Session, quoted_at: datetime, now: datetime) -> str:
    """Which quote a check-out used, and what its cost differs from that of now."""
    if session.is_due(now):
        return ""  # settled as of its end; the quote was not used
    used, cost = session.cost_micros(quoted_at), session.cost_micros(whole_second(now))
    return (
        f", quote of {local_text(quoted_at, center.zone)}: {format_fixed(used)},"
        f" now {format_fixed(cost)}, difference {format_fixed(used - cost)}"
    )


def _details(ended: Ended) -> str:
    """What the log tells besides the amounts."""
    parts = [f"{ended.session.kind}, cost {format_fixed(ended.bill.total_micros)}"]
    for tender, micros in ended.back.handed_out.items():
        parts.append(f"given back {format_fixed(micros)} by {tender}")
    own = ended.from_balance_micros + ended.from_bonus_micros
    if own and ended.session.kind == POSTPAID:
        parts.append(f"paid from the account {format_fixed(own)}")
    if ended.from_loan_micros:
        parts.append(f"owed {format_fixed(ended.from_loan_micros)}")
    return ", ".join(parts)
