"""A member chooses another password for himself."""

from __future__ import annotations

import msgspec

from lanhouse.auth.actors import Actor
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.facts import PasswordChanged
from lanhouse.cafe.members.commands import set_password_hash
from lanhouse.cafe.members.commands.account_log import log_change
from lanhouse.cafe.members.commands.changing import RESET_PASSWORD
from lanhouse.cafe.members.errors import MemberNotFound
from lanhouse.cafe.members.locks import lock_member
from lanhouse.db.store import Tx
from lanhouse.kit.errors import Conflict, InvalidInput
from lanhouse.kit.said import say

OWN_PASSWORD_CHARS_MIN = 6


class OwnPassword(msgspec.Struct, frozen=True, kw_only=True):
    """The new password's hash in place of the one that was checked, `old_hash`."""

    center: Center
    actor: Actor
    member_id: int
    old_hash: str
    new_hash: str


def check_own(old: str, new: str, field: str = "new_password") -> None:
    """Refuse a new password that changes nothing, everybody knows, or is too short: InvalidInput
    by `field`."""
    if len(new) < OWN_PASSWORD_CHARS_MIN:
        reason = say("must have at least %(count)s characters", count=OWN_PASSWORD_CHARS_MIN)
        raise InvalidInput({field: reason})
    if new in (old, RESET_PASSWORD):
        raise InvalidInput({field: say("must be another one than before")})


def change_own_password(tx: Tx, cmd: OwnPassword) -> None:
    """Set it. Everything that is signed in with the old one ends, but the caller's own sign-in.

    Raises MemberNotFound, and Conflict when somebody else has changed it meanwhile.
    """
    row = lock_member(tx, cmd.center.id, cmd.member_id)
    if row is None or row.deleted_at is not None:
        raise MemberNotFound
    if row.password_hash != cmd.old_hash:
        raise Conflict(say("The password has just been changed. Sign in again."))
    set_password_hash(tx, cmd.center.id, row.id, cmd.new_hash, but=cmd.actor.token_hash)
    tx.tell(PasswordChanged(cmd.center.id, row.id))
    log_change(
        tx, cmd.center, cmd.actor, row.id, row.account, row.group_id, "Password changed by himself"
    )
