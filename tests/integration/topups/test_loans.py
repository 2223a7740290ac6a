"""Loans: the cap, and that lent money is not handed out (decision 0079)."""

from __future__ import annotations

from typing import Any

import pytest

from lanhouse.auth.actors import Actor
from lanhouse.auth.rights import rights_of
from lanhouse.cafe.members.commands.changing import MembersNamed, delete_members
from lanhouse.cafe.sessions.commands import Checkout, check_out
from lanhouse.cafe.sessions.queries.quotes import customers_on
from lanhouse.cafe.sessions.schemas import PREPAID
from lanhouse.cafe.topups.commands import add_loan, top_up
from lanhouse.cafe.topups.schemas import Loan, TopUp
from lanhouse.db.store import Store
from lanhouse.kit import clock
from lanhouse.kit.errors import Forbidden, InvalidInput
from tests.builders.floor import DESK, EURO, Floor, open_floor

CASHIER = Actor(
    kind="staff",
    center_id=7777,
    staff_id=2,
    staff_name="Ann",
    role="staff",
    rights=rights_of("staff"),
)


def _lend(floor: Floor, member_id: int, euros: int) -> None:
    cmd = Loan(center=floor.center, actor=CASHIER, member_id=member_id, value_micros=euros * EURO)
    floor.run(add_loan, cmd)


def _pay(floor: Floor, member_id: int, euros: int, actor: Actor = CASHIER) -> Any:
    cmd = TopUp(
        center=floor.center,
        actor=actor,
        member_ids=[member_id],
        value_micros=euros * EURO,
        comment="asked for it",
    )
    return floor.run(top_up, cmd)


def test_no_loan_above_the_cap(store: Store) -> None:
    floor = open_floor(store)
    ada = floor.add_member("ada")
    _lend(floor, ada, 30)
    floor.set(loan_max_per_member_micros=40 * EURO)
    with pytest.raises(InvalidInput) as refused:
        _lend(floor, ada, 11)
    assert refused.value.fields == {"value": "would make the loan 41.00; 40.00 is allowed"}
    _lend(floor, ada, 10)
    _lend(floor, ada, -5)
    assert floor.money(ada) == (35 * EURO, 0)
    floor.verify()


def test_lent_money_is_not_refunded_without_the_right(store: Store) -> None:
    floor = open_floor(store)
    ada = floor.add_member("ada")
    _pay(floor, ada, 10)
    _lend(floor, ada, 5)
    with pytest.raises(Forbidden, match=r"members\.pay_out_loan"):
        _pay(floor, ada, -11)
    _pay(floor, ada, -10)
    with pytest.raises(Forbidden, match=r"members\.pay_out_loan"):
        _pay(floor, ada, -1)
    assert (floor.till(), floor.money(ada)) == (0, (5 * EURO, 0))
    _pay(floor, ada, -5, actor=DESK)
    assert (floor.till(), floor.money(ada)) == (-5 * EURO, (0, 0))
    floor.verify()


def test_a_check_out_keeps_what_was_lent(store: Store, freeze: clock.frozen) -> None:
    floor = open_floor(store)
    session = floor.guest(PREPAID, paid_micros=5 * EURO)
    _lend(floor, session.member_id, 4)
    freeze.advance(3600)
    (customer,) = store.read_sync(customers_on, floor.center, ["PC01"], clock.now())
    assert customer.end.back.by_tender == {"cash": 3 * EURO}
    cmd = Checkout(center=floor.center, actor=CASHIER, pc_names=["PC01"])
    (ended,) = floor.run(check_out, cmd)
    assert ended.refund_micros == 3 * EURO
    assert (floor.till(), floor.money(session.member_id)) == (2 * EURO, (4 * EURO, 0))
    floor.verify()


def test_who_owes_is_not_deleted(store: Store) -> None:
    floor = open_floor(store)
    ada, bob = floor.add_member("ada"), floor.add_member("bob")
    guest = floor.add_member("G_throw", group_id=-1)
    for member_id in (ada, guest):
        _lend(floor, member_id, 12)
    named = MembersNamed(center=floor.center, actor=DESK, member_ids=[bob, ada])
    with pytest.raises(InvalidInput) as refused:
        floor.run(delete_members, named)
    assert refused.value.message == "member_ids: ada owes 12.00"
    for member_ids in ([bob], [guest]):
        named = MembersNamed(center=floor.center, actor=DESK, member_ids=member_ids)
        assert floor.run(delete_members, named) == member_ids
    _lend(floor, ada, -12)
    named = MembersNamed(center=floor.center, actor=DESK, member_ids=[ada])
    assert floor.run(delete_members, named) == [ada]
