"""The page of reports: its figures, where they lead, its files, and who may see it."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import parse_qs

import pytest

from lanhouse.cafe.logs.rules import EVENT_NAMES
from lanhouse.cafe.money.schemas import Event
from lanhouse.cafe.offers.commands import OfferChange, create_offer
from lanhouse.cafe.offers.schemas import OfferValues
from lanhouse.cafe.orders.commands.giving_back import RefundOrder, refund_order
from lanhouse.cafe.reports.wire.sheets import SHEETS, Table
from lanhouse.cafe.sessions import commands as sessions
from lanhouse.cafe.sessions.commands import GuestSecret
from lanhouse.db.store import Store
from lanhouse.kit import clock
from lanhouse.kit.sheets import csv_rows
from tests.builders.centers import Hall, open_hall
from tests.builders.client import Client
from tests.builders.exports import KINDS, workbook_rows
from tests.builders.floor import CENT, DESK, EURO, Floor, open_floor
from tests.builders.nouns.orders import place
from tests.contract.pages.test_pages import Desk, text_of

URL = "/panel/reports"


@pytest.fixture
def floor(sqlite_store: Store) -> Floor:
    return open_floor(sqlite_store, zone="Europe/Lisbon")


@pytest.fixture
def hall(floor: Floor) -> Hall:
    return floor.hall


@pytest.fixture
def day(floor: Floor, freeze: clock.frozen) -> int:
    """An hour of a member (€2.00), a package for cash, a guest who gets something back."""
    ada = floor.add_member("ada", balance=10 * EURO)
    floor.member(ada, "PC01")
    floor.pay(3 * EURO, "PC02", payment="card")
    values = OfferValues(name="<b>Night</b>", price_micros=450 * CENT, minutes=180)
    offer = floor.run(create_offer, OfferChange(floor.center, None, values)).id
    sold = sessions.AddOffer(
        center=floor.center,
        actor=DESK,
        pc_names=["PC03"],
        offer_id=offer,
        payment="cash",
        secrets=[GuestSecret("secret", "hash")],
    )
    floor.run(sessions.add_offer, sold)
    freeze.advance(3600)
    floor.check_out("PC01", "PC02")
    return ada


@pytest.fixture
def desk(client: Client, hall: Hall) -> Desk:
    return Desk(client, "manager7777")


def links(page: str, within: str = "") -> list[str]:
    """The addresses of the log on a page, or in the part of it with this id."""
    part = page.partition(f'id="{within}"')[2] if within else page
    part = part.partition("</section>")[0] if within and within != "cards" else part
    return [unescape(each) for each in re.findall(r'href="(/panel/log\?[^"]+)"', part)]


def test_figures_of_a_day(desk: Desk, day: int) -> None:
    page = desk.get(URL)
    text = text_of(page)
    # 10.00 was the balance of before: 3.00 by card less 1.00 given back by it, 4.50 in cash.
    for words in (
        *("Money received €16.50", "Sold €8.50", "Played 2 h", "New members 1", "Given back €1.00"),
        *("2 sessions", "Default 2 h €0.00 €4.00", "PC03 0 0 s €4.50", "ada 1 h"),
    ):
        assert words in text, words
    assert "<b>Night</b> 1 €0.00 €4.50" in text
    assert "<b>Night</b>" not in page.text
    assert "until" in text
    assert "against" in text


def test_every_link_leads_to_rows_that_add_up_to_it(desk: Desk, day: int) -> None:
    page = desk.get(URL).text
    found = re.findall(r'<a href="(/panel/log\?[^"]+)">([^<]*€[^<]+)</a>', page)
    assert len(found) > 15
    for href, amount in found:
        log = text_of(desk.get(unescape(href)))
        stats = log.partition("Totals")[0] if "Totals" in log else log
        shown = set(re.findall(r"−?€[\d,.]+", stats))
        money = sum(_cents(log, name) for name in ("Cash", "Card", "QR"))
        amounts = {*(_plain(each) for each in shown), money, -money}
        assert _plain(amount) in amounts, (href, amount)


def _plain(text: str) -> int:
    sign = -1 if text.startswith("−") else 1
    return sign * round(float(text.lstrip("−€").replace(",", "")) * 100)


def _cents(log: str, name: str) -> int:
    """A total of the log's page: its stat cards say a name and an amount."""
    found = re.search(rf"\b{name} (−?€[\d,.]+)", log)
    assert found is not None, name
    return _plain(found[1])


