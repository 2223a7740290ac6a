"""Promo codes with top-ups and registrations: once a member, never more often than they may be."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from lanhouse.cafe.promo.commands import PromoChange, create_promo, delete_promo
from lanhouse.cafe.promo.queries import promo_by_code
from lanhouse.cafe.promo.schemas import Gift, Promo, Purpose
from lanhouse.cafe.promo.tables import promo_uses
from lanhouse.cafe.registration.commands import NewMember, create_member
from lanhouse.cafe.topups.commands import top_up
from lanhouse.cafe.topups.queries import bonus_quote
from lanhouse.cafe.topups.schemas import Quote, TopUp
from lanhouse.db.store import Store
from lanhouse.kit import clock
from lanhouse.kit.errors import InvalidInput
from tests.builders.floor import DESK, EURO, Floor, open_floor
from tests.builders.nouns.orders import at_once


def add(floor: Floor, name: str = "SUMMER", **more: Any) -> Promo:
    values = {"quantity": 2, "amount_micros": 3 * EURO, **more}
    return floor.run(create_promo, PromoChange(floor.center, None, {"name": name, **values}))


def paying(floor: Floor, member_id: int, code: str = "summer", **more: Any) -> TopUp:
    more = {"value_micros": 10 * EURO, **more}
    return TopUp(center=floor.center, actor=DESK, member_ids=[member_id], promo_code=code, **more)


def test_a_code_gives_once_what_the_quote_says_and_the_refund_takes_it_back(store: Store) -> None:
    floor = open_floor(store)
    floor.set(price_bonus=[{"amount_micros": 10 * EURO, "bonus_micros": 2 * EURO}])
    add(floor)
    ada = floor.add_member("ada")
    quote = Quote(
        center=floor.center, value_micros=10 * EURO, member_ids=[ada], promo_code="Summer "
    )
    quoted = store.read_sync(bonus_quote, quote)
    assert quoted.bonus_micros == 5 * EURO
    floor.run(top_up, paying(floor, ada, bonus_micros=quoted.bonus_micros))
    assert floor.money(ada) == (10 * EURO, 5 * EURO)
    with pytest.raises(InvalidInput, match="promo_code: has already been used"):
        floor.run(top_up, paying(floor, ada))
    refund = TopUp(
        center=floor.center,
        actor=DESK,
        member_ids=[ada],
        value_micros=-10 * EURO,
        comment="typing error",
    )
    floor.run(top_up, refund)
    assert floor.money(ada) == (0, 0)
    # A use is a use: top-up and refund give no second chance.
    with pytest.raises(InvalidInput, match="has already been used"):
        floor.run(top_up, paying(floor, ada))
    floor.verify()


@pytest.mark.parametrize(
    ("made", "reason"),
    [
        ({"name": "OTHER"}, "does not exist"),
        ({"purpose": Purpose.REGISTER}, "cannot be used for topup"),
        ({"expires_at": True}, "has expired"),
        ({"quantity": 1, "used": True}, "has been used up"),
        ({"deleted": True}, "does not exist"),
    ],
)
def test_a_code_is_refused_in_the_words_of_the_client(
    sqlite_store: Store, made: dict[str, Any], reason: str
) -> None:
    floor = open_floor(sqlite_store)
    made = dict(made)
    is_used, is_deleted = made.pop("used", False), made.pop("deleted", False)
    if "expires_at" in made:
        made["expires_at"] = clock.now() - timedelta(seconds=1)
    promo = add(floor, **made)
    ada, bob = floor.add_member("ada"), floor.add_member("bob")
    if is_used:
        floor.run(top_up, paying(floor, bob))
    if is_deleted:
        floor.run(delete_promo, PromoChange(floor.center, promo.id))
    with pytest.raises(InvalidInput) as refused:
        floor.run(top_up, paying(floor, ada))
    assert refused.value.fields == {"promo_code": reason}
    assert floor.money(ada) == (0, 0)


def test_the_last_use_is_given_to_one_of_two(store: Store) -> None:
    floor = open_floor(store)
    add(floor, quantity=1)
    people = [floor.add_member(name) for name in ("ada", "bob", "cyd", "dee")]
    calls = [(top_up, paying(floor, member_id)) for member_id in people]
    outcomes = asyncio.run(at_once(store, calls))
    refused = [each for each in outcomes if isinstance(each, InvalidInput)]
    assert [each.fields for each in refused] == [{"promo_code": "has been used up"}] * 3
    assert sorted(floor.money(member_id) for member_id in people) == [
        *((0, 0), (0, 0), (0, 0), (10 * EURO, 3 * EURO)),
    ]
    uses = store.read_sync(lambda read: read.all(sa.select(promo_uses)))
    assert len(uses) == 1
    floor.verify()


def test_a_code_for_registrations_and_its_end(store: Store) -> None:
    floor = open_floor(store)
    floor.set(delete_promocode_after_use=True)
    add(floor, purpose=Purpose.REGISTER, gift=Gift.COIN, quantity=1)
    new = {"center": floor.center, "actor": DESK, "password_hash": "", "promo_code": "SUMMER"}
    ada = floor.run(create_member, NewMember(account="ada", **new)).member_id
    assert floor._balances("member", ada) == {("coin", "COIN"): 3 * EURO}
    assert store.read_sync(promo_by_code, 7777, "SUMMER") is None
    with pytest.raises(InvalidInput, match="promo_code: does not exist"):
        floor.run(create_member, NewMember(account="bob", **new))
    floor.verify()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"amount_micros": 0}, "amount"),
        ({"gift": Gift.PERCENT, "amount_micros": 1001 * EURO}, "amount"),
        ({"gift": Gift.PERCENT, "purpose": Purpose.REGISTER}, "gift"),
        ({"name": "summer"}, "name"),
    ],
)
def test_wrong_codes_are_refused(sqlite_store: Store, wrong: dict[str, Any], field: str) -> None:
    floor = open_floor(sqlite_store)
    add(floor)
    with pytest.raises(InvalidInput) as refused:
        add(floor, **{"name": "WINTER", **wrong})
    assert list(refused.value.fields) == [field]


def test_a_code_is_for_one_member_and_for_money(sqlite_store: Store) -> None:
    floor = open_floor(sqlite_store)
    add(floor)
    ada, bob = floor.add_member("ada"), floor.add_member("bob")
    two = TopUp(
        center=floor.center,
        actor=DESK,
        member_ids=[ada, bob],
        value_micros=EURO,
        promo_code="SUMMER",
    )
    for cmd in (two, paying(floor, ada, value_micros=0, coin_micros=EURO)):
        with pytest.raises(InvalidInput, match="promo_code"):
            floor.run(top_up, cmd)
