"""The shop's till and the pages of orders: what they show, and that they do it once."""

from __future__ import annotations

import re
from typing import Any

import pytest

from lanhouse.cafe.orders.schemas import Status
from lanhouse.cafe.products.commands import ProductChange, change_product
from lanhouse.cafe.products.schemas import ComboItem, Source
from lanhouse.kit import clock
from tests.builders.centers import Hall, open_hall
from tests.builders.client import Client
from tests.builders.floor import CENT, EURO, Floor, furnish
from tests.builders.nouns.orders import order, place, verify
from tests.contract.pages.test_pages import Desk, hidden_fields, text_of


@pytest.fixture
def floor(hall: Hall) -> Floor:
    return Floor(hall.store, hall)


@pytest.fixture
def desk(client: Client, floor: Floor) -> Desk:
    return Desk(client, floor.hall.staff["manager"])


def fields(page: Any) -> dict[str, str]:
    """The hidden fields of a dialog, items too."""
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page.text)
    return dict(found)


def test_the_tiles_show_what_is_sold_now(desk: Desk, floor: Floor) -> None:
    drinks = floor.add_product_group("Drinks")
    floor.add_product("Cola <b>", 5, group_id=drinks, barcode="4001", price_micros=180 * CENT)
    floor.add_product("Gone", 5, is_active=False)
    floor.add_product("Empty", 0)
    page = desk.get("/panel/shop")
    assert "Cola &lt;b&gt;" in page.text
    assert "Gone" not in page.text
    assert re.search(r'data-product="3"[^>]* disabled', page.text)
    assert 'data-barcode="4001"' in page.text
    assert "Sold out" in text_of(desk.get("/panel/shop/tiles"))


def test_a_ticket_is_computed_by_the_server(desk: Desk, floor: Floor) -> None:
    floor.set(tax1_percentage_micros=23 * EURO, tax_included_in_price=True)
    floor.add_product("Cola", 3, price_micros=180 * CENT)
    gold = floor.add_member_group("Gold", product_discount=1000)
    floor.add_member("ada", balance=7 * EURO, group_id=gold)
    text = text_of(desk.get("/panel/shop/ticket?item[1]=4&who=ada"))
    for words in ("10 % off", "only 3 there", "€6.48", "€1.21", "balance €7.00"):
        assert words in text
    assert "For whom: is no account and no PC" in text_of(
        desk.get("/panel/shop/ticket?item[1]=1&who=zzz")
    )
    for wrong in ("item[1]=x", "item[x]=1", "item[9]=1", "item[1]=1&discount=x"):
        page = desk.get(f"/panel/shop/ticket?{wrong}")
        assert page.status_code == 200
        assert "To pay" not in page.text


def test_a_sale_is_done_once_and_for_the_sum_that_was_shown(desk: Desk, floor: Floor) -> None:
    floor.add_product("Cola", 5, price_micros=180 * CENT)
    dialog = desk.get("/panel/shop/pay?item[1]=2")
    assert "Sell for €3.60" in text_of(dialog)
    sent = {**fields(dialog), "payment": "cash", "received": "5"}
    for _ in range(2):
        done = desk.post("/panel/shop/pay", sent)
        assert "€3.60 taken, give back €1.40." in text_of(done)
        assert "data-sold" in done.text
    assert (floor.pieces(1), floor.till(), order(floor, 1).change_micros) == (
        3,
        360 * CENT,
        140 * CENT,
    )
    # The price was 1.80 when the dialog was drawn.
    dialog = desk.get("/panel/shop/pay?item[1]=1")
    floor.run(
        change_product,
        ProductChange(center=floor.center, product_id=1, changes={"price_micros": 2 * EURO}),
    )
    refused = desk.post("/panel/shop/pay", {**fields(dialog), "payment": "cash"})
    assert "A price has changed" in text_of(refused)
    assert "Sell for €2.00" in text_of(refused)
    assert floor.till() == 360 * CENT
    for more, words in (
        ({"received": "1"}, "must be at least what is paid in cash"),
        ({"payment": "balance"}, "is required"),
        ({"item[1]": "9"}, "Cola: only 3 left"),
        ({"seat": "PC99"}, "there is no such PC"),
    ):
        body = {**fields(refused), "payment": "cash", **more}
        body["total"] = str(2 * EURO * int(body["item[1]"]))
        answer = desk.post("/panel/shop/pay", body)
        assert words in text_of(answer), more
    assert (floor.pieces(1), floor.till()) == (3, 360 * CENT)
    verify(floor)


