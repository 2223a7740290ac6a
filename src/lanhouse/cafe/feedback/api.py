"""Writing to the house on the café API (seed: Members, Customer feedback)."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from lanhouse.cafe.centers.call import CafeCall, CafeRoutes
from lanhouse.cafe.feedback.commands import NewFeedback, give_feedback
from lanhouse.kit.inputs import Line
from lanhouse.web.replies import Nothing, Written, nothing

routes = CafeRoutes("Members")


class CustomerFeedbackIn(Struct):
    """What a customer writes; without an account nobody can answer."""

    pc_name: Annotated[str, Meta(max_length=100)] = ""
    member_account: Annotated[str, Meta(max_length=100)] = ""
    subject: Annotated[Line, Meta(max_length=200)] = ""
    message: Annotated[str, Meta(max_length=4000)] = ""


@routes.post(
    "/customerFeedback",
    right="feedback.give",
    summary="Write to the house",
    source="seed: Members, Customer feedback; cafe-wire, Member side",
)
async def customer_feedback(call: CafeCall, data: CustomerFeedbackIn) -> Written[Nothing]:
    """data {}. The token of a PC writes from that PC, a member's under his account, whatever is
    sent."""
    new = NewFeedback(
        center=call.center,
        actor=call.actor,
        pc_name=data.pc_name,
        member_account=data.member_account,
        subject=data.subject,
        message=data.message,
    )
    return await call.write(give_feedback, new, nothing)
