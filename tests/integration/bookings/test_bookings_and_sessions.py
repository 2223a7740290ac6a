"""Bookings and those who play: who is refused, who is cut, who takes over."""

from __future__ import annotations

import msgspec
import pytest

from lanhouse.cafe.bookings.commands.seating import (
    Admit,
    SeatGuest,
    WrongBookingPassword,
    admit,
    seat_guest,
)
from lanhouse.cafe.bookings.schemas import Kind, State
from lanhouse.cafe.facts import DeletingMembers, TouchingPcs
from lanhouse.cafe.sessions import commands as sessions
from lanhouse.cafe.sessions.commands.writing_off import WriteOff, write_off
from lanhouse.cafe.sessions.jobs import end_due_sessions
from lanhouse.cafe.sessions.schemas import FREE, POSTPAID, Session
from lanhouse.db.store import Store
from lanhouse.kit import clock
from lanhouse.kit.errors import InvalidInput, Refused
from tests.builders.floor import DESK, EURO, Floor, later, open_floor

HOUR = 3600
OCCUPIED = r"^Booking is occupied$"


@pytest.fixture
def floor(store: Store, freeze: clock.frozen) -> Floor:
    """Four PCs at 2 an hour."""
    assert freeze is not None
    return open_floor(store, pcs_count=4)


def on_pc(floor: Floor) -> Session:
    (session_id,) = floor.session_ids()
    return floor.session(session_id)


def tick(floor: Floor) -> None:
    floor.store.run_sync(end_due_sessions, None)
    floor.bring_on()


def test_in_the_booked_time_only_the_booker_starts(floor: Floor, freeze: clock.frozen) -> None:
    ann = floor.add_member("ann", balance=10 * EURO)
    bob = floor.add_member("bob", balance=10 * EURO)
    floor.book("PC01", at=later(0), member_id=ann)
    with pytest.raises(Refused, match=OCCUPIED):
        floor.member(bob, "PC01")
    for kind in (POSTPAID, FREE):
        with pytest.raises(Refused, match=OCCUPIED):
            floor.guest(kind, "PC01")
    with pytest.raises(Refused, match=OCCUPIED):
        floor.pay(1 * EURO, "PC01")
    floor.member(bob, "PC02")
    with pytest.raises(Refused, match=OCCUPIED):
        floor.move("PC02", "PC01")
    assert floor.money(bob) == (10 * EURO, 0)
    assert not floor.is_busy("PC01")
    floor.member(ann, "PC01")
    # He may leave and come back until his time is over.
    floor.check_out("PC01")
    freeze.advance(30 * 60)
    with pytest.raises(Refused, match=OCCUPIED):
        floor.guest(POSTPAID, "PC01")
    floor.member(ann, "PC01")
    freeze.advance(31 * 60)
    floor.check_out("PC01")
    floor.guest(POSTPAID, "PC01")
    floor.verify()


