"""What the end of a session comes to: for check-out, clock, quote, dialog and receipt alike."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

import msgspec
import sqlalchemy as sa

from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.metering.rules import Bill
from lanhouse.cafe.money.movements import Amounts
from lanhouse.cafe.money.purses import Purse, own_share, purse_of
from lanhouse.cafe.money.sharing import LATER, MIXED, Part
from lanhouse.cafe.money.tenders import TENDERS, PayBack, WayBack
from lanhouse.cafe.pcs.queries import PcRefused
from lanhouse.cafe.sessions.queries import session_of
from lanhouse.cafe.sessions.schemas import OFFER, POSTPAID, PREPAID, Session
from lanhouse.cafe.sessions.tables import pc_sessions as sessions
from lanhouse.cafe.topups.queries.paid_in import rest_way_back
from lanhouse.cafe.topups.rules import Undone
from lanhouse.db.statements import static
from lanhouse.db.store import Read
from lanhouse.kit.local_time import local_text, whole_second
from lanhouse.kit.money import format_fixed
from lanhouse.kit.said import say
from lanhouse.ledger import book_of_center
from lanhouse.ledger.tables import accounts, entries

NOTHING = PayBack()
_ENDED = static(
    sa.select(sessions).where(
        sessions.c.center_id == sa.bindparam("center"),
        sessions.c.id == sa.bindparam("session"),
        sessions.c.ended_at.is_not(None),
    )
)
_MOVED = static(
    sa.select(accounts.c.owner_kind, accounts.c.owner_id, accounts.c.kind, entries.c.amount_micros)
    .join(accounts, accounts.c.id == entries.c.account_id)
    .where(
        entries.c.book_id == sa.bindparam("book"),
        entries.c.transfer_id == sa.bindparam("transfer"),
        sa.or_(
            sa.and_(
                accounts.c.owner_kind == "center",
                sa.or_(*(accounts.c.kind == tender for tender in TENDERS)),
            ),
            sa.and_(accounts.c.owner_kind == "member", accounts.c.kind == "loan"),
        ),
    )
    .order_by(entries.c.id)
)


class Settlement(msgspec.Struct, frozen=True, kw_only=True):
    """The end of a session at `at`: its bill, who pays it, and what goes back. Micros."""

    session: Session
    at: datetime
    """When it was asked for, a whole second."""
    ended_by: str
    """checkout, or time when it was over by itself before `at`."""
    bill: Bill
    billed_to_at: datetime
    balance_micros: int = 0
    bonus_micros: int = 0
    """What the account holds before; 0 where it is read of a session that ended long ago."""
    from_balance_micros: int = 0
    from_bonus_micros: int = 0
    from_loan_micros: int = 0
    paid_micros: int = 0
    """Paid at the desk (postpaid), by `payment` or as `parts` say."""
    parts: tuple[Part, ...] = ()
    """Where several payers share what is due: who pays which part, and what is left open."""
    payment: str = ""
    """cash, card or qr when it is paid at the desk, mixed when by several of them, later when it is
    left open, balance from the account, free by nobody."""
    back: PayBack = NOTHING
    """How the rest goes back (guests)."""
    undone: list[Undone] = []
    """The payments that this undoes."""
    quoted_at: datetime | None = None
    """The time of the quote that was used; None = none was."""

    @property
    def ended_at(self) -> datetime:
        """When it ends: now, or at its own moment, however late that was noticed (0077)."""
        return self.billed_to_at if self.ended_by == "time" else self.at

    @property
    def discount_micros(self) -> int:
        """What the discount of the member group takes off the bill."""
        return self.session.discount_micros(self.billed_to_at)

    @property
    def refund_micros(self) -> int:
        """What is handed out at the desk."""
        return self.back.handed_out_micros

    @property
    def later_micros(self) -> int:
        """What is left open."""
        return sum(part.micros for part in self.parts if part.tender == LATER)

    @property
    def own_micros(self) -> int:
        """What the session's own account pays of it."""
        return self.bill.total_micros - self.paid_micros - self.later_micros

    @property
    def due_micros(self) -> int:
        """What is to be paid at the desk; below zero it is handed out."""
        return self.paid_micros - self.refund_micros

    @property
    def amounts(self) -> Amounts:
        """The postings: the account, or the till, pays; the revenue of time and the tax receive."""
        member_id, center_id = self.session.member_id, self.session.center_id
        amounts = {
            ("member", member_id, "balance"): -self.from_balance_micros - self.refund_micros,
            ("member", member_id, "bonus"): -self.from_bonus_micros,
            ("member", member_id, "loan"): -self.from_loan_micros,
            ("center", center_id, "revenue_time"): self.bill.total_micros - self.bill.tax_micros,
            ("center", center_id, "tax"): self.bill.tax_micros,
            **{
                ("center", center_id, tender): micros
                for tender, micros in self.back.handed_out.items()
            },
        }
        for part in self.parts or (Part(self.payment, self.paid_micros, 0),):
            source = ("center", center_id, part.tender)
            if part.tender == LATER:
                source = ("member", part.member_id or member_id, "loan")
            if part.micros:
                amounts[source] = amounts.get(source, 0) - part.micros
        return amounts

    def details(self, center: Center) -> str:
        """What the log tells besides the amounts."""
        parts = [f"{self.session.kind}, cost {format_fixed(self.bill.total_micros)}"]
        if self.discount_micros:
            parts.append(f"discount {format_fixed(self.discount_micros)}")
        for tender, micros in self.back.handed_out.items():
            parts.append(f"given back {format_fixed(micros)} by {tender}")
        own = self.from_balance_micros + self.from_bonus_micros
        if own and self.session.kind == POSTPAID:
            parts.append(f"paid from the account {format_fixed(own)}")
        if len(self.parts) > 1 or self.later_micros:
            parts += [
                f"left open {format_fixed(part.micros)}"
                if part.tender == LATER
                else f"paid {format_fixed(part.micros)} by {part.tender}"
                for part in self.parts
            ]
        if self.from_loan_micros:
            parts.append(f"owed {format_fixed(self.from_loan_micros)}")
        if self.quoted_at is not None:
            quoted, now = self.bill.total_micros, self.session.cost_micros(self.at)
            parts.append(
                f"quote of {local_text(self.quoted_at, center.zone)}: {format_fixed(quoted)}"
            )
            parts.append(f"now {format_fixed(now)}")
            parts.append(f"difference {format_fixed(quoted - now)}")
        return ", ".join(parts)


