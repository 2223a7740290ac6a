"""Reports, overview, shifts and Z against the ledger's entries, after random days on which money
moves in every way there is: bonus and its end, coins, cash-back, promo codes, bills in parts, bills
left open that are paid, lent or written off, packages sold and given back.

What should be told is worked out from entries alone, never from the billing log.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from contextlib import suppress
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from lanhouse.auth.actors import Actor
from lanhouse.cafe.loyalty.commands.lots import expire_bonus
from lanhouse.cafe.money.sharing import LATER, Payer
from lanhouse.cafe.offers.commands.refunding import PackageRefund, refund_package
from lanhouse.cafe.promo.commands import PromoChange, create_promo
from lanhouse.cafe.promo.schemas import Gift
from lanhouse.cafe.reports.queries import report_data
from lanhouse.cafe.reports.rules.periods import Choice, period_of
from lanhouse.cafe.reports.schemas import ReportFilter, Summary
from lanhouse.cafe.reports.wire.shifts import shift_detail
from lanhouse.cafe.sessions import commands as sessions
from lanhouse.cafe.sessions.commands.debts import PayDebts, pay_debts
from lanhouse.cafe.sessions.commands.writing_off import WriteOff, write_off
from lanhouse.cafe.sessions.jobs import end_due_sessions
from lanhouse.cafe.sessions.tables import pc_sessions
from lanhouse.cafe.shifts.queries.views import shift_view
from lanhouse.cafe.topups.commands import top_up
from lanhouse.cafe.topups.queries.quotes import bonus_quote
from lanhouse.cafe.topups.schemas import Quote, TopUp
from lanhouse.db.store import Store
from lanhouse.kit import clock
from lanhouse.kit.errors import AppError
from lanhouse.ledger.tables import accounts, entries, transfers
from tests.builders.effort import seeds
from tests.builders.floor import CENT, DESK, EURO, Floor, open_floor
from tests.integration.reports import test_overview_against_ledger as overviews
from tests.integration.reports.test_goods_against_ledger import ShopDay
from tests.integration.reports.test_reports_against_ledger import DESKS, PCS
from tests.integration.shifts import test_reports_against_ledger as z_reports

WANTED = {"promo", "in parts", "left open", "paid later", "lent", "written off", "package back"}
TENDERS = ("cash", "card", "qr")


class RichDay(ShopDay):
    """A day of the shop on which everything else happens, too; `did` tells what did."""

    def __init__(self, floor: Floor, seed: int) -> None:
        super().__init__(floor, seed)
        floor.set(
            price_bonus=[{"amount_micros": 5 * EURO, "bonus_micros": 111 * CENT}],
            bonus_expiration_time=1,
            bonus_cashback_enable=True,
            bonus_cashback_default=7,
            bonus_buy_offer=True,
            point_enable=True,
            shop_earn_point=True,
            pay_later=f'{{"member_groups":["0","{self.group}"]}}',
            loan_max_per_member_micros=60 * EURO,
            allow_auto_loan=True,
        )
        self.packages: list[int] = []
        self.codes = 0

    def act(self) -> None:
        """One movement of the shop, or one of those that are rare there."""
        if self.roll.random() < 0.5:
            super().act()
            return
        rare = (self._in_parts, *[self._leave_open] * 4, *[self._open_debt] * 2)
        rare += (self._code, self._package, self._package_back)
        with suppress(AppError):
            self.roll.choice(rare)(self.roll.choice(DESKS))
        if self.roll.random() < 0.1:
            self.floor.run(expire_bonus, None)
            self.floor.run(end_due_sessions, None)

    def _settle(self, actor: Actor, name: str, **how: Any) -> None:
        cmd = sessions.Checkout(center=self.floor.center, actor=actor, pc_names=[name], **how)
        self.floor.run(sessions.check_out, cmd)

    def _in_parts(self, actor: Actor) -> None:
        way = self.roll.choice(TENDERS)
        name = self.roll.choice(PCS)
        self._settle(actor, name, payment=way, ways=self.roll.choice((2, 3)), at_desk=True)
        self.did.add("in parts")

    def _leave_open(self, actor: Actor) -> None:
        """A guest goes and owes it, or a member does for him; who plays nowhere yet begins."""
        name = self.roll.choice(PCS)
        if not self.floor.is_busy(name):
            self.floor.guests("postpaid", name)
            return
        debtor = self.roll.choice((0, 0, 0, *self.members))
        self._settle(actor, name, payment=LATER, debtor_id=debtor, comment="Kim")
        self.did.add("left open")

    def _open_debt(self, actor: Actor) -> None:
        """What is left open is paid in one or several ways, lent to a member, or written off."""
        found = self.floor.debts()
        if not found:
            return
        debt = self.roll.choice(found)
        of: dict[str, Any] = {"center": self.floor.center, "actor": actor}
        deeds = ("paid later", "shared", "lent", "written off")
        # What was not seen yet comes first: there are few debts in a day.
        deed = self.roll.choice([each for each in deeds if each not in self.did] or deeds)
        if deed == "written off":
            self.floor.run(write_off, WriteOff(**of, session_id=debt.session_id, reason="gone"))
        else:
            how: dict[str, Any] = {"payment": self.roll.choice(TENDERS)}
            if deed == "lent":
                how = {"payment": LATER, "debtor_id": self.roll.choice(self.members)}
            elif deed == "shared" and debt.amount_micros > CENT:
                part = self.roll.randint(1, debt.amount_micros // CENT) * CENT
                rest = debt.amount_micros - part
                how = {"payers": [Payer("cash", part), *([Payer("card", rest)] if rest else [])]}
            self.floor.run(pay_debts, PayDebts(**of, session_ids=[debt.session_id], **how))
        self.did.add(deed)

    def _code(self, actor: Actor) -> None:
        self.codes += 1
        gift = self.roll.choice((Gift.SUM, Gift.PERCENT, Gift.COIN))
        values = {"name": f"code{self.codes}", "quantity": 1, "gift": gift}
        values["amount_micros"] = 333 * CENT
        self.floor.run(create_promo, PromoChange(self.floor.center, None, values))
        of: dict[str, Any] = {"center": self.floor.center, "promo_code": values["name"]}
        of |= {"member_ids": [self.roll.choice(self.members)], "value_micros": self._money()}
        bonus = self.floor.store.read_sync(bonus_quote, Quote(**of)).bonus_micros
        self.floor.run(
            top_up, TopUp(**of, actor=actor, bonus_micros=bonus, payment=self._payment())
        )
        self.did.add("promo")

    def _package(self, actor: Actor) -> None:
        way = self.roll.choice(("cash", "card", "qr", "balance"))
        self.packages.append(self.floor.sell(self.offer, self.roll.choice(self.members), way))

    def _package_back(self, actor: Actor) -> None:
        if self.packages:
            cmd = PackageRefund(
                center=self.floor.center,
                actor=actor,
                member_offer_id=self.roll.choice(self.packages),
                comment="wrong one",
            )
            self.floor.run(refund_package, cmd)
            self.did.add("package back")


def _played(floor: Floor, freeze: clock.frozen, seed: int, tills: bool) -> tuple[RichDay, Any]:
    """A day until all that is wanted happened, with or without shifts."""
    day = RichDay(floor, seed)
    keeper = z_reports.Tills(floor, day) if tills else None
    for count in range(900):
        freeze.advance(60 * day.roll.randint(1, 30))
        if keeper is not None and day.roll.random() < 0.2:
            keeper.act()
        else:
            day.act()
        if count >= 180 and day.did >= WANTED:
            break
    assert day.did >= WANTED
    return day, keeper


Movements = list[tuple[str, Counter[str]]]


def _movements(floor: Floor, start: datetime, end: datetime) -> Movements:
    """Of a range: the kind of each transfer, and what it moved by "owner account". An end by itself
    counts when it came (decision 0077)."""
    ended = pc_sessions.c
    happened = sa.case((ended.ended_by == "time", ended.ended_at), else_=entries.c.at)
    statement = (
        sa.select(
            *(transfers.c.id, transfers.c.kind, accounts.c.owner_kind),
            *(accounts.c.kind.label("account"), entries.c.amount_micros),
        )
        .join(entries, entries.c.transfer_id == transfers.c.id)
        .join(accounts, accounts.c.id == entries.c.account_id)
        .outerjoin(pc_sessions, ended.transfer_id == transfers.c.id)
        .where(happened >= start, happened < end)
        .order_by(transfers.c.id)
    )
    found: dict[int, tuple[str, Counter[str]]] = defaultdict(lambda: ("", Counter()))
    for row in floor.store.read_sync(lambda read: read.all(statement)):
        sums = found[row.id][1]
        sums[f"{row.owner_kind} {row.account}"] += row.amount_micros
        found[row.id] = (row.kind, sums)
    return list(found.values())


def _till(sums: Counter[str]) -> int:
    return -sum(sums[f"center {tender}"] for tender in TENDERS)


def _check_summary(summary: Summary, moved: Movements) -> None:
    by_kind: dict[str, Counter[str]] = defaultdict(Counter)
    for kind, sums in moved:
        by_kind[kind].update(sums)
    everything = Counter[str]()
    for _, sums in moved:
        everything.update(sums)
    told = (summary.cash_micros, summary.card_micros, summary.qr_micros)
    assert told == tuple(-everything[f"center {tender}"] for tender in TENDERS)
    assert summary.loan_micros == -everything["member loan"]
    assert summary.tax_micros == everything["center tax"]
    assert summary.expense_micros == -_till_of(moved, "expense")
    goods = ("order", "order_refund")
    assert summary.coin_micros == -sum(by_kind[kind]["member coin"] for kind in goods)
    packages = by_kind["offer"]
    sold, back = by_kind["order"], by_kind["order_refund"]
    offers = summary.sale["offer_guest"].total_micros + summary.sale["offer_member"].total_micros
    assert offers == packages["center revenue_offer"] + packages["center tax"]
    for name, tender in (("cash", "cash"), ("credit_card", "card")):
        account = f"center {tender}"
        assert summary.sale[name].total_micros == -sold[account] - packages[account], name
    given = by_kind["offer_refund"]
    assert summary.refund_sale["offer"].micros == -(
        given["center revenue_offer"] + given["center tax"]
    )
    assert summary.refund_sale["product"].micros == -(
        back["center revenue_goods"] + back["center tax"]
    )
    sales = sum(_till(by_kind[kind]) for kind in ("order", "offer"))
    assert summary.sale_micros == sales
    # Whatever else came in is a top-up, whatever else went out a refund of one.
    others = [sums for kind, sums in moved if kind not in (*SALES, "expense")]
    came = sum(money for sums in others if (money := _till(sums)) > 0)
    went = -sum(money for sums in others if (money := _till(sums)) < 0)
    assert summary.topup_all.micros == came
    assert summary.refund_topup["total"].micros == went


SALES = ("order", "offer", "order_refund", "offer_refund")


def _till_of(moved: Movements, wanted: str) -> int:
    return sum(-_till(sums) for kind, sums in moved if kind == wanted)


@pytest.mark.long
@pytest.mark.parametrize("seed", seeds(2, 30))
def test_report_and_overview_tell_what_the_ledger_does(
    store: Store, freeze: clock.frozen, seed: int
) -> None:
    floor = open_floor(store, pcs_count=4, price_cents=317)
    began = clock.now()
    day, _ = _played(floor, freeze, seed, tills=False)
    floor.verify()
    floor.verify_stock()
    ended = clock.now() + timedelta(seconds=1)

    def summary(start: datetime, end: datetime, **more: Any) -> Summary:
        wanted = ReportFilter(center_id=7777, start_at=start, end_at=end, **more)
        return floor.store.read_sync(report_data, wanted).summary

    whole = summary(began, ended)
    moved = _movements(floor, began, ended)
    kinds = {kind for kind, _ in moved}
    assert kinds >= {"write_off", "debt_lent", "offer_refund", "reward", "bonus_expired"}
    _check_summary(whole, moved)
    for _ in range(5):
        edges = sorted(day.roll.uniform(0, 1) for _ in range(2))
        start, end = (began + edge * (ended - began) for edge in edges)
        _check_summary(summary(start, end), _movements(floor, start, end))
    parts = [summary(began, ended, staff_name=actor.staff_name) for actor in DESKS]
    for name in ("cash_micros", "card_micros", "qr_micros", "sale_micros"):
        assert sum(getattr(part, name) for part in parts) == getattr(whole, name), name
    days = (began.date(), clock.now().date())
    zone = floor.center.zone
    overviews._check(floor, period_of(Choice.DAYS, *days, zone, clock.now()))
    overviews._check(floor, period_of(Choice.YESTERDAY, None, None, zone, clock.now()))


@pytest.mark.long
@pytest.mark.parametrize("seed", seeds(2, 30))
def test_shift_detail_and_z_tell_what_the_ledger_does(
    store: Store, freeze: clock.frozen, seed: int
) -> None:
    floor = open_floor(store, pcs_count=4, price_cents=317)
    floor.set(tax4_percentage_micros=19 * EURO)
    _, tills = _played(floor, freeze, seed, tills=True)
    floor.verify()
    told = z_reports._told_by_ledger(floor)
    reports = [floor.report(shift) for shift in tills.all]
    for report in reports:
        mine = told[report.shift_id]
        z_reports._check(report, mine)
        view = floor.store.read_sync(shift_view, floor.center, DESK, report.shift_id, clock.now())
        detail = shift_detail(view, {}, floor.center)
        lines = [line for line in mine.values() if isinstance(line, z_reports.Line)]
        shown = (detail.cash, detail.credit_card, detail.qr_topup, detail.total_amount)
        sums = [sum(getattr(line, f"{tender}_micros") for line in lines) for tender in TENDERS]
        assert [_micros(text) for text in shown] == [*sums, sum(sums)]
        refunds = mine.get("refunds", z_reports.Line())
        assert _micros(detail.cash_refund) == -refunds.cash_micros
        spent = mine.get("expenses", z_reports.Line()).cash_micros
        assert _micros(detail.center_expenses) == spent
        assert _micros(detail.cash_sales) == sums[0] - refunds.cash_micros - spent
        assert _micros(detail.shift_cash_start) == mine.get("shift_float", 0)
    # How many shifts a day of chance closes is chance; that one is proven is not.
    assert any(report.z_number for report in reports)


def _micros(text: str | None) -> int:
    assert text is not None
    return int(Decimal(text) * EURO)
