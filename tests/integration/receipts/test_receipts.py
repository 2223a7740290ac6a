"""Receipts made from what is stored: every kind, word for word, on both databases."""

from __future__ import annotations

import re
from typing import Any

import pytest
from alembic import command

from lanhouse.cafe.centers.schemas import PaymentSettings, Settings
from lanhouse.cafe.money.commands import Expense, take_expense
from lanhouse.cafe.receipts.commands import PrintDocument, issue
from lanhouse.cafe.receipts.queries import head_at, log_of_end, log_of_sale, log_of_topup, receipt
from lanhouse.cafe.receipts.queries.items import receipt_of_items
from lanhouse.cafe.receipts.schemas import Document, Item, Kind, Paper, TaxRate
from lanhouse.cafe.receipts.wire import receipt_lines
from lanhouse.cafe.receipts.wire.documents import shown
from lanhouse.cafe.receipts.wire.files import pdf, plain_text
from lanhouse.cafe.settings.commands import SettingsInput, save_settings
from lanhouse.cafe.topups.commands import top_up
from lanhouse.cafe.topups.schemas import TopUp
from lanhouse.db.migrate import config_for, migrate
from lanhouse.db.store import Store
from lanhouse.kit import clock
from lanhouse.kit.errors import NotFound
from lanhouse.kit.money import MICROS
from tests.builders.centers import Hall, open_hall
from tests.builders.floor import DESK, EURO, Floor, later, open_floor
from tests.builders.nouns.orders import place


@pytest.fixture
def floor(store: Store) -> Floor:
    return open_floor(store, price_cents=300)


def change(floor: Floor, **payment: Any) -> None:
    given = SettingsInput(center=floor.center, values={"payment": payment})
    floor.run(save_settings, given)


def text_of_log(floor: Floor, log_id: int, columns: int = 32) -> list[str]:
    document = Document(Kind.LOG, log_id)
    found = floor.store.read_sync(shown, floor.center, DESK, document)
    return plain_text(found.lines, columns).splitlines()


def body_of(floor: Floor, log_id: int) -> list[str]:
    """What stands between the number and the owner's line."""
    lines = text_of_log(floor, log_id)
    first = next(at for at, text in enumerate(lines) if text.startswith("Receipt "))
    return lines[first + 1 : -2]


def newest(floor: Floor, event: str) -> int:
    return floor.logs(event)[-1].id


def test_time_paid_before_and_checked_out(floor: Floor, freeze: clock.frozen) -> None:
    floor.pay(6 * EURO, "PC01", payment="card")
    (session_id,) = floor.session_ids()
    assert floor.store.read_sync(log_of_sale, 7777, session_id) == newest(floor, "ADDTIME")
    assert text_of_log(floor, newest(floor, "ADDTIME")) == [
        "   Hall 7777",
        "",
        f"Receipt {newest(floor, 'ADDTIME')}".ljust(16) + "2026-03-04 12:00",
        "PC                          PC01",
        "Served by                    Kim",
        "-" * 32,
        "Time paid in advance, PC01  6.00",
        "-" * 32,
        "Total                      €6.00",
        "Card                        6.00",
        "",
        "      Not a fiscal receipt",
    ]
    freeze.advance(3600)
    floor.check_out("PC01")
    end = floor.store.read_sync(log_of_end, 7777, session_id)
    assert end == newest(floor, "CHECKOUT")
    assert body_of(floor, end) == [
        "PC                          PC01",
        "Served by                    Kim",
        "-" * 32,
        "1 h Default                 3.00",
        "  12:00-13:00, 3.00/h",
        "-" * 32,
        "Total                      €3.00",
        "Paid before                 6.00",
        "Given back on the card      3.00",
    ]


def test_a_postpaid_guest_pays_at_the_end(floor: Floor, freeze: clock.frozen) -> None:
    floor.guest("postpaid", "PC02")
    freeze.advance(1800)
    floor.check_out("PC02", payment="qr")
    assert body_of(floor, newest(floor, "CHECKOUT"))[3:] == [
        "30 min Default              1.50",
        "  12:00-12:30, 3.00/h",
        "-" * 32,
        "Total                      €1.50",
        "QR                          1.50",
    ]


def test_a_member_pays_from_the_balance(floor: Floor, freeze: clock.frozen) -> None:
    member_id = floor.add_member("ann")
    floor.give(member_id, 5 * EURO)
    floor.member(member_id)
    freeze.advance(3600)
    floor.check_out("PC01")
    assert body_of(floor, newest(floor, "CHECKOUT"))[-3:] == [
        "-" * 32,
        "Total                      €3.00",
        "From balance                3.00",
    ]


def test_a_package_and_its_tax(floor: Floor, freeze: clock.frozen) -> None:
    change(floor, tax4_name="VAT", tax4_percentage_micros=19 * MICROS, tax_included_in_price=True)
    offer_id = floor.add_offer("Night <10 h>", 1190, minutes=600)
    floor.guest("offer", "PC01", offer_id=offer_id)
    assert body_of(floor, newest(floor, "OFFER"))[3:] == [
        "Package: Night <10 h>      11.90",
        "-" * 32,
        "Total                     €11.90",
        "VAT 19 % in it              1.90",
        "Cash                       11.90",
    ]
    floor.verify()


