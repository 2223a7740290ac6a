"""license_using_billing 0: sessions begin free and without end, and no balance moves."""

from __future__ import annotations

from datetime import timedelta

import pytest

from lanhouse.cafe.reports.queries.checks import check_kept
from lanhouse.cafe.sessions.jobs import end_due_sessions
from lanhouse.cafe.sessions.queries.states import session_states
from lanhouse.cafe.sessions.schemas import FREE, POSTPAID
from lanhouse.db.store import Store
from lanhouse.kit import clock
from lanhouse.kit.errors import Refused
from tests.builders.floor import EURO, Floor, open_floor
from tests.integration.sessions.test_auto_loan import top_up_of
from tests.integration.sessions.test_changes import add_offer, an_offer

HOUR = 3600


@pytest.fixture
def floor(store: Store, freeze: clock.frozen) -> Floor:
    assert freeze is not None
    floor = open_floor(store, pcs_count=4)
    floor.set(license_using_billing=False, minimum_charge_micros=EURO, start_fee_micros=EURO)
    return floor


def test_nobody_pays_and_nothing_ends(floor: Floor, freeze: clock.frozen) -> None:
    poor = floor.add_member("poor")
    made = [floor.member(poor, "PC01"), floor.guest(POSTPAID, "PC02"), floor.guest(FREE, "PC03")]
    assert [session.expires_at for session in made] == [None] * 3
    freeze.advance(100 * HOUR)
    floor.store.run_sync(end_due_sessions, None)
    states = floor.store.read_sync(session_states, floor.center, clock.now())
    assert [(state.cost_micros, state.price_name) for state in states.values()] == [
        (0, "Default")
    ] * 3
    assert {state.price_per_hour_micros for state in states.values()} == {0}
    ended = floor.check_out("PC01", "PC02", "PC03")
    assert [(each.bill.total_micros, each.payment, each.due_micros) for each in ended] == [
        (0, "free", 0)
    ] * 3
    assert {each.bill.seconds for each in ended} == {100 * HOUR}
    assert (floor.money(poor), floor.owes(poor)) == ((0, 0), 0)
    assert floor.till("cash") == 0
    assert floor.house("revenue_time") == 0
    assert floor.store.read_sync(check_kept) is None
    floor.verify()


def test_switching_on_again_leaves_them_free(floor: Floor, freeze: clock.frozen) -> None:
    rich = floor.add_member("rich", balance=10 * EURO)
    session = floor.member(rich)
    freeze.advance(HOUR)
    floor.set(license_using_billing=True, minimum_charge_micros=0, start_fee_micros=0)
    floor.add_price("Dearer", 900)
    top_up_of(floor, rich, EURO)
    freeze.advance(HOUR)
    found = floor.session(session.id)
    assert (found.expires_at, found.cost_micros(clock.now())) == (None, 0)
    with pytest.raises(Refused, match="cannot be added to a session that nobody pays"):
        floor.pay(EURO, "PC01")
    floor.check_out("PC01")
    assert floor.money(rich) == (11 * EURO, 0)
    # The next one is billed.
    billed = floor.member(rich)
    assert billed.expires_at is not None
    floor.verify()


def test_packages_are_not_used_up(floor: Floor, freeze: clock.frozen) -> None:
    floor.set(license_using_billing=True, minimum_charge_micros=0, start_fee_micros=0)
    ann = floor.add_member("ann", balance=5 * EURO)
    floor.member(ann)
    add_offer(floor, an_offer(floor), payment="balance")
    floor.check_out("PC01")
    floor.set(license_using_billing=False)
    session = floor.member(ann)
    assert session.segments[-1].packages == ()
    freeze.advance(HOUR)
    floor.check_out("PC01")
    floor.set(license_using_billing=True)
    again = floor.member(ann)
    assert [package.seconds for package in again.segments[-1].packages] == [HOUR]


def test_no_time_is_sold_and_billed_sessions_go_on_as_agreed(
    floor: Floor, freeze: clock.frozen
) -> None:
    offer_id = an_offer(floor)
    with pytest.raises(Refused, match="the billing service is off"):
        floor.pay(2 * EURO, "PC01")
    with pytest.raises(Refused, match="the billing service is off"):
        add_offer(floor, offer_id)
    assert not floor.is_busy("PC01")
    assert floor.till("cash") == 0
    floor.set(license_using_billing=True, minimum_charge_micros=0, start_fee_micros=0)
    session = floor.pay(2 * EURO, "PC01")[0].session
    floor.set(license_using_billing=False)
    floor.pay(2 * EURO, "PC01")
    assert floor.session(session.id).expires_at == session.started_at + timedelta(hours=2)
    freeze.advance(HOUR)
    (ended,) = floor.check_out("PC01")
    assert (ended.bill.total_micros, ended.refund_micros) == (2 * EURO, 2 * EURO)
    floor.verify()
