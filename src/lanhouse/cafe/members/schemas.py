"""What comes in over the café API for members."""

from __future__ import annotations

from datetime import date
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

    member_balance: Amount = 0
    member_balance_bonus: Annotated[Amount, also("topup_balance_bonus")] = 0
    payment_method_credit_card: bool = False
    payment_method_qr: bool = False


class NewMemberIn(DepositIn, kw_only=True):
    """A member to make. Expiry: 0000-00-00 = never, left out = in three years."""

    member_account: Annotated[Account, means("account")]
    member_password: Password
    member_confirm: Password | None = None
    """The password once more; must be the same when it is sent."""
    member_first_name: Name = ""
    member_last_name: Name = ""
    member_birthday: date | None = None
    member_email: Email | None = None
    member_phone: Phone = ""
    member_id_card: Card = ""
    member_address: Address = ""
    member_sex: Sex = 0
    member_comments: Comments = ""
    member_group_id: Annotated[int | None, means("group_id")] = None
    member_is_active: bool = True
    member_expire_time_local: When = ""
    promo_code: Name = ""
    """A promo code for registrations."""
    referral_code: Name = ""
    """The code of the member who brought him."""


class MemberChangeIn(Struct):
    """New values; what is left out stays. Empty text or null empties a field of the person."""

    member_account: Annotated[Account | None, means("account")] = None
    member_password: Password | None = None
    member_confirm: Password | None = None
    member_first_name: Name | UnsetType | None = UNSET
    member_last_name: Name | UnsetType | None = UNSET
    member_birthday: date | UnsetType | None = UNSET
    member_email: Email | UnsetType | None = UNSET
    member_phone: Phone | UnsetType | None = UNSET
    member_id_card: Card | UnsetType | None = UNSET
    member_address: Address | UnsetType | None = UNSET
    member_sex: Sex | None = None
    member_comments: Comments | UnsetType | None = UNSET
    member_group_id: Annotated[int | None, means("group_id")] = None
    member_is_active: bool | None = None
    member_expire_time_local: When = ""


class MultiChangeIn(Struct):
    """The same new values for several members; what is left out stays."""

    member_ids: MemberIds
    member_is_active: bool | None = None
    member_group_id: Annotated[int | None, means("group_id")] = None
    member_expire_time_local: When = ""


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
