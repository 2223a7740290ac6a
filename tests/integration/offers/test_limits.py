"""Where, when and by whom a package is sold and used; what it costs (cafe-domain 3)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from lanhouse.cafe.facts import MemberRegrouped, PcRegrouped
from lanhouse.cafe.members.tables import members
from lanhouse.cafe.offers.commands import OfferChange, change_offer
from lanhouse.cafe.offers.queries import offer_by_id
from lanhouse.cafe.pcs.queries import PcRefused
from lanhouse.cafe.pcs.tables import pcs
from lanhouse.cafe.pricing.rules import Window
from lanhouse.cafe.sessions.jobs import end_due_sessions
from lanhouse.cafe.sessions.schemas import OFFER, PREPAID
from lanhouse.db.store import Store
from lanhouse.kit import clock
from lanhouse.kit.errors import BalanceTooLow, InvalidInput, Refused
from tests.builders.floor import EURO, open_floor

HOUR = 3600


def in_hours(begin: int, end: int) -> Window:
    """Open from one hour after noon, when tests begin, to another."""
    return Window(from_minute=(12 + begin) % 24 * 60, to_minute=(12 + end) % 24 * 60 or 1440)


def test_a_standard_package_does_not_play_in_the_vip_room(
    store: Store, freeze: clock.frozen
) -> None:
    floor = open_floor(store, pcs_count=1)
    vip = floor.add_pc_group("VIP")
    floor.add_pc("VIP1", vip)
    standard = floor.add_offer("standard", 200, pc_group_ids=(0,))
    with pytest.raises(Refused, match="standard cannot be used on a PC of this group"):
        floor.guest(OFFER, "VIP1", offer_id=standard)
    ada = floor.add_member("ada", balance=EURO)
    floor.sell(standard, ada)
    session = floor.member(ada, "VIP1")
    assert session.segments[0].packages == ()
    with pytest.raises(Refused, match="standard cannot be used on a PC of this group"):
        floor.sell_on_pc(standard, "VIP1")
    freeze.advance(1800)
    floor.check_out("VIP1")
    assert floor.money(ada) == (0, 0)
    assert floor.packages(ada)[0].seconds_left == 3 * HOUR
    # Where it is for, it plays.
    floor.member(ada, "PC01")
    freeze.advance(HOUR)
    assert floor.check_out("PC01")[0].bill.total_micros == 0
    assert floor.packages(ada)[0].seconds_left == 2 * HOUR
    assert floor.house("revenue_offer") == 2 * EURO
    floor.verify()


def test_limits_of_now_hold_for_packages_sold_from_now_on(
    store: Store, freeze: clock.frozen
) -> None:
    floor = open_floor(store, pcs_count=1)
    vip = floor.add_pc_group("VIP")
    offer = floor.add_offer("pass", 200)
    ada = floor.add_member("ada")
    floor.sell(offer, ada)
    change = OfferChange(floor.center, offer, None, {"pc_group_ids": (vip,)})
    assert floor.run(change_offer, change).values.pc_group_ids == (vip,)
    floor.sell(offer, ada)
    assert [len(p.limits.pc_group_ids) for p in floor.packages(ada)] == [0, 1]
    assert len(floor.member(ada).segments[0].packages) == 1


def test_a_package_of_a_higher_level_plays_in_a_lower_one_where_that_is_on(
    store: Store, freeze: clock.frozen
) -> None:
    floor = open_floor(store, pcs_count=0)
    low, high = floor.add_pc_group("Standard"), floor.add_pc_group("VIP")
    floor.add_pc("A1", low)
    floor.add_pc("V1", high)
    for_high = floor.add_offer("VIP hour", 500, pc_group_ids=(high,))
    for_low = floor.add_offer("hour", 200, pc_group_ids=(low,))
    levels = f'{{"pc_group_id_{low}": "level_1", "pc_group_id_{high}": "level_2"}}'
    floor.set(pc_group_levels=levels)
    with pytest.raises(Refused, match="VIP hour cannot be used"):
        floor.guest(OFFER, "A1", offer_id=for_high)
    floor.set(allow_offer_cross_pc_group=True)
    assert floor.guest(OFFER, "A1", offer_id=for_high).expires_at is not None
    with pytest.raises(Refused, match="hour cannot be used on a PC of this group"):
        floor.guest(OFFER, "V1", offer_id=for_low)
    assert not floor.is_busy("V1")


def test_a_package_for_a_group_is_sold_to_it_and_used_by_it_alone(
    store: Store, freeze: clock.frozen
) -> None:
    floor = open_floor(store)
    gold = floor.add_member_group("Gold")
    offer = floor.add_offer("gold", 200, member_group_ids=(gold,))
    ada = floor.add_member("ada", balance=9 * EURO, group_id=gold)
    bob = floor.add_member("bob", balance=9 * EURO)
    with pytest.raises(Refused, match="gold is not sold to this group of customers"):
        floor.sell(offer, bob)
    with pytest.raises(Refused, match="gold is not sold to this group of customers"):
        floor.guest(OFFER, offer_id=offer)
    assert floor.till() == 18 * EURO
    floor.sell(offer, ada)
    session = floor.member(ada)
    freeze.advance(HOUR)
    # Out of the group in the middle of play: the balance pays from that second on.
    floor.run(lambda tx, _: _regroup(tx, ada, 0), None)
    freeze.advance(1800)
    bill = floor.session(session.id).bill(clock.now())
    assert [(line.kind, line.seconds) for line in bill.lines] == [
        ("package", HOUR),
        ("time", 1800),
    ]
    # And in again.
    floor.run(lambda tx, _: _regroup(tx, ada, gold), None)
    freeze.advance(1800)
    assert floor.check_out("PC01")[0].bill.total_micros == EURO
    assert floor.packages(ada)[0].seconds_left == 3 * HOUR - HOUR - 1800
    floor.verify()


def _regroup(tx, member_id: int, group_id: int) -> None:
    tx.run(members.update().where(members.c.id == member_id).values(group_id=group_id))
    tx.tell(MemberRegrouped(7777, member_id))


def test_a_pc_that_comes_into_another_group_takes_its_packages_with_it_or_not(
    store: Store, freeze: clock.frozen
) -> None:
    floor = open_floor(store, pcs_count=1)
    vip = floor.add_pc_group("VIP")
    ada = floor.add_member("ada", balance=9 * EURO)
    floor.sell(floor.add_offer("standard", 200, pc_group_ids=(0,)), ada)
    session = floor.member(ada)
    freeze.advance(600)

    def regroup(tx, _) -> None:
        pc_id = floor.pc_ids["PC01"]
        tx.run(pcs.update().where(pcs.c.id == pc_id).values(pc_group_id=vip))
        tx.tell(PcRegrouped(7777, pc_id))

    floor.run(regroup, None)
    assert floor.session(session.id).segments[-1].packages == ()
    freeze.advance(1800)
    assert floor.check_out("PC01")[0].bill.total_micros == EURO
    assert floor.packages(ada)[0].used_seconds == 600
    floor.verify()


def test_a_package_is_used_from_the_second_its_hours_open_and_left_when_they_close(
    store: Store, freeze: clock.frozen
) -> None:
    """12:00 to 16:00 at 2.00 an hour; the package is open from 13:00 to 15:00."""
    floor = open_floor(store)
    ada = floor.add_member("ada", balance=4 * EURO)
    floor.sell(floor.add_offer("siesta", 300, window=in_hours(1, 3)), ada)
    session = floor.member(ada)
    # Balance for two hours: one before it, one after it.
    assert session.expires_at == session.started_at + timedelta(hours=4)
    freeze.advance(HOUR - 1)
    assert floor.session(session.id).package_use(clock.now()) == {}
    freeze.advance(2)
    assert floor.session(session.id).package_use(clock.now()) == {1: 1}
    freeze.advance(4 * HOUR)
    floor.run(end_due_sessions, None)
    assert floor.money(ada) == (0, 0)
    assert floor.packages(ada)[0].seconds_left == HOUR
    assert floor.house("revenue_time") == 4 * EURO
    floor.verify()


def test_nobody_plays_on_credit_until_a_package_opens(store: Store, freeze: clock.frozen) -> None:
    floor = open_floor(store)
    ada = floor.add_member("ada", balance=EURO)
    floor.sell(floor.add_offer("siesta", 300, window=in_hours(1, 3)), ada)
    session = floor.member(ada)
    assert session.expires_at == session.started_at + timedelta(minutes=30)
    bob = floor.add_member("bob")
    floor.sell(floor.add_offer("later", 300, window=in_hours(1, 3)), bob)
    with pytest.raises(BalanceTooLow):
        floor.member(bob, "PC02")


def test_a_package_bought_over_the_counter_is_used_by_the_session_that_runs(
    store: Store, freeze: clock.frozen
) -> None:
    floor = open_floor(store)
    ada = floor.add_member("ada", balance=4 * EURO)
    session = floor.member(ada)
    freeze.advance(1800)
    floor.sell(floor.add_offer("hour", 300, minutes=60), ada, "balance")
    # 1.00 is played, 3.00 paid: nothing is left but the package.
    assert floor.session(session.id).expires_at == session.started_at + timedelta(minutes=90)
    freeze.advance(HOUR)
    floor.run(end_due_sessions, None)
    assert (floor.money(ada), floor.packages(ada)[0].seconds_left) == ((0, 0), 0)
    floor.verify()


def test_an_auto_start_package_begins_at_its_hour_and_the_other_is_kept(
    store: Store, freeze: clock.frozen
) -> None:
    floor = open_floor(store)
    ada = floor.add_member("ada")
    day = floor.sell(floor.add_offer("day", 900, minutes=600, priority=9), ada)
    night = floor.sell(
        floor.add_offer("night", 300, window=in_hours(1, 3), is_auto_start=True), ada
    )
    session = floor.member(ada)
    freeze.advance(4 * HOUR)
    assert floor.session(session.id).package_use(clock.now()) == {day: 2 * HOUR, night: 2 * HOUR}
    # Nothing is bought without an act of the payer.
    assert len(floor.packages(ada)) == 2
    assert floor.house("revenue_offer") == 12 * EURO


def test_what_can_never_be_used_is_not_sold(store: Store, freeze: clock.frozen) -> None:
    floor = open_floor(store)
    ada = floor.add_member("ada", balance=9 * EURO)
    short = floor.add_offer("short", 300, window=in_hours(5, 7), expires_after_hours=5)
    gone = floor.add_offer("gone", 300, available_to=clock.now())
    for offer in (short, gone):
        with pytest.raises(Refused, match="can never be used any more"):
            floor.sell(offer, ada)
    # A guest's session is over before this one opens, and his account with it.
    floor.guest(PREPAID, paid_micros=2 * EURO)
    evening = floor.add_offer("evening", 300, window=in_hours(5, 7))
    with pytest.raises(PcRefused, match="cannot be used before this session is over"):
        floor.sell_on_pc(evening)
    assert floor.house("revenue_offer") == 0
    soon = floor.add_offer("soon", 300, window=in_hours(0, 1))
    assert floor.sell_on_pc(soon).expires_at == clock.now() + timedelta(hours=2)
    floor.verify()


def test_hours_of_sale_and_the_period_of_use(store: Store, freeze: clock.frozen) -> None:
    floor = open_floor(store)
    ada = floor.add_member("ada", balance=9 * EURO)
    evening = floor.add_offer("evening", 300, show_window=in_hours(1, 3))
    with pytest.raises(Refused, match="evening is not sold at this time"):
        floor.sell(evening, ada)
    begin = clock.now() + timedelta(hours=1)
    week = floor.add_offer(
        "week", 300, available_from=begin, available_to=begin + timedelta(hours=1)
    )
    floor.sell(week, ada)
    session = floor.member(ada)
    freeze.advance(2 * HOUR + 600)
    lines = floor.session(session.id).bill(clock.now()).lines
    assert [(line.kind, line.seconds) for line in lines] == [
        ("time", HOUR),
        ("package", HOUR),
        ("time", 600),
    ]
    with pytest.raises(Refused, match="week can never be used any more"):
        floor.sell(week, ada)
    floor.sell(evening, ada)


def test_the_groups_discount_where_the_offer_allows_it(store: Store, freeze: clock.frozen) -> None:
    floor = open_floor(store)
    gold = floor.add_member_group("Gold", offer_discount=1250)
    ada = floor.add_member("ada", balance=9 * EURO, group_id=gold)
    plain = floor.add_offer("plain", 300)
    less = floor.add_offer("less", 301, allows_discount=True)
    floor.sell(plain, ada, "balance")
    floor.sell(less, ada, "balance")
    floor.sell(less, floor.add_member("bob"), "cash")
    assert [p.price_micros for p in floor.packages(ada)] == [3 * EURO, 2_630_000]  # 2.63375
    assert floor.money(ada) == (9 * EURO - 5_630_000, 0)
    assert floor.house("revenue_offer") == 5_630_000 + 3_010_000
    floor.verify()


def test_the_bonus_pays_its_share_where_the_centre_lets_it(
    store: Store, freeze: clock.frozen
) -> None:
    floor = open_floor(store)
    ada = floor.add_member("ada", balance=2 * EURO, bonus=9 * EURO)
    offer = floor.add_offer("pass", 300)
    with pytest.raises(BalanceTooLow):
        floor.sell(offer, ada, "balance")
    floor.set(bonus_buy_offer=True, max_bonus_percentage=30)
    with pytest.raises(BalanceTooLow):
        floor.sell(offer, ada, "balance")  # 0.90 of bonus at most, and 2.00 are there
    floor.set(max_bonus_percentage=50)
    floor.sell(offer, ada, "balance")
    assert floor.money(ada) == (0, 8 * EURO)
    floor.give(ada, 9 * EURO)
    floor.sell(offer, ada, "balance")  # the balance covers it
    assert floor.money(ada) == (6 * EURO, 8 * EURO)
    floor.set(use_bonus_first=True)
    floor.sell(offer, ada, "balance")
    assert floor.money(ada) == (4_500_000, 6_500_000)
    (*_, last) = floor.logs("OFFER")
    assert (last.cost_micros, last.balance_micros, last.bonus_micros) == (
        *(3 * EURO, -1_500_000, -1_500_000),
    )
    floor.verify()


def test_coins_buy_what_has_a_price_in_coins(store: Store, freeze: clock.frozen) -> None:
    floor = open_floor(store)
    ada = floor.add_member("ada", balance=9 * EURO)
    floor.give(ada, 50 * EURO, "coin", "coin_issued")
    with pytest.raises(Refused, match="plain is not sold for coins"):
        floor.sell(floor.add_offer("plain", 300), ada, "coin")
    gift = floor.add_offer("gift", 300, coin_price_micros=40 * EURO)
    floor.sell(gift, ada, "coin")
    with pytest.raises(BalanceTooLow, match="there are not enough coins"):
        floor.sell(gift, ada, "coin")
    assert (floor.money(ada), floor.house("revenue_offer")) == ((9 * EURO, 0), 0)
    (row,) = floor.logs("OFFER")
    assert (row.coin_micros, row.cost_micros, row.cash_micros) == (-40 * EURO, 0, 0)
    assert len(floor.packages(ada)) == 1
    floor.verify()


def test_an_offer_names_groups_and_barcodes_that_exist_once(
    store: Store, freeze: clock.frozen
) -> None:
    floor = open_floor(store)
    first = floor.add_offer("first", 300, barcode="4711")
    with pytest.raises(InvalidInput) as wrong:
        floor.add_offer(
            "second",
            300,
            barcode="4711",
            pc_group_ids=(99,),
            member_group_ids=(98,),
            available_from=clock.now(),
            available_to=clock.now(),
        )
    assert set(wrong.value.fields) == {
        *("barcode", "pc_group_ids", "member_group_ids", "available_to"),
    }
    floor.run(change_offer, OfferChange(floor.center, first, None, {"window.from_minute": 60}))
    found = store.read_sync(offer_by_id, 7777, first)
    assert found is not None
    assert (found.values.barcode, found.values.window.from_minute) == ("4711", 60)
    assert (found.values.window.to_minute, found.values.price_micros) == (1440, 3 * EURO)
