"""The pages of shifts, and the sale dialogs that open one."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest

from lanhouse.cafe.sessions.jobs import end_due_sessions
from lanhouse.cafe.shifts.queries import SHIFT_LIST, WantedShifts
from lanhouse.cafe.shifts.schemas import Report
from lanhouse.kit import clock
from tests.builders.centers import PASSWORD, Hall
from tests.builders.client import Client
from tests.builders.floor import EURO, Floor, furnish
from tests.contract.pages.test_pages import Desk, text_of

TOP_UP = "/panel/members/top-up"
PAY_OUT = "/panel/members/pay-out"


@pytest.fixture
def floor(hall: Hall) -> Floor:
    return Floor(hall.store, hall)


@pytest.fixture
def desk(client: Client, floor: Floor) -> Desk:
    return Desk(client, floor.hall.staff["staff"])


def shifts_of(floor: Floor) -> list[Any]:
    wanted = WantedShifts(center_id=7777)
    return floor.store.read_sync(lambda read: SHIFT_LIST.part(read, wanted, None, 50)).rows


def only_report(floor: Floor) -> Report:
    (row,) = shifts_of(floor)
    return floor.report(row.id)


def reason_at(field: str, page: str) -> str:
    found = re.search(rf'class="lh-error" id="{field}-more">.*?<span>(.*?)</span>', page, re.S)
    return found[1] if found else ""


def key_in(page: str) -> str:
    found = re.search(r'name="key" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def test_a_shift_in_the_panel(client: Client, floor: Floor, desk: Desk) -> None:
    assert "There is no till yet" in text_of(desk.get("/panel/shift"))
    boss = Desk(client, floor.hall.staff["manager"])
    added = boss.post("/panel/shift/tills", {"name": "Till <1>", "key": "t1"})
    assert added.headers["hx-redirect"] == "/panel/shift/tills?done=added"
    page = desk.get("/panel/shift").text
    assert "Till &lt;1&gt;" in page
    till = re.search(r'<option value="(\d+)"', page)
    assert till is not None
    wrong = desk.post("/panel/shift/open", {"till_id": till[1], "float": "x", "key": "o0"})
    assert (wrong.status_code, reason_at("float", wrong.text)) == (
        400,
        "This is not an amount. Write it like 12.50",
    )
    opening = {"till_id": till[1], "float": "50,00", "key": "o1"}
    for _ in range(2):
        opened = desk.post("/panel/shift/open", opening)
        assert opened.headers["hx-redirect"] == "/panel/shift?done=opened"
    (shift,) = shifts_of(floor)
    path = f"/panel/shifts/{shift.id}"
    moved = desk.post(f"{path}/cash", {"direction": "out", "amount": "5", "reason": ""})
    assert reason_at("reason", moved.text) == "is required"
    cash = {"direction": "out", "amount": "5", "reason": "To the bank", "key": "c1"}
    desk.post(f"{path}/cash", cash)
    desk.post(f"{path}/cash", cash)
    assert only_report(floor).figures.expected_micros == 45 * EURO
    assert "Cash out: To the bank" in text_of(desk.get("/panel/shift"))
    spend = {"direction": "expense", "amount": "5", "reason": "Milk", "key": "c2"}
    assert desk.post(f"{path}/cash", spend).status_code == 403
    uncounted = desk.post(f"{path}/count", {"pieces[20]": "", "counted": ""})
    assert reason_at("counted", uncounted.text) == "is required"
    assert only_report(floor).count is None
    counted = desk.post(f"{path}/count", {"pieces[20]": "2", "pieces[2]": "2", "pieces[1]": ""})
    assert counted.headers["hx-redirect"] == f"{path}?done=counted"
    assert "€1.00 missing" in text_of(desk.get("/panel/shift"))
    unexplained = desk.post(f"{path}/close", {"left": "40", "comment": ""})
    assert reason_at("comment", unexplained.text) == "is required: the count differs from the books"
    too_much = desk.post(f"{path}/close", {"left": "45", "comment": "Lost"})
    assert reason_at("left", too_much.text) == "must be at most 44.00, the cash in the drawer"
    closing = {
        "left": "40",
        "comment": "Lost <b>one</b>",
        "next_account": "manager7777",
        "next_password": "no",
    }
    assert "The account or the password is wrong." in text_of(desk.post(f"{path}/close", closing))
    alone = desk.post(f"{path}/close", closing | {"next_account": ""})
    assert reason_at("next_account", alone.text) == "is required: whose password is it?"
    assert only_report(floor).z_number == 0
    closing |= {"next_password": PASSWORD, "key": "z1"}
    closed = desk.post(f"{path}/close", closing)
    assert closed.headers["hx-redirect"] == f"{path}?done=handed"
    z = desk.get(path)
    assert "Lost &lt;b&gt;one&lt;/b&gt;" in z.text
    for words in ("Z report 1", "To the safe", "€4.00", "manager7777 received it"):
        assert words in text_of(z)
    assert "Z 1" in text_of(boss.get("/panel/shifts"))
    assert "Shift at Till <1>" in text_of(boss.get("/panel/shift"))
    # Staff sees own shifts only.
    own, theirs = desk.get("/panel/shifts").text, boss.get("/panel/shifts").text
    assert (own.count("/panel/shifts/"), theirs.count("/panel/shifts/")) == (1, 2)
    floor.verify()


def test_a_blind_count_hides_the_sum_on_the_page(client: Client, floor: Floor, desk: Desk) -> None:
    floor.set(shift_blind_count=True)
    opening = {"till_id": floor.add_till(), "float": "73", "key": "o1"}
    desk.post("/panel/shift/open", opening)
    (shift,) = shifts_of(floor)
    desk.post(
        f"/panel/shifts/{shift.id}/cash", {"direction": "in", "amount": "5", "reason": "Coins"}
    )
    for path in ("/panel/shift", f"/panel/shifts/{shift.id}", "/panel/shifts"):
        assert "78.00" not in desk.get(path).text
    assert "78.00" in Desk(client, floor.hall.staff["admin"]).get(f"/panel/shifts/{shift.id}").text
    desk.post(f"/panel/shifts/{shift.id}/count", {"counted": "70"})
    assert "€8.00 missing" in text_of(desk.get("/panel/shift"))


def test_a_sale_opens_the_shift_it_needs(client: Client, floor: Floor, desk: Desk) -> None:
    floor.set(shift_required=True)
    ada = floor.add_member("ada")
    selling = {"member": "ada", "amount": "5", "payment": "cash", "shown": ada, "key": "s1"}
    assert "no till is free" in text_of(desk.post(TOP_UP, selling))
    till = floor.add_till()
    refused = desk.post(TOP_UP, selling)
    assert refused.status_code == 400
    assert "You have no open shift" in text_of(refused)
    assert "shift: open" not in refused.text
    # The form keeps its key: what is sent again is the same sale.
    assert key_in(refused.text) == "s1"
    wrong = desk.post(TOP_UP, {**selling, "open_till": till, "open_float": "x"})
    assert reason_at("open_float", wrong.text) == "This is not an amount. Write it like 12.50"
    assert (key_in(wrong.text), shifts_of(floor)) == ("s1", [])
    again = {**selling, "open_till": till, "open_float": "100"}
    for _ in range(2):
        assert "ada topped up by €5.00." in text_of(desk.post(TOP_UP, again))
    assert floor.money(ada) == (5 * EURO, 0)
    assert only_report(floor).figures.expected_micros == 105 * EURO
    floor.verify()


def test_start_and_check_out_offer_it_too(client: Client, floor: Floor) -> None:
    from lanhouse.cafe.pcs.commands import NewPcs

    floor.store.run_sync(floor.put_pcs, NewPcs(center=floor.center, names=["PC01"]))
    floor.set_price(200)
    floor.set(shift_required=True)
    boss = Desk(client, floor.hall.staff["manager"])
    till = floor.add_till()
    buying = {"pc": "PC01", "kind": "guest", "amount": "4", "payment": "cash", "key": "b1"}
    refused = boss.post("/panel/computers/start", buying)
    assert "You have no open shift" in text_of(refused)
    assert not floor.is_busy("PC01")
    sold = boss.post("/panel/computers/start", {**buying, "open_till": till, "open_float": "0"})
    assert sold.status_code == 200
    assert floor.is_busy("PC01")
    (shift,) = shifts_of(floor)
    assert floor.report(shift.id).figures.time.cash_micros == 4 * EURO
    # Somebody without a shift gives the rest back.
    other = Desk(client, floor.hall.staff["admin"])
    bar = floor.add_till("Bar")
    page = other.get("/panel/computers/check-out?pc=PC01").text
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))
    refused = other.post("/panel/computers/check-out", fields)
    assert "You have no open shift" in text_of(refused)
    assert floor.is_busy("PC01")
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', refused.text))
    done = other.post(
        "/panel/computers/check-out", {**fields, "open_till": bar, "open_float": "20"}
    )
    assert done.status_code == 200, done.text
    assert not floor.is_busy("PC01")
    floor.verify()


def test_others_and_forged_ones(client: Client, floor: Floor, desk: Desk) -> None:
    bob = floor.hire("bob")
    shift = floor.open_shift(bob, floor.add_till(), 5)
    path = f"/panel/shifts/{shift}"
    assert desk.get(path).status_code == 404
    assert desk.post(f"{path}/count", {"counted": "5"}).status_code in (403, 404)
    assert desk.get("/panel/shifts/999").status_code == 404
    assert desk.get("/panel/shifts/x").status_code == 404
    forged = desk.post(f"{path}/close", {"left": "0"}, **{"X-CSRF-Token": "forged"})
    assert forged.status_code == 403
    assert floor.report(shift).count is None


@pytest.mark.parametrize(("way", "is_offered"), [("return", True), ("keep", False)])
def test_what_guests_have_left_is_told_where_a_shift_is_closed(
    desk: Desk, floor: Floor, freeze: clock.frozen, way: str, is_offered: bool
) -> None:
    floor.set(prepaid_session_change_method=way, end_sessions_at_closing=True)
    floor.set(open_time_start="09:00", open_time_end="13:00")
    floor.store.run_sync(furnish, (floor, 1, 200))
    opening = {"till_id": str(floor.add_till()), "float": "100", "key": "open"}
    desk.post("/panel/shift/open", opening)
    (row,) = shifts_of(floor)
    floor.pay(100 * EURO, "PC01")
    page = f"/panel/shifts/{row.id}"
    assert "Left by guests" not in desk.get(page).text
    freeze.advance(25 * 3600)  # the house has closed meanwhile
    floor.store.run_sync(end_due_sessions, None)
    told = desk.get(page).text
    assert "Left by guests" in told
    found = re.search(r'hx-get="(/panel/members/pay-out[?][^"]+)"', told)
    assert (found is not None) is is_offered
    if found is None:
        assert "stays on the guests’ accounts" in told
        return
    # The dialog of every refund, filled in with what is left.
    dialog = desk.get(html.unescape(found[1])).text
    left = re.search(r'name="amount"[^>]*value="([0-9.]+)"', dialog)
    assert left is not None
    assert f"€{left[1]}" in told
    account = re.search(r"member=(G_\w+)", found[1])
    assert account is not None
    form = {"member": account[1], "amount": left[1], "comment": "left over", "key": "back"}
    quote = desk.get(f"{PAY_OUT}/quote?member={account[1]}&amount={left[1]}")
    assert "gives back" in text_of(quote)
    before = floor.till()
    done = desk.post(PAY_OUT, form)
    assert done.status_code == 200, done.text
    assert "data-done" in done.text
    assert before - floor.till() == round(float(left[1]) * EURO)
    assert "Left by guests" not in desk.get(page).text
    # Money is never put on a guest's account there.
    refused = desk.post(TOP_UP, {**form, "amount": "5", "key": "in"})
    assert refused.status_code == 400


def test_a_till_is_renamed_and_taken_out_of_use(client: Client, floor: Floor, desk: Desk) -> None:
    boss, tills = Desk(client, floor.hall.staff["manager"]), "/panel/shift/tills"
    for name in ("Bar", "Door"):
        boss.post(tills, {"name": name, "key": name})
    found = re.findall(rf'href="({tills}/\d+)"><b>(\w+)<', boss.get(tills).text)
    bar, door = (path for path, _ in found)
    assert [name for _, name in found] == ["Bar", "Door"]
    assert 'value="Bar"' in boss.get(bar).text
    taken = boss.post(bar, {"name": "door", "is_used": "1", "key": "n1"})
    assert (taken.status_code, reason_at("name", taken.text)) == (400, "already exists")
    for _ in range(2):
        saved = boss.post(bar, {"name": "Bar <2>", "is_used": "1", "key": "n2"})
        assert saved.headers["hx-redirect"] == f"{tills}?done=changed"
    assert "Bar &lt;2&gt;" in boss.get(tills).text
    # Without the tick it is not in use, and no shift is opened there.
    boss.post(door, {"name": "Door", "key": "n3"})
    page = boss.get("/panel/shift").text
    assert "Bar &lt;2&gt;</option>" in page
    assert "Door</option>" not in page
    refused = boss.post("/panel/shift/open", {"till_id": door.rsplit("/")[-1], "float": "0"})
    assert refused.status_code >= 400
    boss.post("/panel/shift/open", {"till_id": bar.rsplit("/")[-1], "float": "0", "key": "o"})
    stays = boss.post(bar, {"name": "Bar", "key": "n4"})
    assert "close the shift at this till first" in text_of(stays)
    assert "Bar <2>" in text_of(boss.get(tills))
    for path in (tills, bar):
        assert desk.get(path).status_code == 403
    assert desk.post(bar, {"name": "Mine", "is_used": "1"}).status_code == 403
    assert boss.get(f"{tills}/999").status_code == 404
    assert boss.post(f"{tills}/999", {"name": "Mine", "key": "n5"}).status_code == 404
