"""A member's data by the native API: handed out, and forgotten."""

from __future__ import annotations

from msgspec import Struct

from lanhouse.cafe.centers.call import CafeCall, NativeRoutes
from lanhouse.cafe.own_data.commands import Forget, forget_member
from lanhouse.cafe.own_data.wire import own_file
from lanhouse.kit.inputs import id_in_path
from lanhouse.kit.said import say
from lanhouse.web.replies import Nothing, Reply, Written, nothing

native = NativeRoutes("Members")
_NOT_THERE = say("Member not found")


class ForgetIn(Struct):
    """Whether what is left on the account goes to the house."""

    forfeits: bool = False


@native.get(
    "/members/{member_id}/data.zip",
    right="members.export",
    summary="All that is known of a member, as JSON and CSV",
)
async def member_data(call: CafeCall) -> Reply:
    """A ZIP: profile, photo, money, log, sessions, top-ups, orders, packages, bookings, payments,
    notes, consents, messages and feedback, without the password.
    Written to the audit log."""
    return await own_file(call, id_in_path(call.path["member_id"], _NOT_THERE))


@native.post(
    "/members/{member_id}/forget",
    right="members.delete",
    summary="Delete a member and all that tells who it was",
)
async def forget(call: CafeCall, data: ForgetIn) -> Written[Nothing]:
    """Money is settled first: with balance or bonus on the account it is refused unless `forfeits`
    is 1. Amounts stay in ledger and log, under the member's number alone."""
    cmd = Forget(
        center=call.center,
        actor=call.actor,
        member_id=id_in_path(call.path["member_id"], _NOT_THERE),
        forfeits=data.forfeits,
    )
    return await call.write(forget_member, cmd, nothing)
