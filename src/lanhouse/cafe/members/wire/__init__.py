"""Members as the café API shows them (cafe-wire 1, Members; seed: Members)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import asdict

from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.groups.schemas import DEFAULT_MEMBER_GROUP, MemberGroup
from lanhouse.cafe.groups.wire import percent_number
from lanhouse.cafe.members.queries import MemberDetail, Purse
from lanhouse.cafe.members.queries.listing import MemberSearch, members_part
from lanhouse.cafe.members.rules import (
    CENTER_NAME,
    COMPANY_ID,
    OAUTH_USER_ID,
    default_expiry,
    expiry_of,
    expiry_text,
)
from lanhouse.db.cursors import Cursor
from lanhouse.db.statements import Row
from lanhouse.db.store import Read
from lanhouse.kit.errors import InvalidInput
from lanhouse.kit.inputs import decode
from lanhouse.kit.limits import EXPORT_ROWS
from lanhouse.kit.local_time import local_text, utc_text
from lanhouse.kit.money import JsonNumber, format_fixed
from lanhouse.kit.pages import PagingInfo
from lanhouse.kit.said import say
from lanhouse.web.exports import Lines

_MINUTE = timedelta(minutes=1)


def combined_id(member_id: int, center_id: int) -> str:
    """`member_id_icafe_id`: the member's id followed by the café's."""
    return f"{member_id}{center_id}"


class MemberFields(Struct, kw_only=True):
    """What every row of a member has; money is text with 2 decimals, `member_create` and
    `member_update` are UTC.
    """

    member_id: int
    member_icafe_id: int
    member_account: str
    member_balance: str
    member_first_name: str
    member_last_name: str
    member_birthday: str | None
    member_expire_time_local: str
    member_is_active: int
    member_photo: str
    member_email: str
    member_telegram_username: str
    member_telegram_username_valid: int
    member_phone: str
    member_id_card: str
    member_points: str
    member_create: str
    member_update: str
    member_group_id: int
    member_balance_bonus: str
    member_coin_balance: str
    member_sex: int
    member_comments: str
    member_address: str
    member_company_id: int
    member_loan: str
    member_recent_played: None
    member_id_icafe_id: int | str
    """The id followed by the café's; text in lists."""
    member_oauth_user_id: str
    member_oauth_platform: str


class MemberRow(MemberFields, kw_only=True):
    """A row of the list; discounts are percent, `left_time` is of a running session."""

    member_create_local: str
    member_update_local: str
    member_is_expired: int
    member_is_logined: int
    offers: int
    """Packages that can be used."""
    member_group_discount_rate: JsonNumber
    member_group_discount_pc_time: JsonNumber
    member_group_discount_offer: JsonNumber
    member_group_name: str | None
    left_time: str
    is_owner: bool
    member_center_name: str


class MemberDetailRow(MemberFields, kw_only=True):
    """One member."""

    member_balance_with_loan: str
    member_group_name: str | None


class MemberInfoOut(MemberDetailRow, kw_only=True):
    """One member, and the same under `member`."""

    member: MemberDetailRow


class MemberOut(Struct):
    """The member as it is now."""

    member: MemberDetailRow


class GroupNameRow(Struct):
    """A member group to choose."""

    member_group_id: int
    member_group_name: str


class MemberPageOut(Struct, kw_only=True):
    """One member with what a form for him needs; `orders` are those not paid yet."""

    member: MemberDetailRow
    member_groups: list[GroupNameRow]
    orders: list[None]
    total_amount: int
    currency: str


class MemberRowsOut(Struct):
    """Rows of the list; `next_cursor` asks for the next ones, null at the end."""

    rows: list[MemberRow]
    next_cursor: str | None


class MembersOut(Struct, kw_only=True):
    """A page of the list."""

    license_using_billing: int
    point_enable: int
    members: list[MemberRow]
    paging_info: PagingInfo
    member_remind_count: int


class MemberIdsOut(Struct):
    """The members that were changed or deleted."""

    member_ids: list[int]


class SuggestedRow(Struct, kw_only=True):
    """A member or guest who is found by a typed text."""

    member_id: int
    member_account: str
    member_first_name: str
    member_last_name: str
    member_group_id: int
    member_is_active: int


