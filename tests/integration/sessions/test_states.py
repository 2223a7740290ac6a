"""Who plays now: lists, the map and the panel of one PC tell the same of every kind of session."""

from __future__ import annotations

from typing import Any

import pytest

from lanhouse.cafe.sessions.queries import playing as lists
from lanhouse.cafe.sessions.queries import states
from lanhouse.cafe.sessions.queries.playing import playing
from lanhouse.cafe.sessions.queries.states import session_state_on_pc, session_states
from lanhouse.cafe.sessions.schemas import FREE, POSTPAID, PREPAID, SessionState
from lanhouse.db.migrate import analyze
from lanhouse.db.statements import Static
from lanhouse.db.store import Store
from lanhouse.kit import clock
from tests.builders.floor import EURO, Floor, open_floor
from tests.integration.sessions.test_changes import HOUR, add_offer, an_offer


@pytest.fixture
def busy(store: Store, freeze: clock.frozen) -> Floor:
    """A session of each kind, one with a package behind free minutes, one moved, one idle PC."""
    floor = open_floor(store, pcs_count=8)
    floor.set(free_time_minutes=5)
    gold = floor.add_member_group("Gold", 1000)
    ada = floor.add_member("ada", balance=9 * EURO, bonus=EURO, group_id=gold)
    floor.member(ada)
    add_offer(floor, an_offer(floor, 30, name="half"), payment="cash")
    floor.guest(POSTPAID, "PC02")
    floor.guest(FREE, "PC03")
    floor.guest(PREPAID, "PC04", paid_micros=2 * EURO)
    add_offer(floor, an_offer(floor, 60, name="hour"), "PC05")
    # No row of money at all.
    floor.add_member("bob")
    freeze.advance(10)
    floor.add_price("Night", 100, time="00:00-01:00")
    floor.check_out("PC04")
    floor.guest(PREPAID, "PC04", paid_micros=EURO // 10)
    return floor


def _listed(state: SessionState) -> tuple[Any, ...]:
    end = state.expires_at
    return (
        (state.session_id, state.pc_id, state.kind, state.member_id),
        (state.member_account, state.member_group_id),
        (state.balance_micros, state.bonus_micros, state.price_name, state.offer_in_use),
        (clock.to_micros(state.started_at), None if end is None else clock.to_micros(end)),
    )


def test_lists_map_and_panel_agree(busy: Floor, store: Store, freeze: clock.frozen) -> None:
    offers: set[str | None] = set()
    for seconds in (0, 1, 290, 1, 20 * 60, HOUR, 11 * HOUR, 30 * HOUR):
        freeze.advance(seconds)
        at = clock.now()
        seen = store.read_sync(session_states, busy.center, at)
        listed = store.read_sync(playing, busy.center, at)
        assert set(seen) == {busy.pc_ids[f"PC0{number}"] for number in range(1, 6)}
        for pc_id, one in listed.items():
            row = one.row
            assert _listed(seen[pc_id]) == (
                (row.id, row.pc_id, row.kind, row.member_id),
                (row.account, row.group_id),
                (row.balance_micros, row.bonus_micros, one.price_name, one.offer_in_use),
                (row.started_micros, row.expires_micros),
            )
        for pc_id in busy.pc_ids.values():
            assert store.read_sync(session_state_on_pc, busy.center, pc_id, at) == seen.get(pc_id)
        assert listed.keys() == seen.keys()
        offers |= {state.offer_in_use for state in seen.values()}
    assert offers == {None, "half", "hour"}


def test_looks_begin_with_the_open_sessions_whatever_the_statistics(
    sqlite_store: Store, freeze: clock.frozen
) -> None:
    floor = open_floor(sqlite_store, pcs_count=20)
    floor.guests(POSTPAID, *floor.pc_ids)
    looks: list[Static] = [*states._ALL, *states._ON_PC, lists._PLAYING]
    for number in range(2):
        for statement in looks:
            given = {"center": 7777, "book": 7777, "currency": "EUR", "pc": 1}
            compiled = statement.compiled(sqlite_store.engine.dialect, given)
            with sqlite_store.engine.connect() as connection:
                sql = f"EXPLAIN QUERY PLAN {compiled.sql}"
                plan = connection.exec_driver_sql(sql, tuple(compiled.parameters(given)))
                steps = [row[3] for row in plan]
            assert steps
            assert not [step for step in steps if "SCAN" in step], (number, steps)
        # Of a hall where hardly anything is history yet.
        analyze(sqlite_store)
