"""What a booking changes for who plays: refused sales, frozen bills, seats that are moved."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from lanhouse.cafe.bookings.schemas import State
from lanhouse.cafe.members.commands.changing import MemberChange, change_members
from lanhouse.cafe.money.sharing import LATER, Payer
from lanhouse.cafe.orders.schemas import Source, Tendered
from lanhouse.cafe.sessions.commands.debts import PayDebts, pay_debts
from lanhouse.cafe.sessions.commands.pausing import PauseOne, pause_session
from lanhouse.cafe.sessions.errors import QuoteRefused
from lanhouse.cafe.sessions.jobs import end_due_sessions
from lanhouse.cafe.sessions.schemas import MEMBER, POSTPAID
from lanhouse.db.store import Store
from lanhouse.kit import clock
from lanhouse.kit.errors import Forbidden, InvalidInput, Refused
from tests.builders.floor import DESK, EURO, Floor, later, open_floor
from tests.builders.nouns.orders import place

HOUR = 3600
OCCUPIED = r"^Booking is occupied$"


@pytest.fixture
def floor(store: Store, freeze: clock.frozen) -> Floor:
    """Four PCs at 2 an hour."""
    assert freeze is not None
    return open_floor(store, pcs_count=4)


def tick(floor: Floor) -> None:
    floor.store.run_sync(end_due_sessions, None)
    floor.bring_on()


def frozen_bill(floor: Floor, freeze: clock.frozen) -> int:
    """A postpaid guest of PC01 whose bill of one hour a booking froze; the session's id."""
    ann = floor.add_member("ann", balance=10 * EURO)
    guest = floor.guest(POSTPAID, "PC01")
    floor.set(allow_booking_when_pc_online=True)
    floor.book("PC01", at=later(HOUR), member_id=ann)
    freeze.advance(HOUR)
    tick(floor)
    floor.member(ann, "PC01")
    return guest.id


@pytest.mark.parametrize("payment", ["cash", "card", "qr"])
def test_a_frozen_bill_is_paid_by_a_tender(
    floor: Floor, freeze: clock.frozen, payment: str
) -> None:
    session_id = frozen_bill(floor, freeze)
    before = floor.till(payment)
    cmd = PayDebts(
        center=floor.center, actor=DESK, session_ids=[session_id], payment=payment, due_micros=None
    )
    floor.run(pay_debts, cmd)
    assert abs(floor.till(payment) - before) == 2 * EURO
    assert floor.debts() == []
    with pytest.raises(Refused):
        floor.run(pay_debts, cmd)
    floor.verify()


def test_an_offer_ordered_to_a_seat_is_sold_until_the_booking_only(floor: Floor) -> None:
    ann = floor.add_member("ann", balance=10 * EURO)
    bob = floor.add_member("bob", balance=20 * EURO)
    floor.book("PC01", at=later(HOUR), member_id=ann)
    floor.member(bob, "PC01")
    two, half = floor.add_offer("two", 300, minutes=120), floor.add_offer("half", 100, minutes=30)
    cash = [Tendered("cash")]
    order = {"source": Source.DESK, "tendered": cash, "pc_name": "PC01", "member_id": bob}
    with pytest.raises(Refused, match=OCCUPIED):
        place(floor, {}, packages={two: 1}, **order)
    with pytest.raises(Refused, match=OCCUPIED):
        place(floor, {}, packages={half: 3}, **order)
    assert floor.money(bob) == (20 * EURO, 0)
    place(floor, {}, packages={half: 1}, **order)
    # Kept for another day it may be longer than the seat is free.
    place(floor, {}, packages={two: 1}, **{**order, "pc_name": ""})
    floor.verify()


