"""Promo codes on the wire (cafe-domain 7; decision 0154)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from msgspec import UNSET, Meta, Struct, UnsetType

from lanhouse.cafe.members.rules import expiry_of, expiry_text
from lanhouse.cafe.promo.queries import PROMOS_PER_PAGE
from lanhouse.cafe.promo.schemas import Gift, Promo, Purpose
from lanhouse.kit.errors import InvalidInput
from lanhouse.kit.inputs import Amount, Line, decode, means
from lanhouse.kit.local_time import local_text
from lanhouse.kit.money import format_fixed
from lanhouse.kit.pages import PageNumber, PagingInfo, paging_info

NAME_CHARS_MAX = 50
QUANTITY_MAX = 1_000_000
_NEVER = "0000"
_GIFTS = {Gift.SUM: 0, Gift.PERCENT: 1, Gift.COIN: 2}
_PURPOSES = {Purpose.TOPUP: 0, Purpose.REGISTER: 1}
_GIFT_OF = {
    **{str(number): gift for gift, number in _GIFTS.items()},
    **{"bonus": Gift.SUM, "percent": Gift.PERCENT, "coin": Gift.COIN},
}
_PURPOSE_OF = {
    **{str(number): purpose for purpose, number in _PURPOSES.items()},
    **{"topup": Purpose.TOPUP, "register": Purpose.REGISTER},
}

Code = Annotated[Line, Meta(min_length=1, max_length=NAME_CHARS_MAX)]
Quantity = Annotated[int, Meta(ge=1, le=QUANTITY_MAX)]
When = Annotated[Line, Meta(max_length=30)]
GiftWord = Literal["0", "1", "2", "bonus", "percent", "coin"]
PurposeWord = Literal["0", "1", "topup", "register"]
"""As text, so that numbers and words are both taken."""


class PromoChangeIn(Struct, kw_only=True):
    """New values of a code; what is not sent stays."""

    promo_name: Annotated[Code | None, means("name")] = None
    promo_qty: Annotated[Quantity | None, means("quantity")] = None
    promo_bonus_type: Annotated[GiftWord | None, means("gift")] = None
    """0 or bonus: an amount; 1 or percent: of what is topped up; 2 or coin: coins."""
    promo_bonus_amount: Annotated[Amount | None, means("amount")] = None
    promo_bonus_for: Annotated[PurposeWord | None, means("purpose")] = None
    """0 or topup, 1 or register."""
    promo_expire_time_local: When | UnsetType | None = UNSET
    """A day (valid to its end) or a second; 0000-00-00 or empty: it does not expire."""


class PromoIn(Struct, kw_only=True):
    """A new code; the fields as in PromoChangeIn."""

    promo_name: Annotated[Code, means("name")]
    promo_qty: Annotated[Quantity, means("quantity")]
    promo_bonus_type: Annotated[GiftWord, means("gift")] = "0"
    promo_bonus_amount: Annotated[Amount, means("amount")]
    promo_bonus_for: Annotated[PurposeWord, means("purpose")] = "0"
    promo_expire_time_local: When | UnsetType | None = UNSET


class PromoListIn(Struct, kw_only=True):
    """A page of 50 codes."""

    page: PageNumber | None = None


class PromoRow(Struct, kw_only=True):
    """A promo code."""

    promo_id: int
    promo_icafe_id: int
    promo_name: str
    promo_qty: int
    promo_used: int
    promo_bonus_type: int
    """0 an amount, 1 percent, 2 coins."""
    promo_bonus_amount: str
    promo_bonus_for: int
    """0 top-up, 1 registration."""
    promo_expire_time_local: str
    promo_create_local: str


class PromosOut(Struct):
    """A page of codes, the newest first."""

    items: list[PromoRow]
    paging_info: PagingInfo


class NativePromoIn(Struct, kw_only=True):
    """A promo code, whole."""

    name: Code
    quantity: Quantity
    gift: Literal["sum", "percent", "coin"] = "sum"
    amount: Amount
    """Money, percent or coins, as `gift` says."""
    purpose: Literal["topup", "register"] = "topup"
    expires_local: Annotated[When, means("expires_at")] = ""
    """A day (valid to its end) or a second of the centre's clock; empty: it does not expire."""