def plan_end(
    read: Read,
    center: Center,
    session: Session,
    at: datetime,
    *,
    payment: str = "",
    quoted_at: datetime | None = None,
    at_desk: bool = False,
    keeps_rest: bool = False,
    before: Sequence[Settlement] = (),
) -> Settlement:
    """What ending an open session at `at` comes to (cafe-domain 1; decision 0031).

    Nothing is charged past its end, nor past `quoted_at`, the time of an honoured quote. What was
    over by itself is settled as the clock would have done it: late changes nothing.
    `payment` (cash, card, qr, balance) is how a postpaid guest pays and how the rest of another
    one goes back; empty: cash for the first, the way it came for the second (decision 0078).
    `keeps_rest`: nobody is there to give anything back. `before`: what ends in the same act, and
    takes from the purse first.
    Raises PcRefused for `balance` where that does not cover what a postpaid guest owes.
    """
    at = whole_second(at)
    is_over = session.is_due(at)
    billed_to = session.until(at if is_over or quoted_at is None else quoted_at)
    purse = _purse_after(read, center, session.member_id, before)
    end = Settlement(
        session=session,
        at=at,
        ended_by="time" if is_over else "checkout",
        bill=session.bill(billed_to),
        billed_to_at=billed_to,
        balance_micros=purse.balance_micros,
        bonus_micros=purse.bonus_micros,
        quoted_at=None if is_over else quoted_at,
    )
    is_bonus_first = center.settings.loyalty.use_bonus_first
    end = at_card_price(paid_for(end, payment, is_bonus_first=is_bonus_first))
    # Money that was lent stays on the account (decision 0079).
    rest = end.balance_micros - end.from_balance_micros - max(purse.owed_micros, 0)
    if rest <= 0 or is_over or keeps_rest or not _gives_back(center, session, at_desk=at_desk):
        return end
    back, undone = rest_way_back(read, center.id, session.member_id, rest, payment)
    return msgspec.structs.replace(end, back=back, undone=undone)


def plan_ends(
    read: Read,
    center: Center,
    found: Sequence[Session],
    at: datetime,
    *,
    payment_of: Callable[[Session], str],
    quoted_at: datetime | None = None,
    at_desk: bool = False,
    keeps_rest: bool = False,
) -> list[Settlement]:
    """plan_end() of sessions that end in one act, in their order: a member who plays several pays
    all of them from one purse."""
    ends: list[Settlement] = []
    for session in found:
        end = plan_end(
            read,
            center,
            session,
            at,
            payment=payment_of(session),
            quoted_at=quoted_at,
            at_desk=at_desk,
            keeps_rest=keeps_rest,
            before=ends,
        )
        ends.append(end)
    return ends


def _purse_after(read: Read, center: Center, member_id: int, before: Sequence[Settlement]) -> Purse:
    """What the member has when these have ended."""
    purse = purse_of(read, center, member_id)
    his = [end for end in before if end.session.member_id == member_id]
    return Purse(
        purse.balance_micros - sum(end.from_balance_micros + end.refund_micros for end in his),
        purse.bonus_micros - sum(end.from_bonus_micros for end in his),
        purse.owed_micros + sum(end.from_loan_micros for end in his),
    )