@pytest.mark.parametrize("payment", ["cash", "balance"])
def test_a_booking_and_what_went_back(floor: Floor, freeze: clock.frozen, payment: str) -> None:
    """What was paid for which seat and hour, and the same given back by the same tender."""
    change(floor, tax4_name="VAT", tax4_percentage_micros=19 * MICROS, tax_included_in_price=True)
    ann = floor.add_member("ann", balance=10 * EURO)
    book = {"member_id": ann} if payment == "balance" else {"payment": "cash"}
    booking = floor.book_one("PC01", at=later(3600), **book)
    paid = newest(floor, "OFFER")
    begins, ends = f"{booking.starts_at:%Y-%m-%d %H:%M}", f"{booking.ends_at:%H:%M}"
    told = text_of_log(floor, paid, 60)
    assert any(f"Booking: PC01, {begins} – {ends}" in line for line in told)
    assert any(line.startswith("VAT 19 % in it") and line.endswith("0.48") for line in told)
    name = {"cash": "Cash", "balance": "From balance"}[payment]
    assert any(line.startswith(name) and line.endswith("3.00") for line in told)
    floor.cancel(booking.id)
    back = newest(floor, "OFFER")
    assert back != paid
    told = text_of_log(floor, back, 60)
    assert any(f"Booking: PC01, {begins} – {ends}" in line for line in told)
    name = {"cash": "Given back in cash", "balance": "Back on the balance"}[payment]
    assert any(line.startswith(name) and line.endswith("3.00") for line in told)
    assert any(line.startswith("Total") and line.endswith("3.00") for line in told)
    # It is on paper as any other: the first print is the original.
    cmd = PrintDocument(center=floor.center, actor=DESK, document=Document(Kind.LOG, back))
    assert [floor.run(issue, cmd).number for _ in range(2)] == [1, 2]
    floor.verify()


def test_a_top_up_and_its_way_back(floor: Floor, freeze: clock.frozen) -> None:
    member_id = floor.add_member("ann")

    def put(micros: int, **more: Any) -> int:
        cmd = TopUp(
            center=floor.center, actor=DESK, member_ids=[member_id], value_micros=micros, **more
        )
        return floor.run(top_up, cmd).order_ids[0]

    order_id = put(20 * EURO, payment="cash")
    assert floor.store.read_sync(log_of_topup, 7777, order_id) == newest(floor, "TOPUP")
    assert body_of(floor, newest(floor, "TOPUP"))[2:] == [
        "-" * 32,
        "Top-up                     20.00",
        "-" * 32,
        "Total                     €20.00",
        "Cash                       20.00",
    ]
    put(-5 * EURO, payment="cash", comment="Too much")
    assert body_of(floor, newest(floor, "TOPUP"))[2:] == [
        "-" * 32,
        "Top-up                     -5.00",
        "Too much",
        "-" * 32,
        "Total                     −€5.00",
        "Given back in cash          5.00",
    ]


def test_cash_for_the_house_is_a_voucher(floor: Floor, freeze: clock.frozen) -> None:
    floor.pay(6 * EURO, "PC01")
    cmd = Expense(center=floor.center, actor=DESK, amount_micros=2 * EURO, comment="Milk")
    floor.run(take_expense, cmd)
    assert body_of(floor, newest(floor, "EXPENSE"))[1:] == [
        "-" * 32,
        "For the house              -2.00",
        "Milk",
        "-" * 32,
        "Total                     −€2.00",
        "Given back in cash          2.00",
    ]


def test_lines_of_an_order_stand_in_place_of_the_rows_own(
    floor: Floor, freeze: clock.frozen
) -> None:
    """What an order hands over: its goods, their taxes, their sum."""
    change(
        floor,
        tax1_name="Food",
        tax1_percentage_micros=7 * MICROS,
        tax_included_in_price=True,
        receipt_language="de",
    )
    floor.pay(6 * EURO, "PC01")
    (row,) = floor.logs("ADDTIME")
    items = [
        Item(kind="goods", name="Cola 0.5 l", quantity=2, amount_micros=5 * EURO, tax_number=1),
        Item(kind="goods", name="Black-and-white print", amount_micros=1 * EURO),
    ]
    head = floor.store.read_sync(head_at, floor.center, row.at)
    made = receipt_of_items(row, head, items, "EUR")
    assert made.total_micros == 6 * EURO
    lines = receipt_lines(made, Paper(head=head, currency="EUR"))
    text = plain_text(lines, 32)
    assert "Cola 0.5 l                  5,00\n  2 x 2,50\n" in text
    assert "Black-and-white print       1,00\n" in text
    assert "0,33\n" in text


