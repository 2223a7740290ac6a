"""PCs in both databases: names, use, the map, and two who change the same thing at once."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from lanhouse.cafe.pcs.commands import (
    NewPcs,
    OutOfOrder,
    PcChange,
    PcsNamed,
    add_pcs,
    change_pcs,
    delete_pcs,
    set_out_of_order,
)
from lanhouse.cafe.pcs.commands.layout import Layout, PcPlace, save_layout
from lanhouse.cafe.pcs.commands.rooms import RoomPlan
from lanhouse.cafe.pcs.queries import pc_by_name, pc_rows, rooms_of
from lanhouse.cafe.sessions.commands import GuestSecret, StartGuests, start_guests
from lanhouse.db.store import Store
from lanhouse.kit import clock
from lanhouse.kit.errors import InvalidInput, Refused
from tests.builders.floor import DESK, EURO, Floor, open_floor


@pytest.fixture
def floor(store: Store, freeze: clock.frozen) -> Floor:
    return open_floor(store)


def room(name: str) -> RoomPlan:
    return RoomPlan(
        name=name, frame_x=0, frame_y=0, frame_width=10, frame_height=10, allows_booking=True
    )


def test_pcs_are_added_all_or_none(floor: Floor) -> None:
    center = floor.center
    with pytest.raises(InvalidInput, match="names: pc02 already exists"):
        floor.run(add_pcs, NewPcs(center=center, names=["New", "pc02"]))
    assert floor.run(add_pcs, NewPcs(center=center, names=["New"])) == ["New"]
    rows = floor.store.read_sync(pc_rows, center.id)
    assert [row.name for row in rows] == ["PC01", "PC02", "PC03", "New"]
    found = floor.store.read_sync(pc_by_name, center.id, "NEW")
    assert found is not None
    assert found.name == "New"
    assert floor.store.read_sync(pc_by_name, 8888, "New") is None


def test_a_pc_in_use_stays(floor: Floor) -> None:
    center = floor.center
    floor.pay(2 * EURO, "PC01")
    with pytest.raises(Refused, match=r"^A PC in use cannot be deleted: PC01$"):
        floor.run(delete_pcs, PcsNamed(center, ["PC02", "PC01"]))
    with pytest.raises(Refused, match="cannot be renamed"):
        floor.run(change_pcs, PcChange(center=center, names=["PC01"], new_name="X"))
    order = OutOfOrder(center=center, names=["PC01"], is_out_of_order=True)
    with pytest.raises(Refused, match="cannot be taken out of order"):
        floor.run(set_out_of_order, order)
    floor.check_out("PC01")
    assert floor.run(delete_pcs, PcsNamed(center, ["PC01"])) == ["PC01"]
    floor.verify()


def test_no_session_starts_on_a_pc_that_is_out_of_order(floor: Floor) -> None:
    order = OutOfOrder(center=floor.center, names=["PC01"], is_out_of_order=True, reason="fan")
    floor.run(set_out_of_order, order)
    with pytest.raises(Refused, match="PC01"):
        floor.pay(2 * EURO, "PC01")
    assert not floor.is_busy("PC01")
    back = OutOfOrder(center=floor.center, names=["PC01"], is_out_of_order=False)
    floor.run(set_out_of_order, back)
    floor.pay(2 * EURO, "PC01")
    assert floor.is_busy("PC01")


def test_another_group_changes_the_price_of_a_running_session_from_now(
    floor: Floor, freeze: clock.frozen
) -> None:
    vip = floor.add_pc_group("VIP")
    floor.add_price("VIP", 400, pc_group_id=vip)
    session = floor.guest("postpaid", "PC01")
    freeze.advance(3600)
    floor.run(change_pcs, PcChange(center=floor.center, names=["PC01"], pc_group_id=vip))
    freeze.advance(3600)
    assert floor.session(session.id).cost_micros(clock.now()) == 6 * EURO


def test_the_map_keeps_rooms_by_name(floor: Floor) -> None:
    center = floor.center
    places = [PcPlace(pc_name="PC01", room_name="hall", box_top=1, box_left=2)]
    floor.run(save_layout, Layout(center, [room("Hall"), room("VIP")], places))
    before = {row.name: row.id for row in floor.store.read_sync(rooms_of, center.id)}
    floor.run(save_layout, Layout(center, [room("VIP"), room("HALL")], []))
    after = {row.name: row.id for row in floor.store.read_sync(rooms_of, center.id)}
    assert list(after) == ["VIP", "HALL"]
    assert (after["VIP"], after["HALL"]) == (before["VIP"], before["Hall"])
    assert floor.store.read_sync(pc_rows, center.id)[0].room_name == "HALL"
    wrong = [PcPlace(pc_name="PC01", room_name="Cellar", box_top=0, box_left=0)]
    with pytest.raises(InvalidInput, match="Room not found: Cellar"):
        floor.run(save_layout, Layout(center, [room("VIP")], wrong))
    assert len(floor.store.read_sync(rooms_of, center.id)) == 2


def at_once(floor: Floor, *work: tuple[Any, Any]) -> list[Any]:
    """Outcomes of commands that are sent at the same moment; refusals as exceptions."""

    async def run() -> list[Any]:
        floor.store.start()
        sent = [floor.store.write(command, arg) for command, arg in work]
        return await asyncio.gather(*sent, return_exceptions=True)

    return asyncio.run(run())


def test_two_who_add_the_same_pc_at_once(floor: Floor) -> None:
    center = floor.center
    outcomes = at_once(
        floor,
        (add_pcs, NewPcs(center=center, names=["New", "Other"])),
        (add_pcs, NewPcs(center=center, names=["other"])),
    )
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["InvalidInput", "list"]
    names = [row.name.casefold() for row in floor.store.read_sync(pc_rows, center.id)]
    assert names.count("other") == 1


def test_a_pc_is_deleted_or_started_never_both(floor: Floor) -> None:
    center = floor.center
    start = StartGuests(
        center=center,
        actor=DESK,
        kind="postpaid",
        pc_names=["PC01"],
        secrets=[GuestSecret("secret", "hash")],
    )
    outcomes = at_once(floor, (delete_pcs, PcsNamed(center, ["PC01"])), (start_guests, start))
    refused = [isinstance(outcome, Exception) for outcome in outcomes]
    assert sorted(refused) == [False, True], outcomes
    there = [row.name for row in floor.store.read_sync(pc_rows, center.id)]
    assert ("PC01" in there) == refused[0]
    assert floor.is_busy("PC01") == refused[0]
