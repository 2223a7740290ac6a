"""What comes in over the café API for members."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from lanhouse.cafe.members.rules import ACCOUNT_CHARS_MAX, ACCOUNT_PATTERN
from lanhouse.kit.inputs import Amount, Line, Secret, also, means
from lanhouse.kit.pages import CursorText, PageNumber, RowsMax
from lanhouse.kit.texts import N_

MEMBERS_AT_ONCE_MAX = 500

Account = Annotated[
    Line,
    Meta(
        min_length=1,
        max_length=ACCOUNT_CHARS_MAX,
        pattern=ACCOUNT_PATTERN,
        extra={"reason": N_("may hold letters, digits, _ - . and @ only")},
    ),
]
Password = Annotated[Secret, Meta(min_length=1, max_length=128)]
Name = Annotated[Line, Meta(max_length=50)]
Email = Annotated[
    Line,
    Meta(
        max_length=100,
        pattern=r"^[^@\s]+@[^@\s]+$",
        extra={"reason": N_("must be an e-mail address")},
    ),
]
Phone = Annotated[Line, Meta(max_length=30)]
Card = Annotated[Line, Meta(max_length=50)]
Address = Annotated[str, Meta(max_length=200)]
Comments = Annotated[str, Meta(max_length=1000)]
Sex = Literal[0, 1, 2]
When = Annotated[Line, Meta(max_length=30)]
MemberIds = Annotated[list[int], also("member_id"), Meta(max_length=MEMBERS_AT_ONCE_MAX)]


class MemberFilter(Struct, frozen=True, kw_only=True):
    """Which members of a centre; what is empty or None does not filter. Plain JSON, so that a job
    can keep it."""

    group_id: int | None = None
    is_expired: bool | None = None
    is_playing: bool | None = None
    balance_over_micros: int | None = None
    has_loan: bool | None = None
    birthday_days: int = 0
    """Whose birthday is today or in so many days, 31 at most; 0 = whoever's."""
    registered_from: datetime | None = None
    registered_to: datetime | None = None
    """Up to but not including."""
    away_since: datetime | None = None
    """Who was not here since then; who never was counts from when the account was opened."""
    is_leaving: bool = False
    """Whose account is announced to be forgotten (setting member_retention_months)."""


class FilterIn(Struct):
    """Which members."""

    search_text: Annotated[Line, Meta(max_length=100)] = ""
    search_field: Annotated[Line, Meta(max_length=50)] = ""
    guest: bool = False
    """1 = guest accounts, 0 = members."""


class OrderedIn(FilterIn):
    """Which members, in which order."""

    sort_name: Annotated[Line, Meta(max_length=50)] = ""
    sort: Literal["asc", "desc"] = "asc"


class ListIn(OrderedIn):
    """Which members, in which order, which page (50 a page)."""

    page: PageNumber | None = None


class CursorListIn(OrderedIn):
    """Which members, in which order, and a page by cursor."""

    cursor: CursorText = ""
    limit: RowsMax = 50


class DepositIn(Struct):
    """Money put on a new account, in cash unless one of the switches is on."""

    member_balance: Annotated[Amount, means("balance")] = 0
    member_balance_bonus: Annotated[Amount, also("topup_balance_bonus")] = 0
    payment_method_credit_card: bool = False
    payment_method_qr: bool = False


class NewPersonIn(DepositIn, kw_only=True):
    """Who a member is. Expiry: 0000-00-00 = never, left out = in three years."""

    member_account: Annotated[Account, means("account")]
    member_password: Password
    member_confirm: Password | None = None
    """The password once more; must be the same when it is sent."""
    member_first_name: Annotated[Name, means("first_name")] = ""
    member_last_name: Annotated[Name, means("last_name")] = ""
    member_birthday: Annotated[date | None, means("birthday")] = None
    member_email: Annotated[Email | None, means("email")] = None
    member_phone: Annotated[Phone, means("phone")] = ""
    member_id_card: Annotated[Card, means("id_card")] = ""
    member_address: Address = ""
    member_sex: Sex = 0
    member_comments: Annotated[Comments, means("comments")] = ""
    member_group_id: Annotated[int | None, means("group_id")] = None
    member_is_active: bool = True
    member_expire_time_local: Annotated[When, means("expires_at")] = ""


class NewMemberIn(NewPersonIn, kw_only=True):
    """A member to make."""

    promo_code: Name = ""
    """A promo code for registrations."""
    referral_code: Name = ""
    """The code of the member who brought him."""


class ConvertIn(NewPersonIn, kw_only=True):
    """The member that a guest account becomes; a deposit is none of it, and no code counts."""

    guest_account: Annotated[Line, Meta(max_length=100)] = ""
    """The guest, G_…"""
    member_id: int | None = None
    """The same by id."""
    agree: Annotated[bool, means("agrees")] = False
    """1: who does it himself agrees to the rules of the house, where he must."""


class MemberChangeIn(Struct):
    """New values; what is left out stays. Empty text or null empties a field of the person."""

    member_account: Annotated[Account | None, means("account")] = None
    member_password: Password | None = None
    member_confirm: Password | None = None
    member_first_name: Annotated[Name | UnsetType | None, means("first_name")] = UNSET
    member_last_name: Annotated[Name | UnsetType | None, means("last_name")] = UNSET
    member_birthday: Annotated[date | UnsetType | None, means("birthday")] = UNSET
    member_email: Annotated[Email | UnsetType | None, means("email")] = UNSET
    member_phone: Annotated[Phone | UnsetType | None, means("phone")] = UNSET
    member_id_card: Annotated[Card | UnsetType | None, means("id_card")] = UNSET
    member_address: Address | UnsetType | None = UNSET
    member_sex: Sex | None = None
    member_comments: Annotated[Comments | UnsetType | None, means("comments")] = UNSET
    member_group_id: Annotated[int | None, means("group_id")] = None
    member_is_active: bool | None = None
    member_expire_time_local: Annotated[When, means("expires_at")] = ""
    member_version: Annotated[int | None, means("version")] = None
    """The version that the change was made from; sent, a change by somebody else is refused."""


class MultiChangeIn(Struct):
    """The same new values for several members; what is left out stays."""

    member_ids: MemberIds
    member_is_active: bool | None = None
    member_group_id: Annotated[int | None, means("group_id")] = None
    member_expire_time_local: Annotated[When, means("expires_at")] = ""


class MembersIn(Struct):
    """Some members by id."""

    member_ids: MemberIds


class MemberInfoIn(Struct):
    """An account, and its password when that is to be checked."""

    member_account: Annotated[Line, Meta(max_length=100)]
    member_password: Secret | UnsetType | None = UNSET
    """A password that is sent is checked, an empty one too (and then it is wrong)."""


class SuggestIn(Struct):
    """What was typed."""

    search_text: Annotated[Line, Meta(max_length=100)] = ""
    has_detail: bool = False


class GuestIn(DepositIn, kw_only=True):
    """A guest account. It must expire: a date is its last day, a date with a time that moment."""

    member_expire_time_local: Annotated[When, Meta(min_length=1), means("expires_at")]