def test_the_receipt_of_an_order_is_printed_from_the_till_and_its_page(
    desk: Desk, floor: Floor
) -> None:
    floor.set(payment_method_pay_later=True)
    floor.add_product("Cola", 5, price_micros=2 * EURO)
    floor.add_product("Tea", 5, price_micros=EURO)
    ada = floor.add_member("ada")
    button = 'hx-get="/panel/receipts/order/1"'
    tab = desk.post(
        "/panel/shop/pay",
        {**fields(desk.get("/panel/shop/pay?item[1]=2&who=ada")), "payment": "later"},
    )
    assert button not in tab.text + desk.get("/panel/orders/1").text
    assert "There is no receipt" in text_of(desk.get("/panel/receipts/order/1"))
    dialog = desk.get(f"/panel/shop/tab?member_id={ada}")
    assert button in desk.post("/panel/shop/tab", {**fields(dialog), "payment": "card"}).text
    assert button in desk.get("/panel/orders/1").text
    sold = desk.post(
        "/panel/shop/pay", {**fields(desk.get("/panel/shop/pay?item[2]=1")), "payment": "cash"}
    )
    assert 'hx-get="/panel/receipts/order/2"' in sold.text
    assert "Cola" in text_of(desk.get("/panel/receipts/order/1"))
    paper = text_of(desk.get("/panel/receipts/order/2"))
    assert "Tea" in paper
    assert "Cola" not in paper
    place(floor, {1: 1})
    desk.post("/panel/orders/3/refund", {"pieces[1]": "1", "reason": "warm", "key": "back"})
    assert "−" not in text_of(desk.get("/panel/receipts/order/3"))
    assert desk.get("/panel/receipts/order/99").status_code == 404


def test_a_tab_is_paid_from_its_dialog(desk: Desk, floor: Floor) -> None:
    floor.set(payment_method_pay_later=True)
    floor.add_product("Cola", 5, price_micros=2 * EURO)
    ada = floor.add_member("ada")
    dialog = desk.get("/panel/shop/pay?item[1]=2&who=ada")
    done = desk.post("/panel/shop/pay", {**fields(dialog), "payment": "later"})
    assert "€4.00 put on the tab." in text_of(done)
    assert "ada" in text_of(desk.get("/panel/orders"))
    dialog = desk.get(f"/panel/shop/tab?member_id={ada}")
    place(floor, {1: 1}, payment="later", member_id=ada)
    sent = {**fields(dialog), "payment": "card"}
    assert "More was ordered" in text_of(desk.post("/panel/shop/tab", sent))
    dialog = desk.get(f"/panel/shop/tab?member_id={ada}")
    for _ in range(2):
        done = desk.post("/panel/shop/tab", {**fields(dialog), "payment": "card"})
        assert "€6.00 taken." in text_of(done)
    assert floor.till("card") == 6 * EURO
    assert "Nothing is owed." in text_of(desk.get(f"/panel/shop/tab?member_id={ada}"))
    verify(floor)


def test_the_page_shows_the_newest_tabs_whole_and_counts_all(
    desk: Desk, floor: Floor, monkeypatch: pytest.MonkeyPatch
) -> None:
    floor.set(payment_method_pay_later=True)
    floor.add_product("Cola", 9, price_micros=180 * CENT)
    for name in ("ada", "bob"):
        member_id = floor.add_member(name)
        for _ in range(2):
            place(floor, {1: 1}, payment="later", member_id=member_id)
    assert "The newest" not in text_of(desk.get("/panel/orders"))
    monkeypatch.setattr("lanhouse.cafe.orders.panel._TABS_MAX", 1)
    text = text_of(desk.get("/panel/orders"))
    owed = text[text.index("Owed") :]
    assert "Owed 2 bob €3.60" in " ".join(owed.split())
    assert "ada" not in owed
    assert "The newest 1 are shown." in owed


