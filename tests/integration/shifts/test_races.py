"""Sales, counts and closes at once: no money in a frozen report's back (both databases)."""

from __future__ import annotations

import threading
from typing import Any

from lanhouse.auth.actors import Actor
from lanhouse.cafe.money.errors import NeedsShift
from lanhouse.cafe.shifts.commands import OpenShift, open_shift
from lanhouse.cafe.shifts.commands.closing import ClosedShift, CloseShift, close_shift
from lanhouse.cafe.shifts.errors import ShiftClosed
from lanhouse.cafe.topups.commands import top_up
from lanhouse.cafe.topups.schemas import TopUp, TopUpDone
from lanhouse.db.store import Store, Tx
from lanhouse.kit.errors import Refused
from tests.builders.floor import EURO, Floor, open_floor
from tests.integration.sessions.test_races import Work, at_once, refusals


def pay(floor: Floor, actor: Actor, member_id: int) -> Work:
    cmd = TopUp(center=floor.center, actor=actor, member_ids=[member_id], value_micros=EURO)
    return top_up, cmd


def close(floor: Floor, actor: Actor, shift_id: int, next_id: int = 0) -> Work:
    return close_shift, CloseShift(
        center=floor.center,
        actor=actor,
        shift_id=shift_id,
        comment="",
        left_micros=0,
        next_id=next_id,
    )


def counted_shift(floor: Floor, actor: Actor) -> int:
    shift = floor.open_shift(actor, floor.add_till(actor.staff_name), 10)
    floor.count(actor, shift, 10 * EURO)
    return shift


def test_sales_beside_a_close_are_in_it_or_refused(store: Store) -> None:
    floor = open_floor(store, pcs_count=1)
    floor.set(shift_required=True)
    ines = floor.hire("ines")
    members = [floor.add_member(f"m{number}") for number in range(12)]
    shift = counted_shift(floor, ines)
    work = [pay(floor, ines, each) for each in members]
    done = at_once(store, [*work[:6], close(floor, ines, shift), *work[6:]])
    closed = [one for one in done if isinstance(one, ClosedShift)]
    paid = [one for one in done if isinstance(one, TopUpDone)]
    assert len(closed) == 1
    assert all(isinstance(one, NeedsShift) for one in refusals(done))
    assert len(paid) + len(refusals(done)) == 12
    assert closed[0].report.figures.all.cash_micros == len(paid) * EURO == floor.till()
    floor.verify()


def test_a_shift_is_closed_once_and_numbers_have_no_gap(store: Store) -> None:
    floor = open_floor(store, pcs_count=1)
    people = [floor.hire(f"p{number}") for number in range(4)]
    shifts = [counted_shift(floor, person) for person in people]
    work = [close(floor, *each) for each in zip(people, shifts, strict=True) for _ in range(2)]
    done = at_once(store, work)
    assert [type(one) for one in refusals(done)] == [ShiftClosed] * 4
    closed = [one.report.z_number for one in done if isinstance(one, ClosedShift)]
    assert sorted(closed) == [1, 2, 3, 4]
    floor.verify()


def test_a_till_and_a_person_get_one_shift(store: Store) -> None:
    floor = open_floor(store, pcs_count=1)
    ines, bob = floor.hire("ines"), floor.hire("bob")
    tills = [floor.add_till(name) for name in ("A", "B")]

    def opened(actor: Actor, till: int) -> Work:
        cmd = OpenShift(
            center=floor.center,
            actor=actor,
            till_id=till,
            float_micros=EURO,
            address="",
        )
        return open_shift, cmd

    done = at_once(store, [opened(actor, tills[0]) for actor in (ines, bob)])
    assert [type(one) for one in refusals(done)] == [Refused]
    winner = ines if isinstance(done[0], int) else bob
    done = at_once(store, [opened(winner, tills[1]) for _ in range(3)])
    assert len(refusals(done)) == 3
    floor.verify()


def test_two_hand_over_to_the_same_person(store: Store) -> None:
    floor = open_floor(store, pcs_count=1)
    ines, bob, eve = floor.hire("ines"), floor.hire("bob"), floor.hire("eve")
    work = [close(floor, who, counted_shift(floor, who), eve.staff_id) for who in (ines, bob)]
    done = at_once(store, work)
    assert len(refusals(done)) == 1
    (closed,) = [one for one in done if isinstance(one, ClosedShift)]
    assert closed.report.z_number == 1
    floor.verify()


def test_a_close_waits_for_a_sale_that_has_begun(store: Store) -> None:
    """The sale holds the shift until its commit; SQLite has one writer, where it is done first."""
    floor = open_floor(store, pcs_count=1)
    ines = floor.hire("ines")
    ada = floor.add_member("ada")
    shift = counted_shift(floor, ines)
    sold, may_commit = threading.Event(), threading.Event()
    pay_command, pay_arg = pay(floor, ines, ada)

    def slow(tx: Tx, arg: Any) -> Any:
        done = pay_command(tx, arg)
        sold.set()
        assert may_commit.wait(10)
        return done

    seller = threading.Thread(target=store.run_sync, args=(slow, pay_arg))
    seller.start()
    assert sold.wait(10)
    results: list[ClosedShift] = []

    def close_it() -> None:
        command, arg = close(floor, ines, shift)
        results.append(store.run_sync(command, arg))

    closer = threading.Thread(target=close_it)
    closer.start()
    closer.join(0.3)
    assert results == []
    may_commit.set()
    seller.join(10)
    closer.join(10)
    assert results[0].report.figures.all.cash_micros == EURO
    floor.verify()
