"""Bookings when two meet, and when the clock is put."""

from __future__ import annotations

import pytest

from lanhouse.cafe.bookings.commands import BookingPassword, MakeBooking, make_booking
from lanhouse.cafe.bookings.commands.ending import CancelBooking, cancel_booking
from lanhouse.cafe.bookings.commands.moving import MoveBooking, move_booking
from lanhouse.cafe.bookings.commands.seating import bring_on
from lanhouse.cafe.bookings.plans import Wanted
from lanhouse.cafe.bookings.queries import live_bookings
from lanhouse.cafe.bookings.schemas import State
from lanhouse.cafe.sessions.commands import AcceptStep, accept_step
from lanhouse.db.store import Store
from lanhouse.kit import clock
from tests.builders.floor import DESK, EURO, Floor, later, open_floor
from tests.integration.sessions.test_clock_steps import (
    Machine,
    machine,  # noqa: F401 - a fixture
    tick,
)
from tests.integration.sessions.test_clock_steps import floor as stepped  # noqa: F401
from tests.integration.sessions.test_races import Work, at_once, member, prepaid, refusals

HOUR = 3600


@pytest.fixture
def floor(store: Store) -> Floor:
    """Four PCs at 2 an hour."""
    return open_floor(store, pcs_count=4)


def booking(floor: Floor, member_id: int, name: str, seconds: int) -> Work:
    wanted = Wanted(
        center=floor.center,
        actor=DESK,
        pc_names=[name],
        starts_at=later(seconds),
        minutes=60,
        member_id=member_id,
    )
    return make_booking, MakeBooking(wanted=wanted, passwords=[BookingPassword("", "")])


def cancelling(floor: Floor, booking_id: int) -> Work:
    cmd = CancelBooking(center=floor.center, actor=DESK, booking_id=booking_id)
    return cancel_booking, cmd


def test_the_last_seat_is_booked_once(floor: Floor) -> None:
    people = [floor.add_member(f"m{number}", balance=10 * EURO) for number in range(6)]
    done = at_once(floor.store, [booking(floor, each, "PC01", HOUR) for each in people])
    assert [str(each) for each in refusals(done)] == ["There are other booking"] * 5
    assert sorted(floor.money(each)[0] for each in people) == [8 * EURO, *[10 * EURO] * 5]
    floor.verify()


def test_a_booking_meets_a_start(floor: Floor) -> None:
    ann = floor.add_member("ann", balance=100 * EURO)
    bob = floor.add_member("bob", balance=100 * EURO)
    for name in ("PC01", "PC02"):
        other = prepaid(floor, name) if name == "PC01" else member(floor, bob, name)
        done = at_once(floor.store, [booking(floor, ann, name, 0), other])
        assert len(refusals(done)) == 1
        assert str(refusals(done)[0]) == "Booking is occupied"
    floor.verify()


def test_cancel_meets_begin(floor: Floor) -> None:
    """Whoever is first: the time is played or the money is back, never both."""
    ann = floor.add_member("ann", balance=10 * EURO)
    made = floor.book_one("PC01", at=later(-60), member_id=ann)
    done = at_once(floor.store, [cancelling(floor, made.id), member(floor, ann, "PC01")])
    kept = floor.booking(made.id)
    assert kept.state in (State.BEGUN, State.CANCELLED)
    if kept.state == State.BEGUN:
        assert len(refusals(done)) == 1
    assert (kept.refund_micros, floor.money(ann)) == (0, (8 * EURO, 0))
    again = at_once(
        floor.store, [cancelling(floor, made.id), cancelling(floor, made.id), (bring_on, None)]
    )
    assert len(refusals(again)) == 2
    floor.verify()


