"""The taxes on the receipt of an order are those of its lines, to the last unit of any currency."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import Any

import pytest

from lanhouse.cafe.orders.schemas import Tendered
from lanhouse.cafe.receipts.queries import log_of_order, receipt
from lanhouse.cafe.receipts.schemas import Document, Kind
from lanhouse.cafe.receipts.wire.documents import shown
from lanhouse.cafe.receipts.wire.files import plain_text
from lanhouse.cafe.settings.commands import SettingsInput, save_settings
from lanhouse.db.store import Store
from lanhouse.kit.money import MICROS, unit_micros
from tests.builders.floor import DESK, Floor, open_floor
from tests.builders.nouns.orders import order, place, verify

PRICES = {"EUR": (1_990_000, 333_333, 70_000), "JPY": (105, 33, 7), "KWD": (1_250_000, 335_000, 9)}
"""Of three goods, in micros (JPY: in whole yen), so that taxes end in the middle of a unit."""


def change(floor: Floor, **payment: Any) -> None:
    """As the page of the settings does it, so that receipts know of it."""
    given = SettingsInput(center=floor.center, values={"payment": payment})
    floor.run(save_settings, given)


def rich_order(floor: Floor, currency: str, *, is_included: bool) -> int:
    """An order of six lines under three taxes; answers its id."""
    change(
        floor,
        tax1_name="Food",
        tax1_percentage_micros=7 * MICROS,
        tax2_name="VAT",
        tax2_percentage_micros=19_250_000,
        tax3_name="Sugar",
        tax3_percentage_micros=263_826,
        tax4_name="Time",
        tax4_percentage_micros=21 * MICROS,
        tax_included_in_price=is_included,
    )
    scale = MICROS if currency == "JPY" else 1
    wanted = {
        floor.add_product(
            f"{price} at {tax}", 99, price_micros=price * scale, tax_id=tax, is_unlimited=False
        ): number
        for tax, number in ((1, 3), (2, 7))
        for price in PRICES[currency]
    }
    more: dict[str, Any] = {"discount": 1250, "discount_reason": "Birthday"}
    wanted[floor.add_product("Sweets", 9, price_micros=19 * MICROS, tax_id=3)] = 1
    wanted[floor.add_product("Free of tax", 9, price_micros=3 * MICROS, tax_id=0)] = 2
    return place(floor, wanted, tendered=[Tendered("card")], **more).order_id


@pytest.mark.parametrize("is_included", [True, False])
@pytest.mark.parametrize("currency", ["EUR", "JPY", "KWD"])
def test_printed_taxes_add_up_to_those_of_the_lines(
    store: Store, currency: str, is_included: bool
) -> None:
    floor = open_floor(store, currency=currency)
    found = order(floor, rich_order(floor, currency, is_included=is_included))
    by_tax: dict[int, int] = defaultdict(int)
    for line in found.lines:
        assert line.tax_micros % unit_micros(currency) == 0, line
        assert line.total_micros % unit_micros(currency) == 0, line
        by_tax[line.tax_rate_micros] += line.tax_micros
    (row,) = floor.logs("SALE")
    made, _ = floor.store.read_sync(receipt, floor.center, row.id)
    assert {tax.rate_micros: tax.amount_micros for tax in made.taxes} == {
        rate: micros for rate, micros in by_tax.items() if micros
    }
    total = sum(tax.amount_micros for tax in made.taxes)
    assert total == found.tax_micros == row.tax_micros > 0
    assert sum(item.amount_micros for item in made.items) == made.total_micros
    assert made.total_micros == found.total_micros == row.cost_micros == sum(made.paid.values())
    # And what is printed says these figures, in the currency's own decimals.
    document = Document(Kind.LOG, row.id)
    text = plain_text(floor.store.read_sync(shown, floor.center, DESK, document).lines, 48)
    printed = re.findall(r"(?:Food|VAT|Sugar) [\d.]+ % in it +([\d.]+)", text)
    assert len(printed) == len(made.taxes) >= 2, text
    decimals = {"EUR": 2, "JPY": 0, "KWD": 3}[currency]
    assert {len(each.partition(".")[2]) for each in printed} == {decimals}, text
    micros = [round(float(each) * 1000) * 1000 for each in printed]
    assert sum(micros) == total
    verify(floor)


@pytest.mark.parametrize("currency", ["EUR", "JPY"])
def test_an_order_with_a_package_has_one_receipt(store: Store, currency: str) -> None:
    """Its packages hold the tax of time; whichever of its rows is asked, it is the same paper."""
    floor = open_floor(store, currency=currency)
    change(
        floor,
        tax1_name="Food",
        tax1_percentage_micros=7 * MICROS,
        tax4_name="Time",
        tax4_percentage_micros=10 * MICROS,
        tax_included_in_price=True,
    )
    ada = floor.add_member("ada", balance=2000 * MICROS)
    cola = floor.add_product("Cola", 9, price_micros=107 * MICROS, tax_id=1)
    night = floor.add_offer("Night", 50_500)
    more: dict[str, Any] = {"packages": {night: 2}, "member_id": ada, "payment": "balance"}
    found = order(floor, place(floor, {cola: 1}, **more).order_id)
    rows = [*floor.logs("OFFER"), *floor.logs("SALE")]
    made = [floor.store.read_sync(receipt, floor.center, row.id)[0] for row in rows]
    assert made[0] == made[1] == made[2]
    assert made[0].document.subject_id == min(row.id for row in rows)
    assert floor.store.read_sync(log_of_order, 7777, found.id) in {row.id for row in rows}
    assert [(item.kind, item.name) for item in made[0].items] == [
        ("goods", "Cola"),
        ("package", "Night"),
        ("package", "Night"),
    ]
    # 505 hold 45.909… each: 45.91, or 46 where nothing is smaller than one.
    of_time = {"EUR": 91_820_000, "JPY": 92 * MICROS}[currency]
    assert {tax.name: tax.amount_micros for tax in made[0].taxes} == {
        "Food": 7 * MICROS,
        "Time": of_time,
    }
    assert made[0].total_micros == found.total_micros == 1117 * MICROS
    assert made[0].paid == {"balance": 1117 * MICROS}
    floor.take_back(floor.packages(ada)[0].member_offer_id)
    # What came back is a paper of its own.
    back, _ = floor.store.read_sync(receipt, floor.center, floor.logs("OFFER")[-1].id)
    assert (back.total_micros, back.document.subject_id) == (
        -505 * MICROS,
        floor.logs("OFFER")[-1].id,
    )
