"""Who is signed in where, and ending it from elsewhere."""

from __future__ import annotations

import msgspec

from lanhouse.auth.actors import Actor
from lanhouse.auth.tokens import end_sign_in, end_tokens_of
from lanhouse.cafe.staff.commands.people import is_self, must_reach
from lanhouse.cafe.staff.queries import find_person
from lanhouse.db.store import Tx
from lanhouse.kit.errors import NotFound
from lanhouse.kit.said import say


class EndSignIns(msgspec.Struct, frozen=True, kw_only=True):
    """End one sign-in of a person (SignIn.sign_in_id), or, with an empty id, all of them but the
    one that asks."""

    center_id: int
    staff_id: int
    actor: Actor
    sign_in_id: str = ""


def end_sign_ins(tx: Tx, cmd: EndSignIns) -> int:
    """End them; answers how many. One's own anybody ends, of another one only who has all of his
    rights: Forbidden. Raises NotFound."""
    person = find_person(tx, (cmd.center_id, cmd.staff_id))
    if person is None:
        raise NotFound(say("Staff not found"))
    if not is_self(cmd.actor, cmd.staff_id):
        must_reach(cmd.actor, person)
    if cmd.sign_in_id:
        ended = end_sign_in(tx, cmd.center_id, "staff", cmd.staff_id, cmd.sign_in_id)
        if not ended:
            raise NotFound(say("This sign-in has ended already."))
    else:
        mine = cmd.actor.token_hash if is_self(cmd.actor, cmd.staff_id) else ""
        ended = end_tokens_of(tx, cmd.center_id, "staff", cmd.staff_id, but=mine)
    tx.audit("staff", cmd.staff_id, after={"sign_ins_ended": ended})
    return ended
