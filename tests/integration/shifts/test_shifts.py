"""A shift from its float to its Z report, on both databases (decision 0097)."""

from __future__ import annotations

from typing import Any

import pytest

from lanhouse.auth.actors import Actor
from lanhouse.auth.rights import rights_of
from lanhouse.cafe.money.commands import Expense, take_expense
from lanhouse.cafe.money.errors import NeedsShift
from lanhouse.cafe.sessions.schemas import POSTPAID
from lanhouse.cafe.shifts.commands.tills import TillChange, change_till
from lanhouse.cafe.shifts.errors import CountFirst, ShiftClosed, ShiftNotFound, TillNotFound
from lanhouse.cafe.shifts.queries import handover_of, shift_by_id
from lanhouse.cafe.shifts.queries.proof import booked_in, check_shifts
from lanhouse.cafe.shifts.schemas import MoveKind
from lanhouse.cafe.topups.commands import top_up
from lanhouse.cafe.topups.schemas import TopUp
from lanhouse.db.store import Store
from lanhouse.kit import clock
from lanhouse.kit.errors import Forbidden, InvalidInput, Refused
from tests.builders.floor import CENT, EURO, Floor, open_floor

API = Actor(kind="api_key", center_id=7777, staff_name="API", role="api", rights=rights_of("api"))


@pytest.fixture
def floor(store: Store) -> Floor:
    return open_floor(store, pcs_count=2)


@pytest.fixture
def ines(floor: Floor) -> Actor:
    return floor.hire("ines")


def pay_in(floor: Floor, actor: Actor, member_id: int, euros: int, payment: str = "") -> None:
    floor.run(
        top_up,
        TopUp(
            center=floor.center,
            actor=actor,
            member_ids=[member_id],
            value_micros=euros * EURO,
            payment=payment,
            comment="" if euros > 0 else "Gone home",
        ),
    )


