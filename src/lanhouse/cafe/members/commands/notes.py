"""What the staff writes down of a member, and what he agreed to."""

from __future__ import annotations

import msgspec
import sqlalchemy as sa

from lanhouse.auth.actors import Actor
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.members.commands.photos import hide_photo
from lanhouse.cafe.members.locks import lock_one
from lanhouse.cafe.members.rules import CONSENTS, PHOTO
from lanhouse.cafe.members.tables import member_consents, member_notes
from lanhouse.db.statements import static
from lanhouse.db.store import Tx
from lanhouse.kit.errors import InvalidInput, NotFound, Refused
from lanhouse.kit.limits import COMMENT_CHARS_MAX, NOTES_PER_MEMBER_MAX
from lanhouse.kit.said import say

_notes, _consents = member_notes.c, member_consents.c
_INSERT_NOTE = static(sa.insert(member_notes).returning(_notes.id))
_COUNT_NOTES = static(
    sa.select(sa.func.count()).where(
        _notes.center_id == sa.bindparam("center"), _notes.member_id == sa.bindparam("member")
    )
)
_THIS_NOTE = (
    (_notes.center_id == sa.bindparam("center"))
    & (_notes.member_id == sa.bindparam("member"))
    & (_notes.id == sa.bindparam("note"))
)
_DELETE_NOTE = static(sa.delete(member_notes).where(_THIS_NOTE))
_PIN_NOTE = static(
    sa.update(member_notes).where(_THIS_NOTE).values(is_pinned=sa.bindparam("pinned"))
)
_INSERT_CONSENT = static(sa.insert(member_consents).returning(_consents.id))
_GIVEN = static(
    sa.select(_consents.id, _consents.kind).where(
        _consents.center_id == sa.bindparam("center"),
        _consents.member_id == sa.bindparam("member"),
        _consents.withdrawn_at.is_(None),
    )
)
_WITHDRAW = static(
    sa.update(member_consents)
    .where(
        _consents.center_id == sa.bindparam("center"),
        _consents.id == sa.bindparam("consent"),
    )
    .values(
        withdrawn_at=sa.bindparam("at", type_=_consents.withdrawn_at.type),
        withdrawn_by=sa.bindparam("staff"),
    )
)


class NewNote(msgspec.Struct, frozen=True, kw_only=True):
    """A note about a member; `is_pinned`: shown wherever the desk chooses him."""

    center: Center
    actor: Actor
    member_id: int
    text: str
    is_pinned: bool = False


class NoteNamed(msgspec.Struct, frozen=True, kw_only=True):
    """A note of a member, and whether it is to be pinned."""

    center: Center
    member_id: int
    note_id: int
    is_pinned: bool = False


class NewConsent(msgspec.Struct, frozen=True, kw_only=True):
    """What a member agrees to (rules.CONSENTS), and whatever belongs to it."""

    center: Center
    actor: Actor
    member_id: int
    kind: str
    details: str = ""


class ConsentNamed(msgspec.Struct, frozen=True, kw_only=True):
    """A consent of a member."""

    center: Center
    actor: Actor
    member_id: int
    consent_id: int


class NoteNotFound(NotFound):
    """The member has no such note, or not any more."""

    def __init__(self) -> None:
        super().__init__(say("Note not found"))


def text_of(text: str, field: str = "text") -> str:
    """The text without spaces around it. Raises InvalidInput for none and for one too long."""
    text = text.strip()
    if not text:
        raise InvalidInput({field: say("is required")})
    if len(text) > COMMENT_CHARS_MAX:
        reason = say("must be a text of at most %(count)s characters", count=COMMENT_CHARS_MAX)
        raise InvalidInput({field: reason})
    return text


