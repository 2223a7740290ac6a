"""The till on the café API (seed: PC sessions, Cashier expense)."""

from __future__ import annotations

from lanhouse.cafe.centers.call import CafeCall, CafeRoutes
from lanhouse.cafe.money import wire
from lanhouse.cafe.money.commands import Expense, take_expense
from lanhouse.cafe.money.wire import ExpenseIn, ExpenseRow
from lanhouse.web.replies import Written

routes = CafeRoutes("PC sessions")


@routes.post(
    "/pcSessions/cashierExpense",
    right="till.expense",
    summary="Take cash out of the till for the house",
    source="seed: PC sessions, Cashier expense; cafe-domain 1",
)
async def cashier_expense(call: CafeCall, data: ExpenseIn) -> Written[ExpenseRow]:
    """The row as reports list it. A person must say what it was for; an API key may."""
    cmd = Expense(
        center=call.center, actor=call.actor, amount_micros=data.balance, comment=data.comment
    )
    return await call.write(take_expense, cmd, wire.expense)
