"""Asking for a text message; a job sends it after the commit."""

from __future__ import annotations

import msgspec

from lanhouse.auth.actors import Actor
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.notify.rules import check_text, checked_phone, must_have_provider
from lanhouse.db.store import Tx
from lanhouse.jobs.queue import enqueue
from lanhouse.kit.errors import Refused
from lanhouse.kit.said import say

SMS = "notify.sms"


class TextMessage(msgspec.Struct, frozen=True, kw_only=True):
    """A message to a telephone. `key` names it: while one with the same is on its way, no other is
    sent."""

    center: Center
    actor: Actor
    phone: str
    text: str
    key: str


def send_text(tx: Tx, message: TextMessage) -> None:
    """Queue a text message.

    Raises InvalidInput by `phone` and `text`, Refused where no provider is set up or the same
    message is on its way.
    """
    must_have_provider(message.center.settings.sms_provider)
    phone = checked_phone(message.phone)
    check_text(message.text)
    center_id = message.center.id
    is_new = enqueue(
        tx,
        SMS,
        {"phone": phone, "text": message.text},
        key=f"{SMS}:{center_id}:{message.key}",
        center_id=center_id,
        started_by=message.actor.staff_id,
    )
    if not is_new:
        raise Refused(say("A message is on its way already. Wait until it has arrived or failed."))
    tx.audit("center", center_id, after={"text_message": "sent"}, hidden=("text_message",))
