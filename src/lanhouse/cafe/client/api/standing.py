"""What every call of the member side tells of who makes it, and whose it may be."""

from __future__ import annotations

from lanhouse.cafe.centers.call import CafeCall
from lanhouse.cafe.client.queries import Seat as SeatedAt
from lanhouse.cafe.client.queries import Seated, seat_by_id, seated
from lanhouse.cafe.client.wire import SeatClientOut, SeatStandingOut, seat_member
from lanhouse.cafe.sessions.queries.calculations import PriceStep, Seat, prices_ahead
from lanhouse.cafe.sessions.wire.outputs import time_info
from lanhouse.db.store import Read
from lanhouse.kit import clock
from lanhouse.kit.errors import Forbidden, Unauthenticated
from lanhouse.kit.local_time import whole_second
from lanhouse.kit.said import say


async def standing_of(call: CafeCall, member_id: int, pc_id: int) -> SeatStandingOut:
    """A member (by id) as the seat shows him now; `pc_id` 0: wherever he plays."""
    center, at = call.center, clock.now()

    def asked(read: Read) -> tuple[Seated, list[PriceStep]]:
        found = seated(read, center, member_id, pc_id, at)
        if found.pc is None:
            return found, []
        seat = Seat(center, found.pc.name, found.member.row.account, whole_second(at))
        return found, prices_ahead(read, seat)

    found, steps = await call.read(asked)
    return SeatStandingOut(
        member=seat_member(found, center, at),
        client=SeatClientOut(
            start_session=int(found.session is not None),
            pc_time_info=time_info(steps, center.zone) if steps else None,
        ),
    )


async def own_seat(call: CafeCall, pc_name: str = "") -> SeatedAt:
    """The PC whose program calls. Raises Forbidden for another one that is named."""
    seat = await call.read(seat_by_id, call.center, call.actor.pc_id)
    if seat is None:
        raise Unauthenticated
    must_be_seat(seat, pc_name)
    return seat


def must_be_seat(seat: SeatedAt, pc_name: str) -> None:
    """Raise Forbidden for a PC that is named and is not this one."""
    if pc_name.strip() and pc_name.strip().casefold() != seat.pc_name.casefold():
        raise Forbidden(say("This is the program of %(pc)s.", pc=seat.pc_name))
