"""Finding one member: the row, its money and its group, in as few look-ups as possible."""

from __future__ import annotations

from typing import Any

import msgspec
import sqlalchemy as sa

from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.groups.queries import member_groups_of
from lanhouse.cafe.groups.schemas import MemberGroup
from lanhouse.cafe.members.errors import MemberNotFound
from lanhouse.cafe.members.rules import account_key
from lanhouse.cafe.members.tables import member_photos, members
from lanhouse.db.statements import Row, static
from lanhouse.db.store import Read
from lanhouse.ledger import balances, book_of_center
from lanhouse.ledger.tables import accounts

_ALIVE = (members.c.center_id == sa.bindparam("center")) & members.c.deleted_at.is_(None)
_BY_ID = static(sa.select(members).where(_ALIVE, members.c.id == sa.bindparam("member")))


def _held(kind: str, currency: str | None = None) -> Any:
    """What is on the member's account of this kind; nothing when it was never used."""
    unit = sa.bindparam("currency") if currency is None else currency
    return (
        sa.select(accounts.c.balance_micros)
        .where(
            accounts.c.book_id == sa.bindparam("book"),
            accounts.c.owner_kind == "member",
            accounts.c.owner_id == members.c.id,
            accounts.c.kind == kind,
            accounts.c.currency == unit,
        )
        .scalar_subquery()
        .label(f"held_{kind}")
    )


PHOTO_KEY = (
    sa.select(member_photos.c.file_key)
    .where(
        member_photos.c.center_id == members.c.center_id,
        member_photos.c.member_id == members.c.id,
    )
    .scalar_subquery()
    .label("photo_key")
)
"""The key of a member's photo, beside his row."""
_WITH_MONEY = static(
    sa.select(
        members,
        PHOTO_KEY,
        _held("balance"),
        _held("bonus"),
        _held("coin", "COIN"),
        _held("point", "POINT"),
        _held("loan"),
    ).where(_ALIVE, members.c.id == sa.bindparam("member"))
)
_BY_ACCOUNT = static(
    sa.select(members, PHOTO_KEY).where(_ALIVE, members.c.account_key == sa.bindparam("key"))
)

_ID = static(
    sa.select(members.c.id).where(
        members.c.center_id == sa.bindparam("center"),
        members.c.id == sa.bindparam("member"),
        members.c.deleted_at.is_(None),
    )
)


class Purse(msgspec.Struct, frozen=True):
    """What a member owns and owes, in micros. `loan_micros` is what is owed, 0 or more."""

    balance_micros: int = 0
    bonus_micros: int = 0
    coin_micros: int = 0
    point_micros: int = 0
    loan_micros: int = 0


class MemberDetail(msgspec.Struct, frozen=True):
    """A member with money and the groups of the centre."""

    row: Row
    purse: Purse
    groups: list[MemberGroup]

    @property
    def group(self) -> MemberGroup | None:
        """The member's group, or None for a guest."""
        wanted = self.row.group_id
        return next((group for group in self.groups if group.id == wanted), None)


def member_by_id(read: Read, center_id: int, member_id: int) -> Row | None:
    """The member or guest (centre id, member id), or None when there is none or it was deleted."""
    return read.one(_BY_ID, center=center_id, member=member_id)


def member_by_account(read: Read, center_id: int, account: str) -> Row | None:
    """The member or guest (centre id, account whatever its case), or None."""
    return read.one(_BY_ACCOUNT, center=center_id, key=account_key(account))


def member_detail(read: Read, center: Center, member_id: int) -> MemberDetail | None:
    """A member with money and groups in two look-ups, or None."""
    row = read.one(
        _WITH_MONEY,
        center=center.id,
        member=member_id,
        book=book_of_center(center.id),
        currency=center.currency,
    )
    if row is None:
        return None
    purse = Purse(
        balance_micros=row.held_balance or 0,
        bonus_micros=row.held_bonus or 0,
        coin_micros=row.held_coin or 0,
        point_micros=row.held_point or 0,
        loan_micros=-(row.held_loan or 0),
    )
    return MemberDetail(row, purse, member_groups_of(read, center.id))


def detail_of(read: Read, center: Center, row: Row) -> MemberDetail:
    """The money and groups that belong to a member's row."""
    return MemberDetail(row, purse_of(read, center, row.id), member_groups_of(read, center.id))


def purse_of(read: Read, center: Center, member_id: int) -> Purse:
    """A member's accounts in the ledger; one that was never used is 0."""
    held = balances(read, book_of_center(center.id), "member", member_id)
    return Purse(
        balance_micros=held.get(("balance", center.currency), 0),
        bonus_micros=held.get(("bonus", center.currency), 0),
        coin_micros=held.get(("coin", "COIN"), 0),
        point_micros=held.get(("point", "POINT"), 0),
        loan_micros=-held.get(("loan", center.currency), 0),
    )


def unknown_ids(read: Read, center_id: int, member_ids: list[int]) -> list[int]:
    """Those of the ids that are no account of the centre."""
    found: set[Any] = {
        row.id
        for row in read.all(
            sa.select(members.c.id).where(
                members.c.center_id == center_id,
                members.c.deleted_at.is_(None),
                members.c.id.in_(member_ids),
            )
        )
    }
    return [member_id for member_id in member_ids if member_id not in found]


def must_be_member(read: Read, center_id: int, member_id: int) -> None:
    """Raise MemberNotFound when the centre has no such member or guest."""
    if read.scalar(_ID, center=center_id, member=member_id) is None:
        raise MemberNotFound
