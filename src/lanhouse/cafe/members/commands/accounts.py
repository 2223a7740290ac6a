"""Making the row of a new account: its id, its unique name, its empty fields."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from lanhouse.cafe.groups.queries import member_group_by_id
from lanhouse.cafe.groups.schemas import DEFAULT_GROUP
from lanhouse.cafe.members.rules import GUEST_CHARS, GUEST_PREFIX, account_key, search_key
from lanhouse.cafe.members.tables import members
from lanhouse.db.statements import among, insert_ignore, static
from lanhouse.db.store import Read, Tx
from lanhouse.kit.errors import InvalidInput, Refused
from lanhouse.kit.limits import MAX_MEMBER
from lanhouse.kit.said import say

_FIRST_ID = 10**10
_GUEST_CHARS_COUNT = 6
_TRIES = 20

_COUNT = static(
    sa.select(sa.func.count())
    .select_from(members)
    .where(
        members.c.center_id == sa.bindparam("center"),
        members.c.group_id >= 0,
        # Whoever an import is bringing in has a place already.
        members.c.deleted_at.is_(None) | members.c.pending_import_id.is_not(None),
    )
)
_INSERT = static(insert_ignore(members).returning(members.c.id))
_IDS = static(sa.select(members.c.id).where(among(members.c.id, "ids")))
_TAKEN = static(
    sa.select(members.c.id).where(
        members.c.center_id == sa.bindparam("center"), members.c.account_key == sa.bindparam("key")
    )
)


class AccountTaken(Refused):
    """Another account of the centre is called this, whatever the case of its letters."""

    def __init__(self, account: str) -> None:
        super().__init__(say("Member account %(account)s already exists", account=account))


def account_holder(tx: Tx, center_id: int, account: str) -> int | None:
    """The id of who is called this in the centre, or None."""
    return tx.scalar(_TAKEN, center=center_id, key=account_key(account))


def insert_account(tx: Tx, center_id: int, values: dict[str, Any]) -> int:
    """Store a new account and answer its id. `values` are columns; what is left out is empty.

    Raises AccountTaken.
    """
    account = values["account"]
    for _ in range(_TRIES):
        member_id = _FIRST_ID + secrets.randbelow(9 * _FIRST_ID)
        made = tx.scalar(_INSERT, **row_of_new(center_id, member_id, values, tx.now))
        if made is not None:
            return made
        if account_holder(tx, center_id, account) is not None:
            raise AccountTaken(account)
    raise Refused(say("No free member number was found. Try again."))


def insert_guest_account(
    tx: Tx, center_id: int, group_id: int, password_hash: str, expires_at: datetime | None
) -> tuple[int, str]:
    """Store a guest under a fresh account name; answers its id and account."""
    for _ in range(_TRIES):
        drawn = "".join(secrets.choice(GUEST_CHARS) for _ in range(_GUEST_CHARS_COUNT))
        account = f"{GUEST_PREFIX}{drawn}"
        values = {
            "account": account,
            "group_id": group_id,
            "password_hash": password_hash,
            "expires_at": expires_at,
        }
        try:
            return insert_account(tx, center_id, values), account
        except AccountTaken:
            continue
    raise Refused(say("No free guest account was found. Try again."))


def count_members(tx: Read, center_id: int) -> int:
    """How many members (no guests) a centre has, with those who are on their way in."""
    return tx.scalar(_COUNT, center=center_id)


def new_ids(read: Read, count: int) -> list[int]:
    """So many member numbers that nobody has."""
    drawn: set[int] = set()
    while len(drawn) < count:
        more = {_FIRST_ID + secrets.randbelow(9 * _FIRST_ID) for _ in range(count - len(drawn))}
        taken = {row.id for row in read.all(_IDS, ids=sorted(more))}
        drawn |= more - taken
    return list(drawn)


def row_of_new(
    center_id: int, member_id: int, values: dict[str, Any], at: datetime
) -> dict[str, Any]:
    """All columns of a new account with this id; what `values` leaves out is empty."""
    account = values["account"]
    personal = [values.get(name, "") for name in _SEARCHED]
    return {
        **_EMPTY,
        "created_at": at,
        **values,
        "id": member_id,
        "center_id": center_id,
        "account_key": account_key(account),
        "search_key": search_key(account, *personal),
        "updated_at": at,
    }


_SEARCHED = ("first_name", "last_name", "phone", "email", "id_card")
_EMPTY: dict[str, Any] = {
    "password_hash": "",
    "first_name": "",
    "last_name": "",
    "birthday": None,
    "expires_at": None,
    "is_active": True,
    "email": "",
    "phone": "",
    "id_card": "",
    "address": "",
    "sex": 0,
    "comments": "",
    "oauth_platform": "account",
}


def check_cap(tx: Tx, center_id: int) -> None:
    """Refuse one more member than MAX_MEMBER; guests do not count. The centre is locked."""
    if tx.scalar(_COUNT, center=center_id) >= MAX_MEMBER:
        raise Refused(say("A centre can have at most %(count)s members.", count=MAX_MEMBER))


def check_group(tx: Tx, center_id: int, group_id: int) -> None:
    """Refuse a group that members cannot be in. Raises InvalidInput."""
    if group_id < DEFAULT_GROUP or member_group_by_id(tx, center_id, group_id) is None:
        raise InvalidInput({"group_id": say("is not a member group of this centre")})
