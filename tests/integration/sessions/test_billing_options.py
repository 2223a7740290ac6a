"""How bills are made is kept on a session, and quote, map, check-out and bill agree on it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from lanhouse.cafe.metering.rules import Terms
from lanhouse.cafe.sessions.queries.quotes import TimeAsked, quote_time
from lanhouse.cafe.sessions.queries.states import session_states
from lanhouse.cafe.sessions.schemas import FREE, POSTPAID, PREPAID
from lanhouse.db.store import Store
from lanhouse.kit import clock
from lanhouse.kit.errors import BalanceTooLow
from tests.builders.floor import CENT, EURO, Floor, open_floor

MINUTE = 60
AGREED = {
    "time_block_minutes": 15,
    "minimum_minutes": 30,
    "start_fee_micros": 40 * CENT,
    "bill_rounding": "0.50",
    "bill_rounding_mode": "up",
}
TERMS = Terms(0, 0, 500_000, "up", 1800, 900, start_fee_micros=400_000)


@pytest.fixture
def hall(store: Store) -> Floor:
    """2.00 an hour, in quarters, half an hour at least, 0.40 on top, up to the next 0.50."""
    floor = open_floor(store)
    floor.set(**AGREED)
    return floor


def shown_cost(floor: Floor, name: str = "PC01") -> int:
    """What the map and pcList show."""
    states = floor.store.read_sync(session_states, floor.center, clock.now())
    return states[floor.pc_ids[name]].cost_micros


def test_every_place_tells_the_same_cost(hall: Floor, freeze: clock.frozen) -> None:
    session = hall.guest(POSTPAID)
    assert hall.session(session.id).terms == TERMS
    hall.set(
        time_block_minutes=0,
        minimum_minutes=0,
        start_fee_micros=0,
        bill_rounding="0.01",
        bill_rounding_mode="nearest",
        minimum_charge_micros=9 * EURO,
    )
    # 1.00 + 0.40; 1.50 + 0.40; both up to the next 0.50.
    for minutes, total in ((1, 1_500_000), (29, 1_500_000), (1, 2_000_000)):
        freeze.advance(minutes * MINUTE)
        assert shown_cost(hall) == total
    (ended,) = hall.check_out("PC01")
    assert [(line.kind, line.amount_micros) for line in ended.bill.lines] == [
        ("time", 1_030_000),
        ("block", 470_000),
        ("start_fee", 400_000),
        ("rounding", 100_000),
    ]
    assert ended.bill.total_micros == 2 * EURO
    assert hall.till() == 2 * EURO
    assert hall.house("revenue_time") == 2 * EURO
    again = hall.session(session.id)
    assert again.bill(clock.now()).total_micros == 2 * EURO
    hall.verify()


def test_a_prepaid_guest_ends_with_the_last_block_that_is_covered(
    hall: Floor, freeze: clock.frozen
) -> None:
    with pytest.raises(BalanceTooLow, match=r"a session costs at least 1\.50"):
        hall.guest(PREPAID, paid_micros=149 * CENT)
    session = hall.guest(PREPAID, paid_micros=2 * EURO)
    assert session.expires_at == clock.now() + timedelta(minutes=45)
    freeze.advance(31 * MINUTE)
    (ended,) = hall.check_out("PC01")
    assert (ended.bill.total_micros, ended.refund_micros) == (2 * EURO, 0)
    hall.verify()


def test_a_quote_is_what_the_session_then_costs(hall: Floor, freeze: clock.frozen) -> None:
    at = clock.now()
    for minutes in (1, 30, 31, 100):
        asked = TimeAsked(hall.center, ["PC01"], minutes, None, at)
        (quoted,) = hall.store.read_sync(quote_time, asked)
        session = hall.guest(PREPAID, paid_micros=quoted.cost_micros)
        assert session.expires_at is not None
        assert session.expires_at >= at + timedelta(minutes=minutes)
        assert session.cost_micros(at + timedelta(minutes=minutes)) == quoted.cost_micros
        hall.check_out("PC01")


def test_more_time_for_a_running_session_has_no_second_fee(
    hall: Floor, freeze: clock.frozen
) -> None:
    hall.guest(PREPAID, paid_micros=2 * EURO)
    asked = TimeAsked(hall.center, ["PC01"], 15, None, clock.now())
    (quoted,) = hall.store.read_sync(quote_time, asked)
    assert quoted.cost_micros == 500_000


def test_a_new_price_holds_from_the_next_block_on(hall: Floor, freeze: clock.frozen) -> None:
    session = hall.guest(POSTPAID)
    freeze.advance(35 * MINUTE)
    hall.set_price(800)
    assert shown_cost(hall) == 2 * EURO  # three quarters and the fee, 1.90
    freeze.advance(10 * MINUTE)
    assert shown_cost(hall) == 2 * EURO
    freeze.advance(1)
    assert shown_cost(hall) == 4 * EURO  # a quarter at 8.00 more, 3.90
    assert len(hall.session(session.id).segments) == 2


def test_a_free_session_has_no_fee(hall: Floor, freeze: clock.frozen) -> None:
    hall.guest(FREE)
    freeze.advance(90 * MINUTE)
    (ended,) = hall.check_out("PC01")
    assert ended.bill.total_micros == 0
    hall.verify()


def test_a_postpaid_limit_is_never_passed(hall: Floor, freeze: clock.frozen) -> None:
    hall.set(postpaid_max_balance_micros=3 * EURO)
    session = hall.guest(POSTPAID)
    # 2.50 of time and 0.40: five quarters; the sixth would be 3.50.
    assert session.expires_at == clock.now() + timedelta(minutes=75)
    freeze.advance(200 * MINUTE)
    assert shown_cost(hall) == 3 * EURO
