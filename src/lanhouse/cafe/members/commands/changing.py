"""Changing and deleting accounts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
import sqlalchemy as sa

from lanhouse.auth.actors import Actor
from lanhouse.auth.tokens import end_tokens_of
from lanhouse.cafe.centers.locks import lock_center
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.facts import (
    AgeChanged,
    DeletingMembers,
    MemberForgotten,
    MemberRegrouped,
    PasswordChanged,
)
from lanhouse.cafe.groups.schemas import DEFAULT_GROUP
from lanhouse.cafe.members.commands import set_password_hash
from lanhouse.cafe.members.commands.account_log import log_change
from lanhouse.cafe.members.commands.accounts import (
    AccountTaken,
    account_holder,
    check_cap,
    check_group,
)
from lanhouse.cafe.members.commands.forgetting import forget_belongings, forget_names
from lanhouse.cafe.members.commands.staged import drop_staged
from lanhouse.cafe.members.locks import lock_member
from lanhouse.cafe.members.queries import purse_of
from lanhouse.cafe.members.rules import account_key, check_fields, is_account, search_key
from lanhouse.cafe.members.tables import members
from lanhouse.cafe.money.purses import owed_micros
from lanhouse.db.statements import Row
from lanhouse.db.store import Tx
from lanhouse.kit.errors import InvalidInput, NotFound, Refused
from lanhouse.kit.money import format_fixed
from lanhouse.kit.said import say

RESET_PASSWORD = "123456"  # noqa: S105 - public by the documents (seed: Members, Reset password)

_SEARCHED = ("account", "first_name", "last_name", "phone", "email", "id_card")

# What a deleted member leaves behind: nothing that tells who it was.
_ANONYMOUS: dict[str, Any] = {
    "account_key": None,
    "password_hash": "",
    "password_until": None,
    "first_name": "",
    "last_name": "",
    "birthday": None,
    "email": "",
    "phone": "",
    "id_card": "",
    "address": "",
    "sex": 0,
    "comments": "",
    "search_key": "",
    "is_active": False,
    "leaves_at": None,
}


class MemberChange(msgspec.Struct, frozen=True, kw_only=True):
    """New values for columns of some members; the same for all of them.

    `values` are columns of members (birthday as text). A new account is for one member only.
    """

    center: Center
    actor: Actor
    member_ids: list[int]
    values: dict[str, Any]
    version: int | None = None
    """Of one member: what his row's version was when the change was made up; None = whatever."""


class ChangedMeanwhile(Refused):
    """Somebody else has changed the member since the form was opened."""

    def __init__(self) -> None:
        super().__init__(
            say("Somebody else has changed this member meanwhile. Look at it again, then save.")
        )


class MembersNamed(msgspec.Struct, frozen=True, kw_only=True):
    """Some members of a centre; the last two are for reset_passwords only."""

    center: Center
    actor: Actor
    member_ids: list[int]
    password_hash: str = ""
    password_until: datetime | None = None
    """Until when the new password counts (real time), and must be changed."""


def change_members(tx: Tx, change: MemberChange) -> list[Row]:
    """Change members, all or none; answers their new rows.

    A new password or a deactivated account signs the member out everywhere. A session that runs
    goes on under the new group's prices from now. Raises NotFound and InvalidInput by field.
    """
    center_id = change.center.id
    check_fields(change.center, change.values, is_new=False)
    group_id = change.values.get("group_id")
    if group_id is not None and group_id >= DEFAULT_GROUP:
        check_group(tx, center_id, group_id)
    if "account" in change.values or group_id is not None:
        lock_center(tx, center_id)
    rows = lock_members(tx, center_id, change.member_ids)
    touched = [_change_one(tx, change, row) for row in rows]
    if not any(touched):
        tx.did_nothing()
    for row in rows:
        if group_id not in (None, row.group_id):
            tx.tell(MemberRegrouped(center_id, row.id))
    return [_row(tx, center_id, row.id) for row in rows]


def reset_passwords(tx: Tx, named: MembersNamed) -> list[int]:
    """Give members a password that they must change (decision 0158), and sign them out; answers
    their ids."""
    rows = lock_members(tx, named.center.id, named.member_ids)
    for row in rows:
        set_password_hash(
            tx, named.center.id, row.id, named.password_hash, until=named.password_until
        )
        tx.tell(PasswordChanged(named.center.id, row.id))
        _log(tx, named.center, named.actor, row, "Password reset")
    return [row.id for row in rows]


def delete_members(tx: Tx, named: MembersNamed) -> list[int]:
    """Delete members, all or none; answers their ids. Nobody who is playing is deleted,
    and no member with a loan: raises InvalidInput naming who owes what. Guests are thrown away.

    The row stays without anything personal, because ledger and logs point at it; the account
    can be given to somebody else (architecture section 3, erasing a member).
    """
    return delete_locked(tx, named, lock_members(tx, named.center.id, named.member_ids))


def delete_locked(tx: Tx, named: MembersNamed, rows: Sequence[Row]) -> list[int]:
    """As delete_members(), of rows that the caller has locked."""
    tx.ask(DeletingMembers(named.center.id, tuple(row.id for row in rows)))
    _must_owe_nothing(tx, named.center, rows)
    for row in rows:
        pseudonym = f"deleted-{row.id}"
        values = _ANONYMOUS | {"account": pseudonym, "deleted_at": tx.now}
        _store(tx, named.center.id, row.id, values)
        forget_belongings(tx, named.center.id, row.id)
        drop_staged(tx, named.center.id, row.id)
        end_tokens_of(tx, named.center.id, "member", row.id)
        tx.tell(MemberForgotten(named.center.id, row.id))
        log_change(
            tx, named.center, named.actor, row.id, pseudonym, row.group_id, "Account deleted"
        )
    forget_names(tx, named.center.id, [(row.id, row.account) for row in rows], named.actor.staff_id)
    return [row.id for row in rows]


