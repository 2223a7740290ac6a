"""Goods in every report: sold, put on a tab, given back and thrown away over random days.

What should be told is worked out from the ledger's entries and from what was done, never from the
billing log or from the orders.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest
import sqlalchemy as sa

from lanhouse.auth.actors import Actor
from lanhouse.cafe.logs.rules import RangeIn, range_of
from lanhouse.cafe.money.commands import Expense, take_expense
from lanhouse.cafe.orders.commands import place_order
from lanhouse.cafe.orders.commands.giving_back import RefundOrder, refund_order
from lanhouse.cafe.orders.commands.paying import PayOrders, pay_orders
from lanhouse.cafe.orders.commands.serving import CancelOrder, cancel_order
from lanhouse.cafe.orders.schemas import Order, Status, Tendered
from lanhouse.cafe.reports.queries import report_data
from lanhouse.cafe.reports.queries.charts import ChartType, ChartWanted, chart_of
from lanhouse.cafe.reports.schemas import ReportData, ReportFilter
from lanhouse.db.store import Store
from lanhouse.kit import clock
from lanhouse.kit.errors import AppError
from lanhouse.ledger.tables import accounts, entries, transfers
from tests.builders.effort import seeds
from tests.builders.floor import CENT, EURO, Floor, open_floor
from tests.builders.nouns.orders import order, placing, verify
from tests.integration.reports.test_reports_against_ledger import DESKS, Day

COSTS = {"Cola": 70 * CENT, "Toast": 115 * CENT, "Pin": 40 * CENT}


class Cost(msgspec.Struct, frozen=True):
    """What goods that were paid with money had cost, or (below zero) what came back of it."""

    at: datetime
    micros: int


class ShopDay(Day):
    """A day that sells goods beside time, by every tender, with taxes and discounts."""

    def __init__(self, floor: Floor, seed: int) -> None:
        super().__init__(floor, seed)
        floor.set(
            tax1_percentage_micros=23 * EURO,
            tax2_percentage_micros=6 * EURO,
            tax_included_in_price=True,
            payment_method_mixed=True,
            payment_method_pay_later=True,
        )
        prices = {"Cola": 235 * CENT, "Toast": 333_333 * 10, "Pin": 3 * EURO}
        self.goods = {
            name: floor.add_product(
                name,
                100_000,
                price_micros=price,
                cost_micros=COSTS[name],
                coin_price_micros=EURO if name == "Pin" else 0,
                tax_id=1 if name != "Toast" else 2,
                group_id=floor.add_product_group(f"{name}s"),
                allows_discount=name == "Cola",
            )
            for name, price in prices.items()
        }
        self.orders: list[int] = []
        self.costs: list[Cost] = []
        self.did: set[str] = set()

    def act(self) -> None:
        """One movement of the shop, or one of the floor."""
        if self.roll.random() < 0.6:
            super().act()
            return
        deed = self.roll.choice(
            (self._sell, self._sell, self._sell, self._pay_tab, self._give_back, self._cancel)
        )
        if self.roll.random() < 0.05:
            deed = self._spend
        with suppress(AppError):
            deed(self.roll.choice(DESKS))

    def _note(self, found: Order, pieces: dict[int, int], sign: int) -> None:
        """Coins know no cost."""
        if any(paid.tender == "coin" for paid in found.payments):
            return
        names = {line.number: line.name for line in found.lines}
        micros = sum(COSTS[names[number]] * count for number, count in pieces.items())
        self.costs.append(Cost(clock.now(), sign * micros))

    def _sell(self, actor: Actor) -> None:
        way = self.roll.choice(("cash", "cash", "card", "qr", "balance", "coin", "mixed", "later"))
        names = ["Pin"] if way == "coin" else self.roll.sample(sorted(self.goods), 2)
        more: dict[str, Any] = {"member_id": self.roll.choice((0, *self.members))}
        if way in ("balance", "coin", "later"):
            more["member_id"] = self.roll.choice(self.members)
        if way == "mixed":
            more["tendered"] = [
                Tendered("cash"),
                Tendered("card", self.roll.randint(1, 200) * CENT),
            ]
        if way != "coin" and self.roll.random() < 0.3:
            more |= {"discount": self.roll.randint(1, 5000), "discount_reason": "friend"}
        if self.roll.random() < 0.3:
            more["status"] = Status.PENDING
        wanted = {self.goods[name]: self.roll.randint(1, 3) for name in names}
        payment = "cash" if way == "mixed" else way
        cmd = placing(self.floor, wanted, actor=actor, payment=payment, **more)
        done = self.floor.run(place_order, cmd)
        self.orders.append(done.order_id)
        self.did.add(way)
        if way != "later":
            self._note_all(done.order_id)

    def _note_all(self, order_id: int) -> None:
        found = order(self.floor, order_id)
        self._note(found, {line.number: line.quantity for line in found.lines}, 1)

    def _one(self) -> Order:
        if not self.orders:
            raise AppError("nothing was sold yet")
        return order(self.floor, self.roll.choice(self.orders))

    def _pay_tab(self, actor: Actor) -> None:
        found = self._one()
        tender = self.roll.choice(("cash", "card", "qr", "balance"))
        cmd = PayOrders(
            center=self.floor.center,
            actor=actor,
            order_ids=[found.id],
            tendered=[Tendered(tender)],
        )
        self.floor.run(pay_orders, cmd)
        self._note_all(found.id)

    def _give_back(self, actor: Actor) -> None:
        found = self._one()
        left = {line.number: line.left for line in found.lines if line.left}
        if self.roll.random() < 0.5:
            left = {number: self.roll.randint(1, count) for number, count in left.items()}
        returns = self.roll.random() < 0.7
        cmd = RefundOrder(
            center=self.floor.center,
            actor=actor,
            order_id=found.id,
            pieces=left,
            reason="cold",
            returns_goods=returns,
        )
        self.floor.run(refund_order, cmd)
        self.did.add(f"{found.tenders[0]} back")
        if returns:
            self._note(found, left, -1)

    def _cancel(self, actor: Actor) -> None:
        found = self._one()
        cmd = CancelOrder(
            center=self.floor.center, actor=actor, order_id=found.id, reason="too late"
        )
        self.floor.run(cancel_order, cmd)
        if found.paid_at is not None:
            self._note(found, {line.number: line.quantity for line in found.lines}, -1)

    def _spend(self, actor: Actor) -> None:
        cmd = Expense(
            center=self.floor.center, actor=actor, amount_micros=self._money(), comment="milk"
        )
        self.floor.run(take_expense, cmd)


def _moved(floor: Floor, start: datetime, end: datetime) -> list[tuple[str, Counter[str]]]:
    """The transfers of a range: their kind, and what each moved by kind of account."""
    statement = (
        sa.select(transfers.c.id, transfers.c.kind, accounts.c.kind, entries.c.amount_micros)
        .join(entries, entries.c.transfer_id == transfers.c.id)
        .join(accounts, accounts.c.id == entries.c.account_id)
        .where(entries.c.at >= start, entries.c.at < end)
        # Coins have an account on both sides: what counts is the member's.
        .where(accounts.c.kind != "coin_issued")
        .order_by(transfers.c.id)
    )
    found: dict[int, tuple[str, Counter[str]]] = defaultdict(lambda: ("", Counter()))
    for transfer_id, kind, account, micros in floor.store.read_sync(
        lambda read: read.all(statement)
    ):
        sums = found[transfer_id][1]
        sums[account] += micros
        found[transfer_id] = (kind, sums)
    return list(found.values())


def _check(report: ReportData, moved: list[tuple[str, Counter[str]]], cost: int) -> None:
    """Every figure of goods, and every sum that they are a part of."""
    everything, sold, back, packages = (Counter[str]() for _ in range(4))
    number = 0
    for kind, sums in moved:
        everything.update(sums)
        if kind == "order":
            sold.update(sums)
            number += 1
        elif kind == "order_refund":
            back.update(sums)
        elif kind == "offer":
            packages.update(sums)
    summary = report.summary
    sale, refund = summary.sale, summary.refund_sale
    assert sale["product"].number == number
    assert sale["product"].total_micros == sold["revenue_goods"] + sold["tax"]
    assert sale["product"].tax_micros == sold["tax"]
    money = -(sold["cash"] + sold["card"] + sold["qr"])
    assert sale["product"].profit_micros == money - sold["tax"] - sale["product"].cost_micros
    assert sale["cash"].total_micros == -sold["cash"] - packages["cash"]
    assert sale["credit_card"].total_micros == -sold["card"] - packages["card"]
    assert sale["by_balance"].total_micros == -sold["balance"] - packages["balance"]
    assert sale["coin"].total_micros == -sold["coin"]
    assert refund["product"].micros == -back["revenue_goods"] - back["tax"]
    assert refund["cash"].micros == back["cash"]
    assert refund["card"].micros == back["card"]
    assert refund["by_balance"].micros == back["balance"]
    assert refund["coin"].micros == back["coin"]
    for name, tender in (("cash", "cash"), ("credit_card", "card")):
        told = summary.topup[name].micros + sale[name].total_micros
        told -= summary.refund_topup[name].micros
        told -= refund["cash" if tender == "cash" else "card"].micros
        told += summary.expense_micros if tender == "cash" else 0
        assert told == -everything[tender], tender
    assert summary.qr_micros == -everything["qr"]
    assert summary.coin_micros == -sold["coin"] - back["coin"]
    assert summary.tax_micros == everything["tax"]
    assert summary.cost_micros == cost
    assert summary.profit_micros == summary.amount_micros - everything["tax"] - cost
    assert summary.expense_micros == everything["expense"]
    assert sum(row.micros for row in report.goods) == sold["revenue_goods"] + sold["tax"]


@pytest.mark.long
@pytest.mark.parametrize("seed", seeds(2, 30))
def test_goods_of_random_days_are_the_ledgers(
    store: Store, freeze: clock.frozen, seed: int
) -> None:
    floor = open_floor(store, pcs_count=4, price_cents=317)
    began = clock.now()
    day = ShopDay(floor, seed)
    for count in range(2000):
        freeze.advance(day.roll.randint(1, 2400))
        day.act()
        # Whatever chance brings: some of it is paid in coins, and money goes back.
        if count >= 170 and {"coin", "cash back"} <= day.did:
            break
    verify(floor)
    ended = clock.now() + timedelta(seconds=1)

    def report(start: datetime, end: datetime, **more: Any) -> ReportData:
        wanted = ReportFilter(center_id=7777, start_at=start, end_at=end, **more)
        return floor.store.read_sync(report_data, wanted)

    def cost(start: datetime, end: datetime) -> int:
        return sum(each.micros for each in day.costs if start <= each.at < end)

    whole = report(began, ended)
    _check(whole, _moved(floor, began, ended), cost(began, ended))
    given = -sum(
        sums["revenue_goods"] + sums["tax"]
        for kind, sums in _moved(floor, began, ended)
        if kind == "order_refund"
    )
    assert sum(row.refunded_micros for row in whole.goods) == given > 0
    for _ in range(4):
        edges = sorted(day.roll.uniform(0, 1) for _ in range(2))
        start, end = (began + edge * (ended - began) for edge in edges)
        _check(report(start, end), _moved(floor, start, end), cost(start, end))
    parts = [report(began, ended, staff_name=actor.staff_name).summary for actor in DESKS]
    for name in ("product", "coin"):
        assert sum(part.sale[name].total_micros for part in parts) == (
            whole.summary.sale[name].total_micros
        )
    assert whole.summary.sale["coin"].total_micros > 0
    _check_charts(floor, whole, began, ended)


def _check_charts(floor: Floor, whole: ReportData, began: datetime, ended: datetime) -> None:
    days = RangeIn(date_start=began.date(), date_end=ended.date())
    span = range_of(days, floor.center.zone, ended.date())
    wanted = ReportFilter(center_id=7777, start_at=began, end_at=ended)

    def sums(chart_type: ChartType) -> dict[str, int]:
        chart = floor.store.read_sync(chart_of, ChartWanted(wanted, span, chart_type))
        return {name: sum(series) for name, series in chart.series.items()}

    sale = whole.summary.sale
    assert sums(ChartType.SALE) == {
        "Cash": sale["cash"].total_micros,
        "Credit card": sale["credit_card"].total_micros,
        "Balance": sale["by_balance"].total_micros,
        "Coin": sale["coin"].total_micros,
    }
    by_group = sums(ChartType.PRODUCT)
    offers = sale["offer_guest"].total_micros + sale["offer_member"].total_micros
    assert by_group.pop("Offers") == offers
    by_name = {f"{row.name}s": row.micros for row in whole.goods}
    assert {name: micros for name, micros in by_group.items() if micros} == {
        name: micros for name, micros in by_name.items() if micros
    }
    assert sum(by_group.values()) == sale["product"].total_micros > 0
