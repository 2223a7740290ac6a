"""Cash-back, points, bonus that ends and friends: by facts, once, and never against the ledger."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec
import pytest
import sqlalchemy as sa

from lanhouse.cafe.loyalty import jobs
from lanhouse.cafe.loyalty.commands.gifts import (
    MovePoints,
    move_points,
)
from lanhouse.cafe.loyalty.commands.lots import expire_bonus
from lanhouse.cafe.loyalty.commands.referrals import MemberCode, referral_code
from lanhouse.cafe.loyalty.queries import bonus_left_seconds
from lanhouse.cafe.loyalty.tables import bonus_lots, referrals, rewards
from lanhouse.cafe.members.tables import members
from lanhouse.cafe.money.purses import spendable_micros
from lanhouse.cafe.orders.commands.giving_back import RefundOrder, refund_order
from lanhouse.cafe.orders.plans.backs import view_back
from lanhouse.cafe.orders.queries import order_by_id
from lanhouse.cafe.registration.commands import NewMember, create_member
from lanhouse.cafe.sessions import commands as sessions
from lanhouse.cafe.topups.commands import top_up
from lanhouse.cafe.topups.schemas import TopUp
from lanhouse.db.store import Store
from lanhouse.jobs.queue import Turn, run_step
from lanhouse.kit import clock
from lanhouse.kit.errors import AppError, BalanceTooLow, InvalidInput
from tests.builders.floor import CENT, DESK, EURO, Floor, open_floor
from tests.builders.nouns.orders import place

TURN = Turn({kind.kind: kind for kind in jobs.JOBS})
DAY = 86_400


def held(floor: Floor, member_id: int) -> dict[str, int]:
    return {kind: micros for (kind, _), micros in floor._balances("member", member_id).items()}


def give(floor: Floor, member_id: int, **more: Any) -> None:
    floor.run(top_up, TopUp(center=floor.center, actor=DESK, member_ids=[member_id], **more))


def give_back(floor: Floor, order_id: int, **more: Any) -> None:
    cmd = RefundOrder(center=floor.center, actor=DESK, order_id=order_id, reason="warm", **more)
    floor.run(refund_order, cmd)


def lots(floor: Floor, member_id: int) -> list[tuple[int, int]]:
    """(left, expired) of the lots, oldest first; what is left is the bonus."""
    statement = (
        sa.select(bonus_lots).where(bonus_lots.c.member_id == member_id).order_by(bonus_lots.c.id)
    )
    rows = floor.store.read_sync(lambda read: read.all(statement))
    assert sum(row.left_micros for row in rows) == floor.money(member_id)[1]
    return [(row.left_micros // EURO, row.expired_micros // EURO) for row in rows]


def group_of(floor: Floor, member_id: int) -> int:
    statement = sa.select(members.c.group_id).where(members.c.id == member_id)
    return floor.store.read_sync(lambda read: read.scalar(statement))


def test_cash_back_and_points_come_with_a_sale_and_go_with_its_refund(store: Store) -> None:
    floor = open_floor(store)
    floor.set(
        bonus_cashback_enable=True,
        bonus_cashback_default=10,
        point_enable=True,
        shop_earn_point=True,
    )
    ada = floor.add_member("ada")
    cola = floor.add_product("Cola", 9, price_micros=5 * EURO)
    placed = place(floor, {cola: 2}, member_id=ada)
    assert held(floor, ada) == {"bonus": EURO, "point": 10 * EURO}
    give_back(floor, placed.order_id, pieces={1: 1})
    assert held(floor, ada) == {"bonus": 50 * CENT, "point": 5 * EURO}
    give_back(floor, placed.order_id)
    assert held(floor, ada) == {"bonus": 0, "point": 0}
    assert [row.bonus_micros for row in floor.logs("REWARD")] == [EURO, -50 * CENT, -50 * CENT]
    left = sa.select(rewards.c.left_paid_micros, rewards.c.left_bonus_micros)
    assert [tuple(row) for row in store.read_sync(lambda read: read.all(left))] == [(0, 0)]
    # From the balance: cash-back, and no point, which the top-up has earned.
    give(floor, ada, value_micros=10 * EURO)
    place(floor, {cola: 1}, member_id=ada, payment="balance")
    assert held(floor, ada) == {"balance": 5 * EURO, "bonus": 50 * CENT, "point": 10 * EURO}
    floor.verify()


def test_a_refund_whose_cash_back_is_spent_takes_it_from_the_balance_or_is_refused(
    store: Store,
) -> None:
    floor = open_floor(store)
    floor.set(bonus_cashback_enable=True, bonus_cashback_default=20)
    ada = floor.add_member("ada")
    cola = floor.add_product("Cola", 9, price_micros=10 * EURO)
    placed = place(floor, {cola: 1}, member_id=ada)
    assert floor.money(ada) == (0, 2 * EURO)
    floor.give(ada, -2 * EURO, "bonus", "bonus_given")
    till = floor.till()
    with pytest.raises(BalanceTooLow, match=r"the bonus of 2\.00 that this sale gave was spent"):
        give_back(floor, placed.order_id)
    assert (floor.till(), floor.money(ada), floor.pieces(cola)) == (till, (0, 0), 8)
    give(floor, ada, value_micros=3 * EURO)
    give_back(floor, placed.order_id)
    assert floor.money(ada) == (EURO, 0)
    floor.verify()


def test_the_percentage_of_the_group_goes_first(store: Store) -> None:
    floor = open_floor(store)
    floor.set(bonus_cashback_enable=True, bonus_cashback_default=10)
    gold = floor.add_member_group("Gold", cashback=2500)
    ada = floor.add_member("ada", group_id=gold)
    cola = floor.add_product("Cola", 9, price_micros=4 * EURO)
    place(floor, {cola: 1}, member_id=ada)
    assert floor.money(ada) == (0, EURO)


def test_the_preview_says_that_a_refund_would_be_refused_for_spent_cash_back(store: Store) -> None:
    floor = open_floor(store)
    floor.set(bonus_cashback_enable=True, bonus_cashback_default=50)
    ada = floor.add_member("ada")
    cola = floor.add_product("Cola", 9, price_micros=4 * EURO)
    order_id = place(floor, {cola: 1}, member_id=ada).order_id
    assert floor.money(ada) == (0, 2 * EURO)

    def problem() -> str:
        found = store.read_sync(order_by_id, 7777, order_id)
        assert found is not None
        pieces = {line.number: 1 for line in found.lines}
        view = store.read_sync(view_back, floor.center, found, pieces, clock.now())
        return view.problem

    assert problem() == ""
    give(floor, ada, bonus_micros=-2 * EURO, comment="spent")
    with pytest.raises(BalanceTooLow) as refused:
        give_back(floor, order_id)
    assert problem() == refused.value.said
    floor.verify()


def test_bonus_ends_by_lots_that_agree_with_the_ledger(store: Store, freeze: clock.frozen) -> None:
    floor = open_floor(store)
    floor.set(bonus_expiration_time=2)
    ada = floor.add_member("ada")
    give(floor, ada, bonus_micros=5 * EURO, comment="gift")
    freeze.advance(DAY)
    give(floor, ada, bonus_micros=3 * EURO, comment="gift")
    assert lots(floor, ada) == [(5, 0), (3, 0)]
    left = store.read_sync(bonus_left_seconds, 7777, ada, clock.now())
    assert left == DAY
    # What ends first is spent first.
    give(floor, ada, bonus_micros=-2 * EURO, comment="back")
    assert lots(floor, ada) == [(3, 0), (3, 0)]
    assert floor.run(expire_bonus, None) is False
    assert lots(floor, ada) == [(3, 0), (3, 0)]
    # Late, and twice.
    freeze.advance(DAY + 3600)
    floor.run(expire_bonus, None)
    floor.run(expire_bonus, None)
    assert lots(floor, ada) == [(0, 3), (3, 0)]
    assert [row.bonus_micros for row in floor.logs("EXPIRED")] == [-3 * EURO]
    freeze.advance(DAY)
    floor.run(expire_bonus, None)
    assert lots(floor, ada) == [(0, 3), (0, 3)]
    assert floor.house("bonus_given") == 0
    floor.verify()


def test_bonus_that_a_session_uses_stays_until_it_is_paid(
    store: Store, freeze: clock.frozen
) -> None:
    floor = open_floor(store, price_cents=200)
    floor.set(bonus_expiration_time=1, use_bonus_first=True)
    ada = floor.add_member("ada", balance=EURO)
    give(floor, ada, bonus_micros=10 * EURO, comment="gift")
    freeze.advance(DAY - 3600)
    start = sessions.StartMember(center=floor.center, actor=DESK, pc_name="PC01", member_id=ada)
    session = floor.run(sessions.start_member, start).session
    freeze.advance(2 * 3600)
    # An hour was played when the bonus ended: 2.00 of it. The clock comes an hour late.
    floor.run(expire_bonus, None)
    assert floor.money(ada) == (EURO, 2 * EURO)
    end = floor.session(session.id).expires_at
    assert end is not None
    assert end <= clock.now()
    floor.verify()


def test_bonus_that_is_over_is_spent_by_nobody_however_late_the_clock_is(
    store: Store, freeze: clock.frozen
) -> None:
    floor = open_floor(store, price_cents=200)
    floor.set(bonus_expiration_time=2, use_bonus_first=True)
    ada = floor.add_member("ada", balance=EURO)
    give(floor, ada, bonus_micros=6 * EURO, comment="gift")
    freeze.advance(DAY)
    give(floor, ada, bonus_micros=4 * EURO, comment="gift")
    freeze.advance(DAY - 3600)
    start = sessions.StartMember(center=floor.center, actor=DESK, pc_name="PC01", member_id=ada)
    floor.run(sessions.start_member, start)
    freeze.advance(2 * 3600)

    def left() -> tuple[int, int]:
        found = store.read_sync(spendable_micros, floor.center, ada, clock.now())
        return found.balance_micros, found.bonus_micros

    # Of the first lot 2.00 were played when it ended, 4.00 are over; of the second 2.00 since.
    assert left() == (EURO, 2 * EURO)
    floor.run(expire_bonus, None)
    assert left() == (EURO, 2 * EURO)
    assert floor.money(ada) == (EURO, 6 * EURO)
    assert lots(floor, ada) == [(2, 4), (4, 0)]
    floor.check_out("PC01")
    # The session has paid with what it had used of the first lot, and with some of the second.
    assert floor.money(ada) == (EURO, 2 * EURO)
    assert lots(floor, ada) == [(0, 4), (2, 0)]
    floor.verify()


def test_bonus_that_is_over_begins_no_session(store: Store, freeze: clock.frozen) -> None:
    floor = open_floor(store, price_cents=200)
    floor.set(bonus_expiration_time=1)
    ada = floor.add_member("ada")
    give(floor, ada, bonus_micros=6 * EURO, comment="gift")
    freeze.advance(DAY + 5)
    start = sessions.StartMember(center=floor.center, actor=DESK, pc_name="PC01", member_id=ada)
    with pytest.raises(AppError):
        floor.run(sessions.start_member, start)
    floor.run(expire_bonus, None)
    assert floor.money(ada) == (0, 0)
    floor.verify()


def test_a_friend_is_paid_for_once_when_he_has_played(store: Store, freeze: clock.frozen) -> None:
    floor = open_floor(store, price_cents=200)
    settings = {"enable": 1, "fixed": 500, "friend": 100, "min_spend": 400}
    floor.set(referral_settings=msgspec.json.encode(settings).decode())
    ada = floor.add_member("ada")
    code = floor.run(referral_code, MemberCode(floor.center, ada))
    assert code == floor.run(referral_code, MemberCode(floor.center, ada))
    new = NewMember(center=floor.center, actor=DESK, account="bob", password_hash="")
    bob = floor.run(
        create_member, msgspec.structs.replace(new, referral_code=code.lower())
    ).member_id
    with pytest.raises(InvalidInput, match="referral_code"):
        floor.run(create_member, msgspec.structs.replace(new, account="cyd", referral_code="NO"))
    give(floor, bob, value_micros=20 * EURO)
    for hours, bonus in ((1, 0), (1, 5), (2, 5)):
        start = sessions.StartMember(center=floor.center, actor=DESK, pc_name="PC01", member_id=bob)
        floor.run(sessions.start_member, start)
        freeze.advance(hours * 3600)
        floor.check_out("PC01")
        while floor.run(run_step, TURN):
            pass
        assert floor.money(ada) == (0, bonus * EURO)
    assert floor.money(bob) == (12 * EURO, EURO)
    (row,) = store.read_sync(lambda read: read.all(sa.select(referrals)))
    assert (row.spent_micros, row.given_micros, row.friend_given_micros) == (
        *(8 * EURO, 5 * EURO, EURO),
    )
    floor.verify()


def test_points_by_hand_move_the_group_and_never_below_nothing(store: Store) -> None:
    floor = open_floor(store)
    floor.set(point_enable=True)
    gold = floor.add_member_group("Gold", min_points_micros=10 * EURO)
    ada = floor.add_member("ada")
    move = MovePoints(
        center=floor.center, actor=DESK, member_id=ada, point_micros=10 * EURO, comment="contest"
    )
    assert floor.run(move_points, move).point_micros == 10 * EURO
    assert group_of(floor, ada) == gold
    for wrong in ({"point_micros": -11 * EURO}, {"point_micros": 0}, {"comment": ""}):
        with pytest.raises(InvalidInput):
            floor.run(move_points, msgspec.structs.replace(move, **wrong))
    floor.run(move_points, msgspec.structs.replace(move, point_micros=-10 * EURO))
    assert (group_of(floor, ada), held(floor, ada)["point"]) == (0, 0)
    floor.verify()


def test_lots_of_a_group_of_members_end_in_one_step(store: Store, freeze: clock.frozen) -> None:
    floor = open_floor(store)
    floor.set(bonus_expiration_time=1)
    people = [floor.add_member(name) for name in ("ada", "bob", "cyd")]
    for member_id in people:
        give(floor, member_id, bonus_micros=EURO, comment="gift")
    freeze.advance(timedelta(days=1).total_seconds())
    floor.run(expire_bonus, None)
    assert [floor.money(member_id)[1] for member_id in people] == [0, 0, 0]
    floor.verify()
