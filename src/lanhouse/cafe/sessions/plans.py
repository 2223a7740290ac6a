"""What a guest gets back at the end: decided here for check-out, quote and dialog alike."""

from __future__ import annotations

from datetime import datetime

from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.money.purses import owed_micros, own_share
from lanhouse.cafe.money.tenders import PayBack
from lanhouse.cafe.sessions.schemas import OFFER, POSTPAID, PREPAID, Session
from lanhouse.cafe.topups.queries.paid_in import rest_way_back
from lanhouse.cafe.topups.rules import Undone
from lanhouse.db.store import Read
from lanhouse.ledger import balances, book_of_center

NOTHING = PayBack()


def change_of(
    read: Read,
    center: Center,
    session: Session,
    rest_micros: int,
    named: str = "",
    *,
    at_desk: bool = False,
) -> tuple[PayBack, list[Undone]]:
    """How the rest of a guest's balance goes back at a check-out, and which payments that undoes.

    A guest who paid first gets money back where the centre returns it; a postpaid one gets his own
    at the desk (decision 0031). `named` (cash, card, qr, balance) is the tender for all of it;
    empty: as it came (decision 0078). Money that was lent stays on the account (decision 0079).
    """
    if session.kind == POSTPAID:
        is_returned = at_desk
    else:
        keeps = center.settings.prepaid_session_change_method == "keep"
        is_returned = session.kind in (PREPAID, OFFER) and not keeps
    if not is_returned or rest_micros <= 0:
        return NOTHING, []
    own = rest_micros - max(owed_micros(read, center, session.member_id), 0)
    if own <= 0:
        return NOTHING, []
    return rest_way_back(read, center.id, session.member_id, own, named)


def change_at(
    read: Read, center: Center, session: Session, at: datetime, *, at_desk: bool = False
) -> PayBack:
    """What a check-out at `at` would give back; nothing once the session is over by itself."""
    if session.is_due(at):
        return NOTHING
    held = balances(read, book_of_center(center.id), "member", session.member_id)
    balance = held.get(("balance", center.currency), 0)
    from_balance, _ = own_share(
        session.cost_micros(at),
        balance,
        held.get(("bonus", center.currency), 0),
        is_bonus_first=center.settings.use_bonus_first,
    )
    return change_of(read, center, session, balance - from_balance, at_desk=at_desk)[0]
