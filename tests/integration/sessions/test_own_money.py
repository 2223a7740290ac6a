"""Money that a postpaid guest has on the account."""

from __future__ import annotations

import pytest

from lanhouse.cafe.sessions.schemas import POSTPAID, Session
from lanhouse.cafe.topups.commands import add_loan, top_up
from lanhouse.cafe.topups.schemas import Loan, TopUp
from lanhouse.db.store import Store
from lanhouse.kit import clock
from tests.builders.floor import DESK, EURO, Floor, open_floor

HOUR = 3600


def give(floor: Floor, session: Session, euros: int, payment: str = "card", **more: str) -> None:
    floor.run(
        top_up,
        TopUp(
            center=floor.center,
            actor=DESK,
            member_ids=[session.member_id],
            value_micros=euros * EURO,
            payment=payment,
            **more,
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
