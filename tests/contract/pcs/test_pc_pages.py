"""The panel's pages of the PCs: adding by range, changing several, and who may."""

from __future__ import annotations

import re
from typing import Any

import pytest

from lanhouse.cafe.pcs.commands import NewPcs, add_pcs
from lanhouse.cafe.pcs.commands.layout import Layout, save_layout
from lanhouse.cafe.pcs.commands.rooms import RoomPlan
from lanhouse.cafe.pcs.queries import pc_rows, rooms_of
from lanhouse.db.statements import Row
from tests.builders.centers import Hall, open_hall
from tests.builders.client import Client
from tests.builders.floor import EURO, Floor
from tests.contract.pages.test_pages import Desk, hidden_fields, text_of

PATH = "/panel/settings/pcs"
ROOM = RoomPlan(
    name="Arena", frame_x=0, frame_y=0, frame_width=500, frame_height=300, allows_booking=True
)


@pytest.fixture
def floor(hall: Hall) -> Floor:
    return Floor(hall.store, hall)


@pytest.fixture
def desk(client: Client, floor: Floor) -> Desk:
    return Desk(client, floor.hall.staff["manager"])


def pcs_of(floor: Floor, center_id: int = 7777) -> list[Row]:
    return floor.store.read_sync(pc_rows, center_id)


def values_of(floor: Floor, column: str) -> list[Any]:
    return [getattr(row, column) for row in pcs_of(floor)]


def reason_at(field: str, page: str) -> str:
    """What stands at a field as its error."""
    found = re.search(rf'class="lh-error" id="{field}-more">.*?<span>(.*?)</span>', page, re.S)
    return found[1] if found else ""


def shown_after(desk: Desk, answer: Any, where: str) -> str:
    """The words of the list that a form leads to."""
    assert answer.status_code == 200, answer.text
    assert answer.headers["hx-redirect"] == f"{PATH}?done={where}"
    return text_of(desk.get(answer.headers["hx-redirect"]))


def test_who_may_open(client: Client, floor: Floor) -> None:
    for path in (PATH, f"{PATH}/add", f"{PATH}/edit?names=PC01"):
        answers = {
            role: Desk(client, floor.hall.staff[role]).get(path).status_code
            for role in ("staff", "manager", "admin")
        }
        assert answers == {"staff": 403, "manager": 200, "admin": 200}
    staff = Desk(client, floor.hall.staff["staff"])
    assert PATH not in staff.get("/panel/computers").text
    assert staff.post(f"{PATH}/add", {"names": "PC01"}).status_code == 403
    assert pcs_of(floor) == []


def test_a_range_with_kind_group_and_room(floor: Floor, desk: Desk) -> None:
    floor.run(save_layout, Layout(floor.center, [ROOM], []))
    (room,) = floor.store.read_sync(rooms_of, 7777)
    group = floor.add_pc_group("VIP")
    assert "There are no PCs yet." in text_of(desk.get(PATH))
    key = hidden_fields(desk.get(f"{PATH}/add"))["key"]
    form = {
        "names": "PC01 to PC12, Bar",
        "console_type": "5",
        "pc_group_id": group,
        "room_id": room.id,
        "comment": "Row A",
        "key": key,
    }
    page = shown_after(desk, desk.post(f"{PATH}/add", form), "added&count=13")
    assert "13 PCs added." in page
    assert "PC12 PS5 VIP Arena Row A" in page
    assert values_of(floor, "name") == [*(f"PC{n:02d}" for n in range(1, 13)), "Bar"]
    assert set(values_of(floor, "console_type")) == {5}
    # The same form once more adds nothing and tells the same.
    assert "hx-redirect" in desk.post(f"{PATH}/add", form).headers
    assert len(pcs_of(floor)) == 13