def test_the_queue_moves_on_and_tells_who_was_slower(desk: Desk, floor: Floor) -> None:
    floor.set(shop_preparing_button=True)
    floor.add_product("Cola", 5)
    place(floor, {1: 1}, status=Status.PENDING, pc_name="", note="no <ice>")
    assert "no &lt;ice&gt;" in desk.get("/panel/orders").text
    assert 'data-pending="1"' in desk.get("/panel/orders/badge").text
    started = desk.post("/panel/orders/1/move", {"to": "preparing", "key": "k1"})
    assert "Being prepared 1" in text_of(started)
    again = desk.post("/panel/orders/1/move", {"to": "preparing", "key": "k2"})
    assert "Order 1 is being prepared already." in text_of(again)
    assert "data-pending" not in desk.get("/panel/orders/badge").text
    assert "Ready" in text_of(desk.get("/panel/orders/kitchen"))
    ready = desk.post("/panel/orders/1/move", {"to": "done", "from_kitchen": "1", "key": "k3"})
    assert "Nothing has to be made." in text_of(ready)
    assert order(floor, 1).status == "done"
    assert desk.post("/panel/orders/9/move", {"to": "done"}).status_code == 200


def test_an_order_is_given_back_on_its_page(desk: Desk, floor: Floor, client: Client) -> None:
    floor.add_product("Cola", 5, price_micros=2 * EURO)
    place(floor, {1: 3}, payment="card")
    page = desk.get("/panel/orders/1")
    assert "Paid by Card" in text_of(page)
    body = {**hidden_fields(page), "pieces[1]": "2", "reason": ""}
    assert "is required" in text_of(desk.post("/panel/orders/1/refund", body))
    body["reason"] = "broken"
    for _ in range(2):
        desk.post("/panel/orders/1/refund", body)
    assert (floor.pieces(1), floor.till("card")) == (4, 2 * EURO)
    assert "2 given back" in text_of(desk.get("/panel/orders/1"))
    for wrong in ({"pieces[1]": "9"}, {"pieces[7]": "1"}, {"pieces[1]": "x"}, {}):
        desk.post("/panel/orders/1/refund", {"reason": "again", **wrong})
    assert floor.till("card") == 2 * EURO
    place(floor, {1: 1}, status=Status.PENDING)
    assert "is required" in text_of(desk.post("/panel/orders/2/cancel", {"reason": ""}))
    desk.post("/panel/orders/2/cancel", {"reason": "left"})
    assert (order(floor, 2).status, floor.till()) == ("cancelled", 0)
    assert desk.get("/panel/orders/99").status_code == 404
    verify(floor)


def test_cash_at_the_seat_is_taken_with_its_change(desk: Desk, floor: Floor) -> None:
    """In the till's dialog, with the order brought in the same act, once."""
    floor.set(payment_method_cash_in_client=True)
    floor.add_product("Cola", 5, price_micros=180 * CENT)
    place(floor, {1: 2}, payment="seat", status=Status.PENDING)
    dialog_at = "/panel/shop/tab?order_id=1&amp;serves=1"
    assert dialog_at in desk.get("/panel/orders").text
    # The queue's own button takes no money.
    assert "is not paid yet" in text_of(desk.post("/panel/orders/1/move", {"to": "done"}))
    body = hidden_fields(desk.get(dialog_at.replace("&amp;", "&")))
    short = desk.post("/panel/shop/tab", {**body, "payment": "cash", "received": "3"})
    assert (short.status_code, floor.till()) == (400, 0)
    body |= {"payment": "cash", "received": "5"}
    for _ in range(2):
        done = text_of(desk.post("/panel/shop/tab", body))
        assert "€3.60 taken, give back €1.40." in done
    assert (order(floor, 1).status, floor.till()) == ("done", 360 * CENT)
    assert order(floor, 1).payments[0].given_micros == 5 * EURO
    late = desk.post("/panel/shop/tab", {**body, "key": "another"})
    assert "Order 1 is done already." in text_of(late)
    verify(floor)


def test_giving_back_opens_the_shift_it_needs(desk: Desk, floor: Floor) -> None:
    """On the page of the order, like a sale (the refusal offers it and the refund goes on)."""
    floor.add_product("Cola", 5, price_micros=2 * EURO)
    place(floor, {1: 2})
    place(floor, {1: 1}, status=Status.PENDING)
    floor.set(shift_required=True)
    till = floor.add_till()
    for act, number, more in (("refund", 1, {"pieces[1]": "1"}), ("cancel", 2, {})):
        body = {"reason": "cold", "key": f"{act}1", **more}
        refused = desk.post(f"/panel/orders/{number}/{act}", body)
        assert refused.status_code == 400
        assert "You have no open shift" in text_of(refused)
        assert hidden_fields(refused)["key"] == body["key"]
        assert 'value="cold"' in refused.text
        wrong = desk.post(
            f"/panel/orders/{number}/{act}", {**body, "open_till": till, "open_float": "x"}
        )
        assert "This is not an amount" in text_of(wrong)
        before = floor.till()
        again = {**body, "open_till": till, "open_float": "20"}
        for _ in range(2):
            done = desk.post(f"/panel/orders/{number}/{act}", again)
            assert "hx-redirect" in done.headers, text_of(done)
        assert before - floor.till() == 2 * EURO
        assert "€18.00" in text_of(desk.get("/panel/shift"))
        shift = number  # the first one, then the second
        desk.post(f"/panel/shifts/{shift}/count", {"counted": "18"})
        closed = desk.post(f"/panel/shifts/{shift}/close", {"left": "0", "key": f"z{number}"})
        assert "hx-redirect" in closed.headers, text_of(closed)
    verify(floor)


