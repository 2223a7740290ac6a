"""Booking a seat: what it costs, who is in the way, and what goes back."""

from __future__ import annotations

from datetime import timedelta

import pytest

from lanhouse.auth.actors import Actor
from lanhouse.cafe.bookings.schemas import Kind, State
from lanhouse.db.store import Store
from lanhouse.kit import clock
from lanhouse.kit.errors import AppError, BalanceTooLow, InvalidInput, NotFound, Refused
from tests.builders.floor import EURO, Floor, later, open_floor

HOUR = 3600


@pytest.fixture
def floor(store: Store, freeze: clock.frozen) -> Floor:
    """Three PCs at 2 an hour."""
    assert freeze is not None
    return open_floor(store, pcs_count=4)


def member_actor(member_id: int) -> Actor:
    return Actor(kind="member", center_id=7777, member_id=member_id)


def test_time_is_paid_in_advance_and_played(floor: Floor, freeze: clock.frozen) -> None:
    ann = floor.add_member("ann", balance=10 * EURO, bonus=1 * EURO)
    made = floor.book("PC01", at=later(HOUR), minutes=90, member_id=ann)
    (one,) = made.made
    assert (one.password, made.taken_micros) == ("", 3 * EURO)
    assert one.booking.kind == Kind.TIME
    assert floor.money(ann) == (7 * EURO, 1 * EURO)
    freeze.advance(HOUR)
    floor.bring_on()
    session = floor.member(ann, "PC01")
    booking = floor.booking(one.booking.id)
    assert (booking.state, booking.session_id) == (State.BEGUN, session.id)
    # The paid 90 minutes, then 7 + 1 of money at 2 an hour: 4 hours.
    assert session.expires_at == later(90 * 60 + 4 * HOUR)
    freeze.advance(2 * HOUR)
    (ended,) = floor.check_out("PC01")
    assert ended.bill.total_micros == 1 * EURO
    assert floor.money(ann) == (6 * EURO, 1 * EURO)
    floor.verify()


def test_who_sat_there_before_plays_on_with_the_booked_time_from_its_begin(
    floor: Floor, freeze: clock.frozen
) -> None:
    ann = floor.add_member("ann", balance=10 * EURO)
    booking = floor.book_one("PC01", at=later(HOUR), member_id=ann)
    floor.member(ann, "PC01")
    freeze.advance(HOUR + 600)
    floor.bring_on()
    assert floor.booking(booking.id).state == State.BEGUN
    (ended,) = floor.check_out("PC01")
    assert ended.bill.total_micros == 2 * EURO
    assert floor.money(ann) == (6 * EURO, 0)
    floor.verify()


def test_cancelling_gives_all_back_by_the_same_tender(floor: Floor, freeze: clock.frozen) -> None:
    floor.set(use_bonus_first=True)
    ann = floor.add_member("ann", balance=10 * EURO, bonus=1 * EURO)
    booking = floor.book_one("PC01", at=later(2 * HOUR), member_id=ann)
    assert floor.money(ann) == (9 * EURO, 0)
    plan = floor.cancel(booking.id)
    assert (plan.to_balance_micros, plan.to_bonus_micros) == (1 * EURO, 1 * EURO)
    assert floor.money(ann) == (10 * EURO, 1 * EURO)
    with pytest.raises(Refused, match="over or has begun"):
        floor.cancel(booking.id)
    # Its time is no package any more.
    freeze.advance(2 * HOUR)
    assert floor.member(ann, "PC01").segments[0].packages == ()
    cash = floor.book_one("PC02", at=later(HOUR), payment="cash")
    before = floor.till("cash")
    with pytest.raises(Refused, match="paid at the desk and is given back there"):
        floor.cancel(cash.id, actor=member_actor(cash.member_id))
    assert floor.cancel(cash.id).handed_out == {"cash": 2 * EURO}
    assert abs(floor.till("cash") - before) == 2 * EURO
    floor.verify()


def test_nothing_goes_back_once_it_has_begun(floor: Floor, freeze: clock.frozen) -> None:
    ann = floor.add_member("ann", balance=10 * EURO)
    booking = floor.book_one("PC01", at=later(HOUR), member_id=ann)
    freeze.advance(HOUR + 60)
    late = floor.cancel(booking.id)
    assert late.refund_micros == 0
    assert floor.money(ann) == (8 * EURO, 0)
    begun = floor.book_one("PC02", at=later(0), member_id=ann)
    floor.member(ann, "PC02")
    with pytest.raises(Refused, match="has begun"):
        floor.cancel(begun.id)
    floor.verify()


