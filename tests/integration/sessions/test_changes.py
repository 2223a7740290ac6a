"""Prices, groups, money and packages that change while a session runs (cafe-domain 1 to 3)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from lanhouse.cafe.facts import BalanceChanged, PcRegrouped, Spending
from lanhouse.cafe.logs.queries import LogFilter, log_page
from lanhouse.cafe.money.purses import Spendable, spendable_micros
from lanhouse.cafe.offers.commands import OfferChange, create_offer
from lanhouse.cafe.offers.schemas import OfferValues
from lanhouse.cafe.pricing.commands import PriceChange, PriceValues, change_price, delete_price
from lanhouse.cafe.pricing.rules import Window
from lanhouse.cafe.pricing.schemas import Price
from lanhouse.cafe.reports.queries import summary_of
from lanhouse.cafe.reports.schemas import ReportFilter
from lanhouse.cafe.sessions import commands as sessions
from lanhouse.cafe.sessions.commands import GuestSecret, PcRefused
from lanhouse.cafe.sessions.jobs import end_due_sessions
from lanhouse.cafe.sessions.queries import packages_owned, used_micros
from lanhouse.cafe.sessions.queries.states import session_states
from lanhouse.cafe.sessions.schemas import OFFER, POSTPAID, PREPAID
from lanhouse.cafe.settings.commands import SettingsInput, save_settings
from lanhouse.cafe.topups.commands import top_up
from lanhouse.cafe.topups.schemas import TopUp
from lanhouse.db.store import Store
from lanhouse.kit import clock
from lanhouse.kit.errors import BalanceTooLow, Refused
from tests.builders.floor import DESK, EURO, Floor, later, open_floor

HOUR = 3600


def set_price(floor: Floor, rule: Price, cents: int) -> None:
    values = PriceValues(
        name=rule.name,
        price_per_hour_micros=cents * 10_000,
        pc_group_id=rule.pc_group_id,
        member_group_id=rule.member_group_id,
        window=rule.window,
    )
    floor.run(change_price, PriceChange(floor.center, rule.price_id, values))


def an_offer(floor: Floor, minutes: int = 60, **more) -> int:
    values = OfferValues(
        name=more.pop("name", "package"), price_micros=3 * EURO, minutes=minutes, **more
    )
    return floor.run(create_offer, OfferChange(floor.center, None, values)).id


def add_offer(floor: Floor, offer_id: int, name: str = "PC01", payment: str = "cash"):
    cmd = sessions.AddOffer(
        center=floor.center,
        actor=DESK,
        pc_names=[name],
        offer_id=offer_id,
        payment=payment,
        secrets=[GuestSecret("secret", "hash")],
    )
    return floor.run(sessions.add_offer, cmd)[0].session


def test_a_session_over_a_price_change_of_the_day_is_charged_by_segments(
    store: Store, freeze: clock.frozen
) -> None:
    """Noon to 14:30 with 2.00 until 13:00, 3.33 until 14:00, 4.99 after: 2 + 3.33 + 2.495."""
    floor = open_floor(store)
    floor.add_price("Afternoon", 333, time="13:00-14:00")
    floor.add_price("Late", 499, time="14:00-20:00")
    floor.guest(POSTPAID)
    freeze.advance(2 * HOUR + 1800)
    (ended,) = floor.check_out("PC01")
    assert ended.paid_micros == 7_830_000  # 7.825, half-up
    assert [line.amount_micros for line in ended.bill.lines] == [2_000_000, 3_330_000, 2_500_000]
    floor.verify()


def test_an_edited_price_holds_from_now_on(store: Store, freeze: clock.frozen) -> None:
    floor = open_floor(store, price_cents=0)
    rule = floor.set_price(200)
    ada = floor.add_member("ada", balance=10 * EURO)
    session = floor.member(ada)
    freeze.advance(HOUR)
    set_price(floor, rule, 400)
    changed = floor.session(session.id)
    assert [(s.from_at, s.to_at) for s in changed.segments] == [
        (session.started_at, clock.now()),
        (clock.now(), None),
    ]
    assert changed.expires_at == clock.now() + timedelta(hours=2)
    freeze.advance(HOUR)
    floor.check_out("PC01")
    assert floor.money(ada) == (4 * EURO, 0)
    floor.verify()


def test_an_edit_that_changes_nothing_for_a_session_opens_no_segment(
    store: Store, freeze: clock.frozen
) -> None:
    floor = open_floor(store)
    session = floor.guest(POSTPAID)
    freeze.advance(60)
    floor.add_price("Others", 900, pc_group_id=floor.add_pc_group("VIP"))
    assert len(floor.session(session.id).segments) == 1


def test_a_session_keeps_its_price_when_all_prices_are_deleted(
    store: Store, freeze: clock.frozen
) -> None:
    floor = open_floor(store, price_cents=0)
    rule = floor.add_price("Day", 200)
    floor.guest(POSTPAID)
    freeze.advance(HOUR)
    floor.run(delete_price, PriceChange(floor.center, rule.price_id, None))
    freeze.advance(HOUR)
    assert floor.check_out("PC01")[0].paid_micros == 4 * EURO


def fill_gaps(floor: Floor, *, wanted: bool) -> None:
    values = {"default_price_fills_gaps": wanted}
    floor.run(save_settings, SettingsInput(center=floor.center, values={"payment": values}))


def test_default_holds_in_the_gaps_of_a_running_session_as_the_setting_says(
    store: Store, freeze: clock.frozen
) -> None:
    """It is 12:00; the day's rule ends at 13:00."""
    floor = open_floor(store, price_cents=100)
    floor.add_price("Day", 200, time="08:00-13:00")
    ada = floor.add_member("ada", balance=10 * EURO)
    session = floor.member(ada)
    assert session.expires_at == session.started_at + timedelta(hours=9)  # 2.00 + 8 x 1.00

    freeze.advance(600)
    fill_gaps(floor, wanted=False)
    closed = floor.session(session.id)
    assert closed.expires_at == session.started_at + timedelta(hours=1)
    assert [s.from_at for s in closed.segments] == [session.started_at, clock.now()]

    freeze.advance(600)
    fill_gaps(floor, wanted=True)
    open_again = floor.session(session.id)
    assert open_again.expires_at == session.started_at + timedelta(hours=9)
    freeze.advance(3 * HOUR - 1200)
    assert floor.check_out("PC01")[0].bill.total_micros == 4 * EURO
    floor.verify()


