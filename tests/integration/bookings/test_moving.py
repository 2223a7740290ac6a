"""A booking that is moved or released: money, queue, party and password."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
import pytest

from lanhouse.auth.actors import Actor
from lanhouse.cafe.bookings.commands.ending import ReleaseBooking, release_booking
from lanhouse.cafe.bookings.commands.moving import (
    MoveBooking,
    MovedBooking,
    move_booking,
    plan_move_of,
)
from lanhouse.cafe.bookings.queries import live_bookings
from lanhouse.cafe.bookings.schemas import Booking, Kind, State
from lanhouse.cafe.desk.queries.booking_day import booking_day, cells_of, day_span
from lanhouse.cafe.sessions.commands import QuoteRefused
from lanhouse.cafe.sessions.schemas import POSTPAID
from lanhouse.db.store import Store
from lanhouse.kit import clock
from lanhouse.kit.errors import InvalidInput, NotFound, Refused
from tests.builders.floor import DESK, EURO, Floor, later, open_floor

HOUR = 3600


@pytest.fixture
def floor(store: Store, freeze: clock.frozen) -> Floor:
    """Four PCs at 2 an hour."""
    assert freeze is not None
    return open_floor(store, pcs_count=4)


def moving(
    floor: Floor, booking_id: int, pc: str, at: datetime, shown: int | None = None
) -> MoveBooking:
    return MoveBooking(
        center=floor.center,
        actor=DESK,
        booking_id=booking_id,
        pc_name=pc,
        starts_at=at,
        shown_micros=shown,
    )


def moved(
    floor: Floor, booking_id: int, pc: str, at: datetime, shown: int | None = None
) -> MovedBooking:
    return floor.run(move_booking, moving(floor, booking_id, pc, at, shown))


def live(floor: Floor) -> list[Booking]:
    return floor.store.read_sync(live_bookings, floor.hall.center_id, clock.now())


def test_a_booking_is_moved_with_all_its_money(floor: Floor) -> None:
    # Without what goes back it could not be paid.
    ann = floor.add_member("ann", balance=2 * EURO)
    booking = floor.book_one("PC01", at=later(2 * HOUR), member_id=ann, comment="left-handed")
    assert floor.money(ann) == (0, 0)
    wanted = moving(floor, booking.id, "PC02", later(3 * HOUR))
    plan = floor.store.read_sync(plan_move_of, wanted, clock.now())
    assert (plan.back.refund_micros, plan.made.taken_micros) == (2 * EURO, 2 * EURO)
    with pytest.raises(QuoteRefused):
        moved(floor, booking.id, "PC02", later(3 * HOUR), shown=1 * EURO)
    done = moved(floor, booking.id, "PC02", later(3 * HOUR), shown=2 * EURO)
    (one,) = done.made.made
    assert (one.password, one.booking.comment, one.booking.pc_name) == ("", "left-handed", "PC02")
    assert floor.booking(booking.id).state == State.CANCELLED
    assert [each.id for each in live(floor)] == [one.booking.id]
    assert floor.money(ann) == (0, 0)
    # A little later on the same PC, over its own time.
    again = moved(floor, one.booking.id, "PC02", later(3 * HOUR + 600))
    assert again.made.made[0].booking.starts_at == later(3 * HOUR + 600)
    floor.verify()


def test_what_is_refused_moves_nothing(floor: Floor, freeze: clock.frozen) -> None:
    ann, bob = floor.add_member("ann", balance=10 * EURO), floor.add_member("bob", balance=9 * EURO)
    booking = floor.book_one("PC01", at=later(2 * HOUR), member_id=ann)
    floor.book_one("PC02", at=later(2 * HOUR), member_id=bob)
    for pc, at, error, words in (
        ("PC02", later(2 * HOUR), Refused, "There are other booking"),
        ("PC99", later(2 * HOUR), Refused, "PC99"),
        ("PC03", later(-HOUR), InvalidInput, "must lie in the future"),
    ):
        with pytest.raises((error, NotFound, InvalidInput), match=words):
            moved(floor, booking.id, pc, at)
    with pytest.raises(NotFound):
        moved(floor, 10**9, "PC03", later(HOUR))
    assert floor.booking(booking.id).state == State.WAITING
    assert floor.money(ann) == (8 * EURO, 0)
    freeze.advance(2 * HOUR)
    with pytest.raises(Refused, match="has come"):
        moved(floor, booking.id, "PC03", later(HOUR))
    floor.verify()


def test_cash_goes_back_and_is_taken_again_and_the_party_stays(floor: Floor) -> None:
    party = floor.book("PC01", "PC02", at=later(2 * HOUR), payment="cash")
    first, second = (each.booking for each in party.made)
    till = floor.till("cash")
    done = moved(floor, second.id, "PC03", later(2 * HOUR))
    now = done.made.made[0].booking
    assert now.party_id == first.id
    assert now.password_hash == second.password_hash != ""
    assert done.back.handed_out == {"cash": 2 * EURO}
    assert floor.till("cash") == till
    floor.verify()


def test_each_pc_of_a_party_is_paid_by_its_own_tender(floor: Floor) -> None:
    cash, card = floor.till("cash"), floor.till("card")
    done = floor.book("PC01", "PC02", at=later(2 * HOUR), payments={"PC02": "card"})
    assert [each.booking.payment for each in done.made] == ["cash", "card"]
    assert abs(floor.till("cash") - cash) == abs(floor.till("card") - card) == 2 * EURO
    assert floor.cancel(done.made[1].booking.id).handed_out == {"card": 2 * EURO}
    floor.verify()


def test_who_waits_takes_the_seat_of_what_is_moved_away(floor: Floor) -> None:
    floor.set(allow_booking_in_queue=True)
    ann, bob = floor.add_member("ann", balance=9 * EURO), floor.add_member("bob", balance=9 * EURO)
    booking = floor.book_one("PC01", at=later(2 * HOUR), member_id=ann)
    waiting = floor.book_one("PC01", at=later(2 * HOUR), member_id=bob)
    with pytest.raises(Refused, match="waits behind"):
        moved(floor, waiting.id, "PC03", later(2 * HOUR))
    moved(floor, booking.id, "PC02", later(2 * HOUR))
    assert floor.booking(waiting.id).behind_id is None
    assert floor.money(bob) == (7 * EURO, 0)
    floor.verify()


def test_a_seat_is_released_before_its_grace_is_over(floor: Floor, freeze: clock.frozen) -> None:
    floor.set(allow_booking_in_queue=True)
    ann, bob = floor.add_member("ann", balance=9 * EURO), floor.add_member("bob", balance=9 * EURO)
    booking = floor.book_one("PC01", at=later(HOUR), member_id=ann)
    waiting = floor.book_one("PC01", at=later(HOUR), member_id=bob)
    cmd = ReleaseBooking(center=floor.center, actor=DESK, booking_id=booking.id)
    with pytest.raises(Refused, match="has not come"):
        floor.run(release_booking, cmd)
    freeze.advance(HOUR + 300)
    assert floor.run(release_booking, cmd).state == State.MISSED
    with pytest.raises(Refused, match="over or has begun"):
        floor.run(release_booking, cmd)
    # Nothing goes back; who waited pays for what is left.
    assert floor.money(ann) == (7 * EURO, 0)
    assert floor.booking(waiting.id).behind_id is None
    assert floor.money(bob)[0] < 9 * EURO - EURO
    floor.member(bob, "PC01")
    with pytest.raises(NotFound):
        floor.run(release_booking, msgspec.structs.replace(cmd, booking_id=10**9))
    floor.verify()


def test_the_day_has_every_pc_without_a_gap(floor: Floor, freeze: clock.frozen) -> None:
    ann = floor.add_member("ann", balance=20 * EURO)
    floor.book_one("PC01", at=later(HOUR), member_id=ann)
    late = floor.book_one("PC02", at=later(HOUR + 60), member_id=ann)
    today = clock.now().date()
    day = floor.store.read_sync(booking_day, floor.center, today, False, clock.now())
    rows = [row for room in day.rooms for row in room.rows]
    assert len(rows) == 4
    for row in rows:
        assert sum(cell.units for cell in row.cells) == day.units == 288
        assert [cell.from_unit for cell in row.cells] == [
            sum(each.units for each in row.cells[:number]) for number in range(len(row.cells))
        ]
    (block,) = [cell for cell in rows[1].cells if cell.booking]
    assert block.booking is not None
    assert (block.booking.id, block.units) == (late.id, 13)
    only = floor.store.read_sync(booking_day, floor.center, today, True, clock.now())
    assert [row.name for room in only.rooms for row in room.rows] == ["PC01", "PC02"]


def test_who_plays_stands_on_the_timeline(floor: Floor, freeze: clock.frozen) -> None:
    """Each PC once: from his start to his planned end, and in his booking as the booking."""
    floor.set(allow_booking_when_pc_online=True)
    ann, bob = floor.add_member("ann", balance=9 * EURO), floor.add_member("bob", balance=4 * EURO)
    mine = floor.book_one("PC01", at=later(0), member_id=ann)
    floor.member(ann, "PC01")
    floor.member(bob, "PC02")
    floor.guest(POSTPAID, "PC03")
    freeze.advance(10 * 60)
    now = clock.now()
    day = floor.store.read_sync(booking_day, floor.center, now.date(), False, now)
    rows = {row.name: row.cells for room in day.rooms for row in room.rows}
    begin = (now - day.since).total_seconds() // 300 - 2
    shown = {
        name: [
            (cell.from_unit - begin, cell.units, (cell.playing or cell.booking) is cell.playing)
            for cell in cells
            if cell.playing or cell.booking
        ]
        for name, cells in rows.items()
    }
    # Ann's money lasts longer than her booked hour: first the booking, then what she plays on.
    (first, more) = shown["PC01"]
    assert (first, more[0], more[2]) == ((0, 12, False), 12, True)
    assert shown["PC02"] == [(0, 24, True)]
    # Nothing ends a postpaid session: it stands until now.
    assert shown["PC03"] == [(0, 2, True)]
    assert shown["PC04"] == []
    assert all(sum(cell.units for cell in cells) == 288 for cells in rows.values())
    other = now.date() + timedelta(days=1)
    tomorrow = floor.store.read_sync(booking_day, floor.center, other, False, now)
    assert not any(
        cell.playing for room in tomorrow.rooms for row in room.rows for cell in row.cells
    )
    assert mine.id in {each.id for each in day.bookings}


def test_a_missed_booking_gives_way_on_the_timeline(floor: Floor, freeze: clock.frozen) -> None:
    ann, bob = floor.add_member("ann", balance=9 * EURO), floor.add_member("bob", balance=9 * EURO)
    floor.book_one("PC01", at=later(60), member_id=ann)
    freeze.advance(20 * 60)
    floor.bring_on()
    floor.book_one("PC01", at=later(60), member_id=bob)
    since, before = day_span(clock.now().date(), floor.center.zone)
    found = floor.store.read_sync(
        booking_day, floor.center, clock.now().date(), True, clock.now()
    ).bookings
    cells = cells_of(found, since, before)
    assert sum(cell.units for cell in cells) == 288
    assert [each.booking.member_account for each in cells if each.booking] == ["ann", "bob"]


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25)])
def test_a_day_whose_clocks_change(floor: Floor, day: date, hours: int) -> None:
    since, before = day_span(day, ZoneInfo("Europe/Berlin"))
    assert (before - since).total_seconds() == hours * HOUR
    shown = floor.store.read_sync(
        booking_day,
        msgspec.structs.replace(floor.center, zone_name="Europe/Berlin"),
        day,
        False,
        clock.now(),
    )
    assert (shown.units, len(shown.hours)) == (hours * 12, hours)
    assert since.astimezone(UTC) == since


def test_members_book_no_room_that_is_not_for_it_and_no_time_past_the_close(floor: Floor) -> None:
    ann = floor.add_member("ann", balance=20 * EURO)
    himself = Actor(kind="member", center_id=floor.hall.center_id, member_id=ann)
    floor.add_room("VIP", "VIP 1")
    with pytest.raises(Refused, match="PCs of this room are not booked"):
        floor.book("VIP 1", at=later(HOUR), member_id=ann, actor=himself)
    floor.book("VIP 1", at=later(HOUR), member_id=ann)
    assert live(floor)[0].kind == Kind.TIME
    floor.set(end_sessions_at_closing=True, open_time_start="09:00", open_time_end="13:00")
    with pytest.raises(Refused, match="The house closes before"):
        floor.book("PC01", at=later(HOUR // 2), member_id=ann)
    floor.book("PC01", at=later(0), member_id=ann)


def test_booked_time_is_played_while_packages_begin_no_session(
    floor: Floor, freeze: clock.frozen
) -> None:
    ann = floor.add_member("ann", balance=10 * EURO)
    floor.book_one("PC01", at=later(0), member_id=ann)
    floor.set(allow_offer_session=False)
    floor.member(ann, "PC01")
    freeze.advance(HOUR // 2)
    (ended,) = floor.check_out("PC01")
    assert ended.bill.total_micros == 0
    floor.verify()


def test_booked_time_is_played_in_a_further_session(floor: Floor, freeze: clock.frozen) -> None:
    floor.set(allow_additional_session=True)
    ann = floor.add_member("ann", balance=20 * EURO)
    booking = floor.book_one("PC02", at=later(0), member_id=ann)
    floor.member(ann, "PC01")
    further = floor.member(ann, "PC02")
    assert further.is_further
    assert floor.booking(booking.id).state == State.BEGUN
    freeze.advance(HOUR // 2)
    (ended,) = floor.check_out("PC02")
    assert ended.bill.total_micros == 0
    floor.guest(POSTPAID, "PC03")
    floor.verify()
