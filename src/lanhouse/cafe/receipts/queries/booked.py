"""What a row of the billing log booked, or gave back of a booking."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from lanhouse.cafe.bookings.rules import DAYS_AHEAD_MAX
from lanhouse.cafe.bookings.tables import bookings
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.money.taxes import TIME_TAX
from lanhouse.cafe.receipts.schemas import Item
from lanhouse.db.statements import Row, static
from lanhouse.db.store import Read
from lanhouse.kit.local_time import local_text

_TIME = bookings.c.ends_at.type
# None lies further ahead, so the member's index bounds what is looked at.
_AHEAD = timedelta(days=DAYS_AHEAD_MAX + 2)
_MOVED_BY = static(
    sa.select(bookings).where(
        bookings.c.center_id == sa.bindparam("center"),
        bookings.c.member_id == sa.bindparam("member"),
        bookings.c.ends_at > sa.bindparam("since", type_=_TIME),
        bookings.c.ends_at < sa.bindparam("before", type_=_TIME),
        sa.or_(
            bookings.c.transfer_id == sa.bindparam("transfer"),
            bookings.c.refund_transfer_id == sa.bindparam("transfer"),
        ),
    )
)


def item_of_booking(read: Read, center: Center, row: Row) -> Item | None:
    """The line of the booking that a row paid for or gave back: its PC and time; None where it is
    of something else."""
    if row.transfer_id is None:
        return None
    found = read.one(
        _MOVED_BY,
        center=center.id,
        member=row.member_id,
        since=row.at,
        before=row.at + _AHEAD,
        transfer=row.transfer_id,
    )
    if found is None:
        return None
    begins, ends = (local_text(at, center.zone)[:16] for at in (found.starts_at, found.ends_at))
    name = f"{found.pc_name}, {begins} – {ends[-5:]}"
    if found.offer_name:
        name = f"{found.offer_name}, {name}"
    return Item(kind="booking", amount_micros=row.cost_micros, name=name, tax_number=TIME_TAX)
