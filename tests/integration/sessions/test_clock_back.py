"""The host's clock is set back while sessions run: no error, and nobody is charged for it."""

from __future__ import annotations

from datetime import timedelta

from lanhouse.cafe.sessions.jobs import end_due_sessions
from lanhouse.db.store import Store
from lanhouse.kit import clock
from tests.builders.floor import EURO, open_floor


def _set_back(freeze: clock.frozen) -> None:
    freeze.set(clock.now() - timedelta(hours=3))


def test_a_clock_that_is_set_back_charges_nobody(store: Store, freeze: clock.frozen) -> None:
    floor = open_floor(store, pcs_count=4, price_cents=300)
    ann = floor.add_member("ann", balance=10 * EURO)
    floor.member(ann, "PC01")
    floor.guest("postpaid", "PC02")
    floor.pay(3 * EURO, "PC03")
    _set_back(freeze)
    store.run_sync(end_due_sessions, None)
    assert [floor.is_busy(name) for name in ("PC01", "PC02", "PC03")] == [True, True, True]
    floor.check_out("PC01")
    floor.check_out("PC02")
    floor.check_out("PC03")
    assert floor.money(ann) == (10 * EURO, 0)
    floor.verify()
