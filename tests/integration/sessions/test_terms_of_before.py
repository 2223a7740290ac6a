"""Migrations 0034 and 0035: rules of one name, and sessions that ran when terms had no column."""

from __future__ import annotations

import sqlalchemy as sa

from lanhouse.cafe.metering.rules import Terms
from lanhouse.cafe.pricing.queries import prices_of_center
from lanhouse.cafe.sessions.schemas import POSTPAID
from lanhouse.cafe.sessions.tables import pc_sessions
from lanhouse.db.store import Store
from lanhouse.kit import clock
from tests.builders.databases import comes_from
from tests.builders.floor import EURO, open_floor


def test_a_session_of_before_is_billed_to_the_second(store: Store, freeze: clock.frozen) -> None:
    floor = open_floor(store)
    floor.set(minimum_charge_micros=EURO)
    session = floor.guest(POSTPAID)
    comes_from(store, "0033")
    kept = [
        row.terms for row in store.read_sync(lambda read: read.all(sa.select(pc_sessions.c.terms)))
    ]
    assert kept == ["{}"]
    assert floor.session(session.id).terms == Terms(minimum_charge_micros=EURO)
    freeze.advance(3601)
    (ended,) = floor.check_out("PC01")
    assert ended.bill.total_micros == 2 * EURO
    floor.verify()


def test_rules_of_one_name_get_numbers_for_an_older_release(store: Store) -> None:
    floor = open_floor(store)
    first = floor.add_price("Evening", 300, time="17:00-20:00")
    second = floor.add_price("Evening", 300, time="22:00-24:00")
    comes_from(store, "0033")
    names = {price.price_id: price.name for price in store.read_sync(prices_of_center, 7777)}
    assert names[first.price_id] == "Evening"
    assert names[second.price_id] == f"Evening {second.price_id}"
