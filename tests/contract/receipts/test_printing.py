"""Printers of the hall: put up, tested, gone and back; what is printed by hand and by itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from lanhouse.app import create_app
from lanhouse.cafe.orders.schemas import Status
from lanhouse.cafe.printing.rules.escpos import OPEN_DRAWER, START
from lanhouse.db.audit import audit_log
from lanhouse.db.store import Store
from lanhouse.jobs.tables import queue
from lanhouse.kit import clock
from lanhouse.settings import AppSettings
from tests.builders.centers import PASSWORD, open_hall
from tests.builders.client import Client
from tests.builders.deliveries import LOOPBACK, deliver_due
from tests.builders.floor import DESK, EURO, Floor, open_floor
from tests.builders.nouns import orders
from tests.builders.printer import NO_PAPER, FakePrinter
from tests.builders.secrets import VAULT
from tests.contract.pages.test_pages import Desk, text_of

NATIVE = "/api/native/v1"


@pytest.fixture
def floor(sqlite_store: Store) -> Floor:
    return open_floor(sqlite_store, pcs_count=4, price_cents=300)


@pytest.fixture
def client(floor: Floor, tmp_path: Path) -> Iterator[Client]:
    settings = AppSettings(data_dir=tmp_path, api_rate_per_minute=0, outbound_private=LOOPBACK)
    app = create_app(settings, floor.store, vault=VAULT, with_ticker=False)
    with Client(app, key=floor.hall.api_key, base="/api/v2/cafe/7777") as opened:
        yield opened


@pytest.fixture
def printer() -> Iterator[FakePrinter]:
    with FakePrinter() as found:
        yield found


@pytest.fixture
def cashier(client: Client, floor: Floor) -> Desk:
    return Desk(client, floor.hall.staff["staff"])


@pytest.fixture
def boss(client: Client, floor: Floor) -> Desk:
    return Desk(client, floor.hall.staff["admin"])


def put_up(client: Client, printer: FakePrinter, **more: Any) -> int:
    body = {"name": "Till 1", "address": printer.address, **more}
    answer = client.raw("POST", f"{NATIVE}/printers", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()["printer_id"]


def switch_on(client: Client, **settings: Any) -> None:
    answer = client.raw("PUT", f"{NATIVE}/settings/payment", json=settings)
    assert answer.status_code == 200, answer.text


def deliver(client: Client, floor: Floor, allowed: str = LOOPBACK) -> list[str]:
    return client.run(deliver_due(floor.store, allowed))


def queued(floor: Floor) -> list[Any]:
    statement = sa.select(queue).where(queue.c.kind.like("%print%")).order_by(queue.c.id)
    return floor.store.read_sync(lambda read: read.all(statement))


def last_log(floor: Floor, event: str) -> int:
    return floor.logs(event)[-1].id


def sell_time(desk: Desk, pc: str = "PC01", amount: str = "5", payment: str = "cash") -> str:
    form = {
        "pc": pc,
        "kind": "guest",
        "amount": amount,
        "payment": payment,
        "key": f"k{pc}{amount}",
    }
    answer = desk.post("/panel/computers/start", form)
    assert answer.status_code == 200, answer.text
    return answer.text


def test_the_owner_puts_a_printer_up(
    client: Client, floor: Floor, boss: Desk, printer: FakePrinter
) -> None:
    path = "/panel/settings/printers"
    assert "Without a set-up" in text_of(boss.get(path))
    form = {
        "name": "Till <1>",
        "address": "8.8.8.8",
        "port": "80",
        "columns": "40",
        "code_page": "cp1",
        "till_id": "99",
    }
    wrong = boss.post(path, form)
    assert wrong.status_code == 400
    for reason in (
        "must be an address of the hall’s own network",
        "must be between 9100 and 9109",
        "must be one of 32, 42, 48",
        "is not a till of this centre",
    ):
        assert reason.replace("’", "&#39;") in wrong.text or reason.replace("’", "'") in wrong.text
    form |= {"address": printer.address, "port": "9100", "columns": "32", "code_page": "cp858"}
    form |= {"till_id": "0", "key": "p1"}
    for _ in range(2):
        assert boss.post(path, form).headers["hx-redirect"] == f"{path}?done=saved"
    page = boss.get(path)
    assert "Till &lt;1&gt;" in page.text
    (made,) = client.raw("GET", f"{NATIVE}/printers").json()
    assert (made["name"], made["columns"], made["has_drawer"]) == ("Till <1>", 32, False)
    test = f"{path}/{made['printer_id']}/test"
    for _ in range(2):
        assert "Sent to the printer" in text_of(boss.post(test, {"key": "t1"}))
    assert deliver(client, floor) == ["printed"]
    (strip,) = printer.wait(1)
    assert strip.startswith(START)
    assert b"Till <1>" in strip
    assert b"32 columns, cp858" in strip
    again = boss.post(path, {**form, "key": "p2"})
    assert "already exists" in text_of(again)
    change = {**form, "remove": "1", "key": "p3"}
    assert boss.post(f"{path}/{made['printer_id']}", change).headers["hx-redirect"]
    assert client.raw("GET", f"{NATIVE}/printers").json() == []


def test_no_printer_may_be_reached_before_the_operator_says_so(
    floor: Floor, tmp_path: Path, printer: FakePrinter
) -> None:
    app = create_app(AppSettings(data_dir=tmp_path), floor.store, vault=VAULT, with_ticker=False)
    with Client(app, key=floor.hall.api_key) as client:
        body = {"name": "Till 1", "address": printer.address}
        answer = client.raw("POST", f"{NATIVE}/printers", json=body)
        assert answer.status_code == 422 or answer.status_code == 400
        assert "LANHOUSE_OUTBOUND_PRIVATE" in answer.text


def test_what_is_no_longer_allowed_gets_nothing(
    client: Client, floor: Floor, printer: FakePrinter
) -> None:
    printer_id = put_up(client, printer)
    client.raw("POST", f"{NATIVE}/printers/{printer_id}/test")
    assert deliver(client, floor, allowed="10.0.0.0/8") == ["PrinterTrouble('not_allowed')"]
    assert printer.strips == []


def test_a_receipt_of_a_sale_at_the_desk(
    client: Client, floor: Floor, cashier: Desk, printer: FakePrinter
) -> None:
    put_up(client, printer, columns=32)
    sold = sell_time(cashier)
    session_id = floor.session_ids()[-1]
    assert f'hx-get="/panel/receipts/sale/{session_id}"' in sold
    dialog = cashier.get(f"/panel/receipts/sale/{session_id}")
    log_id = last_log(floor, "ADDTIME")
    assert f'hx-post="/panel/receipts/log/{log_id}/print"' in dialog.text
    assert "Copy" not in text_of(dialog)
    for _ in range(2):
        asked = cashier.post(f"/panel/receipts/log/{log_id}/print", {"key": "r1"})
        assert "Sent to the printer" in text_of(asked)
    assert deliver(client, floor) == ["printed"]
    (strip,) = printer.wait(1)
    assert f"Receipt {log_id}".encode() in strip
    assert b"Time paid in advance, PC01  5.00" in strip
    assert b"Cash                        5.00" in strip
    assert b"Not a fiscal receipt" in strip
    assert b"Copy" not in strip
    assert OPEN_DRAWER not in strip
    # Once more from the log: it says so, on paper, on the page and in the API.
    assert f'hx-get="/panel/receipts/log/{log_id}"' in cashier.get("/panel/log").text
    assert "Copy" in text_of(cashier.get(f"/panel/receipts/log/{log_id}"))
    cashier.post(f"/panel/receipts/log/{log_id}/print", {"key": "r2"})
    assert deliver(client, floor) == ["printed"]
    assert b"Copy" in printer.wait(2)[1]
    assert printer.strips[1].replace(b"\x1bE\x01Copy\x1bE\x00\n", b"") == strip
    told = client.raw("GET", f"{NATIVE}/receipts/{log_id}").json()
    assert (told["total"], told["paid"], told["printed"]) == ("5.00", {"cash": "5.00"}, 2)
    assert "\nCopy\n" in told["text"]


def test_the_printer_is_gone_and_comes_back(
    client: Client, floor: Floor, boss: Desk, cashier: Desk, printer: FakePrinter
) -> None:
    """The sale stands, the print is queued and told, and is printed once it is back."""
    printer_id = put_up(client, printer)
    switch_on(client, print_receipts=1)
    printer.go_away()
    sell_time(cashier)
    assert floor.till() == 5 * EURO
    assert deliver(client, floor) == ["PrinterTrouble('unreachable')"]
    (job,) = queued(floor)
    assert job.status == "running"
    assert job.run_at > clock.real_now()
    state = cashier.get(f"/panel/receipts/prints/{job.id}")
    assert "The printer does not answer. It waits" in text_of(state)
    assert "1 print waits." in text_of(cashier.get("/panel/receipts/late"))
    assert "The printer does not answer." in text_of(boss.get("/panel/settings/printers"))
    # A day has hundreds of them: the page of background work tells of none.
    assert "receipts.print" not in boss.get("/panel/jobs").text
    (waiting,) = client.raw("GET", f"{NATIVE}/prints").json()
    assert (waiting["print_id"], waiting["kind"]) == (job.id, "receipts.print")
    # Not before its time …
    printer.come_back()
    assert deliver(client, floor) == []
    # … but whatever is printed next tells that it is back.
    client.raw("POST", f"{NATIVE}/printers/{printer_id}/test")
    assert deliver(client, floor) == ["printed", "printed"]
    strips = printer.wait(2)
    assert b"Time paid in advance" in strips[1]
    assert text_of(cashier.get("/panel/receipts/late")) == ""
    assert "Printed." in text_of(cashier.get(f"/panel/receipts/prints/{job.id}"))
    floor.verify()


def test_a_printer_without_paper_keeps_the_print(
    client: Client, floor: Floor, printer: FakePrinter
) -> None:
    printer.status = NO_PAPER
    printer_id = put_up(client, printer)
    asked = client.raw("POST", f"{NATIVE}/printers/{printer_id}/test").json()
    assert deliver(client, floor) == ["PrinterTrouble('no_paper')"]
    assert printer.strips == []
    state = client.raw("GET", f"{NATIVE}/prints/{asked['print_id']}").json()
    assert (state["is_printed"], state["error"]) == (False, "PrinterTrouble('no_paper')")
    assert client.raw("DELETE", f"{NATIVE}/prints/{asked['print_id']}").status_code == 200
    printer.status = b""  # one that does not know the question is taken at its word
    client.raw("POST", f"{NATIVE}/printers/{printer_id}/test")
    assert deliver(client, floor) == ["printed"]


def test_nothing_prints_by_itself_before_the_owner_wants_it(
    client: Client, floor: Floor, cashier: Desk, printer: FakePrinter
) -> None:
    put_up(client, printer, has_drawer=True)
    sell_time(cashier)
    assert queued(floor) == []
    switch_on(client, print_receipts=1)
    # Programs have printers of their own.
    client.ok("POST", "/pcSessions/addTimeMoney", json={"pc_name": "PC02", "pc_cost": "2"})
    assert queued(floor) == []
    sell_time(cashier, "PC03")
    (job,) = queued(floor)
    assert job.payload["subject_id"] == last_log(floor, "ADDTIME")
    assert deliver(client, floor) == ["printed"]


def test_a_top_up_alone_prints_by_itself(
    client: Client, floor: Floor, cashier: Desk, printer: FakePrinter
) -> None:
    put_up(client, printer)
    switch_on(client, print_order_after_topup=1)
    sell_time(cashier)
    assert queued(floor) == []
    floor.add_member("ann")
    form = {"member": "ann", "amount": "10", "payment": "card", "key": "t1"}
    done = cashier.post("/panel/members/top-up", form)
    assert re.search(r'hx-get="/panel/receipts/topup/\d+"', done.text)
    (job,) = queued(floor)
    assert job.payload["subject_id"] == last_log(floor, "TOPUP")


def test_the_drawer_opens_for_cash_alone(
    client: Client, floor: Floor, cashier: Desk, printer: FakePrinter
) -> None:
    put_up(client, printer, has_drawer=True)
    switch_on(client, open_drawer_on_cash=1)
    sell_time(cashier, payment="card")
    assert deliver(client, floor) == []
    sell_time(cashier, "PC02")
    assert deliver(client, floor) == ["printed"]
    assert printer.wait(1) == [START + OPEN_DRAWER]


def test_the_drawer_opens_without_a_sale_by_right_and_is_written_down(
    client: Client, floor: Floor, cashier: Desk, printer: FakePrinter
) -> None:
    refused = cashier.post("/panel/receipts/drawer", {"key": "d0"})
    assert "No cash drawer hangs on a printer of your till." in text_of(refused)
    printer_id = put_up(client, printer, has_drawer=True)
    cashier.post("/panel/receipts/drawer", {"key": "d1"})
    assert deliver(client, floor) == ["printed"]
    assert printer.wait(1) == [START + OPEN_DRAWER]
    statement = sa.select(audit_log).where(audit_log.c.call == "POST /panel/receipts/drawer")
    (row,) = floor.store.read_sync(lambda read: read.all(statement))
    assert (row.subject, row.subject_id, row.after) == (
        "printer",
        printer_id,
        {"drawer": "opened"},
    )
    staff = client.raw("GET", f"{NATIVE}/staff").json()
    person = next(one for one in staff if one["account"] == "staff7777")
    url = f"{NATIVE}/staff/{person['staff_id']}/rights"
    assert client.raw("PUT", url, json={"withheld": ["till.drawer"]}).status_code == 200
    assert cashier.post("/panel/receipts/drawer", {"key": "d2"}).status_code == 403


def test_a_drawer_does_not_open_when_its_printer_is_back_after_a_while(
    client: Client,
    floor: Floor,
    cashier: Desk,
    printer: FakePrinter,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    put_up(client, printer, has_drawer=True)
    printer.go_away()
    cashier.post("/panel/receipts/drawer", {"key": "d1"})
    assert deliver(client, floor) == ["PrinterTrouble('unreachable')"]
    printer.come_back()
    now = clock.real_now()
    monkeypatch.setattr(clock, "real_now", lambda: now + timedelta(seconds=20))
    assert deliver(client, floor) == ["late"]
    assert printer.strips == []


def test_each_till_has_its_own_printer(
    client: Client, floor: Floor, cashier: Desk, boss: Desk, printer: FakePrinter
) -> None:
    till_id = floor.add_till()
    put_up(client, printer)
    with FakePrinter() as own:
        put_up(client, own, name="Own", till_id=till_id)
        opening = {"till_id": str(till_id), "float": "0", "key": "o1"}
        assert cashier.post("/panel/shift/open", opening).headers["hx-redirect"]
        sell_time(cashier)
        sell_time(boss, "PC02")
        log_id = last_log(floor, "ADDTIME")
        for desk in (cashier, boss):
            desk.post(f"/panel/receipts/log/{log_id}/print", {"key": desk.cookie[-20:]})
            assert deliver(client, floor) == ["printed"]
        assert (len(own.wait(1)), len(printer.wait(1))) == (1, 1)


def test_the_report_of_a_shift_on_paper(
    client: Client, floor: Floor, cashier: Desk, boss: Desk, printer: FakePrinter
) -> None:
    put_up(client, printer, columns=42)
    opening = {"till_id": floor.add_till(), "float": "50", "key": "o1"}
    cashier.post("/panel/shift/open", opening)
    switch_on(client, shift_blind_count=1)
    sell_time(cashier)
    shift_id = 1
    blind = text_of(cashier.get(f"/panel/receipts/shift/{shift_id}"))
    assert "X report" in blind
    assert "55.00" not in blind
    cashier.post(f"/panel/receipts/shift/{shift_id}/print", {"key": "x1"})
    assert deliver(client, floor) == ["printed"]
    assert b"55.00" not in printer.wait(1)[0]
    cashier.post(f"/panel/shifts/{shift_id}/count", {"counted": "55"})
    closing = {"left": "50", "comment": "", "key": "z1"}
    assert cashier.post(f"/panel/shifts/{shift_id}/close", closing).headers["hx-redirect"]
    assert f"/panel/receipts/shift/{shift_id}" in cashier.get(f"/panel/shifts/{shift_id}").text
    boss.post(f"/panel/receipts/shift/{shift_id}/print", {"key": "z1"})
    assert deliver(client, floor) == ["printed"]
    z = printer.wait(2)[1]
    assert b"Z report 1" in z
    assert b"Time sold (1)                         5.00" in z
    assert b"Should be there                     \x1b" not in z
    assert b"To the safe                           5.00" in z
    # Frozen: the second one is a copy, word for word.
    boss.post(f"/panel/receipts/shift/{shift_id}/print", {"key": "z2"})
    assert deliver(client, floor) == ["printed"]
    assert printer.wait(3)[2].replace(b"\x1bE\x01Copy\x1bE\x00\n", b"") == z.replace(
        b"\x1bE\x01Copy\x1bE\x00\n", b""
    )
    text = client.raw("GET", f"{NATIVE}/shifts/{shift_id}/paper").json()["text"]
    assert "Counted at" in text


def test_packages_of_an_order_stand_on_the_paper_of_the_shift(
    client: Client, floor: Floor, cashier: Desk, boss: Desk, printer: FakePrinter
) -> None:
    put_up(client, printer, columns=42)
    cola, night = floor.add_product("Cola", 5), floor.add_offer("Night", 900)
    floor.add_member("ada")
    cashier.post("/panel/shift/open", {"till_id": floor.add_till(), "float": "50", "key": "o1"})
    items = {f"item[{cola}]": "2", f"item[o-{night}]": "2", "who": "ada", "payment": "cash"}
    sold = cashier.post("/panel/shop/pay", {**items, "total": str(20 * EURO), "key": "s1"})
    assert "20.00 taken" in text_of(sold)
    path = "/panel/shifts/1"
    cashier.post(f"{path}/count", {"counted": "70"})
    closing = {"left": "50", "comment": "", "key": "z1"}
    assert cashier.post(f"{path}/close", closing).headers["hx-redirect"]
    boss.post("/panel/receipts/shift/1/print", {"key": "z1"})
    deliver(client, floor)
    z = " ".join(printer.wait(1)[-1].decode("cp437").split())
    assert "Z report 1" in z
    assert "Packages (2) 18.00 Goods (1) 2.00" in z
    assert "2 x Night 18.00 in cash 2 x Cola 2.00 in cash" in z
    assert "To the safe 20.00" in z


def test_a_z_report_on_paper_adds_up_and_tells_all_counts_and_what_went_on(
    client: Client, floor: Floor, cashier: Desk
) -> None:
    """Goods are part of what should be there; who saw the sum and counted again is told of."""
    switch_on(client, shift_blind_count=1)
    till = floor.add_till()
    cashier.post("/panel/shift/open", {"till_id": till, "float": "50", "key": "o1"})
    cola = floor.add_product("Cola", 9, price_micros=2 * EURO)
    sale = {f"item[{cola}]": "3", "payment": "cash", "total": str(6 * EURO), "key": "s1"}
    assert "taken" in text_of(cashier.post("/panel/shop/pay", sale))
    sell_time(cashier)
    orders.place(floor, {cola: 1}, status=Status.PENDING, pc_name="PC01")
    for counted in ("0", "61"):
        assert cashier.post("/panel/shifts/1/count", {"counted": counted}).status_code == 200
    assert "Counted first at" in text_of(cashier.get("/panel/shift"))
    closing = {"left": "50", "next_account": "manager7777", "next_password": PASSWORD, "key": "z"}
    done = cashier.post("/panel/shifts/1/close", closing)
    assert done.headers.get("hx-redirect"), text_of(done)
    paper = client.raw("GET", f"{NATIVE}/shifts/1/paper").json()["text"]
    rows = [re.split(r"\s{2,}", line.strip()) for line in paper.splitlines()]
    told = {row[0]: row[1] for row in rows if len(row) == 2}
    assert told["Goods (1)"] == "6.00"
    lines = [told[name] for name in ("Float", "Time sold (1)", "Goods (1)")]
    assert sum(map(float, lines)) == float(told["Should be there"].removeprefix("€"))
    assert told["3 x Cola"] == "6.00 in cash"
    assert "Counted first at" in paper
    assert "-61.00" in paper
    assert (told["Given by"], told["Received by"]) == ("staff7777", "manager7777")
    assert told["Order 2, PC01"] == "2.00"
    assert told["PC01"].startswith("since ")
    page = text_of(cashier.get("/panel/shifts/1"))
    assert "Counted first at" in page
    assert "€61.00 missing" in page
    native = client.raw("GET", f"{NATIVE}/shifts/1").json()
    assert [each["counted"] for each in native["earlier_counts"]] == ["0.00"]
    assert (native["count"]["counted"], native["difference"]) == ("61.00", "0.00")
    floor.verify()


def test_others_shifts_are_on_nobodys_paper(client: Client, floor: Floor, cashier: Desk) -> None:
    manager = Desk(client, floor.hall.staff["manager"])
    manager.post("/panel/shift/open", {"till_id": floor.add_till(), "float": "1", "key": "o1"})
    for path in ("", "/pdf"):
        assert cashier.get(f"/panel/receipts/shift/1{path}").status_code == 404
    assert cashier.post("/panel/receipts/shift/1/print", {"key": "x"}).status_code == 422
    assert cashier.post("/panel/receipts/shift/1/issue", {"key": "y"}).status_code == 404


def test_another_centres_papers_do_not_exist(
    client: Client, floor: Floor, boss: Desk, printer: FakePrinter
) -> None:
    other = open_hall(floor.store, 7778)
    printer_id = put_up(client, printer)
    asked = client.raw("POST", f"{NATIVE}/printers/{printer_id}/test").json()
    sell_time(boss)
    log_id = last_log(floor, "ADDTIME")
    for method, path in (
        ("GET", f"/receipts/{log_id}"),
        ("GET", f"/receipts/{log_id}/pdf"),
        ("POST", f"/printers/{printer_id}/test"),
        ("PUT", f"/printers/{printer_id}"),
        ("DELETE", f"/printers/{printer_id}"),
        ("GET", f"/prints/{asked['print_id']}"),
        ("DELETE", f"/prints/{asked['print_id']}"),
    ):
        body = {"name": "Mine", "address": printer.address} if method == "PUT" else None
        answer = client.raw(method, NATIVE + path, key=other.api_key, json=body)
        assert answer.status_code == 404, (method, path, answer.text)
    assert client.raw("GET", f"{NATIVE}/printers", key=other.api_key).json() == []
    assert deliver(client, floor) == ["printed"]


def test_a_pdf_and_the_print_of_a_browser(client: Client, floor: Floor, cashier: Desk) -> None:
    """What needs no printer of the network."""
    sell_time(cashier)
    log_id = last_log(floor, "ADDTIME")
    dialog = cashier.get(f"/panel/receipts/log/{log_id}")
    assert "data-print" in dialog.text
    assert "Print on" not in text_of(dialog)
    assert cashier.post(f"/panel/receipts/log/{log_id}/issue", {"key": "b1"}).status_code == 204
    assert cashier.post(f"/panel/receipts/log/{log_id}/issue", {"key": "b1"}).status_code == 204
    assert "printed 1 time" in text_of(cashier.get(f"/panel/receipts/log/{log_id}"))
    for answer in (
        cashier.get(f"/panel/receipts/log/{log_id}/pdf"),
        client.raw("GET", f"{NATIVE}/receipts/{log_id}/pdf"),
    ):
        assert answer.headers["content-type"] == "application/pdf"
        assert answer.content.startswith(b"%PDF-")
        assert answer.content.rstrip().endswith(b"%%EOF")
    refused = cashier.post(f"/panel/receipts/log/{log_id}/print", {"key": "r1"})
    assert "No printer is set up for your till." in text_of(refused)
    assert queued(floor) == []


def test_what_sold_nothing_has_no_receipt(client: Client, floor: Floor, cashier: Desk) -> None:
    member_id = floor.add_member("ann")
    floor.give(member_id, 5 * EURO)
    floor.member(member_id)
    started = last_log(floor, "SESSION")
    for path in (f"log/{started}", f"end/{floor.session_ids()[-1]}", "log/999999", "topup/1"):
        answer = cashier.get(f"/panel/receipts/{path}")
        assert answer.status_code == 404, path
        assert "There is no receipt with this number." in text_of(answer)
    assert f"/panel/receipts/log/{started}" not in cashier.get("/panel/log").text


def native(client: Client, method: str, path: str, **options: Any) -> Any:
    answer = client.raw(method, f"{NATIVE}{path}", **options)
    assert answer.status_code == 200, answer.text
    return answer.json() if "json" in answer.headers["content-type"] else answer.content


def test_a_printer_is_changed_and_removed_by_a_program(
    client: Client, floor: Floor, printer: FakePrinter
) -> None:
    printer_id = put_up(client, printer)
    body = {"name": "Bar", "address": printer.address, "columns": 32, "has_drawer": True}
    changed = native(client, "PUT", f"/printers/{printer_id}", json=body)
    assert (changed["name"], changed["columns"], changed["has_drawer"]) == ("Bar", 32, True)
    assert native(client, "GET", "/printers") == [changed]
    native(client, "DELETE", f"/printers/{printer_id}")
    assert native(client, "GET", "/printers") == []
    gone = client.raw("PUT", f"{NATIVE}/printers/{printer_id}", json=body)
    assert gone.status_code == 404


def test_papers_and_the_drawer_are_asked_for_by_a_program(
    client: Client, floor: Floor, printer: FakePrinter
) -> None:
    put_up(client, printer, has_drawer=True)
    floor.pay(5 * EURO, "PC01")
    log_id = last_log(floor, "ADDTIME")
    asked = native(client, "POST", f"/receipts/{log_id}/print")
    assert deliver(client, floor) == ["printed"]
    assert native(client, "GET", f"/prints/{asked['print_id']}")["is_printed"] is True
    shift_id = floor.open_shift(DESK, floor.add_till())
    assert native(client, "GET", f"/shifts/{shift_id}/pdf").startswith(b"%PDF-")
    native(client, "POST", f"/shifts/{shift_id}/print")
    native(client, "POST", "/drawer")
    assert sorted(deliver(client, floor)) == ["printed", "printed"]
    assert any(b"\x1bp" in strip for strip in printer.wait(3))