def add_note(tx: Tx, new: NewNote) -> int:
    """Write a note down; answers its id. Raises InvalidInput, MemberNotFound."""
    text = text_of(new.text)
    lock_one(tx, new.center.id, new.member_id)
    if tx.scalar(_COUNT_NOTES, center=new.center.id, member=new.member_id) >= NOTES_PER_MEMBER_MAX:
        most = NOTES_PER_MEMBER_MAX
        raise Refused(say("A member has at most %(count)s notes. Delete old ones.", count=most))
    note_id: int = tx.scalar(
        _INSERT_NOTE,
        center_id=new.center.id,
        member_id=new.member_id,
        text=text,
        is_pinned=new.is_pinned,
        staff_id=new.actor.staff_id,
        staff_name=new.actor.staff_name,
        at=tx.now,
    )
    tx.audit("member", new.member_id, after={"note": "new"}, hidden=("note",), note_id=note_id)
    return note_id


def pin_note(tx: Tx, named: NoteNamed) -> None:
    """Show a note wherever the member is chosen, or no longer. Raises NoteNotFound."""
    lock_one(tx, named.center.id, named.member_id)
    if not tx.run(_PIN_NOTE, **_of(named), pinned=named.is_pinned):
        raise NoteNotFound
    pinned = {"is_pinned": named.is_pinned}
    tx.audit("member", named.member_id, after=pinned, note_id=named.note_id)


def delete_note(tx: Tx, named: NoteNamed) -> None:
    """Take a note away. Raises NoteNotFound."""
    lock_one(tx, named.center.id, named.member_id)
    if not tx.run(_DELETE_NOTE, **_of(named)):
        raise NoteNotFound
    tx.audit("member", named.member_id, after={"note": "deleted"}, note_id=named.note_id)


def _of(named: NoteNamed) -> dict[str, int]:
    return {"center": named.center.id, "member": named.member_id, "note": named.note_id}


def give_consent(tx: Tx, new: NewConsent) -> int:
    """Write down that a member agreed; answers the row's id. What he agreed to already is answered
    as it is. Raises InvalidInput, MemberNotFound."""
    if new.kind not in CONSENTS:
        raise InvalidInput({"kind": say("must be one of %(names)s", names=", ".join(CONSENTS))})
    details = text_of(new.details, "details") if new.details.strip() else ""
    lock_one(tx, new.center.id, new.member_id)
    for row in tx.all(_GIVEN, center=new.center.id, member=new.member_id):
        if row.kind == new.kind:
            tx.did_nothing()
            return row.id
    consent_id: int = tx.scalar(
        _INSERT_CONSENT,
        center_id=new.center.id,
        member_id=new.member_id,
        kind=new.kind,
        details=details,
        given_at=tx.now,
        given_to=new.actor.staff_name,
        withdrawn_by="",
    )
    given = {"consent": new.kind}
    tx.audit("member", new.member_id, after=given, consent_id=consent_id)
    return consent_id


def withdraw_consent(tx: Tx, named: ConsentNamed) -> None:
    """Write down that a member does not agree any more; his photo goes with that to photos.

    Raises NotFound, MemberNotFound.
    """
    center_id = named.center.id
    lock_one(tx, center_id, named.member_id)
    given = tx.all(_GIVEN, center=center_id, member=named.member_id)
    kinds = {row.id: row.kind for row in given}
    if named.consent_id not in kinds:
        raise NotFound(say("The member has not agreed to this, or not any more."))
    tx.run(
        _WITHDRAW,
        center=center_id,
        consent=named.consent_id,
        at=tx.now,
        staff=named.actor.staff_name,
    )
    kind = kinds[named.consent_id]
    if kind == PHOTO:
        hide_photo(tx, center_id, named.member_id)
    before = {"consent": kind}
    tx.audit("member", named.member_id, before=before, after={"consent": "withdrawn"})


def has_agreed(tx: Tx, center_id: int, member_id: int, kind: str) -> bool:
    """Whether the member agrees to this now."""
    given = tx.all(_GIVEN, center=center_id, member=member_id)
    return any(row.kind == kind for row in given)
