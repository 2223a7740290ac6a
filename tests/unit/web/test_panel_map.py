"""The Computers page as plain values."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from lanhouse.cafe.desk.rules import MapMemory, Rate, build_map, natural_key, seat_of, state_word
from lanhouse.cafe.sessions.schemas import SessionState

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
RATE = Rate("Day", 3_000_000)


def pc(
    number: int,
    name: str,
    *,
    room_id: int | None = 1,
    reason: str = "",
    group: int = 0,
    console: int = 0,
) -> Any:
    return SimpleNamespace(
        console_type=console,
        id=number,
        name=name,
        room_id=room_id,
        pc_group_id=group,
        is_out_of_order=bool(reason),
        out_of_order_reason=reason,
    )


def state(kind: str = "member", *, left: int | None = 3600, **values: Any) -> SessionState:
    plain: dict[str, Any] = {
        "session_id": 1,
        "pc_id": 1,
        "kind": kind,
        "member_id": 7,
        "member_account": "rui_s",
        "member_group_id": 0,
        "balance_micros": 5_000_000,
        "bonus_micros": 0,
        "started_at": NOW - timedelta(hours=1),
        "expires_at": None if left is None else NOW + timedelta(seconds=left),
        "played_seconds": 3600,
        "left_seconds": left,
        "price_name": "Day",
        "price_per_hour_micros": 3_000_000,
        "offer_in_use": None,
        "cost_micros": 3_000_000,
    }
    return SessionState(**plain | values)


@pytest.mark.parametrize(
    ("session", "word"),
    [
        (state("prepaid"), "prepaid"),
        (state("postpaid", left=None), "postpaid"),
        (state("member"), "member"),
        (state("offer"), "package"),
        (state("free", left=None), "nocharge"),
        (state("member", offer_in_use="Night pass"), "package"),
        (state("postpaid", left=0), "ended"),
        (state("postpaid", left=-5), "ended"),
    ],
)
def test_the_state_is_the_first_that_fits(session: SessionState, word: str) -> None:
    assert state_word(session, NOW) == word


def test_a_free_seat_tells_its_price() -> None:
    seat = seat_of(pc(1, "PC 01"), None, RATE, NOW)
    assert (seat.state, seat.rate_micros, seat.money_micros) == ("free", 3_000_000, None)
    assert (seat.groups, seat.share, seat.seconds) == ("free", -1, None)


def test_a_free_seat_without_a_price_tells_none() -> None:
    assert seat_of(pc(1, "PC 01"), None, None, NOW).rate_micros is None


def test_out_of_order_tells_why_unless_somebody_still_plays() -> None:
    broken = pc(1, "PC 01", reason="Fan noise")
    assert seat_of(broken, None, RATE, NOW).state == "broken"
    assert seat_of(broken, None, RATE, NOW).note == "Fan noise"
    assert seat_of(broken, state("member"), RATE, NOW).state == "member"


def test_a_prepaid_seat_tells_what_was_paid_and_others_the_bill() -> None:
    assert seat_of(pc(1, "PC 01"), state("prepaid"), RATE, NOW).money_micros == 5_000_000
    assert seat_of(pc(1, "PC 01"), state("member"), RATE, NOW).money_micros == 3_000_000


def test_the_last_ten_minutes_are_soon() -> None:
    assert seat_of(pc(1, "PC 01"), state(left=599), RATE, NOW).groups == "playing ending"
    assert seat_of(pc(1, "PC 01"), state(left=600), RATE, NOW).groups == "playing"


def test_a_console_ends_soon_from_its_own_first_notice_on() -> None:
    def soon(seconds: int, console: int, left: int) -> tuple[bool, int]:
        shown = seat_of(pc(1, "PS", console=console), state(left=left), RATE, NOW, None, seconds)
        return shown.is_soon, shown.soon_seconds

    assert [soon(180, 2, left) for left in (179, 180)] == [(True, 180), (False, 180)]
    assert soon(0, 2, 1) == (False, 0)
    assert [soon(180, 0, left) for left in (599, 600)] == [(True, 600), (False, 600)]


def test_time_used_is_shown_where_nothing_ends_the_session() -> None:
    seat = seat_of(pc(1, "PC 01"), state("postpaid", left=None), RATE, NOW)
    assert (seat.has_end, seat.seconds, seat.share, seat.is_soon) == (False, 3600, -1, False)


def test_the_share_is_what_is_left_of_the_whole() -> None:
    assert seat_of(pc(1, "PC 01"), state(left=3600), RATE, NOW).share == 50
    assert seat_of(pc(1, "PC 01"), state(left=-10), RATE, NOW).share == 0


def test_the_version_changes_with_what_only_the_server_knows() -> None:
    first = seat_of(pc(1, "PC 01"), state("member"), RATE, NOW)
    later = seat_of(pc(1, "PC 01"), state("member", played_seconds=3700), RATE, NOW)
    dearer = seat_of(pc(1, "PC 01"), state("member", cost_micros=3_010_000), RATE, NOW)
    assert first.version == later.version
    assert first.version != dearer.version


def test_rooms_hold_their_pcs_in_the_order_of_people() -> None:
    rooms = [SimpleNamespace(id=1, name="Hall"), SimpleNamespace(id=2, name="VIP")]
    pcs = [pc(1, "PC 10"), pc(2, "PC 9"), pc(3, "VIP 1", room_id=2), pc(4, "X", room_id=None)]
    shown = build_map(rooms, pcs, {1: state("prepaid", left=30)}, lambda _: RATE, NOW)
    assert [(room.name, [s.name for s in room.seats]) for room in shown.rooms] == [
        ("Hall", ["PC 9", "PC 10"]),
        ("VIP", ["VIP 1"]),
        ("", ["X"]),
    ]
    assert shown.counts == {"free": 3, "playing": 1, "ending": 1, "ended": 0, "broken": 0}
    assert [room.free_count for room in shown.rooms] == [1, 1, 1]


def test_empty_rooms_are_left_out() -> None:
    rooms = [SimpleNamespace(id=1, name="Hall")]
    assert build_map(rooms, [], {}, lambda _: RATE, NOW).rooms == []


def test_a_room_tells_its_price_only_when_it_is_one() -> None:
    rooms = [SimpleNamespace(id=1, name="Hall")]
    pcs = [pc(1, "A", group=1), pc(2, "B", group=2)]
    dear = {1: RATE, 2: Rate("VIP", 9_000_000)}
    assert build_map(rooms, pcs, {}, dear.get, NOW).rooms[0].rate is None
    assert build_map(rooms, pcs, {}, lambda _: RATE, NOW).rooms[0].rate == RATE


def test_the_layout_changes_only_when_pcs_come_or_go() -> None:
    rooms = [SimpleNamespace(id=1, name="Hall")]
    pcs = [pc(1, "A"), pc(2, "B")]
    free = build_map(rooms, pcs, {}, lambda _: RATE, NOW)
    busy = build_map(rooms, pcs, {1: state()}, lambda _: None, NOW)
    fewer = build_map(rooms, pcs[:1], {}, lambda _: RATE, NOW)
    assert free.layout == busy.layout
    assert free.layout != fewer.layout


@pytest.mark.parametrize(
    ("count", "columns"), [(1, 1), (4, 4), (6, 3), (10, 5), (16, 8), (18, 6), (24, 8)]
)
def test_seats_side_by_side(count: int, columns: int) -> None:
    rooms = [SimpleNamespace(id=1, name="Hall")]
    pcs = [pc(number, f"PC {number}") for number in range(count)]
    assert build_map(rooms, pcs, {}, lambda _: RATE, NOW).rooms[0].columns == columns


def test_names_sort_by_their_numbers() -> None:
    names = ["PC10", "PC2", "PC1", "VIP 1", "pc3", "2", "10", "²"]
    assert sorted(names, key=natural_key) == ["2", "10", "PC1", "PC2", "pc3", "PC10", "VIP 1", "²"]


class TestMapMemory:
    ROOMS = (SimpleNamespace(id=1, name="Hall"),)

    def shown(self, states: dict[int, SessionState], count: int = 2) -> Any:
        pcs = [pc(number, f"PC {number}") for number in range(1, count + 1)]
        return build_map(self.ROOMS, pcs, states, lambda _: RATE, NOW)

    def test_only_changed_seats_are_named(self) -> None:
        memory = MapMemory()
        name = memory.remember(7777, self.shown({}))
        assert memory.changed_since(7777, name, self.shown({})) == set()
        assert memory.changed_since(7777, name, self.shown({2: state()})) == {2}

    def test_another_layout_shows_everything(self) -> None:
        memory = MapMemory()
        name = memory.remember(7777, self.shown({}))
        assert memory.changed_since(7777, name, self.shown({}, count=3)) is None

    def test_what_is_not_known_here_shows_everything(self) -> None:
        memory = MapMemory(size=2)
        name = memory.remember(7777, self.shown({}))
        assert memory.changed_since(7778, name, self.shown({})) is None
        assert memory.changed_since(7777, "", self.shown({})) is None
        memory.remember(7777, self.shown({1: state()}))
        memory.remember(7777, self.shown({2: state()}))
        assert memory.changed_since(7777, name, self.shown({})) is None
