"""What the pages read, on both databases."""

from __future__ import annotations

from typing import Any

import pytest

from lanhouse.cafe.desk.queries.computers import MoveChoice, computers, move_choice, selected_pc
from lanhouse.cafe.desk.queries.member_list import ListIn, member_page
from lanhouse.cafe.desk.queries.members import find_members
from lanhouse.cafe.desk.queries.receipt import check_out_view, receipt_of
from lanhouse.cafe.portal.queries import account_page
from lanhouse.db.store import Store
from lanhouse.kit import clock
from tests.builders.floor import EURO, Floor, open_floor


@pytest.fixture
def floor(store: Store, freeze: Any) -> Floor:
    assert freeze is not None
    return open_floor(store, pcs_count=3, price_cents=300)


def read(floor: Floor, query: Any, *wanted: Any) -> Any:
    return floor.store.read_sync(query, *wanted)


def test_the_map_and_its_counters(floor: Floor) -> None:
    floor.pay(3 * EURO, "PC01")
    floor.break_pc("PC03", "Fan noise")
    shown = read(floor, computers, floor.center, clock.now())
    assert shown.counts == {"free": 1, "playing": 1, "ending": 0, "ended": 0, "broken": 1}
    (room,) = shown.rooms
    assert [seat.state for seat in room.seats] == ["prepaid", "free", "broken"]
    assert room.rate.per_hour_micros == 3 * EURO


def test_the_selected_pc_with_bill_person_and_log(floor: Floor, freeze: Any) -> None:
    group_id = floor.add_member_group("Gold", pc_time_discount=1000)
    member_id = floor.add_member(
        "rui_s", balance=5 * EURO, group_id=group_id, first_name="Rui", last_name="Santos"
    )
    floor.member(member_id, "PC02")
    freeze.advance(3600)
    found = read(floor, selected_pc, floor.center, "PC02", clock.now())
    assert (found.member.name, found.member.initials) == ("Rui Santos", "RS")
    assert (found.member.group_name, found.member.discount_percent) == ("Gold", 10)
    assert found.bill.total_micros == 2_700_000
    assert found.split.from_balance_micros == 2_700_000
    assert found.split.balance_left_micros == 2_300_000
    assert [row.event for row in found.log] == ["SESSION"]
    assert read(floor, selected_pc, floor.center, "PC99", clock.now()) is None


def test_yesterdays_log_is_not_todays(floor: Floor, freeze: Any) -> None:
    floor.guest("postpaid", "PC01")
    freeze.advance(24 * 3600)
    assert read(floor, selected_pc, floor.center, "PC01", clock.now()).log == []


def test_where_a_session_may_move(floor: Floor) -> None:
    floor.add_pc("VIP1", pc_group_id=floor.add_pc_group("VIP"))
    session = floor.guest("postpaid", "PC01")
    assert read(floor, move_choice, 7777, "PC01") == MoveChoice(session.id, ["PC02", "PC03"])
    assert read(floor, move_choice, 7777, "VIP1") == MoveChoice(0, [])


def test_members_by_account_name_and_plain_signs(floor: Floor) -> None:
    floor.add_member("Ana.Costa", first_name="Ana", last_name="Costa")
    floor.add_member("a_100%", first_name="Zé")
    names = {
        text: [person.account for person in read(floor, find_members, floor.center, text)]
        for text in ("ana.costa", "COSTA", "0%", "%", "_", "zé", "", "nobody")
    }
    assert names == {
        "ana.costa": ["Ana.Costa"],
        "COSTA": ["Ana.Costa"],
        "0%": ["a_100%"],
        "%": ["a_100%"],
        "_": ["a_100%"],
        "zé": ["a_100%"],
        "": [],
        "nobody": [],
    }


def test_the_list_of_members(floor: Floor) -> None:
    floor.add_member("b", balance=2 * EURO, bonus=EURO)
    floor.add_member("a")
    page = read(floor, member_page, floor.center, ListIn(), clock.now())
    assert [(line.account, line.balance_micros, line.bonus_micros) for line in page.members] == [
        ("a", 0, 0),
        ("b", 2 * EURO, EURO),
    ]
    assert (page.total, page.first, page.last) == (2, 1, 2)
    for sort in ("balance", "bonus", "name", "group", "coins", "created", "no such column"):
        choice = ListIn(sort=sort, descending=True)
        page = read(floor, member_page, floor.center, choice, clock.now())
        assert len(page.members) == 2
        if sort in ("balance", "bonus"):
            assert [line.account for line in page.members] == ["b", "a"]


def test_check_out_then_receipt_then_history(floor: Floor, freeze: Any) -> None:
    member_id = floor.add_member("rui_s", balance=2 * EURO, bonus=4 * EURO)
    session = floor.member(member_id, "PC01")
    freeze.advance(3600)
    view = read(floor, check_out_view, floor.center, "PC01", clock.now())
    assert (view.split.from_balance_micros, view.split.from_bonus_micros) == (2 * EURO, EURO)
    running = read(floor, account_page, floor.center, member_id, clock.now()).running
    assert (running.pc_name, running.stays_micros) == ("PC01", 3 * EURO)
    floor.check_out("PC01")
    receipt = read(floor, receipt_of, floor.center, session.id)
    assert receipt.bill.total_micros == 3 * EURO
    assert (receipt.split.from_balance_micros, receipt.split.from_bonus_micros) == (2 * EURO, EURO)
    page = read(floor, account_page, floor.center, member_id, clock.now())
    assert page.running is None
    assert (page.balance_micros, page.bonus_micros) == (0, 3 * EURO)
    assert [line.session.id for line in page.lines if line.session] == [session.id]