def test_before_leads_to_the_same_time_a_week_ago(
    desk: Desk, floor: Floor, freeze: clock.frozen, day: int
) -> None:
    # What is paid a minute later that day is not what today is compared with.
    freeze.advance(60)
    floor.pay(EURO, "PC01")
    freeze.advance(7 * 86_400 - 60)
    page = desk.get(URL)
    assert "Money received €0.00" in text_of(page)
    assert "100 % less" in text_of(page)
    (before,) = [each for each in links(page.text, "period") if "date_end" in each][:1]
    log = text_of(desk.get(before))
    assert sum(_cents(log, name) for name in ("Cash", "Card", "QR")) == 1650
    assert "To time" not in log


def test_an_hour_of_the_chart_leads_to_its_rows(desk: Desk, day: int) -> None:
    page = desk.get(URL).text
    hours = [each for each in links(page) if "time_start" in each]
    assert len(hours) >= 1
    sums = [
        sum(_cents(text_of(desk.get(each)), name) for name in ("Cash", "Card", "QR"))
        for each in hours
    ]
    assert sum(sums) == 1650
    assert "From time" in text_of(desk.get(hours[0]))


@pytest.mark.parametrize("table", list(Table))
def test_each_table_is_a_file(desk: Desk, day: int, table: Table) -> None:
    page = desk.get(f"{URL}?period=week").text
    files = re.findall(
        rf'href="(/panel/reports\.(csv|xlsx)\?[^"]*table={table.value}\b[^"]*)"', page
    )
    lines: dict[str, list[list[str]]] = {}
    for url, form in files:
        answer = desk.get(unescape(url))
        assert answer.headers["content-type"] == KINDS[form]
        assert f'filename="{table.value}-7777-' in answer.headers["content-disposition"]
        lines[form] = (
            [list(row) for row in workbook_rows(answer.content)]
            if form == "xlsx"
            else [list(row) for row in csv_rows(answer.text)]
        )
    assert lines["csv"] == lines["xlsx"]
    assert tuple(lines["csv"][0]) == SHEETS[table].columns
    if table is Table.MONEY:
        assert lines["csv"][-1][:6] == ["total", "6", "14.50", "2.00", "0.00", "16.50"]
    if table not in (Table.UNPAID, Table.GOODS, Table.DISCOUNTS, Table.TAXES):
        assert len(lines["csv"]) > 1


def test_what_is_owed_now_leads_to_the_pc(desk: Desk, floor: Floor, freeze: clock.frozen) -> None:
    floor.guest("postpaid", "PC02")
    freeze.advance(1800)
    page = desk.get(f"{URL}?period=yesterday")
    assert '<a href="/panel/computers?pc=PC02">€1.00</a>' in page.text
    assert "Nothing was sold or paid." in text_of(page)


def test_every_line_of_a_bill_has_its_name(
    client: Client, desk: Desk, floor: Floor, freeze: clock.frozen
) -> None:
    """What is billed and not played belongs to its price; fee and rounding are lines of ours."""
    floor.set(start_fee_micros=10 * CENT, time_block_minutes=30, bill_rounding="0.50")
    floor.guest("postpaid", "PC01")
    freeze.advance(37 * 60)
    (end,) = floor.check_out("PC01")
    page = text_of(desk.get(URL))
    for name in ("Start fee", "Rounding"):
        assert name in page
    lines = {line.kind for line in end.bill.lines}
    assert {"time", "block", "start_fee", "rounding"} <= lines
    assert page.count("Default") == 1
    floor.verify()


def test_periods_are_named_in_the_readers_language(desk: Desk) -> None:
    page = text_of(desk.get(URL, **{"Accept-Language": "de"}))
    assert [word in page for word in ("Heute", "Gestern", "Today")] == [True, True, False]


