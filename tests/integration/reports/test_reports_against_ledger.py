"""The reports' sums are the ledger's, over any range, after hundreds of random movements."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest
import sqlalchemy as sa

from lanhouse.auth.actors import Actor
from lanhouse.auth.rights import rights_of
from lanhouse.cafe.centers.schemas import BonusTier, LoyaltySettings, PaymentSettings, Settings
from lanhouse.cafe.logs.rules import RangeIn, range_of
from lanhouse.cafe.money.tables import billing_logs
from lanhouse.cafe.offers.commands import OfferChange, create_offer
from lanhouse.cafe.offers.schemas import OfferValues
from lanhouse.cafe.pcs.commands import PcChange, change_pcs
from lanhouse.cafe.reports.queries import report_data
from lanhouse.cafe.reports.queries.analysis import Analysis, analysis_of
from lanhouse.cafe.reports.queries.charts import ChartType, ChartWanted, chart_of
from lanhouse.cafe.reports.schemas import ReportData, ReportFilter
from lanhouse.cafe.sessions import commands as sessions
from lanhouse.cafe.sessions.commands import GuestSecret
from lanhouse.cafe.sessions.jobs import end_due_sessions
from lanhouse.cafe.sessions.tables import pc_sessions
from lanhouse.cafe.topups.commands import add_loan, top_up
from lanhouse.cafe.topups.schemas import Loan, TopUp
from lanhouse.db.store import Read, Store
from lanhouse.kit import clock
from lanhouse.kit.errors import AppError
from lanhouse.ledger.tables import accounts, entries, transfers
from tests.builders.effort import seeds
from tests.builders.floor import CENT, DESK, EURO, Floor, open_floor

TAX_PERCENT = 19
PCS = ("PC01", "PC02", "PC03", "PC04")
DESKS = (
    DESK,
    Actor(
        kind="staff",
        center_id=7777,
        staff_id=2,
        staff_name="Ann",
        role="admin",
        rights=rights_of("admin"),
    ),
    Actor(kind="api_key", center_id=7777, staff_name="API", role="api", rights=rights_of("api")),
)


class Day:
    """Random movements on a floor; what a rule refuses is left out."""

    def __init__(self, floor: Floor, seed: int) -> None:
        self.floor = floor
        self.roll = random.Random(seed)
        # Of their own, so that the other movements are those that they would be without pauses.
        self.pauses = random.Random(seed)
        self.group = floor.add_member_group(
            "regulars", pc_time_discount=1000, product_discount=1200, offer_discount=2000
        )
        self.members = [
            floor.add_member(name, group_id=self.roll.choice((0, self.group)))
            for name in ("ada", "bob", "eve", "kim")
        ]
        values = OfferValues(
            name="3 hours", price_micros=450 * CENT, minutes=180, allows_discount=True
        )
        self.offer = floor.run(create_offer, OfferChange(floor.center, None, values)).id

    def act(self) -> None:
        """One movement."""
        often = (self._top_up, self._guest, self._check_out)
        action = self.roll.choice(
            (*often, *often, self._refund, self._lend, self._member, self._offer)
        )
        with suppress(AppError):
            action(self.floor.center, self.roll.choice(DESKS))
        if self.pauses.random() < 0.3:
            self._pause_or_resume(self.floor.center)

    def _money(self) -> int:
        return self.roll.randint(1, 3000) * CENT

    def _payment(self) -> str:
        return self.roll.choice(("cash", "cash", "card", "qr"))

    def _top_up(self, center: Any, actor: Actor) -> None:
        cmd = TopUp(
            center=center,
            actor=actor,
            member_ids=self.roll.sample(self.members, self.roll.choice((1, 1, 2))),
            value_micros=self._money(),
            bonus_micros=self.roll.choice((0, 50 * CENT)),
            coin_micros=self.roll.choice((0, EURO)),
            payment=self._payment(),
            comment="random",
        )
        self.floor.run(top_up, cmd)

    def _refund(self, center: Any, actor: Actor) -> None:
        cmd = TopUp(
            center=center,
            actor=actor,
            member_ids=[self.roll.choice(self.members)],
            value_micros=-self._money() // CENT // 4 * CENT,
            payment=self._payment(),
            comment="random",
        )
        self.floor.run(top_up, cmd)

    def _lend(self, center: Any, actor: Actor) -> None:
        value = self._money() * self.roll.choice((1, -1))
        member_id = self.roll.choice(self.members)
        cmd = Loan(center=center, actor=actor, member_id=member_id, value_micros=value)
        self.floor.run(add_loan, cmd)

    def _guest(self, center: Any, actor: Actor) -> None:
        name = self.roll.choice(PCS)
        if self.roll.random() < 0.4:
            kind = self.roll.choice(("postpaid", "free"))
            self.floor.guests(kind, name)
        else:
            self.floor.pay(self._money(), name, payment=self._payment())

    def _member(self, center: Any, actor: Actor) -> None:
        self.floor.member(self.roll.choice(self.members), self.roll.choice(PCS))

    def _offer(self, center: Any, actor: Actor) -> None:
        cmd = sessions.AddOffer(
            center=center,
            actor=actor,
            pc_names=[self.roll.choice(PCS)],
            offer_id=self.offer,
            payment=self.roll.choice(("cash", "card", "qr", "balance")),
            secrets=[GuestSecret("secret", "hash")],
        )
        self.floor.run(sessions.add_offer, cmd)

    def _pause_or_resume(self, center: Any) -> None:
        commands = (sessions.pause_all, *[sessions.resume_all] * 3)
        self.floor.run(self.pauses.choice(commands), sessions.PauseAll(center, DESK))

    def _check_out(self, center: Any, actor: Actor) -> None:
        cmd = sessions.Checkout(
            center=center,
            actor=actor,
            pc_names=[self.roll.choice(PCS)],
            payment=self.roll.choice(("cash", "card", "qr")),
        )
        self.floor.run(sessions.check_out, cmd)


def _ledger_sums(
    floor: Floor, start: datetime, end: datetime, percent: int = TAX_PERCENT
) -> dict[str, int]:
    """What the ledger alone says about a range, by account kind; `spent` is what left balances
    in transfers that sold something, less what of it was handed back in money. A session that was
    over by itself counts at its end, though it may be booked later (decision 0077)."""
    ended = pc_sessions.c
    happened = sa.case((ended.ended_by == "time", ended.ended_at), else_=entries.c.at)

    def read_entries(read: Read) -> list[Any]:
        return read.all(
            sa.select(entries.c.transfer_id, accounts.c.kind, entries.c.amount_micros)
            .join(accounts, accounts.c.id == entries.c.account_id)
            .outerjoin(pc_sessions, ended.transfer_id == entries.c.transfer_id)
            .where(happened >= start, happened < end)
        )

    sums: dict[str, int] = defaultdict(int)
    by_transfer: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for row in floor.store.read_sync(read_entries):
        sums[row.kind] += row.amount_micros
        by_transfer[row.transfer_id][row.kind] += row.amount_micros
    for moved in by_transfer.values():
        revenue = moved["revenue_time"] + moved["revenue_offer"]
        # Rounded half-up once, from the total, whether prices hold it or it comes on top.
        total = (revenue + moved["tax"]) // CENT
        doubled = 2 * total * percent + 100 + percent
        sums["tax_due"] += doubled // (2 * (100 + percent)) * CENT
        sums["offer_tax"] += moved["tax"] if moved["revenue_offer"] else 0
        if revenue:
            handed_back = max(moved["cash"] + moved["card"] + moved["qr"], 0)
            sums["spent"] -= moved["balance"] + handed_back
    return sums


def _check(report: ReportData, sums: dict[str, int]) -> None:
    summary = report.summary
    assert (summary.cash_micros, summary.card_micros, summary.qr_micros) == (
        -sums["cash"],
        -sums["card"],
        -sums["qr"],
    )
    assert summary.by_balance_micros == sums["spent"]
    assert summary.loan_micros == -sums["loan"]
    assert summary.tax_micros == sums["tax"] == sums["tax_due"]
    assert summary.offer_tax_micros == sums["offer_tax"]
    assert summary.profit_micros == summary.amount_micros - sums["tax"]
    offers = summary.sale["offer_guest"].total_micros + summary.sale["offer_member"].total_micros
    assert offers == sums["revenue_offer"] + sums["offer_tax"]
    assert offers == sum(row.micros for row in report.offers)
    # Every package of this day is sold on a PC.
    sold = sums["revenue_time"] + sums["revenue_offer"] + sums["tax"]
    assert sum(row.micros for row in report.pcs) == sold
    topup, refund, sale = summary.topup, summary.refund_topup, summary.sale
    assert summary.cash_micros == (
        topup["cash"].micros + sale["cash"].total_micros - refund["cash"].micros
    )
    assert summary.card_micros == (
        topup["credit_card"].micros
        + sale["credit_card"].total_micros
        - refund["credit_card"].micros
    )
    assert summary.amount_micros == (
        summary.topup_all.micros + summary.sale_micros - refund["total"].micros
    )
    assert summary.topup_all.micros == sum(
        topup[name].micros for name in ("member", "guest", "prepaid", "postpaid", "console")
    )
    assert topup["pc"].micros >= topup["prepaid"].micros + topup["postpaid"].micros


def _check_people(floor: Floor, report: ReportData, found: Analysis) -> None:
    """Who topped up, spent and played: of the log's rows, each of which is proven."""
    rows = floor.store.read_sync(lambda read: read.all(sa.select(billing_logs)))
    topped, spent, names = Counter[int](), Counter[int](), dict[int, str]()
    for row in rows:
        if row.member_id and row.member_group_id >= 0:
            names[row.member_id] = row.member_account
            spent[row.member_id] += row.cost_micros
            if row.event == "TOPUP":
                topped[row.member_id] += row.cash_micros + row.card_micros + row.qr_micros

    def best(sums: Counter[int], count: int) -> list[tuple[str, int]]:
        order = sorted(sums.items(), key=lambda each: (-each[1], each[0]))
        return [(names[member_id], micros) for member_id, micros in order if micros > 0][:count]

    assert [(row.member_account, row.micros) for row in report.top_members] == best(topped, 5)
    assert [(row.member_account, row.micros) for row in found.ranking] == best(spent, 10)
    ends = [row for row in rows if row.event == "CHECKOUT"]
    assert found.session_count == len(ends)
    assert found.used_seconds == sum(row.used_seconds for row in ends)
    assert found.guest_count == len({row.member_id for row in ends if row.member_group_id < 0})
    assert found.new_members == report.new_members