def test_who_paused_on_a_booked_pc_and_plays_elsewhere_is_checked_out_there(
    floor: Floor, freeze: clock.frozen
) -> None:
    floor.set(allow_additional_session=True, allow_booking_when_pc_online=True)
    ann = floor.add_member("ann", balance=10 * EURO)
    bob = floor.add_member("bob", balance=20 * EURO)
    floor.member(bob, "PC01")
    floor.member(bob, "PC02")
    floor.book("PC01", at=later(HOUR), member_id=ann)
    freeze.advance(HOUR // 2)
    first = floor.session_ids()[0]
    floor.run(pause_session, PauseOne(floor.center, DESK, first))
    freeze.advance(HOUR // 2)
    tick(floor)
    assert not floor.is_busy("PC01")
    assert floor.is_busy("PC02")
    floor.member(ann, "PC01")
    freeze.advance(HOUR)
    floor.check_out("PC02")
    # Half an hour on PC01, two on PC02.
    assert floor.money(bob) == (15 * EURO, 0)
    floor.verify()


def test_a_begun_session_takes_its_booked_time_along(floor: Floor, freeze: clock.frozen) -> None:
    ann = floor.add_member("ann", balance=10 * EURO)
    bob = floor.add_member("bob", balance=10 * EURO)
    booking = floor.book_one("PC01", at=later(0), minutes=120, member_id=ann)
    floor.member(ann, "PC01")
    floor.book("PC03", at=later(HOUR), member_id=bob)
    freeze.advance(HOUR // 2)
    with pytest.raises(Refused, match=OCCUPIED):
        floor.move("PC01", "PC03")
    moved = floor.move("PC01", "PC02")
    assert moved.kind == MEMBER
    now = floor.booking(booking.id)
    assert (now.state, now.pc_name) == (State.BEGUN, "PC02")
    # The seat that was left is free, the new one is kept.
    floor.guest(POSTPAID, "PC01")
    freeze.advance(HOUR)
    floor.check_out("PC02")
    assert floor.money(ann) == (6 * EURO, 0)
    with pytest.raises(Refused, match=OCCUPIED):
        floor.guest(POSTPAID, "PC02")
    again = floor.member(ann, "PC02")
    assert [each.is_booked for each in again.segments[0].packages] == [True]
    floor.check_out("PC02")
    floor.verify()


def test_who_is_moved_away_from_a_seat_plays_not_on_its_later_booking(
    floor: Floor, freeze: clock.frozen
) -> None:
    ann = floor.add_member("ann", balance=20 * EURO)
    later_one = floor.book_one("PC01", at=later(HOUR), member_id=ann)
    floor.member(ann, "PC01")
    floor.move("PC01", "PC02")
    freeze.advance(HOUR + HOUR // 2)
    tick(floor)
    assert floor.booking(later_one.id).state in (State.WAITING, State.MISSED)
    (ended,) = floor.check_out("PC02")
    assert ended.bill.total_micros == 3 * EURO
    floor.verify()


def test_who_is_moved_to_his_booked_seat_plays_on_what_he_paid(
    floor: Floor, freeze: clock.frozen
) -> None:
    ann = floor.add_member("ann", balance=20 * EURO)
    booking = floor.book_one("PC02", at=later(HOUR), member_id=ann)
    floor.member(ann, "PC01")
    freeze.advance(HOUR + 60)
    floor.move("PC01", "PC02")
    assert floor.booking(booking.id).state == State.BEGUN
    freeze.advance(HOUR // 2)
    (ended,) = floor.check_out("PC02")
    # An hour and a minute on PC01; half an hour of what was paid.
    assert 2 * EURO < ended.bill.total_micros < 2 * EURO + 5 * EURO // 100
    floor.verify()


def lend(floor: Floor, session_id: int, debtor_id: int, **more: Any) -> int:
    cmd = {"center": floor.center, "actor": DESK, "session_ids": [session_id], "payment": LATER}
    return floor.run(pay_debts, PayDebts(**{**cmd, "debtor_id": debtor_id, **more}))


def test_a_frozen_bill_becomes_the_loan_of_a_member(floor: Floor, freeze: clock.frozen) -> None:
    session_id = frozen_bill(floor, freeze)
    guest_id = floor.debts()[0].member_id
    bob = floor.add_member("bob", balance=5 * EURO)
    floor.set(payment_method_pay_later=True, pay_later='{"member_groups":["0"]}')
    before = {tender: floor.till(tender) for tender in ("cash", "card", "qr")}
    earned = floor.house("revenue_time")
    bill_id = lend(floor, session_id, bob, due_micros=2 * EURO)
    assert (floor.owes(bob), floor.owes(guest_id)) == (2 * EURO, 0)
    # His balance is his: he repays on purpose. No till and no sale moves.
    assert floor.money(bob) == (5 * EURO, 0)
    assert {tender: floor.till(tender) for tender in before} == before
    assert (floor.house("revenue_time"), floor.house("taken_over")) == (earned, 0)
    assert floor.debts() == []
    (payer,) = floor.bill(bill_id).payers
    assert (payer.tender, payer.amount_micros, payer.member_id) == (LATER, 2 * EURO, bob)
    rows = {row.member_id: row for row in floor.logs("LOAN")}
    assert (rows[guest_id].loan_micros, rows[bob].loan_micros) == (2 * EURO, -2 * EURO)
    assert str(bob) in rows[guest_id].details
    assert str(session_id) in rows[bob].details
    for again in (lambda: lend(floor, session_id, bob), lambda: pay_cash(floor, session_id)):
        with pytest.raises(Refused, match="nothing is left open"):
            again()
    assert floor.owes(bob) == 2 * EURO
    floor.verify()


def pay_cash(floor: Floor, session_id: int) -> int:
    cmd = PayDebts(center=floor.center, actor=DESK, session_ids=[session_id], payment="cash")
    return floor.run(pay_debts, cmd)


def test_who_may_not_take_a_frozen_bill_over(floor: Floor, freeze: clock.frozen) -> None:
    session_id = frozen_bill(floor, freeze)
    guest_id = floor.debts()[0].member_id
    bob = floor.add_member("bob")
    with pytest.raises(InvalidInput, match="is later, which the settings do not allow"):
        lend(floor, session_id, bob)
    floor.set(payment_method_pay_later=True)
    with pytest.raises(InvalidInput, match="is in a group that may not pay later"):
        lend(floor, session_id, bob)
    floor.set(pay_later='{"member_groups":["0"]}', loan_max_per_member_micros=EURO)
    for debtor, reason in (
        (bob, r"member: would owe 2\.00; 1\.00 is allowed"),
        (0, "member: is required"),
        (guest_id, "member: is required"),
        (99, "member: Member not found"),
    ):
        with pytest.raises(InvalidInput, match=reason):
            lend(floor, session_id, debtor)
    floor.set(loan_max_per_member_micros=0)
    with pytest.raises(Forbidden):
        lend(floor, session_id, bob, actor=floor.hire("sam"))
    halves = [Payer("cash", EURO), Payer(LATER, EURO, bob)]
    with pytest.raises(InvalidInput, match="must all be paid, or all be lent"):
        lend(floor, session_id, 0, payers=halves)
    with pytest.raises(QuoteRefused):
        lend(floor, session_id, bob, due_micros=EURO)
    assert [debt.amount_micros for debt in floor.debts()] == [2 * EURO]
    assert floor.owes(bob) == 0
    floor.verify()


def test_who_plays_on_a_loan_has_less_of_it_left(floor: Floor, freeze: clock.frozen) -> None:
    session_id = frozen_bill(floor, freeze)
    bob = floor.add_member("bob", balance=EURO)
    floor.set(
        payment_method_pay_later=True,
        pay_later='{"member_groups":["0"]}',
        allow_auto_loan=True,
        loan_max_per_member_micros=4 * EURO,
    )
    session = floor.member(bob, "PC02")
    # 1 of his own and 4 that he may owe, at 2 an hour.
    assert session.expires_at == later(2 * HOUR + HOUR // 2)
    lend(floor, session_id, bob)
    assert floor.session(session.id).expires_at == later(HOUR + HOUR // 2)
    floor.verify()


def queued(floor: Floor, **kid: Any) -> tuple[int, int]:
    """Bob waits behind Ann for an hour that begins in one; his account and booking."""
    floor.set(allow_booking_in_queue=True)
    ann, bob = floor.add_member("ann", balance=9 * EURO), floor.add_member("bob", **kid)
    floor.book_one("PC01", at=later(HOUR), member_id=ann)
    return bob, floor.book_one("PC01", at=later(HOUR), member_id=bob).id


def release_late(floor: Floor, freeze: clock.frozen) -> None:
    freeze.advance(HOUR + 20 * 60)
    floor.bring_on()


def test_who_may_not_play_then_takes_no_seat_over(floor: Floor, freeze: clock.frozen) -> None:
    """The hours for minors were chosen while he waited: what they will cut is not sold to him."""
    bob, waiting = queued(floor, balance=9 * EURO, birthday="2014-05-01")
    until = (clock.now() + 3 * timedelta(minutes=30)).strftime("%H:%M")
    band = {"name": "n", "under": "16", "start": until, "end": "23:00", "consent": ""}
    floor.set(minors_bands=msgspec.json.encode([band]).decode())
    release_late(floor, freeze)
    now = floor.booking(waiting)
    assert (now.state, now.cost_micros, floor.money(bob)) == (State.DROPPED, 0, (9 * EURO, 0))
    assert any("could not take over" in row.details for row in floor.logs("SESSION"))
    floor.verify()


def test_who_is_barred_meanwhile_keeps_nobodys_seat(floor: Floor, freeze: clock.frozen) -> None:
    """One who waits and was switched off stops neither the clock nor a cancel."""
    bob, waiting = queued(floor, balance=9 * EURO)
    values = {"is_active": False}
    cmd = MemberChange(center=floor.center, actor=DESK, member_ids=[bob], values=values)
    floor.run(change_members, cmd)
    release_late(floor, freeze)
    assert floor.booking(waiting).state == State.DROPPED
    assert floor.money(bob) == (9 * EURO, 0)
    floor.verify()