def test_who_plays_under_default_when_the_hour_is_closed_keeps_its_price(
    store: Store, freeze: clock.frozen
) -> None:
    floor = open_floor(store, price_cents=100)
    floor.add_price("Night", 200, time="20:00-24:00")
    session = floor.guest(POSTPAID)
    fill_gaps(floor, wanted=False)
    assert floor.session(session.id) == session
    with pytest.raises(PcRefused, match="PC02: no price: no price rule holds"):
        floor.guest(POSTPAID, "PC02")
    freeze.advance(HOUR)
    assert floor.check_out("PC01")[0].paid_micros == EURO


def test_a_price_for_default_opens_the_hours_of_a_running_session(
    store: Store, freeze: clock.frozen
) -> None:
    floor = open_floor(store, price_cents=0)
    floor.add_price("Day", 200, time="08:00-13:00")
    ada = floor.add_member("ada", balance=10 * EURO)
    session = floor.member(ada)
    assert session.expires_at == session.started_at + timedelta(hours=1)
    floor.set_price(100)
    assert floor.session(session.id).expires_at == session.started_at + timedelta(hours=9)


def test_a_start_goes_by_the_settings_of_its_own_moment(store: Store, freeze: clock.frozen) -> None:
    """The call read the centre before the setting was changed."""
    floor = open_floor(store, price_cents=100)
    floor.add_price("Day", 200, time="08:00-13:00")
    ada = floor.add_member("ada", balance=10 * EURO)
    before = sessions.StartMember(center=floor.center, actor=DESK, pc_name="PC01", member_id=ada)
    fill_gaps(floor, wanted=False)
    session = floor.run(sessions.start_member, before).session
    assert session.expires_at == session.started_at + timedelta(hours=1)


def test_a_session_that_is_over_is_not_priced_again(store: Store, freeze: clock.frozen) -> None:
    floor = open_floor(store, price_cents=0)
    rule = floor.set_price(200)
    ada = floor.add_member("ada", balance=EURO)
    session = floor.member(ada)
    freeze.advance(2 * HOUR)
    set_price(floor, rule, 1)
    assert floor.session(session.id).expires_at == session.expires_at
    store.run_sync(end_due_sessions, None)
    assert floor.money(ada) == (0, 0)


