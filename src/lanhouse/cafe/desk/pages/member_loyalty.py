"""Points by hand and the code for friends, on a member's card."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from lanhouse.cafe.centers.call import CafeCall, PanelRoutes
from lanhouse.cafe.desk.pages.member_card import CARD, card_page, member_id_of, to_card
from lanhouse.cafe.loyalty.commands.gifts import MovePoints, PointsMoved, move_points
from lanhouse.cafe.loyalty.commands.referrals import MemberCode, referral_code
from lanhouse.kit.amounts import read_amount
from lanhouse.kit.errors import AppError, InvalidInput, NotFound
from lanhouse.kit.inputs import Line
from lanhouse.kit.said import say
from lanhouse.web.pages.refusals import errors_in_form
from lanhouse.web.replies import Reply

routes = PanelRoutes("Member card")
_POINTS_CURRENCY = "POINT"


class PointsForm(msgspec.Struct):
    """How many points are given or taken, and why."""

    points: Annotated[Line, Meta(max_length=30)] = ""
    points_way: Annotated[Line, Meta(max_length=10)] = "give"
    points_reason: Annotated[str, Meta(max_length=4000)] = ""
    key: str = ""


@routes.post(f"{CARD}/points", right="members.points", summary="Give or take a member's points")
async def post_points(call: CafeCall, data: PointsForm) -> Reply:
    """Once per form, or show the card again with the reasons. The group follows."""
    try:
        cmd = MovePoints(
            center=call.center,
            actor=call.actor,
            member_id=member_id_of(call),
            point_micros=_points(data),
            comment=_reason(data),
        )
        await call.do(move_points, cmd, _as_moved, PointsMoved, key=data.key or None)
    except NotFound:
        raise
    except AppError as error:
        fields = ("points", "points_reason", "comment")
        errors, _ = errors_in_form(error, call.view.language, fields)
        return await card_page(call, error, points_form=data, loyalty_errors=errors)
    return to_card(call, "saved")


@routes.post(
    f"{CARD}/referral-code", right="members.edit", summary="Make a member's code for friends"
)
async def post_referral_code(call: CafeCall) -> Reply:
    """The card with the code; the same one however often it is asked for."""
    await call.run(referral_code, MemberCode(call.center, member_id_of(call)))
    return to_card(call, "saved")


def _points(data: PointsForm) -> int:
    if data.points_way not in ("give", "take"):
        raise InvalidInput({"points": say("is given or taken")})
    micros = read_amount(data.points.strip(), _POINTS_CURRENCY, field="points")
    if micros <= 0:
        raise InvalidInput({"points": say("must be more than 0")})
    return -micros if data.points_way == "take" else micros


def _reason(data: PointsForm) -> str:
    if not data.points_reason.strip():
        raise InvalidInput({"points_reason": say("is required")})
    return data.points_reason.strip()


def _as_moved(moved: PointsMoved) -> PointsMoved:
    return moved