@pytest.mark.long
@pytest.mark.parametrize("seed", seeds(3, 30))
def test_report_and_ledger_agree(store: Store, freeze: clock.frozen, seed: int) -> None:
    settings = Settings(
        loyalty=LoyaltySettings(price_bonus=(BonusTier(20 * EURO, bonus_micros=3 * EURO),)),
        payment=PaymentSettings(
            free_time_minutes=2,
            minimum_charge_micros=40 * CENT,
            tax4_percentage_micros=TAX_PERCENT * EURO,
            tax_included_in_price=bool(seed % 2),
        ),
    )
    floor = open_floor(store, pcs_count=4, price_cents=317, settings=settings)
    began = clock.now()
    day = Day(floor, seed)
    for _ in range(150):
        freeze.advance(day.roll.randint(1, 2400))
        day.act()
    floor.verify()
    ended = clock.now() + timedelta(seconds=1)

    def wanted(start: datetime, end: datetime, **more: Any) -> ReportFilter:
        return ReportFilter(center_id=7777, start_at=start, end_at=end, **more)

    whole = floor.store.read_sync(report_data, wanted(began, ended))
    _check(whole, _ledger_sums(floor, began, ended))
    assert whole.summary.amount_micros > 0
    assert whole.summary.tax_micros > whole.summary.offer_tax_micros > 0
    assert whole.new_members == 4
    for _ in range(5):
        edges = sorted(day.roll.uniform(0, 1) for _ in range(2))
        start, end = (began + edge * (ended - began) for edge in edges)
        _check(
            floor.store.read_sync(report_data, wanted(start, end)), _ledger_sums(floor, start, end)
        )

    # Parts by staff add up to the whole; so do the days of the chart.
    names = ("Kim", "Ann", "API")
    parts = [
        floor.store.read_sync(report_data, wanted(began, ended, staff_name=name)).summary
        for name in names
    ]
    assert sum(part.cash_micros for part in parts) == whole.summary.cash_micros
    span = range_of(
        RangeIn(date_start=began.date(), date_end=ended.date()), floor.center.zone, ended.date()
    )
    totals = {
        ChartType.MONEY: (whole.summary.cash_micros, whole.summary.card_micros),
        ChartType.INCOME: (
            whole.summary.cash_micros,
            whole.summary.card_micros,
            whole.summary.by_balance_micros,
            whole.summary.profit_micros,
            whole.summary.amount_micros,
        ),
        ChartType.TOPUP: tuple(
            whole.summary.topup[name].micros for name in ("cash", "credit_card", "qr", "bonus")
        ),
    }
    for chart_type, figures in totals.items():
        chart = floor.store.read_sync(chart_of, ChartWanted(wanted(began, ended), span, chart_type))
        assert len(chart.categories) == (ended.date() - began.date()).days + 1
        assert tuple(sum(series) for series in chart.series.values()) == figures
    found = floor.store.read_sync(analysis_of, wanted(began, ended))
    _check_people(floor, whole, found)
    assert msgspec.structs.asdict(found.summary) == msgspec.structs.asdict(whole.summary)


