"""The tax of packages: in the price or on top, and what of it goes back (decision 0128)."""

from __future__ import annotations

import pytest

from lanhouse.cafe.desk.queries.quotes import QuoteWanted, StartForm, quote, start_options
from lanhouse.cafe.reports.queries import summary_of
from lanhouse.cafe.reports.schemas import ReportFilter, Summary
from lanhouse.cafe.sessions.commands import Checkout, check_out
from lanhouse.db.store import Store
from lanhouse.kit import clock
from lanhouse.kit.errors import BalanceTooLow
from tests.builders.floor import CENT, EURO, Floor, later, open_floor
from tests.builders.nouns.orders import place

HOUR = 3600


def summary(floor: Floor) -> Summary:
    wanted = ReportFilter(center_id=7777, start_at=later(-86_400), end_at=later(86_400))
    return floor.store.read_sync(summary_of, wanted)


@pytest.mark.parametrize(
    ("is_included", "paid", "tax"), [(True, 300 * CENT, 48 * CENT), (False, 357 * CENT, 57 * CENT)]
)
def test_a_package_is_sold_with_its_tax(
    store: Store, freeze: clock.frozen, is_included: bool, paid: int, tax: int
) -> None:
    floor = open_floor(store)
    floor.set(tax4_percentage_micros=19 * EURO, tax_included_in_price=is_included)
    ada = floor.add_member("ada")
    package = floor.sell(floor.add_offer("pass", 300), ada, "card")
    assert (floor.till("card"), floor.house("tax")) == (paid, tax)
    assert floor.house("revenue_offer") == paid - tax
    (owned,) = floor.packages(ada)
    assert (owned.price_micros, owned.tax_micros) == (paid, tax)
    (row,) = floor.logs("OFFER")
    assert (row.cost_micros, row.tax_micros) == (paid, tax)
    found = summary(floor)
    line = found.sale["offer_member"]
    assert (line.total_micros, line.tax_micros, line.profit_micros) == (paid, tax, paid - tax)
    assert (found.tax_micros, found.profit_micros) == (tax, paid - tax)
    # Another rate holds for what is sold after it; this one goes back as it was sold.
    floor.set(tax4_percentage_micros=25 * EURO)
    plan = floor.take_back(package)
    assert (plan.money_micros, plan.tax_micros) == (paid, tax)
    assert (floor.house("tax"), floor.house("revenue_offer"), floor.till("card")) == (0, 0, 0)
    assert (summary(floor).tax_micros, summary(floor).offer_tax_micros) == (0, tax)
    floor.verify()


def test_a_part_goes_back_with_its_part_of_the_tax(store: Store, freeze: clock.frozen) -> None:
    """1 of 3 hours of 3.57 is played: 2.38 go back, 0.38 of it tax."""
    floor = open_floor(store)
    floor.set(tax4_percentage_micros=19 * EURO)
    ada = floor.add_member("ada")
    package = floor.sell(floor.add_offer("pass", 300), ada)
    floor.member(ada)
    freeze.advance(HOUR)
    plan = floor.take_back(package)
    assert (plan.money_micros, plan.tax_micros, plan.is_whole) == (238 * CENT, 38 * CENT, False)
    assert floor.house("tax") == 19 * CENT
    floor.verify()


def test_the_balance_must_cover_the_tax_on_top(store: Store, freeze: clock.frozen) -> None:
    floor = open_floor(store)
    floor.set(tax4_percentage_micros=19 * EURO, bonus_buy_offer=True, max_bonus_percentage=50)
    ada = floor.add_member("ada", balance=3 * EURO)
    offer_id = floor.add_offer("pass", 300)
    with pytest.raises(BalanceTooLow):
        floor.sell(offer_id, ada, "balance")
    floor.give(ada, EURO, "bonus", "bonus_given")
    floor.sell(offer_id, ada, "balance")
    # The bonus pays what the balance lacks.
    assert floor.money(ada) == (0, 43 * CENT)
    assert summary(floor).sale["offer_member"].profit_micros == -57 * CENT
    floor.verify()


def test_the_desk_asks_for_what_the_sale_takes(store: Store, freeze: clock.frozen) -> None:
    """With the tax on top, and in a running session with the discount of its member's group."""
    floor = open_floor(store)
    floor.set(tax4_percentage_micros=25 * EURO)
    gold = floor.add_member_group("gold", offer_discount=5000)
    floor.member(floor.add_member("ada", group_id=gold, balance=9 * EURO), "PC02")
    offer_id = floor.add_offer("pass", 400, allows_discount=True)
    for pc_name, price in (("PC01", 5 * EURO), ("PC02", 250 * CENT)):
        running = floor.running_on(pc_name)
        form = StartForm(pc=pc_name, kind="package", offer=str(offer_id), session=running)
        wanted = QuoteWanted(floor.center, form, clock.now(), True)
        options = store.read_sync(start_options, wanted)
        assert options.offer_prices == {offer_id: price}
        shown = store.read_sync(quote, wanted, options)
        assert (shown.problem, shown.amount_micros, shown.due_micros) == ("", price, price)
        before = floor.till()
        floor.sell_on_pc(offer_id, pc_name)
        assert floor.till() - before == price


def test_coins_have_no_tax(store: Store, freeze: clock.frozen) -> None:
    floor = open_floor(store)
    floor.set(tax4_percentage_micros=19 * EURO)
    ada = floor.add_member("ada")
    floor.give(ada, 40 * EURO, "coin", "coin_issued")
    floor.sell(floor.add_offer("gift", 300, coin_price_micros=40 * EURO), ada, "coin")
    assert (floor.house("tax"), floor.house("revenue_offer")) == (0, 0)
    floor.verify()


def test_the_z_report_tells_the_tax_of_all_that_was_sold(
    store: Store, freeze: clock.frozen
) -> None:
    floor = open_floor(store)
    taxes = {f"tax{slot}_percentage_micros": 19 * EURO for slot in (1, 4)}
    floor.set(tax_included_in_price=True, **taxes)
    ines = floor.hire("ines", "admin")
    shift = floor.open_shift(ines, floor.add_till())
    assert floor.report(shift).figures.tax_micros == 0
    floor.together("prepaid", "PC01", "PC02", minutes=60, actor=ines)
    assert floor.report(shift).figures.tax_micros == 0  # it is not known yet what is played
    freeze.advance(HOUR // 2)
    floor.run(check_out, Checkout(center=floor.center, actor=ines, pc_names=["PC01", "PC02"]))
    cola = floor.add_product("Cola", 9, price_micros=119 * CENT, tax_id=1)
    place(floor, {cola: 1}, actor=ines)
    floor.count(ines, shift, 319 * CENT)
    floor.close_shift(ines, shift)
    # 0.16 in the 1.00 of each half an hour, 0.19 in the cola.
    assert floor.report(shift).figures.tax_micros == 51 * CENT
    assert floor.house("tax") == 51 * CENT
    floor.verify()