def test_a_cashier_sells_and_gives_no_discount(client: Client, floor: Floor) -> None:
    floor.add_product("Cola", 5)
    cashier = Desk(client, floor.hall.staff["staff"])
    page = cashier.get("/panel/shop")
    assert page.status_code == 200
    assert 'name="discount"' not in page.text
    dialog = cashier.get("/panel/shop/pay?item[1]=1")
    body = {**fields(dialog), "payment": "cash", "discount": "50", "discount_reason": "friend"}
    body["total"] = str(50 * CENT)
    refused = cashier.post("/panel/shop/pay", body)
    assert "You do not have the right for this." in text_of(refused)
    assert (floor.pieces(1), floor.till()) == (5, 0)


def test_a_package_is_a_tile_and_goes_to_who_was_named(desk: Desk, floor: Floor) -> None:
    floor.set(payment_method_pay_later=True, payment_method_mixed=True)
    floor.add_product("Cola", 5, price_micros=2 * EURO)
    night = floor.add_offer("Night <b>", 900, barcode="5001")
    floor.add_offer("Gone", 100, is_active=False)
    ada = floor.add_member("ada")
    page = desk.get("/panel/shop")
    assert f'data-product="o-{night}"' in page.text
    assert "Night &lt;b&gt;" in page.text
    assert "Gone" not in page.text
    items = f"item[1]=1&item[o-{night}]=2"
    nobody = text_of(desk.get(f"/panel/shop/ticket?{items}"))
    assert "Say for whom it is" in nobody
    assert "€20.00" in nobody
    dialog = desk.get(f"/panel/shop/pay?{items}&who=ada")
    assert "2 × Night" in text_of(dialog)
    assert "Sell for €20.00" in text_of(dialog)
    # A package is paid at once and in one way, so that nothing else is offered.
    assert 'value="later"' not in dialog.text
    assert 'name="second"' not in dialog.text
    for more, words in (
        ({"payment": "later"}, "a package is paid when it is sold"),
        ({"payment": "card", "second": "cash", "second_amount": "1"}, "can be only one"),
        ({"payment": "cash", "who": ""}, "Say for whom it is"),
    ):
        assert words in text_of(desk.post("/panel/shop/pay", {**fields(dialog), **more})), more
    for wrong in ("o-x", "o--", "o-99999"):
        assert "To pay" not in desk.get(f"/panel/shop/ticket?item[{wrong}]=1&who=ada").text
    sent = {**fields(dialog), "payment": "cash", "received": "50"}
    for _ in range(2):
        done = text_of(desk.post("/panel/shop/pay", sent))
        assert "€20.00 taken, give back €30.00." in done
    assert (len(floor.packages(ada)), floor.pieces(1), floor.till()) == (2, 4, 20 * EURO)
    one = text_of(desk.get("/panel/orders/1"))
    assert "€50.00 given, €30.00 change" in one
    verify(floor)


def test_the_offer_of_another_centre_is_not_sold(desk: Desk, floor: Floor) -> None:
    other = Floor(floor.store, open_hall(floor.store, 7778))
    theirs = other.add_offer("Theirs", 100)
    cola, ada = floor.add_product("Cola", 5), floor.add_member("ada")
    items = f"item[{cola}]=1&item[o-{theirs}]=1&who=ada"
    for page in ("ticket", "pay"):
        assert "Theirs" not in desk.get(f"/panel/shop/{page}?{items}").text
    body = {f"item[{cola}]": "1", f"item[o-{theirs}]": "1", "who": "ada", "payment": "cash"}
    told = desk.post("/panel/shop/pay", {**body, "total": str(2 * EURO), "key": "k"})
    assert told.status_code >= 400
    assert "Product not found" in text_of(told)
    assert (floor.packages(ada), floor.pieces(cola), floor.till(), other.till()) == ([], 5, 0, 0)