def test_a_shift_from_float_to_z(floor: Floor, ines: Actor, freeze: clock.frozen) -> None:
    ada, till = floor.add_member("ada"), floor.add_till()
    shift = floor.open_shift(ines, till, 100)
    pay_in(floor, ines, ada, 50)
    pay_in(floor, ines, ada, 20, "card")
    pay_in(floor, ines, ada, 5, "qr")
    pay_in(floor, ines, ada, -10)
    floor.move_cash(ines, shift, "in", 30 * EURO)
    floor.move_cash(ines, shift, "out", 60 * EURO)
    now = floor.report(shift)
    figures = now.figures
    assert (now.z_number, figures.float_micros) == (0, 100 * EURO)
    assert (figures.topups.number, figures.topups.cash_micros) == (3, 50 * EURO)
    assert (figures.topups.card_micros, figures.topups.qr_micros) == (20 * EURO, 5 * EURO)
    assert figures.shop.total_micros == figures.all.total_micros
    assert figures.refunds.total_micros == -10 * EURO
    assert (figures.put_in_micros, figures.taken_out_micros) == (30 * EURO, -60 * EURO)
    assert figures.expected_micros == (100 + figures.all.cash_micros // EURO - 30) * EURO

    floor.count(ines, shift, figures.expected_micros - 2 * EURO)
    # What comes in between count and close is booked as it came; the difference is the count's.
    pay_in(floor, ines, ada, 7)
    with pytest.raises(InvalidInput) as refused:
        floor.close_shift(ines, shift)
    assert list(refused.value.fields) == ["comment"]
    done = floor.close_shift(ines, shift, comment="Gave back too much", left_micros=100 * EURO)
    z = done.report
    assert (z.z_number, z.difference_micros) == (1, -2 * EURO)
    assert z.cash_end_micros == figures.expected_micros + 5 * EURO
    assert z.to_safe_micros == z.cash_end_micros - 100 * EURO
    assert z == floor.report(shift)
    booked = floor.store.read_sync(booked_in, 7777, shift)
    assert booked["cash"] + booked["drawer"] == 0
    assert booked["safe"] == z.cash_end_micros - (100 + 30 - 60) * EURO
    assert [row.details for row in floor.logs("SHIFT")][-1] == (
        "Shift closed at Till 1, Z report 1, difference -2.00. Comment: Gave back too much"
    )
    with pytest.raises(ShiftClosed):
        floor.count(ines, shift, 0)
    floor.verify()
    # The next shift is offered what was left, and numbers go on.
    again = floor.open_shift(ines, till, 100)
    floor.count(ines, again, 100 * EURO)
    assert floor.close_shift(ines, again).report.z_number == 2
    floor.verify()


def test_what_is_not_allowed_does_nothing(floor: Floor, ines: Actor) -> None:
    till, other, bob = floor.add_till(), floor.add_till("Bar"), floor.hire("bob")
    shift = floor.open_shift(ines, till, 10)
    for call, kind in (
        (lambda: floor.open_shift(ines, other), Refused),
        (lambda: floor.open_shift(bob, till), Refused),
        (lambda: floor.open_shift(bob, 999), TillNotFound),
        (lambda: floor.open_shift(API, other), Forbidden),
        (lambda: floor.open_shift(bob, other, -1), InvalidInput),
        (lambda: floor.move_cash(bob, shift, "in", EURO), Forbidden),
        (lambda: floor.move_cash(ines, shift, "in", 0), InvalidInput),
        (lambda: floor.move_cash(ines, shift, "expense", EURO), Forbidden),
        (lambda: floor.move_cash(ines, 999, "in", EURO), ShiftNotFound),
        (lambda: floor.count(bob, shift, EURO), Forbidden),
        (lambda: floor.count(ines, shift, -1), InvalidInput),
        (lambda: floor.close_shift(ines, shift), CountFirst),
        (lambda: floor.add_till("TILL 1"), InvalidInput),
        (lambda: floor.add_till(""), InvalidInput),
        (
            lambda: floor.run(change_till, TillChange(floor.center, till, "Till 1", is_used=False)),
            Refused,
        ),
    ):
        with pytest.raises(kind):
            call()
    report = floor.report(shift)
    assert (report.figures.expected_micros, report.count) == (10 * EURO, None)
    floor.count(ines, shift, 10 * EURO)
    with pytest.raises(InvalidInput) as refused:
        floor.close_shift(ines, shift, left_micros=10 * EURO + CENT)
    assert list(refused.value.fields) == ["left"]
    with pytest.raises(InvalidInput) as refused:
        floor.close_shift(ines, shift, next_id=ines.staff_id)
    assert list(refused.value.fields) == ["next_id"]
    # A hand-over to somebody who has a shift is refused whole: no number is used up.
    floor.open_shift(bob, other)
    with pytest.raises(Refused):
        floor.close_shift(ines, shift, next_id=bob.staff_id)
    assert floor.close_shift(ines, shift).report.z_number == 1
    floor.verify()


def test_a_hand_over_signs_what_goes_on(floor: Floor, ines: Actor, freeze: clock.frozen) -> None:
    bob, till = floor.hire("bob"), floor.add_till()
    running = floor.guest(POSTPAID, "PC02")
    shift = floor.open_shift(ines, till, 50)
    floor.count(ines, shift, 50 * EURO)
    done = floor.close_shift(ines, shift, left_micros=40 * EURO, next_id=bob.staff_id)

    def handed(read: Any) -> Any:
        return handover_of(read, shift_by_id(read, 7777, shift))

    found = floor.store.read_sync(handed)
    assert (found.row.given_by_id, found.row.received_by_id) == (ines.staff_id, bob.staff_id)
    assert found.row.to_shift_id == done.next_shift_id
    assert [(one.id, one.pc_name) for one in found.sessions] == [(running.id, "PC02")]
    after = floor.report(done.next_shift_id)
    assert (after.staff_id, after.figures.expected_micros) == (bob.staff_id, 40 * EURO)
    assert floor.is_busy("PC02")
    floor.verify()


def test_a_manager_closes_a_forgotten_shift(floor: Floor, ines: Actor) -> None:
    boss, till = floor.hire("boss", "manager"), floor.add_till()
    own = floor.open_shift(boss, floor.add_till("Bar"), 5)
    shift = floor.open_shift(ines, till, 20)
    floor.count(boss, shift, 19 * EURO)
    done = floor.close_shift(boss, shift, comment="Forgotten").report
    assert (done.staff_id, done.closed_by_id) == (ines.staff_id, boss.staff_id)
    # Nothing of it is booked in the manager's own shift.
    assert floor.report(own).figures.expected_micros == 5 * EURO
    floor.verify()


def test_money_needs_a_shift_when_the_setting_says_so(floor: Floor, ines: Actor) -> None:
    ada, boss = floor.add_member("ada"), floor.hire("boss", "admin")
    floor.set(shift_required=True)
    for actor in (ines, boss):
        for payment in ("cash", "card", "qr"):
            with pytest.raises(NeedsShift) as refused:
                pay_in(floor, actor, ada, 5, payment)
            assert refused.value.message == "shift: open a shift first"
    spend = Expense(center=floor.center, actor=boss, amount_micros=EURO, comment="Milk")
    with pytest.raises(NeedsShift):
        floor.run(take_expense, spend)
    assert (floor.till(), floor.money(ada)) == (0, (0, 0))
    pay_in(floor, API, ada, 3)
    shift = floor.open_shift(boss, floor.add_till(), 0)
    pay_in(floor, boss, ada, 5)
    # With one shift open, what a key takes lies in its drawer; with two nobody knows.
    pay_in(floor, API, ada, 4)
    other = floor.open_shift(ines, floor.add_till("Bar"), 0)
    pay_in(floor, API, ada, 2)
    floor.run(take_expense, spend)
    assert floor.report(shift).figures.expected_micros == 8 * EURO
    assert [paid.cash_micros for paid in floor.report(shift).expenses] == [-EURO]
    assert floor.report(other).figures.expected_micros == 0
    floor.verify()


def test_a_changed_report_or_a_gap_is_found(store: Store, floor: Floor, ines: Actor) -> None:
    shift = floor.open_shift(ines, floor.add_till(), 10)
    floor.count(ines, shift, 10 * EURO)
    floor.close_shift(ines, shift)
    assert store.read_sync(check_shifts, 7777) is None
    from tests.integration.db.test_digests import by_hand

    by_hand(store, "UPDATE z_reports SET report = replace(report, '10000000', '11000000')")
    assert store.read_sync(check_shifts, 7777) == (
        "Z report 1: is not what the log of the shift adds up to"
    )
    by_hand(store, "DELETE FROM z_reports")
    assert store.read_sync(check_shifts, 7777) == "Z report 1 is missing"


def test_moves_are_told_by_kind(floor: Floor, ines: Actor) -> None:
    shift = floor.open_shift(ines, floor.add_till(), 10)
    floor.move_cash(ines, shift, "out", 4 * EURO)
    assert [(move.kind, move.amount_micros) for move in floor.report(shift).moves] == [
        (MoveKind.FLOAT, 10 * EURO),
        (MoveKind.OUT, -4 * EURO),
    ]
    (told,) = floor.logs("TILL")
    assert (told.cash_micros, told.shift_id, told.details) == (0, shift, "Change")