def at_card_price(end: Settlement) -> Settlement:
    """The same at the card price where a postpaid guest pays the whole bill by card. Pure.

    What the account pays a part of has the plain price (decision 0117).
    """
    session = end.session
    is_card = session.kind == POSTPAID and end.payment == "card" and end.paid_micros
    if not is_card or end.from_balance_micros or end.from_bonus_micros:
        return end
    if session.terms.card_percent == 100:
        return end
    terms = msgspec.structs.replace(session.terms, is_by_card=True)
    session = msgspec.structs.replace(session, terms=terms)
    found = session.bill(end.billed_to_at)
    return msgspec.structs.replace(end, session=session, bill=found, paid_micros=found.total_micros)


def paid_for(end: Settlement, payment: str, *, is_bonus_first: bool) -> Settlement:
    """The same with who pays the bill: the account, the desk by `payment`, or nobody. Pure."""
    kind, total = end.session.kind, end.bill.total_micros
    from_balance, from_bonus = own_share(
        total, end.balance_micros, end.bonus_micros, is_bonus_first=is_bonus_first
    )
    own, missing = from_balance + from_bonus, total - from_balance - from_bonus
    paid = missing if kind == POSTPAID else 0
    if (
        kind == POSTPAID
        and payment == "balance"
        and (paid or end.balance_micros + end.bonus_micros <= 0)
    ):
        raise PcRefused(
            end.session.pc_name, say("a postpaid guest has no balance that covers this")
        )
    is_own = kind != POSTPAID or (not paid and own > 0)
    return msgspec.structs.replace(
        end,
        from_balance_micros=from_balance,
        from_bonus_micros=from_bonus,
        # Everything that takes money from a member leaves what was played, so this is not reached
        # by any command of ours; were it reached, the member owes the difference instead of the
        # house losing it.
        from_loan_micros=missing - paid,
        paid_micros=paid,
        payment="free" if end.session.is_free else "balance" if is_own else payment or "cash",
    )


def shared(end: Settlement, parts: Sequence[Part]) -> Settlement:
    """The same with what is due at the desk paid in `parts`, which are all of it. Pure."""
    tenders = {part.tender for part in parts}
    return msgspec.structs.replace(
        end,
        parts=tuple(parts),
        paid_micros=sum(part.micros for part in parts if part.tender != LATER),
        payment=end.payment if not tenders else tenders.pop() if len(tenders) == 1 else MIXED,
    )


def _gives_back(center: Center, session: Session, *, at_desk: bool) -> bool:
    """Whether a check-out gives a guest the rest: of one who paid first where the centre returns
    it, of a postpaid one at the desk (decision 0031)."""
    if session.kind == POSTPAID:
        return at_desk
    keeps = center.settings.payment.prepaid_session_change_method == "keep"
    return session.kind in (PREPAID, OFFER) and not keeps


def settlement_of(read: Read, center_id: int, session_id: int) -> Settlement | None:
    """What the end of (centre id, session id) came to, as it was carried out; None while it runs.

    What was handed out, by tender, is what the ledger says; the other amounts are the row's.
    """
    row = read.one(_ENDED, center=center_id, session=session_id)
    if row is None:
        return None
    session = session_of(read, row)
    missing = row.cost_micros - row.from_balance_micros - row.from_bonus_micros
    is_postpaid = session.kind == POSTPAID
    parts, ways = _moved(read, session, row.transfer_id)
    return Settlement(
        session=session,
        at=row.ended_at,
        ended_by=row.ended_by,
        bill=session.bill(row.billed_to_at),
        billed_to_at=row.billed_to_at,
        from_balance_micros=row.from_balance_micros,
        from_bonus_micros=row.from_bonus_micros,
        from_loan_micros=0 if is_postpaid else missing,
        paid_micros=sum(each.micros for each in parts if each.tender != LATER),
        parts=parts if is_postpaid else (),
        payment=row.payment,
        back=PayBack(ways if row.refund_micros else ()),
    )


def _moved(
    read: Read, session: Session, transfer_id: int | None
) -> tuple[tuple[Part, ...], tuple[WayBack, ...]]:
    """What an end took in or left open, and what it handed out, as the ledger says."""
    taken: list[Part] = []
    given: list[WayBack] = []
    book = book_of_center(session.center_id)
    for each in read.all(_MOVED, book=book, transfer=transfer_id):
        micros = -each.amount_micros
        if each.kind == "loan":
            debtor = 0 if each.owner_id == session.member_id else each.owner_id
            taken.append(Part(LATER, micros, debtor))
        elif micros > 0:
            taken.append(Part(each.kind, micros, 0))
        else:
            given.append(WayBack(each.kind, each.kind, -micros))
    return tuple(taken), tuple(given)
