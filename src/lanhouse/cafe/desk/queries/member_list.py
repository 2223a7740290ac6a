"""The list of the Members page."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import msgspec

from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.members.queries.listing import MemberSearch, members_page
from lanhouse.db.store import Read
from lanhouse.kit.limits import MEMBERS_PER_PAGE
from lanhouse.kit.pages import address

_PAGE_MAX = 100_000
_SORTS = {
    "account": "account",
    "balance": "balance",
    "bonus": "bonus",
    "name": "first_name",
    "group": "group_name",
    "coins": "coin",
    "created": "created_at",
}
"""The heading's name in the address -> the column of the list of members."""


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

    def address(self, path: str = "/panel/members", **changes: object) -> str:
        """The address of this list with some choices changed."""
        return address(path, self.wanted, **changes)


def search_of(center: Center, choice: ListIn, at: datetime) -> MemberSearch:
    """What the page's choices (centre, choices, now) ask of the list of members."""
    return MemberSearch(
        center=center,
        at=at,
        search_text=choice.search.strip(),
        sort_name=_SORTS.get(choice.sort, "account"),
        is_descending=choice.descending,
        page=choice.page,
    )


def member_page(read: Read, center: Center, choice: ListIn, at: datetime) -> MemberPage:
    """A page of the members of a centre (centre, choices, now)."""
    found = members_page(read, search_of(center, choice, at))
    lines = [
        MemberLine(
            account=row.account,
            name=f"{row.first_name} {row.last_name}".strip(),
            group_id=row.group_id,
            group_name=row.group_name or "",
            is_active=row.is_active,
            balance_micros=row.balance_micros,
            bonus_micros=row.bonus_micros,
            coin_micros=row.coin_micros,
            created_at=row.created_at,
        )
        for row in found.rows
    ]
    return MemberPage(wanted=choice, members=lines, total=found.total)
