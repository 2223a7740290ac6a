"""Discounts and taxes of random days, worked out from orders, packages and the ledger's entries."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command

from lanhouse.cafe.logs.queries import LogFilter, log_page
from lanhouse.cafe.offers.commands import Sale, sell_package
from lanhouse.cafe.offers.tables import member_offers
from lanhouse.cafe.orders.tables import order_lines, order_payments, orders
from lanhouse.cafe.reports.queries.overview import Overview, overview_of
from lanhouse.cafe.reports.rules.periods import Choice, Period, period_of
from lanhouse.cafe.reports.rules.shares import TaxShare, discounts, taxes
from lanhouse.cafe.reports.wire.sheets import SHEETS, Table, sheet_of
from lanhouse.db.digests import row_digests
from lanhouse.db.migrate import config_for, migrate
from lanhouse.db.statements import Row
from lanhouse.db.store import Read, Store
from lanhouse.kit import clock
from lanhouse.ledger.tables import transfers
from lanhouse.ledger.verify import verify_ledger
from tests.builders.effort import seeds
from tests.builders.floor import CENT, DESK, EURO, Floor, open_floor
from tests.builders.nouns.orders import place
from tests.integration.reports.test_goods_against_ledger import ShopDay
from tests.integration.reports.test_overview_against_ledger import NAMES, movements

PACKAGE = 450 * CENT


def _cents(numerator: int, denominator: int) -> int:
    return (2 * numerator + denominator) // (2 * denominator) * CENT


def _paid_lines(read: Read) -> list[Row]:
    """Lines of goods of orders that were paid in money, and by which transfer."""
    paid = (
        sa.select(order_payments.c.order_id, order_payments.c.transfer_id)
        .where(order_payments.c.amount_micros > 0, order_payments.c.tender != "coin")
        .distinct()
        .subquery()
    )
    line = order_lines.c
    return read.all(
        sa.select(
            *(line.quantity, line.price_micros, line.discount, line.tax_id),
            *(line.net_micros, line.tax_micros, line.refunded_tax_micros),
            *(orders.c.discount.label("by_hand"), transfers.c.at),
            *(transfers.c.actor_kind, transfers.c.actor_id),
        )
        .join(paid, paid.c.order_id == line.order_id)
        .join(orders, orders.c.id == line.order_id)
        .join(transfers, transfers.c.id == paid.c.transfer_id)
        .where(line.member_offer_id.is_(None))
    )


def _expected(floor: Floor, start: datetime, end: datetime) -> tuple[Counter[Any], Counter[int]]:
    """Discounts by (kind, staff), and the tax of goods taken by slot."""
    off: Counter[Any] = Counter()
    taken: Counter[int] = Counter()
    for row in floor.store.read_sync(_paid_lines):
        if not start <= row.at < end:
            continue
        taken[row.tax_id] += row.tax_micros
        # Prices hold their taxes here.
        full = _cents(row.price_micros * row.quantity, CENT)
        micros = full - row.net_micros - row.tax_micros
        if row.discount and row.discount == row.by_hand:
            off["goods_by_hand", NAMES.get((row.actor_kind, row.actor_id), "")] += micros
        else:
            off["goods", ""] += micros
    statement = sa.select(member_offers.c.price_micros).where(
        member_offers.c.bought_at >= start, member_offers.c.bought_at < end
    )
    for row in floor.store.read_sync(lambda read: read.all(statement)):
        off["packages", ""] += PACKAGE - row.price_micros
    return off, taken


def _booked_tax(floor: Floor, start: datetime, end: datetime) -> Counter[tuple[str, bool]]:
    """The account `tax` by the kind of the transfer and whether it went back."""
    found: Counter[tuple[str, bool]] = Counter()
    for moved in floor.store.read_sync(movements):
        if start <= moved.at < end:
            micros = moved.postings["tax"]
            found[moved.kind, micros < 0] += micros
    return found


def _check(floor: Floor, period: Period) -> Overview:
    found = floor.store.read_sync(overview_of, floor.center, period, clock.now())
    for stretch, figures in ((period.asked, found.now), (period.before, found.before)):
        start, end = stretch.start_at, stretch.end_at
        off, taken = _expected(floor, start, end)
        told = {(each.kind, each.staff_name): each.micros for each in discounts(figures)}
        assert told.pop(("time", ""), 0) == figures.time_discount_micros
        assert told == {key: micros for key, micros in off.items() if micros}
        assert figures.discount_micros == sum(off.values()) + figures.time_discount_micros
        goods = {each.slot: each for each in taxes(figures) if each.event == "SALE"}
        assert {slot: each.taken_micros for slot, each in goods.items() if each.taken_micros} == {
            slot: micros for slot, micros in taken.items() if micros
        }
        booked = _booked_tax(floor, start, end)
        assert sum(each.taken_micros for each in goods.values()) == booked["order", False]
        assert sum(each.back_micros for each in goods.values()) == -booked["order_refund", True]
        left = sum(each.taken_micros - each.back_micros for each in taxes(figures))
        assert left == figures.all.tax_micros == sum(booked.values())
    _check_links(floor, found)
    return found


def _check_links(floor: Floor, found: Overview) -> None:
    asked = found.period.asked

    def totals(**more: Any) -> dict[str, int]:
        wanted = LogFilter(center_id=7777, start_at=asked.start_at, end_at=asked.end_at, **more)
        return floor.store.read_sync(log_page, wanted, 1).totals

    for each in discounts(found.now):
        if each.kind == "goods_by_hand" and each.staff_name:
            by_hand = totals(is_by_hand=True, staff_name=each.staff_name)["by_hand_micros"]
            assert by_hand == each.micros
        elif each.kind == "goods":
            rows = totals(is_discounted=True, event="SALE")
            assert rows["discount_micros"] - rows["by_hand_micros"] == each.micros
        elif each.kind == "packages":
            assert totals(is_discounted=True, event="OFFER")["discount_micros"] == each.micros
        else:
            assert found.now.has_time_rows
            assert totals(is_discounted=True, event="CHECKOUT")["discount_micros"] == each.micros
    assert totals(is_discounted=True)["discount_micros"] == found.now.discount_micros
    for each in taxes(found.now):
        if each.event != "SALE":
            left = each.taken_micros - each.back_micros
            assert totals(event=each.event)["tax_micros"] == left
    goods = [each for each in taxes(found.now) if each.event == "SALE"]
    back = totals(event="SALE", is_refund=True)["tax_micros"]
    assert -back == sum(each.back_micros for each in goods)


@pytest.mark.long
@pytest.mark.parametrize("seed", seeds(2, 20))
def test_discounts_and_taxes_are_what_was_kept_at_the_sale(
    store: Store, freeze: clock.frozen, seed: int
) -> None:
    zone = ("Asia/Kathmandu", "Europe/Lisbon")[seed % 2]
    floor = open_floor(store, pcs_count=4, price_cents=317, zone=zone)
    day = ShopDay(floor, seed)
    floor.set(tax4_percentage_micros=19 * EURO)
    # Whoever has the discount of packages, whatever the day brings.
    regular = floor.add_member("regular", group_id=day.group)
    sale = Sale(
        center=floor.center,
        actor=DESK,
        member_id=regular,
        offer_id=day.offer,
        payment="cash",
    )
    floor.run(sell_package, sale)
    began = clock.now().astimezone(floor.center.zone).date()
    for _ in range(260):
        freeze.advance(60 * day.roll.randint(1, 40))
        day.act()
    floor.verify()
    for choice in (Choice.TODAY, Choice.YESTERDAY, Choice.WEEK):
        _check(floor, period_of(choice, None, None, floor.center.zone, clock.now()))
    ended = clock.now().astimezone(floor.center.zone).date()
    whole = _check(floor, period_of(Choice.DAYS, began, ended, floor.center.zone, clock.now()))
    assert {each.kind for each in discounts(whole.now)} == {
        *("goods_by_hand", "goods", "packages", "time")
    }
    assert {(each.event, each.slot) for each in taxes(whole.now)} == {
        *(("SALE", 1), ("SALE", 2), ("OFFER", 4), ("CHECKOUT", 4))
    }
    # Of everything, what went back by slot stands in the lines of the orders too.
    back: Counter[int] = Counter()
    for row in floor.store.read_sync(_paid_lines):
        back[row.tax_id] += row.refunded_tax_micros
    told = {each.slot: each.back_micros for each in taxes(whole.now) if each.event == "SALE"}
    assert told == {slot: micros for slot, micros in back.items() if slot in told}
    assert sum(told.values()) > 0
    assert len(sheet_of(Table.TAXES, whole)) == 4
    assert {len(line) for line in sheet_of(Table.DISCOUNTS, whole)} == {
        len(SHEETS[Table.DISCOUNTS].columns)
    }


def test_costs_of_a_month_are_spread_by_day(store: Store, freeze: clock.frozen) -> None:
    floor = open_floor(store, zone="Europe/Lisbon")
    floor.pay(40 * EURO, "PC01")

    def profit(first_days_ago: int) -> Any:
        today = clock.now().astimezone(floor.center.zone).date()
        first = today.fromordinal(today.toordinal() - first_days_ago)
        period = period_of(Choice.DAYS, first, today, floor.center.zone, clock.now())
        return floor.store.read_sync(overview_of, floor.center, period, clock.now()).profit

    assert (profit(0).house_micros, profit(0).left_micros) == (0, 40 * EURO)
    floor.set(cafe_monthly_expense_micros=100 * EURO)
    # A day that is not over bears its whole part: 100.00 / 30.
    assert profit(0).house_micros == 333 * CENT
    assert profit(0).left_micros == 40 * EURO - 333 * CENT
    assert profit(29).house_micros == 100 * EURO
    assert profit(34).house_micros == 11667 * CENT


def test_sales_of_before_have_their_tax_in_no_slot(store: Store) -> None:
    """0050: what was sold by an older release is told as one sum, and stays proven."""
    floor = open_floor(store)
    floor.set(tax1_percentage_micros=25 * EURO, tax_included_in_price=True)
    cola = floor.add_product("Cola", 50, price_micros=5 * EURO, tax_id=1)
    place(floor, {cola: 2}, discount=1000, discount_reason="friend")
    with store.engine.connect() as connection, connection.begin():
        command.downgrade(config_for(connection), "0048")
        # An older release had digested its rows without these columns.
        connection.execute(sa.delete(row_digests).where(row_digests.c.table_number == 1))
    migrate(store)
    period = period_of(Choice.TODAY, None, None, floor.center.zone, clock.now())
    before = floor.store.read_sync(overview_of, floor.center, period, clock.now()).now
    assert taxes(before) == [TaxShare("SALE", 0, 180 * CENT, 0)]
    assert discounts(before) == []
    place(floor, {cola: 1})
    now = floor.store.read_sync(
        overview_of,
        floor.center,
        period_of(Choice.TODAY, None, None, floor.center.zone, clock.now()),
        clock.now(),
    ).now
    assert {each.slot: each.taken_micros for each in taxes(now)} == {0: 180 * CENT, 1: EURO}
    assert store.read_sync(verify_ledger, None).problem is None
