"""Whatever happens in whatever order: lots and purses agree with the ledger, and nobody gains by a
top-up and its refund."""

from __future__ import annotations

import random
from typing import Any

import pytest
import sqlalchemy as sa

from lanhouse.cafe.loyalty.commands.lots import expire_bonus
from lanhouse.cafe.loyalty.tables import bonus_lots, rewards
from lanhouse.cafe.offers.commands.refunding import PackageRefund, refund_package
from lanhouse.cafe.orders.commands.giving_back import RefundOrder, refund_order
from lanhouse.cafe.promo.commands import PromoChange, create_promo
from lanhouse.cafe.promo.schemas import Gift
from lanhouse.cafe.sessions.jobs import end_due_sessions
from lanhouse.cafe.topups.commands import top_up
from lanhouse.cafe.topups.queries.quotes import bonus_quote
from lanhouse.cafe.topups.schemas import Quote, TopUp
from lanhouse.db.store import Store
from lanhouse.kit import clock
from lanhouse.kit.errors import AppError, BalanceTooLow
from tests.builders.effort import effort, seeds
from tests.builders.floor import CENT, DESK, EURO, Floor, open_floor
from tests.builders.nouns.orders import place, verify

STEPS = effort(60, 300)
KINDS = ("balance", "bonus", "coin", "point")
SETTINGS = {
    "price_bonus": [
        {"amount_micros": 5 * EURO, "bonus_micros": EURO},
        {"amount_micros": 20 * EURO, "bonus_micros": 333 * CENT},
    ],
    "bonus_expiration_time": 2,
    "bonus_cashback_enable": True,
    "bonus_cashback_default": 7,
    "point_enable": True,
    "shop_earn_point": True,
}


class Chance:
    """A hall with two members, and what may happen in it."""

    def __init__(self, floor: Floor, freeze: clock.frozen, seed: int) -> None:
        self.floor, self.freeze, self.random = floor, freeze, random.Random(seed)
        self.people = [floor.add_member(name) for name in ("ada", "bob")]
        self.goods = floor.add_product("Cola", 10_000, price_micros=137 * CENT)
        self.offer = floor.add_offer("Night", 499)
        self.orders: list[int] = []
        self.codes = 0
        self.refused = 0

    def held(self, member_id: int) -> list[int]:
        found = self.floor._balances("member", member_id)
        kinds = {kind: micros for (kind, _), micros in found.items()}
        return [kinds.get(kind, 0) for kind in KINDS]

    def pay_in(self, member_id: int, amount: int, code: str = "") -> None:
        of = {"center": self.floor.center, "member_ids": [member_id], "promo_code": code}
        quote = Quote(value_micros=amount, **of)
        bonus = self.floor.store.read_sync(bonus_quote, quote).bonus_micros
        self.floor.run(top_up, TopUp(actor=DESK, value_micros=amount, bonus_micros=bonus, **of))

    def pay_out(self, member_id: int, amount: int) -> None:
        of: dict[str, Any] = {"center": self.floor.center, "actor": DESK, "comment": "back"}
        self.floor.run(top_up, TopUp(member_ids=[member_id], value_micros=-amount, **of))

    def new_code(self) -> str:
        self.codes += 1
        gift = self.random.choice([Gift.SUM, Gift.PERCENT, Gift.COIN])
        name = f"code{self.codes}"
        values = {"name": name, "quantity": 1, "gift": gift, "amount_micros": 250 * CENT}
        self.floor.run(create_promo, PromoChange(self.floor.center, None, values))
        return name

    def top_up_and_back(self, member_id: int) -> None:
        """Nobody has more of anything afterwards."""
        before = self.held(member_id)
        amount = self.random.randint(1, 3_000) * CENT
        self.pay_in(member_id, amount, self.new_code() if self.random.random() < 0.5 else "")
        self.pay_out(member_id, amount)
        after = self.held(member_id)
        assert all(now <= then for now, then in zip(after, before, strict=True)), (before, after)

    def buy(self, member_id: int) -> None:
        pieces, payment = self.random.randint(1, 6), self.random.choice(["cash", "balance"])
        placed = place(self.floor, {self.goods: pieces}, member_id=member_id, payment=payment)
        self.orders.append(placed.order_id)

    def give_back(self) -> None:
        if self.orders:
            order_id = self.random.choice(self.orders)
            of: dict[str, Any] = {"center": self.floor.center, "actor": DESK, "reason": "warm"}
            pieces = {1: 1} if self.random.random() < 0.6 else None
            self.floor.run(refund_order, RefundOrder(order_id=order_id, pieces=pieces, **of))

    def play(self, member_id: int) -> None:
        """A session from beginning to end, which pays cash-back once."""
        self.floor.member(member_id)
        self.freeze.advance(self.random.randint(60, 3 * 3600))
        self.floor.run(end_due_sessions, None)
        if self.floor.is_busy("PC01"):
            self.floor.check_out("PC01")

    def package(self, member_id: int) -> None:
        """A package by cash or balance, half of them given back unused: nobody gains."""
        before = self.held(member_id)
        payment = self.random.choice(["cash", "balance"])
        package = self.floor.sell(self.offer, member_id, payment)
        if self.random.random() < 0.5:
            cmd: dict[str, Any] = {
                "center": self.floor.center,
                "actor": DESK,
                "member_offer_id": package,
            }
            self.floor.run(refund_package, PackageRefund(**cmd, comment="unused"))
            after = self.held(member_id)
            assert all(now <= then for now, then in zip(after, before, strict=True))

    def step(self) -> None:
        member_id = self.random.choice(self.people)
        what = self.random.randrange(9)
        if what == 0:
            self.pay_in(member_id, self.random.randint(1, 3_000) * CENT)
        elif what == 1:
            self.pay_out(member_id, self.random.randint(1, 2_000) * CENT)
        elif what == 2:
            self.top_up_and_back(member_id)
        elif what in (3, 4):
            self.buy(member_id)
        elif what == 5:
            self.give_back()
        elif what == 6:
            self.play(member_id)
        elif what == 7:
            self.package(member_id)
        else:
            self.freeze.advance(self.random.randint(1, 2 * 86_400))
            if self.random.random() < 0.7:
                self.floor.run(expire_bonus, None)

    def check(self) -> None:
        lots = sa.select(bonus_lots.c.member_id, sa.func.sum(bonus_lots.c.left_micros)).group_by(
            bonus_lots.c.member_id
        )
        left = {row[0]: row[1] for row in self.floor.store.read_sync(lambda r: r.all(lots))}
        for member_id in self.people:
            held = self.held(member_id)
            assert min(held) >= 0
            assert left.get(member_id, 0) == held[1]
        minima = [sa.func.min(rewards.c[f"left_{kind}_micros"]) for kind in ("paid", "bonus")]
        least = self.floor.store.read_sync(lambda r: r.one(sa.select(*minima)))
        assert all(micros is None or micros >= 0 for micros in least)


@pytest.mark.long
@pytest.mark.parametrize("seed", seeds(2, 25))
def test_nothing_disagrees_and_nobody_gains(
    sqlite_store: Store, freeze: clock.frozen, seed: int
) -> None:
    floor = open_floor(sqlite_store)
    floor.set(**SETTINGS)
    chance = Chance(floor, freeze, seed)
    for number in range(STEPS):
        try:
            chance.step()
        except (BalanceTooLow, AppError):
            chance.refused += 1
        except AssertionError as wrong:
            raise AssertionError(f"seed {seed}, step {number}: {wrong}") from wrong
        chance.check()
    assert chance.refused < STEPS
    verify(floor)
