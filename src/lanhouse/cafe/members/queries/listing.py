"""The list of members: searched, sorted and paged by the database, money included.

Two statements a page. The inner one finds the page's ids with only the joins that the order
needs; the outer one adds money, group, packages and the running session to those few rows.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

import msgspec
import sqlalchemy as sa

from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.groups.schemas import DEFAULT_MEMBER_GROUP
from lanhouse.cafe.groups.tables import member_groups
from lanhouse.cafe.members.rules import CENTER_NAME, COMPANY_ID, OAUTH_USER_ID, account_key
from lanhouse.cafe.members.tables import members
from lanhouse.cafe.offers.tables import member_offers
from lanhouse.cafe.sessions.tables import pc_sessions
from lanhouse.db.statements import Row
from lanhouse.db.store import Read
from lanhouse.kit.limits import MEMBERS_PER_PAGE
from lanhouse.kit.pages import offset_of
from lanhouse.ledger import book_of_center
from lanhouse.ledger.tables import accounts

SUGGESTIONS_MAX = 20

_MONEY_COLUMNS = {
    "member_balance": "balance",
    "member_balance_bonus": "bonus",
    "member_coin_balance": "coin",
    "member_points": "point",
    "member_loan": "loan",
}
_PLAIN_COLUMNS: dict[str, sa.ColumnElement[Any]] = {
    "member_id": members.c.id,
    "member_account": members.c.account_key,
    "member_group_id": members.c.group_id,
    "member_first_name": sa.func.lower(members.c.first_name),
    "member_last_name": sa.func.lower(members.c.last_name),
    "member_is_active": members.c.is_active,
    "member_phone": members.c.phone,
    "member_email": sa.func.lower(members.c.email),
    "member_birthday": sa.func.coalesce(members.c.birthday, ""),
    "member_comments": sa.func.lower(members.c.comments),
    "member_oauth_platform": members.c.oauth_platform,
    "member_create": members.c.created_at,
    "member_update": members.c.updated_at,
    # The same for all members of one centre.
    "member_center_name": members.c.center_id,
    "member_icafe_id": members.c.center_id,
}
SORT_NAMES = (
    *_PLAIN_COLUMNS,
    *_MONEY_COLUMNS,
    *("member_group_name", "member_expire_time_local"),
    *("member_create_local", "member_update_local"),
)
"""What the list can be sorted by (seed: Members, Get member lists)."""

_TEXT_FIELDS: dict[str, sa.Column[Any]] = {
    "member_first_name": members.c.first_name,
    "member_last_name": members.c.last_name,
    "member_phone": members.c.phone,
    "member_email": members.c.email,
    "member_id_card": members.c.id_card,
    "member_address": members.c.address,
    "member_comments": members.c.comments,
    "member_birthday": members.c.birthday,
    "member_oauth_platform": members.c.oauth_platform,
}
_NUMBER_FIELDS: dict[str, sa.Column[Any]] = {
    "member_id": members.c.id,
    "member_group_id": members.c.group_id,
    "member_icafe_id": members.c.center_id,
    "member_sex": members.c.sex,
}
_SAME_FOR_ALL = {
    "member_photo": "",
    "member_telegram_username": "",
    "member_center_name": CENTER_NAME,
    "member_oauth_user_id": OAUTH_USER_ID,
    "member_company_id": COMPANY_ID,
}
SEARCH_FIELDS = (
    *_TEXT_FIELDS,
    *_NUMBER_FIELDS,
    *_MONEY_COLUMNS,
    *_SAME_FOR_ALL,
    *("member_account", "member_group_name", "member_id_icafe_id"),
)
"""What can be searched one by one: every text, id and amount of the row; nothing computed."""

_ID_DIGITS = 11
_SHOWN_AMOUNT = re.compile(r"(?!-0\.00)-?(?:0|[1-9]\d{0,12})\.\d\d", re.ASCII)


class MemberSearch(msgspec.Struct, frozen=True, kw_only=True):
    """Which members, in which order, which page. Empty texts mean: everything, newest first."""

    center: Center
    at: datetime
    search_text: str = ""
    search_field: str = ""
    sort_name: str = ""
    is_descending: bool = False
    is_guest: bool = False
    page: int = 1
    per_page: int = MEMBERS_PER_PAGE


class MemberPage(msgspec.Struct, frozen=True):
    """How many there are in all, and the rows of the page with the columns of _shown()."""

    total: int
    rows: list[Row]


def members_page(read: Read, search: MemberSearch) -> MemberPage:
    """A page of the list; empty when it lies past the end."""
    total = sa.select(sa.func.count()).select_from(members).where(*_conditions(search))
    return MemberPage(read.scalar(total), _rows(read, search, _conditions(search)))


def suggested_members(read: Read, center: Center, text: str, at: datetime) -> list[Row]:
    """Members and guests whose account, name, phone, e-mail, card or id holds a text."""
    search = MemberSearch(
        center=center,
        at=at,
        search_text=text,
        sort_name="member_account",
        per_page=SUGGESTIONS_MAX,
    )
    return _rows(read, search, [*_alive(center.id), _any_column(text)])


def rows_of_ids(read: Read, center: Center, ids: list[int], at: datetime) -> list[Row]:
    """The rows of some members by id, in the form of the list."""
    search = MemberSearch(center=center, at=at, sort_name="member_id", per_page=len(ids))
    return _rows(read, search, [*_alive(center.id), members.c.id.in_(ids)])


def _alive(center_id: int) -> list[sa.ColumnElement[bool]]:
    return [members.c.center_id == center_id, members.c.deleted_at.is_(None)]


def _conditions(search: MemberSearch) -> list[sa.ColumnElement[bool]]:
    kind = members.c.group_id < 0 if search.is_guest else members.c.group_id >= 0
    found = [*_alive(search.center.id), kind]
    if search.search_text:
        found.append(_matches(search))
    return found


def _matches(search: MemberSearch) -> sa.ColumnElement[bool]:
    text, field = search.search_text, search.search_field
    if field in _NUMBER_FIELDS:
        if not (text.isascii() and text.lstrip("-").isdigit() and len(text) <= _ID_DIGITS + 1):
            return sa.false()
        return _NUMBER_FIELDS[field] == int(text)
    if field in _MONEY_COLUMNS:
        return _shows_amount(search.center, _MONEY_COLUMNS[field], text)
    if field == "member_id_icafe_id":
        return _has_combined_id(search.center, text)
    if field in _SAME_FOR_ALL:
        return sa.true() if text.casefold() in _SAME_FOR_ALL[field].casefold() else sa.false()
    if field in _TEXT_FIELDS:
        return _TEXT_FIELDS[field].icontains(text, autoescape=True)
    if field == "member_account":
        return members.c.account_key.contains(account_key(text), autoescape=True)
    if field == "member_group_name":
        named = sa.select(member_groups.c.id).where(
            member_groups.c.center_id == search.center.id,
            member_groups.c.name.icontains(text, autoescape=True),
        )
        is_default = account_key(text) in account_key(DEFAULT_MEMBER_GROUP.name)
        return members.c.group_id.in_(named) | (members.c.group_id == 0 if is_default else False)
    return _any_column(text)


def _shows_amount(center: Center, kind: str, text: str) -> sa.ColumnElement[bool]:
    """Members whose amount is shown as this text. Accounts that were never used show 0.00."""
    if not _SHOWN_AMOUNT.fullmatch(text):
        return sa.false()
    micros = int(text.replace(".", "")) * 10_000
    # What is finer than the text is shown rounded, halves away from zero.
    low = micros - (5_000 if micros > 0 else 4_999)
    high = micros + (5_000 if micros < 0 else 4_999)
    held = sa.func.coalesce(
        sa.select(accounts.c.balance_micros)
        .where(_account_of(center, accounts, kind))
        .correlate(members)
        .scalar_subquery(),
        0,
    )
    return held.between(-high, -low) if kind == "loan" else held.between(low, high)


def _has_combined_id(center: Center, text: str) -> sa.ColumnElement[bool]:
    digits = text.removesuffix(str(center.id))
    if digits == text or not (digits.isascii() and digits.isdigit()) or len(digits) > _ID_DIGITS:
        return sa.false()
    return members.c.id == int(digits)


def _any_column(text: str) -> sa.ColumnElement[bool]:
    found = members.c.search_key.contains(account_key(text), autoescape=True)
    if text.isascii() and text.isdigit() and len(text) == _ID_DIGITS:
        return found | (members.c.id == int(text))
    return found


def _rows(read: Read, search: MemberSearch, conditions: list[sa.ColumnElement[bool]]) -> list[Row]:
    terms, joins = _order(search)
    labelled = [term.label(f"order_{number}") for number, term in enumerate(terms)]
    source: Any = members
    for join in joins:
        source = join(source)
    direction = sa.desc if search.is_descending or not search.sort_name else sa.asc
    page = (
        sa.select(members.c.id, *labelled)
        .select_from(source)
        .where(*conditions)
        .order_by(*(direction(term) for term in terms))
        .limit(search.per_page)
        .offset(offset_of(search.page, search.per_page))
        .subquery("page")
    )
    shown = _shown(search.center, search.at, page)
    order = [direction(page.c[f"order_{number}"]) for number in range(len(terms))]
    return read.all(shown.order_by(*order))


def _order(
    search: MemberSearch,
) -> tuple[list[sa.ColumnElement[Any]], list[Callable[[Any], Any]]]:
    """The terms to order by, the id last, and the joins that they need."""
    name = search.sort_name.removesuffix("_local") or "member_create"
    if name == "member_expire_time":
        # "Never" is later than every date.
        terms = [members.c.expires_at.is_(None), members.c.expires_at]
        return [*terms, members.c.id], []
    if name in _MONEY_COLUMNS:
        account = _account(_MONEY_COLUMNS[name])
        amount = sa.func.coalesce(account.c.balance_micros, 0)
        if name == "member_loan":
            amount = -amount
        return [amount, members.c.id], [lambda source: _join(source, search.center, account)]
    if name == "member_group_name":
        term = sa.func.lower(sa.func.coalesce(member_groups.c.name, DEFAULT_MEMBER_GROUP.name))
        return [term, members.c.id], [_join_group]
    return [_PLAIN_COLUMNS[name], members.c.id], []


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


def _join_group(source: Any) -> Any:
    return source.outerjoin(
        member_groups,
        (member_groups.c.id == members.c.group_id)
        & (member_groups.c.center_id == members.c.center_id),
    )


def _shown(center: Center, at: datetime, page: Any) -> sa.Select[Any]:
    """The page's members with everything that a row of the list shows."""
    aliases = {kind: _account(kind) for kind in _MONEY_COLUMNS.values()}
    source: Any = page.join(members, members.c.id == page.c.id)
    for account in aliases.values():
        source = _join(source, center, account)
    source = _join_group(source).outerjoin(
        pc_sessions,
        (pc_sessions.c.center_id == members.c.center_id)
        & (pc_sessions.c.member_id == members.c.id)
        & pc_sessions.c.ended_at.is_(None),
    )
    usable = (
        sa.select(sa.func.count())
        .select_from(member_offers)
        .where(
            member_offers.c.center_id == members.c.center_id,
            member_offers.c.member_id == members.c.id,
            member_offers.c.seconds_left > 0,
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
        *money,
        member_groups.c.name.label("group_name"),
        member_groups.c.product_discount,
        member_groups.c.offer_discount,
        member_groups.c.pc_time_discount,
        usable.label("offers_count"),
        pc_sessions.c.id.label("session_id"),
        pc_sessions.c.expires_at.label("session_expires_at"),
    ).select_from(source)
