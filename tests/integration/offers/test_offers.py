"""Offers in the store: names, the cap, and what was bought outlives the offer."""

from __future__ import annotations

import msgspec
import pytest

from lanhouse.cafe.offers.commands import (
    OfferChange,
    Sale,
    change_offer,
    create_offer,
    delete_offer,
    sell_package,
    take_from_package,
)
from lanhouse.cafe.offers.queries import offers_of_center, packages_of_member
from lanhouse.cafe.offers.schemas import OfferValues, Place
from lanhouse.cafe.sessions.queries import packages_owned
from lanhouse.db.store import Store
from lanhouse.kit import clock, limits
from lanhouse.kit.errors import BalanceTooLow, InvalidInput, NotFound, Refused
from tests.builders.floor import DESK, EURO, Floor, open_floor

PACKAGE = OfferValues(name="3 hours", price_micros=4 * EURO, minutes=180, priority=3)


def make(floor: Floor, values: OfferValues = PACKAGE) -> int:
    return floor.run(create_offer, OfferChange(floor.center, None, values)).id


def sell(floor: Floor, offer_id: int, member_id: int, payment: str = "cash"):
    return floor.run(sell_package, Sale(floor.center, DESK, offer_id, member_id, payment))


def test_what_was_bought_outlives_the_offer(store: Store, freeze: clock.frozen) -> None:
    floor = open_floor(store, pcs_count=1)
    ada, offer_id = floor.add_member("ada"), make(floor)
    sold = sell(floor, offer_id, ada)
    dearer = OfferValues(name="other", price_micros=9 * EURO, minutes=1)
    floor.run(change_offer, OfferChange(floor.center, offer_id, dearer))
    floor.run(delete_offer, OfferChange(floor.center, offer_id, None))
    assert store.read_sync(offers_of_center, 7777) == []
    (owned,) = store.read_sync(packages_owned, 7777, ada, clock.now())
    assert (owned.name, owned.price_micros, owned.seconds_left) == ("3 hours", 4 * EURO, 10_800)
    usable = store.read_sync(
        lambda read: packages_of_member(read, floor.center, ada, clock.now(), Place(0))
    )
    assert [package.member_offer_id for package in usable] == [sold.package.member_offer_id]
    assert floor.house("revenue_offer") == 4 * EURO
    floor.verify()


def test_who_has_bought_for_years_is_told_the_newest_and_all_that_is_left(
    store: Store, freeze: clock.frozen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lanhouse.cafe.offers.queries.OWNED_MAX", 3)
    floor = open_floor(store, pcs_count=1)
    offer_id, ada = make(floor), floor.add_member("ada")
    bought = [floor.sell(offer_id, ada) for _ in range(6)]
    floor.run(lambda tx, _: [take_from_package(tx, each, 180 * 60) for each in bought[1:5]], None)
    told = store.read_sync(packages_owned, 7777, ada, clock.now())
    assert [each.member_offer_id for each in told] == [bought[0], *bought[3:]]


def test_the_balance_pays_only_what_is_there(store: Store, freeze: clock.frozen) -> None:
    floor = open_floor(store, pcs_count=1)
    offer_id = make(floor)
    ada = floor.add_member("ada", balance=3 * EURO, bonus=9 * EURO)
    with pytest.raises(BalanceTooLow):
        sell(floor, offer_id, ada, "balance")
    assert floor.money(ada) == (3 * EURO, 9 * EURO)
    assert store.read_sync(packages_owned, 7777, ada, clock.now()) == []
    floor.give(ada, EURO)
    sell(floor, offer_id, ada, "balance")
    assert floor.money(ada) == (0, 9 * EURO)
    floor.verify()


def test_a_package_that_costs_nothing_moves_nothing(store: Store, freeze: clock.frozen) -> None:
    floor = open_floor(store, pcs_count=1)
    ada = floor.add_member("ada")
    sell(floor, make(floor, OfferValues(name="gift", price_micros=0, minutes=10)), ada)
    (owned,) = store.read_sync(packages_owned, 7777, ada, clock.now())
    assert owned.seconds == 600
    assert floor.till() == 0
    floor.verify()


def test_names_are_given_once_and_the_cap_holds(
    store: Store, freeze: clock.frozen, monkeypatch: pytest.MonkeyPatch
) -> None:
    floor = open_floor(store, pcs_count=1)
    offer_id = make(floor)
    with pytest.raises(InvalidInput, match="name: already exists"):
        make(floor)
    same = msgspec.structs.replace(PACKAGE, name=PACKAGE.name.upper())
    with pytest.raises(InvalidInput, match="name: already exists"):
        make(floor, same)
    floor.run(change_offer, OfferChange(floor.center, offer_id, same))
    floor.run(change_offer, OfferChange(floor.center, offer_id, PACKAGE))
    assert limits.MAX_OFFER == 1000
    monkeypatch.setattr("lanhouse.cafe.offers.commands.MAX_OFFER", 1)
    with pytest.raises(Refused, match="There are 1 offers already"):
        make(floor, OfferValues(name="more", price_micros=0, minutes=1))
    with pytest.raises(NotFound):
        floor.run(delete_offer, OfferChange(floor.center, 999, None))
    assert len(store.read_sync(offers_of_center, 7777)) == 1
