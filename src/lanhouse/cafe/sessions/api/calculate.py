"""What time costs and what money buys, before anybody plays (cafe-wire, Member side)."""

from __future__ import annotations

from lanhouse.cafe.centers.call import CafeCall, CafeRoutes
from lanhouse.cafe.members.sign_in import himself
from lanhouse.cafe.sessions import wire
from lanhouse.cafe.sessions.queries.calculations import (
    NOBODY,
    PriceStep,
    Seat,
    amount_of_minutes,
    minutes_of_amount,
    prices_ahead,
)
from lanhouse.cafe.sessions.queries.quotes import TimeAsked, quote_time
from lanhouse.cafe.sessions.wire.inputs import InitAddTimeMoneyIn, MinutesIn, MoneyIn, SeatIn
from lanhouse.cafe.sessions.wire.outputs import CostOut, MinutesOut, QuotedOut, time_info
from lanhouse.db.store import Read
from lanhouse.kit import clock
from lanhouse.kit.errors import InvalidInput
from lanhouse.kit.local_time import whole_second
from lanhouse.kit.money import format_fixed, paid_decimals, parse_micros
from lanhouse.kit.said import say

routes = CafeRoutes("PC sessions")
ASKED_MINUTES_MAX = 31 * 24 * 60
_MINUTES = frozenset({"0", "time", "min", "mins", "minute", "minutes"})
_MONEY = frozenset({"1", "money", "cost", "amount"})


@routes.post(
    "/calculate/amount",
    right="prices.view",
    own=("member.self", "device.self"),
    summary="What so many minutes cost now on a PC, for an account or a guest",
    source="cafe-wire, Member side; cafe-domain 2",
)
async def calculate_amount(call: CafeCall, data: MinutesIn) -> CostOut:
    """Sells nothing. By the group of the account and its discount, at least the minimum charge.

    `pc_time_info` tells the price of an hour, and how it changes within a day.
    """
    seat = await _seat(call, data)

    def asked(read: Read) -> tuple[int, list[PriceStep]]:
        return amount_of_minutes(read, seat, data.mins), prices_ahead(read, seat)

    cost, steps = await call.read(asked)
    return CostOut(format_fixed(cost), time_info(steps, call.center.zone))


@routes.post(
    "/calculate/time",
    right="prices.view",
    own=("member.self", "device.self"),
    summary="How many minutes money buys now on a PC, for an account or a guest",
    source="cafe-wire, Member side; cafe-domain 2",
)
async def calculate_time(call: CafeCall, data: MoneyIn) -> MinutesOut:
    """The most minutes whose calculate/amount is not above the money; at most 527 040."""
    seat = await _seat(call, data)

    def asked(read: Read) -> tuple[int, list[PriceStep]]:
        return minutes_of_amount(read, seat, data.topup_amount), prices_ahead(read, seat)

    minutes, steps = await call.read(asked)
    return MinutesOut(minutes, time_info(steps, call.center.zone))


@routes.post(
    "/pcSessions/initAddTimeMoney",
    right="sessions.start",
    summary="What time costs, or what money buys, on PCs now",
    source="seed: PC sessions, Init add time money",
)
async def init_add_time_money(call: CafeCall, data: InitAddTimeMoneyIn) -> QuotedOut:
    """Nothing is sold: what would be paid on each PC, and the time it would buy."""
    kind, value, field = data.pc_add_time_type.lower(), data.pc_add_value, "pc_add_value"
    minutes, money = None, None
    if kind in _MONEY:
        money = parse_micros(value, decimals=paid_decimals(call.center.currency), field=field)
    elif kind in _MINUTES:
        minutes = parse_micros(value, decimals=0, field=field) // 1_000_000
        if not 0 < minutes <= ASKED_MINUTES_MAX:
            raise InvalidInput(
                {field: say("must be 1 to %(count)s minutes", count=ASKED_MINUTES_MAX)}
            )
    else:
        raise InvalidInput({"pc_add_time_type": say("must be 0 (minutes) or 1 (money)")})
    payment = wire.desk_payment(data.payment_method, wire.PC_TIME_PAYMENTS, "payment_method")
    at = whole_second(clock.now())
    asked = TimeAsked(call.center, data.pc_name, minutes, money, at, payment, data.players)
    return wire.quoted(await call.read(quote_time, asked))


async def _seat(call: CafeCall, data: SeatIn) -> Seat:
    """Who would play where. A member's token asks for its own account, or as a guest."""
    account = data.member_account
    if call.actor.kind == "member" and account.strip().casefold() not in ("", NOBODY):
        await call.point(himself, call.actor, account)
    return Seat(call.center, data.pc_name, account, whole_second(clock.now()), data.players)
