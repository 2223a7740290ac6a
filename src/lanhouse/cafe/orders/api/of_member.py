"""All that a member ordered, on the café API (cafe-wire, Members; decision 0141)."""

from __future__ import annotations

from lanhouse.cafe.centers.call import CafeCall, CafeRoutes
from lanhouse.cafe.members.sign_in import must_be_own
from lanhouse.cafe.orders.queries.of_member import orders_of_member
from lanhouse.cafe.orders.wire.of_member import MemberOrdersIn, OrdersOut, member_orders_out
from lanhouse.kit.limits import LOGS_PER_PAGE
from lanhouse.kit.pages import paging_info

routes = CafeRoutes("Members")


@routes.get(
    "/members/{member_id}/orders",
    right="members.view",
    summary="A member's orders of the shop, top-ups, refunds and loans",
    source="cafe-wire: Members",
)
async def orders(call: CafeCall, data: MemberOrdersIn) -> OrdersOut:
    """Newest first."""
    page = data.page or 1
    found = await call.read(orders_of_member, call.center.id, data.member_id, page, LOGS_PER_PAGE)
    shown = paging_info(found.total, page, LOGS_PER_PAGE, sent=data.page is not None)
    return member_orders_out(found, call.center.zone, shown)


@routes.get(
    "/memberOrders",
    right="members.view",
    own=("member.self",),
    summary="The same as members/{member_id}/orders",
    source="cafe-wire: Members",
)
async def member_orders(call: CafeCall, data: MemberOrdersIn) -> OrdersOut:
    """The member is named in the query; a member's token names its own."""
    must_be_own(call.actor, data.member_id)
    return await orders(call, data)
