"""Every figure of the reports page, recomputed from ledger entries and segments of random days."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest
import sqlalchemy as sa

from lanhouse.cafe.centers.schemas import BonusTier, LoyaltySettings, PaymentSettings, Settings
from lanhouse.cafe.logs.queries import LogFilter, log_page
from lanhouse.cafe.metering.rules import total_cost
from lanhouse.cafe.money.schemas import Event
from lanhouse.cafe.money.tables import billing_logs
from lanhouse.cafe.reports.queries.overview import Overview, overview_of
from lanhouse.cafe.reports.rules.periods import Choice, Period, Stretch, period_of
from lanhouse.cafe.reports.wire.sheets import SHEETS
from lanhouse.cafe.sessions.queries import session_of
from lanhouse.cafe.sessions.schemas import Session
from lanhouse.cafe.sessions.tables import pc_sessions
from lanhouse.db.store import Read, Store
from lanhouse.kit import clock
from lanhouse.ledger.tables import accounts, entries, transfers
from tests.builders.effort import seeds
from tests.builders.floor import CENT, EURO, Floor, open_floor
from tests.integration.reports.test_goods_against_ledger import ShopDay
from tests.integration.reports.test_reports_against_ledger import DESKS

TILL = ("cash", "card", "qr")
NAMES = {(actor.kind, actor.subject_id): actor.staff_name for actor in DESKS}


class Moved(msgspec.Struct):
    """A transfer of the ledger: when it happened, by whom, its postings by kind of account."""

    at: datetime
    kind: str
    staff: str
    postings: Counter[str]

    @property
    def money(self) -> dict[str, int]:
        return {tender: -self.postings[tender] for tender in TILL}

    @property
    def is_refund(self) -> bool:
        gone = min(self.postings["bonus"], self.postings["coin"])
        return sum(self.money.values()) < 0 or (self.kind in ("topup", "refund") and gone < 0)


def movements(read: Read) -> list[Moved]:
    """All of the ledger; an end by itself counts when it came (decision 0077)."""
    ended = pc_sessions.c
    happened = sa.case((ended.ended_by == "time", ended.ended_at), else_=transfers.c.at)
    rows = read.all(
        sa.select(
            *(transfers.c.id, sa.type_coerce(happened, transfers.c.at.type).label("at")),
            *(transfers.c.kind, transfers.c.actor_kind, transfers.c.actor_id),
            *(accounts.c.kind.label("account"), entries.c.amount_micros),
        )
        .join(entries, entries.c.transfer_id == transfers.c.id)
        .join(accounts, accounts.c.id == entries.c.account_id)
        .outerjoin(pc_sessions, ended.transfer_id == transfers.c.id)
        .order_by(transfers.c.id)
    )
    found: dict[int, Moved] = {}
    for row in rows:
        staff = NAMES.get((row.actor_kind, row.actor_id), "")
        moved = found.setdefault(row.id, Moved(row.at, row.kind, staff, Counter()))
        moved.postings[row.account] += row.amount_micros
    return list(found.values())


def _sessions(read: Read) -> list[Session]:
    return [session_of(read, row) for row in read.all(sa.select(pc_sessions))]


def _inside(moved: list[Moved], start: datetime, end: datetime) -> list[Moved]:
    return [each for each in moved if start <= each.at < end]


def _sum(moved: list[Moved], *kinds: str) -> int:
    return sum(each.postings[kind] for each in moved for kind in kinds)


def _check_figures(found: Any, moved: list[Moved], sessions: list[Session]) -> None:
    """`moved` and `sessions` are those of the stretch."""
    everything = found.all
    assert (everything.cash_micros, everything.card_micros, everything.qr_micros) == tuple(
        -_sum(moved, tender) for tender in TILL
    )
    sold = ("revenue_time", "revenue_offer", "revenue_goods", "tax")
    assert everything.cost_micros == _sum(moved, *sold)
    assert everything.used_seconds == sum(
        (segment.to_at - segment.from_at) // timedelta(seconds=1)
        for each in sessions
        for segment in each.segments
        if segment.to_at is not None and not segment.is_paused
    )
    topups = [each for each in moved if each.kind in ("topup", "refund")]
    assert found.bonus_micros == _sum(topups, "bonus")
    assert found.back.money_micros == -_sum([each for each in moved if each.is_refund], *TILL)
    for name in {each.staff for each in moved}:
        own = [each for each in moved if each.staff == name]
        cashier = found.by_staff[name]
        assert cashier.taken.money_micros == -_sum(own, *TILL)
        assert cashier.back.money_micros == -_sum([e for e in own if e.is_refund], *TILL)
    assert everything.money_micros == sum(each.money_micros for each in found.by_event.values())
    assert found.of(Event.OFFER).cost_micros == _sum(moved, "revenue_offer")
    assert found.of(Event.CHECKOUT).cost_micros == _sum(moved, "revenue_time")
    assert found.of(Event.SALE).cost_micros == _sum(moved, "revenue_goods", "tax")


def _check_columns(overview: Overview, moved: list[Moved]) -> None:
    for column in overview.columns:
        inside = _inside(moved, column.start_at, column.end_at)
        assert (column.cash_micros, column.card_micros, column.qr_micros) == tuple(
            -_sum(inside, tender) for tender in TILL
        )
    edges = [each.start_at for each in overview.columns], [each.end_at for each in overview.columns]
    assert edges[0][1:] == edges[1][:-1]


def _check_tariffs(overview: Overview, moved: list[Moved], ended: list[Session]) -> None:
    assert sum(row.micros for row in overview.tariffs) == _sum(moved, "revenue_time")
    assert sum(row.seconds for row in overview.tariffs) == overview.now.all.used_seconds
    full = 0
    for session in ended:
        assert session.billed_to_at is not None
        replace = msgspec.structs.replace
        plain = [
            replace(segment, tariff=replace(segment.tariff, discount=0))
            for segment in session.segments
        ]
        full += total_cost(plain, session.terms, session.billed_to_at)
    assert sum(row.discount_micros for row in overview.tariffs) == full - _sum(
        moved, "revenue_time"
    )


def _check_names(floor: Floor, overview: Overview, asked: Stretch) -> None:
    """PCs and members: of the log's rows, each of which is proven to be its transfer."""
    statement = sa.select(billing_logs).where(
        billing_logs.c.at >= asked.start_at, billing_logs.c.at < asked.end_at
    )
    rows = floor.store.read_sync(lambda read: read.all(statement))
    for pc in overview.pcs:
        own = [row for row in rows if row.pc_name == pc.name]
        assert pc.cost_micros == sum(row.cost_micros for row in own)
        assert pc.used_seconds == sum(row.used_seconds for row in own)
        assert pc.sessions == sum(row.event == "CHECKOUT" for row in own)
    everything = overview.now.all
    assert sum(pc.used_seconds for pc in overview.pcs) == everything.used_seconds
    # What is sold over the counter stands on no PC.
    at_counter = sum(row.cost_micros for row in rows if not row.pc_name)
    assert sum(pc.cost_micros for pc in overview.pcs) == everything.cost_micros - at_counter
    spent: Counter[int] = Counter()
    for row in rows:
        if row.member_id and row.member_group_id >= 0:
            spent[row.member_id] += row.cost_micros
    ids = {member_id for member_id, micros in spent.items() if micros > 0}
    assert {each.member_id for each in overview.members} == ids
    for each in overview.members:
        own = [row for row in rows if row.member_id == each.member_id]
        assert each.cost_micros == sum(row.cost_micros for row in own)
        assert each.used_seconds == sum(row.used_seconds for row in own)
        assert each.topup_micros == sum(
            row.cash_micros + row.card_micros + row.qr_micros for row in own if row.event == "TOPUP"
        )