def test_it_is_printed_as_it_stands(desk: Desk, day: int) -> None:
    page = desk.get(URL).text
    assert "data-print" in page
    assert "css/reports." in page or "css/reports.css" in page


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("period=days&date_start=2026-03-05&date_end=2026-03-04", "must not be before"),
        ("period=days&date_start=2020-01-01&date_end=2026-03-04", "at most 400 days"),
        ("period=days&date_start=nonsense&date_end=2026-03-04", "date_start"),
        ("period=always", "period"),
        ("period=days&date_start=1960-12-31&date_end=1960-12-31", "is too far away"),
    ],
)
def test_bad_input_is_named(desk: Desk, query: str, words: str) -> None:
    for url in (URL, f"{URL}.csv"):
        answer = desk.get(f"{url}?table=pcs&{query}")
        assert answer.status_code == 400
        assert words in text_of(answer)


def test_no_such_table(desk: Desk) -> None:
    assert desk.get(f"{URL}.csv?table=secrets").status_code == 400
    assert desk.get(f"{URL}.csv").status_code == 400


def test_who_may_not_see_reports(client: Client, floor: Floor, day: int) -> None:
    staff = Desk(client, floor.hall.staff["staff"])
    for url in (URL, f"{URL}.csv?table=pcs", f"{URL}.xlsx?table=pcs"):
        assert staff.get(url).status_code == 403
    assert f'href="{URL}"' not in staff.get("/panel/log").text


def test_another_centre_sees_nothing_of_it(client: Client, floor: Floor, day: int) -> None:
    open_hall(floor.store, 7778)
    other = Desk(client, "manager7778", "7778")
    text = text_of(other.get(URL))
    assert "Money received €0.00" in text
    assert "PC03" not in other.get(f"{URL}.csv?table=pcs").text
    assert "Night" not in other.get(f"{URL}.csv?table=packages").text


def test_the_log_shows_what_was_given_back_alone(desk: Desk, day: int) -> None:
    page = desk.get("/panel/log?given_back=1")
    assert page.text.count("<tr><td title=") == 1
    assert _cents(text_of(page), "Card") == -100
    lines = [line for line in desk.get("/panel/log.csv?given_back=1").text.split("\r\n") if line]
    assert len(lines) == 2


def test_every_event_of_a_day_has_a_name_and_goods_stand_on_the_page(
    desk: Desk, floor: Floor
) -> None:
    assert set(EVENT_NAMES) == set(Event)
    place(floor, {floor.add_product("Cola", 5, price_micros=180 * CENT): 2})
    assert "Goods sold €3.60" in text_of(desk.get(URL))


def test_discounts_and_taxes_lead_to_their_rows(desk: Desk, floor: Floor) -> None:
    floor.set(tax1_name="VAT", tax1_percentage_micros=25 * EURO, tax_included_in_price=True)
    floor.set(cafe_monthly_expense_micros=90 * EURO)
    cola = floor.add_product("Cola", 50, price_micros=5 * EURO, cost_micros=EURO, tax_id=1)
    place(floor, {cola: 2}, discount=1000, discount_reason="friend")
    sold = place(floor, {cola: 1})
    cmd = RefundOrder(center=floor.center, actor=DESK, order_id=sold.order_id, reason="warm")
    floor.run(refund_order, cmd)
    page = desk.get(URL)
    text = text_of(page)
    # 10.00 less a tenth: 9.00 with 1.80 of tax; 5.00 with 1.00 went back.
    for words in (
        *(f"Goods, by hand {DESK.staff_name} €1.00", "Discounts €1.00"),
        "Goods sold VAT €2.80 €1.00 €1.80",
        "Cola 3 €5.00 €9.00 €5.20",
        "Money received €9.00 Tax in what was sold −€1.80 What goods had cost −€2.00",
        "Costs of the house 1 day of 30 −€3.00 Left €2.20",
    ):
        assert words in text, words
    by_hand, together = links(page.text, "discounts")
    assert _cents(text_of(desk.get(together)), "Discounts") == 100
    log = text_of(desk.get(by_hand))
    assert (_cents(log, "Discounts"), _cents(log, "By hand")) == (100, 100)
    assert log.count("Discount: friend") == 1
    assert "warm" not in log
    taken, back = links(page.text, "taxes")[:2]
    assert _cents(text_of(desk.get(taken)), "Tax in it") == 180
    assert _cents(text_of(desk.get(back)), "Tax in it") == -100
    assert all("tax=1" in each for each in (taken, back))
    assert "Only what has the tax VAT." in text_of(desk.get(taken))
    assert 'href="#profit"' not in page.text
    amounts = re.findall(r'<a href="(/panel/log\?[^"]+)">', page.text.partition('id="goods"')[2])
    assert any("given_back" in each for each in amounts)


