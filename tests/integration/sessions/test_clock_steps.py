"""A step of the host's clock while people play: nothing is charged or given; accepting it moves
running sessions."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from lanhouse.cafe.money.schemas import Event
from lanhouse.cafe.pricing.rules import Window
from lanhouse.cafe.sessions.commands import (
    AcceptStep,
    OtherStep,
    PauseOne,
    accept_step,
    accept_wanted_step,
    pause_session,
    resume_session,
)
from lanhouse.cafe.sessions.jobs import end_due_sessions
from lanhouse.cafe.sessions.queries import newest_movement_at, open_session_on_pc
from lanhouse.cafe.sessions.queries.states import session_states
from lanhouse.cafe.sessions.schemas import Session
from lanhouse.db.clock_row import agree, agreed, make_row, want_accept
from lanhouse.db.store import Store, Tx
from lanhouse.jobs import guard
from lanhouse.jobs.guard import ClockGuard
from lanhouse.kit import clock
from lanhouse.kit.steering import Reading
from tests.builders.floor import DESK, EURO, Floor, open_floor

HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)


class Machine:
    """The clocks of this process's host: both stand unless the test moves them."""

    def __init__(self) -> None:
        self.boot = clock.boot_micros()
        self.host = clock.to_micros(datetime.fromisoformat("2026-03-04T12:00:00+00:00"))

    def wait(self, seconds: float) -> None:
        """Time passes."""
        self.boot += int(seconds * 1_000_000)
        self.host += int(seconds * 1_000_000)

    def step(self, seconds: float) -> None:
        """Somebody sets the host's clock."""
        self.host += int(seconds * 1_000_000)


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> Iterator[Machine]:
    made = Machine()
    monkeypatch.setattr(clock, "boot_micros", lambda: made.boot)
    monkeypatch.setattr(clock, "host_micros", lambda: made.host)
    monkeypatch.setattr(guard, "database_micros", lambda read: made.host)
    kept = (clock._anchor, clock._file, clock._guard)
    (tmp_path / "data").mkdir()
    clock.start(tmp_path / "data")
    yield made
    clock._anchor, clock._file, clock._guard = kept


@pytest.fixture
def floor(store: Store, machine: Machine) -> Floor:
    made = open_floor(store, pcs_count=4, price_cents=300)
    guard.set_clock(store, newest_movement_at)
    return made


def session_on(floor: Floor, name: str) -> Session:
    """The open session on a PC."""
    found = floor.store.read_sync(
        lambda read: open_session_on_pc(read, floor.hall.center_id, floor.pc_ids[name])
    )
    assert found is not None
    return floor.session(found)


def tick(store: Store, *, leads: bool = True) -> None:
    """One look of the guard, as the ticker takes it."""

    async def once() -> None:
        store.start()
        try:
            await ClockGuard(store).tick(leads=leads)
        finally:
            await store.stop()

    asyncio.run(once())


@pytest.mark.parametrize("hours", [1, -1, 24 * 400, -24 * 400])
def test_a_step_charges_nothing_and_gives_nothing(
    store: Store, machine: Machine, floor: Floor, hours: int
) -> None:
    ann = floor.add_member("ann", balance=10 * EURO)
    floor.member(ann, "PC01")
    floor.pay(3 * EURO, "PC02")
    floor.guest("postpaid", "PC03")
    machine.wait(600)
    machine.step(hours * 3600)
    tick(store)
    store.run_sync(end_due_sessions, None)
    assert clock.doubt_micros() == hours * 3600 * 1_000_000
    machine.wait(600)
    tick(store)
    assert [floor.is_busy(name) for name in ("PC01", "PC02", "PC03")] == [True] * 3
    for name in ("PC01", "PC02", "PC03"):
        (ended,) = floor.check_out(name)
        assert (ended.bill.seconds, ended.bill.total_micros) == (1200, EURO)
    assert floor.money(ann) == (9 * EURO, 0)
    floor.verify()