def test_goods_are_told_line_by_line_with_the_taxes_agreed(floor: Floor) -> None:
    change(floor, tax1_name="Food", tax1_percentage_micros=7 * MICROS, tax_included_in_price=True)
    cola = floor.add_product("Cola", 9, price_micros=250 * 10_000, tax_id=1)
    water = floor.add_product("Water", 9, price_micros=EURO, tax_id=0)
    place(floor, {cola: 2, water: 1})
    change(floor, tax1_percentage_micros=19 * MICROS)
    body = body_of(floor, newest(floor, "SALE"))
    assert any(re.fullmatch(r"Cola +5\.00", text) for text in body), body
    assert "  2 x 2.50" in body
    assert any(re.fullmatch(r"Water +1\.00", text) for text in body)
    assert any(re.fullmatch(r"Food 7 % in it +0\.33", text) for text in body), "\n".join(body)


def test_a_receipt_of_before_is_printed_as_it_was(floor: Floor, freeze: clock.frozen) -> None:
    """Another tax, name and note hold for what is sold after them."""
    change(floor, tax4_name="VAT", tax4_percentage_micros=19 * MICROS, tax_included_in_price=True)
    floor.guest("postpaid", "PC01")
    freeze.advance(3600)
    floor.check_out("PC01")
    log_id = newest(floor, "CHECKOUT")
    before = text_of_log(floor, log_id)
    assert "VAT 19 % in it              0.48" in before
    freeze.advance(60)
    change(
        floor,
        tax4_percentage_micros=25 * MICROS,
        receipt_note="Come back soon",
        receipt_address="1 Main St\nTown",
        receipt_tax_number="DE 1",
        receipt_link="https://a.test",
    )
    assert text_of_log(floor, log_id) == before
    floor.guest("postpaid", "PC01")
    freeze.advance(3600)
    floor.check_out("PC01")
    after = text_of_log(floor, newest(floor, "CHECKOUT"))
    assert "VAT 25 % in it              0.60" in after
    assert [text.strip() for text in after[:4]] == [
        "Hall 7777",
        "1 Main St",
        "Town",
        "Tax number DE 1",
    ]
    assert [text.strip() for text in after[-3:]] == ["Come back soon", "", "https://a.test"]


def test_the_first_print_is_the_original_and_the_others_are_copies(floor: Floor) -> None:
    floor.pay(6 * EURO, "PC01")
    log_id = newest(floor, "ADDTIME")
    cmd = PrintDocument(center=floor.center, actor=DESK, document=Document(Kind.LOG, log_id))
    original = text_of_log(floor, log_id)
    assert [floor.run(issue, cmd).number for _ in range(3)] == [1, 2, 3]
    copy = text_of_log(floor, log_id)
    assert copy.pop(3) == "Copy"
    assert copy == original


def test_no_paper_but_the_ticket_names_a_log_in(floor: Floor, freeze: clock.frozen) -> None:
    floor.pay(6 * EURO, "PC01")
    freeze.advance(60)
    floor.check_out("PC01")
    for event in ("ADDTIME", "CHECKOUT"):
        text = "\n".join(text_of_log(floor, newest(floor, event)))
        assert "secret" not in text
        assert "Password" not in text
        assert "G_" not in text


def test_another_centres_row_has_no_receipt(floor: Floor) -> None:
    floor.pay(6 * EURO, "PC01")
    log_id = newest(floor, "ADDTIME")
    other = Floor(floor.store, open_hall(floor.store, 7778))
    with pytest.raises(NotFound):
        floor.store.read_sync(receipt, other.center, log_id)
    with pytest.raises(NotFound):
        floor.store.read_sync(log_of_sale, 7778, floor.session_ids()[0])


def test_a_pdf_holds_every_language(floor: Floor) -> None:
    change(floor, receipt_address="Größe, Привет, Łódź, ğış", receipt_link="https://a.test")
    floor.pay(6 * EURO, "PC01")
    document = Document(Kind.LOG, newest(floor, "ADDTIME"))
    found = floor.store.read_sync(shown, floor.center, DESK, document)
    for columns in (32, 42, 48):
        made = pdf(found.lines, "Receipt", columns)
        assert made.startswith(b"%PDF-")
        assert b"DejaVuSansMono" in made


def test_centres_of_before_keep_what_their_receipts_said(store: Store) -> None:
    """The migration writes it down before somebody changes it."""
    open_hall(store)
    stored = Settings(
        payment=PaymentSettings(
            tax4_name="VAT", tax4_percentage_micros=19 * MICROS, tax_included_in_price=True
        )
    )
    open_hall(store, 7778, settings=stored)
    with store.engine.connect() as connection, connection.begin():
        command.downgrade(config_for(connection), "0036")
    migrate(store)
    floor = Floor(store, Hall(store, 7778, "", {}))
    at = clock.now()
    change(floor, tax4_percentage_micros=25 * MICROS)
    before = store.read_sync(head_at, floor.center, at)
    assert (before.name, before.is_tax_included) == ("Hall 7778", True)
    assert before.taxes[3] == TaxRate("VAT", 19 * MICROS)
    assert before.note == "Not a fiscal receipt"
    after = store.read_sync(head_at, floor.center, clock.now())
    assert after.taxes[3] == TaxRate("VAT", 25 * MICROS)
    plain = Floor(store, Hall(store, 7777, "", {}))
    assert store.read_sync(head_at, plain.center, clock.now()).is_tax_included is False