def test_what_ended_while_the_house_was_off_is_in_the_report_of_its_own_day(
    store: Store, freeze: clock.frozen
) -> None:
    floor = open_floor(store)
    ada = floor.add_member("ada", balance=4 * EURO)
    session = floor.member(ada)
    prepaid = floor.pay(EURO, "PC02")[0].session
    yesterday = clock.now().date()
    freeze.advance(24 * 3600)  # switched off before the ends, and on again a day later
    floor.run(end_due_sessions, None)

    member_end, guest_end = floor.logs("CHECKOUT")
    if member_end.member_id != ada:
        member_end, guest_end = guest_end, member_end
    assert (member_end.at, guest_end.at) == (session.expires_at, prepaid.expires_at)
    transfers_at = floor.store.read_sync(
        lambda read: read.all(sa.select(transfers.c.at).order_by(transfers.c.id))
    )
    assert [row.at for row in transfers_at][-2:] == [clock.now()] * 2  # booked when it was noticed
    for day, spent, seconds in ((yesterday, 5 * EURO, 9000), (clock.now().date(), 0, 0)):
        span = range_of(RangeIn(date_start=day, date_end=day), floor.center.zone, day)
        report = floor.store.read_sync(
            report_data, ReportFilter(center_id=7777, start_at=span.start_at, end_at=span.end_at)
        )
        assert report.summary.by_balance_micros == spent
        assert sum(row.used_seconds for row in report.pcs) == seconds
        _check(report, _ledger_sums(floor, span.start_at, span.end_at, percent=0))
    floor.verify()


