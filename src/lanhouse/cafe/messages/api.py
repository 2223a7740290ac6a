"""Messages to PCs on the wire."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from lanhouse.cafe.centers.call import CafeCall, CafeRoutes
from lanhouse.cafe.messages.commands import LeaveMessage, leave_message
from lanhouse.cafe.messages.queries import seat_of
from lanhouse.kit.errors import InvalidInput, Refused
from lanhouse.kit.inputs import also, means
from lanhouse.kit.said import say
from lanhouse.web.replies import Nothing, Written, nothing

routes = CafeRoutes("PC sessions")
_Name = Annotated[str, Meta(max_length=100)]


class AdminMessageIn(Struct):
    """The PCs by name, or the one on which `member_account` plays."""

    message: Annotated[str, means("text"), Meta(max_length=4000)]
    pc_name: Annotated[list[_Name], also("pcs"), means("pc_names")] = []
    member_account: _Name = ""


@routes.post(
    "/pcSessions/adminMessage",
    right="pcs.command",
    summary="Leave a message for who sits at some PCs",
    source="seed: PC sessions, Add admin message; cafe-wire, Sessions",
)
async def admin_message(call: CafeCall, data: AdminMessageIn) -> Written[Nothing]:
    """Succeeds for a PC that is not connected too: its client is told at the next connect, if that
    comes within 24 hours."""
    names = data.pc_name
    if not names and data.member_account:
        seat = await call.read(seat_of, call.center.id, data.member_account)
        if seat is None:
            raise Refused(say("the member has no session"))
        names = [seat]
    if not names:
        raise InvalidInput({"pc_name": say("is required")})
    cmd = LeaveMessage(center=call.center, actor=call.actor, pc_names=names, text=data.message)
    return await call.write(leave_message, cmd, nothing)
