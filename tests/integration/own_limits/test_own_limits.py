"""Limits that a member sets himself: obeyed wherever he plays or tops up (decision 0146)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from lanhouse.auth.actors import Actor
from lanhouse.cafe.bookings.commands.moving import MoveBooking, move_booking
from lanhouse.cafe.bookings.schemas import State
from lanhouse.cafe.members.commands.changing import MembersNamed, delete_members
from lanhouse.cafe.minors.errors import TooYoungHere
from lanhouse.cafe.own_limits.commands import Break, SetLimit, set_limit, take_break
from lanhouse.cafe.own_limits.queries import limits_of, played_seconds, used_of
from lanhouse.cafe.own_limits.schemas import Kind, Limit
from lanhouse.cafe.payments.commands import begin_payment
from lanhouse.cafe.payments.schemas import Begin
from lanhouse.cafe.sessions.commands import PauseOne, pause_session, resume_session
from lanhouse.cafe.sessions.jobs import end_due_sessions
from lanhouse.cafe.topups.commands import Paid, credit_paid, top_up
from lanhouse.cafe.topups.schemas import TopUp
from lanhouse.db.store import Store
from lanhouse.kit import clock
from lanhouse.kit.errors import AppError, Forbidden, InvalidInput, Refused
from lanhouse.ledger.sealing import seal_new_digests
from lanhouse.ledger.verify import verify_ledger
from tests.builders.databases import by_hand
from tests.builders.floor import DESK, EURO, Floor, open_floor

HOUR = 3600
NOON = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)


@pytest.fixture
def floor(store: Store) -> Floor:
    return open_floor(store, pcs_count=3)


def limit(floor: Floor, member_id: int, kind: Kind, value: int | None) -> Limit:
    actor = Actor(kind="member", center_id=7777, member_id=member_id)
    cmd = SetLimit(center=floor.center, actor=actor, kind=kind, value=value)
    done: Limit = floor.run(set_limit, cmd)
    return done


def end_of(floor: Floor, session_id: int) -> datetime | None:
    return floor.session(session_id).expires_at


def pay_in(floor: Floor, member_id: int, micros: int) -> None:
    cmd = TopUp(center=floor.center, actor=DESK, member_ids=[member_id], value_micros=micros)
    floor.run(top_up, cmd)


def test_a_running_session_is_cut_at_once_and_the_money_stays(floor: Floor) -> None:
    with clock.frozen(NOON):
        eva = floor.add_member("eva", balance=20 * EURO)
        session = floor.member(eva)
        assert end_of(floor, session.id) == NOON + timedelta(hours=10)
    with clock.frozen(NOON + timedelta(hours=1)):
        limit(floor, eva, Kind.PLAY, 2 * HOUR)
        assert end_of(floor, session.id) == NOON + timedelta(hours=2)
        # Looser only tomorrow.
        limit(floor, eva, Kind.PLAY, None)
        assert end_of(floor, session.id) == NOON + timedelta(hours=2)
        # More money does not lengthen it.
        pay_in(floor, eva, 10 * EURO)
        assert end_of(floor, session.id) == NOON + timedelta(hours=2)
    with clock.frozen(NOON + timedelta(hours=2, seconds=1)):
        floor.run(end_due_sessions, None)
        assert floor.session(session.id).ended_at == NOON + timedelta(hours=2)
        with pytest.raises(TooYoungHere, match="own limits"):
            floor.member(eva)
    assert floor.money(eva)[0] == 26 * EURO
    with clock.frozen(NOON + timedelta(hours=25, seconds=1)):
        # Waited for; the day is another one too.
        assert end_of(floor, floor.member(eva).id) == NOON + timedelta(hours=38, seconds=1)


def test_pauses_do_not_count_and_two_pcs_count_once(floor: Floor) -> None:
    floor.set(allow_additional_session=True)
    with clock.frozen(NOON):
        eva = floor.add_member("eva", balance=100 * EURO)
        limit(floor, eva, Kind.PLAY, 3 * HOUR)
        first = floor.member(eva, "PC01")
    with clock.frozen(NOON + timedelta(hours=1)):
        floor.run(pause_session, PauseOne(floor.center, DESK, first.id))
    with clock.frozen(NOON + timedelta(hours=2)):
        floor.run(resume_session, PauseOne(floor.center, DESK, first.id))
        assert end_of(floor, first.id) == NOON + timedelta(hours=4)
        second = floor.member(eva, "PC02")
        assert end_of(floor, second.id) == NOON + timedelta(hours=4)
    after = NOON + timedelta(hours=3)
    with clock.frozen(after):
        assert floor.store.read_sync(played_seconds, floor.center, eva, after) == 2 * HOUR
        floor.check_out("PC01")
        floor.check_out("PC02")
        assert floor.store.read_sync(played_seconds, floor.center, eva, after) == 2 * HOUR


def test_no_booking_passes_an_own_limit(floor: Floor) -> None:
    with clock.frozen(NOON):
        eva = floor.add_member("eva", balance=100 * EURO)
        limit(floor, eva, Kind.PLAY, 3 * HOUR)
        tomorrow = NOON + timedelta(hours=24)
        with pytest.raises(TooYoungHere, match="own limits allow play until"):
            floor.book("PC01", at=tomorrow, minutes=181, member_id=eva)
        assert floor.money(eva) == (100 * EURO, 0)
        first = floor.book_one("PC01", at=tomorrow, minutes=120, member_id=eva)
        # Both together would be more than he lets himself play, whichever comes first.
        for hours in (-2, 4):
            at = tomorrow + timedelta(hours=hours)
            with pytest.raises(TooYoungHere, match="own limits"):
                floor.book("PC02", at=at, minutes=90, member_id=eva)
        assert floor.money(eva) == (96 * EURO, 0)
        # A friend beside him takes no time of his, and another day has time of its own.
        floor.book_one("PC02", at=tomorrow, minutes=120, member_id=eva)
        floor.book_one("PC03", at=tomorrow + timedelta(hours=24), minutes=180, member_id=eva)
        # It may be moved: its own time is not counted twice.
        later = tomorrow + timedelta(minutes=30)
        move = MoveBooking(
            center=floor.center, actor=DESK, booking_id=first.id, pc_name="PC01", starts_at=later
        )
        (moved,) = floor.run(move_booking, move).made.made
        assert moved.booking.starts_at == later
        # Given back it leaves its time: 3 hours beside the friend's two would be one too many.
        floor.cancel(moved.booking.id)
        with pytest.raises(TooYoungHere, match="own limits"):
            floor.book("PC01", at=tomorrow + timedelta(hours=1), minutes=180, member_id=eva)
        floor.book("PC01", at=tomorrow + timedelta(hours=1), minutes=120, member_id=eva)
    floor.verify()


def test_who_waits_behind_a_booking_gets_no_seat_past_his_own_limit(floor: Floor) -> None:
    floor.set(allow_booking_in_queue=True)
    with clock.frozen(NOON):
        ann, eva = (floor.add_member(name, balance=50 * EURO) for name in ("ann", "eva"))
        at = NOON + timedelta(hours=3)
        first = floor.book_one("PC01", at=at, minutes=120, member_id=ann)
        waits = floor.book_one("PC01", at=at, minutes=120, member_id=eva)
        limit(floor, eva, Kind.PLAY, HOUR)
        floor.cancel(first.id)
        assert floor.booking(waits.id).state == State.DROPPED
        assert floor.money(eva) == (50 * EURO, 0)
    floor.verify()


def test_booked_time_is_cut_by_a_limit_that_was_set_since(floor: Floor) -> None:
    with clock.frozen(NOON):
        eva = floor.add_member("eva", balance=50 * EURO)
        at = NOON + timedelta(hours=3)
        floor.book_one("PC01", at=at, minutes=120, member_id=eva)
        limit(floor, eva, Kind.PLAY, HOUR)
    with clock.frozen(at):
        session = floor.member(eva, "PC01")
        assert end_of(floor, session.id) == at + timedelta(hours=1)
    with clock.frozen(at + timedelta(hours=1, seconds=1)):
        floor.run(end_due_sessions, None)
        assert not floor.is_busy("PC01")
        # What he paid for the booked time stays paid; his balance was not touched.
        assert floor.money(eva) == (46 * EURO, 0)
    floor.verify()


def test_top_ups_of_a_month_by_every_door(floor: Floor) -> None:
    with clock.frozen(NOON):
        eva = floor.add_member("eva")
        pay_in(floor, eva, 10 * EURO)
        limit(floor, eva, Kind.TOPUP, 30 * EURO)
        with pytest.raises(InvalidInput, match=r"leaves 20\.00 of 30\.00"):
            pay_in(floor, eva, 21 * EURO)
        actor = Actor(kind="member", center_id=7777, member_id=eva)
        begin = Begin(
            center=floor.center,
            actor=actor,
            gateway="manual",
            amount_micros=15 * EURO,
            member_id=eva,
        )
        floor.run(begin_payment, begin)
        # What waits to be paid counts too.
        with pytest.raises(InvalidInput, match=r"leaves 5\.00"):
            floor.run(begin_payment, msgspec.structs.replace(begin, amount_micros=6 * EURO))
        # Money that has come is never refused.
        paid = Paid(
            center=floor.center, actor=DESK, member_id=eva, value_micros=15 * EURO, tender="qr"
        )
        floor.run(credit_paid, paid)
        used = floor.store.read_sync(used_of, floor.center, eva, NOON)
        assert used.topped_up_micros == 25 * EURO
    with clock.frozen(NOON + timedelta(days=31)):
        pay_in(floor, eva, 30 * EURO)
        assert floor.money(eva)[0] == 55 * EURO


def test_top_ups_beside_each_other_in_one_batch(floor: Floor) -> None:
    eva = floor.add_member("eva")
    limit(floor, eva, Kind.TOPUP, 15 * EURO)
    cmd = TopUp(center=floor.center, actor=DESK, member_ids=[eva], value_micros=10 * EURO)
    outcomes: list[str] = []
    for _ in range(2):
        try:
            floor.run(top_up, cmd)
            outcomes.append("done")
        except AppError:
            outcomes.append("refused")
    assert outcomes == ["done", "refused"]
    assert floor.money(eva)[0] == 10 * EURO


def test_a_break_ends_what_runs_and_nobody_ends_it(floor: Floor) -> None:
    actor = Actor(kind="member", center_id=7777, member_id=0)
    with clock.frozen(NOON):
        eva = floor.add_member("eva", balance=20 * EURO)
        session = floor.member(eva)
        mine = msgspec.structs.replace(actor, member_id=eva)
        floor.run(take_break, Break(center=floor.center, actor=mine, days=7))
        assert end_of(floor, session.id) == NOON
        with pytest.raises(InvalidInput):
            limit(floor, eva, Kind.BREAK, None)
        floor.run(take_break, Break(center=floor.center, actor=mine, days=1))
        floor.run(end_due_sessions, None)
    with clock.frozen(NOON + timedelta(days=6)), pytest.raises(TooYoungHere):
        floor.member(eva)
    with clock.frozen(NOON + timedelta(days=7)):
        floor.member(eva)


def test_only_members_and_only_for_themselves(floor: Floor) -> None:
    guest = floor.add_member("G_AAAAAA", group_id=-1)
    with pytest.raises(Refused):
        limit(floor, guest, Kind.PLAY, HOUR)
    cmd = SetLimit(center=floor.center, actor=DESK, kind=Kind.PLAY, value=HOUR)
    with pytest.raises(Forbidden):
        floor.run(set_limit, cmd)
    eva = floor.add_member("eva")
    with pytest.raises(InvalidInput):
        limit(floor, eva, Kind.PLAY, 60)


def test_limits_are_sealed_and_go_with_the_member(floor: Floor) -> None:
    eva, tom = floor.add_member("eva"), floor.add_member("tom")
    for member_id in (eva, tom):
        limit(floor, member_id, Kind.PLAY, 2 * HOUR)
    floor.run(delete_members, MembersNamed(center=floor.center, actor=DESK, member_ids=[eva]))
    assert floor.store.read_sync(limits_of, eva) == {}

    def problem() -> str | None:
        while floor.run(seal_new_digests, None):
            pass
        return floor.store.read_sync(verify_ledger, None).problem

    assert problem() is None
    by_hand(floor.store, f"UPDATE own_limits SET value = 86000 WHERE member_id = {tom}")
    assert "own_limits" in (problem() or "")
