"""Every kind of movement that a person at the desk makes carries that person's shift, and none of
those of programs, members, devices and the clock does (decision 0097)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from lanhouse.auth.actors import Actor
from lanhouse.auth.rights import rights_of
from lanhouse.cafe.members.locks import lock_member
from lanhouse.cafe.money.commands import Expense, take_expense
from lanhouse.cafe.money.sharing import LATER, Payer
from lanhouse.cafe.money.tables import billing_logs
from lanhouse.cafe.offers.commands import Sale, sell_package
from lanhouse.cafe.offers.commands.refunding import PackageRefund, refund_package
from lanhouse.cafe.orders.commands.giving_back import RefundOrder, refund_order
from lanhouse.cafe.orders.commands.paying import PayOrders, pay_orders
from lanhouse.cafe.orders.schemas import Tendered
from lanhouse.cafe.sessions import commands as sessions
from lanhouse.cafe.sessions.commands import GuestSecret
from lanhouse.cafe.sessions.schemas import POSTPAID, PREPAID
from lanhouse.cafe.topups.commands import add_loan, top_up
from lanhouse.cafe.topups.schemas import Loan, TopUp
from lanhouse.db.store import Store, Tx
from lanhouse.kit import clock
from tests.builders.floor import DESK, EURO, Floor, open_floor
from tests.builders.nouns.orders import place

HOUR = 3600
SECRETS = [GuestSecret("secret", "hash")] * 2


class Desk:
    """A hall with something to move, and the one who moves it."""

    def __init__(self, floor: Floor, actor: Actor, freeze: clock.frozen) -> None:
        self.floor, self.actor, self.freeze = floor, actor, freeze
        self.of: dict[str, Any] = {"center": floor.center, "actor": actor}
        self.ada = floor.add_member("ada")

    def sell(self, payment: str) -> int:
        """A package."""
        offer_id = self.floor.add_offer("pass", 300)
        sale = Sale(self.floor.center, self.actor, offer_id, self.ada, payment)

        def locked(tx: Tx, _: None) -> int:
            lock_member(tx, 7777, self.ada)
            return sell_package(tx, sale).package.member_offer_id

        return self.floor.run(locked, None)

    def put(self, euros: int, **more: Any) -> None:
        """Top up, or pay back."""
        given = {**self.of, "member_ids": [self.ada], "value_micros": euros * EURO, **more}
        self.floor.run(top_up, TopUp(comment="why", **given))

    def settle(self, **more: Any) -> None:
        """Check a PC out."""
        self.floor.run(sessions.check_out, sessions.Checkout(**self.of, pc_names=["PC01"], **more))

    def lend(self, euros: int) -> None:
        """Lend, or take back."""
        cmd = Loan(**self.of, member_id=self.ada, value_micros=euros * EURO)
        self.floor.run(add_loan, cmd)


def _time(desk: Desk) -> None:
    cmd = sessions.AddMoney(
        **desk.of, pc_names=["PC01"], amount_micros=EURO, payment="card", secrets=SECRETS[:1]
    )
    desk.floor.run(sessions.add_money, cmd)


def _guest(desk: Desk) -> None:
    cmd = sessions.StartGuests(
        **desk.of, kind=PREPAID, pc_names=["PC01"], secrets=SECRETS[:1], paid_micros=EURO
    )
    desk.floor.run(sessions.start_guests, cmd)


def _together(desk: Desk) -> None:
    desk.floor.together(PREPAID, "PC01", "PC02", minutes=60, actor=desk.actor)


def _package_on_a_pc(desk: Desk) -> None:
    offer_id = desk.floor.add_offer("pass", 300)
    cmd = sessions.AddOffer(
        **desk.of, pc_names=["PC01"], offer_id=offer_id, payment="qr", secrets=SECRETS[:1]
    )
    desk.floor.run(sessions.add_offer, cmd)


def _rest_of_time(desk: Desk) -> None:
    desk.floor.pay(4 * EURO, "PC01")
    desk.freeze.advance(HOUR)
    desk.settle()


def _bill_after_play(desk: Desk) -> None:
    desk.floor.guest(POSTPAID)
    desk.freeze.advance(HOUR)
    desk.settle(payment="card")


def _bill_left_open_and_paid_next_time(desk: Desk) -> None:
    desk.floor.set(payment_method_pay_later=True, pay_later='{"member_groups":["0"]}')
    desk.of["center"] = desk.floor.center
    desk.floor.guest(POSTPAID)
    desk.freeze.advance(HOUR)
    desk.settle(payers=(Payer(LATER, 2 * EURO),), debtor_id=desk.ada, comment="ada")


def _end_of_a_member(desk: Desk) -> None:
    desk.floor.give(desk.ada, 9 * EURO)
    desk.floor.member(desk.ada)
    desk.freeze.advance(HOUR)
    desk.settle()


def _order(desk: Desk) -> None:
    cola = desk.floor.add_product("Cola", 9, price_micros=2 * EURO)
    place(desk.floor, {cola: 1}, actor=desk.actor)


def _order_later(desk: Desk) -> None:
    cola = desk.floor.add_product("Cola", 9, price_micros=2 * EURO)
    desk.floor.set(payment_method_pay_later=True, pay_later='{"member_groups":["0"]}')
    placed = place(desk.floor, {cola: 1}, payment="later", member_id=desk.ada)
    desk.of["center"] = desk.floor.center
    cmd = PayOrders(**desk.of, order_ids=[placed.order_id], tendered=[Tendered("cash")])
    desk.floor.run(pay_orders, cmd)


def _order_back(desk: Desk) -> None:
    cola = desk.floor.add_product("Cola", 9, price_micros=2 * EURO)
    placed = place(desk.floor, {cola: 1})
    cmd = RefundOrder(**desk.of, order_id=placed.order_id, reason="why")
    desk.floor.run(refund_order, cmd)


def _package_back(desk: Desk) -> None:
    package = desk.floor.sell(desk.floor.add_offer("pass", 300), desk.ada)
    cmd = PackageRefund(**desk.of, member_offer_id=package, comment="why")
    desk.floor.run(refund_package, cmd)


def _money_back(desk: Desk) -> None:
    given = TopUp(center=desk.floor.center, actor=DESK, member_ids=[desk.ada], value_micros=EURO)
    desk.floor.run(top_up, given)
    desk.put(-1)


def _money_back_another_way(desk: Desk) -> None:
    given = TopUp(center=desk.floor.center, actor=DESK, member_ids=[desk.ada], value_micros=EURO)
    desk.floor.run(top_up, given)
    desk.put(-1, payment="card")


def _repaid(desk: Desk) -> None:
    Desk.lend(desk, 2)
    desk.lend(-2)


def _expense(desk: Desk) -> None:
    desk.floor.run(take_expense, Expense(**desk.of, amount_micros=EURO, comment="Milk"))


MOVES: dict[str, Callable[[Desk], Any]] = {
    "time": _time,
    "a guest who pays first": _guest,
    "several PCs": _together,
    "a package on a PC": _package_on_a_pc,
    "a package": lambda desk: desk.sell("cash"),
    "the rest of time": _rest_of_time,
    "a bill after play": _bill_after_play,
    "a bill that is left open": _bill_left_open_and_paid_next_time,
    "the end of a member": _end_of_a_member,
    "an order": _order,
    "an order paid later": _order_later,
    "an order given back": _order_back,
    "a package given back": _package_back,
    "a top-up": lambda desk: desk.put(1),
    "a top-up with bonus and coins": lambda desk: desk.put(
        1, bonus_micros=EURO, coin_micros=EURO, payment="qr"
    ),
    "bonus by hand": lambda desk: desk.put(0, bonus_micros=EURO),
    "money given back": _money_back,
    "money given back another way": _money_back_another_way,
    "a loan": lambda desk: desk.lend(2),
    "a loan repaid": _repaid,
    "an expense": _expense,
}
"""What moves money, by what it is called."""


def caller(kind: str) -> Actor:
    """A caller who is no person, with every right."""
    rights = rights_of("admin")
    return Actor(kind=kind, center_id=7777, staff_name=kind, role="admin", rights=rights)


def moved_by(floor: Floor, name: str) -> list[Any]:
    """The rows of the log that one caller wrote with money in them."""
    statement = (
        sa.select(billing_logs)
        .where(billing_logs.c.staff_name == name, billing_logs.c.transfer_id.is_not(None))
        .order_by(billing_logs.c.id)
    )
    return floor.store.read_sync(lambda read: read.all(statement))


@pytest.mark.parametrize("name", MOVES)
def test_a_persons_movement_is_in_that_persons_shift(
    store: Store, freeze: clock.frozen, name: str
) -> None:
    floor = open_floor(store)
    ines, bob = floor.hire("ines", "admin"), floor.hire("bob", "admin")
    other = floor.open_shift(bob, floor.add_till("Till 2"))
    mine = floor.open_shift(ines, floor.add_till("Till 1"))
    MOVES[name](Desk(floor, ines, freeze))
    rows = moved_by(floor, "ines")
    assert rows
    assert {row.shift_id for row in rows} == {mine}
    assert moved_by(floor, "bob") == []
    figures = floor.report(mine).figures.all
    till = [sum(getattr(row, f"{kind}_micros") for row in rows) for kind in ("cash", "card", "qr")]
    assert [figures.cash_micros, figures.card_micros, figures.qr_micros] == till
    assert floor.report(other).figures.all.total_micros == 0
    floor.verify()


@pytest.mark.parametrize(
    ("name", "kind"),
    [(name, "device") for name in MOVES]
    + [("a top-up", kind) for kind in ("member", "system", "api_key")],
)
def test_nobody_elses_movement_is_in_a_shift(
    store: Store, freeze: clock.frozen, name: str, kind: str
) -> None:
    """Two drawers are open, so that a program's money lies in neither."""
    floor = open_floor(store)
    for person in ("ines", "bob"):
        floor.open_shift(floor.hire(person, "admin"), floor.add_till(f"Till of {person}"))
    MOVES[name](Desk(floor, caller(kind), freeze))
    rows = moved_by(floor, kind)
    assert rows
    assert {row.shift_id for row in rows} == {None}