def test_another_group_of_the_pc_or_the_zone_holds_from_now_on(
    store: Store, freeze: clock.frozen
) -> None:
    floor = open_floor(store)
    vip = floor.add_pc_group("VIP")
    floor.add_price("VIP", 600, pc_group_id=vip)
    session = floor.guest(POSTPAID)
    freeze.advance(HOUR)
    floor.change_pc("PC01", pc_group_id=vip)
    for _ in range(2):  # the second time nothing is another price any more
        floor.run(lambda tx, pc: tx.tell(PcRegrouped(7777, pc)), session.pc_id)
        assert len(floor.session(session.id).segments) == 2
    freeze.advance(HOUR)
    assert floor.check_out("PC01")[0].paid_micros == 8 * EURO


def test_a_top_up_lengthens_the_session_and_a_refund_shortens_it(
    store: Store, freeze: clock.frozen
) -> None:
    floor = open_floor(store)
    ada = floor.add_member("ada", balance=2 * EURO)
    session = floor.member(ada)
    freeze.advance(1800)
    more = TopUp(center=floor.center, actor=DESK, member_ids=[ada], value_micros=4 * EURO)
    floor.run(top_up, more)
    assert floor.session(session.id).expires_at == session.started_at + timedelta(hours=3)
    back = TopUp(
        center=floor.center, actor=DESK, member_ids=[ada], value_micros=-4 * EURO, comment="no"
    )
    floor.run(top_up, back)
    assert floor.session(session.id).expires_at == session.started_at + timedelta(hours=1)
    floor.verify()


def test_a_top_up_does_not_wake_a_session_that_is_over(store: Store, freeze: clock.frozen) -> None:
    floor = open_floor(store)
    ada = floor.add_member("ada", balance=2 * EURO)
    session = floor.member(ada)
    freeze.advance(HOUR)
    floor.give(ada, 4 * EURO)
    floor.run(lambda tx, member: tx.tell(BalanceChanged(7777, member)), ada)
    assert floor.session(session.id).expires_at == session.expires_at
    store.run_sync(end_due_sessions, None)
    assert floor.money(ada) == (4 * EURO, 0)


def test_money_that_was_played_cannot_be_taken_out(store: Store, freeze: clock.frozen) -> None:
    floor = open_floor(store)
    ada = floor.add_member("ada", bonus=EURO)
    floor.run(
        top_up,
        TopUp(center=floor.center, actor=DESK, member_ids=[ada], value_micros=4 * EURO),
    )
    floor.member(ada)
    freeze.advance(HOUR)

    def spendable(read):
        return spendable_micros(read, floor.center, ada, clock.now())

    def accrued(read):
        return used_micros(read, Spending(7777, ada, clock.now()))

    assert store.read_sync(accrued) == 2 * EURO
    assert store.read_sync(spendable) == Spendable(2 * EURO, EURO)
    back = TopUp(
        center=floor.center, actor=DESK, member_ids=[ada], value_micros=-3 * EURO, comment="no"
    )
    with pytest.raises(BalanceTooLow):
        floor.run(top_up, back)
    assert floor.money(ada) == (4 * EURO, EURO)
    freeze.advance(2 * HOUR)
    assert store.read_sync(accrued) == 5 * EURO
    assert store.read_sync(spendable) == Spendable(0, 0)
    floor.verify()


def test_a_shortfall_becomes_a_loan_and_never_stops_the_clock(
    store: Store, freeze: clock.frozen
) -> None:
    """No command lets it come to this; money taken behind our back must not hold up others."""
    floor = open_floor(store)
    ada = floor.add_member("ada", balance=2 * EURO)
    floor.member(ada)
    floor.give(ada, -2 * EURO)
    freeze.advance(HOUR)
    store.run_sync(end_due_sessions, None)
    assert not floor.is_busy("PC01")
    assert floor.money(ada) == (0, 0)
    assert floor.house("revenue_time") == 2 * EURO
    (log,) = floor.logs("CHECKOUT")
    assert log.loan_micros == -2 * EURO
    floor.verify()


