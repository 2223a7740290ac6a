"""Points and referral codes on the native API."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from lanhouse.cafe.loyalty.commands.gifts import PointsMoved
from lanhouse.kit.inputs import Line, amount
from lanhouse.kit.limits import COMMENT_CHARS_MAX
from lanhouse.kit.money import format_fixed


class PointsIn(Struct, kw_only=True):
    """Points to give, or with a minus to take."""

    points: Annotated[int, amount(signed=True, is_money=False)]
    comment: Annotated[Line, Meta(max_length=COMMENT_CHARS_MAX)] = ""


class PointsOut(Struct):
    """The points of a member after that, with 2 decimals."""

    member_id: int
    points: str


class ReferralCodeOut(Struct):
    """The code by which a member brings friends."""

    member_id: int
    code: str


def points(moved: PointsMoved) -> PointsOut:
    """The answer to a change of points."""
    return PointsOut(moved.member_id, format_fixed(moved.point_micros))
