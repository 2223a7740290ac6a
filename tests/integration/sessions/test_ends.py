"""Which end counts when a session ends late: its own, or that of the desk (cafe-domain 1)."""

from __future__ import annotations

from datetime import timedelta

from lanhouse.cafe.sessions.jobs import end_due_sessions
from lanhouse.cafe.sessions.queries.quotes import quote_sign
from lanhouse.cafe.sessions.schemas import PREPAID
from lanhouse.db.store import Store
from lanhouse.kit import clock
from tests.builders.floor import EURO, open_floor


def test_a_quote_from_before_the_end_bills_a_session_that_is_over_to_its_end(
    store: Store, freeze: clock.frozen
) -> None:
    """As the clock would have done: neither the quote's time nor that of the check-out."""
    floor = open_floor(store)
    ada = floor.add_member("ada", balance=EURO)
    session = floor.member(ada)
    freeze.advance(27 * 60)
    quoted_at = clock.now()
    assert session.cost_micros(quoted_at) == 900_000
    sign = quote_sign(floor.center, [session], quoted_at)
    freeze.advance(4 * 60)
    (ended,) = floor.check_out("PC01", quote_time=int(quoted_at.timestamp()), quote_sign=sign)
    assert (ended.bill.total_micros, ended.bill.seconds) == (EURO, 1800)
    stored = floor.session(session.id)
    assert stored.ended_at == stored.billed_to_at == session.started_at + timedelta(minutes=30)
    assert floor.money(ada) == (0, 0)
    assert floor.house("revenue_time") == EURO
    floor.verify()


def test_the_clock_gives_no_cash_back(store: Store, freeze: clock.frozen) -> None:
    """What is left when the prices end stays on the account; only the desk hands out cash."""
    floor = open_floor(store, price_cents=0)
    floor.add_price("Noon", 200, time="12:00-13:00")
    session = floor.guest(PREPAID, paid_micros=5 * EURO)
    assert session.expires_at == session.started_at + timedelta(hours=1)
    freeze.advance(2 * 3600)
    store.run_sync(end_due_sessions, None)
    assert floor.money(session.member_id) == (3 * EURO, 0)
    assert (floor.till(), floor.house("revenue_time")) == (5 * EURO, 2 * EURO)
    (log,) = floor.logs("CHECKOUT")
    assert (log.cash_micros, log.cost_micros, log.used_seconds) == (0, 2 * EURO, 3600)
    floor.verify()