def _check_links(floor: Floor, overview: Overview, asked: Stretch) -> None:
    """The log under the filter of each link adds up to the figure that links there."""

    def totals(**more: Any) -> dict[str, int]:
        wanted = LogFilter(center_id=7777, start_at=asked.start_at, end_at=asked.end_at, **more)
        return floor.store.read_sync(log_page, wanted, 1).totals

    def money(found: dict[str, int]) -> int:
        return found["cash_micros"] + found["card_micros"] + found["qr_micros"]

    now = overview.now
    assert money(totals()) == now.all.money_micros
    assert totals()["cost_micros"] == now.all.cost_micros
    assert totals(event="CHECKOUT")["used_seconds"] == now.all.used_seconds
    assert totals(event="TOPUP")["bonus_micros"] == now.bonus_micros
    assert money(totals(is_refund=True)) == now.back.money_micros
    for event, each in now.by_event.items():
        found = totals(event=event)
        assert (money(found), found["spend_micros"]) == (each.money_micros, each.spend_micros)
    for name, cashier in now.by_staff.items():
        if name:
            assert money(totals(staff_name=name)) == cashier.taken.money_micros
            back = totals(staff_name=name, is_refund=True)
            assert money(back) == cashier.back.money_micros
    for pc in overview.pcs:
        assert totals(pc_name=pc.name)["cost_micros"] == pc.cost_micros
    for each in overview.members:
        assert totals(member_id=each.member_id)["cost_micros"] == each.cost_micros


