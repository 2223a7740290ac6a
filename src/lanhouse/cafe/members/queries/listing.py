"""The list of members: searched, sorted and paged by the database, money included (db/listing)."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import msgspec
import sqlalchemy as sa

from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.groups.schemas import DEFAULT_MEMBER_GROUP
from lanhouse.cafe.groups.tables import member_groups
from lanhouse.cafe.members.queries import PHOTO_KEY
from lanhouse.cafe.members.queries.filters import filter_conditions
from lanhouse.cafe.members.rules import CENTER_NAME, COMPANY_ID, OAUTH_USER_ID, account_key
from lanhouse.cafe.members.schemas import MemberFilter
from lanhouse.cafe.members.tables import MEMBER_PIECES, members
from lanhouse.cafe.offers.tables import member_offers
from lanhouse.cafe.sessions.tables import pc_sessions
from lanhouse.db.cursors import Cursor
from lanhouse.db.listing import (
    FEW_ROWS,
    Column,
    Condition,
    Listing,
    Order,
    Page,
    Part,
    Wanted,
    by,
    holds,
    is_number,
)
from lanhouse.db.pieces import Holding, phrase_of
from lanhouse.db.statements import Row
from lanhouse.db.store import Read
from lanhouse.db.types import UtcTime
from lanhouse.kit import clock
from lanhouse.kit.limits import MEMBERS_PER_PAGE
from lanhouse.ledger import book_of_center
from lanhouse.ledger.tables import accounts

SUGGESTIONS_MAX = 20
# More matches than this are counted sooner by reading all members.
_COUNTED_MAX = 5_000

_ID_DIGITS = 11
_SHOWN_AMOUNT = re.compile(r"(?!-0\.00)-?(?:0|[1-9]\d{0,12})\.\d\d", re.ASCII)
_NEVER = sa.literal(datetime.max.replace(tzinfo=UTC), UtcTime)
"""Later than every date."""
_LONG_AGO = sa.literal(datetime(1970, 1, 1, tzinfo=UTC), UtcTime)


NO_FILTER = MemberFilter()


class MemberSearch(Wanted, frozen=True, kw_only=True):
    """Which members, in which order, which page. Empty texts mean: everything, newest first.

    `is_guest` None: members and guests.
    """

    center: Center
    at: datetime
    is_guest: bool | None = False
    page: int = 1
    per_page: int = MEMBERS_PER_PAGE
    filters: MemberFilter = NO_FILTER


def members_page(read: Read, search: MemberSearch) -> Page:
    """A page of the list with the columns of _shown(); empty when it lies past the end."""
    return MEMBER_LIST.page(
        read, _by_pieces(read, search, _COUNTED_MAX), search.page, search.per_page
    )


def members_part(read: Read, search: MemberSearch, after: Cursor | None, rows_max: int) -> Part:
    """The next rows of the list behind a cursor, None at first."""
    return MEMBER_LIST.part(read, search, after, rows_max)


def next_ids(read: Read, search: MemberSearch, after_id: int, rows_max: int) -> list[int]:
    """The ids of the next members of a search by id, behind one of them (0 at first); its order
    and page do not count."""
    found = [*_conditions(search), members.c.id > after_id]
    if search.search_text:
        found.append(_anywhere(search, search.search_text))
    query = sa.select(members.c.id).where(*found).order_by(members.c.id).limit(rows_max)
    return [row.id for row in read.all(query)]


def suggested_members(read: Read, center: Center, text: str, at: datetime) -> list[Row]:
    """Members and guests whose account, name, phone, e-mail, card or id holds a text."""
    search = MemberSearch(
        center=center, at=at, search_text=text, sort_name="account", is_guest=None
    )
    return MEMBER_LIST.part(read, _by_pieces(read, search, FEW_ROWS), None, SUGGESTIONS_MAX).rows


def first_members(read: Read, center: Center, text: str, rows_max: int) -> list[Row]:
    """The first members (no guests) by account who are found by a text; rows of `members`."""
    search = MemberSearch(center=center, at=clock.now(), search_text=text, sort_name="account")
    search = _by_pieces(read, search, FEW_ROWS)
    found = sa.select(members).where(*_conditions(search), _anywhere(search, text))
    if search.phrase is not None:
        matches = found.cte("matches").prefix_with("MATERIALIZED")
        ordered = sa.select(matches).order_by(matches.c.account_key)
    else:
        ordered = found.order_by(members.c.account_key)
    return read.all(ordered.limit(rows_max))


def _by_pieces(read: Read, search: MemberSearch, matches_max: int) -> MemberSearch:
    """The search with what the index of pieces is asked, where it helps."""
    if search.search_field or not search.search_text:
        return search
    phrase = phrase_of(read, MEMBER_PIECES, account_key(search.search_text), matches_max)
    return msgspec.structs.replace(search, phrase=phrase)


def _conditions(search: MemberSearch) -> list[Condition]:
    own = members.c.center_id
    if search.phrase is not None:
        own = own + 0  # else SQLite walks the members of the centre instead of the matches
    found: list[Condition] = [own == search.center.id, members.c.deleted_at.is_(None)]
    if search.is_guest is not None:
        found.append(members.c.group_id < 0 if search.is_guest else members.c.group_id >= 0)
    if search.filters != NO_FILTER:
        found += filter_conditions(search.center, search.filters, search.at)
    return found


def _anywhere(search: MemberSearch, text: str) -> Condition:
    if search.phrase is not None:
        found: Condition = Holding(MEMBER_PIECES, search.phrase)
    else:
        # Without the empty text PostgreSQL would read the whole index for a text that is in none.
        found = (members.c.search_key + "").contains(account_key(text), autoescape=True)
    if text.isascii() and text.isdigit() and len(text) == _ID_DIGITS:
        return found | (members.c.id == int(text))
    return found


def _in_account(_: MemberSearch, text: str) -> Condition:
    return members.c.account_key.contains(account_key(text), autoescape=True)


def _in_group_name(search: MemberSearch, text: str) -> Condition:
    named = sa.select(member_groups.c.id).where(
        member_groups.c.center_id == search.center.id,
        member_groups.c.name.icontains(text, autoescape=True),
    )
    is_default = account_key(text) in account_key(DEFAULT_MEMBER_GROUP.name)
    return members.c.group_id.in_(named) | (members.c.group_id == 0 if is_default else False)


def _is_combined_id(search: MemberSearch, text: str) -> Condition:
    digits = text.removesuffix(str(search.center.id))
    if digits == text or not (digits.isascii() and digits.isdigit()) or len(digits) > _ID_DIGITS:
        return sa.false()
    return members.c.id == int(digits)


def _always(value: str) -> Callable[[MemberSearch, str], Condition]:
    """Searched in a text that is the same for all."""
    return lambda _, text: sa.true() if text.casefold() in value.casefold() else sa.false()


def _shows(kind: str) -> Callable[[MemberSearch, str], Condition]:
    """Members whose amount is shown as this text. Accounts that were never used show 0.00."""

    def match(search: MemberSearch, text: str) -> Condition:
        if not _SHOWN_AMOUNT.fullmatch(text):
            return sa.false()
        micros = int(text.replace(".", "")) * 10_000
        # What is finer than the text is shown rounded, halves away from zero.
        low = micros - (5_000 if micros > 0 else 4_999)
        high = micros + (5_000 if micros < 0 else 4_999)
        held = sa.func.coalesce(
            sa.select(accounts.c.balance_micros)
            .where(_account_of(search.center, accounts, kind))
            .correlate(members)
            .scalar_subquery(),
            0,
        )
        return held.between(-high, -low) if kind == "loan" else held.between(low, high)

    return match


def _by_amount(kind: str) -> Order[MemberSearch]:
    account = _account(kind)
    amount = sa.func.coalesce(account.c.balance_micros, 0)
    # A loan is held as what is owed, below zero.
    terms = (-amount if kind == "loan" else amount,)
    return Order(terms, lambda source, search: _join(source, search.center, account))


def _account(kind: str) -> Any:
    return accounts.alias(f"{kind}_account")


def _join(source: Any, center: Center, account: Any) -> Any:
    kind = account.name.removesuffix("_account")
    return source.outerjoin(account, _account_of(center, account, kind))


def _account_of(center: Center, account: Any, kind: str) -> sa.ColumnElement[bool]:
    """The row of `account` that is the member's of this kind."""
    currency = {"coin": "COIN", "point": "POINT"}.get(kind, center.currency)
    return (
        (account.c.book_id == book_of_center(center.id))
        & (account.c.owner_kind == "member")
        & (account.c.owner_id == members.c.id)
        & (account.c.kind == kind)
        & (account.c.currency == currency)
    )


