"""What the desk does over several nouns: one act on many members (at once on some, as a job on all
whom the list finds), and answers to customers."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

import msgspec

from lanhouse.auth.actors import Actor
from lanhouse.auth.rights import rights_of
from lanhouse.cafe.centers.queries import center_by_id
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.feedback.commands import FeedbackNamed, mark_answered
from lanhouse.cafe.members.commands.changing import (
    MemberChange,
    MembersNamed,
    change_members,
    delete_members,
)
from lanhouse.cafe.members.queries.listing import MemberSearch, next_ids
from lanhouse.cafe.members.schemas import MemberFilter
from lanhouse.cafe.messages.commands.to_members import TellMembers, tell_members
from lanhouse.db.store import Tx
from lanhouse.jobs.queue import enqueue
from lanhouse.jobs.schemas import Done, Job, Progress
from lanhouse.kit.errors import AppError
from lanhouse.kit.ids import new_secret

KIND = "members.bulk"
SLICE_MAX = 20
"""Members that one step of the job acts on."""
_SKIPPED_TOLD_MAX = 20
RIGHTS = {
    "group": "members.edit",
    "expiry": "members.edit",
    "active": "members.edit",
    "message": "members.message",
    "delete": "members.delete",
}
"""What may be done to many, and the right for it."""


class Act(msgspec.Struct, frozen=True, kw_only=True):
    """What is done, and with what; plain JSON, so that a job can keep it."""

    kind: Literal["group", "expiry", "active", "message", "delete"]
    group_id: int = 0
    expires_at: datetime | None = None
    is_active: bool = True
    text: str = ""


class Bulk(msgspec.Struct, frozen=True, kw_only=True):
    """An act on the members named; or, with none, on all whom the search finds."""

    center: Center
    actor: Actor
    act: Act
    member_ids: list[int]
    search: MemberSearch


class BulkDone(msgspec.Struct, frozen=True):
    """How many it was done to; in a job it is done later."""

    count: int
    is_job: bool = False


class _Payload(msgspec.Struct, frozen=True, kw_only=True):
    act: Act
    staff_id: int
    staff_name: str
    search_text: str
    is_guest: bool
    filters: MemberFilter
    at: datetime


class _Cursor(msgspec.Struct, frozen=True):
    after: int = 0
    changed: int = 0
    skipped: int = 0
    names: list[str] = []


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """An answer to what a customer wrote."""

    named: FeedbackNamed
    text: str


def answer_feedback(tx: Tx, answer: Answer) -> None:
    """Answer as a message to the member who wrote.

    Raises FeedbackNotFound, Refused when nobody's account stands behind it, and what
    tell_members() raises.
    """
    named = answer.named
    member_id = mark_answered(tx, named)
    told = TellMembers(
        center=named.center, actor=named.actor, member_ids=[member_id], text=answer.text
    )
    tell_members(tx, told)


def act_on_many(tx: Tx, bulk: Bulk) -> BulkDone:
    """Do it to the members named, all or none; or queue a job for all that are found.

    Raises Forbidden, and what the act itself raises.
    """
    bulk.actor.require(RIGHTS[bulk.act.kind])
    if bulk.member_ids:
        act_on(tx, bulk.center, bulk.actor, bulk.act, bulk.member_ids)
        return BulkDone(len(bulk.member_ids))
    payload = _Payload(
        act=bulk.act,
        staff_id=bulk.actor.staff_id,
        staff_name=bulk.actor.staff_name,
        search_text=bulk.search.search_text,
        is_guest=bool(bulk.search.is_guest),
        filters=bulk.search.filters,
        at=bulk.search.at,
    )
    enqueue(
        tx,
        KIND,
        msgspec.to_builtins(payload),
        key=f"{KIND} {new_secret('bulk')}",
        center_id=bulk.center.id,
        started_by=bulk.actor.staff_id,
    )
    tx.audit("members", 0, after={"act": bulk.act.kind})
    return BulkDone(0, is_job=True)


def act_on(tx: Tx, center: Center, actor: Actor, act: Act, member_ids: list[int]) -> None:
    """Do it to these members, all or none. Raises what the command of the act raises."""
    if act.kind == "message":
        told = TellMembers(center=center, actor=actor, member_ids=member_ids, text=act.text)
        tell_members(tx, told)
    elif act.kind == "delete":
        delete_members(tx, MembersNamed(center=center, actor=actor, member_ids=member_ids))
    else:
        values: dict[str, Any] = {
            "group": {"group_id": act.group_id},
            "expiry": {"expires_at": act.expires_at},
            "active": {"is_active": act.is_active},
        }[act.kind]
        change_members(
            tx, MemberChange(center=center, actor=actor, member_ids=member_ids, values=values)
        )


def bulk_step(tx: Tx, job: Job) -> Progress | Done:
    """Act on the next members by id, each for itself: who cannot be changed is left and told.

    An act changes only members behind the cursor, so that what the search finds ahead stays.
    """
    payload = msgspec.convert(job.payload, _Payload, strict=False)
    at = msgspec.convert(job.cursor or {}, _Cursor)
    center = center_by_id(tx, job.center_id)
    if center is None:
        return Done({"changed": at.changed, "skipped": at.skipped, "names": at.names}, job.done)
    search = MemberSearch(
        center=center,
        at=payload.at,
        search_text=payload.search_text,
        is_guest=payload.is_guest,
        filters=payload.filters,
    )
    actor = Actor(
        kind="staff",
        center_id=center.id,
        staff_id=payload.staff_id,
        staff_name=payload.staff_name,
        # The right was looked at when the job was asked for.
        rights=rights_of("staff") | {RIGHTS[payload.act.kind]},
    )
    ids = next_ids(tx, search, at.after, SLICE_MAX)
    changed, skipped, names = at.changed, at.skipped, list(at.names)
    for member_id in ids:
        try:
            act_on(tx, center, actor, payload.act, [member_id])
            changed += 1
        except AppError as error:
            # Each of these acts refuses one member before it has written anything of him.
            skipped += 1
            if len(names) < _SKIPPED_TOLD_MAX:
                names.append(f"{member_id}: {error.said}")
    done = job.done + len(ids)
    if len(ids) < SLICE_MAX:
        return Done({"changed": changed, "skipped": skipped, "names": names}, done)
    return Progress(msgspec.to_builtins(_Cursor(ids[-1], changed, skipped, names)), done)