@pytest.mark.parametrize(
    ("wrong", "field", "reason"),
    [
        ({"names": "PC09 to PC01"}, "names", "PC09 comes after PC01"),
        ({"names": "VIP1, PC01"}, "names", "PC01 already exists"),
        ({"names": "VIP1, vip1"}, "names", "names vip1 twice"),
        ({"names": ""}, "names", "is required"),
        ({"pc_group_id": "99"}, "pc_group_id", "is not a PC group of this centre"),
        ({"room_id": "99"}, "room_id", "is not a room of this centre"),
    ],
)
def test_refusals_stand_at_their_field(
    floor: Floor, desk: Desk, wrong: dict[str, str], field: str, reason: str
) -> None:
    floor.add_pc("PC01")
    form = {"names": "PC02", "comment": "Row <b>", **wrong}
    answer = desk.post(f"{PATH}/add", form)
    assert answer.status_code == 400
    assert reason_at(field, answer.text) == reason
    assert 'value="Row &lt;b&gt;"' in answer.text
    assert values_of(floor, "name") == ["PC01"]


def test_a_refusal_in_german(desk: Desk) -> None:
    cookie = f"{desk.cookie}; lh_lang=de"
    answer = desk.post(f"{PATH}/add", {"names": "PC09 to PC01"}, Cookie=cookie)
    assert reason_at("names", answer.text) == "PC09 kommt nach PC01"


def test_more_than_a_centre_may_have(floor: Floor, desk: Desk) -> None:
    floor.add_pc("Bar")
    answer = desk.post(f"{PATH}/add", {"names": "PC001 to PC500"})
    assert "A centre can have at most 500 PCs." in text_of(answer)
    assert len(pcs_of(floor)) == 1


def test_several_are_changed_together(floor: Floor, desk: Desk) -> None:
    floor.add_pcs("PC01", "PC02", "PC03")
    group = floor.add_pc_group("VIP")
    form = {"names": ["PC01", "pc02"], "pc_group_id": group, "console_type": "", "comment": "Row A"}
    page = shown_after(desk, desk.post(f"{PATH}/edit", form), "changed&count=2")
    assert "2 PCs changed." in page
    assert values_of(floor, "pc_group_id") == [group, group, 0]
    assert values_of(floor, "console_type") == [0, 0, 0]
    assert values_of(floor, "comment") == ["Row A", "Row A", ""]
    # A comment that was not touched stays everybody's own.
    both = desk.get(f"{PATH}/edit?names=PC02&names=PC03")
    assert "They differ: leave as it is" in text_of(both)
    assert hidden_fields(both)["shown_comment"] == ""
    form = {"names": ["PC02", "PC03"], "console_type": "7", "comment": "", "shown_comment": ""}
    shown_after(desk, desk.post(f"{PATH}/edit", form), "changed&count=2")
    assert values_of(floor, "comment") == ["Row A", "Row A", ""]
    assert values_of(floor, "console_type") == [0, 7, 7]
    form = {"names": ["PC01", "PC02"], "comment": "", "shown_comment": "Row A"}
    shown_after(desk, desk.post(f"{PATH}/edit", form), "changed&count=2")
    assert values_of(floor, "comment") == ["", "", ""]


def test_one_is_renamed(floor: Floor, desk: Desk) -> None:
    floor.add_pcs("PC01", "PC02")
    assert 'name="new_name" type="text" value="PC01"' in desk.get(f"{PATH}/edit?names=PC01").text
    assert "new_name" not in desk.get(f"{PATH}/edit?names=PC01&names=PC02").text
    for name, reason in (("pc02", "pc02 already exists"), ("A,B", "must not have a comma")):
        answer = desk.post(f"{PATH}/edit", {"names": "PC01", "new_name": name})
        assert (answer.status_code, reason_at("new_name", answer.text)) == (400, reason)
    shown_after(
        desk, desk.post(f"{PATH}/edit", {"names": "PC01", "new_name": "Bar"}), "changed&count=1"
    )
    assert values_of(floor, "name") == ["Bar", "PC02"]


def test_out_of_order_and_back(floor: Floor, desk: Desk) -> None:
    floor.add_pcs("PC01", "PC02")
    form = {"names": "PC02", "is_out_of_order": "1", "reason": "Fan noise"}
    page = shown_after(desk, desk.post(f"{PATH}/out-of-order", form), "broken&count=1")
    assert "PC02 Out of order PC Default Fan noise" in page
    assert 'value="Fan noise"' in desk.get(f"{PATH}/edit?names=PC02").text
    assert values_of(floor, "is_out_of_order") == [False, True]
    form = {"names": "PC02", "is_out_of_order": "0"}
    page = shown_after(desk, desk.post(f"{PATH}/out-of-order", form), "mended&count=1")
    assert "1 PC is in order again." in page
    assert "Fan noise" not in page


