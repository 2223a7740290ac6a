"""The list of the Members page."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Annotated

import msgspec

from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.members.queries.filters import BIRTHDAY_DAYS_MAX
from lanhouse.cafe.members.queries.listing import MemberSearch, members_page
from lanhouse.cafe.members.schemas import MemberFilter
from lanhouse.db.store import Read
from lanhouse.kit.inputs import Amount, decode
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
    "visit": "last_visit_at",
}
"""The heading's name in the address -> the column of the list of members."""


_FILTERS = ("group", "expired", "playing", "loan", "leaving", "guest", "balance", "birthday")
_FILTERS += ("since", "until", "away")


class _Balance(msgspec.Struct):
    balance: Amount


class ListIn(msgspec.Struct, frozen=True):
    """What the address of the list holds, so that back and share work."""

    search: Annotated[str, msgspec.Meta(max_length=80)] = ""
    group: int | None = None
    expired: bool = False
    playing: bool = False
    loan: bool = False
    leaving: bool = False
    guest: bool = False
    """Guest accounts instead of members."""
    balance: Annotated[str, msgspec.Meta(max_length=20)] = ""
    """More than this amount."""
    birthday: Annotated[int, msgspec.Meta(ge=0, le=BIRTHDAY_DAYS_MAX)] = 0
    """Whose birthday is in at most so many days."""
    since: date | None = None
    """Registered on this day or later."""
    until: date | None = None
    away: date | None = None
    """No visit since this day."""
    sort: str = "account"
    descending: bool = False
    page: Annotated[int, msgspec.Meta(ge=1, le=_PAGE_MAX)] = 1
    done: Annotated[str, msgspec.Meta(max_length=20)] = ""

    @property
    def filtered(self) -> int:
        """How many filters are on, the search not counted."""
        plain = ListIn()
        return sum(getattr(self, name) != getattr(plain, name) for name in _FILTERS)


class MemberLine(msgspec.Struct, frozen=True, kw_only=True):
    """A row of the list; amounts in micros."""

    member_id: int
    account: str
    name: str
    group_id: int
    group_name: str
    is_active: bool
    is_expired: bool
    is_playing: bool
    loan_micros: int
    last_visit_at: datetime | None
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
        is_guest=choice.guest,
        filters=filters_of(center, choice),
    )


def filters_of(center: Center, choice: ListIn) -> MemberFilter:
    """The filters of the page's choices; days are those of the centre. Raises InvalidInput."""
    balance = decode(_Balance, {"balance": choice.balance}).balance if choice.balance else None
    until = None if choice.until is None else _begin(center, choice.until + timedelta(days=1))
    return MemberFilter(
        group_id=choice.group,
        is_expired=choice.expired or None,
        is_playing=choice.playing or None,
        has_loan=choice.loan or None,
        balance_over_micros=balance,
        birthday_days=choice.birthday,
        registered_from=None if choice.since is None else _begin(center, choice.since),
        registered_to=until,
        away_since=None if choice.away is None else _begin(center, choice.away),
        is_leaving=choice.leaving,
    )


def _begin(center: Center, day: date) -> datetime:
    return datetime.combine(day, time(), center.zone)


def member_page(read: Read, center: Center, choice: ListIn, at: datetime) -> MemberPage:
    """A page of the members of a centre (centre, choices, now)."""
    found = members_page(read, search_of(center, choice, at))
    lines = [
        MemberLine(
            member_id=row.id,
            is_expired=row.expires_at is not None and row.expires_at <= at,
            is_playing=row.session_id is not None,
            loan_micros=-row.loan_micros,
            last_visit_at=row.last_visit_at,
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
