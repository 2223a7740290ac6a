"""A postpaid guest's own balance is no play money, and pays first at check-out (decision 0031)."""

from __future__ import annotations

import pytest

from lanhouse.cafe.desk.pages.bill import split_of
from lanhouse.cafe.desk.queries.receipt import receipt_of
from lanhouse.cafe.money.purses import Spendable, spendable_micros
from lanhouse.cafe.sessions.commands import PcRefused, QuoteRefused
from lanhouse.cafe.sessions.plans.ending import plan_end
from lanhouse.cafe.sessions.queries.quotes import customers_on, real_time_balance
from lanhouse.cafe.sessions.schemas import POSTPAID, Session
from lanhouse.cafe.topups.commands import add_loan, top_up
from lanhouse.cafe.topups.schemas import Loan, TopUp
from lanhouse.db.store import Store
from lanhouse.kit import clock
from lanhouse.kit.local_time import whole_second
from tests.builders.floor import DESK, EURO, Floor, open_floor

HOUR = 3600


def give(
    floor: Floor, session: Session, euros: int, payment: str = "card", comment: str = ""
) -> None:
    floor.run(
        top_up,
        TopUp(
            center=floor.center,
            actor=DESK,
            member_ids=[session.member_id],
            value_micros=euros * EURO,
            payment=payment,
            comment=comment,
        ),
    )


def lend(floor: Floor, session: Session, euros: int) -> None:
    floor.run(
        add_loan,
        Loan(
            center=floor.center,
            actor=DESK,
            member_id=session.member_id,
            value_micros=euros * EURO,
        ),
    )


def split_shown(floor: Floor, session: Session):
    found = floor.session(session.id)
    end = floor.store.read_sync(
        lambda read: plan_end(read, floor.center, found, clock.now(), at_desk=True)
    )
    return split_of(end)


@pytest.mark.parametrize("change", [give, lend])
def test_neither_a_top_up_nor_a_loan_wakes_a_session_at_its_limit(
    store: Store, freeze: clock.frozen, change
) -> None:
    floor = open_floor(store)
    floor.set(postpaid_max_balance_micros=2 * EURO)
    session = floor.guest(POSTPAID)
    freeze.advance(3 * HOUR)
    change(floor, session, 1)
    assert floor.session(session.id).expires_at == session.expires_at
    assert floor.session(session.id).cost_micros(clock.now()) == 2 * EURO
    (ended,) = floor.check_out("PC01")
    assert ended.bill.total_micros == 2 * EURO
    floor.verify()


def test_the_own_balance_is_shown_whole_and_can_be_given_back_at_once(
    store: Store, freeze: clock.frozen
) -> None:
    floor = open_floor(store)
    session = floor.guest(POSTPAID)
    give(floor, session, 5)
    freeze.advance(HOUR)

    def left(read):
        return (
            spendable_micros(read, floor.center, session.member_id, clock.now()),
            real_time_balance(read, floor.center, "", "PC01", clock.now()),
        )

    spendable, shown = store.read_sync(left)
    assert spendable == Spendable(5 * EURO, 0)
    assert shown is not None
    assert (shown.cost_micros, shown.balance_micros) == (2 * EURO, 5 * EURO)
    give(floor, session, -5, payment="", comment="wanted it back")
    assert floor.till("card") == 0
    (ended,) = floor.check_out("PC01")
    assert ended.paid_micros == 2 * EURO
    floor.verify()


def test_at_the_desk_it_pays_first_and_the_rest_goes_back_by_its_tender(
    store: Store, freeze: clock.frozen
) -> None:
    floor = open_floor(store)
    session = floor.guest(POSTPAID)
    give(floor, session, 5)
    freeze.advance(HOUR)
    shown = split_shown(floor, session)
    assert (shown.paid_micros, shown.due_micros, shown.back) == (
        5 * EURO,
        -3 * EURO,
        {"card": 3 * EURO},
    )
    (ended,) = floor.check_out("PC01", at_desk=True, due_micros=shown.due_micros)
    assert (ended.from_balance_micros, ended.paid_micros, ended.payment) == (2 * EURO, 0, "balance")
    assert ended.back.handed_out == {"card": 3 * EURO}
    assert (floor.till("card"), floor.till(), floor.house("revenue_time")) == (
        2 * EURO,
        0,
        2 * EURO,
    )
    assert floor.money(session.member_id) == (0, 0)
    receipt = store.read_sync(receipt_of, floor.center, session.id)
    assert receipt is not None
    assert receipt.split == shown
    floor.verify()


def test_by_the_api_the_rest_stays_and_payment_info_says_the_same(
    store: Store, freeze: clock.frozen
) -> None:
    floor = open_floor(store)
    session = floor.guest(POSTPAID)
    give(floor, session, 5)
    freeze.advance(HOUR)
    at = whole_second(clock.now())
    (told,) = store.read_sync(customers_on, floor.center, ["PC01"], at)
    (ended,) = floor.check_out("PC01", payment="balance")
    assert (told.end.from_balance_micros, told.end.paid_micros) == (2 * EURO, 0)
    assert (ended.from_balance_micros, ended.paid_micros) == (2 * EURO, 0)
    assert told.end.refund_micros == ended.refund_micros == 0
    assert floor.money(session.member_id) == (3 * EURO, 0)
    give(floor, session, -3, payment="", comment="the rest")
    assert floor.till("card") == 2 * EURO
    floor.verify()


def test_what_it_does_not_cover_is_paid_at_the_desk(store: Store, freeze: clock.frozen) -> None:
    floor = open_floor(store)
    session = floor.guest(POSTPAID)
    give(floor, session, 1)
    freeze.advance(HOUR)
    shown = split_shown(floor, session)
    assert (shown.paid_micros, shown.due_micros) == (EURO, EURO)
    with pytest.raises(PcRefused, match="no balance that covers"):
        floor.check_out("PC01", payment="balance")
    (ended,) = floor.check_out("PC01", payment="cash", at_desk=True, received_micros=EURO)
    assert (ended.from_balance_micros, ended.paid_micros, ended.payment) == (EURO, EURO, "cash")
    assert (floor.till(), floor.till("card")) == (EURO, EURO)
    receipt = store.read_sync(receipt_of, floor.center, session.id)
    assert receipt is not None
    assert receipt.split == shown
    floor.verify()


def test_a_sum_that_a_top_up_has_changed_since_it_was_shown_is_shown_anew(
    store: Store, freeze: clock.frozen
) -> None:
    floor = open_floor(store)
    session = floor.guest(POSTPAID)
    freeze.advance(HOUR)
    shown = split_shown(floor, session)
    give(floor, session, 5)
    with pytest.raises(QuoteRefused, match="has changed"):
        floor.check_out("PC01", payment="cash", at_desk=True, due_micros=shown.due_micros)
    assert floor.is_busy("PC01")


def test_lent_money_pays_the_play_but_is_never_handed_out(
    store: Store, freeze: clock.frozen
) -> None:
    floor = open_floor(store)
    session = floor.guest(POSTPAID)
    lend(floor, session, 5)
    freeze.advance(HOUR)
    (ended,) = floor.check_out("PC01", at_desk=True)
    assert (ended.from_balance_micros, ended.refund_micros) == (2 * EURO, 0)
    assert floor.till() == 0
    assert floor.money(session.member_id) == (3 * EURO, 0)
    floor.verify()
