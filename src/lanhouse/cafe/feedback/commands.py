"""Writing to the house, reading it, and answering."""

from __future__ import annotations

import msgspec
import sqlalchemy as sa

from lanhouse.auth.actors import Actor
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.facts import MemberForgotten
from lanhouse.cafe.feedback.queries import feedback_by_id, unread_feedback
from lanhouse.cafe.feedback.tables import feedback
from lanhouse.cafe.members.errors import MemberNotFound
from lanhouse.cafe.members.queries import member_by_account, member_by_id
from lanhouse.cafe.money.log import write_log
from lanhouse.cafe.money.schemas import Event, LogEntry, Subject, subject_of_group
from lanhouse.cafe.pcs.queries import pcs_named
from lanhouse.cafe.pcs.tables import pcs
from lanhouse.db.statements import Row, static
from lanhouse.db.store import Tx
from lanhouse.kit.errors import InvalidInput, NotFound, Refused
from lanhouse.kit.limits import FEEDBACK_CHARS_MAX, FEEDBACK_UNREAD_MAX
from lanhouse.kit.said import say

SUBJECT_CHARS_MAX = 200
_f = feedback.c
_INSERT = static(sa.insert(feedback).returning(_f.id))
_PC_NAME = static(
    sa.select(pcs.c.name).where(
        pcs.c.center_id == sa.bindparam("center"), pcs.c.id == sa.bindparam("pc")
    )
)
_THIS = (_f.center_id == sa.bindparam("center")) & (_f.id == sa.bindparam("feedback"))
_AT = sa.bindparam("at", type_=_f.read_at.type)
_READ = static(
    sa.update(feedback)
    .where(_THIS, _f.read_at.is_(None))
    .values(read_at=_AT, read_by=sa.bindparam("staff"))
)
_UNREAD = static(sa.update(feedback).where(_THIS).values(read_at=None, read_by=""))
_ANSWERED = static(sa.update(feedback).where(_THIS).values(answered_at=_AT))
_FORGET = static(
    sa.update(feedback)
    .where(_f.center_id == sa.bindparam("center"), _f.member_id == sa.bindparam("member"))
    .values(subject="", message="", member_id=0)
)


class NewFeedback(msgspec.Struct, frozen=True, kw_only=True):
    """What a customer writes: from which PC ("" = none), under which account ("" = nobody's)."""

    center: Center
    actor: Actor
    pc_name: str = ""
    member_account: str = ""
    subject: str = ""
    message: str = ""


class FeedbackNamed(msgspec.Struct, frozen=True, kw_only=True):
    """One of what customers wrote; `is_read` false puts it back."""

    center: Center
    actor: Actor
    feedback_id: int
    is_read: bool = True


class FeedbackNotFound(NotFound):
    """The centre has no such message of a customer."""

    def __init__(self) -> None:
        super().__init__(say("Feedback not found"))


def give_feedback(tx: Tx, new: NewFeedback) -> int:
    """Keep what a customer wrote; answers its id. The billing log says that it came, not what.

    A device writes from its own PC, a member under his own account, whatever is sent. Raises
    InvalidInput, PcRefused, MemberNotFound, Refused when too much of it is unread.
    """
    center_id = new.center.id
    subject, message = new.subject.strip(), new.message.strip()
    _check(subject, message)
    pc_name, member = _pc_of(tx, new), _member_of(tx, new)
    if unread_feedback(tx, center_id) >= FEEDBACK_UNREAD_MAX:
        raise Refused(say("Too many messages wait to be read. Tell somebody at the desk."))
    log_id = write_log(
        tx,
        LogEntry(
            center_id=center_id,
            event=Event.FEEDBACK,
            subject=Subject.CENTER if member is None else subject_of_group(member.group_id),
            member_id=0 if member is None else member.id,
            member_account="" if member is None else member.account,
            member_group_id=0 if member is None else member.group_id,
            pc_name=pc_name,
            staff_id=new.actor.staff_id,
            staff_name=new.actor.staff_name,
            details="Feedback",
        ),
    )
    feedback_id: int = tx.scalar(
        _INSERT,
        center_id=center_id,
        log_id=log_id,
        member_id=0 if member is None else member.id,
        pc_name=pc_name,
        subject=subject,
        message=message,
        at=tx.now,
        read_at=None,
        read_by="",
    )
    tx.audit("feedback", feedback_id, log_id=log_id)
    tx.emit("feedback.changed", {"center_id": center_id})
    return feedback_id


def _check(subject: str, message: str) -> None:
    wrong: dict[str, str] = {}
    for field, text, most in (
        ("subject", subject, SUBJECT_CHARS_MAX),
        ("message", message, FEEDBACK_CHARS_MAX),
    ):
        if len(text) > most:
            wrong[field] = say("must be a text of at most %(count)s characters", count=most)
    if not message:
        wrong["message"] = say("is required")
    if wrong:
        raise InvalidInput(wrong)


def _pc_of(tx: Tx, new: NewFeedback) -> str:
    if new.actor.pc_id:
        return tx.scalar(_PC_NAME, center=new.center.id, pc=new.actor.pc_id) or ""
    if not new.pc_name:
        return ""
    (pc,) = pcs_named(tx, new.center.id, [new.pc_name])
    return pc.name


def _member_of(tx: Tx, new: NewFeedback) -> Row | None:
    if new.actor.member_id:
        return member_by_id(tx, new.center.id, new.actor.member_id)
    if not new.member_account:
        return None
    member = member_by_account(tx, new.center.id, new.member_account)
    if member is None:
        raise MemberNotFound
    return member


def mark_feedback(tx: Tx, named: FeedbackNamed) -> None:
    """Say that it was read, or that it was not after all. Raises FeedbackNotFound."""
    who = {"center": named.center.id, "feedback": named.feedback_id}
    if feedback_by_id(tx, named.center.id, named.feedback_id) is None:
        raise FeedbackNotFound
    if not named.is_read:
        tx.run(_UNREAD, **who)
    elif not tx.run(_READ, **who, at=tx.now, staff=named.actor.staff_name):
        tx.did_nothing()
        return
    tx.audit("feedback", named.feedback_id, after={"is_read": named.is_read})
    tx.emit("feedback.changed", {"center_id": named.center.id})


def mark_answered(tx: Tx, named: FeedbackNamed) -> int:
    """Say that it is answered, which also reads it; answers the id of the member who wrote.

    Raises FeedbackNotFound, Refused when nobody's account stands behind it.
    """
    row = feedback_by_id(tx, named.center.id, named.feedback_id)
    if row is None:
        raise FeedbackNotFound
    if row.account is None:
        raise Refused(say("Nobody can be answered: no account stands behind this."))
    who = {"center": named.center.id, "feedback": named.feedback_id}
    tx.run(_READ, **who, at=tx.now, staff=named.actor.staff_name)
    tx.run(_ANSWERED, **who, at=tx.now)
    tx.audit("feedback", named.feedback_id, after={"answer": "sent"}, member_id=row.member_id)
    tx.emit("feedback.changed", {"center_id": named.center.id})
    member_id: int = row.member_id
    return member_id


def forget_feedback(tx: Tx, forgotten: list[MemberForgotten]) -> None:
    """Empty what members wrote who are nobody any more; that they wrote stays."""
    for fact in forgotten:
        tx.run(_FORGET, center=fact.center_id, member=fact.member_id)