def test_the_desk_ends_what_is_over_at_its_end_and_a_postpaid_guest_when_he_pays(
    store: Store, freeze: clock.frozen
) -> None:
    floor = open_floor(
        store, settings=Settings(payment=PaymentSettings(postpaid_max_balance_micros=2 * EURO))
    )
    prepaid = floor.pay(EURO, "PC01")[0].session
    floor.guest("postpaid", "PC02")
    freeze.advance(3 * 3600)
    floor.check_out("PC01")
    floor.check_out("PC02")
    over, paid = floor.logs("CHECKOUT")
    assert (over.at, over.cash_micros) == (prepaid.expires_at, 0)
    assert (paid.at, paid.cash_micros) == (clock.now(), 2 * EURO)
    floor.verify()


def test_a_pc_spends_the_same_in_both_lists(store: Store, freeze: clock.frozen) -> None:
    floor = open_floor(store)
    ada = floor.add_member("ada", balance=10 * EURO)
    values = OfferValues(name="3 hours", price_micros=450 * CENT, minutes=180)
    offer_id = floor.run(create_offer, OfferChange(floor.center, None, values)).id
    floor.member(ada, "PC01")
    sold = sessions.AddOffer(
        center=floor.center,
        actor=DESK,
        pc_names=["PC01", "PC02"],
        offer_id=offer_id,
        payment="cash",
        secrets=[GuestSecret("secret", "hash")] * 2,
    )
    floor.run(sessions.add_offer, sold)
    freeze.advance(3600 * 4)
    floor.check_out("PC01")
    floor.run(change_pcs, PcChange(center=floor.center, names=["PC01"], new_name="VIP01"))
    floor.pay(EURO, "VIP01")
    freeze.advance(600)
    wanted = ReportFilter(
        center_id=7777,
        start_at=clock.now() - timedelta(days=1),
        end_at=clock.now() + timedelta(days=1),
    )
    floor.check_out("VIP01")
    found = store.read_sync(report_data, wanted)
    spent = {row.pc_name: row.micros for row in found.top_pcs}
    assert spent == {row.pc_name: row.micros for row in found.pcs if row.micros}
    assert spent["VIP01"] > spent["PC02"] == 450 * CENT
    assert {row.pc_name: row.sessions for row in found.pcs} == {"VIP01": 2, "PC02": 0, "PC03": 0}
