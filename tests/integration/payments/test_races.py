"""A notice, the same notice, and staff who confirm: whoever is first, the money counts once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from lanhouse.auth.actors import Actor
from lanhouse.cafe.payments.commands import begin_payment, cancel_payment
from lanhouse.cafe.payments.commands.confirming import confirm_by_hand
from lanhouse.cafe.payments.commands.notices import take_notice
from lanhouse.cafe.payments.commands.reconciling import credit_notice, refund_notice
from lanhouse.cafe.payments.schemas import Begin, Notice, Noticed, Resolve, Settle
from lanhouse.db.store import Store
from lanhouse.kit.errors import AppError
from tests.builders.floor import DESK, EURO, Floor, open_floor
from tests.builders.nouns.payments import notices, payments, use_webhook, verify

STAFF = Actor(kind="staff", center_id=7777, staff_id=1, staff_name="s", rights=DESK.rights)


def begin(floor: Floor, member_id: int, **more: Any) -> int:
    cmd = Begin(
        center=floor.center,
        actor=STAFF,
        gateway="webhook",
        amount_micros=20 * EURO,
        member_id=member_id,
        **more,
    )
    return floor.run(begin_payment, cmd).id


def told(floor: Floor, number: int, name: str, micros: int = 20 * EURO) -> Noticed:
    notice = Notice(external_id=name, order_text=str(number), amount_micros=micros, currency="EUR")
    return Noticed(center=floor.center, gateway="webhook", notice=notice)


def at_once(floor: Floor, acts: list[tuple[Any, Any]]) -> list[Any]:
    def act(one: tuple[Any, Any]) -> Any:
        try:
            return floor.store.run_sync(*one)
        except AppError as refused:
            return refused

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(act, acts))


@pytest.fixture
def floor(postgres_store: Store) -> Floor:
    floor = open_floor(postgres_store, pcs_count=1)
    use_webhook(floor)
    return floor


def test_a_notice_against_a_confirmation(floor: Floor) -> None:
    ada = floor.add_member("ada")
    for turn in range(6):
        number = begin(floor, ada)
        by_hand = Settle(center=floor.center, actor=STAFF, payment_id=number)
        notice = told(floor, number, f"pay_{turn}")
        acts = [(take_notice, notice), (confirm_by_hand, by_hand), (take_notice, notice)]
        at_once(floor, acts if turn % 2 else acts[::-1])
        assert floor.money(ada) == (20 * EURO * (turn + 1), 0)
    assert all(row.state == "settled" for row in notices(floor))
    verify(floor)


def test_a_notice_against_a_cancel(floor: Floor) -> None:
    ada = floor.add_member("ada")
    for turn in range(4):
        number = begin(floor, ada)
        off = Settle(center=floor.center, actor=STAFF, payment_id=number)
        at_once(floor, [(cancel_payment, off), (take_notice, told(floor, number, f"pay_{turn}"))])
        assert floor.money(ada) == (20 * EURO * (turn + 1), 0)
        assert payments(floor)[-1].status == "done"
    verify(floor)


def test_two_people_settle_one_notice(floor: Floor) -> None:
    ada, bob = floor.add_member("ada"), floor.add_member("bob")
    for turn in range(4):
        number = begin(floor, ada)
        floor.run(take_notice, told(floor, number, f"pay_{turn}", 7 * EURO))
        each = [
            Resolve(
                center=floor.center,
                actor=STAFF,
                notice_id=turn + 1,
                account=account,
                reason="x",
            )
            for account in ("ada", "bob", "")
        ]
        acts = [(credit_notice, one) for one in each[:2]] + [(refund_notice, each[2])]
        outcomes = at_once(floor, acts)
        assert sum(not isinstance(one, AppError) for one in outcomes) == 1
    held = floor.money(ada)[0] + floor.money(bob)[0]
    credited = [row for row in notices(floor) if row.state == "credited"]
    assert held == 7 * EURO * len(credited)
    assert floor.till("qr") == held
    verify(floor)
