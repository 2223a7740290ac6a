"""A session that ended by itself is marked on every desk's map until somebody looks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from lanhouse.app import create_app
from lanhouse.cafe.desk.queries.computers import computers
from lanhouse.cafe.pcs.commands import NewPcs
from lanhouse.cafe.sessions import commands as sessions
from lanhouse.cafe.sessions.jobs import end_due_sessions
from lanhouse.cafe.sessions.queries.ended_marks import marks_of
from lanhouse.db.store import Store
from lanhouse.kit import clock
from lanhouse.settings import AppSettings
from tests.builders.client import Client
from tests.builders.floor import DESK, EURO, Floor, open_floor
from tests.contract.pages.test_pages import Desk


@pytest.fixture
def floor(store: Store, freeze: clock.frozen) -> Floor:
    assert freeze is not None
    return open_floor(store, pcs_count=3, price_cents=300)


@pytest.fixture
def client(floor: Floor, tmp_path: Path) -> Iterator[Client]:
    app = create_app(AppSettings(data_dir=tmp_path), floor.store, with_ticker=False)
    with Client(app) as opened:
        yield opened


def play_out(floor: Floor, freeze: clock.frozen, pc_name: str) -> None:
    """A guest plays an hour, and nobody is there when it is over."""
    floor.pay(3 * EURO, pc_name)
    freeze.advance(3700)
    floor.store.run_sync(end_due_sessions, None)


def marked(floor: Floor) -> list[str]:
    """The PCs with a mark, as any desk reads them, from the store."""
    shown = floor.store.read_sync(computers, floor.center, clock.now())
    return [seat.name for room in shown.rooms for seat in room.seats if seat.ended_at]


def on_map(desk: Desk) -> list[str]:
    """The PCs with a mark on a desk's page."""
    page = desk.get("/panel/computers/map").text
    return re.findall(r'data-pc="([^"]+)"[^>]* data-over', page)


def test_the_mark_is_every_desks_until_one_has_looked(
    client: Client, floor: Floor, freeze: clock.frozen
) -> None:
    one, other = Desk(client, "staff7777"), Desk(client, "manager7777")
    play_out(floor, freeze, "PC02")
    assert on_map(one) == on_map(other) == ["PC02"]
    assert "ended " in one.get("/panel/computers/map").text
    panel = one.get("/panel/computers/panel?pc=PC02").text
    opened = r'hx-post="(\S+)" hx-trigger="load" hx-vals=\'{"pc": (\d+), "session": (\d+)'
    told = re.search(opened, panel)
    assert told is not None
    # Reading alone takes nothing away: the page that shows the panel says that it does.
    assert on_map(other) == ["PC02"]
    form = {"pc": told[2], "session": told[3]}
    assert one.post(told[1], {**form, "session": "999"}).status_code == 204
    assert on_map(other) == ["PC02"]
    assert one.post(told[1], form).status_code == 204
    assert on_map(one) == on_map(other) == []
    assert 'hx-trigger="load"' not in one.get("/panel/computers/panel?pc=PC02").text


def test_an_end_is_the_same_before_and_after_it_was_noticed(
    client: Client, floor: Floor, freeze: clock.frozen
) -> None:
    """A desk tells an end once (map_sound.js): both seats name the session that is over."""
    desk = Desk(client, "staff7777")
    floor.pay(3 * EURO, "PC02")
    freeze.advance(3700)
    seat = r'data-pc="PC02" data-state="%s"[^>]* data-%s="(\d+)"'
    before = re.search(seat % ("ended", "session"), desk.get("/panel/computers/map").text)
    floor.store.run_sync(end_due_sessions, None)
    after = re.search(seat % ("free", "over"), desk.get("/panel/computers/map").text)
    assert before is not None
    assert after is not None
    assert before[1] == after[1]


def test_only_an_end_by_itself_leaves_a_mark(floor: Floor, freeze: clock.frozen) -> None:
    floor.guest("postpaid", "PC01")
    freeze.advance(600)
    floor.check_out("PC01")
    assert marked(floor) == []
    play_out(floor, freeze, "PC01")
    assert marked(floor) == ["PC01"]


def test_who_plays_next_takes_the_mark_away(floor: Floor, freeze: clock.frozen) -> None:
    play_out(floor, freeze, "PC01")
    play_out(floor, freeze, "PC02")
    floor.guest("postpaid", "PC01")
    floor.check_out("PC01")
    assert marked(floor) == ["PC02"]
    floor.guest("postpaid", "PC01")
    move = sessions.Move(center=floor.center, actor=DESK, pc_name="PC01", target_name="PC02")
    floor.run(sessions.move_session, move)
    floor.check_out("PC02")
    assert marked(floor) == []


def test_another_centres_desk_takes_no_mark(floor: Floor, freeze: clock.frozen) -> None:
    play_out(floor, freeze, "PC01")
    (mark,) = floor.store.read_sync(marks_of, 7777).values()
    floor.run(sessions.take_mark, sessions.Looked(7778, mark.pc_id, mark.session_id))
    assert marked(floor) == ["PC01"]


def test_a_console_is_shown_as_ending_from_its_first_notice_on(
    client: Client, floor: Floor, freeze: clock.frozen
) -> None:
    """The setting notification_before_console_end; PCs have their own ten minutes."""
    floor.set(notification_before_console_end='["3","20"]')
    console = NewPcs(center=floor.center, names=["PS 1"], console_type=2)
    floor.run(floor.put_pcs, console)
    desk = Desk(client, floor.hall.staff["staff"])
    for name in ("PS 1", "PC01"):
        floor.pay(3 * EURO, name)
    freeze.advance(3600 - 1200 + 1)
    page = desk.get("/panel/computers").text
    assert page.count('data-soon-seconds="1200"') == 1
    assert re.search(r'data-pc="PS 1"[^>]* data-soon>', page)
    assert not re.search(r'data-pc="PC01"[^>]* data-soon>', page)
    assert 'data-soon-seconds="1200"' in desk.get("/panel/computers/panel?pc=PS+1").text
