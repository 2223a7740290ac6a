"""The settings pages: made from the keys, written by field, read-only for who may not change."""

from __future__ import annotations

import html
import json
import re
from typing import Any

import pytest

from lanhouse.cafe.centers.schemas import GROUPS
from tests.builders.centers import Hall, open_hall
from tests.builders.client import Client
from tests.builders.floor import EURO, Floor
from tests.contract.pages.test_pages import Desk, text_of


@pytest.fixture
def floor(hall: Hall) -> Floor:
    return Floor(hall.store, hall)


@pytest.fixture
def desk(client: Client, floor: Floor) -> Desk:
    return Desk(client, floor.hall.staff["admin"])


def filled(desk: Desk, group: str) -> dict[str, Any]:
    """What a browser sends of the form when nobody touches it."""
    page = desk.get(f"/panel/settings/{group}").text
    fields: dict[str, Any] = {}
    for tag in re.findall(r"<input [^>]+>", page):
        name = re.search(r' name="([^"]+)"', tag)
        if name and name[1] != "find" and (" checked" in tag or 'type="checkbox"' not in tag):
            value = re.search(r' value="([^"]*)"', tag)
            fields[name[1]] = html.unescape(value[1]) if value else ""
    for name, body in re.findall(r'<select [^>]*name="([^"]+)"[^>]*>(.*?)</select>', page, re.S):
        chosen = re.search(r'value="([^"]*)" selected', body)
        fields[name] = chosen[1] if chosen else ""
    for name, body in re.findall(
        r'<textarea [^>]*name="([^"]+)"[^>]*>\n?(.*?)</textarea>', page, re.S
    ):
        fields[name] = html.unescape(body)
    return fields


def save(desk: Desk, group: str, **changes: Any) -> Any:
    return desk.post(f"/panel/settings/{group}", {**filled(desk, group), **changes})


@pytest.mark.parametrize("group", list(GROUPS))
def test_every_key_stands_there_with_its_meaning(desk: Desk, group: str) -> None:
    page = text_of(desk.get(f"/panel/settings/{group}"))
    for key in GROUPS[group].keys:
        assert key.mark.label in page
        assert key.mark.meaning in page


@pytest.mark.parametrize("group", list(GROUPS))
def test_a_form_that_nobody_touched_changes_nothing(
    client: Client, floor: Floor, desk: Desk, group: str
) -> None:
    floor.set_price(250)
    before = client.ok("GET", "/configs")
    answer = save(desk, group)
    assert (answer.status_code, answer.headers["location"]) == (
        303,
        f"/panel/settings/{group}?saved=1",
    )
    assert client.ok("GET", "/configs") == before
    floor.set_price(300)
    assert client.ok("GET", "/configs")["desk_confirm_above"] == 1500


def test_what_was_changed_is_written_and_an_emptied_field_is_the_default(
    client: Client, floor: Floor, desk: Desk
) -> None:
    floor.set(minimum_charge_micros=EURO, disable_postpaid=True)
    form = filled(desk, "payment")
    assert (form["minimum_charge"], form["disable_postpaid"]) == ("1.00", "1")
    del form["disable_postpaid"]
    changes = {
        "minimum_charge": "",
        "free_time_minutes": "5",
        "free_minutes_once": "1",
        "prepaid_session_change_method": "keep",
    }
    assert desk.post("/panel/settings/payment", {**form, **changes}).status_code == 303
    now = client.ok("GET", "/configs")
    assert now["minimum_charge"] == 0
    assert now["free_time_minutes"] == 5
    assert now["free_minutes_once"] == 1
    assert now["disable_postpaid"] == 0
    assert now["prepaid_session_change_method"] == "keep"
    assert "Saved" in text_of(desk.get("/panel/settings/payment?saved=1"))


def test_lists_of_the_form(client: Client, desk: Desk) -> None:
    changes = {
        "price_bonus[0][amount]": "100",
        "price_bonus[0][bonus]": "20",
        "topup_reward_percent[6]": "0",
    }
    assert save(desk, "loyalty", **changes).status_code == 303
    assert (
        save(desk, "center", cors_origins="https://a.example\n\nhttps://b.example").status_code
        == 303
    )
    now = client.ok("GET", "/configs")
    assert json.loads(now["price_bonus"]) == [{"amount": "100.00", "bonus": "20.00"}]
    assert now["topup_reward_percent"] == "[100,100,100,100,100,100,0]"
    assert now["cors_origins"] == ["https://a.example", "https://b.example"]
    form = filled(desk, "loyalty")
    assert form["price_bonus[0][bonus]"] == "20.00"
    cleared = {"price_bonus[0][amount]": "", "price_bonus[0][bonus]": ""}
    assert desk.post("/panel/settings/loyalty", {**form, **cleared}).status_code == 303
    assert client.ok("GET", "/configs")["price_bonus"] == "[]"