class MemberInitOut(Struct, kw_only=True):
    """What a form for a new member needs."""

    member_groups: list[GroupNameRow]
    default_member_group: int
    member_expire_time_local: str
    point_enable: int
    license_using_billing: int
    currency: str
    member_settings: dict[str, int]
    """Which fields must be filled in: all eleven, 1 = required."""
    id_number_rules: dict[str, int]


def photo_address(member_id: int, file_key: str | None) -> str:
    """Where callers of the native API find a member's photo; "" when none is kept."""
    return f"/api/native/v1/members/{member_id}/photo" if file_key else ""


def _common(center: Center, row: Row, purse: Purse) -> dict[str, Any]:
    """The fields of MemberFields."""
    return {
        "member_id": row.id,
        "member_icafe_id": center.id,
        "member_account": row.account,
        "member_balance": format_fixed(purse.balance_micros),
        "member_first_name": row.first_name,
        "member_last_name": row.last_name,
        "member_birthday": row.birthday,
        "member_expire_time_local": expiry_text(row.expires_at, center.zone),
        "member_is_active": int(row.is_active),
        "member_photo": photo_address(row.id, getattr(row, "photo_key", None)),
        "member_email": row.email,
        "member_telegram_username": "",
        "member_telegram_username_valid": 0,
        "member_phone": row.phone,
        "member_id_card": row.id_card,
        "member_points": format_fixed(purse.point_micros),
        "member_create": utc_text(row.created_at),
        "member_update": utc_text(row.updated_at),
        "member_group_id": row.group_id,
        "member_balance_bonus": format_fixed(purse.bonus_micros),
        "member_coin_balance": format_fixed(purse.coin_micros),
        "member_sex": row.sex,
        "member_comments": row.comments,
        "member_address": row.address,
        "member_company_id": int(COMPANY_ID),
        "member_loan": format_fixed(purse.loan_micros),
        "member_recent_played": None,
        "member_id_icafe_id": int(combined_id(row.id, center.id)),
        "member_oauth_user_id": OAUTH_USER_ID,
        "member_oauth_platform": row.oauth_platform,
    }


def list_row(center: Center, row: Row, at: datetime) -> MemberRow:
    """A row of the list; `row` comes from members.listing."""
    purse = Purse(
        row.balance_micros, row.bonus_micros, row.coin_micros, row.point_micros, -row.loan_micros
    )
    shown = _common(center, row, purse)
    shown["member_create"] = shown["member_create"][:19].replace("T", " ")
    shown["member_update"] = shown["member_update"][:19].replace("T", " ")
    shown["member_id_icafe_id"] = combined_id(row.id, center.id)
    return MemberRow(
        **shown,
        member_create_local=local_text(row.created_at, center.zone),
        member_update_local=local_text(row.updated_at, center.zone),
        member_is_expired=int(row.expires_at is not None and row.expires_at <= at),
        member_is_logined=int(row.session_id is not None),
        offers=row.offers_count,
        member_group_discount_rate=percent_number(row.product_discount or 0),
        member_group_discount_pc_time=percent_number(row.pc_time_discount or 0),
        member_group_discount_offer=percent_number(row.offer_discount or 0),
        member_group_name=_group_name(row.group_id, row.group_name),
        left_time=left_text(row.session_expires_at, at),
        is_owner=True,
        member_center_name=CENTER_NAME,
    )


def suggested_row(row: MemberRow) -> SuggestedRow:
    """Of a row what a suggestion shows."""
    return SuggestedRow(**{name: getattr(row, name) for name in SuggestedRow.__struct_fields__})


def group_names(groups: Iterable[MemberGroup]) -> list[GroupNameRow]:
    """Groups to choose from."""
    return [GroupNameRow(group.id, group.name) for group in groups]


def member_out(center: Center, found: MemberDetail) -> MemberOut:
    """The answer to a change."""
    return MemberOut(detail(center, found))


def member_info(center: Center, found: MemberDetail) -> MemberInfoOut:
    """The fields twice, as memberInfo has them."""
    shown = detail(center, found)
    return MemberInfoOut(**asdict(shown), member=shown)


def detail(center: Center, found: MemberDetail) -> MemberDetailRow:
    """The `member` of GET members/{id}."""
    group = found.group
    return MemberDetailRow(
        **_common(center, found.row, found.purse),
        # What was lent is part of the balance already.
        member_balance_with_loan=format_fixed(found.purse.balance_micros),
        member_group_name=None if group is None else group.name,
    )


