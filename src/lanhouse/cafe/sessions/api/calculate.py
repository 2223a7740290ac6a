"""What time costs and what money buys, before anybody plays (cafe-wire, Member side)."""

from __future__ import annotations

from lanhouse.cafe.centers.call import CafeCall, CafeRoutes
from lanhouse.cafe.sessions.queries.calculations import Seat, amount_of_minutes, minutes_of_amount
from lanhouse.cafe.sessions.wire.inputs import MinutesIn, MoneyIn, SeatIn
from lanhouse.cafe.sessions.wire.outputs import CostOut, MinutesOut
from lanhouse.kit import clock
from lanhouse.kit.local_time import whole_second
from lanhouse.kit.money import format_fixed

routes = CafeRoutes("PC sessions")


@routes.post(
    "/calculate/amount",
    right="prices.view",
    summary="What so many minutes cost now on a PC, for an account or a guest",
    source="cafe-wire, Member side; cafe-domain 2",
)
async def calculate_amount(call: CafeCall, data: MinutesIn) -> CostOut:
    """Sells nothing. By the group of the account and its discount, at least the minimum charge."""
    cost = await call.read(amount_of_minutes, _seat(call, data), data.mins)
    return CostOut(format_fixed(cost))


@routes.post(
    "/calculate/time",
    right="prices.view",
    summary="How many minutes money buys now on a PC, for an account or a guest",
    source="cafe-wire, Member side; cafe-domain 2",
)
async def calculate_time(call: CafeCall, data: MoneyIn) -> MinutesOut:
    """The most minutes whose calculate/amount is not above the money; at most 527 040."""
    return MinutesOut(await call.read(minutes_of_amount, _seat(call, data), data.topup_amount))


def _seat(call: CafeCall, data: SeatIn) -> Seat:
    return Seat(call.center, data.pc_name, data.member_account, whole_second(clock.now()))