def test_whether_the_balance_pays_for_time_holds_at_once(
    store: Store, freeze: clock.frozen
) -> None:
    """Not with the next top-up: a member who has just paid must not be thrown out for it."""
    floor = open_floor(store)
    ada = floor.add_member("ada", balance=10 * EURO)
    bob = floor.add_member("bob", balance=10 * EURO)
    on_balance, on_package = floor.member(ada), floor.member(bob, "PC02")
    add_offer(floor, an_offer(floor), "PC02")
    guest = floor.pay(2 * EURO, "PC03")[0].session
    package_end = on_package.started_at + timedelta(hours=1)
    freeze.advance(1800)

    def switch(value: bool) -> None:
        values = {"allow_balance_for_pc_time": value}
        floor.run(save_settings, SettingsInput(center=floor.center, values={"payment": values}))

    switch(False)
    assert floor.session(on_balance.id).expires_at == clock.now()
    assert floor.session(on_package.id).expires_at == package_end
    assert floor.session(guest.id).expires_at == guest.expires_at
    store.run_sync(end_due_sessions, None)
    assert [floor.is_busy(name) for name in ("PC01", "PC02", "PC03")] == [False, True, True]
    assert floor.money(ada) == (9 * EURO, 0)

    switch(True)
    assert floor.session(on_package.id).expires_at == package_end + timedelta(hours=5)
    floor.verify()


def test_the_end_never_moves_into_the_past(store: Store, freeze: clock.frozen) -> None:
    """The centre stops selling time for the balance: who plays stops now, and pays until now."""
    floor = open_floor(store)
    ada = floor.add_member("ada", balance=4 * EURO)
    session = floor.member(ada)
    freeze.advance(HOUR)
    floor.set(allow_balance_for_pc_time=False)
    floor.run(lambda tx, member: tx.tell(BalanceChanged(7777, member)), ada)
    assert floor.session(session.id).expires_at == clock.now()
    freeze.advance(60)
    store.run_sync(end_due_sessions, None)
    assert floor.money(ada) == (2 * EURO, 0)
    floor.verify()


def test_an_offer_guest_plays_until_the_package_is_over(store: Store, freeze: clock.frozen) -> None:
    floor = open_floor(store)
    offer = an_offer(floor)
    session = floor.guest(OFFER, offer_id=offer, payment="qr")
    assert session.expires_at == session.started_at + timedelta(hours=1)
    assert (floor.till("qr"), floor.house("revenue_offer")) == (3 * EURO, 3 * EURO)
    freeze.advance(5 * HOUR)
    store.run_sync(end_due_sessions, None)
    ended = floor.session(session.id)
    assert ended.ended_at == session.expires_at
    assert floor.house("revenue_time") == 0
    (owned,) = store.read_sync(packages_owned, 7777, session.member_id, clock.now())
    assert (owned.seconds, owned.seconds_left) == (HOUR, 0)
    (sold,) = floor.logs("OFFER")
    assert (sold.qr_micros, sold.cost_micros, sold.subject) == (3 * EURO, 3 * EURO, "offer")
    floor.verify()


def test_a_package_costs_no_minimum_and_needs_no_price(store: Store, freeze: clock.frozen) -> None:
    floor = open_floor(store, price_cents=0)
    floor.set(minimum_charge_micros=EURO)
    session = floor.guest(OFFER, offer_id=an_offer(floor))
    assert session.expires_at == session.started_at + timedelta(hours=1)
    freeze.advance(600)
    assert floor.check_out("PC01")[0].bill.total_micros == 0


def test_a_member_uses_the_packages_first_then_the_balance(
    store: Store, freeze: clock.frozen
) -> None:
    floor = open_floor(store)
    ada = floor.add_member("ada", balance=10 * EURO)
    low = an_offer(floor, 30, name="low", priority=1)
    high = an_offer(floor, 60, name="high", priority=9)
    floor.member(ada)
    add_offer(floor, low)
    add_offer(floor, high, payment="balance")
    floor.check_out("PC01")
    assert floor.money(ada) == (7 * EURO, 0)
    session = floor.member(ada)
    assert [package.name for package in session.segments[0].packages] == ["high", "low"]
    assert session.expires_at == session.started_at + timedelta(hours=5)
    freeze.advance(HOUR)
    state = store.read_sync(lambda read: session_states(read, floor.center, clock.now()))
    assert state[floor.pc_ids["PC01"]].offer_in_use == "low"
    freeze.advance(HOUR)
    assert floor.check_out("PC01")[0].bill.total_micros == EURO
    left = store.read_sync(packages_owned, 7777, ada, clock.now())
    assert {package.name: package.seconds_left for package in left} == {"low": 0, "high": 0}
    floor.verify()