def test_a_discount_on_time_stands_in_the_row_of_its_check_out(
    desk: Desk, floor: Floor, freeze: clock.frozen
) -> None:
    group = floor.add_member_group("regulars", pc_time_discount=2000)
    ada = floor.add_member("ada", balance=9 * EURO, group_id=group)
    floor.member(ada, "PC01")
    floor.guest("postpaid", "PC02")
    freeze.advance(3600)
    floor.check_out("PC01", "PC02")
    cola = floor.add_product("Cola", 50, price_micros=5 * EURO)
    place(floor, {cola: 2}, discount=1000, discount_reason="friend")
    page = desk.get(URL)
    # 2.00 an hour, less a fifth; and a tenth of 10.00.
    assert "Time, of member groups €0.40 Together €1.40" in text_of(page)
    _, time, together = links(page.text, "discounts")
    rows = text_of(desk.get(time))
    assert _cents(rows, "Discounts") == 40
    assert rows.count("member, cost 1.60, discount 0.40") == 1
    assert "PC02" not in rows
    assert _cents(text_of(desk.get(together)), "Discounts") == 140
    floor.verify()


def test_the_tax_of_one_slot_leads_to_its_rows_alone(desk: Desk, floor: Floor) -> None:
    floor.set(tax1_percentage_micros=25 * EURO, tax2_percentage_micros=10 * EURO)
    floor.set(tax_included_in_price=True)
    cola = floor.add_product("Cola", 50, price_micros=5 * EURO, tax_id=1)
    book = floor.add_product("Book", 50, price_micros=11 * EURO, tax_id=2)
    for wanted in ({cola: 1}, {book: 1}):
        place(floor, wanted)
    found = links(desk.get(URL).text, "taxes")
    for slot, name, other in ((1, "Cola", "Book"), (2, "Book", "Cola")):
        of_slot = [each for each in found if f"tax={slot}" in each]
        assert of_slot
        log = text_of(desk.get(of_slot[0]))
        assert _cents(log, "Tax in it") == 100
        assert (f"1 x {name}" in log, f"1 x {other}" in log) == (True, False)
    assert desk.get("/panel/log?tax=5").status_code == 400


def test_goods_and_packages_lead_to_their_own_rows(desk: Desk, floor: Floor, day: int) -> None:
    noon = floor.run(
        create_offer,
        OfferChange(
            floor.center, None, OfferValues(name="Noon", price_micros=2 * EURO, minutes=60)
        ),
    ).id
    floor.run(
        sessions.add_offer,
        sessions.AddOffer(
            center=floor.center,
            actor=DESK,
            pc_names=["PC01"],
            offer_id=noon,
            payment="cash",
            secrets=[GuestSecret("secret", "hash")],
        ),
    )
    cola = floor.add_product("Cola & Co", 9, price_micros=180 * CENT)
    tea = floor.add_product("Tea", 9, price_micros=1 * EURO)
    place(floor, {cola: 2})
    place(floor, {tea: 1})
    page = desk.get(URL).text
    for within, name, amount, rows in (
        ("goods", "Cola & Co", 360, 1),
        ("goods", "Tea", 100, 1),
        ("packages", "Noon", 200, 1),
        ("packages", "<b>Night</b>", 450, 1),
    ):
        (href,) = {
            each
            for each in links(page, within)
            if parse_qs(each).get("item") == [name] and "given_back" not in each
        }
        log = desk.get(href)
        assert log.text.count("<tr><td title=") == rows, name
        assert _cents(text_of(log), "Sold") == amount, name
        assert f"Only where “{name}” was sold or given back" in text_of(log)
    # What no row of the log is, leads nowhere.
    assert links(page, "tariffs") == [links(page, "tariffs")[0]]
    assert 'href="#profit"' not in page
