"""A check-out warns about what who leaves still owes for orders, and offers to take it."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from lanhouse.app import create_app
from lanhouse.cafe.orders.commands.serving import CancelOrder, cancel_order
from lanhouse.cafe.orders.queries import tabs_of
from lanhouse.cafe.sessions.queries import open_session_on_pc, session_by_id
from lanhouse.cafe.staff.queries import staff_by_account
from lanhouse.db.store import Store
from lanhouse.settings import AppSettings
from tests.builders.centers import open_hall
from tests.builders.client import Client
from tests.builders.floor import DESK, EURO, Floor, open_floor
from tests.builders.nouns.orders import order, place, verify
from tests.builders.secrets import VAULT
from tests.contract.pages.test_pages import Desk, hidden_fields, text_of

OUT = "/panel/computers/check-out?pc=PC01"
WARNING = "still owes"


@pytest.fixture
def floor(store: Store, freeze: Any) -> Floor:
    assert freeze is not None
    floor = open_floor(store, pcs_count=4, price_cents=300)
    floor.set(payment_method_pay_later=True)
    floor.add_product("Cola", 9, price_micros=2 * EURO)
    floor.add_product("Toast <b>", 9, price_micros=3 * EURO)
    return floor


@pytest.fixture
def client(floor: Floor, tmp_path: Path) -> Iterator[Client]:
    settings = AppSettings(data_dir=tmp_path, api_rate_per_minute=0)
    with Client(create_app(settings, floor.store, vault=VAULT, with_ticker=False)) as opened:
        yield opened


@pytest.fixture
def desk(client: Client, floor: Floor) -> Desk:
    return Desk(client, floor.hall.staff["admin"])


def later(floor: Floor, pc: str, wanted: dict[int, int]) -> int:
    """Put goods on the tab of who plays at a PC."""
    return place(floor, wanted, payment="later", pc_name=pc).order_id


def player(floor: Floor, pc: str) -> int:
    """Who plays at a PC."""
    session_id = floor.store.read_sync(open_session_on_pc, floor.hall.center_id, floor.pc_ids[pc])
    assert session_id is not None
    session = floor.store.read_sync(session_by_id, floor.hall.center_id, session_id)
    assert session is not None
    return session.member_id


def offered(response: httpx.Response) -> list[str]:
    """Where the warnings lead to take the money."""
    found = re.findall(r'hx-get="(/panel/shop/tab[^"]*)"', response.text)
    return [html.unescape(each) for each in found]


def test_a_guest_who_leaves_pays_his_orders_first(desk: Desk, floor: Floor, freeze: Any) -> None:
    floor.guest("postpaid", "PC01")
    floor.guest("postpaid", "PC02")
    assert WARNING not in text_of(desk.get(OUT))
    first = later(floor, "PC01", {1: 2})
    later(floor, "PC01", {2: 1})
    freeze.advance(3600)
    dialog = desk.get(OUT)
    words = text_of(dialog)
    assert "still owes €7.00 for what was ordered: Order 1 (2 × Cola), Order 2 (1 × Toast" in words
    assert "<b>)" not in dialog.text
    # The sum of the time is not mixed up with it.
    assert "Take €3.00 and free PC01" in words
    assert WARNING not in text_of(desk.get("/panel/computers/check-out?pc=PC02"))
    (address,) = offered(dialog)
    assert address == f"/panel/shop/tab?member_id={player(floor, 'PC01')}&pc=PC01"
    tab = desk.get(address)
    sent = {**hidden_fields(tab), "payment": "cash", "received": "10"}
    for _ in range(2):
        done = desk.post("/panel/shop/tab", sent)
        assert "€7.00 taken, give back €3.00." in text_of(done)
        assert 'hx-get="/panel/computers/check-out?pc=PC01"' in done.text
    assert (floor.till(), order(floor, first).is_owed) == (7 * EURO, False)
    dialog = desk.get(OUT)
    assert WARNING not in text_of(dialog)
    desk.post(
        "/panel/computers/check-out",
        {**hidden_fields(dialog), "pc": "PC01", "payment": "cash"},
    )
    assert floor.till() == 10 * EURO
    verify(floor)


def test_a_warning_keeps_nobody_from_leaving(desk: Desk, floor: Floor) -> None:
    ada = floor.add_member("ada", balance=20 * EURO)
    floor.member(ada, "PC01")
    later(floor, "PC01", {1: 1})
    dialog = desk.get(OUT)
    assert "ada still owes €2.00" in text_of(dialog)
    desk.post("/panel/computers/check-out", {**hidden_fields(dialog), "pc": "PC01"})
    assert "PC is not in use" in text_of(desk.get(OUT))
    assert order(floor, 1).is_owed
    assert floor.money(ada) == (20 * EURO, 0)


def test_what_was_cancelled_or_is_of_another_centre_is_not_owed(
    desk: Desk, floor: Floor, store: Store
) -> None:
    ada = floor.add_member("ada")
    floor.guest("postpaid", "PC01")
    cancelled = later(floor, "PC01", {1: 1})
    floor.run(
        cancel_order,
        CancelOrder(center=floor.center, actor=DESK, order_id=cancelled, reason="typo"),
    )
    place(floor, {1: 1}, payment="later", member_id=ada)
    place(floor, {1: 1})  # paid, of nobody
    assert WARNING not in text_of(desk.get(OUT))
    other = open_hall(store, 7788)
    for ids in ([ada], [0, ada]):
        assert store.read_sync(tabs_of, other.center_id, ids) == []
    found = store.read_sync(tabs_of, floor.hall.center_id, [0, ada])
    assert [[each.id for each in tab] for tab in found] == [[2]]


def test_several_pcs_warn_by_person(desk: Desk, floor: Floor) -> None:
    for name in ("PC01", "PC02", "PC03"):
        floor.guest("postpaid", name)
    later(floor, "PC01", {1: 1})
    later(floor, "PC03", {2: 2})
    pcs = "pc=PC01&pc=PC02&pc=PC03"
    for path in ("batch/check-out", "settle"):
        dialog = desk.get(f"/panel/computers/{path}?{pcs}")
        words = text_of(dialog)
        assert words.count(WARNING) == 2, path
        for amount in ("€2.00", "€6.00"):
            assert f"still owes {amount} for what was ordered" in words, path
        assert len(offered(dialog)) == 2


def test_who_may_not_sell_reads_it_and_is_not_sent_to_take_it(client: Client, floor: Floor) -> None:
    floor.guest("postpaid", "PC01")
    later(floor, "PC01", {1: 1})
    person = floor.store.read_sync(staff_by_account, floor.hall.center_id, "staff7777")
    assert person is not None
    url = f"/api/native/v1/staff/{person.id}/rights"
    body = {"granted": [], "withheld": ["orders.sell"]}
    answer = client.raw("PUT", url, key=floor.hall.api_key, json=body)
    assert answer.status_code == 200, answer.text
    dialog = Desk(client, "staff7777").get(OUT)
    assert "still owes €2.00" in text_of(dialog)
    assert offered(dialog) == []
