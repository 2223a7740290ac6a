"""A member ends his sign-ins from elsewhere."""

from __future__ import annotations

import msgspec

from lanhouse.auth.actors import Actor
from lanhouse.auth.tokens import end_sign_in, end_tokens_of
from lanhouse.cafe.centers.schemas import Center
from lanhouse.db.store import Tx
from lanhouse.kit.errors import NotFound
from lanhouse.kit.said import say


class EndOwnSignIns(msgspec.Struct, frozen=True, kw_only=True):
    """End one sign-in of the member who asks (queries.sign_ins); with an empty id all but the one
    with which he asks."""

    center: Center
    actor: Actor
    sign_in_id: str = ""


def end_own_sign_ins(tx: Tx, cmd: EndOwnSignIns) -> int:
    """End them; answers how many. What is played at a seat goes on. Raises NotFound for one that
    has ended already."""
    center_id, member_id = cmd.center.id, cmd.actor.member_id
    if cmd.sign_in_id:
        ended = end_sign_in(tx, center_id, "member", member_id, cmd.sign_in_id)
        if not ended:
            raise NotFound(say("This sign-in has ended already."))
    else:
        ended = end_tokens_of(tx, center_id, "member", member_id, but=cmd.actor.token_hash)
    tx.audit("member", member_id, after={"sign_ins_ended": ended})
    return ended
