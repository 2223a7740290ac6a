"""Points by hand, and the code by which a member brings friends (native API)."""

from __future__ import annotations

from lanhouse.cafe.centers.call import CafeCall, NativeRoutes
from lanhouse.cafe.loyalty import wire
from lanhouse.cafe.loyalty.commands.gifts import MovePoints, move_points
from lanhouse.cafe.loyalty.commands.referrals import MemberCode, referral_code
from lanhouse.cafe.loyalty.wire import PointsIn, PointsOut, ReferralCodeOut
from lanhouse.kit.inputs import id_in_path
from lanhouse.kit.said import say
from lanhouse.web.replies import Written

native = NativeRoutes("Loyalty")


@native.post(
    "/members/{member_id}/points", right="members.points", summary="Give points, or take them"
)
async def post_points(call: CafeCall, data: PointsIn) -> Written[PointsOut]:
    """The member's group follows by itself. Points do not fall below 0."""
    cmd = MovePoints(
        center=call.center,
        actor=call.actor,
        member_id=_member(call),
        point_micros=data.points,
        comment=data.comment,
    )
    return await call.write(move_points, cmd, wire.points)


@native.post(
    "/members/{member_id}/referral-code",
    right="members.edit",
    summary="The code by which a member brings friends",
)
async def post_referral_code(call: CafeCall) -> Written[ReferralCodeOut]:
    """Made when it is first asked for, and the same from then on."""
    member_id = _member(call)
    asked = MemberCode(call.center, member_id)
    return await call.write(referral_code, asked, lambda code: ReferralCodeOut(member_id, code))


def _member(call: CafeCall) -> int:
    return id_in_path(call.path["member_id"], say("Member not found"))
