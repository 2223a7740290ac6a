"""A guest's ticket and code: printed while the session runs, good while it runs, nowhere kept."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from lanhouse.app import create_app
from lanhouse.cafe.members.commands import access_codes
from lanhouse.cafe.sessions.tables import pc_sessions
from lanhouse.db.audit import audit_log
from lanhouse.db.outbox import outbox
from lanhouse.db.store import Store
from lanhouse.jobs.tables import queue
from lanhouse.kit.limits import LOGIN_FAILURES_MAX
from lanhouse.settings import AppSettings
from tests.builders.centers import open_hall
from tests.builders.client import Client
from tests.builders.deliveries import LOOPBACK, deliver_due
from tests.builders.floor import Floor, open_floor
from tests.builders.printer import FakePrinter
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
def cashier(client: Client, floor: Floor) -> Desk:
    return Desk(client, floor.hall.staff["staff"])


@pytest.fixture
def portal(client: Client, floor: Floor) -> str:
    return f"/portal/{floor.center.license_name}"


def with_codes(client: Client) -> None:
    answer = client.raw("PUT", f"{NATIVE}/settings/client", json={"access_code_login": 1})
    assert answer.status_code == 200, answer.text


def start(client: Client, pc: str = "PC01") -> dict[str, Any]:
    return client.ok("POST", "/pcSessions/addTimeMoney", json={"pc_name": pc, "pc_cost": "2"})


def sign_in(client: Client, portal: str, code: str, address: str = "10.0.0.1") -> httpx.Response:
    return client.raw("POST", portal, data={"code": code}, key="", address=address)


def everything(floor: Floor) -> str:
    """All that is stored about what happened, but the sessions themselves."""

    def read(read: Any) -> str:
        return str([read.all(sa.select(table)) for table in (audit_log, outbox, queue)])

    return floor.store.read_sync(read)


def test_a_ticket_is_printed_as_often_as_wanted_while_the_session_runs(
    client: Client, floor: Floor, cashier: Desk
) -> None:
    made = start(client)
    session_id = floor.session_ids()[-1]
    with FakePrinter() as printer:
        body = {"name": "Till 1", "address": printer.address, "columns": 32}
        client.raw("POST", f"{NATIVE}/printers", json=body)
        ticket = cashier.post("/panel/receipts/ticket", {"session": str(session_id)})
        assert made["member_password"] in text_of(ticket)
        assert "PDF" not in text_of(ticket)
        for key in ("a", "b"):
            cashier.post(f"/panel/receipts/ticket/{session_id}/print", {"key": key})
        path = f"{NATIVE}/sessions/{session_id}/ticket/print"
        assert client.raw("POST", path).status_code == 200
        assert client.run(deliver_due(floor.store)) == ["printed"] * 3
        for strip in printer.wait(3):
            assert f"Account                 {made['member_account']}".encode() in strip
            assert f"Password                {made['member_password']}".encode() in strip
            assert b"Copy" not in strip
            # The number by which the search of the Computers page finds the seat.
            assert f"Ticket{session_id:>26}".encode() in strip
    statement = sa.select(audit_log).where(audit_log.c.subject == "session")
    rows = floor.store.read_sync(lambda read: read.all(statement))
    assert [(row.call, row.subject_id) for row in rows] == [
        ("POST /panel/receipts/ticket", session_id),
        *[("POST /panel/receipts/ticket/{subject_id}/print", session_id)] * 2,
        ("POST /api/native/v1/sessions/{subject_id}/ticket/print", session_id),
    ]
    assert made["member_password"] not in everything(floor)


def test_a_ticket_that_waits_when_the_session_ends_is_not_printed(
    client: Client, floor: Floor, cashier: Desk
) -> None:
    start(client)
    session_id = floor.session_ids()[-1]
    with FakePrinter() as printer:
        body = {"name": "Till 1", "address": printer.address}
        client.raw("POST", f"{NATIVE}/printers", json=body)
        cashier.post(f"/panel/receipts/ticket/{session_id}/print", {"key": "a"})
        client.ok("POST", "/pcSessions/checkout", json={"pc_name": "PC01"})
        assert client.run(deliver_due(floor.store)) == ["gone"]
        assert printer.strips == []
        late = cashier.post(f"/panel/receipts/ticket/{session_id}/print", {"key": "b"})
        assert "no longer kept" in text_of(late)
        assert client.raw("POST", f"{NATIVE}/sessions/{session_id}/ticket/print").status_code == 410


def test_no_ticket_without_the_right_to_read_a_log_in(
    client: Client, floor: Floor, cashier: Desk
) -> None:
    start(client)
    staff = client.raw("GET", f"{NATIVE}/staff").json()
    person = next(one for one in staff if one["account"] == "staff7777")
    url = f"{NATIVE}/staff/{person['staff_id']}/rights"
    client.raw("PUT", url, json={"withheld": ["sessions.guest_login"]})
    session_id = floor.session_ids()[-1]
    assert cashier.post("/panel/receipts/ticket", {"session": str(session_id)}).status_code == 403
    printed = cashier.post(f"/panel/receipts/ticket/{session_id}/print", {"key": "a"})
    assert printed.status_code == 403
    assert "Ticket" not in text_of(cashier.get("/panel/computers/panel?pc=PC01"))


def test_without_the_setting_there_are_no_codes(client: Client, floor: Floor, portal: str) -> None:
    assert "access_code" not in start(client)
    assert 'name="code"' not in client.raw("GET", portal, key="").text
    assert sign_in(client, portal, "12345678").status_code == 422
    session_id = floor.session_ids()[-1]
    login = client.raw("GET", f"{NATIVE}/sessions/{session_id}/guest-login").json()
    assert "access_code" not in login


def test_a_guest_signs_in_with_the_code_of_the_ticket(
    client: Client, floor: Floor, cashier: Desk, portal: str
) -> None:
    with_codes(client)
    made = start(client)
    code = made["access_code"]
    assert len(code) == 8
    assert code.isdigit()
    session_id = floor.session_ids()[-1]
    ticket = text_of(cashier.post("/panel/receipts/ticket", {"session": str(session_id)}))
    assert f"{code[:4]} {code[4:]}" in ticket
    assert made["member_password"] not in ticket
    assert 'name="code"' in client.raw("GET", portal, key="").text
    # As it is printed, and as it is typed.
    for typed in (f"{code[:4]} {code[4:]}", code):
        entered = sign_in(client, portal, typed)
        assert entered.status_code == 303
        cookie = entered.headers["set-cookie"].partition(";")[0]
        page = client.raw("GET", f"{portal}/account", key="", headers={"Cookie": cookie})
        assert made["member_account"] in page.text
    assert code not in everything(floor)
    statement = sa.select(pc_sessions.c.access_mark, pc_sessions.c.access_sealed)
    (row,) = floor.store.read_sync(lambda read: read.all(statement))
    assert code not in str(row)
    for wrong in ("00000000" if code != "00000000" else "00000001", "1234567", "x" * 8, "²" * 8):
        refused = sign_in(client, portal, wrong, address="10.0.0.2")
        assert refused.status_code == 422
        assert "No session that runs has this code." in text_of(refused)
        assert wrong not in refused.text


def test_the_code_ends_with_the_session(client: Client, floor: Floor, portal: str) -> None:
    with_codes(client)
    code = start(client)["access_code"]
    client.ok("POST", "/pcSessions/checkout", json={"pc_name": "PC01"})
    assert sign_in(client, portal, code).status_code == 422
    statement = sa.select(pc_sessions.c.access_mark, pc_sessions.c.access_sealed)
    assert [tuple(row) for row in floor.store.read_sync(lambda read: read.all(statement))] == [
        (None, None)
    ]


def test_the_code_of_a_session_that_is_over_is_none_however_late_the_clock(
    client: Client, floor: Floor, portal: str, freeze: Any
) -> None:
    with_codes(client)
    code = start(client)["access_code"]
    freeze.advance(2399)
    assert sign_in(client, portal, code).status_code == 303
    freeze.advance(1)
    assert sign_in(client, portal, code).status_code == 422


def test_a_new_password_ends_the_code(client: Client, floor: Floor, portal: str) -> None:
    with_codes(client)
    code = start(client)["access_code"]
    path = f"{NATIVE}/sessions/{floor.session_ids()[-1]}/guest-login"
    renewed = client.raw("POST", path).json()
    assert "access_code" not in renewed
    assert sign_in(client, portal, code).status_code == 422


def test_a_code_is_of_one_centre(client: Client, floor: Floor) -> None:
    with_codes(client)
    code = start(client)["access_code"]
    other = open_hall(floor.store, 7778)
    answer = client.raw(
        "PUT", f"{NATIVE}/settings/client", json={"access_code_login": 1}, key=other.api_key
    )
    assert answer.status_code == 200
    center = Floor(floor.store, other).center
    assert sign_in(client, f"/portal/{center.license_name}", code).status_code == 422


def test_running_sessions_have_different_codes(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Chance gives the same number twice: the second guest gets the next one."""
    with_codes(client)
    numbers = iter([11111111, 2, 3, 4, 11111111, 22222222, 5, 6])
    chance = SimpleNamespace(randbelow=lambda _: next(numbers))
    monkeypatch.setattr(access_codes, "secrets", chance)
    assert start(client, "PC01")["access_code"] == "11111111"
    assert start(client, "PC02")["access_code"] == "22222222"


def test_guessing_is_held_back_and_ones_own_code_does_not_help(client: Client, portal: str) -> None:
    with_codes(client)
    own = start(client)["access_code"]
    wrong = "00000000" if own != "00000000" else "00000001"
    for number in range(LOGIN_FAILURES_MAX):
        assert sign_in(client, portal, wrong).status_code == 422
        if number == LOGIN_FAILURES_MAX // 2:
            assert sign_in(client, portal, own).status_code == 303
    locked = sign_in(client, portal, own)
    assert locked.status_code == 429
    # Nobody else's address is held back.
    assert sign_in(client, portal, own, address="10.0.0.9").status_code == 303
