"""Pausing sessions: time, cost and packages stand still, whatever else happens meanwhile."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from lanhouse.cafe.money.purses import spendable_micros
from lanhouse.cafe.money.tables import billing_logs
from lanhouse.cafe.reports.queries.checks import check_kept
from lanhouse.cafe.reports.tables import report_seats
from lanhouse.cafe.sessions import commands as sessions
from lanhouse.cafe.sessions.commands import (
    Checkout,
    Move,
    PauseAll,
    Paused,
    PauseOne,
    check_out,
    pause_all,
    pause_session,
    resume_all,
    resume_session,
)
from lanhouse.cafe.sessions.commands.ending import end_if_due
from lanhouse.cafe.sessions.jobs import end_due_sessions
from lanhouse.cafe.sessions.queries import packages_owned
from lanhouse.cafe.sessions.queries.pauses import PauseCounts, pause_counts
from lanhouse.cafe.sessions.queries.playing import playing
from lanhouse.cafe.sessions.queries.quotes import TimeAsked, quote_time
from lanhouse.cafe.sessions.queries.states import session_states
from lanhouse.cafe.sessions.schemas import FREE, POSTPAID, Session
from lanhouse.cafe.sessions.tables import pc_session_segments, pc_sessions
from lanhouse.db.store import Store
from lanhouse.kit import clock, limits
from lanhouse.kit.errors import NotFound, Refused
from tests.builders.floor import DESK, EURO, Floor, open_floor

HOUR = 3600
NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)


def later(seconds: int) -> datetime:
    """So long after the test began."""
    return NOON + timedelta(seconds=seconds)


def pause(floor: Floor, session: Session) -> Session:
    return floor.run(pause_session, PauseOne(floor.center, DESK, session.id))


def resume(floor: Floor, session: Session) -> Session:
    return floor.run(resume_session, PauseOne(floor.center, DESK, session.id))


def everybody(floor: Floor, command: Any) -> Paused:
    return floor.run(command, PauseAll(floor.center, DESK))


def row_of(floor: Floor, session: Session) -> Any:
    statement = sa.select(pc_sessions).where(pc_sessions.c.id == session.id)
    return floor.store.read_sync(lambda read: read.one(statement))


def sweep(floor: Floor) -> None:
    floor.store.run_sync(end_due_sessions, None)


def test_a_guest_who_paid_has_the_same_time_left_after_a_pause(
    store: Store, freeze: clock.frozen
) -> None:
    floor = open_floor(store)
    session = floor.pay(2 * EURO, "PC01")[0].session
    freeze.advance(1200)
    stopped = pause(floor, session)
    assert (stopped.paused_at, stopped.left_seconds(later(1200))) == (later(1200), 2400)
    freeze.advance(10 * HOUR)
    sweep(floor)
    found = floor.session(session.id)
    assert found.ended_at is None
    now = later(1200 + 10 * HOUR)
    assert (found.played_seconds(now), found.left_seconds(now)) == (1200, 2400)
    assert found.cost_micros(now) == 670_000
    going_on = resume(floor, session)
    assert going_on.paused_at is None
    assert going_on.expires_at == now + timedelta(seconds=2400)
    row = row_of(floor, session)
    assert (row.paused_at, row.paused_seconds) == (None, 10 * HOUR)
    assert row.expires_at == now + timedelta(seconds=2400)
    freeze.advance(2400)
    sweep(floor)
    row = row_of(floor, session)
    assert (row.ended_by, row.played_seconds, row.cost_micros) == ("time", HOUR, 2 * EURO)
    assert row.ended_at == now + timedelta(seconds=2400)
    assert store.read_sync(check_kept) is None
    floor.verify()


def test_the_bill_explains_the_pause_as_a_line_of_nothing(
    store: Store, freeze: clock.frozen
) -> None:
    floor = open_floor(store)
    session = floor.guest(POSTPAID)
    freeze.advance(1800)
    pause(floor, session)
    freeze.advance(600)
    resume(floor, session)
    freeze.advance(1800)
    (ended,) = floor.check_out("PC01")
    assert [(each.kind, each.seconds, each.amount_micros) for each in ended.bill.lines] == [
        ("time", 1800, EURO),
        ("paused", 600, 0),
        ("time", 1800, EURO),
    ]
    assert (ended.bill.seconds, ended.paid_micros) == (HOUR, 2 * EURO)
    floor.verify()


def test_a_session_is_checked_out_while_it_stands_still(store: Store, freeze: clock.frozen) -> None:
    floor = open_floor(store)
    session = floor.pay(2 * EURO, "PC01")[0].session
    freeze.advance(1800)
    pause(floor, session)
    freeze.advance(5 * HOUR)
    (ended,) = floor.check_out("PC01")
    assert (ended.bill.total_micros, ended.refund_micros) == (EURO, EURO)
    assert (ended.ended_by, ended.ended_at) == ("checkout", later(1800 + 5 * HOUR))
    assert [line.kind for line in ended.bill.lines] == ["time", "paused"]
    row = row_of(floor, session)
    assert (row.paused_at, row.paused_seconds, row.played_seconds) == (None, 5 * HOUR, 1800)
    assert floor.session(session.id).paused_at is None
    seats = store.read_sync(lambda read: read.all(sa.select(report_seats.c.seconds)))
    assert sum(seat.seconds for seat in seats) == 1800
    assert store.read_sync(check_kept) is None
    with pytest.raises(Refused, match="the session has ended"):
        resume(floor, session)
    with pytest.raises(Refused, match="the session has ended"):
        pause(floor, session)
    floor.verify()


def test_a_members_money_and_packages_stand_still(store: Store, freeze: clock.frozen) -> None:
    floor = open_floor(store)
    ann = floor.add_member("ann", balance=4 * EURO)
    offer_id = floor.add_offer("Hour", 300, minutes=60)
    session = floor.member(ann)
    cmd = sessions.AddOffer(
        center=floor.center,
        actor=DESK,
        pc_names=["PC01"],
        offer_id=offer_id,
        payment="cash",
        secrets=[sessions.GuestSecret()],
    )
    floor.run(sessions.add_offer, cmd)
    freeze.advance(1200)
    pause(floor, session)
    freeze.advance(3 * HOUR)
    now = later(1200 + 3 * HOUR)
    (owned,) = store.read_sync(packages_owned, 7777, ann, now)
    assert owned.seconds_left == 2400
    assert store.read_sync(spendable_micros, floor.center, ann, now).total_micros == 4 * EURO
    state = store.read_sync(session_states, floor.center, now)[floor.pc_ids["PC01"]]
    assert (state.played_seconds, state.left_seconds) == (1200, 2400 + 2 * HOUR)
    assert (state.paused_at, state.offer_in_use) == (later(1200), "Hour")
    listed = store.read_sync(playing, floor.center, now)[floor.pc_ids["PC01"]]
    assert listed.offer_in_use == "Hour"
    # The package goes on where it was, and so does the money that comes after it.
    resume(floor, session)
    freeze.advance(2400 + 2 * HOUR)
    sweep(floor)
    row = row_of(floor, session)
    assert (row.ended_by, row.played_seconds, row.cost_micros) == ("time", 3 * HOUR, 4 * EURO)
    floor.verify()


def test_money_that_comes_in_a_pause_lengthens_what_is_left(
    store: Store, freeze: clock.frozen
) -> None:
    floor = open_floor(store)
    ann = floor.add_member("ann", balance=2 * EURO)
    session = floor.member(ann)
    guest = floor.pay(2 * EURO, "PC02")[0].session
    freeze.advance(1800)
    everybody(floor, pause_all)
    freeze.advance(2 * HOUR)
    floor.pay(EURO, "PC01", "PC02")
    now = later(1800 + 2 * HOUR)
    for each in (session, guest):
        found = floor.session(each.id)
        assert found.paused_at == later(1800)
        assert (found.left_seconds(now), found.played_seconds(now)) == (HOUR, 1800)
    asked = TimeAsked(floor.center, ["PC02"], 30, None, now)
    assert store.read_sync(quote_time, asked)[0].cost_micros == EURO
    everybody(floor, resume_all)
    for each in (session, guest):
        assert floor.session(each.id).expires_at == now + timedelta(seconds=HOUR)
    floor.verify()


def test_a_paused_session_moves_and_stays_paused(store: Store, freeze: clock.frozen) -> None:
    floor = open_floor(store)
    session = floor.pay(2 * EURO, "PC01")[0].session
    freeze.advance(600)
    pause(floor, session)
    freeze.advance(600)
    floor.run(
        sessions.move_session,
        Move(center=floor.center, actor=DESK, pc_name="PC01", target_name="PC02"),
    )
    freeze.advance(600)
    found = floor.session(session.id)
    assert (found.pc_name, found.paused_at) == ("PC02", later(600))
    assert (found.played_seconds(later(1800)), found.left_seconds(later(1800))) == (600, 3000)
    assert row_of(floor, session).paused_at == later(600)
    resume(floor, session)
    assert row_of(floor, session).paused_seconds == 1200
    freeze.advance(3000)
    sweep(floor)
    assert row_of(floor, session).cost_micros == 2 * EURO
    floor.verify()


def test_other_prices_hold_from_the_resume_on(store: Store, freeze: clock.frozen) -> None:
    floor = open_floor(store)
    session = floor.guest(POSTPAID)
    freeze.advance(1800)
    pause(floor, session)
    freeze.advance(600)
    floor.add_price("Evening", 400)
    assert floor.session(session.id).paused_at == later(1800)
    assert floor.session(session.id).cost_micros(later(2400)) == EURO
    freeze.advance(600)
    resume(floor, session)
    freeze.advance(1800)
    (ended,) = floor.check_out("PC01")
    assert ended.paid_micros == 3 * EURO
    assert ended.bill.seconds == HOUR
    floor.verify()


def test_what_is_over_cannot_be_paused_and_paused_is_not_paused_again(
    store: Store, freeze: clock.frozen
) -> None:
    floor = open_floor(store)
    session = floor.pay(2 * EURO, "PC01")[0].session
    with pytest.raises(Refused, match="the session is not paused"):
        resume(floor, session)
    pause(floor, session)
    with pytest.raises(Refused, match="the session is paused already"):
        pause(floor, session)
    resume(floor, session)
    freeze.advance(HOUR)
    with pytest.raises(Refused, match="the session has ended"):
        pause(floor, session)
    assert everybody(floor, pause_all) == Paused([])
    sweep(floor)
    assert row_of(floor, session).ended_by == "time"
    with pytest.raises(NotFound):
        floor.run(pause_session, PauseOne(floor.center, DESK, 99))
    with pytest.raises(NotFound):
        floor.run(resume_session, PauseOne(floor.center, DESK, 99))


def test_a_pause_within_one_second_leaves_no_trace(store: Store, freeze: clock.frozen) -> None:
    floor = open_floor(store)
    session = floor.guest(POSTPAID)
    pause(floor, session)
    resume(floor, session)
    pause(floor, session)
    resume(floor, session)
    freeze.advance(HOUR)
    (ended,) = floor.check_out("PC01")
    assert [line.kind for line in ended.bill.lines] == ["time"]
    assert (ended.paid_micros, row_of(floor, session).paused_seconds) == (2 * EURO, 0)
    count = sa.select(sa.func.count()).select_from(pc_session_segments)
    assert store.read_sync(lambda read: read.scalar(count)) == 1


def test_all_are_paused_and_go_on(store: Store, freeze: clock.frozen) -> None:
    floor = open_floor(store, pcs_count=5)
    ann = floor.add_member("ann", balance=4 * EURO)
    first = floor.member(ann, "PC01")
    floor.pay(2 * EURO, "PC02")
    floor.guest(POSTPAID, "PC03")
    floor.guest(FREE, "PC04")
    freeze.advance(600)
    pause(floor, first)
    freeze.advance(600)
    assert store.read_sync(pause_counts, 7777, later(1200)) == PauseCounts(3, 1)
    done = everybody(floor, pause_all)
    assert [each.pc_name for each in done.sessions] == ["PC02", "PC03", "PC04"]
    assert done.not_paused == []
    assert store.read_sync(pause_counts, 7777, later(1200)) == PauseCounts(0, 4)
    freeze.advance(HOUR)
    again = everybody(floor, resume_all)
    assert [each.pc_name for each in again.sessions] == ["PC01", "PC02", "PC03", "PC04"]
    now = later(1200 + HOUR)
    assert [each.played_seconds(now) for each in again.sessions] == [600, 1200, 1200, 1200]
    assert everybody(floor, resume_all) == Paused([])
    written = sa.select(billing_logs.c.details).order_by(billing_logs.c.id)
    details = [row.details for row in store.read_sync(lambda read: read.all(written))]
    assert details[-4:] == ["resumed after 01:10:00", *["resumed after 01:00:00"] * 3]
    assert details.count("paused") == 4
    floor.verify()


def test_the_one_above_the_limit_is_refused(
    store: Store, freeze: clock.frozen, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert limits.MAX_PAUSE == 100
    monkeypatch.setattr("lanhouse.cafe.sessions.commands.pausing.MAX_PAUSE", 3)
    floor = open_floor(store, pcs_count=5)
    names = ["PC01", "PC02", "PC03", "PC04", "PC05"]
    made = [each.session for each in floor.guests(POSTPAID, *names)]
    pause(floor, made[4])
    done = everybody(floor, pause_all)
    assert [each.pc_name for each in done.sessions] == ["PC01", "PC02"]
    assert done.not_paused == ["PC03", "PC04"]
    with pytest.raises(Refused, match="at most 3 sessions can be paused at once"):
        pause(floor, made[2])
    assert floor.session(made[2].id).paused_at is None
    # One that was checked out while it stood still makes room.
    floor.check_out("PC05")
    pause(floor, made[2])
    with pytest.raises(Refused, match="at most 3"):
        pause(floor, made[3])


def test_two_desks_together_do_not_pass_the_limit(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lanhouse.cafe.sessions.commands.pausing.MAX_PAUSE", 2)
    floor = open_floor(store, pcs_count=6)
    made = floor.guests(POSTPAID, *(f"PC{number:02d}" for number in range(1, 7)))
    answers: list[str] = []

    def act(session: Session) -> None:
        try:
            pause(floor, session)
            answers.append("paused")
        except Refused:
            answers.append("refused")

    threads = [threading.Thread(target=act, args=[each.session]) for each in made]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == ["paused"] * 2 + ["refused"] * 4


def test_a_quote_of_before_the_pause_holds(store: Store, freeze: clock.frozen) -> None:
    floor = open_floor(store)
    session = floor.guest(POSTPAID)
    freeze.advance(1800)
    quoted_at = later(1800)
    from lanhouse.cafe.sessions.queries.quotes import quote_sign

    sign = quote_sign(floor.center, [floor.session(session.id)], quoted_at)
    freeze.advance(60)
    pause(floor, session)
    freeze.advance(60)
    cmd = Checkout(
        center=floor.center,
        actor=DESK,
        pc_names=["PC01"],
        quote_time=int(quoted_at.timestamp()),
        quote_sign=sign,
    )
    (ended,) = floor.run(check_out, cmd)
    assert (ended.paid_micros, ended.bill.seconds) == (EURO, 1800)
    row = row_of(floor, session)
    assert (row.played_seconds, row.paused_seconds) == (1800, 0)
    assert store.read_sync(check_kept) is None
    floor.verify()


def test_a_late_clock_ends_nothing_that_stands_still(store: Store, freeze: clock.frozen) -> None:
    floor = open_floor(store)
    session = floor.pay(2 * EURO, "PC01")[0].session
    freeze.advance(HOUR - 1)
    pause(floor, session)
    freeze.advance(HOUR)
    ended = floor.run(
        lambda tx, found: end_if_due(tx, floor.center, found), floor.session(session.id)
    )
    assert not ended
    sweep(floor)
    assert floor.is_busy("PC01")
    resume(floor, session)
    sweep(floor)
    assert floor.is_busy("PC01")
    freeze.advance(1)
    sweep(floor)
    assert not floor.is_busy("PC01")
    assert row_of(floor, session).cost_micros == 2 * EURO