def _minutes(session: Session, at: datetime) -> Iterator[tuple[datetime, int]]:
    """The minutes of a session in which somebody played, as it changes only at whole ones, and how
    many seconds of each it lasts."""
    ends = (session.billed_to_at, session.billed_to_at or session.expires_at, at)
    for segment in session.segments:
        if segment.is_paused:
            continue
        moment = segment.from_at
        end = min(each for each in (*ends, segment.to_at) if each is not None)
        while moment < end:
            yield moment, min(60, (end - moment) // timedelta(seconds=1))
            moment += timedelta(minutes=1)


def _check_heat(overview: Overview, moved: list[Moved], sessions: list[Session]) -> None:
    heat, zone, at = overview.heat, overview.period.asked.zone, clock.now()
    first, last = (day.astimezone(zone).date() for day in (heat.first_day, heat.last_day))
    assert (last - first).days == 55
    used: Counter[tuple[int, int]] = Counter()
    for session in sessions:
        for moment, seconds in _minutes(session, at):
            local = moment.astimezone(zone)
            if first <= local.date() <= last:
                used[local.weekday(), local.hour] += seconds
    taken: Counter[tuple[int, int]] = Counter()
    for each in moved:
        local = each.at.astimezone(zone)
        if first <= local.date() <= last:
            taken[local.weekday(), local.hour] -= _sum([each], *TILL)
    began = min([*(each.at for each in moved), *(each.started_at for each in sessions)])
    begun = began.astimezone(zone).date()
    days = Counter(
        day.weekday()
        for number in range((last - first).days + 1)
        if (day := first + timedelta(days=number)) >= begun
    )
    assert sum(used.values()) > 0
    for weekday in range(7):
        for hour in range(24):
            shown = heat.used_percent[weekday][hour], heat.money_micros[weekday][hour]
            if not days[weekday]:
                assert shown == (None, None)
                continue
            seats = heat.seats * 3600 * days[weekday]
            percent = (used[weekday, hour] * 200 + seats) // (2 * seats)
            value = taken[weekday, hour]
            sign = 1 if value >= 0 else -1
            average = (2 * abs(value) + days[weekday]) // (2 * days[weekday]) * sign
            assert shown == (percent, average)


def _check(floor: Floor, period: Period) -> Overview:
    overview = floor.store.read_sync(overview_of, floor.center, period, clock.now())
    moved = floor.store.read_sync(movements)
    sessions = floor.store.read_sync(_sessions)
    for stretch, figures in ((period.asked, overview.now), (period.before, overview.before)):
        start, end = stretch.start_at, stretch.end_at
        ended = [
            each for each in sessions if each.ended_at is not None and start <= each.ended_at < end
        ]
        _check_figures(figures, _inside(moved, start, end), ended)
        if stretch is period.asked:
            _check_tariffs(overview, _inside(moved, start, end), ended)
    _check_columns(overview, _inside(moved, period.asked.start_at, period.asked.end_at))
    _check_names(floor, overview, period.asked)
    _check_links(floor, overview, period.asked)
    _check_heat(overview, moved, sessions)
    for made in SHEETS.values():
        assert {len(line) for line in made.lines(overview)} <= {len(made.columns)}
    return overview


@pytest.mark.long
@pytest.mark.parametrize("seed", seeds(2, 30))
def test_every_figure_is_the_ledgers(store: Store, freeze: clock.frozen, seed: int) -> None:
    settings = Settings(
        loyalty=LoyaltySettings(price_bonus=(BonusTier(20 * EURO, bonus_micros=3 * EURO),)),
        payment=PaymentSettings(free_time_minutes=2, minimum_charge_micros=40 * CENT),
    )
    zone = ("Asia/Kathmandu", "Europe/Lisbon", "America/New_York")[seed % 3]
    floor = open_floor(store, pcs_count=4, price_cents=317, zone=zone, settings=settings)
    day = ShopDay(floor, seed)
    began = clock.now().astimezone(floor.center.zone).date()
    for _ in range(230):
        freeze.advance(60 * day.roll.randint(1, 60))
        day.act()
    floor.verify()
    for choice in (Choice.TODAY, Choice.YESTERDAY, Choice.WEEK, Choice.MONTH):
        _check(floor, period_of(choice, None, None, floor.center.zone, clock.now()))
    ended = clock.now().astimezone(floor.center.zone).date()
    days = period_of(Choice.DAYS, began, ended, floor.center.zone, clock.now())
    whole = _check(floor, days)
    assert whole.now.all.money_micros != 0
    assert whole.now.of(Event.SALE).money_micros != 0
    assert whole.now.discount_micros > 0
    assert whole.now.new_members == 4


def test_what_is_owed_is_what_the_check_out_takes(store: Store, freeze: clock.frozen) -> None:
    floor = open_floor(store)
    floor.guest("postpaid", "PC01")
    freeze.advance(1800)
    floor.guest("postpaid", "PC02")
    floor.guest("free", "PC03")
    freeze.advance(2700)
    period = period_of(Choice.TODAY, None, None, floor.center.zone, clock.now())
    owed = floor.store.read_sync(overview_of, floor.center, period, clock.now()).unpaid
    assert [(each.pc_name, each.micros) for each in owed] == [
        ("PC01", 250 * CENT),
        ("PC02", 150 * CENT),
    ]
    floor.check_out("PC01", "PC02")
    assert floor.till() == sum(each.micros for each in owed)
    assert not floor.store.read_sync(overview_of, floor.center, period, clock.now()).unpaid