def _must_owe_nothing(tx: Tx, center: Center, rows: Sequence[Row]) -> None:
    owing = [
        f"{row.account} owes {format_fixed(owed)}"
        for row in rows
        if row.group_id >= DEFAULT_GROUP and (owed := owed_micros(tx, center, row.id)) > 0
    ]
    if owing:
        raise InvalidInput({"member_ids": ", ".join(owing)})


def lock_members(tx: Tx, center_id: int, member_ids: Sequence[int]) -> list[Row]:
    """The members, locked by rising id, in the order in which they were named.

    Raises NotFound naming the ids that are no account of the centre.
    """
    wanted = list(dict.fromkeys(member_ids))
    if not wanted:
        raise InvalidInput({"member_ids": say("is required")})
    found: dict[int, Row] = {}
    for member_id in sorted(wanted):
        row = lock_member(tx, center_id, member_id)
        if row is not None and row.deleted_at is None:
            found[member_id] = row
    unknown = [str(member_id) for member_id in wanted if member_id not in found]
    if unknown:
        if len(wanted) == 1:
            raise NotFound(say("Member not found"))
        raise NotFound(say("Member not found: %(names)s", names=", ".join(unknown[:10])))
    return [found[member_id] for member_id in wanted]


def _change_one(tx: Tx, change: MemberChange, row: Row) -> bool:
    """Change a locked member; answers whether that was anything else than he was."""
    if change.version not in (None, row.version):
        raise ChangedMeanwhile
    values = dict(change.values)
    group_id = values.get("group_id", row.group_id)
    if group_id != row.group_id:
        _check_new_group(change.center, row, group_id)
        if row.group_id < DEFAULT_GROUP:
            _check_conversion(tx, change.center, row, values)
    account = values.get("account", row.account)
    if account != row.account:
        _check_new_account(tx, change, row, account)
        values["account_key"] = account_key(account)
    changed = sorted(
        name for name, value in values.items() if getattr(row, name) != value and name in _TOLD
    )
    if not changed:
        return False
    if any(name in values for name in _SEARCHED):
        values["search_key"] = search_key(
            *(values.get(name, getattr(row, name)) for name in _SEARCHED)
        )
    if "password_hash" in values:
        values["password_until"] = None
        drop_staged(tx, change.center.id, row.id)
    _store(tx, change.center.id, row.id, values)
    if "password_hash" in values or not values.get("is_active", True):
        end_tokens_of(tx, change.center.id, "member", row.id)
    if "password_hash" in values:
        tx.tell(PasswordChanged(change.center.id, row.id))
    if "birthday" in changed:
        tx.tell(AgeChanged(change.center.id, row.id))
    new = {name: values[name] for name in changed}
    tx.audit("member", row.id, before=row, after=new, hidden=_PERSONAL)
    _log(tx, change.center, change.actor, row, f"Changed: {', '.join(changed)}")
    return True


_TOLD = frozenset(members.c.keys()) - {
    "account_key",
    "search_key",
    "updated_at",
    "version",
    "password_until",
}
# Of everything else the audit log only says that it changed: it outlives the person.
_PERSONAL = _TOLD - {"group_id", "expires_at", "is_active"}


def _check_new_group(center: Center, row: Row, group_id: int) -> None:
    if group_id < DEFAULT_GROUP:
        raise InvalidInput({"group_id": say("is not a member group of this centre")})
    if center.settings.loyalty.point_enable and row.group_id >= DEFAULT_GROUP:
        raise InvalidInput({"group_id": say("follows the points; change those instead")})


def _check_conversion(tx: Tx, center: Center, row: Row, values: dict[str, Any]) -> None:
    """What holds when a guest becomes a member, by whatever door: the rule of new members."""
    if not center.settings.member.license_convert_to_member_enable:
        raise Refused(say("This centre does not make members of guests."))
    check_cap(tx, center.id)
    whole = {name: getattr(row, name) for name in row._fields} | values
    balance = purse_of(tx, center, row.id).balance_micros
    check_fields(center, whole | {"balance": balance}, is_new=True)


def _check_new_account(tx: Tx, change: MemberChange, row: Row, account: str) -> None:
    if len(change.member_ids) > 1:
        raise InvalidInput({"account": say("is for one member only")})
    if not is_account(account):
        raise InvalidInput({"account": say("may hold letters, digits, _ - . and @ only")})
    holder = account_holder(tx, change.center.id, account)
    if holder not in (None, row.id):
        raise AccountTaken(account)


def _store(tx: Tx, center_id: int, member_id: int, values: dict[str, Any]) -> None:
    of_member = (members.c.center_id == center_id) & (members.c.id == member_id)
    changed = values | {"version": members.c.version + 1, "updated_at": tx.now}
    tx.run(sa.update(members).where(of_member).values(**changed))


def _row(tx: Tx, center_id: int, member_id: int) -> Row:
    row = lock_member(tx, center_id, member_id)
    assert row is not None
    return row


def _log(tx: Tx, center: Center, actor: Actor, row: Row, details: str) -> None:
    log_change(tx, center, actor, row.id, row.account, row.group_id, details)
