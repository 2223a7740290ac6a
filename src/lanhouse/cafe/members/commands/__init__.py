"""Making, changing and deleting accounts."""

from __future__ import annotations

from datetime import datetime

import msgspec
import sqlalchemy as sa

from lanhouse.auth.actors import Actor
from lanhouse.auth.tokens import end_tokens_of
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.facts import MemberRegrouped
from lanhouse.cafe.members.commands.account_log import log_change
from lanhouse.cafe.members.commands.accounts import insert_guest_account
from lanhouse.cafe.members.commands.staged import drop_staged
from lanhouse.cafe.members.tables import members
from lanhouse.db.statements import Row, static
from lanhouse.db.store import Tx

_HIS = (members.c.center_id == sa.bindparam("center")) & (members.c.id == sa.bindparam("member"))
_NOW = sa.bindparam("now", type_=members.c.updated_at.type)
_SET_HASH = static(
    sa.update(members)
    .where(_HIS)
    .values(
        password_hash=sa.bindparam("new_hash"),
        password_until=sa.bindparam("until", type_=members.c.password_until.type),
        updated_at=_NOW,
    )
)
_SET_GROUP = static(
    sa.update(members).where(_HIS).values(group_id=sa.bindparam("new_group"), updated_at=_NOW)
)


class NewGuest(msgspec.Struct, frozen=True):
    """A guest to make. `group_id` is -1 to -5; `password_hash` may be empty (no log-in)."""

    center_id: int
    group_id: int
    password_hash: str = ""
    expires_at: datetime | None = None


class GuestMade(msgspec.Struct, frozen=True):
    """A new guest."""

    member_id: int
    account: str


def create_guest(tx: Tx, new: NewGuest) -> GuestMade:
    """Make a guest account, G_ and six signs (seed: Members, addGuest). Guests have no cap."""
    assert -5 <= new.group_id <= -1, "a guest is in a guest group"
    member_id, account = insert_guest_account(
        tx, new.center_id, new.group_id, new.password_hash, new.expires_at
    )
    return GuestMade(member_id, account)


def set_password_hash(
    tx: Tx,
    center_id: int,
    member_id: int,
    password_hash: str,
    *,
    until: datetime | None = None,
    but: str = "",
) -> None:
    """Give a locked account another password; what is signed in with the old one ends, but the
    token with the hash `but`. With `until` (real time) it must be changed before (decision 0158).
    """
    tx.run(
        _SET_HASH,
        center=center_id,
        member=member_id,
        new_hash=password_hash,
        until=until,
        now=tx.now,
    )
    drop_staged(tx, center_id, member_id)
    end_tokens_of(tx, center_id, "member", member_id, but=but)


def regroup(
    tx: Tx,
    center: Center,
    actor: Actor,
    member: Row,
    group_id: int,
    details: str,
    *,
    keeps_tariff: bool = False,
) -> None:
    """Put a locked member into another group; `details` says why in the log."""
    tx.run(_SET_GROUP, center=center.id, member=member.id, new_group=group_id, now=tx.now)
    log_change(tx, center, actor, member.id, member.account, group_id, details)
    tx.tell(MemberRegrouped(center.id, member.id, keeps_tariff))
