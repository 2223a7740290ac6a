"""Signing in at a seat or in a member's own program (cafe-wire, Member side)."""

from __future__ import annotations

from lanhouse.cafe.bookings.commands.seating import WrongBookingPassword
from lanhouse.cafe.bookings.queries.guards import password_error
from lanhouse.cafe.bookings.schemas import Booking
from lanhouse.cafe.centers.call import CafeAuthRoutes, CafeCall
from lanhouse.cafe.client import commands
from lanhouse.cafe.client.commands import GuestAtSeat, SignedIn, SignInAtSeat
from lanhouse.cafe.client.queries import Seat
from lanhouse.cafe.client.sign_in import (
    as_member,
    as_nobody,
    attempt_at,
    place_of,
    seat_of,
    standing_of,
)
from lanhouse.cafe.client.wire import (
    AccessCodeIn,
    BookingErrorOut,
    GuestLoginIn,
    LoginOut,
    MemberLoginIn,
    booking_error,
)
from lanhouse.cafe.members.queries import member_by_id
from lanhouse.cafe.members.rules import member_account
from lanhouse.cafe.members.sign_in import (
    PortalSignIn,
    counted_try,
    forgiven,
    must_not_be_over,
    sign_in_member,
    verified_member,
)
from lanhouse.cafe.sessions.sign_in import CODE_ACCOUNT, WrongCode, guest_by_code
from lanhouse.kit import clock
from lanhouse.kit.errors import Unauthenticated
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
    center, seat = await place_of(call, data)
    account = data.member_account.strip()
    attempt = attempt_at(call, center, seat, member_account(account))
    row = await verified_member(call.services, attempt, account, data.member_password)
    must_not_be_over(row)
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
    seat = await seat_of(call, data)
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
    center, seat = await place_of(call, data)
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
    counted = await counted_try(call.services, attempt)
    error, booking = await told()
    if not error:
        await forgiven(call.services, attempt, counted)
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
