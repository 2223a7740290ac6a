"""Leaving messages for PCs."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import sqlalchemy as sa

from lanhouse.auth.actors import Actor
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.messages.queries import waiting_messages
from lanhouse.cafe.messages.tables import admin_messages as messages
from lanhouse.cafe.pcs.queries import PcRefused, pcs_named
from lanhouse.db.statements import static
from lanhouse.db.store import Tx
from lanhouse.kit.errors import InvalidInput
from lanhouse.kit.limits import COMMENT_CHARS_MAX, MESSAGES_WAITING_MAX
from lanhouse.kit.said import say

KEPT = timedelta(hours=24)
"""Who sits there tomorrow is not meant."""
_INSERT = static(sa.insert(messages).returning(messages.c.id))


class LeaveMessage(msgspec.Struct, frozen=True, kw_only=True):
    """A message for who sits at some PCs."""

    center: Center
    actor: Actor
    pc_names: list[str]
    text: str


def leave_message(tx: Tx, cmd: LeaveMessage) -> int:
    """Keep a message for each PC until its client connects, for 24 hours; answers for how many.

    Raises InvalidInput of `text`, and PcRefused for an unknown PC and for one that too many wait
    for.
    """
    text = cmd.text.strip()
    if not text or len(text) > COMMENT_CHARS_MAX:
        reason = say("must be a text of at most %(count)s characters", count=COMMENT_CHARS_MAX)
        raise InvalidInput({"text": reason if text else say("is required")})
    rows = pcs_named(tx, cmd.center.id, cmd.pc_names, lock=True)
    for row in rows:
        if len(waiting_messages(tx, cmd.center.id, row.id, tx.now)) >= MESSAGES_WAITING_MAX:
            most = MESSAGES_WAITING_MAX
            reason = say("%(count)s messages wait for this PC already", count=most)
            raise PcRefused(row.name, reason)
        message_id = tx.scalar(
            _INSERT,
            center_id=cmd.center.id,
            pc_id=row.id,
            text=text,
            staff_name=cmd.actor.staff_name,
            sent_at=tx.now,
            expires_at=tx.now + KEPT,
        )
        tx.audit("pc", row.id, message_id=message_id)
        ids = {"center_id": cmd.center.id, "pc_id": row.id, "pc_name": row.name}
        tx.emit("client.message", ids)
    return len(rows)
