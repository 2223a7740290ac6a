"""What is booked in the demo centre: a seat for a member tomorrow, and two for guests."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial

from lanhouse.cafe.bookings.commands import BookingPassword, MakeBooking, make_booking
from lanhouse.cafe.bookings.plans import Wanted
from lanhouse.cafe.centers.demo import Moment, demo_center
from lanhouse.cafe.members.demo import PEOPLE, member_id_of
from lanhouse.cafe.pcs.demo import WORKING_PCS
from lanhouse.cafe.staff.demo import desk_actor
from lanhouse.db.store import Tx
from lanhouse.kit import ids


def weeks(begin: datetime, end: datetime) -> Iterator[Moment]:
    """A member pays at the desk for an hour of tomorrow, two guests for two hours."""
    del begin
    tomorrow = end.replace(minute=0, second=0, microsecond=0) + timedelta(days=1, hours=2)
    at = end - timedelta(minutes=4)
    person = PEOPLE[18][0]
    yield at, partial(_book, names=WORKING_PCS[12:13], begins=tomorrow, minutes=60, account=person)
    later = tomorrow + timedelta(hours=1)
    yield at, partial(_book, names=WORKING_PCS[13:15], begins=later, minutes=120, account="")


def _book(tx: Tx, names: Sequence[str], begins: datetime, minutes: int, account: str) -> None:
    """Paid in cash; the guests' passwords are those of a demo."""
    center = demo_center(tx)
    wanted = Wanted(
        center=center,
        actor=desk_actor(tx),
        pc_names=list(names),
        starts_at=begins,
        minutes=minutes,
        member_id=member_id_of(tx, account) if account else 0,
        payment="cash",
        comment="By the window, please",
    )
    words = [f"{number:06d}" for number in range(1, len(names) + 1)]
    passwords = [BookingPassword(each, f"demo${ids.slow_hash(each, 'demo')}") for each in words]
    make_booking(tx, MakeBooking(wanted=wanted, passwords=passwords))
