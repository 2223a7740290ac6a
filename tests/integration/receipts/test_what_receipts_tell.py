"""The owner's settings of receipts: logo, more about the centre, and the device that signs."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import msgspec
import pytest
import sqlalchemy as sa
from alembic import command
from PIL import Image

from lanhouse.cafe.centers.commands.pictures import ShowPicture, show_picture
from lanhouse.cafe.centers.queries.pictures import LOGO
from lanhouse.cafe.printing.rules.escpos import strip
from lanhouse.cafe.printing.schemas import Line
from lanhouse.cafe.receipts.commands import PrintDocument, issue
from lanhouse.cafe.receipts.queries import head_at, paper_of, receipt
from lanhouse.cafe.receipts.schemas import Document, Head, Kind, Receipt
from lanhouse.cafe.receipts.tables import receipt_heads, receipt_issues
from lanhouse.cafe.receipts.wire import receipt_lines
from lanhouse.cafe.receipts.wire.documents import shown
from lanhouse.cafe.receipts.wire.files import pdf, plain_text, shown_rows
from lanhouse.cafe.settings.commands import SettingsInput, save_settings
from lanhouse.db.migrate import config_for, migrate
from lanhouse.db.store import Store
from lanhouse.kit import clock
from lanhouse.kit.money import MICROS
from lanhouse.kit.pictures import Picture
from lanhouse.ledger.sealing import seal_new_digests
from lanhouse.ledger.verify import verify_ledger
from tests.builders.floor import CENT, DESK, EURO, Floor, open_floor


@pytest.fixture
def floor(store: Store) -> Floor:
    return open_floor(store, price_cents=300)


def change(floor: Floor, group: str = "payment", **values: Any) -> None:
    floor.run(save_settings, SettingsInput(center=floor.center, values={group: values}))


def lines_of(floor: Floor, log_id: int) -> list[Line]:
    return floor.store.read_sync(shown, floor.center, DESK, Document(Kind.LOG, log_id)).lines


def text_of(floor: Floor, log_id: int) -> str:
    return plain_text(lines_of(floor, log_id), 32)


def newest(floor: Floor, event: str) -> int:
    return floor.logs(event)[-1].id


def put_up_logo(floor: Floor) -> bytes:
    made = BytesIO()
    Image.new("RGBA", (40, 20), (0, 0, 0, 255)).save(made, "PNG")
    picture = Picture("image/png", made.getvalue(), 40, 20)
    floor.run(show_picture, ShowPicture(floor.center.id, LOGO, picture))
    return picture.data


def test_receipts_begin_with_the_logo_where_the_centre_wants_that(floor: Floor) -> None:
    logo = put_up_logo(floor)
    floor.pay(6 * EURO, "PC01")
    plain = newest(floor, "ADDTIME")
    assert all(line.kind != "picture" for line in lines_of(floor, plain))
    change(floor, allow_print_logo=True)
    floor.pay(6 * EURO, "PC02")
    lines = lines_of(floor, newest(floor, "ADDTIME"))
    assert (lines[0].kind, lines[0].picture) == ("picture", logo)
    # Printer, page and PDF show it; the text has no sign of it.
    assert b"\x1dv0\x00" in strip(lines, 32, "cp437")
    assert shown_rows(lines)[0].picture.startswith("data:image/png;base64,")
    assert b"/Subtype /Image" in pdf(lines, "Receipt")
    assert b"/Subtype /Image" not in pdf(lines[1:], "Receipt")
    assert plain_text(lines, 32).startswith("   Hall 7777")
    # One that was sold before is printed as it was.
    assert all(line.kind != "picture" for line in lines_of(floor, plain))


def test_no_logo_is_no_hindrance(floor: Floor) -> None:
    change(floor, allow_print_logo=True)
    floor.pay(6 * EURO, "PC01")
    assert text_of(floor, newest(floor, "ADDTIME")).startswith("   Hall 7777")


def test_receipts_tell_more_about_the_centre(floor: Floor) -> None:
    change(floor, "center", open_time_start="10:00", open_time_end="02:00")
    change(floor, "center", join_us="https://hall.test/join")
    floor.pay(6 * EURO, "PC01")
    assert "10:00" not in text_of(floor, newest(floor, "ADDTIME"))
    change(floor, print_additional_info=True)
    floor.pay(6 * EURO, "PC02")
    said = [line.strip() for line in text_of(floor, newest(floor, "ADDTIME")).splitlines()]
    assert said[-2:] == ["Open 10:00-02:00", "https://hall.test/join"]
    # The next hours are those of the receipts after them.
    change(floor, "center", open_time_start="12:00")
    assert "Open 10:00-02:00" in text_of(floor, newest(floor, "ADDTIME"))


def test_what_was_switched_on_before_it_was_obeyed_holds_from_the_update_on(
    floor: Floor,
) -> None:
    change(floor, allow_print_logo=True, print_additional_info=True, tax_printer_for_cash=True)
    change(floor, "center", open_time_start="10:00", open_time_end="02:00")
    at = clock.now()
    with floor.store.engine.connect() as connection, connection.begin():
        command.downgrade(config_for(connection), "0044")
        # A release of before wrote none of it into a head.
        head = msgspec.json.encode(Head(name="Hall 7777", zone_name="UTC")).decode()
        connection.execute(sa.update(receipt_heads).values(head=head))
    migrate(floor.store)
    before = floor.store.read_sync(head_at, floor.center, at)
    assert (before.has_logo, before.opens, before.signs_cash) == (False, "", False)
    after = floor.store.read_sync(head_at, floor.center, clock.now())
    assert (after.has_logo, after.opens, after.signs_cash) == (True, "10:00-02:00", True)
    assert after.name == "Hall 7777"


class Device:
    """Signs whatever it gets."""

    def sign(self, receipt: Receipt) -> list[Line]:
        return [Line(text=f"signed {receipt.document.subject_id}")]


@pytest.mark.parametrize(
    ("signs_cash", "payment", "is_signed"),
    [(False, "cash", False), (True, "cash", True), (False, "card", True), (True, "card", True)],
)
def test_cash_goes_to_the_device_only_where_the_centre_wants_that(
    floor: Floor, signs_cash: bool, payment: str, is_signed: bool
) -> None:
    change(floor, tax_printer_for_cash=signs_cash)
    floor.pay(6 * EURO, "PC01", payment=payment)
    log_id = newest(floor, "ADDTIME")
    found, head = floor.store.read_sync(receipt, floor.center, log_id)
    paper = floor.store.read_sync(lambda read: paper_of(read, floor.center, head, is_copy=False))
    text = plain_text(receipt_lines(found, paper, Device()), 32)
    assert (f"signed {log_id}" in text) is is_signed


def test_a_package_tells_the_tax_that_was_kept(floor: Floor, freeze: clock.frozen) -> None:
    """On top it is in the total too; what is given back has the tax of its sale."""
    change(floor, tax4_name="VAT", tax4_percentage_micros=19 * MICROS)
    ada = floor.add_member("ada")
    package = floor.sell(floor.add_offer("pass", 300), ada)
    sold = newest(floor, "OFFER")
    assert "Package: pass               3.57" in text_of(floor, sold)
    assert "VAT 19 % in it              0.57" in text_of(floor, sold)
    freeze.advance(60)
    change(floor, tax4_percentage_micros=25 * MICROS)
    assert "VAT 19 % in it              0.57" in text_of(floor, sold)
    floor.take_back(package)
    back = text_of(floor, newest(floor, "OFFER"))
    assert "VAT in it                  -0.57" in back
    assert floor.house("tax") == 0


def test_a_bill_tells_the_tax_that_was_agreed(floor: Floor, freeze: clock.frozen) -> None:
    change(floor, tax4_name="VAT", tax4_percentage_micros=19 * MICROS, tax_included_in_price=True)
    floor.guest("postpaid", "PC01")
    freeze.advance(1800)
    change(floor, tax4_name="New", tax4_percentage_micros=25 * MICROS)
    freeze.advance(1800)
    floor.check_out("PC01")
    assert "VAT 19 % in it              0.48" in text_of(floor, newest(floor, "CHECKOUT"))
    assert (floor.house("tax"), floor.house("revenue_time")) == (48 * CENT, 252 * CENT)


@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        (sa.update(receipt_heads).values(head="{}"), "receipt_heads 1: was changed"),
        (sa.update(receipt_issues).values(number=1), "receipt_issues 1/log: was changed"),
        (sa.delete(receipt_issues), "receipt_issues 1/log: was removed"),
    ],
)
def test_what_was_handed_out_is_sealed(floor: Floor, statement: Any, problem: str) -> None:
    """Who makes an original of a copy, or another head, by hand is named."""
    floor.pay(6 * EURO, "PC01")
    cmd = PrintDocument(
        center=floor.center, actor=DESK, document=Document(Kind.LOG, newest(floor, "ADDTIME"))
    )
    assert [floor.run(issue, cmd).number for _ in range(2)] == [1, 2]
    while floor.run(seal_new_digests, None):
        pass
    assert floor.store.read_sync(verify_ledger, None).is_clean
    with floor.store.engine.begin() as connection:
        connection.execute(statement)
    found = floor.store.read_sync(verify_ledger, None).problem or ""
    assert found.startswith(problem), found
