"""Caps, first hours, holidays, taxes and card prices are kept on a session and agree everywhere."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from lanhouse.cafe.desk.queries.computers import lengths_for
from lanhouse.cafe.pricing.queries import price_list
from lanhouse.cafe.sessions.commands import Move, QuoteRefused, move_session
from lanhouse.cafe.sessions.plans.ending import settlement_of
from lanhouse.cafe.sessions.queries.calculations import Seat, amount_of_minutes, minutes_of_amount
from lanhouse.cafe.sessions.queries.quotes import TimeAsked, quote_time
from lanhouse.cafe.sessions.queries.simulating import Simulated, simulate
from lanhouse.cafe.sessions.queries.states import session_states
from lanhouse.cafe.sessions.schemas import FREE, POSTPAID, PREPAID
from lanhouse.cafe.settings.commands import SettingsInput, save_settings
from lanhouse.db.store import Store
from lanhouse.kit import clock
from tests.builders.floor import CENT, DESK, EURO, Floor, open_floor

MINUTE = 60
HOUR = 3600
EVERYTHING = {
    "first_hour_price_factor": 150,
    "daily_cap_micros": 8 * EURO,
    "tax4_percentage_micros": 10 * EURO,
    "tax4_name": "VAT",
    "start_fee_micros": EURO,
    "bill_rounding": "0.05",
}


@pytest.fixture
def hall(store: Store, freeze: clock.frozen) -> Floor:
    """2.00 an hour; noon, so that a day ends in twelve hours."""
    freeze.advance((12 - clock.now().hour) % 24 * HOUR)
    return open_floor(store)


def save(floor: Floor, **values: object) -> None:
    """Change settings as the owner does, followers and all."""
    floor.run(save_settings, SettingsInput(center=floor.center, values={"payment": values}))


def kinds(floor: Floor, session_id: int) -> list[tuple[str, int]]:
    bill = floor.session(session_id).bill(clock.now())
    return [(line.kind, line.amount_micros) for line in bill.lines]


def test_every_place_tells_the_same(hall: Floor, freeze: clock.frozen) -> None:
    hall.set(**EVERYTHING)
    read, at = hall.store.read_sync, clock.now()
    for minutes in (1, 60, 90, 400, 700):
        # Fee, first hour at 3.00, then 2.00, at most 8.00; a tenth more, to the next 0.05.
        time = minutes * EURO // 20 if minutes <= 60 else 3 * EURO + (minutes - 60) * EURO // 30
        owed = min(time + EURO, 8 * EURO) * 11 // 10
        total = (owed + 25_000) // 50_000 * 50_000
        seat = Seat(hall.center, "PC01", "", at)
        assert read(amount_of_minutes, seat, minutes) == total
        assert read(minutes_of_amount, seat, total) >= minutes
        (quoted,) = read(quote_time, TimeAsked(hall.center, ["PC01"], minutes, None, at))
        assert quoted.cost_micros == total
        asked = Simulated(hall.center, 0, -2, at, minutes)
        prices = read(price_list, hall.center)
        assert read(simulate, asked, prices).total_micros == total
    session = hall.guest(POSTPAID)
    hall.set(first_hour_price_factor=100, daily_cap_micros=0, tax4_percentage_micros=0)
    freeze.advance(90 * MINUTE)
    states = read(session_states, hall.center, clock.now())
    assert states[hall.pc_ids["PC01"]].cost_micros == 5_500_000
    assert kinds(hall, session.id) == [
        ("time", 3 * EURO),
        ("time", EURO),
        ("start_fee", EURO),
        ("tax", 500_000),
    ]
    (ended,) = hall.check_out("PC01")
    assert (ended.bill.total_micros, ended.bill.tax_micros) == (5_500_000, 500_000)
    assert (hall.house("revenue_time"), hall.house("tax")) == (5 * EURO, 500_000)
    again = read(settlement_of, hall.center.id, session.id)
    assert again is not None
    assert again.bill == ended.bill
    hall.verify()


def test_a_day_of_a_member_has_one_cap(hall: Floor, freeze: clock.frozen) -> None:
    hall.set(daily_cap_micros=5 * EURO)
    ada = hall.add_member("ada")
    hall.give(ada, 100 * EURO)
    for name, hours, cost in (("PC01", 1, 2), ("PC02", 1, 2), ("PC01", 3, 1), ("PC01", 2, 0)):
        session = hall.member(ada, name)
        freeze.advance(hours * HOUR)
        (ended,) = hall.check_out(name)
        assert ended.bill.total_micros == cost * EURO, session.terms
    assert ended.session.terms.day_before_micros == 5 * EURO
    # Nobody else has used ada's cap, and the next day has one of its own.
    bob = hall.add_member("bob")
    hall.give(bob, 100 * EURO)
    hall.member(bob, "PC03")
    hall.member(ada)
    freeze.advance(9 * HOUR)  # to four in the morning
    (ended,) = hall.check_out("PC01")
    assert ended.bill.total_micros == 5 * EURO  # 0.00 up to midnight, four hours at 2.00
    (ended,) = hall.check_out("PC03")
    assert ended.bill.total_micros == 10 * EURO
    assert hall.member(ada).terms.day_before_micros == 5 * EURO
    hall.verify()


def test_a_move_is_the_same_session_under_its_cap(hall: Floor, freeze: clock.frozen) -> None:
    hall.set(daily_cap_micros=5 * EURO)
    session = hall.guest(POSTPAID)
    freeze.advance(2 * HOUR)
    move = Move(center=hall.center, actor=DESK, pc_name="PC01", target_name="PC02")
    hall.run(move_session, move)
    freeze.advance(2 * HOUR)
    (ended,) = hall.check_out("PC02")
    assert ended.bill.total_micros == 5 * EURO
    assert kinds(hall, session.id)[-1] == ("daily_cap", -3 * EURO)


def test_a_session_that_costs_nothing_uses_no_cap(hall: Floor, freeze: clock.frozen) -> None:
    hall.set(daily_cap_micros=5 * EURO)
    hall.guest(FREE)
    freeze.advance(8 * HOUR)
    hall.check_out("PC01")
    assert hall.guest(POSTPAID).terms.day_before_micros == 0


def test_money_of_a_guest_lasts_as_the_cap_says(hall: Floor, freeze: clock.frozen) -> None:
    hall.set(daily_cap_micros=5 * EURO)
    session = hall.guest(PREPAID, paid_micros=6 * EURO)
    # Twelve hours to midnight for 5.00, then half an hour for the rest.
    assert session.expires_at == clock.now() + timedelta(hours=12, minutes=30)
    freeze.advance(13 * HOUR)
    # Late, and charged as of its end: the next guest takes the PC.
    hall.guest(POSTPAID)
    assert hall.session(session.id).ended_at == session.expires_at
    assert hall.house("revenue_time") == 6 * EURO
    hall.verify()


def test_a_sale_by_minutes_buys_those_minutes(hall: Floor, freeze: clock.frozen) -> None:
    read, at = hall.store.read_sync, clock.now()
    for minutes in (1, 10, 20, 100):
        (quoted,) = read(quote_time, TimeAsked(hall.center, ["PC01"], minutes, None, at))
        session = hall.guest(PREPAID, paid_micros=quoted.cost_micros)
        assert session.expires_at is not None
        assert session.expires_at >= at + timedelta(minutes=minutes)
        assert session.cost_micros(at + timedelta(minutes=minutes)) == quoted.cost_micros
        assert session.cost_micros(session.expires_at) <= quoted.cost_micros
        (more,) = read(quote_time, TimeAsked(hall.center, ["PC01"], minutes, None, at))
        (added,) = hall.pay(more.cost_micros, "PC01")
        assert added.session.expires_at is not None
        assert added.session.expires_at >= session.expires_at + timedelta(minutes=minutes)
        assert added.session.cost_micros(added.session.expires_at) <= (
            quoted.cost_micros + more.cost_micros
        )
        hall.check_out("PC01")
    # A member plays on a balance, and nobody sold him minutes.
    ada = hall.add_member("ada")
    hall.give(ada, 33 * CENT)
    assert hall.member(ada).expires_at == at + timedelta(seconds=594)
    hall.verify()


def test_who_pays_first_by_card_plays_at_the_card_price(hall: Floor, freeze: clock.frozen) -> None:
    hall.set(credit_card_price_rate=110)
    read, at = hall.store.read_sync, clock.now()
    by_cash = TimeAsked(hall.center, ["PC01"], 60, None, at)
    by_card = TimeAsked(hall.center, ["PC01"], 60, None, at, "card")
    assert read(quote_time, by_cash)[0].cost_micros == 2 * EURO
    assert read(quote_time, by_card)[0].cost_micros == 2_200_000
    session = hall.guest(PREPAID, paid_micros=2_200_000, payment="card")
    assert session.expires_at == at + timedelta(minutes=60)
    cash = hall.guest(PREPAID, "PC02", paid_micros=2_200_000)
    assert cash.expires_at == at + timedelta(minutes=66)
    hall.set(credit_card_price_rate=100)
    freeze.advance(30 * MINUTE)
    (ended,) = hall.check_out("PC01")
    assert [(line.kind, line.amount_micros) for line in ended.bill.lines] == [
        ("time", EURO),
        ("card_price", 100_000),
    ]
    # What was not played goes back as it came, at the price at which it came.
    assert ended.refund_micros == 1_100_000
    assert hall.till("card") == 1_100_000
    hall.verify()


def test_a_postpaid_guest_pays_the_card_price_only_by_card(
    hall: Floor, freeze: clock.frozen
) -> None:
    hall.set(credit_card_price_rate=110)
    first, second = hall.guest(POSTPAID), hall.guest(POSTPAID, "PC02")
    freeze.advance(60 * MINUTE)
    with pytest.raises(QuoteRefused):
        hall.check_out("PC01", payment="card", due_micros=2 * EURO)
    (ended,) = hall.check_out("PC01", payment="card", due_micros=2_200_000)
    assert (ended.bill.total_micros, ended.paid_micros) == (2_200_000, 2_200_000)
    (ended,) = hall.check_out("PC02", payment="cash", due_micros=2 * EURO)
    assert ended.bill.total_micros == 2 * EURO
    assert (hall.till("card"), hall.till("cash")) == (2_200_000, 2 * EURO)
    # Read again they are what they were.
    for session, total in ((first, 2_200_000), (second, 2 * EURO)):
        again = hall.store.read_sync(settlement_of, hall.center.id, session.id)
        assert again is not None
        assert (again.bill.total_micros, again.paid_micros) == (total, total)
    hall.verify()


def test_a_holiday_holds_for_running_sessions_from_now_on(
    hall: Floor, freeze: clock.frozen
) -> None:
    today = clock.now().date()
    sunday = {"date": today.isoformat(), "weekday": 7, "name": "Feast"}
    hall.add_price("Sunday", 600, weekdays=(7,))
    hall.add_price("Weekday", 200, weekdays=(1, 2, 3, 4, 5, 6))
    session = hall.guest(POSTPAID)
    freeze.advance(30 * MINUTE)
    before = hall.session(session.id).cost_micros(clock.now())
    save(hall, holidays=json.dumps([sunday]))
    freeze.advance(30 * MINUTE)
    assert hall.session(session.id).cost_micros(clock.now()) == before + 3 * EURO
    assert hall.session(session.id).bill(clock.now()).lines[-1].holiday == "Feast"
    # Taken away, the price is that of the day as it is; what was played stays.
    save(hall, holidays="[]")
    freeze.advance(30 * MINUTE)
    assert hall.session(session.id).cost_micros(clock.now()) == before * 2 + 3 * EURO
    hall.check_out("PC01")
    hall.verify()


def test_quick_sums_are_what_they_buy_now(hall: Floor, freeze: clock.frozen) -> None:
    def chips() -> list[tuple[int, int]]:
        def read_chips(read):
            lengths = lengths_for(price_list(read, hall.center), hall.center, 0, clock.now())
            return lengths.chips(hall.center)

        found = hall.store.read_sync(read_chips)
        return [(chip.minutes, chip.cost_micros) for chip in found]

    assert chips() == [(30, EURO), (60, 2 * EURO), (120, 4 * EURO), (300, 10 * EURO)]
    rows = [
        {"min": "45", "money": ""},
        {"min": "30", "money": "5.00"},
        {"min": "90", "money": "0.00"},
        {"min": "", "money": ""},
        {"min": "0", "money": "0.01"},
    ]
    hall.set(price_button=json.dumps(rows))
    # A sum goes before the minutes beside it, and what buys nothing is no button.
    assert chips() == [(45, 1_500_000), (150, 5 * EURO), (90, 3 * EURO)]
    hall.set_price(400)
    assert chips() == [(45, 3 * EURO), (75, 5 * EURO), (90, 6 * EURO)]
    hall.set(price_button='[["as it was kept before"]]')
    assert [minutes for minutes, _ in chips()] == [30, 60, 120, 300]


def test_a_holiday_that_is_over_is_kept_by_nobody(hall: Floor, freeze: clock.frozen) -> None:
    today = clock.now().date()
    days = [today - timedelta(days=30), today, today + timedelta(days=200)]
    rows = [{"date": day.isoformat(), "weekday": 7, "name": "Feast"} for day in days]
    save(hall, holidays=json.dumps(rows))
    session = hall.guest(POSTPAID)
    kept = [one.date for one in session.segments[0].tariff.holidays]
    assert kept == [day.isoformat() for day in days[1:]]
    # Days later a change that does not concern the session opens no segment in it.
    freeze.advance(6 * 24 * HOUR)
    hall.add_price("Elsewhere", 900, pc_group_id=hall.add_pc_group("Elsewhere"))
    save(hall, default_price_fills_gaps=True, daily_cap_micros=EURO)
    assert len(hall.session(session.id).segments) == 1
    hall.set_price(300)
    assert len(hall.session(session.id).segments) == 2
    assert len(hall.session(session.id).segments[-1].tariff.holidays) == 1
