"""Settings that name groups and rooms: chosen in the panel by their names, and checked."""

from __future__ import annotations

import json
from typing import Any

import pytest

from lanhouse.cafe.pcs.queries import rooms_of
from tests.builders.centers import Hall, open_hall
from tests.builders.client import Client
from tests.builders.floor import Floor
from tests.contract.pages.test_pages import Desk, text_of
from tests.contract.settings.test_settings_pages import filled, save


@pytest.fixture
def floor(hall: Hall) -> Floor:
    return Floor(hall.store, hall)


@pytest.fixture
def desk(client: Client, floor: Floor) -> Desk:
    return Desk(client, floor.hall.staff["admin"])


def setting(client: Client, name: str) -> Any:
    return json.loads(client.ok("GET", "/configs")[name])


def test_who_may_pay_later_is_chosen_by_name(client: Client, floor: Floor, desk: Desk) -> None:
    gold = str(floor.add_member_group("Gold <b>"))
    page = desk.get("/panel/settings/payment").text
    assert "Gold &lt;b&gt;" in page
    assert '<textarea class="form-control" id="pay_later"' not in page
    assert save(desk, "payment", pay_later=gold).status_code == 303
    assert setting(client, "pay_later") == {"member_groups": [gold]}
    assert save(desk, "payment", pay_later=["0", gold]).status_code == 303
    assert setting(client, "pay_later") == {"member_groups": ["0", gold]}
    form = filled(desk, "payment")
    del form["pay_later"]
    assert desk.post("/panel/settings/payment", form).status_code == 303
    assert setting(client, "pay_later") == {"member_groups": []}


def test_levels_are_typed_beside_the_groups(client: Client, floor: Floor, desk: Desk) -> None:
    vip = floor.add_pc_group("VIP")
    form = filled(desk, "game")
    name = f"pc_group_levels[pc_group_id_{vip}]"
    assert form[name] == ""
    assert (
        save(desk, "game", **{name: "2", "pc_group_levels[pc_group_id_0]": "1"}).status_code == 303
    )
    assert setting(client, "pc_group_levels") == {
        "pc_group_id_0": "level_1",
        f"pc_group_id_{vip}": "level_2",
    }
    assert filled(desk, "game")[name] == "2"
    wrong = save(desk, "game", **{name: "high"})
    assert wrong.status_code == 400
    assert "must be a level such as level_2" in text_of(wrong)
    assert save(desk, "game", **{name: ""}).status_code == 303
    assert setting(client, "pc_group_levels") == {"pc_group_id_0": "level_1"}


def test_a_room_that_is_paid_as_a_whole_is_ticked(client: Client, floor: Floor, desk: Desk) -> None:
    assert "There are no rooms yet." in text_of(desk.get("/panel/settings/center"))
    for room in ("Bar, [1]", "Lounge"):
        client.ok("POST", "/pcs/action/saveAreaLayout", json={"area_name": room})
    bar = str(floor.store.read_sync(rooms_of, floor.hall.center_id)[0].id)
    assert save(desk, "center", pc_area_info_extend=bar).status_code == 303
    assert setting(client, "pc_area_info_extend") == {"Bar, [1]": {"allow_pay_by_room": 1}}
    # A program may have written the name in another case, and the room is renamed then.
    sent = {"pc_area_info_extend": {"LOUNGE": {"allow_pay_by_room": 1}}}
    client.ok("PUT", "/configs/centerSettings", json=sent)
    assert "checked> Lounge" in desk.get("/panel/settings/center").text
    renamed = {"area_name": "Lounge", "edit_area_name": "Salon"}
    client.ok("POST", "/pcs/action/saveAreaLayout", json=renamed)
    assert setting(client, "pc_area_info_extend") == {"Salon": {"allow_pay_by_room": 1}}


CHRISTMAS = {"date": "2026-12-25", "weekday": 7}
MINUTES = "must be 1 to 527040 minutes"


@pytest.mark.parametrize(
    ("name", "value", "field", "reason"),
    [
        ("pay_later", {"member_groups": ["0", "99999"]}, "", "99999 is not a member group of"),
        ("pc_group_levels", {"pc_group_id_99999": "1"}, "", "99999 is not a PC group of"),
        ("pc_group_levels", {"pc_group_id_0": "high"}, ".pc_group_id_0", "must be a level such as"),
        ("pc_group_levels", {"vip": "level_2"}, ".vip", "must be named by its number, as in"),
        ("price_button", [{"min": "30"}, {"min": "", "money": ""}], ".1.min", "is required"),
        ("price_button", [{"min": "0"}], ".0.min", MINUTES),
        ("price_button", [{"min": "999999"}], ".0.min", MINUTES),
        ("price_button", [{"min": "30", "money": "0.00"}], ".0.money", "must be more than 0"),
        ("holidays", [CHRISTMAS, {**CHRISTMAS, "weekday": 6}], ".1.date", "is named twice"),
    ],
)
def test_what_nobody_could_obey_is_not_stored(
    client: Client, hall: Hall, name: str, value: Any, field: str, reason: str
) -> None:
    before = client.ok("GET", "/configs")
    code, message = client.refused("PUT", "/configs/paymentSettings", json={name: value})
    assert code == 400
    assert message.startswith(f"{name}{field}: {reason}")
    assert client.ok("GET", "/configs") == before


def test_the_group_of_another_centre_is_none_and_one_that_is_gone_may_be_sent_back(
    client: Client, floor: Floor, desk: Desk
) -> None:
    other = Floor(floor.store, open_hall(floor.store, 8888))
    theirs = other.add_member_group("Theirs")
    path, body = "/configs/paymentSettings", {"pay_later": {"member_groups": [str(theirs)]}}
    assert client.refused("PUT", path, json=body)[0] == 400
    gold = floor.add_member_group("Gold")
    kept = {"pay_later": {"member_groups": [str(gold)]}}
    client.ok("PUT", path, json=kept)
    desk.post("/panel/settings/groups/member/delete", {"id": gold})
    # A client that sends back all that it read is not stopped by what the panel has removed.
    client.ok("PUT", path, json={**kept, "free_time_minutes": 3})
    assert client.ok("GET", "/configs")["free_time_minutes"] == 3
