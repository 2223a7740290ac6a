"""Several PCs together at the desk: one sale, one bill, several payers, and what is left open."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lanhouse.app import create_app
from lanhouse.cafe.sessions.queries.bundles import open_bundles
from lanhouse.db.store import Store
from lanhouse.settings import AppSettings
from tests.builders.client import Client
from tests.builders.floor import EURO, Floor, open_floor
from tests.contract.pages.test_pages import Desk, hidden_fields, text_of

TOGETHER = "/panel/computers/together"
SETTLE = "/panel/computers/settle"
HOUR = 3600


@pytest.fixture
def floor(sqlite_store: Store) -> Floor:
    return open_floor(sqlite_store, pcs_count=4, price_cents=300)


@pytest.fixture
def client(floor: Floor, tmp_path: Path) -> Iterator[Client]:
    settings = AppSettings(data_dir=tmp_path, api_rate_per_minute=0)
    with Client(create_app(settings, floor.store, with_ticker=False)) as opened:
        yield opened


@pytest.fixture
def desk(client: Client, floor: Floor) -> Desk:
    return Desk(client, floor.hall.staff["staff"])


def started(desk: Desk, floor: Floor, *names: str, **form: Any) -> int:
    fields = {"pc": list(names), "kind": "time", "minutes": "60", "key": "k", **form}
    answer = desk.post(TOGETHER, fields)
    assert "data-done" in answer.text, text_of(answer)
    return floor.store.read_sync(open_bundles, 7777)[-1].id


def test_the_sum_that_is_shown_is_the_sum_that_is_taken(desk: Desk, floor: Floor) -> None:
    page = desk.get(f"{TOGETHER}?pc=PC02&pc=PC01")
    assert "PC01, PC02" in text_of(page)
    assert "Take €6.00 and start 2 PCs" in text_of(page)
    quote = desk.get(f"{TOGETHER}/quote?pc=PC02&pc=PC01&kind=time&minutes=90")
    assert "Take €9.00 and start 2 PCs" in text_of(quote)
    form = {**hidden_fields(page), "pc": ["PC01", "PC02"], "kind": "time", "minutes": "60"}
    wrong = desk.post(TOGETHER, {**form, "total": str(5 * EURO)})
    assert "the sum to pay has changed" in text_of(wrong)
    assert floor.till() == 0
    done = desk.post(TOGETHER, {**form, "payment": "card"})
    assert "PC01, PC02 run together. €6.00 taken." in text_of(done)
    assert done.text.count("lh-login") == 2
    again = desk.post(TOGETHER, {**form, "payment": "card"})
    assert "PC01, PC02 run together." in text_of(again)
    assert floor.till("card") == 6 * EURO
    floor.verify()


def test_the_same_form_twice_sells_once(desk: Desk, floor: Floor) -> None:
    form = {"pc": ["PC01", "PC02"], "kind": "money", "amount": "2,50", "key": "once"}
    for _ in range(3):
        assert "€5.00 taken." in text_of(desk.post(TOGETHER, form))
    assert floor.till() == 5 * EURO
    assert len(floor.session_ids()) == 2


@pytest.mark.parametrize(
    ("form", "reason"),
    [
        ({"pc": ["PC01"]}, "must be 2 PCs or more"),
        ({"pc": ["PC01", "PC09"]}, "PC09: there is no such PC"),
        ({"pc": ["PC01", "PC02"], "kind": "money", "amount": "x"}, "This is not an amount"),
        ({"pc": ["PC01", "PC02"], "minutes": "0"}, "either minutes or an amount is required"),
        ({"pc": ["PC01", "PC02"], "payment": "shells"}, "must be one of cash, card, qr"),
        ({"room": "1"}, "Room not found"),
        ({"pc": ["PC01", "PC02"], "minutes": "40000"}, "If it is meant, press again"),
    ],
)
def test_what_cannot_be_sold_is_told_and_sells_nothing(
    desk: Desk, floor: Floor, form: dict[str, Any], reason: str
) -> None:
    answer = desk.post(TOGETHER, {"kind": "time", "key": "k", **form})
    assert 400 <= answer.status_code < 500
    assert reason in text_of(answer)
    assert floor.till() == 0
    assert floor.session_ids() == []


def test_the_side_panel_shows_the_bundle_and_its_one_bill(
    desk: Desk, floor: Floor, freeze: Any
) -> None:
    bundle = started(desk, floor, "PC01", "PC02", kind="postpaid")
    freeze.advance(HOUR)
    panel = desk.get("/panel/computers/panel?pc=PC01")
    assert "Together €6.00 PC01 PC02" in text_of(panel)
    assert "Check out all: €6.00" in text_of(panel)
    assert f"/panel/computers/settle?bundle={bundle}" in panel.text
    page = desk.get(f"{TOGETHER}/add?bundle={bundle}")
    assert "PC03" in text_of(page)
    added = desk.post(f"{TOGETHER}/add", {**hidden_fields(page), "pc": "PC03"})
    assert "PC03 runs." in text_of(added)
    left = desk.post(f"{TOGETHER}/leave", {"bundle": bundle, "pc": "PC02", "key": "l"})
    assert "PC02 goes on by itself." in text_of(left)
    assert "Check out all: €3.00" in text_of(desk.get("/panel/computers/panel?pc=PC01"))
    assert "Together" not in text_of(desk.get("/panel/computers/panel?pc=PC02"))


def test_all_are_checked_out_in_one_act(desk: Desk, floor: Floor, freeze: Any) -> None:
    bundle = started(desk, floor, "PC01", "PC02", kind="postpaid")
    freeze.advance(HOUR)
    page = desk.get(f"{SETTLE}?bundle={bundle}")
    assert "Still to pay €6.00" in text_of(page)
    form = {**hidden_fields(page), "pc": ["PC01", "PC02"], "payment": "cash"}
    short = desk.post(SETTLE, {**form, "received": "5"})
    assert "is less than what is to be paid" in text_of(short)
    assert floor.is_busy("PC01")
    done = desk.post(SETTLE, {**form, "received": "10"})
    assert "PC01, PC02 are free. €6.00 taken. Give back €4.00." in text_of(done)
    assert desk.post(SETTLE, {**form, "received": "10"}).text == done.text
    assert floor.till() == 6 * EURO
    (link,) = re.findall(r'href="(/panel/bills/\d+)"', done.text)
    receipt = text_of(desk.get(link))
    assert "PC01 1 h" in receipt
    assert "Together €6.00 Paid in cash €6.00" in receipt
    floor.verify()


def test_one_refund_of_a_prepaid_bundle(desk: Desk, floor: Floor, freeze: Any) -> None:
    bundle = started(desk, floor, "PC01", "PC02", payment="card")
    freeze.advance(1800)
    page = desk.get(f"{SETTLE}?bundle={bundle}")
    assert "Give back on the card €3.00" in text_of(page)
    done = desk.post(SETTLE, {**hidden_fields(page), "pc": ["PC01", "PC02"]})
    assert "€3.00 given back on the card." in text_of(done)
    assert floor.till("card") == 3 * EURO
    floor.verify()


def test_three_payers_share_a_bill(client: Client, desk: Desk, floor: Floor, freeze: Any) -> None:
    floor.set(payment_method_mixed=True)
    floor.guests("postpaid", "PC01", "PC02")
    freeze.advance(HOUR + 2)
    page = desk.get(f"{SETTLE}?pc=PC01&pc=PC02&ways=3")
    assert page.text.count('name="part"') == 3
    form = {**hidden_fields(page), "pc": ["PC01", "PC02"], "ways": "3"}
    parts = {"part": ["2.00", "2.00", "1.99"], "tender": ["cash", "card", "qr"]}
    wrong = desk.post(SETTLE, {**form, **parts})
    assert "the parts are 5.99 together; 6.00 is to be paid" in text_of(wrong)
    assert 'value="1.99"' in wrong.text
    assert floor.is_busy("PC01")
    done = desk.post(SETTLE, {**form, **parts, "part": ["2.00", "2.00", "2,00"]})
    assert "€6.00 taken." in text_of(done)
    assert [floor.till(kind) for kind in ("cash", "card", "qr")] == [2 * EURO] * 3
    second = floor.session_ids()[1]
    receipt = text_of(desk.get(f"/panel/receipts/{second}"))
    assert "Paid by card €1.00 Paid by QR €2.00" in receipt
    floor.verify()


def test_a_part_stays_on_the_bill_of_the_others(desk: Desk, floor: Floor, freeze: Any) -> None:
    bundle = started(desk, floor, "PC01", "PC02", kind="postpaid")
    freeze.advance(HOUR)
    page = desk.get(f"{SETTLE}?pc=PC01")
    assert "Leave it on the bill of the others" in text_of(page)
    done = desk.post(SETTLE, {**hidden_fields(page), "pc": ["PC01"], "later": "1"})
    assert "PC01 is free. €3.00 left open." in text_of(done)
    panel = text_of(desk.get("/panel/computers/panel?pc=PC02"))
    assert "PC01, left open before €3.00" in panel
    assert "Check out all: €6.00" in panel
    # The plain check-out of the last PC is that bill too.
    assert "Left open before PC01" in text_of(desk.get("/panel/computers/check-out?pc=PC02"))
    page = desk.get(f"{SETTLE}?bundle={bundle}")
    assert "Left open before PC01" in text_of(page)
    form = {**hidden_fields(page), "pc": ["PC02"], "payment": "card"}
    assert "€6.00 taken." in text_of(desk.post(SETTLE, form))
    assert floor.till("card") == 6 * EURO
    assert floor.debts() == []
    floor.verify()


def test_the_bill_of_one_pc_is_shared_from_its_check_out(
    client: Client, desk: Desk, floor: Floor, freeze: Any
) -> None:
    floor.set(payment_method_mixed=True, payment_method_pay_later=True)
    floor.guest("postpaid", "PC01")
    freeze.advance(HOUR)
    page = desk.get("/panel/computers/check-out?pc=PC01")
    assert f'hx-get="{SETTLE}?ways=2&amp;pc=PC01"' in page.text
    assert "Share the bill Cancel" in text_of(page)
    manager = Desk(client, floor.hall.staff["manager"])
    asked = text_of(manager.get("/panel/computers/check-out?pc=PC01"))
    assert "Share the bill, or pay later" in asked
    bill = desk.get(f"{SETTLE}?pc=PC01&ways=2")
    assert "Check out PC01" in text_of(bill)
    assert "Take €3.00 and free PC01" in text_of(bill)
    form = {**hidden_fields(bill), "pc": ["PC01"], "ways": "2"}
    desk.post(SETTLE, {**form, "part": ["2.00", "1.00"], "tender": ["cash", "card"]})
    assert (floor.till(), floor.till("card")) == (2 * EURO, EURO)
    assert not floor.is_busy("PC01")
    floor.verify()


def test_a_bill_is_left_open_and_paid_another_day(
    client: Client, floor: Floor, freeze: Any
) -> None:
    floor.set(payment_method_pay_later=True)
    manager = Desk(client, floor.hall.staff["manager"])
    cashier = Desk(client, floor.hall.staff["staff"])
    session = floor.guest("postpaid", "PC01")
    freeze.advance(HOUR)
    assert "Pay later" not in text_of(cashier.get(f"{SETTLE}?pc=PC01"))
    page = manager.get(f"{SETTLE}?pc=PC01")
    form = {**hidden_fields(page), "pc": ["PC01"], "later": "1"}
    assert "You do not have the right for this." in text_of(cashier.post(SETTLE, form))
    asked = manager.post(SETTLE, form)
    assert "is required: who pays later?" in text_of(asked)
    assert floor.is_busy("PC01")
    done = manager.post(SETTLE, {**form, "comment": "Kim of the bar"})
    assert "€3.00 left open." in text_of(done)
    assert "PC01" in text_of(cashier.get("/panel/debts"))
    dialog = cashier.get(f"/panel/computers/debt?session={session.id}")
    assert "Left open: PC01" in text_of(dialog)
    paid = cashier.post("/panel/computers/debt", {**hidden_fields(dialog), "payment": "card"})
    assert "€3.00 taken." in text_of(paid)
    assert floor.till("card") == 3 * EURO
    again = cashier.get(f"/panel/computers/debt?session={session.id}")
    assert again.status_code == 404
    floor.verify()


def test_a_piece_of_a_name_owes_a_bill_only_when_its_member_was_shown(
    client: Client, floor: Floor, freeze: Any
) -> None:
    floor.set(payment_method_pay_later=True, pay_later='{"member_groups":["0"]}')
    ann = floor.add_member("ann", first_name="Anna")
    floor.add_member("bea_x", first_name="Beatrix")
    manager = Desk(client, floor.hall.staff["manager"])
    floor.guest("postpaid", "PC01")
    freeze.advance(HOUR)
    page = manager.get(f"{SETTLE}?pc=PC01")
    form = {**hidden_fields(page), "pc": ["PC01"], "later": "1"}
    unsure = manager.post(SETTLE, {**form, "member": "Anna"})
    assert "Is this who is meant? Then press again." in text_of(unsure)
    assert floor.owes(ann) == 0
    # Somebody else is typed than was shown: asked again.
    shown = {**hidden_fields(unsure), "pc": ["PC01"], "later": "1"}
    assert "Is this who is meant?" in text_of(manager.post(SETTLE, {**shown, "member": "Beatrix"}))
    assert floor.is_busy("PC01")
    done = manager.post(SETTLE, {**shown, "member": "Anna"})
    assert "PC01 is free." in text_of(done)
    assert floor.owes(ann) == 3 * EURO
    assert floor.till() == 0
    floor.verify()


def test_every_dialog_about_money_opens_the_shift_it_needs(
    client: Client, floor: Floor, freeze: Any
) -> None:
    """Paying what was left open, and one more PC for a bundle."""
    desk = Desk(client, floor.hall.staff["manager"])
    floor.set(payment_method_pay_later=True)
    session = floor.guest("postpaid", "PC01")
    freeze.advance(HOUR)
    page = desk.get(f"{SETTLE}?pc=PC01")
    desk.post(SETTLE, {**hidden_fields(page), "pc": ["PC01"], "later": "1", "comment": "Kim"})
    bundle = floor.together("prepaid", "PC02", "PC03", minutes=60).bundle.id
    before = floor.till()
    # As another browser does: what this one has read already is told of it.
    url, on = "/api/native/v1/settings/payment", {"shift_required": 1}
    assert client.raw("PUT", url, key=floor.hall.api_key, json=on).status_code == 200
    till = floor.add_till()
    debt = hidden_fields(desk.get(f"/panel/computers/debt?session={session.id}"))
    joined = {"bundle": bundle, "pc": "PC04", "key": "join"}
    for url, form in (
        ("/panel/computers/debt", debt | {"payment": "cash", "received": "5"}),
        (f"{TOGETHER}/add", joined | {"payment": "cash"}),
    ):
        refused = desk.post(url, form)
        assert "You have no open shift" in text_of(refused)
        assert hidden_fields(refused)["key"] == form["key"]
        assert floor.till() == before
    going = {"open_till": till, "open_float": "20"}
    short = desk.post("/panel/computers/debt", debt | going | {"payment": "cash", "received": "2"})
    assert (short.status_code, floor.till()) == (422, before)
    for _ in range(2):
        paid = desk.post(
            "/panel/computers/debt", debt | going | {"payment": "cash", "received": "5"}
        )
        assert "€3.00 taken. Give back €2.00." in text_of(paid)
    assert floor.till() == before + 3 * EURO
    wrong = desk.post(f"{TOGETHER}/add", joined | {"payment": "shells"})
    assert "must be one of cash, card, qr" in text_of(wrong)
    assert not floor.is_busy("PC04")
    assert desk.post(f"{TOGETHER}/add", joined | {"payment": "card"}).status_code == 200
    assert floor.is_busy("PC04")
    floor.verify()


def test_cash_for_several_pcs_is_counted_and_too_little_refused(desk: Desk, floor: Floor) -> None:
    page = desk.get(f"{TOGETHER}?pc=PC01&pc=PC02")
    assert 'data-due="6.00"' in page.text
    assert 'name="received"' in page.text
    form = {**hidden_fields(page), "pc": ["PC01", "PC02"], "kind": "time", "minutes": "60"}
    form |= {"payment": "cash", "received": "5"}
    short = desk.post(TOGETHER, form)
    assert short.status_code >= 400
    assert (floor.is_busy("PC01"), floor.till()) == (False, 0)
    told = text_of(desk.post(TOGETHER, form | {"received": "10"}))
    assert "run together. €6.00 taken. Give back €4.00." in told
    assert floor.till() == 6 * EURO
    floor.verify()


def test_a_whole_room_is_sold_from_the_panel_of_one_of_its_pcs(
    client: Client, floor: Floor
) -> None:
    room = floor.add_room("Lounge", "L01", "L02", "L03")
    floor.break_pc("L03")
    desk = Desk(client, floor.hall.staff["staff"])
    assert "Start all of Lounge" not in text_of(desk.get("/panel/computers/panel?pc=L01"))
    floor.set(pc_area_info_extend='{"Lounge":{"allow_pay_by_room":1}}')
    desk = Desk(client, floor.hall.staff["manager"])
    assert "Start all of Lounge" in text_of(desk.get("/panel/computers/panel?pc=L01"))
    page = desk.get(f"{TOGETHER}?room={room}")
    assert "Start Lounge together L01, L02" in text_of(page)
    form = {**hidden_fields(page), "kind": "postpaid", "total": "0"}
    assert "L01, L02 run together." in text_of(desk.post(TOGETHER, form))
    assert "Lounge €0.00 L01 L02" in text_of(desk.get("/panel/computers/panel?pc=L02"))


def test_a_sum_that_is_too_old_is_shown_anew(desk: Desk, floor: Floor, freeze: Any) -> None:
    floor.guests("postpaid", "PC01", "PC02")
    freeze.advance(HOUR)
    page = desk.get(f"{SETTLE}?pc=PC01&pc=PC02")
    freeze.advance(301)
    form = {**hidden_fields(page), "pc": ["PC01", "PC02"], "payment": "cash"}
    answer = desk.post(SETTLE, form)
    assert answer.status_code == 409
    assert "The bill has changed since it was shown." in text_of(answer)
    assert "€6.50" in text_of(answer)
    assert floor.till() == 0


def test_another_centres_bill_is_none(desk: Desk, floor: Floor, freeze: Any) -> None:
    assert desk.get("/panel/bills/1").status_code == 404
    assert desk.get(f"{SETTLE}?bundle=1").status_code == 409
    assert desk.get(f"{TOGETHER}/add?bundle=1").status_code == 404


def test_adding_a_pc_shows_its_sum_and_takes_it(client: Client, floor: Floor, freeze: Any) -> None:
    desk = Desk(client, floor.hall.staff["staff"])
    bundle = started(desk, floor, "PC01", "PC02")
    freeze.advance(1800)
    page = desk.get(f"{TOGETHER}/add?bundle={bundle}")
    assert "Take €1.50 and start 1 PC" in text_of(page)
    assert 'data-due="1.50"' in page.text
    assert 'name="received"' in page.text
    quote = desk.get(f"{TOGETHER}/add/quote?bundle={bundle}&pc=PC04&payment=card")
    assert "PC04" in text_of(quote)
    assert "PC03" not in text_of(quote)
    form = {**hidden_fields(page), "pc": "PC04", "payment": "cash"}
    short = desk.post(f"{TOGETHER}/add", {**form, "received": "1.49"})
    assert "is less than what is to be paid" in text_of(short)
    for untrue in ("1", str(EURO + EURO // 2 + EURO), "1490000"):
        assert "the sum to pay has changed" in text_of(
            desk.post(f"{TOGETHER}/add", {**form, "total": untrue})
        )
    assert (floor.is_busy("PC04"), floor.till()) == (False, 6 * EURO)
    # While the cashier looks for change it gets cheaper; what was shown is what is taken.
    freeze.advance(299)
    done = desk.post(f"{TOGETHER}/add", {**form, "received": "2"})
    assert "PC04 runs. €1.50 taken. Give back €0.50." in text_of(done)
    assert floor.till() == 6 * EURO + EURO * 3 // 2
    late = desk.get(f"{TOGETHER}/add?bundle={bundle}")
    freeze.advance(330)
    told = desk.post(f"{TOGETHER}/add", {**hidden_fields(late), "pc": "PC03"})
    assert "the sum to pay has changed" in text_of(told)
    assert not floor.is_busy("PC03")
    floor.verify()


def test_a_hall_of_more_than_may_wait_for_a_password_starts_together(
    desk: Desk, floor: Floor
) -> None:
    names = [f"R{number:02}" for number in range(1, 81)]
    floor.add_pcs(*names)
    form = {"pc": names, "kind": "postpaid", "key": "all"}
    answer = desk.post(TOGETHER, form)
    assert answer.text.count("lh-login") == len(names)
    assert len(floor.session_ids()) == len(names)
