"""What the member side takes and answers (cafe-wire, Member side; cafe-domain 20)."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from msgspec import Meta, Struct

from lanhouse.cafe.bookings.schemas import Booking
from lanhouse.cafe.centers.schemas import Center
from lanhouse.cafe.client.queries import Seated
from lanhouse.cafe.groups.schemas import DEFAULT_MEMBER_GROUP
from lanhouse.cafe.groups.wire import percent_number
from lanhouse.cafe.offers.schemas import OwnedPackage
from lanhouse.cafe.sessions.wire import times_of
from lanhouse.cafe.sessions.wire.outputs import PcTimeInfo
from lanhouse.kit import clock
from lanhouse.kit.inputs import Line, Secret
from lanhouse.kit.local_time import local_text, whole_second
from lanhouse.kit.money import MICROS, JsonNumber, format_fixed

Name = Annotated[Line, Meta(max_length=100)]
Token = Annotated[Secret, Meta(max_length=200)]


class SignInAtIn(Struct, kw_only=True):
    """Where somebody signs in. With `is_client` 1 it is at a PC, whose token is the bearer or
    `status_pc_token`."""

    license_name: Name = ""
    pc_name: Name = ""
    is_client: bool = False
    status_pc_token: Token = ""


class MemberLoginIn(SignInAtIn, kw_only=True):
    """A member's account and password, and where the seat is booked its password."""

    member_account: Name
    member_password: Annotated[Secret, Meta(max_length=1024)]
    booking_password: Annotated[Secret, Meta(max_length=100)] = ""


class GuestLoginIn(SignInAtIn, kw_only=True):
    """The guest who plays at the PC."""


class AccessCodeIn(SignInAtIn, kw_only=True):
    """A guest's code of the ticket."""

    access_code: Annotated[Secret, Meta(max_length=40)]


class AvailableOfferRow(Struct, kw_only=True):
    """A package of which something is left."""

    member_offer_id: int
    product_name: str
    product_seconds: int
    member_offer_left_seconds: int
    member_offer_expire_at: int | None
    """Seconds since 1970."""


class SeatMemberOut(Struct, kw_only=True):
    """Who is signed in, with what the seat shows; amounts are text with 2 decimals, those that are
    `realtime` less what was played so far. Without a session the times are null."""

    member_id: int
    member_account: str
    member_group_id: int
    member_group_name: str | None
    member_group_desc: str | None
    member_birthday: str | None
    member_points: str
    member_loan: str
    member_oauth_platform: str
    member_balance_realtime: str
    member_balance_bonus_realtime: str
    member_coin_balance: str
    member_group_discount_rate: JsonNumber | None
    member_group_discount_offer: JsonNumber | None
    member_recent_played: None
    pc_name: str
    pc_group_id: int | None
    status_connect_time_local: str | None
    status_connect_time_duration: str | None
    status_connect_time_left: str | None
    offer_in_using: str | None
    available_offers: list[AvailableOfferRow]
    recent_booking: str | None
    must_change_password: int
    """1: somebody else has set the password, and all that it opens is the change to another."""


class SeatClientOut(Struct):
    """`start_session` 1: the session runs. The price of an hour is null without a PC."""

    start_session: int
    pc_time_info: PcTimeInfo | None


class LoginOut(Struct, kw_only=True):
    """A token, seen this once, and whose it is."""

    token: str
    member: SeatMemberOut
    client: SeatClientOut


class SeatStandingOut(Struct, kw_only=True):
    """A member as his seat shows him now."""

    member: SeatMemberOut
    client: SeatClientOut


class SeatBookedOut(Struct, kw_only=True):
    """The booking that has the seat."""

    product_pc_name: str
    product_available_date_local_from: str
    product_available_date_local_to: str
    product_mins: int


class BookingErrorOut(Struct, kw_only=True):
    """Nobody is signed in: the seat is booked, and the password of the booking is missing or
    wrong."""

    booking_error: str
    booking_info: SeatBookedOut


def booking_error(error: str, booking: Booking, center: Center) -> BookingErrorOut:
    """What is told of a booking to who does not know its password: not who booked."""
    return BookingErrorOut(
        booking_error=error,
        booking_info=SeatBookedOut(
            product_pc_name=booking.pc_name,
            product_available_date_local_from=local_text(booking.starts_at, center.zone),
            product_available_date_local_to=local_text(booking.ends_at, center.zone),
            product_mins=booking.minutes,
        ),
    )


def seat_member(found: Seated, center: Center, at: datetime) -> SeatMemberOut:
    """A member or guest as the program at his seat shows him."""
    at = whole_second(at)
    row, purse, money = found.member.row, found.member.purse, found.money
    group = found.member.group
    if row.group_id == DEFAULT_MEMBER_GROUP.id:
        group = DEFAULT_MEMBER_GROUP
    session = found.session
    times = {} if session is None else times_of(session, center.zone, at)
    booked = found.booked_at
    return SeatMemberOut(
        member_id=row.id,
        member_account=row.account,
        member_group_id=row.group_id,
        member_group_name=None if group is None else group.name,
        member_group_desc=None if group is None else group.description,
        member_birthday=row.birthday,
        member_points=format_fixed(purse.point_micros),
        member_loan=format_fixed(purse.loan_micros),
        member_oauth_platform=row.oauth_platform,
        member_balance_realtime=format_fixed(money.balance_micros),
        member_balance_bonus_realtime=format_fixed(money.bonus_micros),
        member_coin_balance=format_fixed(money.coin_micros),
        member_group_discount_rate=None
        if group is None
        else percent_number(group.product_discount),
        member_group_discount_offer=None if group is None else percent_number(group.offer_discount),
        member_recent_played=None,
        pc_name="" if found.pc is None else found.pc.name,
        pc_group_id=None if found.pc is None else found.pc.pc_group_id,
        status_connect_time_local=times.get("status_connect_time_local"),
        status_connect_time_duration=times.get("status_connect_time_duration"),
        status_connect_time_left=times.get("status_connect_time_left"),
        offer_in_using=found.offer_in_use,
        available_offers=[_offer(each) for each in found.packages],
        recent_booking=None
        if booked is None
        else booked.astimezone(center.zone).strftime("%m-%d %H:%M"),
        must_change_password=int(row.password_until is not None),
    )


def _offer(package: OwnedPackage) -> AvailableOfferRow:
    ends = package.expires_at
    return AvailableOfferRow(
        member_offer_id=package.member_offer_id,
        product_name=package.name,
        product_seconds=package.seconds,
        member_offer_left_seconds=package.seconds_left,
        member_offer_expire_at=None if ends is None else clock.to_micros(ends) // MICROS,
    )
