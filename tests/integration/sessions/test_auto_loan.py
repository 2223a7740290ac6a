"""allow_auto_loan: a member who has played up the balance goes on and owes it, up to the cap."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from lanhouse.cafe.money.purses import spendable_micros
from lanhouse.cafe.sessions.jobs import end_due_sessions
from lanhouse.cafe.settings.commands import SettingsInput, save_settings
from lanhouse.cafe.topups.commands import add_loan, top_up
from lanhouse.cafe.topups.schemas import Loan, TopUp
from lanhouse.db.store import Store
from lanhouse.kit import clock
from lanhouse.kit.errors import BalanceTooLow
from tests.builders.floor import DESK, EURO, Floor, open_floor

HOUR = 3600


@pytest.fixture
def floor(store: Store, freeze: clock.frozen) -> Floor:
    assert freeze is not None
    floor = open_floor(store)
    floor.set(allow_auto_loan=True, loan_max_per_member_micros=3 * EURO)
    return floor


def save(floor: Floor, **values: Any) -> None:
    """Change settings as the pages do: followers see it."""
    floor.run(save_settings, SettingsInput(center=floor.center, values={"payment": values}))


def top_up_of(floor: Floor, member_id: int, amount: int) -> None:
    cmd = TopUp(center=floor.center, actor=DESK, member_ids=[member_id], value_micros=amount)
    floor.run(top_up, cmd)


def sweep(floor: Floor) -> None:
    floor.store.run_sync(end_due_sessions, None)


def test_at_the_cap_the_session_ends_instead(floor: Floor, freeze: clock.frozen) -> None:
    ann = floor.add_member("ann", balance=EURO)
    session = floor.member(ann)
    assert session.expires_at == session.started_at + timedelta(hours=2)
    freeze.advance(HOUR)
    found = floor.session(session.id)
    assert found.cost_micros(clock.now()) == 2 * EURO
    left = floor.store.read_sync(spendable_micros, floor.center, ann, clock.now())
    assert left.total_micros == 0
    freeze.advance(2 * HOUR)
    sweep(floor)
    assert not floor.is_busy("PC01")
    assert (floor.money(ann), floor.owes(ann)) == ((0, 0), 3 * EURO)
    (row,) = floor.logs("CHECKOUT")
    assert "owed 3.00" in row.details
    # What is owed already is not lent again, and without money nobody begins.
    with pytest.raises(BalanceTooLow):
        floor.member(ann)
    top_up_of(floor, ann, EURO)
    session = floor.member(ann)
    assert session.expires_at == session.started_at + timedelta(minutes=30)
    floor.verify()


def test_a_check_out_before_owes_no_more_than_was_played(
    floor: Floor, freeze: clock.frozen
) -> None:
    ann = floor.add_member("ann", balance=EURO)
    floor.member(ann)
    freeze.advance(HOUR)
    (ended,) = floor.check_out("PC01")
    assert (ended.from_balance_micros, ended.from_loan_micros, ended.paid_micros) == (EURO, EURO, 0)
    assert (floor.money(ann), floor.owes(ann)) == ((0, 0), EURO)
    floor.verify()


def test_money_that_comes_meanwhile_pays_first(floor: Floor, freeze: clock.frozen) -> None:
    ann = floor.add_member("ann", balance=EURO)
    session = floor.member(ann)
    freeze.advance(HOUR)
    top_up_of(floor, ann, 5 * EURO)
    expires_at = floor.session(session.id).expires_at
    assert expires_at == session.started_at + timedelta(hours=4, minutes=30)
    floor.check_out("PC01")
    assert (floor.money(ann), floor.owes(ann)) == ((4 * EURO, 0), 0)
    floor.verify()


def test_a_loan_at_the_desk_and_the_one_of_the_session_share_the_cap(
    floor: Floor, freeze: clock.frozen
) -> None:
    ann = floor.add_member("ann", balance=EURO)
    session = floor.member(ann)
    end = session.expires_at
    floor.run(add_loan, Loan(center=floor.center, actor=DESK, member_id=ann, value_micros=2 * EURO))
    assert floor.session(session.id).expires_at == end
    freeze.advance(2 * HOUR)
    sweep(floor)
    assert (floor.money(ann), floor.owes(ann)) == ((0, 0), 3 * EURO)
    floor.verify()


def test_it_holds_at_once_and_ends_those_that_play_on_a_loan(
    floor: Floor, freeze: clock.frozen
) -> None:
    save(floor, allow_auto_loan=False)
    ann, bob = floor.add_member("ann", balance=EURO), floor.add_member("bob", balance=EURO)
    first = floor.member(ann)
    second = floor.member(bob, "PC02")
    assert first.expires_at == first.started_at + timedelta(minutes=30)
    save(floor, allow_auto_loan=True)
    assert floor.session(first.id).expires_at == first.started_at + timedelta(hours=2)
    # No cap: nothing ends it.
    save(floor, loan_max_per_member_micros=0)
    assert floor.session(second.id).expires_at is None
    freeze.advance(HOUR)
    save(floor, allow_auto_loan=False)
    assert floor.session(first.id).expires_at == clock.now()
    sweep(floor)
    assert (floor.owes(ann), floor.owes(bob)) == (EURO, EURO)
    floor.verify()


def test_guests_and_a_balance_that_may_not_pay_are_lent_nothing(
    floor: Floor, freeze: clock.frozen
) -> None:
    guest = floor.pay(2 * EURO, "PC01")[0].session
    assert guest.expires_at == guest.started_at + timedelta(hours=1)
    floor.set(allow_balance_for_pc_time=False)
    ann = floor.add_member("ann", balance=EURO)
    with pytest.raises(BalanceTooLow):
        floor.member(ann, "PC02")
