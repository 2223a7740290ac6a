"""Signing in at a seat or in a member's own program (cafe-wire, Member side)."""

from __future__ import annotations

from msgspec.structs import replace

from lanhouse.auth.actors import NOBODY, Actor
from lanhouse.auth.lockout import Attempt, begin_attempt, forgive
from lanhouse.auth.rights import rights_of
from lanhouse.cafe.bookings.commands.seating import WrongBookingPassword
from lanhouse.cafe.bookings.queries.guards import password_error
from lanhouse.cafe.bookings.schemas import Booking
from lanhouse.cafe.centers.call import CafeAuthRoutes, CafeCall
from lanhouse.cafe.centers.queries import center_by_license
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.client import commands
from lanhouse.cafe.client.api.standing import standing_of
from lanhouse.cafe.client.commands import GuestAtSeat, SignedIn, SignInAtSeat
from lanhouse.cafe.client.queries import Seat, seat_by_id, seat_of_token
from lanhouse.cafe.client.wire import (
    AccessCodeIn,
    BookingErrorOut,
    GuestLoginIn,
    LoginOut,
    MemberLoginIn,
    SignInAtIn,
    booking_error,
)
from lanhouse.cafe.members.queries import member_by_id
from lanhouse.cafe.members.sign_in import (
    PortalSignIn,
    member_account,
    must_not_be_expired,
    sign_in_member,
    verified_member,
)
from lanhouse.cafe.sessions.sign_in import CODE_ACCOUNT, WrongCode, guest_by_code
from lanhouse.kit import clock
from lanhouse.kit.errors import Refused, Unauthenticated
from lanhouse.kit.said import say
from lanhouse.web.call import Call

auth = CafeAuthRoutes("Member side")
_SOURCE = "cafe-wire: Member side"


@auth.post(
    "/auth/memberLogin",
    public=True,
    summary="Sign a member in, at a seat or in a program of his own",
    source=_SOURCE,
)
async def member_login(call: Call, data: MemberLoginIn) -> LoginOut | BookingErrorOut:
    """data {token, member {…}, client {start_session, pc_time_info}}; at a seat that is booked
    {booking_error, booking_info} instead, as long as the password of the booking is not right.

    At a seat the session begins at once where the centre says so, and the token ends with it. A
    password that somebody else has set opens nothing but its change, and begins nothing.
    """
    center, seat = await _place(call, data)
    account = data.member_account.strip()
    attempt = attempt_at(call, center, seat, member_account(account))
    row = await verified_member(call.services, attempt, account, data.member_password)
    must_not_be_expired(row)
    if seat is None:
        done = PortalSignIn(center.id, row.id, row.password_hash, use="bearer")
        known = as_member(call, center, row.id, 0)
        secret = await known.run(sign_in_member, done)
        return await _signed_in(known, SignedIn(secret, row.id), None)
    is_free = row.password_until is None
    known = as_member(call, center, row.id, seat.pc_id)
    if is_free:
        error, booking = await _booked(call, seat, row.id, data.booking_password)
        if error and booking is not None:
            return booking_error(error, booking, center)
    cmd = SignInAtSeat(
        center=center,
        actor=known.actor,
        member_id=row.id,
        password_hash=row.password_hash,
        pc_id=seat.pc_id,
        pc_name=seat.pc_name,
        starts=is_free and center.settings.client.start_session_after_login,
        is_admitted=is_free,
        booking_password=data.booking_password,
    )
    try:
        signed = await known.run(commands.sign_in_at_seat, cmd)
    except WrongBookingPassword as wrong:
        # The booking began between the look and the start.
        _, booking = await _booked(call, seat, row.id, "")
        if booking is None:
            raise
        return booking_error(wrong.code, booking, center)
    return await _signed_in(known, signed, seat)


@auth.post(
    "/auth/guestLogin",
    public=True,
    summary="Sign in as the guest who plays at the PC that calls",
    source=_SOURCE,
)
async def guest_login(call: Call, data: GuestLoginIn) -> LoginOut:
    """With the token of the PC only; `No session on this PC` where no guest plays. The token ends
    with the session."""
    seat = await _seat(call, data)
    if seat is None:
        raise Unauthenticated
    return await _as_guest(call, seat, None)


@auth.post(
    "/auth/accessCodeLogin",
    public=True,
    summary="Sign in as a guest by the code of the ticket",
    source=_SOURCE,
)
async def access_code_login(call: Call, data: AccessCodeIn) -> LoginOut:
    """While the session runs; at a seat the one that runs there."""
    center, seat = await _place(call, data)
    attempt = attempt_at(call, center, seat, CODE_ACCOUNT)
    member_id = await guest_by_code(call.services, center, attempt, data.access_code)
    if seat is not None:
        return await _as_guest(call, seat, member_id)
    row = await call.read(member_by_id, center.id, member_id)
    if row is None or not row.is_active:
        raise WrongCode
    known = as_member(call, center, row.id, 0)
    done = PortalSignIn(center.id, row.id, row.password_hash, use="bearer")
    secret = await known.run(sign_in_member, done)
    return await _signed_in(known, SignedIn(secret, row.id), None)


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


async def _place(call: Call, data: SignInAtIn) -> tuple[Center, Seat | None]:
    """Where somebody signs in. Raises Unauthenticated at a seat without its token, and Refused for
    a centre that there is not."""
    seat = await _seat(call, data)
    if seat is not None:
        return seat.center, seat
    if data.is_client:
        raise Unauthenticated
    return await center_named(call, data.license_name), None


async def _seat(call: Call, data: SignInAtIn) -> Seat | None:
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


async def _booked(
    call: Call, seat: Seat, member_id: int, password: str
) -> tuple[str, Booking | None]:
    """What a booking has against him; a password that is typed counts as one that is wrong until it
    was right."""

    async def told() -> tuple[str, Booking | None]:
        args = (seat.center.id, seat.pc_id, member_id, password, clock.now())
        return await call.read(password_error, *args)

    if not password:
        return await told()
    attempt = attempt_at(call, seat.center, seat, f"booking:{seat.pc_id}")
    counted = call.services.budgets.count(attempt)
    await call.store.write(begin_attempt, attempt)
    error, booking = await told()
    if not error:
        await call.store.write(forgive, attempt)
        call.services.budgets.forgive(counted)
    return error, booking


async def _as_guest(call: Call, seat: Seat, member_id: int | None) -> LoginOut:
    guest = GuestAtSeat(center=seat.center, pc_id=seat.pc_id, member_id=member_id)
    signed = await as_nobody(call, seat.center).run(commands.sign_in_guest, guest)
    return await _signed_in(
        as_member(call, seat.center, signed.member_id, seat.pc_id), signed, seat
    )


async def _signed_in(call: CafeCall, signed: SignedIn, seat: Seat | None) -> LoginOut:
    standing = await standing_of(call, signed.member_id, 0 if seat is None else seat.pc_id)
    return LoginOut(token=signed.secret, member=standing.member, client=standing.client)
