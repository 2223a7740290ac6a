"""Making, changing and deleting accounts."""

from __future__ import annotations

from datetime import datetime

import msgspec
import sqlalchemy as sa

from lanhouse.auth.tokens import end_tokens_of
from lanhouse.cafe.members.accounts import insert_guest_account
from lanhouse.cafe.members.tables import members
from lanhouse.db.statements import static
from lanhouse.db.store import Tx

_SET_HASH = static(
    sa.update(members)
    .where(members.c.center_id == sa.bindparam("center"), members.c.id == sa.bindparam("member"))
    .values(
        password_hash=sa.bindparam("new_hash"),
        updated_at=sa.bindparam("now", type_=members.c.updated_at.type),
    )
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


def set_password_hash(tx: Tx, center_id: int, member_id: int, password_hash: str) -> None:
    """Give a locked account another password; what is signed in with the old one ends."""
    tx.run(_SET_HASH, center=center_id, member=member_id, new_hash=password_hash, now=tx.now)
    end_tokens_of(tx, center_id, "member", member_id)
