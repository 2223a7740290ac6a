"""Messages of the house to members, kept until they are read."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import sqlalchemy as sa

from lanhouse.auth.actors import Actor
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.facts import MemberForgotten
from lanhouse.cafe.members.commands.changing import lock_members
from lanhouse.cafe.members.commands.notes import text_of
from lanhouse.cafe.messages.tables import member_messages
from lanhouse.db.statements import Row, among, static
from lanhouse.db.store import Tx
from lanhouse.kit.errors import Refused
from lanhouse.kit.limits import MEMBER_MESSAGES_UNREAD_MAX
from lanhouse.kit.said import say

_messages = member_messages.c
_INSERT = static(sa.insert(member_messages))
_HIS = (_messages.center_id == sa.bindparam("center")) & (
    _messages.member_id == sa.bindparam("member")
)
_FULL = static(
    sa.select(_messages.member_id)
    .where(
        _messages.center_id == sa.bindparam("center"),
        among(_messages.member_id, "ids"),
        _messages.read_at.is_(None),
    )
    .group_by(_messages.member_id)
    .having(sa.func.count() >= MEMBER_MESSAGES_UNREAD_MAX)
)
_READ = static(
    sa.update(member_messages)
    .where(_HIS, _messages.read_at.is_(None))
    .values(read_at=sa.bindparam("at", type_=_messages.read_at.type))
    .returning(member_messages)
)
_DELETE = static(sa.delete(member_messages).where(_HIS))


class TellMembers(msgspec.Struct, frozen=True, kw_only=True):
    """A message to some members."""

    center: Center
    actor: Actor
    member_ids: list[int]
    text: str


def tell_members(tx: Tx, cmd: TellMembers) -> list[int]:
    """Keep a message for each of them, all or none; answers their ids.

    Raises InvalidInput of `text`, NotFound naming the unknown, Refused where too many wait.
    """
    text = text_of(cmd.text)
    ids = [row.id for row in lock_members(tx, cmd.center.id, cmd.member_ids)]
    full = tx.all(_FULL, center=cmd.center.id, ids=ids)
    if full:
        most = MEMBER_MESSAGES_UNREAD_MAX
        names = ", ".join(str(row.member_id) for row in full[:10])
        raise Refused(say("%(count)s messages wait for %(names)s already", count=most, names=names))
    tell_locked(tx, cmd.center.id, ids, text, cmd.actor.staff_name)
    for member_id in ids:
        tx.audit("member", member_id, after={"message": "sent"})
    return ids


def tell_locked(tx: Tx, center_id: int, ids: Sequence[int], text: str, staff_name: str) -> None:
    """Keep a text, checked before, for members who are locked."""
    rows = [
        {
            "center_id": center_id,
            "member_id": member_id,
            "text": text,
            "staff_name": staff_name,
            "sent_at": tx.now,
            "read_at": None,
        }
        for member_id in ids
    ]
    tx.run_many(_INSERT, rows)


def read_messages(tx: Tx, center_id: int, member_id: int) -> list[Row]:
    """What waits for a member (locked), the oldest first: read once, then no more."""
    rows = tx.all(_READ, center=center_id, member=member_id, at=tx.now)
    return sorted(rows, key=lambda row: row.id)


def forget_messages(tx: Tx, forgotten: list[MemberForgotten]) -> None:
    """Delete what was told to members who are nobody any more."""
    for fact in forgotten:
        tx.run(_DELETE, center=fact.center_id, member=fact.member_id)