def _join_group(source: Any, _: MemberSearch) -> Any:
    return source.outerjoin(
        member_groups,
        (member_groups.c.id == members.c.group_id)
        & (member_groups.c.center_id == members.c.center_id),
    )


def _shown(search: MemberSearch, page: Any) -> sa.Select[Any]:
    """The page's members with everything that a row of the list shows."""
    center, at = search.center, search.at
    aliases = {kind: _account(kind) for kind in _MONEY}
    source: Any = page.join(members, members.c.id == page.c.id)
    for account in aliases.values():
        source = _join(source, center, account)
    source = _join_group(source, search).outerjoin(
        pc_sessions,
        (pc_sessions.c.center_id == members.c.center_id)
        & (pc_sessions.c.member_id == members.c.id)
        & pc_sessions.c.ended_at.is_(None)
        # Further sessions have a first one beside them: a member has one row.
        & pc_sessions.c.is_further.is_(sa.false()),
    )
    usable = (
        sa.select(sa.func.count())
        .select_from(member_offers)
        .where(
            member_offers.c.center_id == members.c.center_id,
            member_offers.c.member_id == members.c.id,
            member_offers.c.seconds_left > 0,
            member_offers.c.refunded_at.is_(None),
            member_offers.c.expires_at.is_(None) | (member_offers.c.expires_at > at),
        )
        .scalar_subquery()
    )
    money = [
        sa.func.coalesce(account.c.balance_micros, 0).label(f"{kind}_micros")
        for kind, account in aliases.items()
    ]
    return sa.select(
        members,
        PHOTO_KEY,
        *money,
        member_groups.c.name.label("group_name"),
        member_groups.c.product_discount,
        member_groups.c.offer_discount,
        member_groups.c.pc_time_discount,
        usable.label("offers_count"),
        pc_sessions.c.id.label("session_id"),
        pc_sessions.c.expires_at.label("session_expires_at"),
    ).select_from(source)


