"""Making, changing and deleting accounts."""

from __future__ import annotations

from datetime import datetime

import msgspec

from lanhouse.cafe.members.accounts import insert_guest_account
from lanhouse.db.store import Tx


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
