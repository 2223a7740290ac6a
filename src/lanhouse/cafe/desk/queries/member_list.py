"""The list of the Members page."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from urllib.parse import urlencode

import msgspec
import sqlalchemy as sa

from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.desk.queries.members import like_pattern
from lanhouse.cafe.groups.queries import member_groups_of
from lanhouse.cafe.members.rules import account_key
from lanhouse.cafe.members.tables import members
from lanhouse.db.store import Read
from lanhouse.kit.limits import MEMBERS_PER_PAGE
from lanhouse.ledger import book_of_center
from lanhouse.ledger.tables import accounts

_PAGE_MAX = 100_000
_SORTS = {"account": members.c.account_key, "created": members.c.created_at}


class ListIn(msgspec.Struct, frozen=True):
    """What the address of the list holds, so that back and share work."""

    search: Annotated[str, msgspec.Meta(max_length=80)] = ""
    sort: str = "account"
    descending: bool = False
    page: Annotated[int, msgspec.Meta(ge=1, le=_PAGE_MAX)] = 1


class MemberLine(msgspec.Struct, frozen=True, kw_only=True):
    """A row of the list; amounts in micros."""

    account: str
    name: str
    group_id: int
    group_name: str
    is_active: bool
    balance_micros: int
    bonus_micros: int
    coin_micros: int
    created_at: datetime


class MemberPage(msgspec.Struct, frozen=True, kw_only=True):
    """One page of the list; `first` and `last` count from 1."""

    wanted: ListIn
    members: list[MemberLine]
    total: int

    @property
    def first(self) -> int:
        """The number of the first row."""
        return (self.wanted.page - 1) * MEMBERS_PER_PAGE + 1

    @property
    def last(self) -> int:
        """The number of the last row."""
        return self.first + len(self.members) - 1

    def address(self, **changes: object) -> str:
        """The address of this list with some choices changed."""
        choices = msgspec.to_builtins(msgspec.structs.replace(self.wanted, **changes))  # type: ignore[arg-type]
        plain = msgspec.to_builtins(ListIn())
        kept = {
            name: int(value) if value is True else value
            for name, value in choices.items()
            if value != plain[name]
        }
        return f"/panel/members?{urlencode(kept)}" if kept else "/panel/members"


def member_page(read: Read, center: Center, choice: ListIn) -> MemberPage:
    """A page of the members of a centre: two statements for rows and total, two for the rest."""
    where = [
        members.c.center_id == center.id,
        members.c.group_id > -1,
        members.c.deleted_at.is_(None),
    ]
    if choice.search.strip():
        pattern = like_pattern(account_key(choice.search.strip()))
        where.append(members.c.search_key.like(pattern, escape="\\"))
    column = _SORTS.get(choice.sort, members.c.account_key)
    order = column.desc() if choice.descending else column
    rows = read.all(
        sa.select(members)
        .where(*where)
        .order_by(order, members.c.id)
        .limit(MEMBERS_PER_PAGE)
        .offset((choice.page - 1) * MEMBERS_PER_PAGE)
    )
    total = read.scalar(sa.select(sa.func.count()).select_from(members).where(*where))
    groups = {group.id: group.name for group in member_groups_of(read, center.id)}
    held = _money_of(read, center, [row.id for row in rows])
    lines = [
        MemberLine(
            account=row.account,
            name=f"{row.first_name} {row.last_name}".strip(),
            group_id=row.group_id,
            group_name=groups.get(row.group_id, ""),
            is_active=row.is_active,
            balance_micros=held.get((row.id, "balance", center.currency), 0),
            bonus_micros=held.get((row.id, "bonus", center.currency), 0),
            coin_micros=held.get((row.id, "coin", "COIN"), 0),
            created_at=row.created_at,
        )
        for row in rows
    ]
    return MemberPage(wanted=choice, members=lines, total=total)


def _money_of(read: Read, center: Center, ids: list[int]) -> dict[tuple[int, str, str], int]:
    """Micros by (member id, kind, currency): one statement for the whole page."""
    rows = read.all(
        sa.select(
            accounts.c.owner_id, accounts.c.kind, accounts.c.currency, accounts.c.balance_micros
        ).where(
            accounts.c.book_id == book_of_center(center.id),
            accounts.c.owner_kind == "member",
            accounts.c.owner_id.in_(ids),
        )
    )
    return {(row.owner_id, row.kind, row.currency): row.balance_micros for row in rows}
