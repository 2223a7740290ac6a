"""Noting what guardians consent to and which proofs of age were seen.

Each tells AgeChanged, so that what the member plays goes on under what holds now.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

import msgspec
import sqlalchemy as sa

from lanhouse.auth.actors import Actor
from lanhouse.cafe.centers.queries import center_by_id
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.facts import AgeChanged, MemberForgotten, SessionEnded
from lanhouse.cafe.members.commands import GuestMade
from lanhouse.cafe.members.commands.account_log import log_change
from lanhouse.cafe.members.errors import MemberNotFound
from lanhouse.cafe.members.locks import lock_member
from lanhouse.cafe.members.tables import members
from lanhouse.cafe.minors.errors import ConsentNotFound
from lanhouse.cafe.minors.queries import rules_of, zone_day
from lanhouse.cafe.minors.rules import DOCUMENTS
from lanhouse.cafe.minors.schemas import SeenProof
from lanhouse.cafe.minors.tables import age_proofs, minor_consents
from lanhouse.cafe.sessions.tables import pc_sessions
from lanhouse.db.statements import Row, static
from lanhouse.db.store import Tx
from lanhouse.kit.errors import InvalidInput, Refused
from lanhouse.kit.limits import COMMENT_CHARS_MAX, CONSENTS_PER_MEMBER_MAX
from lanhouse.kit.local_time import whole_second
from lanhouse.kit.said import say

_DAYS_OLD_MAX = 130 * 366
CONSENT_DAYS_MAX = 366
GUARDIAN_CHARS_MAX = 100
_consents = minor_consents.c
_OF_MEMBER = (_consents.center_id == sa.bindparam("center")) & (
    _consents.member_id == sa.bindparam("member")
)
_INSERT = static(sa.insert(minor_consents).returning(_consents.id))
_INSERT_PROOF = static(sa.insert(age_proofs).returning(age_proofs.c.id))
_COUNT = static(sa.select(sa.func.count()).select_from(minor_consents).where(_OF_MEMBER))
_COUNT_PROOFS = static(
    sa.select(sa.func.count())
    .select_from(age_proofs)
    .where(
        age_proofs.c.center_id == sa.bindparam("center"),
        age_proofs.c.member_id == sa.bindparam("member"),
    )
)
_ONE = static(sa.select(minor_consents).where(_OF_MEMBER, _consents.id == sa.bindparam("consent")))
_WITHDRAW = static(
    sa.update(minor_consents)
    .where(_OF_MEMBER, _consents.id == sa.bindparam("consent"), _consents.withdrawn_at.is_(None))
    .values(
        withdrawn_at=sa.bindparam("now", type_=_consents.withdrawn_at.type),
        withdrawn_by_id=sa.bindparam("staff"),
    )
)
_FORGET_GUARDIANS = static(
    sa.update(minor_consents).where(_OF_MEMBER).values(guardian="", reason="")
)
_FORGET_BIRTHDAYS = static(
    sa.update(age_proofs)
    .where(
        age_proofs.c.center_id == sa.bindparam("center"),
        age_proofs.c.member_id == sa.bindparam("member"),
    )
    .values(birthday="")
)


_FORGET_GUEST = static(
    sa.update(age_proofs)
    .where(
        age_proofs.c.center_id == sa.bindparam("center"),
        age_proofs.c.birthday != "",
        age_proofs.c.member_id.in_(
            sa.select(members.c.id)
            .join(
                pc_sessions,
                (pc_sessions.c.center_id == members.c.center_id)
                & (pc_sessions.c.member_id == members.c.id),
            )
            .where(
                members.c.center_id == sa.bindparam("center"),
                members.c.group_id < 0,
                pc_sessions.c.id == sa.bindparam("session"),
            )
        ),
    )
    .values(birthday="")
)


class NewConsent(msgspec.Struct, frozen=True, kw_only=True):
    """A guardian consents, for a reason and until a moment (aware UTC)."""

    center: Center
    actor: Actor
    member_id: int
    guardian: str
    reason: str
    until_at: datetime


class WithdrawConsent(msgspec.Struct, frozen=True, kw_only=True):
    """A consent of a member that holds no more."""

    center: Center
    actor: Actor
    member_id: int
    consent_id: int


class NewProof(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody has seen a paper (rules.DOCUMENTS) with this birthday."""

    center: Center
    actor: Actor
    member_id: int
    birthday: date
    document: str


def give_consent(tx: Tx, new: NewConsent) -> int:
    """Note a guardian's consent; answers its id.

    Raises InvalidInput of `guardian`, `reason`, `until`, MemberNotFound, and Refused for a guest or
    too many.
    """
    errors: dict[str, str] = {}
    guardian = _text(new.guardian, "guardian", GUARDIAN_CHARS_MAX, errors)
    reason = _text(new.reason, "reason", COMMENT_CHARS_MAX, errors)
    given, until = whole_second(tx.now), whole_second(new.until_at)
    if until <= given:
        errors["until"] = say("must lie ahead")
    elif until > given + timedelta(days=CONSENT_DAYS_MAX):
        errors["until"] = say("must be within %(count)s days", count=CONSENT_DAYS_MAX)
    if errors:
        raise InvalidInput(errors)
    member = _member(tx, new.center.id, new.member_id)
    if tx.scalar(_COUNT, center=new.center.id, member=member.id) >= CONSENTS_PER_MEMBER_MAX:
        raise Refused(say("A member has at most %(count)s consents", count=CONSENTS_PER_MEMBER_MAX))
    consent_id: int = tx.scalar(
        _INSERT,
        center_id=new.center.id,
        member_id=member.id,
        guardian=guardian,
        reason=reason,
        given_at=given,
        until_at=until,
        staff_id=new.actor.staff_id,
        staff_name=new.actor.staff_name,
        withdrawn_at=None,
        withdrawn_by_id=None,
    )
    zone = new.center.zone
    _note(tx, new, member, f"guardian consents until {until.astimezone(zone):%Y-%m-%d %H:%M}")
    return consent_id