_MONEY = ("balance", "bonus", "coin", "point", "loan")
_m = members.c


def _small(text: sa.ColumnElement[str]) -> sa.ColumnElement[str]:
    return sa.func.lower(text, type_=sa.Text)


_GROUP_NAME = _small(sa.func.coalesce(member_groups.c.name, DEFAULT_MEMBER_GROUP.name))

MEMBER_LIST: Listing[MemberSearch] = Listing(
    _m.id,
    Column("id", by(_m.id), is_number(_m.id)),
    Column("account", by(_m.account_key), _in_account),
    Column("group_id", by(_m.group_id), is_number(_m.group_id)),
    Column("group_name", Order((_GROUP_NAME,), _join_group), _in_group_name),
    Column("first_name", by(_small(_m.first_name)), holds(_m.first_name)),
    Column("last_name", by(_small(_m.last_name)), holds(_m.last_name)),
    Column("is_active", by(_m.is_active)),
    Column("sex", None, is_number(_m.sex)),
    Column("phone", by(_m.phone), holds(_m.phone)),
    Column("email", by(_small(_m.email)), holds(_m.email)),
    Column("id_card", None, holds(_m.id_card)),
    Column("address", None, holds(_m.address)),
    Column("birthday", by(sa.func.coalesce(_m.birthday, "")), holds(_m.birthday)),
    Column("comments", by(_small(_m.comments)), holds(_m.comments)),
    Column("oauth_platform", by(_m.oauth_platform), holds(_m.oauth_platform)),
    Column("expires_at", by(sa.func.coalesce(_m.expires_at, _NEVER))),
    Column("created_at", by(_m.created_at)),
    Column("last_visit_at", by(sa.func.coalesce(_m.last_visit_at, _LONG_AGO))),
    Column("updated_at", by(_m.updated_at)),
    *(Column(kind, _by_amount(kind), _shows(kind)) for kind in _MONEY),
    Column("combined_id", None, _is_combined_id),
    # The same for all members of one centre.
    Column("center_id", by(_m.center_id), is_number(_m.center_id)),
    Column("center_name", by(_m.center_id), _always(CENTER_NAME)),
    Column("company_id", None, _always(COMPANY_ID)),
    Column("oauth_user_id", None, _always(OAUTH_USER_ID)),
    Column("photo", None, _always("")),
    Column("telegram_username", None, _always("")),
    conditions=_conditions,
    anywhere=_anywhere,
    usual=Order((_m.created_at,)),
    shown=_shown,
)