def test_a_pc_in_use_is_neither_broken_nor_deleted(floor: Floor, desk: Desk) -> None:
    floor.set_price(300)
    floor.add_pcs("PC01", "PC02")
    floor.pay(3 * EURO, "PC01")
    both = {"names": ["PC01", "PC02"]}
    for path in ("out-of-order", "delete"):
        answer = desk.post(f"{PATH}/{path}", {**both, "reason": "Fan"})
        assert answer.status_code == 422
        assert "PC01" in text_of(answer)
        assert 'data-tone="bad" role="alert"' in answer.text
    assert values_of(floor, "is_out_of_order") == [False, False]


def test_delete_asks_and_removes(floor: Floor, desk: Desk) -> None:
    floor.add_pcs("PC01", "PC02", "PC03")
    asked = text_of(desk.get(f"{PATH}/edit?names=PC01&names=PC03"))
    assert "Delete 2 PCs?" in asked
    form = {"names": ["PC01", "PC03"], "key": "form-1"}
    shown_after(desk, desk.post(f"{PATH}/delete", form), "deleted&count=2")
    assert values_of(floor, "name") == ["PC02"]
    assert desk.post(f"{PATH}/delete", form).status_code == 200
    answer = desk.post(f"{PATH}/delete", {**form, "key": "form-2"})
    assert "PC not found: PC01, PC03" in text_of(answer)


def test_another_centre_is_not_touched(floor: Floor, desk: Desk) -> None:
    other = open_hall(floor.store, 7778)
    theirs = Floor(floor.store, other)
    theirs.run(save_layout, Layout(theirs.center, [ROOM], []))
    (room,) = floor.store.read_sync(rooms_of, 7778)
    theirs.run(add_pcs, NewPcs(center=theirs.center, names=["PC01"], comment="theirs"))
    before = pcs_of(floor, 7778)
    assert "theirs" not in desk.get(PATH).text
    assert "Choose the PCs first" in text_of(desk.get(f"{PATH}/edit?names=PC01"))
    named = {"names": "PC01", "comment": "ours", "reason": "ours"}
    for path in ("edit", "out-of-order", "delete"):
        answer = desk.post(f"{PATH}/{path}", named)
        assert "PC not found: PC01" in text_of(answer)
    answer = desk.post(f"{PATH}/add", {"names": "PC01", "room_id": room.id})
    assert reason_at("room_id", answer.text) == "is not a room of this centre"
    assert pcs_of(floor, 7778) == before


def test_the_list_is_searched(floor: Floor, desk: Desk) -> None:
    floor.add_pcs("PC01", "PC02")
    floor.add_pc("Sofa", floor.add_pc_group("VIP"))
    assert "Sofa" in text_of(desk.get(f"{PATH}?search=vip"))
    assert 'value="PC01"' not in desk.get(f"{PATH}?search=vip").text
    assert "No PC matches “x9”." in text_of(desk.get(f"{PATH}?search=x9"))


def test_all_that_the_search_finds_are_changed(floor: Floor, desk: Desk) -> None:
    floor.add_pcs("PC01", "PC02")
    floor.add_pcs("Sofa 1", "Sofa 2")
    assert f'href="{PATH}/edit?all=1&amp;search=sofa%201"' in desk.get(f"{PATH}?search=sofa 1").text
    for search, names in (
        ("sofa", ["Sofa 1", "Sofa 2"]),
        ("", ["PC01", "PC02", "Sofa 1", "Sofa 2"]),
    ):
        page = desk.get(f"{PATH}/edit?all=1&search={search}").text
        found = re.findall(r'name="names" value="([^"]+)"', page)
        assert sorted(set(found)) == names
    assert "Choose the PCs first" in text_of(desk.get(f"{PATH}/edit?all=1&search=x9"))
