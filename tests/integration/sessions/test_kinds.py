"""Each kind of session from start to check-out, on both databases (cafe-domain 1)."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from lanhouse.cafe.sessions import commands as sessions
from lanhouse.cafe.sessions.commands import PcRefused
from lanhouse.cafe.sessions.jobs import end_due_sessions
from lanhouse.cafe.sessions.schemas import FREE, POSTPAID, PREPAID
from lanhouse.db.store import Store
from lanhouse.kit import clock
from lanhouse.kit.errors import BalanceTooLow, InvalidInput, Refused
from tests.builders.floor import CENT, DESK, EURO, open_floor

HOUR = 3600


def test_a_prepaid_guest_pays_first_and_gets_the_rest_back(
    store: Store, freeze: clock.frozen
) -> None:
    floor = open_floor(store)
    (started,) = floor.guests(PREPAID, "PC01", paid_micros=5 * EURO)
    session = started.session
    assert started.account.startswith("G_")
    assert len(started.account) == 8
    assert started.password == "secret"
    assert session.expires_at == clock.now() + timedelta(hours=2, minutes=30)
    assert floor.till() == 5 * EURO
    assert floor.money(session.member_id) == (5 * EURO, 0)

    freeze.advance(HOUR)
    (ended,) = floor.check_out("PC01")
    assert ended.bill.total_micros == 2 * EURO
    assert ended.refund_micros == 3 * EURO
    assert floor.till() == 2 * EURO
    assert floor.house("revenue_time") == 2 * EURO
    assert floor.money(session.member_id) == (0, 0)
    assert not floor.is_busy("PC01")
    (paid,) = floor.logs("ADDTIME")
    assert (paid.cash_micros, paid.balance_micros, paid.subject) == (5 * EURO, 5 * EURO, "prepaid")
    (log,) = floor.logs("CHECKOUT")
    assert (log.cash_micros, log.spend_micros, log.cost_micros) == (-3 * EURO, 2 * EURO, 2 * EURO)
    assert (log.used_seconds, log.pc_name, log.staff_name) == (HOUR, "PC01", "Kim")
    floor.verify()


def test_the_rest_stays_on_the_account_when_the_centre_keeps_change(
    store: Store, freeze: clock.frozen
) -> None:
    floor = open_floor(store)
    floor.set(prepaid_session_change_method="keep")
    session = floor.guest(PREPAID, paid_micros=5 * EURO)
    freeze.advance(HOUR)
    (ended,) = floor.check_out("PC01")
    assert ended.refund_micros == 0
    assert floor.till() == 5 * EURO
    assert floor.money(session.member_id) == (3 * EURO, 0)
    floor.verify()


def test_added_money_adds_time(store: Store, freeze: clock.frozen) -> None:
    floor = open_floor(store)
    session = floor.guest(PREPAID, paid_micros=EURO)
    freeze.advance(600)
    (changed,) = floor.pay(EURO, "PC01")
    assert changed.session.id == session.id
    assert changed.session.expires_at == session.started_at + timedelta(hours=1)
    assert floor.session(session.id).expires_at == session.started_at + timedelta(hours=1)
    assert floor.till() == 2 * EURO
    floor.verify()


def test_a_postpaid_guest_pays_at_the_desk(store: Store, freeze: clock.frozen) -> None:
    floor = open_floor(store)
    session = floor.guest(POSTPAID)
    assert session.expires_at is None
    freeze.advance(HOUR + 9)  # 2.005, half-up 2.01
    (ended,) = floor.check_out("PC01", payment="card")
    assert ended.paid_micros == 2 * EURO + CENT
    assert (floor.till("card"), floor.till()) == (2 * EURO + CENT, 0)
    assert floor.house("revenue_time") == 2 * EURO + CENT
    (log,) = floor.logs("CHECKOUT")
    assert (log.card_micros, log.subject) == (2 * EURO + CENT, "postpaid")
    floor.verify()


def test_a_postpaid_guest_has_no_balance_to_pay_from(store: Store, freeze: clock.frozen) -> None:
    floor = open_floor(store)
    floor.guest(POSTPAID)
    with pytest.raises(PcRefused, match="no balance"):
        floor.check_out("PC01", payment="balance")
    assert floor.is_busy("PC01")


def test_a_postpaid_session_costs_no_more_than_the_limit_and_waits_for_payment(
    store: Store, freeze: clock.frozen
) -> None:
    floor = open_floor(store)
    floor.set(postpaid_max_balance_micros=3 * EURO)
    session = floor.guest(POSTPAID)
    assert session.expires_at == session.started_at + timedelta(minutes=90)
    freeze.advance(5 * HOUR)
    assert store.run_sync(end_due_sessions, None) is False
    assert floor.is_busy("PC01")
    with pytest.raises(PcRefused, match="in use"):
        floor.guest(POSTPAID)
    (ended,) = floor.check_out("PC01")
    assert ended.paid_micros == 3 * EURO
    assert ended.bill.seconds == 5400
    floor.verify()


def test_a_member_pays_from_the_balance(store: Store, freeze: clock.frozen) -> None:
    floor = open_floor(store)
    ada = floor.add_member("ada", balance=10 * EURO, bonus=4 * EURO)
    session = floor.member(ada)
    assert session.expires_at == session.started_at + timedelta(hours=7)
    freeze.advance(6 * HOUR)
    (ended,) = floor.check_out("PC01")
    assert (ended.from_balance_micros, ended.from_bonus_micros) == (10 * EURO, 2 * EURO)
    assert floor.money(ada) == (0, 2 * EURO)
    assert floor.house("revenue_time") == 12 * EURO
    (log,) = floor.logs("CHECKOUT")
    assert (log.spend_micros, log.bonus_micros) == (10 * EURO, -2 * EURO)
    floor.verify()


def test_or_from_the_bonus_first(store: Store, freeze: clock.frozen) -> None:
    floor = open_floor(store)
    floor.set(use_bonus_first=True)
    ada = floor.add_member("ada", balance=10 * EURO, bonus=4 * EURO)
    floor.member(ada)
    freeze.advance(3 * HOUR)
    floor.check_out("PC01")
    assert floor.money(ada) == (8 * EURO, 0)
    floor.verify()


def test_a_session_ends_by_itself_when_the_money_is_over(
    store: Store, freeze: clock.frozen
) -> None:
    floor = open_floor(store)
    ada = floor.add_member("ada", balance=EURO)
    session = floor.member(ada)
    freeze.advance(1799)
    store.run_sync(end_due_sessions, None)
    assert floor.is_busy("PC01")
    freeze.advance(1)
    store.run_sync(end_due_sessions, None)
    assert not floor.is_busy("PC01")
    ended = floor.session(session.id)
    assert ended.ended_at == session.expires_at
    assert floor.money(ada) == (0, 0)
    (log,) = floor.logs("CHECKOUT")
    assert (log.spend_micros, log.used_seconds, log.staff_name) == (EURO, 1800, "")
    floor.verify()


def test_a_late_clock_changes_no_amount(store: Store, freeze: clock.frozen) -> None:
    floor = open_floor(store, price_cents=333)
    ada = floor.add_member("ada", balance=EURO)
    session = floor.member(ada)
    freeze.advance(30 * HOUR)
    store.run_sync(end_due_sessions, None)
    store.run_sync(end_due_sessions, None)
    ended = floor.session(session.id)
    assert ended.ended_at == session.started_at + timedelta(seconds=1081)
    assert floor.money(ada) == (0, 0)
    assert len(floor.logs("CHECKOUT")) == 1
    floor.verify()


def test_a_pc_whose_session_is_over_can_be_used_before_the_clock_has_noticed(
    store: Store, freeze: clock.frozen
) -> None:
    floor = open_floor(store)
    ada = floor.add_member("ada", balance=EURO)
    first = floor.member(ada)
    freeze.advance(2 * HOUR)
    second = floor.guest(POSTPAID)
    assert floor.session(first.id).ended_at == first.expires_at
    assert second.started_at == clock.now()
    assert floor.money(ada) == (0, 0)
    floor.verify()


def test_a_free_session_costs_nothing_and_needs_no_price(
    store: Store, freeze: clock.frozen
) -> None:
    floor = open_floor(store, price_cents=0)
    floor.set(minimum_charge_micros=EURO)
    session = floor.guest(FREE)
    assert session.expires_at is None
    freeze.advance(HOUR)
    (ended,) = floor.check_out("PC01")
    assert (ended.bill.total_micros, ended.payment) == (0, "free")
    assert (floor.till(), floor.house("revenue_time")) == (0, 0)
    floor.verify()


def test_without_a_price_nothing_starts(store: Store, freeze: clock.frozen) -> None:
    floor = open_floor(store, price_cents=0)
    ada = floor.add_member("ada", balance=EURO)
    with pytest.raises(PcRefused, match="PC01: no price"):
        floor.guest(POSTPAID)
    with pytest.raises(PcRefused, match="PC01: no price"):
        floor.guest(PREPAID, paid_micros=EURO)
    with pytest.raises(PcRefused, match="PC01: no price"):
        floor.member(ada)
    assert floor.till() == EURO
    assert floor.logs("ADDTIME") == []


def test_free_minutes_and_the_minimum_charge(store: Store, freeze: clock.frozen) -> None:
    floor = open_floor(store)
    floor.set(free_time_minutes=10, minimum_charge_micros=EURO)
    floor.guests(POSTPAID, "PC01", "PC02", "PC03")
    freeze.advance(600)
    assert floor.check_out("PC01")[0].paid_micros == 0
    freeze.advance(1)
    assert floor.check_out("PC02")[0].paid_micros == EURO
    freeze.advance(HOUR - 1)
    assert floor.check_out("PC03")[0].paid_micros == 2 * EURO
    floor.verify()


def test_the_terms_of_the_start_hold_to_the_end(store: Store, freeze: clock.frozen) -> None:
    floor = open_floor(store)
    floor.guest(POSTPAID)
    floor.set(free_time_minutes=60, minimum_charge_micros=50 * EURO)
    freeze.advance(HOUR)
    assert floor.check_out("PC01")[0].paid_micros == 2 * EURO


def test_who_cannot_pay_the_minimum_does_not_start(store: Store, freeze: clock.frozen) -> None:
    floor = open_floor(store)
    floor.set(minimum_charge_micros=2 * EURO)
    ada = floor.add_member("ada", balance=EURO)
    with pytest.raises(BalanceTooLow, match=r"minimum charge is 2\.00"):
        floor.member(ada)
    with pytest.raises(BalanceTooLow, match="PC01"):
        floor.guest(PREPAID, paid_micros=EURO)
    assert not floor.is_busy("PC01")
    assert floor.till() == EURO


def test_free_minutes_alone_start_nothing(store: Store, freeze: clock.frozen) -> None:
    floor = open_floor(store)
    floor.set(free_time_minutes=60)
    ada = floor.add_member("ada")
    with pytest.raises(BalanceTooLow):
        floor.member(ada)


def test_the_discount_of_the_group_lengthens_time_and_100_percent_has_no_end(
    store: Store, freeze: clock.frozen
) -> None:
    floor = open_floor(store)
    half, whole = floor.add_member_group("half", 5000), floor.add_member_group("whole", 10_000)
    ada = floor.add_member("ada", balance=EURO, group_id=half)
    bob = floor.add_member("bob", group_id=whole)
    session = floor.member(ada)
    assert session.expires_at == session.started_at + timedelta(hours=1)
    assert floor.member(bob, "PC02").expires_at is None
    freeze.advance(1800)
    floor.check_out("PC01", "PC02")
    assert floor.money(ada) == (EURO // 2, 0)
    assert floor.money(bob) == (0, 0)
    floor.verify()


def test_inactive_and_expired_members_do_not_start(store: Store, freeze: clock.frozen) -> None:
    floor = open_floor(store)
    ada = floor.add_member("ada", balance=EURO, is_active=False)
    bob = floor.add_member("bob", balance=EURO, expires_at=clock.now())
    with pytest.raises(PcRefused, match="PC01: the member is not active"):
        floor.member(ada)
    with pytest.raises(PcRefused, match="PC01: the member is expired"):
        floor.member(bob)
    with pytest.raises(Refused, match="Member not found"):
        floor.member(10_000_000_000)


def test_when_the_balance_may_not_pay_time_only_packages_do(
    store: Store, freeze: clock.frozen
) -> None:
    floor = open_floor(store)
    floor.set(allow_balance_for_pc_time=False)
    ada = floor.add_member("ada", balance=EURO)
    with pytest.raises(BalanceTooLow):
        floor.member(ada)


def test_one_session_per_member_and_per_pc(store: Store, freeze: clock.frozen) -> None:
    floor = open_floor(store)
    ada = floor.add_member("ada", balance=EURO)
    floor.member(ada)
    with pytest.raises(PcRefused, match="PC02: the member has a session on PC01 already"):
        floor.member(ada, "PC02")
    with pytest.raises(PcRefused, match="PC01: the PC is in use"):
        floor.guest(FREE)


def test_kinds_that_are_switched_off(store: Store, freeze: clock.frozen) -> None:
    floor = open_floor(store)
    floor.set(disable_prepaid=True, disable_postpaid=True)
    with pytest.raises(Refused, match="prepaid sessions are switched off"):
        floor.guest(PREPAID, paid_micros=EURO)
    with pytest.raises(Refused, match="prepaid sessions are switched off"):
        floor.pay(EURO, "PC01")
    with pytest.raises(Refused, match="postpaid sessions are switched off"):
        floor.guest(POSTPAID)


def test_a_pc_out_of_order_is_not_started(store: Store, freeze: clock.frozen) -> None:
    floor = open_floor(store)
    floor.break_pc("PC02")
    with pytest.raises(PcRefused, match="PC02: the PC is out of order"):
        floor.guests(FREE, "PC01", "PC02", "PC03")
    assert not any(floor.is_busy(name) for name in floor.pc_ids)


def test_several_pcs_start_all_or_none(store: Store, freeze: clock.frozen) -> None:
    floor = open_floor(store)
    floor.guest(FREE, "PC03")
    with pytest.raises(PcRefused, match="PC03: the PC is in use"):
        floor.guests(PREPAID, "PC01", "PC02", "PC03", paid_micros=EURO)
    with pytest.raises(PcRefused, match="PC99: there is no such PC"):
        floor.guests(PREPAID, "PC01", "PC99", paid_micros=EURO)
    assert floor.till() == 0
    assert not floor.is_busy("PC01")
    floor.guests(PREPAID, "PC01", "PC02", paid_micros=EURO)
    assert floor.till() == 2 * EURO
    floor.verify()


def test_nothing_is_paid_with_nothing(store: Store, freeze: clock.frozen) -> None:
    floor = open_floor(store)
    with pytest.raises(InvalidInput, match="amount: must be more than 0"):
        floor.pay(0, "PC01")
    with pytest.raises(InvalidInput, match="pc_names: is required"):
        floor.pay(EURO)


@pytest.mark.parametrize("kind", [POSTPAID, FREE])
def test_money_is_not_added_where_nobody_pays_first(
    store: Store, freeze: clock.frozen, kind: str
) -> None:
    floor = open_floor(store)
    floor.guest(kind)
    with pytest.raises(PcRefused, match=f"money cannot be added to a {kind} session"):
        floor.pay(EURO, "PC01")
    assert floor.till() == 0


def test_kinds_are_told_apart_by_their_group(store: Store, freeze: clock.frozen) -> None:
    floor = open_floor(store, price_cents=0)
    floor.add_price("Everybody", 200)
    floor.add_price("Prepaid guests", 100, member_group_id=-2)
    ada = floor.add_member("ada", balance=EURO)
    assert floor.member(ada).segments[0].tariff.rules[0].name == "Everybody"
    prepaid = floor.guest(PREPAID, "PC02", paid_micros=EURO)
    assert prepaid.segments[0].tariff.rules[0].name == "Prepaid guests"
    assert floor.session(prepaid.id).kind == PREPAID


def test_start_and_check_out_run_compiled_statements_only(
    store: Store, freeze: clock.frozen
) -> None:
    floor = open_floor(store)
    ada = floor.add_member("ada", balance=10 * EURO)
    center = floor.center
    core: list[str] = []
    sa.event.listen(
        store.engine, "before_execute", lambda _, statement, *__: core.append(str(statement))
    )
    floor.run(
        sessions.start_member,
        sessions.StartMember(center=center, actor=DESK, pc_name="PC01", member_id=ada),
    )
    freeze.advance(60)
    floor.run(sessions.check_out, sessions.Checkout(center=center, actor=DESK, pc_names=["PC01"]))
    assert core == []
