"""end_sessions_at_closing: what begins ends when the house closes."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from lanhouse.cafe.members.queries import member_by_id
from lanhouse.cafe.sessions.commands import PauseOne, pause_session, resume_session
from lanhouse.cafe.sessions.jobs import end_due_sessions
from lanhouse.cafe.sessions.schemas import FREE, POSTPAID
from lanhouse.cafe.shifts.queries.rests import Rest, guests_rests
from lanhouse.cafe.shifts.schemas import Report
from lanhouse.cafe.topups.commands import top_up
from lanhouse.cafe.topups.schemas import TopUp
from lanhouse.db.store import Store
from lanhouse.kit import clock
from tests.builders.centers import open_hall
from tests.builders.floor import DESK, EURO, Floor, open_floor

HOUR = 3600
CLOSING = datetime(2026, 3, 4, 13, 0, tzinfo=UTC)


@pytest.fixture
def floor(store: Store, freeze: clock.frozen) -> Floor:
    """It is noon, and the house closes in an hour."""
    assert freeze is not None
    floor = open_floor(store, pcs_count=4)
    floor.set(end_sessions_at_closing=True, open_time_start="09:00", open_time_end="13:00")
    return floor


def sweep(floor: Floor) -> None:
    floor.store.run_sync(end_due_sessions, None)


def test_every_kind_ends_at_closing_and_pays_what_was_played(
    floor: Floor, freeze: clock.frozen
) -> None:
    ann = floor.add_member("ann", balance=10 * EURO)
    made = [
        floor.member(ann, "PC01"),
        floor.pay(10 * EURO, "PC02")[0].session,
        floor.guest(FREE, "PC03"),
        floor.guest(POSTPAID, "PC04"),
    ]
    assert [session.expires_at for session in made] == [CLOSING] * 4
    freeze.advance(3 * HOUR)
    sweep(floor)
    assert [floor.is_busy(name) for name in ("PC01", "PC02", "PC03", "PC04")] == [
        *[False] * 3,
        True,
    ]
    assert floor.money(ann) == (8 * EURO, 0)
    # What the guest had paid and not used stays on the account.
    assert floor.money(made[1].member_id) == (8 * EURO, 0)
    (ended,) = floor.check_out("PC04")
    assert (ended.paid_micros, ended.bill.seconds) == (2 * EURO, HOUR)
    floor.verify()


def test_money_that_comes_does_not_pass_it_and_less_money_ends_before(
    floor: Floor, freeze: clock.frozen
) -> None:
    session = floor.pay(EURO, "PC01")[0].session
    assert session.expires_at == datetime(2026, 3, 4, 12, 30, tzinfo=UTC)
    freeze.advance(600)
    floor.pay(10 * EURO, "PC01")
    assert floor.session(session.id).expires_at == CLOSING


def test_it_is_agreed_when_the_session_begins(floor: Floor, freeze: clock.frozen) -> None:
    floor.set(end_sessions_at_closing=False)
    before = floor.pay(10 * EURO, "PC01")[0].session
    floor.set(end_sessions_at_closing=True)
    after = floor.pay(10 * EURO, "PC02")[0].session
    floor.set(open_time_end="12:15")
    later = floor.pay(10 * EURO, "PC03")[0].session
    floor.pay(EURO, "PC01", "PC02", "PC03")
    ends = [floor.session(each.id).expires_at for each in (before, after, later)]
    assert ends == [
        datetime(2026, 3, 4, 17, 30, tzinfo=UTC),
        CLOSING,
        datetime(2026, 3, 4, 12, 15, tzinfo=UTC),
    ]


def test_closing_does_not_wait_for_a_pause(floor: Floor, freeze: clock.frozen) -> None:
    session = floor.pay(10 * EURO, "PC01")[0].session
    freeze.advance(1800)
    cmd = PauseOne(floor.center, DESK, session.id)
    stopped = floor.run(pause_session, cmd)
    assert stopped.left_seconds(clock.now()) == 1800
    freeze.advance(HOUR)
    sweep(floor)
    assert floor.is_busy("PC01")
    going_on = floor.run(resume_session, cmd)
    assert going_on.left_seconds(clock.now()) == 0
    sweep(floor)
    assert not floor.is_busy("PC01")
    assert floor.money(session.member_id) == (9 * EURO, 0)
    floor.verify()


def give_back(floor: Floor, member_id: int, euros: int) -> None:
    wanted = TopUp(
        center=floor.center,
        actor=DESK,
        member_ids=[member_id],
        value_micros=-euros * EURO,
        comment="left over",
    )
    floor.run(top_up, wanted)


def close_a_shift(floor: Floor) -> Report:
    """Open a shift at a till of its own, and close it; its Z report as it is stored."""
    clerk = floor.person(1, "admin7777", "admin")
    till = floor.add_till(f"Till {clock.now():%H%M}{len(floor.logs('SHIFT'))}")
    shift = floor.open_shift(clerk, till)
    assert floor.report(shift).guests_left is None
    floor.count(clerk, shift, 0)
    floor.close_shift(clerk, shift)
    return floor.report(shift)


def test_what_guests_have_left_is_told_until_it_is_given_back(
    floor: Floor, freeze: clock.frozen
) -> None:
    ann = floor.add_member("ann", balance=10 * EURO)
    floor.member(ann, "PC01")
    guest = floor.pay(10 * EURO, "PC02")[0].session
    floor.pay(2 * EURO, "PC03")  # ends with nothing left

    def told() -> list[Rest]:
        return floor.store.read_sync(guests_rests, floor.center)

    assert told() == []  # while it runs it is the guest's own
    freeze.advance(3 * HOUR)
    sweep(floor)
    row = floor.store.read_sync(member_by_id, 7777, guest.member_id)
    assert row is not None
    account = row.account
    assert told() == [Rest(account, "PC02", 8 * EURO)]
    frozen = close_a_shift(floor)
    assert (frozen.guests_left, frozen.guests_left_micros) == (1, 8 * EURO)
    give_back(floor, guest.member_id, 3)
    assert told() == [Rest(account, "PC02", 5 * EURO)]
    give_back(floor, guest.member_id, 5)
    assert told() == []
    # A frozen report stays what it was.
    assert floor.report(frozen.shift_id) == frozen
    nothing = close_a_shift(floor)
    assert (nothing.guests_left, nothing.guests_left_micros) == (0, 0)
    floor.verify()


def test_another_centres_guests_are_not_told_of(floor: Floor, freeze: clock.frozen) -> None:
    floor.pay(10 * EURO, "PC02")
    freeze.advance(3 * HOUR)
    sweep(floor)
    other = Floor(floor.store, open_hall(floor.store, 7778))
    assert floor.store.read_sync(guests_rests, other.center) == []
