"""The queue of prints on both databases: with the sale, once, by two cashiers at a time."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa
from msgspec.structs import replace

from lanhouse.cafe.printing.commands import NewPrinter, PrinterChange, add_printer, change_printer
from lanhouse.cafe.printing.schemas import Printer, PrinterValues
from lanhouse.cafe.receipts.commands import PrintDocument, issue, print_document
from lanhouse.cafe.receipts.schemas import Document, Kind
from lanhouse.cafe.receipts.tables import receipt_heads
from lanhouse.cafe.sessions.commands import AddMoney, GuestSecret, add_money
from lanhouse.db.store import Store, Tx
from lanhouse.jobs.tables import queue
from lanhouse.kit.errors import InvalidInput, Refused
from tests.builders.deliveries import LOOPBACK, deliver_due
from tests.builders.floor import DESK, EURO, Floor, open_floor
from tests.builders.printer import FakePrinter


@pytest.fixture
def floor(store: Store) -> Floor:
    return open_floor(store, price_cents=300)


def put_up(floor: Floor, address: str = "127.1.2.3", **more: Any) -> Printer:
    values = PrinterValues(**{"name": "Till 1", "address": address, **more})
    return floor.run(add_printer, NewPrinter(center=floor.center, values=values, allowed=LOOPBACK))


def queued(floor: Floor) -> list[Any]:
    statement = sa.select(queue).where(queue.c.kind.like("%print%")).order_by(queue.c.id)
    return floor.store.read_sync(lambda read: read.all(statement))


def deliver(store: Store) -> list[str]:
    async def work() -> list[str]:
        store.start()
        try:
            return await deliver_due(store)
        finally:
            await store.stop()

    return asyncio.run(work())


def test_a_sale_is_printed_and_its_drawer_opened(store: Store, floor: Floor) -> None:
    with FakePrinter() as printer:
        put_up(floor, printer.address, has_drawer=True)
        floor.set(print_receipts=True, open_drawer_on_cash=True)
        floor.pay(5 * EURO, "PC01")
        assert [job.kind for job in queued(floor)] == ["printing.drawer", "receipts.print"]
        assert {job.started_by for job in queued(floor)} == {DESK.staff_id}
        assert deliver(store) == ["printed", "printed"]
        assert b"Time paid in advance" in printer.wait(2)[1]
    floor.verify()


def test_what_is_undone_is_not_printed(floor: Floor) -> None:
    """The print is asked for in the transaction of the sale."""
    put_up(floor)
    floor.set(print_receipts=True)

    def broken(tx: Tx, cmd: Any) -> None:
        add_money(tx, cmd)
        tx.settle()
        raise Refused("The power went out.")

    cmd = AddMoney(
        center=floor.center,
        actor=DESK,
        pc_names=["PC01"],
        amount_micros=5 * EURO,
        payment="cash",
        secrets=[GuestSecret("secret", "hash")],
    )
    with pytest.raises(Refused):
        floor.run(broken, cmd)
    assert queued(floor) == []
    floor.run(add_money, cmd)
    assert len(queued(floor)) == 1


def test_two_printers_neither_share_a_name_nor_a_till(floor: Floor) -> None:
    first = put_up(floor)
    with pytest.raises(InvalidInput) as wrong:
        put_up(floor, name="TILL 1")
    assert set(wrong.value.fields) == {"name", "till_id"}
    second = put_up(floor, name="Till 2", till_id=floor.add_till())
    change = PrinterChange(
        center=floor.center, printer_id=second.id, values=first.values, allowed=LOOPBACK
    )
    with pytest.raises(InvalidInput):
        floor.run(change_printer, change)
    moved = replace(second.values, address="127.9.9.9")
    change = PrinterChange(
        center=floor.center, printer_id=second.id, values=moved, allowed=LOOPBACK
    )
    assert floor.run(change_printer, change).values.address == "127.9.9.9"


def test_two_cashiers_print_one_original(postgres_store: Store) -> None:
    floor = open_floor(postgres_store, price_cents=300)
    floor.pay(5 * EURO, "PC01")
    document = Document(Kind.LOG, floor.logs("ADDTIME")[-1].id)
    cmd = PrintDocument(center=floor.center, actor=DESK, document=document)
    with ThreadPoolExecutor(8) as pool:
        numbers = list(pool.map(lambda _: floor.run(issue, cmd).number, range(16)))
    assert sorted(numbers) == list(range(1, 17))


def test_without_a_printer_nothing_is_queued(floor: Floor) -> None:
    floor.set(print_receipts=True, open_drawer_on_cash=True)
    floor.pay(5 * EURO, "PC01")
    document = Document(Kind.LOG, floor.logs("ADDTIME")[-1].id)
    cmd = PrintDocument(center=floor.center, actor=DESK, document=document)
    with pytest.raises(Refused):
        floor.run(print_document, cmd)
    assert queued(floor) == []


def test_a_centre_has_a_head_from_its_first_day(floor: Floor) -> None:
    statement = sa.select(receipt_heads.c.head).where(receipt_heads.c.center_id == 7777)
    (row,) = floor.store.read_sync(lambda read: read.all(statement))
    assert '"name":"Hall 7777"' in row.head