def left_text(expires_at: datetime | None, at: datetime) -> str:
    """The time left of a running session as "1h 5m"; "0h 0m" without one or without an end."""
    left = timedelta() if expires_at is None else max(expires_at - at, timedelta())
    hours, minutes = divmod(left // _MINUTE, 60)
    return f"{hours}h {minutes}m"


def _group_name(group_id: int, name: str | None) -> str | None:
    if group_id == DEFAULT_MEMBER_GROUP.id:
        return DEFAULT_MEMBER_GROUP.name
    return name


_NEVER = "0000"


class _When(Struct):
    member_expire_time_local: datetime


def expiry_sent(text: str, zone: ZoneInfo) -> datetime | None:
    """The moment of an expiry text that was sent; None = never. Raises InvalidInput."""
    if text.startswith(_NEVER):
        return None
    when = decode(_When, {"member_expire_time_local": text})
    return expiry_of(when.member_expire_time_local.replace(tzinfo=None), zone)


def expiry_of_new(text: str, zone: ZoneInfo, at: datetime) -> datetime | None:
    """The same for a new account, which without a text gets the usual expiry from `at` on."""
    if text:
        return expiry_sent(text, zone)
    return expiry_of(default_expiry(at.astimezone(zone).date()), zone)


def check_confirmed(password: str, confirm: str | None) -> None:
    """Raise InvalidInput when a password was typed twice and differs."""
    if confirm is not None and confirm != password:
        raise InvalidInput({"member_confirm": say("is not the same password")})


SORT_NAMES = (
    *("member_id", "member_account", "member_group_id", "member_first_name", "member_last_name"),
    *("member_is_active", "member_phone", "member_email", "member_birthday", "member_comments"),
    *("member_oauth_platform", "member_create", "member_update", "member_center_name"),
    *("member_icafe_id", "member_balance", "member_balance_bonus", "member_coin_balance"),
    *("member_points", "member_loan", "member_group_name", "member_expire_time_local"),
    *("member_create_local", "member_update_local"),
)
"""What the list can be sorted by (seed: Members, Get member lists)."""

SEARCH_FIELDS = (
    *("member_first_name", "member_last_name", "member_phone", "member_email", "member_id_card"),
    *("member_address", "member_comments", "member_birthday", "member_oauth_platform"),
    *("member_id", "member_group_id", "member_icafe_id", "member_sex", "member_balance"),
    *("member_balance_bonus", "member_coin_balance", "member_points", "member_loan"),
    *("member_photo", "member_telegram_username", "member_center_name", "member_oauth_user_id"),
    *("member_company_id", "member_account", "member_group_name", "member_id_icafe_id"),
)
"""What can be searched one by one: every text, id and amount of the row; nothing computed."""

_COLUMNS = {
    "icafe_id": "center_id",
    "balance_bonus": "bonus",
    "coin_balance": "coin",
    "points": "point",
    "id_icafe_id": "combined_id",
    "expire_time": "expires_at",
    "create": "created_at",
    "update": "updated_at",
}


def column_of(name: str) -> str:
    """The column of MEMBER_LIST that the wire calls this; "" for ""."""
    plain = name.removeprefix("member_").removesuffix("_local")
    return _COLUMNS.get(plain, plain)


EXPORT_COLUMNS = (
    *("member_id", "member_account", "member_first_name", "member_last_name"),
    *("member_group_name", "member_balance", "member_balance_bonus", "member_coin_balance"),
    *("member_points", "member_loan", "member_is_active", "member_expire_time_local"),
    *("member_phone", "member_email", "member_birthday", "member_sex", "member_id_card"),
    *("member_address", "member_comments", "member_create_local", "member_update_local"),
)
"""The columns of an export, and their order: those of list_row that say something of one member."""


def export_line(center: Center, row: Row, at: datetime) -> list[str]:
    """A row of the export as texts; what is not known is empty."""
    shown = list_row(center, row, at)
    values = (getattr(shown, name) for name in EXPORT_COLUMNS)
    return ["" if value is None else str(value) for value in values]


def export_part(read: Read, search: MemberSearch, after: Cursor | None) -> Lines[Cursor]:
    """The next lines of an export of all members of a search, whatever its page."""
    part = members_part(read, search, after, EXPORT_ROWS)
    return Lines([export_line(search.center, row, search.at) for row in part.rows], part.after)