@pytest.mark.parametrize("hours", [1, -1])
def test_accepting_a_step_moves_running_sessions(
    store: Store, machine: Machine, floor: Floor, hours: int
) -> None:
    """Prices differ from hour to hour, so a session that only moved would cost something else."""
    for hour, cents in ((11, 600), (12, 300), (13, 900)):
        floor.add_price(f"at {hour}", cents, time=f"{hour:02}:00-{hour + 1:02}:00")
    ann = floor.add_member("ann", balance=10 * EURO)
    floor.member(ann, "PC01")
    floor.pay(3 * EURO, "PC02")
    machine.wait(1500)
    machine.step(hours * 3600)
    tick(store)
    before = {name: session_on(floor, name) for name in ("PC01", "PC02")}
    at = clock.now()
    step = hours * HOUR

    done = store.run_sync(accept_step, AcceptStep(DESK, hours * 3600))

    assert (done.step_seconds, done.session_count) == (hours * 3600, 2)
    assert clock.now() == at + step
    assert clock.doubt_micros() == 0
    tick(store)
    assert clock.now() == at + step
    store.run_sync(end_due_sessions, None)
    for name, session in before.items():
        after = session_on(floor, name)
        assert after.started_at == session.started_at + step
        assert session.expires_at is not None
        assert after.expires_at == session.expires_at + step
        for later in range(0, 7200, 500):
            moment = at + later * SECOND
            assert after.cost_micros(moment + step) == session.cost_micros(moment)
            assert after.played_seconds(moment + step) == session.played_seconds(moment)
    (logged,) = [row for row in floor.logs(Event.SESSION) if "clock put" in row.details]
    direction = "forward" if hours > 0 else "back"
    assert logged.details == (f"clock put {direction} by 1:00:00; 2 running sessions moved with it")
    assert (logged.staff_name, logged.at) == ("Kim", at + step)
    floor.verify()


@pytest.mark.parametrize("hours", [1, -1])
def test_a_paused_session_moves_with_the_step_and_stands_still(
    store: Store, machine: Machine, floor: Floor, hours: int
) -> None:
    session = floor.pay(3 * EURO, "PC02")[0].session
    machine.wait(600)
    floor.run(pause_session, PauseOne(floor.center, DESK, session.id))
    machine.wait(300)
    machine.step(hours * 3600)
    tick(store)
    before = session_on(floor, "PC02")
    step = hours * HOUR

    done = store.run_sync(accept_step, AcceptStep(DESK, hours * 3600))

    assert (done.step_seconds, done.session_count) == (hours * 3600, 1)
    after = session_on(floor, "PC02")
    assert before.paused_at is not None
    assert after.paused_at == before.paused_at + step
    assert (after.played_seconds(clock.now()), after.left_seconds(clock.now())) == (600, 3000)
    state = store.read_sync(session_states, floor.center, clock.now())[floor.pc_ids["PC02"]]
    assert (state.paused_at, state.left_seconds) == (after.paused_at, 3000)
    going_on = floor.run(resume_session, PauseOne(floor.center, DESK, session.id))
    assert going_on.left_seconds(clock.now()) == 3000
    machine.wait(3000)
    store.run_sync(end_due_sessions, None)
    assert not floor.is_busy("PC02")
    ended = floor.session(session.id)
    assert ended.billed_to_at is not None
    assert ended.bill(ended.billed_to_at).seconds == 3600
    assert ended.cost_micros(ended.billed_to_at) == 3 * EURO
    floor.verify()


@pytest.mark.parametrize("hours", [1, -1])
def test_the_agreed_closing_time_moves_with_the_session(
    store: Store, machine: Machine, floor: Floor, hours: int
) -> None:
    """Else the next top-up would take the time away that the step must not take."""
    floor.set(end_sessions_at_closing=True, open_time_start="09:00", open_time_end="14:00")
    session = floor.pay(30 * EURO, "PC02")[0].session
    assert session.expires_at == session.started_at + 2 * HOUR
    machine.step(hours * 3600)
    tick(store)
    store.run_sync(accept_step, AcceptStep(DESK, hours * 3600))
    moved = session_on(floor, "PC02")
    assert moved.expires_at == moved.started_at + 2 * HOUR
    floor.pay(3 * EURO, "PC02")
    assert session_on(floor, "PC02").expires_at == moved.expires_at
    floor.verify()


def test_accepting_without_a_doubt_changes_nothing(
    store: Store, machine: Machine, floor: Floor
) -> None:
    floor.pay(3 * EURO, "PC02")
    before, at = session_on(floor, "PC02"), clock.now()
    assert store.run_sync(accept_step, AcceptStep(DESK)).step_seconds == 0
    assert (session_on(floor, "PC02"), clock.now()) == (before, at)


def test_another_step_than_the_one_shown_is_refused(
    store: Store, machine: Machine, floor: Floor
) -> None:
    machine.step(3600)
    tick(store)
    machine.step(3600)
    tick(store)
    with pytest.raises(OtherStep):
        store.run_sync(accept_step, AcceptStep(DESK, 3600))
    assert clock.doubt_micros() == 7_200_000_000


