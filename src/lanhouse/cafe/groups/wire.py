"""Groups on the wire."""

from __future__ import annotations

from msgspec import Struct

from lanhouse.cafe.groups.schemas import MemberGroup, PcGroup
from lanhouse.kit.money import JsonNumber, format_fixed, format_plain, json_number

HUNDREDTH = 10_000


class PcGroupRow(Struct):
    """A PC group as the café API shows it; 0 is the default one."""

    pc_group_id: int
    pc_group_name: str
    pc_group_desc: str
    pc_group_icafe_id: int


class MemberGroupRow(Struct, kw_only=True):
    """A member group as the café API shows it. Discounts are percent, as numbers."""

    member_group_id: int
    member_group_icafe_id: int
    member_group_name: str
    member_group_desc: str
    member_group_discount_rate: JsonNumber
    """Off products."""
    member_group_discount_offer: JsonNumber
    member_group_discount_pc_time: JsonNumber
    member_group_point_min: str
    """Points with 2 decimals, from which members belong here."""
    member_group_point_max: str
    """Where the next group begins; 0.00 = open end."""
    member_group_bonus_cashback: str
    member_group_company_id: int
    member_group_update: int
    """Seconds since 1970."""
    has_icon: int


class PcGroupOut(Struct):
    """A PC group; 0 is the default one."""

    id: int
    name: str
    description: str


class MemberGroupOut(Struct, kw_only=True):
    """A member group. Discounts are percent as decimal text, points have 2 decimals."""

    id: int
    name: str
    description: str
    product_discount: str
    offer_discount: str
    pc_time_discount: str
    cashback: str
    """0: the setting bonus_cashback_default."""
    min_points: str


class DeletedOut(Struct):
    """The answer when something is gone."""

    deleted: bool


def percent_number(hundredths: int) -> JsonNumber:
    """Hundredths of a percent as a JSON number: 1250 -> 12.5, 1000 -> 10."""
    return json_number(hundredths * HUNDREDTH)


def member_group_row(group: MemberGroup, center_id: int, next_points_micros: int) -> MemberGroupRow:
    """A member group; the next one begins at so many micros of a point (0: there is none)."""
    return MemberGroupRow(
        member_group_id=group.id,
        member_group_icafe_id=center_id,
        member_group_name=group.name,
        member_group_desc=group.description,
        member_group_discount_rate=percent_number(group.product_discount),
        member_group_discount_offer=percent_number(group.offer_discount),
        member_group_discount_pc_time=percent_number(group.pc_time_discount),
        member_group_point_min=format_fixed(group.min_points_micros),
        member_group_point_max=format_fixed(next_points_micros),
        member_group_bonus_cashback=format_fixed(group.cashback * HUNDREDTH),
        member_group_company_id=0,
        member_group_update=group.updated_unix,
        has_icon=0,
    )


def pc_group(group: PcGroup) -> PcGroupOut:
    """A PC group for the native API."""
    return PcGroupOut(group.id, group.name, group.description)


def member_group(group: MemberGroup) -> MemberGroupOut:
    """A member group for the native API."""
    return MemberGroupOut(
        id=group.id,
        name=group.name,
        description=group.description,
        product_discount=format_plain(group.product_discount * HUNDREDTH),
        offer_discount=format_plain(group.offer_discount * HUNDREDTH),
        pc_time_discount=format_plain(group.pc_time_discount * HUNDREDTH),
        cashback=format_plain(group.cashback * HUNDREDTH),
        min_points=format_fixed(group.min_points_micros),
    )


def deleted(_: None) -> DeletedOut:
    """The answer to a deletion."""
    return DeletedOut(deleted=True)