@pytest.mark.parametrize("order", [1, -1])
def test_a_move_meets_a_booking(floor: Floor, order: int) -> None:
    """One of them has the seat; who is refused keeps what he had."""
    ann = floor.add_member("ann", balance=10 * EURO)
    bob = floor.add_member("bob", balance=10 * EURO)
    made = floor.book_one("PC01", at=later(HOUR), member_id=ann)
    move = MoveBooking(
        center=floor.center, actor=DESK, booking_id=made.id, pc_name="PC02", starts_at=later(HOUR)
    )
    work = [(move_booking, move), booking(floor, bob, "PC02", HOUR)]
    done = at_once(floor.store, work[::order])
    assert [str(each) for each in refusals(done)] == ["There are other booking"]
    live = floor.store.read_sync(live_bookings, floor.hall.center_id, clock.now())
    seats = sorted((each.pc_name, each.member_account) for each in live)
    assert seats in ([("PC01", "ann"), ("PC02", "bob")], [("PC02", "ann")])
    paid = {"ann": floor.money(ann)[0], "bob": floor.money(bob)[0]}
    for name, left in paid.items():
        assert left == (8 if any(who == name for _, who in seats) else 10) * EURO
    floor.verify()


def test_two_move_against_each_other(floor: Floor) -> None:
    """To each other's PC: neither waits for the other for ever, and nobody loses a seat."""
    ann, bob = (floor.add_member(name, balance=10 * EURO) for name in ("ann", "bob"))
    for turn in range(3):
        first = floor.book_one("PC01", at=later(HOUR), member_id=ann)
        second = floor.book_one("PC02", at=later(HOUR), member_id=bob)
        acts = [
            MoveBooking(
                center=floor.center,
                actor=DESK,
                booking_id=number,
                pc_name=name,
                starts_at=later(HOUR),
            )
            for number, name in ((first.id, "PC02"), (second.id, "PC01"))
        ]
        done = at_once(floor.store, [(move_booking, act) for act in acts[:: 1 - 2 * (turn % 2)]])
        assert [str(each) for each in refusals(done)] == ["There are other booking"] * 2
        floor.cancel(first.id)
        floor.cancel(second.id)
    assert floor.money(ann) == floor.money(bob) == (10 * EURO, 0)
    floor.verify()


def test_two_cancel_at_once(floor: Floor) -> None:
    ann = floor.add_member("ann", balance=10 * EURO)
    made = floor.book_one("PC01", at=later(HOUR), member_id=ann)
    done = at_once(floor.store, [cancelling(floor, made.id)] * 3)
    assert len(refusals(done)) == 2
    assert floor.money(ann) == (10 * EURO, 0)
    floor.verify()


def test_a_step_of_the_clock_eats_no_booking(
    store: Store,
    machine: Machine,  # noqa: F811 - the fixture
    stepped: Floor,  # noqa: F811 - the fixture
) -> None:
    ann = stepped.add_member("ann", balance=10 * EURO)
    soon = stepped.book_one("PC01", at=later(HOUR), minutes=180, member_id=ann)
    machine.wait(60)
    machine.step(2 * HOUR)
    tick(store)
    stepped.bring_on()
    assert stepped.booking(soon.id).state == State.WAITING
    assert stepped.money(ann) == (EURO, 0)

    store.run_sync(accept_step, AcceptStep(DESK, 2 * HOUR))
    stepped.bring_on()
    kept = stepped.booking(soon.id)
    assert (kept.state, kept.starts_at) == (State.WAITING, soon.starts_at)
    assert kept.held_until_at == later(15 * 60)
    machine.wait(16 * 60)
    stepped.bring_on()
    assert stepped.booking(soon.id).state == State.MISSED

    # The step was wrong: the clock is put back, and the seat waits for him again.
    machine.step(-2 * HOUR)
    tick(store)
    store.run_sync(accept_step, AcceptStep(DESK, -2 * HOUR))
    again = stepped.booking(soon.id)
    assert again.starts_at > clock.now()
    assert (again.state, again.settled_at) == (State.WAITING, None)
    assert stepped.money(ann) == (EURO, 0)
    stepped.verify()