def test_a_step_that_fails_leaves_the_clock_alone(
    store: Store, machine: Machine, floor: Floor
) -> None:
    machine.step(3600)
    tick(store)
    at = clock.now()

    def fail(tx: Tx, _: None) -> None:
        accept_step(tx, AcceptStep(DESK))
        raise RuntimeError("after the step")

    with pytest.raises(RuntimeError):
        store.run_sync(fail, None)
    store.run_sync(make_row_again, None)
    assert clock.now() == at
    assert store.read_sync(agreed).steps_micros == 0


def make_row_again(tx: Tx, _: None) -> None:
    """Any command: its transaction begins by looking at the accepted steps."""
    make_row(tx)


def test_the_command_line_asks_and_the_ticker_accepts(
    store: Store, machine: Machine, floor: Floor
) -> None:
    floor.pay(3 * EURO, "PC02")
    machine.step(-3600)
    tick(store)
    at = clock.now()
    store.run_sync(want_accept, "command line")
    store.run_sync(accept_wanted_step, None)
    assert clock.now() == at - HOUR
    assert store.read_sync(agreed).wanted_by == ""
    assert store.run_sync(accept_wanted_step, None) is False
    assert clock.now() == at - HOUR


def test_a_session_keeps_its_prices_when_other_things_are_settled_anew(
    store: Store, machine: Machine, floor: Floor
) -> None:
    floor.pay(3 * EURO, "PC02")
    machine.step(3600)
    tick(store)
    store.run_sync(accept_step, AcceptStep(DESK))
    before = session_on(floor, "PC02")
    floor.set(use_bonus_first=True)
    floor.add_price("VIP", 100, pc_group_id=floor.add_pc_group("VIP"))
    assert session_on(floor, "PC02").segments == before.segments


# --- starts ----------------------------------------------------------------------------------


def restart(store: Store, tmp_path: Any) -> None:
    """The process begins anew on the same host."""
    clock.start(tmp_path / "data")
    guard.set_clock(store, newest_movement_at)


def test_a_doubt_survives_a_restart(
    store: Store, machine: Machine, floor: Floor, tmp_path: Any
) -> None:
    floor.pay(3 * EURO, "PC02")
    machine.step(3600)
    tick(store)
    at = clock.now()
    machine.wait(5)
    restart(store, tmp_path)
    assert clock.now() == at + 5 * SECOND
    assert clock.doubt_micros() == 3_600_000_000


def test_a_step_between_two_runs_is_seen(
    store: Store, machine: Machine, floor: Floor, tmp_path: Any
) -> None:
    at = clock.now()
    machine.step(3600)
    machine.wait(5)
    restart(store, tmp_path)
    assert clock.now() == at + 5 * SECOND
    assert clock.doubt_micros() == 3_600_000_000