def test_no_time_is_sold_beyond_the_begin_of_a_booking(floor: Floor, freeze: clock.frozen) -> None:
    ann = floor.add_member("ann", balance=10 * EURO)
    floor.book("PC01", at=later(HOUR), member_id=ann)
    with pytest.raises(Refused, match=OCCUPIED):
        floor.pay(2 * EURO + EURO // 100, "PC01")
    guest = floor.pay(2 * EURO, "PC01")[0].session
    assert guest.expires_at == later(HOUR)
    with pytest.raises(Refused, match=OCCUPIED):
        floor.pay(1 * EURO, "PC01")
    assert floor.money(guest.member_id) == (2 * EURO, 0)
    offer = floor.add_offer("two hours", 300, minutes=120)
    with pytest.raises(Refused, match=OCCUPIED):
        floor.sell_on_pc(offer, "PC01")
    floor.pay(4 * EURO, "PC02")
    floor.book("PC03", at=later(HOUR), member_id=ann)
    with pytest.raises(Refused, match=OCCUPIED):
        floor.move("PC02", "PC03")
    freeze.advance(HOUR)
    tick(floor)
    assert not floor.is_busy("PC01")
    assert floor.is_busy("PC02")
    with pytest.raises(Refused, match=OCCUPIED):
        floor.move("PC02", "PC01")
    floor.verify()


def test_money_of_a_member_is_cut_at_the_begin_and_stays(
    floor: Floor, freeze: clock.frozen
) -> None:
    ann = floor.add_member("ann", balance=10 * EURO)
    bob = floor.add_member("bob", balance=1 * EURO)
    floor.book("PC01", at=later(HOUR), member_id=ann)
    assert floor.member(bob, "PC01").expires_at == later(HOUR // 2)
    floor.pay(10 * EURO, "PC01")
    session = on_pc(floor)
    assert session.expires_at == later(HOUR)
    freeze.advance(3 * HOUR)
    tick(floor)
    assert not floor.is_busy("PC01")
    assert floor.money(bob) == (9 * EURO, 0)
    floor.verify()


def test_a_cancelled_booking_lets_a_session_go_on(floor: Floor) -> None:
    ann = floor.add_member("ann", balance=10 * EURO)
    bob = floor.add_member("bob", balance=10 * EURO)
    booking = floor.book_one("PC01", at=later(HOUR), member_id=ann)
    assert floor.member(bob, "PC01").expires_at == later(HOUR)
    floor.cancel(booking.id)
    assert on_pc(floor).expires_at == later(5 * HOUR)
    floor.set(allow_booking_when_pc_online=True)
    floor.book_one("PC01", at=later(2 * HOUR), member_id=ann)
    assert on_pc(floor).expires_at == later(2 * HOUR)


def test_a_postpaid_bill_is_frozen_at_the_begin_and_left_open(
    floor: Floor, freeze: clock.frozen
) -> None:
    ann = floor.add_member("ann", balance=10 * EURO)
    guest = floor.guest(POSTPAID, "PC01")
    floor.set(allow_booking_when_pc_online=True)
    floor.book("PC01", at=later(HOUR), member_id=ann)
    # Late: what is due is that of the begin.
    freeze.advance(HOUR + 600)
    tick(floor)
    assert not floor.is_busy("PC01")
    (debt,) = floor.debts()
    assert (debt.member_id, debt.amount_micros, debt.pc_name) == (
        guest.member_id,
        2 * EURO,
        "PC01",
    )
    floor.member(ann, "PC01")
    assert floor.owes(guest.member_id) == 2 * EURO
    off = WriteOff(center=floor.center, actor=DESK, session_id=debt.session_id, reason=" ")
    with pytest.raises(InvalidInput, match="reason: is required"):
        floor.run(write_off, off)
    off = msgspec.structs.replace(off, reason="left by the back door")
    assert floor.run(write_off, off).amount_micros == 2 * EURO
    assert (floor.debts(), floor.owes(guest.member_id)) == ([], 0)
    assert floor.logs("LOAN")[-1].details == "written off: left by the back door"
    with pytest.raises(Refused, match="nothing is left open"):
        floor.run(write_off, off)
    floor.verify()


def test_a_pc_in_use_is_booked_by_the_rules(floor: Floor) -> None:
    ann = floor.add_member("ann", balance=100 * EURO)
    bob = floor.add_member("bob", balance=100 * EURO)
    floor.member(bob, "PC01")
    with pytest.raises(Refused, match="not booked for so soon"):
        floor.book("PC01", at=later(2 * HOUR), member_id=ann)
    floor.book("PC01", at=later(12 * HOUR), member_id=ann)
    floor.pay(4 * EURO, "PC02")
    floor.set(allow_booking_when_pc_online=True)
    with pytest.raises(Refused, match=OCCUPIED):
        floor.book("PC02", at=later(2 * HOUR - 1), member_id=ann)
    floor.book("PC02", at=later(2 * HOUR), member_id=ann)
    with pytest.raises(Refused, match=OCCUPIED):
        floor.book("PC01", at=later(0), member_id=ann)


def test_an_unused_seat_is_released_after_its_grace(floor: Floor, freeze: clock.frozen) -> None:
    ann = floor.add_member("ann", balance=10 * EURO)
    booking = floor.book_one("PC01", at=later(60), member_id=ann)
    freeze.advance(60 + 15 * 60 - 1)
    floor.bring_on()
    assert floor.booking(booking.id).state == State.WAITING
    freeze.advance(1)
    # Whether the clock has noticed or not.
    floor.guest(POSTPAID, "PC01")
    floor.bring_on()
    floor.bring_on()
    missed = floor.booking(booking.id)
    assert (missed.state, missed.settled_at) == (State.MISSED, missed.held_until_at)
    assert floor.is_busy("PC01")
    assert floor.money(ann) == (8 * EURO, 0)
    # What he paid for is his while the seat is free.
    floor.check_out("PC01")
    late = floor.member(ann, "PC01")
    assert [each.seconds for each in late.segments[0].packages] == [HOUR]
    assert late.segments[0].packages[0].until_at == missed.ends_at
    floor.verify()


def test_who_waits_takes_over_and_pays_what_is_left(floor: Floor, freeze: clock.frozen) -> None:
    floor.set(allow_booking_in_queue=True)
    ann = floor.add_member("ann", balance=10 * EURO)
    bob = floor.add_member("bob", balance=10 * EURO)
    cid = floor.add_member("cid", balance=10 * EURO)
    first = floor.book_one("PC01", at=later(HOUR), member_id=ann)
    second = floor.book_one("PC01", at=later(HOUR), member_id=bob)
    assert (second.behind_id, floor.money(bob)) == (first.id, (10 * EURO, 0))
    with pytest.raises(Refused, match=r"^There are other booking$"):
        floor.book("PC01", at=later(HOUR), member_id=cid)
    freeze.advance(HOUR + 15 * 60 + 30)
    floor.bring_on()
    assert floor.booking(first.id).state == State.MISSED
    taken = floor.booking(second.id)
    assert taken.behind_id is None
    # 45 of the 60 minutes are left, however late that was noticed.
    assert (taken.cost_micros, floor.money(bob)) == (3 * EURO // 2, (17 * EURO // 2, 0))
    assert taken.held_until_at == later(10 * 60)
    with pytest.raises(Refused, match=OCCUPIED):
        floor.member(cid, "PC01")
    floor.member(bob, "PC01")
    assert floor.booking(second.id).state == State.BEGUN
    floor.verify()


def test_who_waits_in_vain_pays_nothing(floor: Floor, freeze: clock.frozen) -> None:
    floor.set(allow_booking_in_queue=True)
    ann = floor.add_member("ann", balance=10 * EURO)
    bob = floor.add_member("bob", balance=10 * EURO)
    floor.book_one("PC01", at=later(HOUR), member_id=ann)
    second = floor.book_one("PC01", at=later(HOUR), member_id=bob)
    freeze.advance(HOUR)
    floor.member(ann, "PC01")
    assert floor.booking(second.id).state == State.DROPPED
    assert floor.money(bob) == (10 * EURO, 0)
    third = floor.book_one("PC02", at=later(HOUR), member_id=ann)
    fourth = floor.book_one("PC02", at=later(HOUR), member_id=bob)
    floor.cancel(third.id)
    taken = floor.booking(fourth.id)
    assert (taken.behind_id, taken.cost_micros) == (None, 2 * EURO)
    assert floor.money(bob) == (8 * EURO, 0)
    floor.verify()


def test_a_friend_comes_with_the_password(floor: Floor, freeze: clock.frozen) -> None:
    ann = floor.add_member("ann", balance=10 * EURO)
    bob = floor.add_member("bob", balance=1 * EURO)
    done = floor.book("PC01", "PC02", at=later(60), member_id=ann)
    freeze.advance(60)

    def come(member_id: int, password: str) -> None:
        cmd = Admit(center=floor.center, pc_name="PC02", member_id=member_id, password=password)
        floor.run(admit, cmd)

    for who, password, code in (
        (bob, "", "BOOKING_PASSWORD_REQUIRED"),
        (bob, "000001", "BOOKING_PASSWORD_INCORRECT"),
        (ann, "", "BOOKING_PASSWORD_REQUIRED"),
    ):
        with pytest.raises(WrongBookingPassword, match=f"^{code}$"):
            come(who, password)
    with pytest.raises(Refused, match=OCCUPIED):
        floor.member(bob, "PC02")
    come(bob, done.made[1].password)
    floor.member(bob, "PC02")
    assert floor.booking(done.made[1].booking.id).player_id == bob
    floor.member(ann, "PC01")
    freeze.advance(HOUR)
    floor.check_out("PC01")
    floor.check_out("PC02")
    assert (floor.money(ann), floor.money(bob)) == ((6 * EURO, 0), (1 * EURO, 0))
    floor.verify()


def test_a_guest_is_seated_on_what_was_paid(floor: Floor, freeze: clock.frozen) -> None:
    made = floor.book("PC01", at=later(60), payment="card").made[0]
    assert (made.password, made.booking.cost_micros) == ("000001", 2 * EURO)

    def seat(booking_id: int) -> sessions.Started | None:
        secret = sessions.GuestSecret("secret", "hash")
        cmd = SeatGuest(center=floor.center, actor=DESK, booking_id=booking_id, secret=secret)
        return floor.run(seat_guest, cmd)

    with pytest.raises(Refused, match="has not come"):
        seat(made.booking.id)
    freeze.advance(60 + 300)
    started = seat(made.booking.id)
    assert started is not None
    # He is five minutes late: the seat is his until its end.
    assert started.session.expires_at == made.booking.ends_at
    assert floor.booking(made.booking.id).state == State.BEGUN
    with pytest.raises(Refused, match="over or has begun"):
        seat(made.booking.id)
    freeze.advance(HOUR)
    tick(floor)
    assert not floor.is_busy("PC01")
    floor.set(booking_type="time|hold")
    held = floor.book_one("PC02", at=later(0), kind=Kind.HOLD)
    with pytest.raises(Refused, match=OCCUPIED):
        floor.guest(POSTPAID, "PC02")
    assert seat(held.id) is None
    floor.guest(POSTPAID, "PC02")
    floor.verify()


def test_who_has_booked_and_what_is_booked_stays(floor: Floor) -> None:
    ann = floor.add_member("ann", balance=10 * EURO)
    floor.book("PC01", at=later(HOUR), member_id=ann)
    for question, reason in (
        (DeletingMembers(7777, (ann,)), "with a booking cannot be deleted: ann"),
        (TouchingPcs(7777, (floor.pc_ids["PC01"],), "be deleted"), "be deleted: PC01"),
    ):
        with pytest.raises(Refused, match=reason):
            floor.store.read_sync(lambda read, asked: read.ask(asked), question)
    broken = TouchingPcs(7777, (floor.pc_ids["PC01"],), "be taken out of order", True)
    floor.store.read_sync(lambda read, asked: read.ask(asked), broken)