def test_rows_of_the_form(client: Client, desk: Desk) -> None:
    changes = {
        "holidays[0][date]": "2026-12-25",
        "holidays[0][weekday]": "7",
        "holidays[0][name]": "Christmas",
        "price_button[1][money]": "5.00",
    }
    assert save(desk, "payment", **changes).status_code == 303
    now = client.ok("GET", "/configs")
    christmas = {"date": "2026-12-25", "weekday": 7, "name": "Christmas"}
    assert json.loads(now["holidays"]) == [christmas]
    assert json.loads(now["price_button"]) == [{"min": "", "money": "5.00"}]
    form = filled(desk, "payment")
    assert form["holidays[0][weekday]"] == "7"
    # A row that is emptied is gone; one that is wrong changes nothing and is said at its field.
    wrong = desk.post("/panel/settings/payment", {**form, "holidays[1][date]": "2026-02-30"})
    assert wrong.status_code == 400
    assert json.loads(client.ok("GET", "/configs")["holidays"]) == [christmas]
    emptied = dict.fromkeys((f"holidays[0][{name}]" for name in christmas), "")
    assert desk.post("/panel/settings/payment", {**form, **emptied}).status_code == 303
    assert client.ok("GET", "/configs")["holidays"] == "[]"


def test_what_another_one_changed_meanwhile_stays(client: Client, desk: Desk) -> None:
    form = filled(desk, "payment")
    client.ok(
        "PUT", "/configs/paymentSettings", json={"free_time_minutes": 9, "disable_prepaid": 1}
    )
    assert desk.post("/panel/settings/payment", {**form, "minimum_charge": "2"}).status_code == 303
    now = client.ok("GET", "/configs")
    assert (now["free_time_minutes"], now["disable_prepaid"], now["minimum_charge"]) == (9, 1, 2)


def test_reasons_stand_beside_their_fields_and_nothing_is_saved(client: Client, desk: Desk) -> None:
    before = client.ok("GET", "/configs")
    answer = save(
        desk, "payment", minimum_charge="two", free_time_minutes="5000", disable_prepaid="1"
    )
    assert answer.status_code == 400
    assert "Nothing was saved" in text_of(answer)
    for name in ("minimum_charge", "free_time_minutes"):
        field = re.search(rf'<input [^>]*id="{name}"[^>]*>', answer.text)
        assert field is not None
        assert 'aria-invalid="true"' in field[0]
        assert f'id="{name}-more"' in answer.text
    assert 'value="two"' in answer.text
    assert client.ok("GET", "/configs") == before
    told = save(desk, "center", timezone="Mars/Olympus", cafe_name="")
    assert "must not be empty" in text_of(told)
    assert save(desk, "loyalty", **{"price_bonus[0][amount]": "x"}).status_code == 400


@pytest.mark.parametrize("role", ["staff", "manager"])
def test_who_may_not_change_reads(client: Client, floor: Floor, role: str) -> None:
    desk = Desk(client, floor.hall.staff[role])
    page = desk.get("/panel/settings/payment")
    assert page.status_code == 200
    assert "Only an Admin can change settings." in text_of(page)
    assert '<fieldset class="lh-stack" disabled' in page.text
    assert 'href="/panel/settings/api"' not in page.text
    before = client.ok("GET", "/configs")
    answer = desk.post("/panel/settings/payment", {"shown": "{}", "free_time_minutes": "7"})
    assert answer.status_code == 403
    assert client.ok("GET", "/configs") == before


def test_a_setting_is_found_by_name_and_meaning(desk: Desk) -> None:
    page = desk.get("/panel/settings/find?find=leaves+comes+back").text
    assert 'href="/panel/settings/payment#free_minutes_once"' in page
    assert "#minimum_charge" not in page
    assert "No setting matches" in text_of(desk.get("/panel/settings/find?find=roud"))
    assert desk.get("/panel/settings").headers["location"] == "/panel/settings/center"


def test_a_forged_form_is_refused(client: Client, floor: Floor, desk: Desk) -> None:
    open_hall(floor.hall.store, 8888)
    before = client.ok("GET", "/configs")
    for shown in ("[1]", "{", '{"minimum_charge": 1'):
        assert save(desk, "payment", shown=shown, minimum_charge="3").status_code == 400
    assert client.ok("GET", "/configs") == before