def test_a_package_stops_where_its_hours_end_and_the_rest_is_kept(
    store: Store, freeze: clock.frozen
) -> None:
    floor = open_floor(store)
    offer = an_offer(floor, 180, window=Window((1, 2, 3, 4, 5, 6, 7), 11 * 60, 13 * 60))
    ada = floor.add_member("ada", balance=10 * EURO)
    floor.member(ada)
    session = add_offer(floor, offer)
    assert session.expires_at == session.started_at + timedelta(hours=6)
    freeze.advance(2 * HOUR)
    assert floor.check_out("PC01")[0].bill.total_micros == 2 * EURO
    (owned,) = store.read_sync(packages_owned, 7777, ada, clock.now())
    assert owned.seconds_left == 2 * HOUR
    with pytest.raises(PcRefused, match="cannot be used at this time"):
        floor.guest(OFFER, offer_id=offer)
    # On the balance until it opens tomorrow at 11:00, and 2 hours are left of it then.
    floor.give(ada, 100 * EURO)
    session = floor.member(ada)
    freeze.advance(22 * HOUR)
    bill = floor.session(session.id).bill(clock.now())
    assert [(line.kind, line.seconds) for line in bill.lines] == [
        ("time", 21 * HOUR),
        ("package", HOUR),
    ]
    floor.verify()


def test_a_package_bought_outside_its_hours_is_kept_and_the_balance_is_shorter(
    store: Store, freeze: clock.frozen
) -> None:
    floor = open_floor(store)
    offer = an_offer(floor, 60, window=Window((7,), 0, 1440))
    ada = floor.add_member("ada", balance=4 * EURO)
    floor.member(ada)
    session = add_offer(floor, offer, payment="balance")
    assert session.expires_at == session.started_at + timedelta(minutes=30)
    assert floor.session(session.id).expires_at == session.expires_at


def test_money_that_was_played_buys_no_offer(store: Store, freeze: clock.frozen) -> None:
    """Of 4.00 there is 1.01 played, so an offer for 3.00 is one cent too dear."""
    floor = open_floor(store)
    offer = an_offer(floor, 60)
    ada = floor.add_member("ada", balance=4 * EURO)
    session = floor.member(ada)
    freeze.advance(1818)
    with pytest.raises(BalanceTooLow):
        add_offer(floor, offer, payment="balance")
    assert floor.money(ada) == (4 * EURO, 0)
    assert store.read_sync(packages_owned, 7777, ada, clock.now()) == []
    assert floor.session(session.id).expires_at == session.started_at + timedelta(hours=2)
    floor.give(ada, 10_000)
    bought = add_offer(floor, offer, payment="balance")
    assert floor.money(ada) == (1_010_000, 0)
    assert bought.expires_at == clock.now() + timedelta(hours=1)
    freeze.advance(HOUR)
    store.run_sync(end_due_sessions, None)
    assert floor.money(ada) == (0, 0)
    assert (floor.house("revenue_time"), floor.house("revenue_offer")) == (1_010_000, 3 * EURO)
    floor.verify()


def test_an_expired_package_is_not_used(store: Store, freeze: clock.frozen) -> None:
    floor = open_floor(store)
    offer = an_offer(floor, 60, expires_after_hours=2)
    ada = floor.add_member("ada", balance=10 * EURO)
    floor.member(ada)
    add_offer(floor, offer)
    floor.check_out("PC01")
    freeze.advance(2 * HOUR - 1)
    assert floor.member(ada).segments[0].packages[0].until_at == clock.now() + timedelta(seconds=1)
    floor.check_out("PC01")
    freeze.advance(1)
    assert floor.member(ada).segments[0].packages == ()


def test_offers_are_not_added_to_guests_who_pay_later(store: Store, freeze: clock.frozen) -> None:
    floor = open_floor(store)
    offer = an_offer(floor)
    floor.guest(POSTPAID)
    with pytest.raises(PcRefused, match="an offer cannot be added to a postpaid session"):
        add_offer(floor, offer)
    floor.guest(PREPAID, "PC02", paid_micros=EURO)
    assert add_offer(floor, offer, "PC02").expires_at == clock.now() + timedelta(minutes=90)
    inactive = an_offer(floor, name="off", is_active=False)
    with pytest.raises(Refused, match="Product not found"):
        add_offer(floor, inactive, "PC02")
    assert floor.till() == 4 * EURO


