"""The panel's pages of the groups."""

from __future__ import annotations

import pytest

from lanhouse.cafe.groups.queries import member_groups_of, pc_groups_of
from tests.builders.centers import Hall, open_hall
from tests.builders.client import Client
from tests.builders.floor import Floor
from tests.contract.pages.test_pages import Desk, hidden_fields, text_of

PATH = "/panel/settings/groups"


@pytest.fixture
def floor(hall: Hall) -> Floor:
    return Floor(hall.store, hall)


@pytest.fixture
def desk(client: Client, floor: Floor) -> Desk:
    return Desk(client, floor.hall.staff["admin"])


def test_a_pc_group_is_made_renamed_and_deleted(floor: Floor, desk: Desk) -> None:
    key = hidden_fields(desk.get(f"{PATH}/pc"))["key"]
    form = {"key": key, "name": "VIP", "description": "By the window"}
    assert desk.post(f"{PATH}/pc", form).headers["hx-redirect"] == f"{PATH}?done=added"
    assert desk.post(f"{PATH}/pc", form).headers["hx-redirect"] == f"{PATH}?done=added"
    _, vip = floor.store.read_sync(pc_groups_of, 7777)
    assert (vip.name, vip.description) == ("VIP", "By the window")
    assert 'value="VIP"' in desk.get(f"{PATH}/pc?id={vip.id}").text
    desk.post(f"{PATH}/pc", {"id": vip.id, "name": "Lounge"})
    assert "Lounge" in text_of(desk.get(f"{PATH}?done=changed"))
    floor.add_price("Lounge", 300, pc_group_id=vip.id)
    refused = desk.post(f"{PATH}/pc/delete", {"id": vip.id, "name": "Lounge"})
    assert refused.status_code == 422
    assert "The group is in use by 1 prices." in text_of(refused)
    empty = floor.add_pc_group("Empty")
    assert desk.post(f"{PATH}/pc/delete", {"id": empty}).status_code == 200
    assert [group.name for group in floor.store.read_sync(pc_groups_of, 7777)][1:] == ["Lounge"]


def test_a_member_group_with_discounts(floor: Floor, desk: Desk) -> None:
    form = {"name": "Gold", "pc_time_discount": "12,5 %", "min_points": "100"}
    assert desk.post(f"{PATH}/member", form).status_code == 200
    _, gold = floor.store.read_sync(member_groups_of, 7777)
    assert (gold.name, gold.pc_time_discount, gold.min_points_micros) == ("Gold", 1250, 100_000_000)
    page = desk.get(f"{PATH}/member?id={gold.id}").text
    assert 'value="12.5"' in page
    assert "12.5" in text_of(desk.get(PATH))
    changed = {"id": gold.id, "name": "Gold", "pc_time_discount": "10"}
    assert desk.post(f"{PATH}/member", changed).headers["hx-redirect"] == f"{PATH}?done=changed"
    assert floor.store.read_sync(member_groups_of, 7777)[1].pc_time_discount == 1000
    desk.post(f"{PATH}/member/delete", {"id": gold.id, "name": "Gold"})
    assert len(floor.store.read_sync(member_groups_of, 7777)) == 1


def test_everything_wrong_is_named_at_once(floor: Floor, desk: Desk) -> None:
    form = {"name": "", "pc_time_discount": "101", "offer_discount": "x"}
    answer = desk.post(f"{PATH}/member", form)
    assert answer.status_code == 400
    for field in ("name", "pc_time_discount", "offer_discount"):
        assert f'class="lh-error" id="{field}-more"' in answer.text
    assert 'value="101"' in answer.text
    assert desk.post(f"{PATH}/pc", {"name": "x" * 51}).status_code == 400
    floor.add_pc_group("VIP")
    assert "VIP already exists" in text_of(desk.post(f"{PATH}/pc", {"name": "VIP"}))


def test_groups_that_are_not_there(floor: Floor, desk: Desk) -> None:
    other = Floor(floor.store, open_hall(floor.store, 7778))
    foreign = other.add_pc_group("VIP")
    for path in (f"pc?id={foreign}", "pc?id=99", "member?id=99", "member?id=-2"):
        assert desk.get(f"{PATH}/{path}").status_code == 404
    assert desk.post(f"{PATH}/pc", {"id": foreign, "name": "Mine"}).status_code == 404
    assert desk.post(f"{PATH}/pc/delete", {"id": foreign}).status_code == 404
    assert floor.store.read_sync(pc_groups_of, 7778)[1].name == "VIP"


def test_who_may(client: Client, floor: Floor) -> None:
    floor.add_pc_group("VIP")
    manager = Desk(client, floor.hall.staff["manager"])
    assert "VIP" in text_of(manager.get(PATH))
    assert "Add a PC group" not in manager.get(PATH).text
    for path in ("pc", "member"):
        assert manager.get(f"{PATH}/{path}").status_code == 403
        assert manager.post(f"{PATH}/{path}", {"name": "X"}).status_code == 403