class PromoOut(Struct, kw_only=True):
    """A promo code on the native API; `gift` and `purpose` as in NativePromoIn."""

    id: int
    name: str
    quantity: int
    used: int
    gift: str
    amount: str
    purpose: str
    expires_local: str
    """0000-00-00: never."""


def changes_of(data: PromoChangeIn | PromoIn, zone: ZoneInfo) -> dict[str, Any]:
    """What a call of the café API says, by the fields of PromoValues. Raises InvalidInput."""
    changes: dict[str, Any] = {
        "name": data.promo_name,
        "quantity": data.promo_qty,
        "amount_micros": data.promo_bonus_amount,
    }
    if data.promo_bonus_type is not None:
        changes["gift"] = _GIFT_OF[data.promo_bonus_type]
    if data.promo_bonus_for is not None:
        changes["purpose"] = _PURPOSE_OF[data.promo_bonus_for]
    changes = {name: value for name, value in changes.items() if value is not None}
    if data.promo_expire_time_local is not UNSET:
        changes["expires_at"] = moment_of(
            data.promo_expire_time_local, zone, "promo_expire_time_local"
        )
    return changes


def native_values(data: NativePromoIn, zone: ZoneInfo) -> dict[str, Any]:
    """What a call of the native API says, likewise; all of it."""
    return {
        "name": data.name,
        "quantity": data.quantity,
        "gift": Gift(data.gift),
        "amount_micros": data.amount,
        "purpose": Purpose(data.purpose),
        "expires_at": moment_of(data.expires_local, zone, "expires_local"),
    }


def promo_row(promo: Promo, center_id: int, zone: ZoneInfo) -> PromoRow:
    """A code as the café API shows it."""
    return PromoRow(
        promo_id=promo.id,
        promo_icafe_id=center_id,
        promo_name=promo.name,
        promo_qty=promo.quantity,
        promo_used=promo.used,
        promo_bonus_type=_GIFTS[promo.gift],
        promo_bonus_amount=format_fixed(promo.amount_micros),
        promo_bonus_for=_PURPOSES[promo.purpose],
        promo_expire_time_local=expiry_text(promo.expires_at, zone),
        promo_create_local=local_text(promo.created_at, zone),
    )


def promos_out(
    found: Sequence[Promo], total: int, page: int | None, center_id: int, zone: ZoneInfo
) -> PromosOut:
    """A page of codes; `page` None: the caller named none."""
    shown = paging_info(total, page or 1, PROMOS_PER_PAGE, sent=page is not None)
    return PromosOut([promo_row(promo, center_id, zone) for promo in found], shown)


def native_promo(promo: Promo, zone: ZoneInfo) -> PromoOut:
    """A code as the native API shows it."""
    return PromoOut(
        id=promo.id,
        name=promo.name,
        quantity=promo.quantity,
        used=promo.used,
        gift=promo.gift.value,
        amount=format_fixed(promo.amount_micros),
        purpose=promo.purpose.value,
        expires_local=expiry_text(promo.expires_at, zone),
    )


class _When(Struct):
    at: datetime


def moment_of(text: str | None, zone: ZoneInfo, name: str) -> datetime | None:
    """The moment from which on a code is refused, None: never. Raises InvalidInput of `name`."""
    if not text or text.startswith(_NEVER):
        return None
    try:
        when = decode(_When, {"at": text})
    except InvalidInput as refused:
        raise InvalidInput({name: refused.fields["at"]}) from None
    return expiry_of(when.at.replace(tzinfo=None), zone)