def test_the_hours_of_the_clock_change_are_charged_as_lived(
    store: Store, freeze: clock.frozen
) -> None:
    """Berlin's night of 25 hours: 00:00 to 06:00 on the wall are seven hours of play."""
    floor = open_floor(store, zone="Europe/Berlin")
    floor.add_price("Small hours", 100, time="02:00-03:00")
    freeze.set(clock.from_micros(1_792_879_200_000_000))  # 2026-10-25 00:00 in Berlin
    floor.guest(POSTPAID)
    freeze.advance(7 * HOUR)
    (ended,) = floor.check_out("PC01")
    assert [line.amount_micros for line in ended.bill.lines] == [4 * EURO, 2 * EURO, 6 * EURO]


def test_a_session_moves_only_within_its_pc_group(store: Store, freeze: clock.frozen) -> None:
    """In another group other prices hold, which the guest has not agreed to."""
    floor = open_floor(store)
    floor.add_pc("VIP1", pc_group_id=floor.add_pc_group("VIP"))
    session = floor.guest(PREPAID, paid_micros=2 * EURO)
    freeze.advance(1800)

    def move(target: str) -> None:
        cmd = sessions.Move(center=floor.center, actor=DESK, pc_name="PC01", target_name=target)
        floor.run(sessions.move_session, cmd)

    with pytest.raises(PcRefused, match=r"^VIP1: the PC belongs to another PC group$"):
        move("VIP1")
    assert (floor.session(session.id).pc_name, floor.is_busy("VIP1")) == ("PC01", False)
    move("PC02")
    moved = floor.session(session.id)
    assert (moved.pc_name, moved.expires_at) == ("PC02", session.expires_at)
    assert floor.check_out("PC02")[0].bill.total_micros == EURO


def test_all_pcs_in_use_are_told_at_once(store: Store, freeze: clock.frozen) -> None:
    floor = open_floor(store)
    ada = floor.add_member("ada", balance=2 * EURO, bonus=EURO)
    session = floor.member(ada)
    floor.guest(POSTPAID, "PC02")
    freeze.advance(HOUR)
    states = store.read_sync(lambda read: session_states(read, floor.center, clock.now()))
    assert set(states) == {floor.pc_ids["PC01"], floor.pc_ids["PC02"]}
    mine = states[floor.pc_ids["PC01"]]
    assert (mine.session_id, mine.kind, mine.member_id) == (session.id, "member", ada)
    assert (mine.member_account, mine.balance_micros, mine.bonus_micros) == (
        "ada",
        2 * EURO,
        EURO,
    )
    assert (mine.played_seconds, mine.left_seconds, mine.cost_micros) == (HOUR, 1800, 2 * EURO)
    assert (mine.price_name, mine.price_per_hour_micros) == ("Default", 2 * EURO)
    guest = states[floor.pc_ids["PC02"]]
    assert (guest.left_seconds, guest.member_group_id, guest.balance_micros) == (None, -3, 0)


def test_time_that_is_sold_to_a_member_stands_under_the_pc(store: Store) -> None:
    floor = open_floor(store)
    vip = floor.add_pc_group("VIP")
    floor.change_pc("PC02", pc_group_id=vip)
    ada = floor.add_member("ada", balance=2 * EURO)
    floor.member(ada, "PC02")
    floor.pay(3 * EURO, "PC02", payment="card")
    row = floor.logs("TOPUP")[-1]
    assert (row.pc_name, row.pc_id, row.pc_group_id) == ("PC02", floor.pc_ids["PC02"], vip)
    assert (row.member_id, row.subject, row.card_micros) == (ada, "member", 3 * EURO)
    of_pc = LogFilter(center_id=7777, event="TOPUP", pc_name="pc02")
    assert store.read_sync(log_page, of_pc, 1).totals["card_micros"] == 3 * EURO
    of_group = ReportFilter(center_id=7777, start_at=later(-60), end_at=later(60), pc_group_id=vip)
    assert store.read_sync(summary_of, of_group).card_micros == 3 * EURO
    floor.verify()


def test_money_that_is_sold_to_a_member_on_a_console_is_told_under_console(store: Store) -> None:
    floor = open_floor(store)
    floor.change_pc("PC01", console_type=1)
    floor.member(floor.add_member("ada", balance=2 * EURO), "PC01")
    floor.pay(3 * EURO, "PC01")
    assert floor.logs("TOPUP")[-1].subject == floor.logs("SESSION")[-1].subject == "console"