def test_what_an_order_brings_back_is_shown_before_and_given(
    desk: Desk, floor: Floor, freeze: clock.frozen
) -> None:
    floor.run(furnish, (floor, 1, 300))
    ada, cola = floor.add_member("ada"), floor.add_product("Cola", 5)
    night = floor.add_offer("Night", 900, minutes=60)
    placed = place(floor, {cola: 2}, packages={night: 1}, member_id=ada)
    floor.member(ada)
    freeze.advance(60 * 20)
    path = f"/panel/orders/{placed.order_id}"
    page = desk.get(path)
    assert "Night 1 × €6.00" in text_of(page)
    assert "Give back in cash €8.00 Together €8.00" in text_of(page)
    form = {**fields(page), "pieces[1]": "0", "pieces[2]": "1", "reason": "wrong"}
    assert form["shown[2]"] == str(6 * EURO)
    asked = desk.get(f"{path}/refund?pieces[1]=1&pieces[2]=0")
    assert ("Cola" in asked.text, "Night" in asked.text) == (True, False)
    assert "Together €1.00" in text_of(asked)
    assert "must be whole numbers" in text_of(desk.get(f"{path}/refund?pieces[1]=x"))
    # More than was shown is not given, and what was shown five minutes ago is.
    wrong = desk.post(f"{path}/refund", {**form, "shown[2]": str(9 * EURO)})
    assert "Night: another sum would go back by now; look again" in text_of(wrong)
    assert floor.till() == 11 * EURO
    freeze.advance(299)
    done = desk.post(f"{path}/refund", form)
    assert done.headers["hx-redirect"] == f"{path}?done=refunded"
    assert floor.till() == 5 * EURO
    assert "Cola 2 × €2.00" in text_of(desk.get(path))
    verify(floor)


def test_a_package_that_is_not_taken_back_says_so_in_the_form_of_its_order(
    desk: Desk, floor: Floor, freeze: clock.frozen
) -> None:
    floor.run(furnish, (floor, 1, 300))
    floor.set(refund_within_minutes=10)
    ada, cola = floor.add_member("ada"), floor.add_product("Cola", 5)
    placed = place(floor, {cola: 1}, packages={floor.add_offer("Night", 900): 1}, member_id=ada)
    floor.member(ada)
    freeze.advance(60 * 20)
    page = desk.get(f"/panel/orders/{placed.order_id}")
    assert "the package was used" in text_of(page)
    assert "not taken back" in text_of(page)
    assert "Together €1.00" in text_of(page)
    assert re.search(r'name="pieces\[2\]"[^>]* value="0"', page.text)


def test_a_combo_that_was_found_is_shown_and_sold(desk: Desk, floor: Floor) -> None:
    floor.set(tax1_percentage_micros=23 * EURO, tax_included_in_price=True)
    cola = floor.add_product("Cola", 5, price_micros=2 * EURO, coin_price_micros=10 * EURO)
    toast = floor.add_product("Toast", 5, price_micros=3 * EURO, coin_price_micros=20 * EURO)
    parts = tuple(ComboItem(Source.PRODUCT, each, 1) for each in (cola, toast))
    floor.add_product("Menu", price_micros=450 * CENT, combo=parts)
    ada = floor.add_member("ada")
    floor.give(ada, 30 * EURO, "coin", "coin_issued")
    items = f"item[{cola}]=1&item[{toast}]=1"
    ticket = text_of(desk.get(f"/panel/shop/ticket?{items}"))
    assert "Found by itself: 1 × Menu" in ticket
    assert "Pay €4.50" in ticket
    dialog = desk.get(f"/panel/shop/pay?{items}")
    desk.post("/panel/shop/pay", {**fields(dialog), "payment": "card"})
    assert [line.name for line in order(floor, 1).lines] == ["Menu"]
    assert floor.till("card") == 450 * CENT
    # Coins pay for what stands on the ticket.
    dialog = desk.get(f"/panel/shop/pay?{items}&who=ada")
    desk.post("/panel/shop/pay", {**fields(dialog), "payment": "coin"})
    assert [line.name for line in order(floor, 2).lines] == ["Cola", "Toast"]
    assert (floor.pieces(cola), floor.pieces(toast)) == (3, 3)
    verify(floor)
