"""Who calls from a seat or for himself, and what is told of him."""

from __future__ import annotations

from msgspec.structs import replace

from lanhouse.auth.actors import NOBODY, Actor
from lanhouse.auth.lockout import Attempt
from lanhouse.auth.rights import rights_of
from lanhouse.cafe.centers.call import CafeCall
from lanhouse.cafe.centers.queries import center_by_license
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.client.queries import Seat, Seated, seat_by_id, seat_of_token, seated
from lanhouse.cafe.client.wire import SeatClientOut, SeatStandingOut, SignInAtIn, seat_member
from lanhouse.cafe.sessions.queries.calculations import PriceStep, prices_ahead
from lanhouse.cafe.sessions.queries.calculations import Seat as PricedSeat
from lanhouse.cafe.sessions.wire.outputs import time_info
from lanhouse.db.store import Read
from lanhouse.kit import clock
from lanhouse.kit.errors import Forbidden, Refused, Unauthenticated
from lanhouse.kit.local_time import whole_second
from lanhouse.kit.said import say
from lanhouse.web.call import Call


def attempt_at(call: Call, center: Center, seat: Seat | None, account: str) -> Attempt:
    """What counts a try. All seats of a hall have one address: a seat counts as a place of its
    own."""
    where = call.address if seat is None else f"pc {seat.pc_id}"
    return Attempt(center.id, account, where)


def as_nobody(call: Call, center: Center) -> CafeCall:
    """The call of somebody of whom only the centre is known."""
    return CafeCall(call, replace(NOBODY, center_id=center.id), center)


def as_member(call: Call, center: Center, member_id: int, pc_id: int) -> CafeCall:
    """The call of a member who has just proved who he is."""
    actor = Actor(
        kind="member",
        center_id=center.id,
        member_id=member_id,
        pc_id=pc_id,
        role="member",
        rights=rights_of("member"),
    )
    return CafeCall(call, actor, center)


async def center_named(call: Call, license_name: str) -> Center:
    """The centre of a licence name. Raises Refused."""
    center = await call.read(center_by_license, license_name.strip())
    if center is None:
        raise Refused(say("There is no centre with this licence name."))
    return center


async def place_of(call: Call, data: SignInAtIn) -> tuple[Center, Seat | None]:
    """Where somebody signs in. Raises Unauthenticated at a seat without its token, and Refused for
    a centre that there is not."""
    seat = await seat_of(call, data)
    if seat is not None:
        return seat.center, seat
    if data.is_client:
        raise Unauthenticated
    return await center_named(call, data.license_name), None


async def seat_of(call: Call, data: SignInAtIn) -> Seat | None:
    """The PC whose token came, as the bearer or in the body; None without one, or for a program
    that is not at a seat. Raises Unauthenticated for the token of another PC than is named."""
    seat = None
    if isinstance(call, CafeCall) and call.actor.kind == "device":
        seat = await call.read(seat_by_id, call.center, call.actor.pc_id)
    elif data.status_pc_token:
        seat = await call.read(seat_of_token, data.status_pc_token)
    if seat is None:
        return None
    named, license_name = data.pc_name.strip(), data.license_name.strip()
    if named and named.casefold() != seat.pc_name.casefold():
        raise Unauthenticated
    if license_name and license_name != seat.center.license_name:
        raise Unauthenticated
    return seat


async def standing_of(call: CafeCall, member_id: int, pc_id: int) -> SeatStandingOut:
    """A member (by id) as the seat shows him now; `pc_id` 0: wherever he plays."""
    center, at = call.center, clock.now()

    def asked(read: Read) -> tuple[Seated, list[PriceStep]]:
        found = seated(read, center, member_id, pc_id, at)
        if found.pc is None:
            return found, []
        seat = PricedSeat(center, found.pc.name, found.member.row.account, whole_second(at))
        return found, prices_ahead(read, seat)

    found, steps = await call.read(asked)
    return SeatStandingOut(
        member=seat_member(found, center, at),
        client=SeatClientOut(
            start_session=int(found.session is not None),
            pc_time_info=time_info(steps, center.zone) if steps else None,
        ),
    )


async def own_seat(call: CafeCall, pc_name: str = "") -> Seat:
    """The PC whose program calls. Raises Forbidden for another one that is named."""
    seat = await call.read(seat_by_id, call.center, call.actor.pc_id)
    if seat is None:
        raise Unauthenticated
    must_be_seat(seat, pc_name)
    return seat


def must_be_seat(seat: Seat, pc_name: str) -> None:
    """Raise Forbidden for a PC that is named and is not this one."""
    if pc_name.strip() and pc_name.strip().casefold() != seat.pc_name.casefold():
        raise Forbidden(say("This is the program of %(pc)s.", pc=seat.pc_name))
