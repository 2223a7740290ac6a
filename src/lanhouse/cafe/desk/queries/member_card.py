"""Everything the house knows of one member, on one page."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from lanhouse.cafe.bookings.queries import bookings_of_member
from lanhouse.cafe.bookings.schemas import Booking
from lanhouse.cafe.centers.call import CafeCall
from lanhouse.cafe.desk.queries.receipt import Receipt, receipt_of
from lanhouse.cafe.feedback.queries import FEEDBACK_LIST
from lanhouse.cafe.feedback.schemas import FeedbackWanted
from lanhouse.cafe.logs.queries import LOG_LIST, LogFilter
from lanhouse.cafe.logs.queries.audit import AUDIT_LIST, AuditFilter
from lanhouse.cafe.logs.rules import EVENT_NAMES
from lanhouse.cafe.loyalty.queries import bonus_ends_at, friends_of
from lanhouse.cafe.members.errors import MemberNotFound
from lanhouse.cafe.members.queries import MemberDetail, member_detail
from lanhouse.cafe.members.queries.card import consents_of, notes_of, sign_ins
from lanhouse.cafe.members.rules import CONSENTS, age_of, masked, masked_birthday
from lanhouse.cafe.messages.queries import messages_of
from lanhouse.cafe.minors.plans import held_of
from lanhouse.cafe.minors.rules import DOCUMENTS
from lanhouse.cafe.sessions.queries import open_sessions_of_member, packages_to_use
from lanhouse.cafe.sessions.queries.history import SESSION_LIST, HistoryWanted
from lanhouse.cafe.sessions.schemas import Session
from lanhouse.db.store import Read

_BILLS, _LINES, _AUDITED, _WRITTEN, _BOOKED = 10, 20, 10, 5, 10


def card_values(read: Read, call: CafeCall, member_id: int, at: datetime) -> dict[str, Any]:
    """What the card shows (call, member id, now). Raises MemberNotFound."""
    center = call.center
    found = member_detail(read, center, member_id)
    if found is None:
        raise MemberNotFound
    row = found.row
    return {
        "member": row,
        "purse": found.purse,
        "group_name": "" if found.group is None else found.group.name,
        "playing": [
            _playing(session, at) for session in open_sessions_of_member(read, center.id, member_id)
        ],
        "packages": packages_to_use(read, center.id, member_id, at),
        "bookings": _bookings(read, call, member_id),
        "bills": _bills(read, call, member_id),
        "lines": _lines(read, call, member_id),
        "event_names": EVENT_NAMES,
        "notes": notes_of(read, center.id, member_id),
        "consents": consents_of(read, center.id, member_id),
        "consent_names": CONSENTS,
        "sign_ins": sign_ins(read, center.id, member_id, row.account),
        "messages": messages_of(read, center.id, member_id, _WRITTEN),
        "written": _written(read, call, member_id),
        "audited": _audited(read, call, member_id),
        "age_part": _age_part(read, call, member_id, at),
        **_loyalty_part(read, call, member_id),
        "is_expired": row.expires_at is not None and row.expires_at <= at,
        "keeps_photos": center.settings.member.allow_member_upload_photo,
        "may_convert": center.settings.member.license_convert_to_member_enable,
        **identity_values(call, found, at, is_shown=False),
    }


def _loyalty_part(read: Read, call: CafeCall, member_id: int) -> dict[str, Any]:
    code, friends = friends_of(read, call.center.id, member_id)
    ends_at = bonus_ends_at(read, call.center.id, member_id)
    return {"friend_code": code, "friends": friends, "bonus_ends_at": ends_at}


def identity_values(
    call: CafeCall, found: MemberDetail, at: datetime, *, is_shown: bool
) -> dict[str, Any]:
    """Birthday and identity number, masked unless they are to be shown; the age is no secret of
    the desk, because the house needs it at every sale."""
    row = found.row
    today = at.astimezone(call.center.zone).date()
    return {
        "member": row,
        "is_shown": is_shown,
        "birthday": row.birthday if is_shown else masked_birthday(row.birthday),
        "id_card": row.id_card if is_shown else masked(row.id_card),
        "age": age_of(row.birthday, today),
    }


def _age_part(read: Read, call: CafeCall, member_id: int, at: datetime) -> dict[str, Any]:
    """What the rules for minors know of him."""
    return {
        "held": held_of(read, call.center, member_id, at),
        "documents": {each.name: each.label for each in DOCUMENTS},
        "at": at,
    }


def _playing(session: Session, at: datetime) -> dict[str, Any]:
    return {
        "pc_name": session.pc_name,
        "started_at": session.started_at,
        "expires_at": session.shown_end(at),
        "cost_micros": session.cost_micros(at),
    }


def _bookings(read: Read, call: CafeCall, member_id: int) -> list[Booking]:
    if not call.actor.may("bookings.view"):
        return []
    return bookings_of_member(read, call.center.id, member_id, _BOOKED)


def _bills(read: Read, call: CafeCall, member_id: int) -> list[Receipt]:
    if not call.actor.may("sessions.view"):
        return []
    his = HistoryWanted(center_id=call.center.id, member_id=member_id, is_ended=True)
    rows = SESSION_LIST.part(read, his, None, _BILLS).rows
    found = [receipt_of(read, call.center, row.id) for row in rows]
    return [receipt for receipt in found if receipt is not None]


def _lines(read: Read, call: CafeCall, member_id: int) -> list[Any]:
    if not call.actor.may("logs.view"):
        return []
    wanted = LogFilter(center_id=call.center.id, member_id=member_id)
    return LOG_LIST.part(read, wanted, None, _LINES).rows


def _audited(read: Read, call: CafeCall, member_id: int) -> list[Any]:
    if not call.actor.may("audit.view"):
        return []
    wanted = AuditFilter(center_id=call.center.id, subject="member", subject_id=member_id)
    return AUDIT_LIST.part(read, wanted, None, _AUDITED).rows


def _written(read: Read, call: CafeCall, member_id: int) -> list[Any]:
    if not call.actor.may("feedback.view"):
        return []
    wanted = FeedbackWanted(center_id=call.center.id, member_id=member_id)
    return FEEDBACK_LIST.part(read, wanted, None, _WRITTEN).rows