def test_a_start_is_not_behind_the_newest_movement(
    store: Store, machine: Machine, floor: Floor, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The host was started anew with a clock that had stopped."""
    floor.pay(3 * EURO, "PC02")
    newest = store.read_sync(newest_movement_at)
    monkeypatch.setattr(clock, "boot_id", lambda: "the next boot")
    machine.step(-30 * 86_400)
    restart(store, tmp_path)
    assert newest <= clock.now() <= newest + SECOND
    assert clock.doubt_micros() == -30 * 86_400_000_000
    machine.step(30 * 86_400)
    tick(store)
    assert clock.doubt_micros() == 0


def test_an_accepted_step_back_is_not_taken_back_by_a_restart(
    store: Store, machine: Machine, floor: Floor, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was booked before lies ahead of the time that was accepted."""
    floor.pay(3 * EURO, "PC02")
    machine.step(-3600)
    tick(store)
    store.run_sync(accept_step, AcceptStep(DESK))
    machine.wait(60)
    at = clock.now()
    monkeypatch.setattr(clock, "boot_id", lambda: "the next boot")
    restart(store, tmp_path)
    assert (clock.now(), clock.doubt_micros()) == (at, 0)


# --- several processes -----------------------------------------------------------------------


def other_process() -> clock._Guard:
    """The clock of a second process, as it stands now."""
    return clock._Guard(True, clock._guard.steered, -clock.doubt_micros(), clock.steps_micros())


def test_a_process_that_does_not_lead_goes_by_what_is_agreed(
    store: Store, machine: Machine, floor: Floor
) -> None:
    other = other_process()
    machine.step(3600)
    tick(store)
    at = clock.now()
    clock._guard = other
    assert clock.doubt_micros() == 0
    tick(store, leads=False)
    assert (clock.now(), clock.doubt_micros()) == (at, 3_600_000_000)


def test_a_process_that_does_not_lead_declares_no_doubt(
    store: Store, machine: Machine, floor: Floor
) -> None:
    machine.step(3600)
    at = clock.now()
    tick(store, leads=False)
    assert clock.now() == at
    assert store.read_sync(agreed).offset_micros == 0


def test_another_process_takes_an_accepted_step_before_it_writes(
    store: Store, machine: Machine, floor: Floor
) -> None:
    floor.pay(3 * EURO, "PC02")
    machine.step(-3600)
    tick(store)
    other, at = other_process(), clock.now()
    store.run_sync(accept_step, AcceptStep(DESK))
    clock._guard = other
    assert clock.now() == at
    store.run_sync(end_due_sessions, None)
    assert clock.now() == at - HOUR
    assert floor.is_busy("PC02")
    (ended,) = floor.check_out("PC02")
    assert ended.bill.total_micros == 0


def test_whoever_has_not_seen_the_newest_offset_changes_nothing(
    store: Store, machine: Machine, floor: Floor
) -> None:
    def twice(tx: Tx, _: None) -> list[bool]:
        seen = agreed(tx).version
        return [agree(tx, 7, seen), agree(tx, 8, seen)]

    assert store.run_sync(twice, None) == [True, False]
    assert store.read_sync(agreed).offset_micros == 7


def test_a_reading_is_of_one_instant(store: Store, machine: Machine) -> None:
    seen = store.read_sync(guard.look)
    assert seen is not None
    assert seen.reading == Reading(machine.boot, machine.host)


@pytest.mark.parametrize("hours", [1, -1])
def test_a_package_keeps_its_hours_and_its_life_in_a_session_that_moved(
    store: Store, machine: Machine, floor: Floor, hours: int
) -> None:
    """Open from 13:00 to 15:00, over at 14:30: one hour and a half of it, wherever noon is now."""
    ann = floor.add_member("ann", balance=6 * EURO)
    siesta = floor.add_offer(
        "siesta",
        300,
        window=Window(from_minute=13 * 60, to_minute=15 * 60),
        available_from=clock.now() + HOUR,
        available_to=clock.now() + HOUR * 2.5,
    )
    floor.sell(siesta, ann)
    floor.member(ann, "PC01")
    machine.wait(600)
    before, at, step = session_on(floor, "PC01"), clock.now(), hours * HOUR
    assert before.expires_at == before.started_at + HOUR * 3.5
    machine.step(hours * 3600)
    tick(store)
    store.run_sync(accept_step, AcceptStep(DESK, hours * 3600))
    after = session_on(floor, "PC01")
    assert after.expires_at == before.expires_at + step
    for later in range(0, 3 * 3600, 600):
        moment = at + later * SECOND
        assert after.cost_micros(moment + step) == before.cost_micros(moment)
        assert after.package_use(moment + step) == before.package_use(moment)
    assert after.package_use(after.expires_at) == {1: 5400}


@pytest.mark.parametrize(("hours", "left_seconds"), [(1, 3600), (-1, 3 * 3600), (3, 0)])
def test_the_hours_of_minors_stay_where_the_clock_has_them(
    store: Store, machine: Machine, floor: Floor, hours: int, left_seconds: int
) -> None:
    """Time moves with the step, the hours in which nobody under 16 plays do not."""
    floor.set(minors_bands='[{"under":"16","start":"14:00","end":"18:00"}]')
    kid = floor.add_member("kid", balance=30 * EURO, birthday="2014-05-01")
    ann = floor.add_member("ann", balance=30 * EURO, birthday="1990-05-01")
    floor.member(kid, "PC01")
    floor.member(ann, "PC02")
    machine.step(hours * 3600)
    tick(store)
    store.run_sync(accept_step, AcceptStep(DESK, hours * 3600))
    tick(store)
    assert session_on(floor, "PC01").left_seconds(clock.now()) == left_seconds
    assert session_on(floor, "PC02").left_seconds(clock.now()) == 10 * 3600
    machine.wait(600)
    tick(store)
    store.run_sync(end_due_sessions, None)
    assert floor.is_busy("PC01") == (hours < 3)
    assert floor.is_busy("PC02")
    if hours == 3:
        assert floor.money(kid) == (30 * EURO, 0)
    floor.verify()