def withdraw_consent(tx: Tx, cmd: WithdrawConsent) -> int:
    """End a consent now; answers its id. One that was withdrawn already stays as it is.

    Raises ConsentNotFound, MemberNotFound.
    """
    member = _member(tx, cmd.center.id, cmd.member_id)
    named = {"center": cmd.center.id, "member": member.id, "consent": cmd.consent_id}
    found = tx.one(_ONE, **named)
    if found is None:
        raise ConsentNotFound
    if found.withdrawn_at is not None:
        tx.did_nothing()
        return cmd.consent_id
    tx.run(_WITHDRAW, **named, now=whole_second(tx.now), staff=cmd.actor.staff_id)
    _note(tx, cmd, member, "guardian's consent withdrawn")
    return cmd.consent_id


def note_proof(tx: Tx, new: NewProof) -> int:
    """Note that a proof of age was seen; answers its id. It becomes the member's birthday only by
    a change of the account: another one than the account has is refused.

    Raises InvalidInput of `birthday`, `document`, MemberNotFound, and Refused.
    """
    if new.document not in {each.name for each in DOCUMENTS}:
        names = ", ".join(each.name for each in DOCUMENTS)
        raise InvalidInput({"document": say("must be one of %(names)s", names=names)})
    member = _member(tx, new.center.id, new.member_id)
    if member.birthday != new.birthday.isoformat():
        raise InvalidInput({"birthday": say("is another one than the account has")})
    if tx.scalar(_COUNT_PROOFS, center=new.center.id, member=member.id) >= CONSENTS_PER_MEMBER_MAX:
        raise Refused(say("A member has at most %(count)s proofs", count=CONSENTS_PER_MEMBER_MAX))
    proof_id: int = tx.scalar(
        _INSERT_PROOF,
        center_id=new.center.id,
        member_id=member.id,
        birthday=member.birthday,
        document=new.document,
        seen_at=whole_second(tx.now),
        staff_id=new.actor.staff_id,
        staff_name=new.actor.staff_name,
    )
    _note(tx, new, member, f"proof of age seen: {new.document}")
    return proof_id


def note_guest_proof(
    tx: Tx, center: Center, actor: Actor, guest: GuestMade, proof: SeenProof
) -> int:
    """Note what a new guest showed at the desk: his hours are those of his age. Answers the id.

    Raises InvalidInput of `birthday` and `document`, and Forbidden without the right
    members.edit.
    """
    actor.require("members.edit")
    if proof.document not in {each.name for each in DOCUMENTS}:
        raise InvalidInput({"document": say("is required")})
    today = zone_day(center.zone, tx.now)
    if not today - timedelta(days=_DAYS_OLD_MAX) < proof.birthday <= today:
        raise InvalidInput({"birthday": say("is no birthday")})
    proof_id: int = tx.scalar(
        _INSERT_PROOF,
        center_id=center.id,
        member_id=guest.member_id,
        birthday=proof.birthday.isoformat(),
        document=proof.document,
        seen_at=whole_second(tx.now),
        staff_id=actor.staff_id,
        staff_name=actor.staff_name,
    )
    tx.audit("age_proof", proof_id, after={"document": proof.document})
    return proof_id


def forget_guests(tx: Tx, facts: Sequence[SessionEnded]) -> None:
    """Take the birthday out of what a guest showed, once his session is over; follows
    SessionEnded. Who saw what, and when, stays."""
    for fact in facts:
        center = center_by_id(tx, fact.center_id)
        if center is not None and rules_of(center) is not None:
            tx.run(_FORGET_GUEST, center=fact.center_id, session=fact.session_id)


def forget_persons(tx: Tx, facts: Sequence[MemberForgotten]) -> None:
    """Take guardians, reasons and birthdays out of what was noted; follows MemberForgotten."""
    for fact in facts:
        tx.run(_FORGET_GUARDIANS, center=fact.center_id, member=fact.member_id)
        tx.run(_FORGET_BIRTHDAYS, center=fact.center_id, member=fact.member_id)


def _member(tx: Tx, center_id: int, member_id: int) -> Row:
    row = lock_member(tx, center_id, member_id)
    if row is None or row.deleted_at is not None:
        raise MemberNotFound
    if row.group_id < 0:
        raise Refused(say("a guest has no consents and proofs: make the guest a member first"))
    return row


def _text(text: str, field: str, most: int, errors: dict[str, str]) -> str:
    text = text.strip()
    if not text:
        errors[field] = say("is required")
    elif len(text) > most:
        errors[field] = say("must be a text of at most %(count)s characters", count=most)
    return text


def _note(tx: Tx, cmd: NewConsent | WithdrawConsent | NewProof, member: Row, details: str) -> None:
    log_change(tx, cmd.center, cmd.actor, member.id, member.account, member.group_id, details)
    tx.tell(AgeChanged(cmd.center.id, member.id))
