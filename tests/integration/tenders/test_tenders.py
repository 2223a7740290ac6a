"""Money goes back the way it came, in the books of both databases (decision 0078)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from lanhouse.auth.actors import Actor
from lanhouse.auth.rights import rights_of
from lanhouse.cafe.desk.queries.receipt import receipt_of
from lanhouse.cafe.offers.commands import OfferChange, create_offer
from lanhouse.cafe.offers.schemas import OfferValues
from lanhouse.cafe.reports.queries import summary_of
from lanhouse.cafe.reports.schemas import ReportFilter
from lanhouse.cafe.sessions.commands import Checkout, check_out
from lanhouse.cafe.sessions.schemas import OFFER, PREPAID
from lanhouse.cafe.topups.commands import top_up
from lanhouse.cafe.topups.schemas import TopUp
from lanhouse.cafe.topups.tables import topups
from lanhouse.cafe.topups.tables.time_payments import time_payments
from lanhouse.db.store import Store
from lanhouse.kit import clock
from lanhouse.kit.errors import Forbidden, InvalidInput
from tests.builders.floor import EURO, Floor, open_floor

HOUR = 3600
CASHIER = Actor(
    kind="staff",
    center_id=7777,
    staff_id=2,
    staff_name="Ann",
    role="staff",
    rights=rights_of("staff"),
)
MANAGER = Actor(
    kind="staff",
    center_id=7777,
    staff_id=3,
    staff_name="Max",
    role="manager",
    rights=rights_of("manager"),
)
KEY = Actor(kind="api_key", center_id=7777, staff_name="API", role="api", rights=rights_of("api"))


def _end(floor: Floor, *names: str, actor: Actor = CASHIER, **more: Any) -> list[Any]:
    cmd = Checkout(center=floor.center, actor=actor, pc_names=list(names), **more)
    return floor.run(check_out, cmd)


def _pay(floor: Floor, member_id: int, euros: int, *, actor: Actor = CASHIER, **more: Any) -> Any:
    cmd = TopUp(
        center=floor.center,
        actor=actor,
        member_ids=[member_id],
        value_micros=euros * EURO,
        **more,
    )
    return floor.run(top_up, cmd)


def _tills(floor: Floor) -> tuple[int, int, int]:
    """Cash, card and QR in whole euros."""
    return (
        floor.till() // EURO,
        floor.till("card") // EURO,
        floor.till("qr") // EURO,
    )


def _left(floor: Floor, table: sa.Table) -> list[int]:
    statement = sa.select(table.c.refundable_micros).order_by(table.c.id)
    rows = floor.store.read_sync(lambda read: read.all(statement))
    return [row.refundable_micros // EURO for row in rows]


@pytest.mark.parametrize(
    ("payment", "tills"), [("cash", (2, 0, 0)), ("card", (0, 2, 0)), ("qr", (-3, 0, 5))]
)
def test_the_rest_of_a_session_goes_back_the_way_it_came(
    store: Store, freeze: clock.frozen, payment: str, tills: tuple[int, int, int]
) -> None:
    floor = open_floor(store)
    floor.guest(PREPAID, paid_micros=5 * EURO, payment=payment)
    freeze.advance(HOUR)
    (ended,) = _end(floor, "PC01")
    assert ended.refund_micros == 3 * EURO
    assert _tills(floor) == tills
    assert floor.logs("OTHERTENDER") == []
    floor.verify()


def test_the_newest_payments_first_and_split_where_they_differ(
    store: Store, freeze: clock.frozen
) -> None:
    floor = open_floor(store)
    session = floor.guest(PREPAID, paid_micros=4 * EURO)
    floor.pay(3 * EURO, "PC01", payment="card")
    freeze.advance(HOUR)
    (ended,) = _end(floor, "PC01")
    assert ended.back.by_tender == {"card": 3 * EURO, "cash": 2 * EURO}
    assert _tills(floor) == (2, 0, 0)
    assert _left(floor, time_payments) == [2, 0]
    (log,) = floor.logs("CHECKOUT")
    assert (log.cash_micros, log.card_micros, log.spend_micros) == (-2 * EURO, -3 * EURO, 2 * EURO)
    assert log.details == "prepaid, cost 2.00, given back 3.00 by card, given back 2.00 by cash"
    receipt = store.read_sync(receipt_of, floor.center, session.id)
    assert receipt is not None
    assert receipt.split.back == {"card": 3 * EURO, "cash": 2 * EURO}
    floor.verify()


def test_another_way_needs_the_right_and_a_reason_and_is_told(
    store: Store, freeze: clock.frozen
) -> None:
    floor = open_floor(store)
    floor.guest(PREPAID, paid_micros=5 * EURO, payment="card")
    freeze.advance(HOUR)
    with pytest.raises(Forbidden, match=r"sessions\.refund_other_tender"):
        _end(floor, "PC01", payment="cash", comment="he asked for it")
    with pytest.raises(InvalidInput) as refused:
        _end(floor, "PC01", payment="cash", actor=MANAGER, comment=" ")
    assert list(refused.value.fields) == ["comment"]
    assert floor.is_busy("PC01")
    assert _tills(floor) == (0, 5, 0)

    _end(floor, "PC01", payment="cash", actor=MANAGER, comment="the card was blocked")
    assert _tills(floor) == (-3, 5, 0)
    (told,) = floor.logs("OTHERTENDER")
    assert told.details == "3.00 came by card, given back by cash. Comment: the card was blocked"
    assert (told.other_tender_micros, told.cash_micros, told.cost_micros) == (3 * EURO, 0, 0)
    assert (told.staff_name, told.pc_name) == ("Max", "PC01")
    wanted = ReportFilter(
        center_id=7777, start_at=clock.from_micros(0), end_at=clock.now() + timedelta(days=1)
    )
    summary = store.read_sync(summary_of, wanted)
    assert (summary.other_tender.number, summary.other_tender.micros) == (1, 3 * EURO)
    assert summary.refund_topup["cash"].micros == 3 * EURO
    assert (summary.cash_micros, summary.card_micros) == (-3 * EURO, 5 * EURO)
    floor.verify()


def test_a_key_needs_no_reason_and_names_one_tender_for_all(
    store: Store, freeze: clock.frozen
) -> None:
    floor = open_floor(store)
    floor.guest(PREPAID, "PC01", paid_micros=5 * EURO, payment="card")
    floor.guest(PREPAID, "PC02", paid_micros=5 * EURO)
    freeze.advance(HOUR)
    ended = _end(floor, "PC01", "PC02", payment="card", actor=KEY)
    assert [one.back.by_tender for one in ended] == [{"card": 3 * EURO}] * 2
    assert _tills(floor) == (5, -1, 0)
    (told,) = floor.logs("OTHERTENDER")
    assert (told.pc_name, told.details) == ("PC02", "3.00 came by cash, given back by card")
    floor.verify()


def test_what_is_named_balance_stays_there(store: Store, freeze: clock.frozen) -> None:
    floor = open_floor(store)
    session = floor.guest(PREPAID, paid_micros=5 * EURO, payment="card")
    freeze.advance(HOUR)
    with pytest.raises(Forbidden):
        _end(floor, "PC01", payment="balance")
    (ended,) = _end(floor, "PC01", payment="balance", actor=KEY)
    assert ended.refund_micros == 0
    assert floor.money(session.member_id) == (3 * EURO, 0)
    # A refund later still knows how it came.
    assert _left(floor, time_payments) == [5]
    _pay(floor, session.member_id, -3, comment="asked for it")
    assert _tills(floor) == (0, 2, 0)
    floor.verify()


def test_a_package_is_sold_and_only_money_beside_it_goes_back(
    store: Store, freeze: clock.frozen
) -> None:
    floor = open_floor(store)
    values = OfferValues(name="Hour", price_micros=4 * EURO, minutes=60)
    offer = floor.run(create_offer, OfferChange(floor.center, None, values)).id
    floor.guest(OFFER, offer_id=offer, payment="card")
    floor.pay(3 * EURO, "PC01", payment="qr")
    freeze.advance(HOUR // 2)
    (ended,) = _end(floor, "PC01")
    assert ended.back.by_tender == {"cash": 3 * EURO}
    assert _tills(floor) == (-3, 4, 3)
    floor.verify()


def test_a_refund_goes_back_by_the_top_ups_that_it_undoes(store: Store) -> None:
    floor = open_floor(store)
    ada = floor.add_member("ada")
    _pay(floor, ada, 10, payment="card")
    _pay(floor, ada, 6)
    _pay(floor, ada, 4, payment="qr")
    # 10.00 is the exact amount of the oldest, which was by card.
    assert _pay(floor, ada, -10, comment="typing error").paid_back == [{"card": 10 * EURO}]
    assert _tills(floor) == (6, 0, 4)
    _pay(floor, ada, 5, payment="card")
    done = _pay(floor, ada, -7, comment="too much")
    assert done.paid_back == [{"card": 5 * EURO, "cash": 2 * EURO}]
    assert _tills(floor) == (4, 0, 4)
    assert _left(floor, topups) == [0, 6, 2, 0, 0, 0]
    floor.verify()


def test_a_refund_by_another_tender(store: Store) -> None:
    floor = open_floor(store)
    ada = floor.add_member("ada")
    _pay(floor, ada, 10, payment="card")
    with pytest.raises(Forbidden, match=r"sessions\.refund_other_tender"):
        _pay(floor, ada, -4, payment="cash", comment="he asked for it")
    assert (_tills(floor), _left(floor, topups)) == ((0, 10, 0), [10])
    _pay(floor, ada, -4, payment="card", comment="it is the same one")
    _pay(floor, ada, -4, payment="cash", comment="blocked card", actor=MANAGER)
    assert _tills(floor) == (-4, 6, 0)
    (told,) = floor.logs("OTHERTENDER")
    assert told.details == "4.00 came by card, given back by cash. Comment: blocked card"
    assert [log.cash_micros for log in floor.logs("TOPUP")] == [0, 0, -4 * EURO]
    floor.verify()


def test_time_paid_by_card_is_not_refunded_in_cash_as_a_top_up(store: Store) -> None:
    """The back door: the money of a prepaid sale, taken off the account by a negative top-up."""
    floor = open_floor(store)
    session = floor.guest(PREPAID, paid_micros=5 * EURO, payment="card")
    with pytest.raises(Forbidden):
        _pay(floor, session.member_id, -5, payment="cash", comment="x")
    assert _pay(floor, session.member_id, -4, comment="too much").paid_back == [{"card": 4 * EURO}]
    assert _left(floor, time_payments) == [1]
    (ended,) = _end(floor, "PC01")
    assert ended.back.by_tender == {"card": EURO}
    assert _tills(floor) == (0, 0, 0)
    floor.verify()
