"""What giving an order back, or pieces of it, would do: decided once for the act and its form."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

import msgspec

from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.facts import GivingBack
from lanhouse.cafe.money.schemas import Event
from lanhouse.cafe.money.tenders import BALANCE, CameBy, pay_back
from lanhouse.cafe.offers.plans import RefundPlan, plan_refund, why_not_covered
from lanhouse.cafe.offers.queries import package_by_id
from lanhouse.cafe.orders.rules import Back, backs_of
from lanhouse.cafe.orders.schemas import COIN, Line, Order
from lanhouse.db.store import Read
from lanhouse.kit.errors import BalanceTooLow, Refused


class BackPlan(msgspec.Struct, frozen=True, kw_only=True):
    """The goods and packages that come back, and the money and coins that go back for them."""

    goods: list[Back]
    packages: dict[int, RefundPlan]
    """By number of the line."""
    goods_ways: dict[str, int]
    """The money for the goods by the tender that it goes by."""
    goods_coin_micros: int

    @property
    def by_tender(self) -> dict[str, int]:
        """All of the money by the tender that it goes by."""
        ways = dict(self.goods_ways)
        for each in self.packages.values():
            for tender, micros in each.by_tender.items():
                ways[tender] = ways.get(tender, 0) + micros
        return ways

    @property
    def total_micros(self) -> int:
        """The money of it."""
        return sum(self.by_tender.values())

    @property
    def coin_micros(self) -> int:
        """The coins."""
        return self.goods_coin_micros + sum(each.coin_micros for each in self.packages.values())


class BackLine(msgspec.Struct, frozen=True, kw_only=True):
    """One line of what comes back: what goes back for its pieces, or why nothing can."""

    line: Line
    quantity: int
    micros: int = 0
    coin_micros: int = 0
    why_not: str = ""


class BackView(msgspec.Struct, frozen=True, kw_only=True):
    """What the form shows; `plan` is what goes back for the lines that can."""

    lines: list[BackLine]
    plan: BackPlan
    problem: str = ""
    """Why all of it would be refused as it stands."""


def plan_back(
    order: Order, wanted: Mapping[int, int], currency: str, refund_of: Callable[[Line], RefundPlan]
) -> BackPlan:
    """What so many pieces by number of the line bring back; `refund_of` plans a package's own
    refund. Nothing is paid back of what was not paid yet. Raises InvalidInput of `lines`, and what
    `refund_of` raises."""
    by_number = {line.number: line for line in order.lines}
    goods: list[Back] = []
    packages: dict[int, RefundPlan] = {}
    for back in backs_of(order.lines, wanted, currency):
        if by_number[back.number].is_package:
            packages[back.number] = refund_of(by_number[back.number])
        else:
            goods.append(back)
    is_paid = order.paid_at is not None
    return BackPlan(
        goods=goods,
        packages=packages,
        goods_ways=_ways(order, sum(back.total_micros for back in goods) if is_paid else 0),
        goods_coin_micros=sum(back.coin_micros for back in goods) if is_paid else 0,
    )


def view_back(
    read: Read, center: Center, order: Order, pieces: Mapping[int, int], at: datetime
) -> BackView:
    """What so many pieces by number of the line would bring back at `at`, line by line; those that
    are not there any more are left out."""
    refunds: dict[int, RefundPlan] = {}
    why_not: dict[int, str] = {}
    left = {line.number: line for line in order.lines if line.left}
    wanted = {
        number: min(quantity, left[number].left)
        for number, quantity in pieces.items()
        if number in left and quantity > 0
    }
    for number in wanted:
        package_id = left[number].member_offer_id
        if package_id is None:
            continue
        found = package_by_id(read, center.id, package_id)
        assert found is not None, "bought packages are never removed"
        try:
            refunds[number] = plan_refund(read, center, found, at)
        except Refused as refused:
            why_not[number] = refused.said
            continue
        if reason := why_not_covered(read, center, refunds[number]):
            why_not[number] = reason
    going = {number: quantity for number, quantity in wanted.items() if number not in why_not}
    plan = plan_back(order, going, center.currency, lambda line: refunds[line.number])
    money = {back.number: (back.total_micros, back.coin_micros) for back in plan.goods}
    money |= {number: (each.money_micros, each.coin_micros) for number, each in refunds.items()}
    lines = [
        BackLine(
            line=left[number],
            quantity=quantity,
            micros=money.get(number, (0, 0))[0],
            coin_micros=money.get(number, (0, 0))[1],
            why_not=why_not.get(number, ""),
        )
        for number, quantity in sorted(wanted.items())
    ]
    return BackView(lines=lines, plan=plan, problem=_not_covered(read, center, order, plan))


def _not_covered(read: Read, center: Center, order: Order, plan: BackPlan) -> str:
    """Why the goods would not be taken back though they may go back: what they gave was spent."""
    back = sum(plan.goods_ways.values())
    if not order.member_id or back <= 0:
        return ""
    moved = (Event.SALE.value, back, plan.goods_ways.get(BALANCE, 0), 0)
    try:
        read.ask(GivingBack(center.id, order.member_id, *moved))
    except BalanceTooLow as refused:
        return refused.said
    return ""


def _ways(order: Order, total_micros: int) -> dict[str, int]:
    """Money by the tender that it goes back by: that which it came by, newest payment first."""
    if not total_micros:
        return {}
    left: dict[str, int] = {}
    for paid in order.payments:
        if paid.tender != COIN and paid.amount_micros > 0:
            left[paid.tender] = left.get(paid.tender, 0) + paid.amount_micros
    came = [CameBy(tender, micros) for tender, micros in left.items()]
    if len(came) == 1:
        came = [CameBy(came[0].tender, total_micros)]
    return pay_back(came, total_micros).by_tender
