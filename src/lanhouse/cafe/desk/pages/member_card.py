"""The card of a member: what the house knows of him, and what is done about it."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from lanhouse.auth.tokens import end_tokens_of
from lanhouse.cafe.centers.call import CafeCall, PanelRoutes
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.desk.queries.member_card import card_values, identity_values
from lanhouse.cafe.members.commands.changing import MembersNamed, delete_members
from lanhouse.cafe.members.commands.notes import (
    ConsentNamed,
    NewConsent,
    NewNote,
    NoteNamed,
    add_note,
    delete_note,
    give_consent,
    pin_note,
    withdraw_consent,
)
from lanhouse.cafe.members.errors import MemberNotFound
from lanhouse.cafe.members.locks import lock_one
from lanhouse.cafe.members.queries import member_detail
from lanhouse.cafe.messages.commands.to_members import TellMembers, tell_members
from lanhouse.cafe.minors.wire import band_words
from lanhouse.db.store import Tx
from lanhouse.kit import clock
from lanhouse.kit.errors import AppError, NotFound
from lanhouse.kit.inputs import id_in_path
from lanhouse.kit.limits import COMMENT_CHARS_MAX
from lanhouse.kit.said import say
from lanhouse.web import i18n
from lanhouse.web.format import weekday_names
from lanhouse.web.i18n import N_
from lanhouse.web.pages.refusals import errors_in_form, refusal_text
from lanhouse.web.replies import Reply

routes = PanelRoutes("Member card")
FOLDER = "cafe/desk/templates/members"
CARD = "/panel/members/{member_id}"
_DONE = {
    "saved": N_("Saved."),
    "added": N_("The account is open."),
    "converted": N_("The guest is a member now."),
    "noted": N_("Noted."),
    "told": N_("The message waits until the member signs in."),
    "ended": N_("The member is signed out everywhere."),
    "photo": N_("The photo was changed."),
}


class DoneIn(msgspec.Struct):
    """What was just done."""

    done: str = ""


class NoteForm(msgspec.Struct):
    """A note, and whether the desk is told whenever it chooses the member."""

    text: Annotated[str, Meta(max_length=4000)] = ""
    is_pinned: bool = False
    key: str = ""


class PinForm(msgspec.Struct):
    """Whether a note is pinned from now on."""

    is_pinned: bool = False


class ConsentForm(msgspec.Struct):
    """What the member agrees to."""

    kind: Annotated[str, Meta(max_length=20)] = ""
    details: Annotated[str, Meta(max_length=4000)] = ""


class TextForm(msgspec.Struct):
    """A message to the member."""

    text: Annotated[str, Meta(max_length=4000)] = ""
    key: str = ""


class Kept(msgspec.Struct, frozen=True):
    """What was made by a form, by id."""

    id: int


class _Member(msgspec.Struct, frozen=True):
    center: Center
    member_id: int


@routes.get(CARD, right="members.view", summary="A member's card")
async def card(call: CafeCall, data: DoneIn) -> Reply:
    """Balances, packages, history with bills, notes, consents, sign-ins and what was changed."""
    toast = ""
    if data.done in _DONE:
        toast = i18n.translations(call.view.language).gettext(_DONE[data.done])
    return await card_page(call, toast=toast)


async def card_page(call: CafeCall, error: AppError | None = None, **more: Any) -> Reply:
    """The card; with the reason why something on it was not done."""
    problem = "" if error is None else refusal_text(error, call.view.language)
    values = await call.read(card_values, call, member_id_of(call), clock.now())
    status = 200 if error is None else error.status
    limits, days = values["age_part"]["held"].limits, weekday_names(call.view.language)
    hours = [] if limits is None else [band_words(band, days) for band in limits.bands]
    page = {"problem": problem, "age_hours": hours, **values, **more}
    return call.html(f"{FOLDER}/card.html", status=status, **page)


@routes.post(f"{CARD}/identity", right="members.identity", summary="Show a member's identity")
async def show_identity(call: CafeCall) -> Reply:
    """Birthday and identity number in full; that somebody looked is written to the audit log."""
    member = _Member(call.center, member_id_of(call))
    await call.run(_note_look, member)
    found = await call.read(member_detail, call.center, member.member_id)
    if found is None:
        raise MemberNotFound
    values = identity_values(call, found, clock.now(), is_shown=True)
    return call.html(f"{FOLDER}/identity.html", **values)


def _note_look(tx: Tx, member: _Member) -> None:
    """Say in the audit log that somebody looks at what is masked. Raises MemberNotFound."""
    lock_one(tx, member.center.id, member.member_id)
    tx.audit("member", member.member_id, after={"identity": "looked at"})


@routes.post(f"{CARD}/notes", right="members.edit", summary="Note something about a member")
async def note(call: CafeCall, data: NoteForm) -> Reply:
    """Keep the note once per form."""
    new = NewNote(
        center=call.center,
        actor=call.actor,
        member_id=member_id_of(call),
        text=data.text,
        is_pinned=data.is_pinned,
    )
    try:
        await call.do(add_note, new, Kept, Kept, key=data.key or None)
    except NotFound:
        raise
    except AppError as error:
        return await card_page(call, error, note=data)
    return to_card(call, "noted")


@routes.post(f"{CARD}/notes/{{note_id}}/pin", right="members.edit", summary="Pin a note")
async def pin(call: CafeCall, data: PinForm) -> Reply:
    """Pin it, or no longer."""
    await call.run(pin_note, _note(call, is_pinned=data.is_pinned))
    return to_card(call, "saved")


@routes.post(f"{CARD}/notes/{{note_id}}/delete", right="members.edit", summary="Delete a note")
async def unnote(call: CafeCall) -> Reply:
    """Take it away."""
    await call.run(delete_note, _note(call))
    return to_card(call, "saved")


def _note(call: CafeCall, *, is_pinned: bool = False) -> NoteNamed:
    note_id = id_in_path(call.path["note_id"], say("Note not found"))
    return NoteNamed(
        center=call.center, member_id=member_id_of(call), note_id=note_id, is_pinned=is_pinned
    )


@routes.post(f"{CARD}/consents", right="members.edit", summary="Note what a member agrees to")
async def consent(call: CafeCall, data: ConsentForm) -> Reply:
    """Keep what, when and by whom it was taken down."""
    new = NewConsent(
        center=call.center,
        actor=call.actor,
        member_id=member_id_of(call),
        kind=data.kind,
        details=data.details,
    )
    try:
        await call.run(give_consent, new)
    except NotFound:
        raise
    except AppError as error:
        return await card_page(call, error)
    return to_card(call, "saved")


@routes.post(
    f"{CARD}/consents/{{consent_id}}/withdraw",
    right="members.edit",
    summary="Note that a member agrees no longer",
)
async def withdraw(call: CafeCall) -> Reply:
    """Keep since when; a photo goes with its consent."""
    consent_id = id_in_path(call.path["consent_id"], say("Consent not found"))
    named = ConsentNamed(
        center=call.center, actor=call.actor, member_id=member_id_of(call), consent_id=consent_id
    )
    await call.run(withdraw_consent, named)
    return to_card(call, "saved")


@routes.post(f"{CARD}/sign-out", right="members.edit", summary="Sign a member out everywhere")
async def sign_out(call: CafeCall) -> Reply:
    """A session that he plays goes on."""
    await call.run(_sign_out, _Member(call.center, member_id_of(call)))
    return to_card(call, "ended")


def _sign_out(tx: Tx, member: _Member) -> None:
    """End every token of a member. Raises MemberNotFound."""
    lock_one(tx, member.center.id, member.member_id)
    end_tokens_of(tx, member.center.id, "member", member.member_id)
    tx.audit("member", member.member_id, after={"sign_ins": "ended"})


@routes.post(f"{CARD}/delete", right="members.delete", summary="Delete a member")
async def delete(call: CafeCall) -> Reply:
    """Everything personal goes; books and logs keep the number."""
    named = MembersNamed(center=call.center, actor=call.actor, member_ids=[member_id_of(call)])
    try:
        await call.run(delete_members, named)
    except NotFound:
        raise
    except AppError as error:
        return await card_page(call, error)
    return Reply().with_header("hx-redirect", "/panel/members?done=deleted")


@routes.get(f"{CARD}/message", right="members.message", summary="Dialog: message to a member")
async def message_dialog(call: CafeCall, data: TextForm) -> Reply:
    """The empty form."""
    return await _message(call, data)


@routes.post(f"{CARD}/message", right="members.message", summary="Send a message to a member")
async def message(call: CafeCall, data: TextForm) -> Reply:
    """It waits until he signs in."""
    cmd = TellMembers(
        center=call.center, actor=call.actor, member_ids=[member_id_of(call)], text=data.text
    )
    try:
        await call.do(tell_members, cmd, lambda ids: Kept(ids[0]), Kept, key=data.key or None)
    except NotFound:
        raise
    except AppError as error:
        return await _message(call, data, error)
    return to_card(call, "told")


async def _message(call: CafeCall, data: TextForm, error: AppError | None = None) -> Reply:
    found = await call.read(member_detail, call.center, member_id_of(call))
    if found is None:
        raise MemberNotFound
    errors, problem = errors_in_form(error, call.view.language, ("text",))
    return call.html(
        f"{FOLDER}/message.html",
        status=200 if error is None else error.status,
        member=found.row,
        form=data,
        errors=errors,
        problem=problem,
        most=COMMENT_CHARS_MAX,
    )


def member_id_of(call: CafeCall) -> int:
    """The member whom the path names. Raises NotFound for what cannot be one."""
    return id_in_path(call.path["member_id"], say("Member not found"))


def to_card(call: CafeCall, done: str) -> Reply:
    """Show the card anew, with what was done."""
    path = CARD.format(member_id=member_id_of(call))
    return Reply().with_header("hx-redirect", f"{path}?done={done}")