def test_two_bookings_never_share_a_second(floor: Floor, freeze: clock.frozen) -> None:
    ann = floor.add_member("ann", balance=10 * EURO)
    floor.book("PC01", at=later(HOUR), member_id=ann)
    for begins in (30 * 60, HOUR, 2 * HOUR - 1):
        with pytest.raises(Refused, match=r"^There are other booking$"):
            floor.book("PC01", at=later(begins), member_id=ann)
    floor.book("PC01", at=later(2 * HOUR), member_id=ann)
    floor.book("PC01", at=later(0), member_id=ann)
    assert floor.money(ann) == (4 * EURO, 0)


def test_several_pcs_skip_those_that_are_taken(floor: Floor, freeze: clock.frozen) -> None:
    ann = floor.add_member("ann", balance=10 * EURO)
    floor.book("PC02", at=later(HOUR), member_id=ann)
    done = floor.book("PC01", "PC02", "PC03", at=later(HOUR), member_id=ann)
    assert [(each.booking.pc_name, each.password) for each in done.made] == [
        ("PC01", "000001"),
        ("PC03", "000002"),
    ]
    assert [(each.pc_name, str(each.reason)) for each in done.skipped] == [
        ("PC02", "There are other booking")
    ]
    assert {each.booking.party_id for each in done.made} == {done.made[0].booking.id}
    assert floor.money(ann) == (4 * EURO, 0)
    with pytest.raises(BalanceTooLow):
        floor.book("PC01", "PC02", "PC03", at=later(3 * HOUR), member_id=ann)
    assert floor.money(ann) == (4 * EURO, 0)


@pytest.mark.parametrize(
    ("values", "seconds", "minutes", "reason"),
    [
        ({}, -400, 60, "starts: must lie in the future"),
        ({}, 400 * 86_400, 60, "starts: must lie within 366 days"),
        ({}, HOUR, 0, "minutes: must be 1 to 1440 minutes"),
        ({}, HOUR, 1441, "minutes: must be 1 to 1440 minutes"),
        ({"min_booking_duration_minutes": 90}, HOUR, 60, "at least 90 minutes"),
        ({"min_hours_before_booking": 3}, 2 * HOUR, 60, "at least 3 hours before"),
        ({"booking_type": "offer"}, HOUR, 60, "Product not found"),
    ],
)
def test_what_the_settings_forbid(
    floor: Floor, values: dict[str, object], seconds: int, minutes: int, reason: str
) -> None:
    floor.set(**values)
    ann = floor.add_member("ann", balance=10 * EURO)
    with pytest.raises((Refused, InvalidInput), match=reason):
        floor.book("PC01", at=later(seconds), minutes=minutes, member_id=ann)
    assert floor.money(ann) == (10 * EURO, 0)


def test_members_obey_what_staff_need_not(floor: Floor) -> None:
    floor.set(allow_booking=False, booking_cancel_minutes=60)
    ann = floor.add_member("ann", balance=10 * EURO)
    bob = floor.add_member("bob", balance=10 * EURO)
    with pytest.raises(Refused, match="switched off"):
        floor.book("PC01", at=later(HOUR), member_id=ann, actor=member_actor(ann))
    booking = floor.book_one("PC01", at=later(HOUR - 60), member_id=ann)
    with pytest.raises(Refused, match="at least 60 minutes before"):
        floor.cancel(booking.id, actor=member_actor(ann))
    with pytest.raises(NotFound, match=r"^Product not found$"):
        floor.cancel(booking.id, actor=member_actor(bob))
    floor.set(allow_booking=True)
    for somebody in (bob, 0):
        with pytest.raises(AppError, match="Member not found"):
            floor.book("PC02", at=later(HOUR), member_id=somebody, actor=member_actor(ann))
    with pytest.raises(InvalidInput, match="payment"):
        floor.book("PC02", at=later(HOUR), member_id=ann, actor=member_actor(ann), payment="cash")
    with pytest.raises(Refused, match="switched off"):
        floor.book("PC02", at=later(HOUR), member_id=ann, actor=member_actor(ann), kind=Kind.HOLD)


def test_one_booking_a_day(floor: Floor) -> None:
    floor.set(pc_booked_once_day=True)
    ann = floor.add_member("ann", balance=10 * EURO)
    first = floor.book_one("PC01", at=later(HOUR), minutes=10, member_id=ann)
    with pytest.raises(Refused, match="one PC a day"):
        floor.book("PC02", at=later(HOUR), minutes=10, member_id=ann)
    floor.cancel(first.id)
    floor.book("PC02", at=later(HOUR), minutes=10, member_id=ann)
    floor.book("PC02", at=later(HOUR + 24 * HOUR), minutes=10, member_id=ann)


def test_now_is_a_begin_of_up_to_five_minutes_ago(floor: Floor) -> None:
    ann = floor.add_member("ann", balance=10 * EURO)
    booking = floor.book_one("PC01", at=later(-300), member_id=ann)
    assert booking.starts_at == clock.now().replace(microsecond=0)
    assert booking.ends_at - booking.starts_at == timedelta(hours=1)
    assert floor.member(ann, "PC01").segments[0].packages[0].is_booked
